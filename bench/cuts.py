"""The power goes at two thousand moments of the ledger's life, as its system calls were recorded; what a disk may have left is gone on
from each time. As many as there is time for, on every core; needs strace."""

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.audit.recording import Deed, recorded
from tests.audit.test_recorded_cut import judge_all

CUTS = 2_000
AT_ONCE = 50
LIMIT_SECONDS = 420


def measured(cuts: int = CUTS, seconds: float = LIMIT_SECONDS) -> dict[str, Any]:
    """The figures of a run in which nothing went wrong; anything else is an AssertionError."""
    started = time.monotonic()
    until = time.time() + seconds
    with (
        tempfile.TemporaryDirectory(prefix="zona-cuts-") as life,
        ProcessPoolExecutor(os.cpu_count()) as workers,
    ):
        deeds = recorded(Path(life), sys.executable, "-m", "tests.audit.ledger_life", life)
        seeds = range(cuts // AT_ONCE)
        judged = sum(workers.map(judge_some, [deeds] * len(seeds), seeds, [until] * len(seeds)))
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "calls": len(deeds),
        "cuts": judged,
        "lost": 0,
    }


def judge_some(deeds: list[Deed], seed: int, until: float) -> int:
    if time.time() > until:
        return 0
    with tempfile.TemporaryDirectory(prefix="zona-cut-") as folder:
        return judge_all(deeds, Path(folder) / "cut", seed, AT_ONCE)


def row(result: dict[str, Any]) -> str:
    figures = " ".join(f"{result[key]:5} {key}" for key in ("calls", "cuts", "lost"))
    return f"{'cuts':22} {figures} {result['seconds']:5} s"
