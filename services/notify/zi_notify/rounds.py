"""The clock of the notices to officials, run by the process that holds the lease: the morning list and the reminders.

What is due is read and recorded in one transaction, under ids that follow from the day or the deadline: a process that is killed in between
has recorded all of it or nothing, and the next one goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from zi_chassis.clock import Clock
from zi_chassis.database import Tx
from zi_chassis.domain import UnavailableError
from zi_chassis.lanes import Reaction
from zi_chassis.store import Store
from zi_chassis.timers import TICK_SECONDS
from zi_notify.official_notices import OfficialNotices

logger = logging.getLogger(__name__)


class OfficialRounds:
    """`reason` says why nothing can be recorded."""

    def __init__(self, store: Store, clock: Clock, notices: OfficialNotices) -> None:
        self._store, self._clock, self._notices = store, clock, notices
        self._listed = ""
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.tick()
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        now = self._clock.now()
        try:
            await self._morning(now)
            if await self._store.query(lambda tx: self._notices.near(tx, now)):
                await self._record(lambda tx: self._notices.reminders(tx, now))
        except UnavailableError as fault:
            self.reason = f"the notices to officials can't be recorded: {fault}"
            logger.warning("%s", self.reason)
        else:
            self.reason = None

    async def _morning(self, now: datetime) -> None:
        day = self._notices.day_of(now)
        if day == self._listed or not self._notices.is_morning(now):
            return
        await self._record(lambda tx: self._notices.morning(tx, now))
        self._listed = day

    async def _record(self, found: Callable[[Tx], Sequence[Reaction]]) -> None:
        await self._store.decide_all(found)
