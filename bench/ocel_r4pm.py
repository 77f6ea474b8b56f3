"""Reads an object-centric event log with r4pm and tells how many events and objects of each type it found; run by the Python of the peers'
environment, as a process of its own:

    .venv-peers/bin/python bench/ocel_r4pm.py entries.jsonocel"""

import importlib
import json
import sys

STATISTICS = "process_mining::bindings::ocel_type_stats"


def main(path: str) -> None:
    r4pm = importlib.import_module("r4pm")
    log = r4pm.import_item("SlimLinkedOCEL", path)
    statistics = r4pm.call_binding(STATISTICS, json.dumps({"ocel": log}))
    found = json.loads(statistics) if isinstance(statistics, str) else statistics
    print(json.dumps({"events": found["event_type_counts"], "objects": found["object_type_counts"]}))


if __name__ == "__main__":
    main(sys.argv[1])
