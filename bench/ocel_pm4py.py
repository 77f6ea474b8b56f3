"""Reads an object-centric event log with pm4py, which is AGPL and never imported by anything of ours; run by the Python of an environment
of its own, as a process of its own:

    .venv-mining/bin/python bench/ocel_pm4py.py entries.jsonocel

Tells how many events and objects of each type it found, and the cases in the hands of each officer as it flattens them."""

import contextlib
import importlib
import json
import sys


def main(path: str) -> None:
    with contextlib.redirect_stdout(sys.stderr):  # it greets
        pm4py = importlib.import_module("pm4py")
        log = pm4py.read_ocel2_json(path)
        flat = pm4py.ocel_flattening(log, "officer")
    found = {
        "events": log.events["ocel:activity"].value_counts().to_dict(),
        "objects": log.objects["ocel:type"].value_counts().to_dict(),
        "events_of_officers": flat["case:concept:name"].value_counts().to_dict(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
