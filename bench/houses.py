"""A hundred thousand houses of certificates in which people try everything, each from a seed of its own; what was issued in them is
judged from what happened. As many as there is time for, on every core."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

from tests.certificates.test_integrity import MOVES, house_of, judge

from zi_certificates.domain.application.events import (
    LettersSigned,
)

HOUSES = 100_000
LIMIT_SECONDS = 600
AT_ONCE = 250


def measured(houses: int = HOUSES, seconds: float = LIMIT_SECONDS) -> dict[str, Any]:
    """Judge houses; return their number, the number of their events, and the findings by seed."""
    started = time.monotonic()
    until = time.time() + seconds
    total = {"houses": 0, "events": 0, "letters": 0}
    findings: list[dict[str, object]] = []
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        firsts = range(0, houses, AT_ONCE)
        for counts, found in workers.map(
            judged, firsts, [min(AT_ONCE, houses)] * len(firsts), [until] * len(firsts)
        ):
            total = {name: total[name] + counts[name] for name in total}
            findings += found
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "moves": MOVES,
        **total,
        "findings": findings,
    }


def judged(first: int, count: int, until: float) -> tuple[dict[str, int], list[dict[str, object]]]:
    """The houses of the seeds from `first` on, none that begins after `until` (POSIX seconds)."""
    counts = {"houses": 0, "events": 0, "letters": 0}
    findings: list[dict[str, object]] = []
    for seed in range(first, first + count):
        if time.time() > until:
            break
        house = house_of(seed)
        try:
            judge(house)
        except (AssertionError, ValueError) as error:  # a list that should hold one thing and does not
            findings.append({"seed": seed, "what": str(error).partition("\n")[0], "where": _where(error)})
        counts["houses"] += 1
        counts["events"] += sum(len(file.events) for file in house.files)
        counts["letters"] += sum(
            isinstance(each, LettersSigned) for file in house.files for each in file.events
        )
    return counts, findings


def _where(error: BaseException) -> str:
    *_, name = _functions(error)
    return name


def _functions(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_name
        trace = trace.tb_next


def row(result: dict[str, Any]) -> str:
    figures = " ".join(f"{result[key]:7} {key}" for key in ("houses", "events", "letters"))
    lines = [f"{'certificates':22} {figures} {len(result['findings'])} findings {result['seconds']:5} s"]
    lines += [
        f"  seed {finding['seed']}: {finding['where']}: {finding['what']}" for finding in result["findings"]
    ]
    return "\n".join(lines)
