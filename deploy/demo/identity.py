"""The identity provider of a demo: anybody may sign in as anyone of people.json, so it starts only with ZI_DEMO=1."""

import argparse
import json
import os
import runpy
import sys
import warnings
from pathlib import Path

PEOPLE = Path(__file__).with_name("people.json")
SECONDS_8_HOURS = 8 * 3600


def arguments(host: str, port: int) -> list[str]:
    """The arguments of the mock, for both of its releases (0.3 on Python 3.11, 0.4 from 3.12 on)."""
    people = [
        argument
        for person in json.loads(PEOPLE.read_text())
        for argument in ("--user-claims", json.dumps(person))
    ]
    return ["--host", host, "--port", str(port), "--token-max-age", str(SECONDS_8_HOURS), *people]


def main() -> None:
    if os.environ.get("ZI_DEMO") != "1":
        sys.exit("Here anybody may sign in as anyone: this identity provider starts only with ZI_DEMO=1.")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    options = parser.parse_args()
    os.environ["NO_COLOR"] = "1"
    sys.argv = ["oidc_provider_mock", *arguments(options.host, options.port)]
    warnings.simplefilter("ignore")
    runpy.run_module("oidc_provider_mock", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
