"""The clock of one service of a house of compose, an hour wrong. Needs Debian's package `faketime`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from bench.chaos_house import ComposeHouse

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


@contextmanager
def wrong_clock(name: str, offset: str, house: ComposeHouse) -> Iterator[None]:
    """The container is made anew with a clock that is off by `offset`, as libfaketime reads it, and later with the right one. Durations stay true."""
    if not LIBRARY.exists():
        raise FileNotFoundError("libfaketime is missing: apt-get install faketime")
    overlay = house.folder / f"clock-{name}.yml"
    environment = {"LD_PRELOAD": "/faketime.so", "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    changed = {"environment": environment, "volumes": [f"{LIBRARY}:/faketime.so:ro"]}
    overlay.write_text(yaml.safe_dump({"services": {name: changed}}))
    anew = ("up", "--detach", "--no-deps", "--no-build", name)
    house.compose(*anew, overlay=overlay)
    try:
        yield
    finally:
        house.compose(*anew)
