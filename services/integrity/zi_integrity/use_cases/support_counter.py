"""Count what lies in the box of support: once a day, and at once when a forum is over.

What is published then has the signs of a whole day in the order of the signs: neither the minute nor the order in which they came.
"""

import asyncio

from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_integrity.domain.proposal import CountSupport
from zi_integrity.messaging.forum_published import proposals
from zi_integrity.read.proposals import uncounted_support

SECONDS_BETWEEN = 30.0
SYSTEM = "system:integrity"


class SupportCounter:
    """Run by the process that holds the lease."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                counted = await self.count()
                self.reason = None
            except UnavailableError as error:
                counted, self.reason = 0, f"support can't be counted: {error}"
            if not counted:
                await asyncio.sleep(SECONDS_BETWEEN)

    async def count(self) -> int:
        """Count what is due and return the number of proposals that it was for."""
        now = self._clock.now()
        by = Act(at=now, actor=SYSTEM, role=SYSTEM)
        today = now.astimezone(office_zone()).date().isoformat()
        if not await self._store.query(lambda tx: uncounted_support(tx, today)):
            return 0

        def found(tx: Tx) -> list[Reaction]:
            due = uncounted_support(tx, today)
            return [
                Reaction(proposals, id, CountSupport(by=by, signs=tuple(signs))) for id, signs in due.items()
            ]

        return len(await self._store.decide_all(found))
