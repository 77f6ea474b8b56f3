"""The ledger's writer killed at two hundred seeded instants while it appends at full speed; each time what is published is judged."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.journeys.killed_writer import KilledWriter, impatient_bus

TIMES = 200
SEED = 200


def measured(times: int = TIMES) -> dict[str, Any]:
    """The figures of a run in which nothing went wrong; anything else is an AssertionError."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zona-kills-") as folder, impatient_bus(Path(folder)) as server:
        writer = KilledWriter(server, SEED)
        writer.run(times)
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "seed": SEED,
        "kills": len(writer.sizes),
        "entries": writer.sent_count,
        "missing": 0,
        "twice": 0,
    }


def row(result: dict[str, Any]) -> str:
    figures = " ".join(f"{result[key]:5} {key}" for key in ("kills", "entries", "missing", "twice"))
    return f"{'kills':22} {figures} {result['seconds']:5} s"
