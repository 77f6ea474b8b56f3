"""Strangers and everybody who can sign in try the whole API of every service with five thousand requests each (schemathesis); the first
answer that is a fault of ours, or at certificates and umkm is not described, ends it with the smallest request that brings it.
"""

import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.certificates import strangers as certificates
from tests.umkm import strangers as umkm
from tests.web import everybody

CASES = 5_000
SERVICES: dict[str, Callable[[Path, int, int], Counter[int]]] = {
    "certificates": certificates.try_everything,
    "umkm": umkm.try_everything,
    **{service: partial(everybody.try_everything, service) for service in everybody.SERVICES},
}


def measured(cases: int = CASES) -> dict[str, Any]:
    """Of each service how many requests were answered, by status; the number under which they can be drawn again."""
    started, number = time.monotonic(), secrets.randbelow(2**32)
    answered = {}
    for service, try_everything in SERVICES.items():
        with tempfile.TemporaryDirectory(prefix="zona-strangers-") as folder:
            answers = try_everything(Path(folder), cases, number)
        answered[service] = {str(status): answers[status] for status in sorted(answers)}
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "number": number,
        "requests": sum(sum(each.values()) for each in answered.values()),
        "answered": answered,
    }


def row(result: dict[str, Any]) -> str:
    lines = [f"{'strangers':22} {result['requests']:5} requests {result['seconds']:5} s"]
    for service, answered in result["answered"].items():
        lines.append(
            f"  {service}: " + ", ".join(f"{count} x {status}" for status, count in answered.items())
        )
    return "\n".join(lines)
