"""A thousand people contribute to the integrity zone in seven ways, and everything that the service keeps and says is searched for what they
wrote: as it is, in base64, in hexadecimal and packed. It may be in the vault alone."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.integrity.contributions import searched

CONTRIBUTIONS = 1_000


def measured(contributions: int = CONTRIBUTIONS) -> dict[str, Any]:
    """Return how much was searched; a finding is a place and the number of words that were found there."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts, found = asyncio.run(searched(Path(folder), contributions))
    findings = [f"{place}: {len(words)} words" for place, words in found.items()]
    if counts["words_in_the_vault"] < counts["words"]:
        findings.append("not all that was written is in the vault")
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        **counts,
        "findings": findings,
    }


def row(result: dict[str, Any], /) -> str:
    searched_places = (
        f"{result['messages']:5} messages {result['files']:3} files {result['bytes'] / 1e6:6.1f} MB"
    )
    return f"{'contributions':22} {result['contributions']:5} {searched_places} {len(result['findings'])} findings {result['seconds']:5} s"
