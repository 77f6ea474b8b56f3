"""The clock of one service of a house of compose, an hour wrong. Needs Debian's package `faketime`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from bench.chaos_house import ComposeHouse, NotCausedError

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
ANSWERS_WITHIN = 90.0
TOLERANCE = 5  # seconds


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
        _see_clock(name, int(offset.removesuffix("s")), house)
        yield
    finally:
        house.compose(*anew)


def _see_clock(name: str, offset: int, house: ComposeHouse) -> None:
    """Wait until the process answers; its answers carry its own date."""
    until = time.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            off = house.clock_is_off(name)
            break
        except (httpx.HTTPError, KeyError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
    if abs(off - offset) > TOLERANCE:
        raise NotCausedError(f"the clock of {name} is off by {off} s instead of {offset}")
    house.cause = {"clock_off_s": off}
