"""Certificates: a year of the queue as chance will have it, with parking, passing and conflicts of interest. What docs/fairness.py counts in the
ledger's export is compared line by line with what the office tells. Alone: `python -m bench.queue_year`."""

import asyncio
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from tests.audit.log_home import OFFICE
from tests.certificates.inside import opened
from tests.certificates.month import Month
from tests.certificates.test_fairness_script import exported, found, public_count, requests_for_data

SEED = 41
DAYS = 365


def measured(days: int = DAYS) -> dict[str, Any]:
    """Return what was counted, and every line in which script and office differ."""
    with tempfile.TemporaryDirectory(prefix="zona-year-") as folder:
        return asyncio.run(_measured(Path(folder), days))


async def _measured(folder: Path, days: int) -> dict[str, Any]:
    started = time.monotonic()
    async with opened(folder / "certificates", office=OFFICE) as inside:
        await Month(inside, Random(SEED), days).run()
        lines = await exported(inside, folder / "ledger")
        code, counted = found(lines)
        published = sorted([*await public_count(inside), *await requests_for_data(inside)])
    kinds = Counter[str]()
    for line in counted:
        _, kind, *rest = line.split()
        kinds[kind] += int(rest[0] if kind == "waited" else rest[-1])
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "days": days,
        "messages": len(lines),
        "exit_code": code,
        "counted": dict(sorted(kinds.items())),
        "differences": sorted({*counted} ^ {*published}),
    }


def row(result: dict[str, Any]) -> str:
    counted = ", ".join(f"{many} {kind}" for kind, many in result["counted"].items())
    verdict = "agrees" if not result["differences"] and not result["exit_code"] else "DIFFERS"
    return (
        f"{'queue of a year':22} {result['messages']:7} messages, {verdict}: {counted}; {result['seconds']} s"
    )


if __name__ == "__main__":
    print(row(measured()))
