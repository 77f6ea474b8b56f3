"""Strangers try the whole API of certificates with five thousand requests (schemathesis); the first answer that is a fault of ours or is
not described ends it with the smallest request that brings it.
"""

import secrets
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.certificates.strangers import try_everything

CASES = 5_000


def measured(cases: int = CASES) -> dict[str, Any]:
    """How many requests were answered, by status; the number under which they can be drawn again."""
    started, number = time.monotonic(), secrets.randbelow(2**32)
    with tempfile.TemporaryDirectory(prefix="zona-strangers-") as folder:
        answered = try_everything(Path(folder), cases, number)
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "number": number,
        "requests": sum(answered.values()),
        "answered": {str(status): answered[status] for status in sorted(answered)},
    }


def row(result: dict[str, Any]) -> str:
    told = ", ".join(f"{count} x {status}" for status, count in result["answered"].items())
    return f"{'strangers':22} {result['requests']:5} requests {told} {result['seconds']:5} s"
