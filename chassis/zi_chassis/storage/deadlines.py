"""Deadlines of the office that have passed: found in a read model and reported once, as the service itself.

The read model says what is due, so that nothing is written for a deadline that is met. Deadlines that had passed before the service
began to report them are reported when it opens for the first time, and marked.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, DomainError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import TICK_SECONDS, Due

logger = logging.getLogger(__name__)

LARGEST_BATCH = 200
TABLES = ("CREATE TABLE IF NOT EXISTS deadline_reports (since TEXT NOT NULL)",)
LateQuery = Callable[[Tx, datetime, int], Sequence[Due]]
ReportOf = Callable[[Due, Act, bool], tuple[Decider[Any], Command]]


class DeadlineLoop:
    """Run by the process that holds the lease. `late` reads at most so many deadlines that have passed and are not reported;
    `report_of` makes the command that reports one, marked or not."""

    def __init__(self, store: Store, clock: Clock, late: LateQuery, report_of: ReportOf) -> None:
        self._store = store
        self._clock = clock
        self._late = late
        self._report_of = report_of
        self._actor = f"system:{store.service}"
        self._marked = True
        self.reason: str | None = None

    async def begin(self) -> None:
        """Report what had passed before this service ever reported a deadline; to be awaited before it answers requests."""
        since = await self._store.query(lambda tx: tx.execute("SELECT since FROM deadline_reports"))
        self._marked = not since
        while self._marked and await self.tick():
            pass

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not await self.tick():
                await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> int:
        """Report what has passed by now; return how many were reported."""
        now = self._clock.now()
        late = await self._store.query(lambda tx: self._late(tx, now, LARGEST_BATCH))
        outcomes = [await self._report(due) for due in late]
        faults = [outcome for outcome in outcomes if isinstance(outcome, str)]
        self.reason = f"{len(faults)} deadlines can't be reported, first: {faults[0]}" if faults else None
        reported = sum(outcome is True for outcome in outcomes)
        if self._marked and not (reported or faults):
            await asyncio.to_thread(self._begun)
        return reported

    async def _report(self, due: Due) -> bool | str:
        """Return whether it was reported, or the fault that keeps it; one that was met in the meantime is not reported."""
        act = Act(at=self._clock.now(), actor=self._actor, role=self._actor)
        try:
            decider, command = self._report_of(due, act, self._marked)
            return bool((await self._store.handle(decider, due.aggregate, command)).recorded)
        except DomainError as refusal:
            logger.info("deadline %s of %s is pointless: %s", due.name, due.aggregate, refusal.msgid)
            return False
        except Exception as error:
            logger.exception("deadline %s of %s", due.name, due.aggregate)
            return f"{due.name} of {due.aggregate}: {error.__class__.__name__}"

    def _begun(self) -> None:
        with self._store.database.transaction() as tx:
            tx.execute("INSERT INTO deadline_reports (since) VALUES (?)", rfc3339(self._clock.now()))
        self._marked = False
