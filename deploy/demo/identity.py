"""The identity provider of a demo: anybody may sign in as anyone of people.json, so it starts only with ZI_DEMO=1."""

import argparse
import json
import os
import sys
from pathlib import Path

PEOPLE = Path(__file__).with_name("people.json")
SECONDS_8_HOURS = 8 * 3600


def command(host: str, port: int) -> list[str]:
    """The command line of the mock, for both of its releases (0.3 on Python 3.11, 0.4 from 3.12 on)."""
    people = [
        argument
        for person in json.loads(PEOPLE.read_text())
        for argument in ("--user-claims", json.dumps(person))
    ]
    options = ["--host", host, "--port", str(port), "--token-max-age", str(SECONDS_8_HOURS), *people]
    return [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", *options]


def main() -> None:
    if os.environ.get("ZI_DEMO") != "1":
        sys.exit("Here anybody may sign in as anyone: this identity provider starts only with ZI_DEMO=1.")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    options = parser.parse_args()
    line = command(options.host, options.port)
    os.execve(line[0], line, {**os.environ, "NO_COLOR": "1"})  # noqa: S606 - becomes the provider, no shell


if __name__ == "__main__":
    main()
