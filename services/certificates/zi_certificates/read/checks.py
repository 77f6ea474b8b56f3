"""Counts of verifications by day and outcome; neither the caller nor the letter is recorded.

They are collected in memory and written every few seconds, so a verification never waits for a disk; a crash loses some of them.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date

from zi_certificates.domain.verification import PresentedItem, VerificationOutcome
from zi_chassis.storage.database import Database, Tx

logger = logging.getLogger(__name__)

SECONDS = 10.0
Key = tuple[str, PresentedItem, VerificationOutcome]


@dataclass(frozen=True)
class VerificationCount:
    outcome: VerificationOutcome
    many: int


class Checks:
    """`run` writes what was gathered until it is cancelled."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS checks (day TEXT NOT NULL, shown TEXT NOT NULL, outcome TEXT NOT NULL,"
        " many INTEGER NOT NULL, PRIMARY KEY (day, shown, outcome))",
    )

    def __init__(self) -> None:
        self._gathered: Counter[Key] = Counter()

    def count(self, day: date, evidence: PresentedItem, outcome: VerificationOutcome) -> None:
        self._gathered[day.isoformat(), evidence, outcome] += 1

    async def run(self, database: Database) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SECONDS)
            await self.flush(database)

    async def flush(self, database: Database) -> None:
        """Write the counts; those that can't be written now are written the next time."""
        gathered, self._gathered = self._gathered, Counter()
        try:
            await asyncio.to_thread(_write, database, gathered)
        except Exception as fault:
            self._gathered.update(gathered)
            logger.warning("counts of verifications could not be kept: %s", type(fault).__name__)


def _write(database: Database, gathered: Counter[Key]) -> None:
    if not gathered:
        return
    with database.transaction() as tx:
        for (day, evidence, outcome), many in gathered.items():
            tx.execute(
                "INSERT INTO checks (day, shown, outcome, many) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (day, shown, outcome) DO UPDATE SET many = checks.many + excluded.many",
                *(day, evidence.value, outcome.value, many),
            )


def checked_since(tx: Tx, day: date) -> list[VerificationCount]:
    """Count verifications by outcome."""
    rows = tx.execute(
        "SELECT outcome, SUM(many) AS many FROM checks WHERE day >= ? GROUP BY outcome ORDER BY outcome",
        day.isoformat(),
    )
    return [VerificationCount(VerificationOutcome(row["outcome"]), int(row["many"])) for row in rows]
