"""The clock of the notices, run by the process that holds the lease: the morning list, the reminders to officials and citizens, and letters for
what reached nobody.

What is due is read and recorded in one transaction, under ids that follow from the day or the deadline: a process that is killed in between
has recorded all of it or nothing, and the next one goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import TICK_SECONDS
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.domain.printed_letter import QueueLetter, letter_id
from zi_notify.messaging.published import decider, letters
from zi_notify.notices.lapse_notices import LapseNotices
from zi_notify.notices.official_notices import OfficialNotices
from zi_notify.read import printed_letters
from zi_notify.texts.letter import templates

logger = logging.getLogger(__name__)


MOST_LETTERS = 100


class OfficialRounds:
    """`reason` says why nothing can be recorded."""

    def __init__(
        self, store: Store, clock: Clock, notices: OfficialNotices, lapses: LapseNotices | None = None
    ) -> None:
        self._store, self._clock, self._notices, self._lapses = store, clock, notices, lapses
        self._listed = ""
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        self._listed = ""
        while True:
            await self.tick()
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        now = self._clock.now()
        try:
            await self._morning(now)
            if await self._store.query(lambda tx: self._notices.near(tx, now)):
                await self._record(lambda tx: self._notices.reminders(tx, now))
            await self._remind_citizens(now)
            if await self._store.query(self._unsent):
                await self._record(lambda tx: self._letters(tx, now))
        except UnavailableError as fault:
            self.reason = f"the notices that are due can't be recorded: {fault}"
            logger.warning("%s", self.reason)
        else:
            self.reason = None

    async def _remind_citizens(self, now: datetime) -> None:
        lapses = self._lapses
        if lapses is None:
            return
        if await self._store.query(lambda tx: lapses.near(tx, now)):
            await self._record(lambda tx: lapses.reminders(tx, now))

    async def _morning(self, now: datetime) -> None:
        day = self._notices.day_of(now)
        if day == self._listed or not self._notices.is_morning(now):
            return
        await self._record(lambda tx: self._notices.morning(tx, now))
        self._listed = day

    def _unsent(self, tx: Tx) -> list[UUID]:
        return printed_letters.unsent(tx, self._notices.routing.letters, MOST_LETTERS)

    def _letters(self, tx: Tx, now: datetime) -> Sequence[Reaction]:
        """Under the write lock: a letter for each notice that was given up and has to reach its reader."""
        me = f"system:{self._store.service}"
        wanted = self._store.states(tx, dict.fromkeys(self._unsent(tx), decider))
        return tuple(
            Reaction(
                letters, letter_id(delivery), _queued(delivery, state.request, Act(at=now, actor=me, role=me))
            )
            for delivery, (_, state) in wanted.items()
            if state.request is not None
        )

    async def _record(self, found: Callable[[Tx], Sequence[Reaction]]) -> None:
        await self._store.decide_all(found)


def _queued(delivery: UUID, request: DeliveryRequested, by: Act) -> QueueLetter:
    because = {"causation": str(request.cause), "correlation": request.by.correlation}
    return QueueLetter(
        by=by.model_copy(update=because),
        ticket=request.ticket,
        template=request.template,
        template_version=templates().version,
        template_digest=templates().digest,
        language=request.language,
        cause=request.cause,
        until=request.until,
        delivery=delivery,
    )
