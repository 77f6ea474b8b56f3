"""Open personal data for an official or a service: nothing is disclosed before the access is in the store, as an event or in a count,
and an official may open only as often as the office allows."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from prometheus_client import Counter

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import event_id
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.requests import TooManyOpeningsError
from zi_chassis.vault.vault import OpenedItem, Vault
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.domain.case.filings import PassedOn
from zi_intake.domain.case.messages import CountOpenings, OpenPersonalData, PersonalDataOpened
from zi_intake.domain.case.state import Case
from zi_intake.domain.data_access_hour import DataReader
from zi_intake.domain.data_access_limit import RefuseOpening, access_limit
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.read.data_access_tables import AccessRates, RepeatedAccesses, RepeatedHour
from zi_intake.read.tracking import BROWSER
from zi_intake.use_cases.file_errors import NOT_OPENED, FilesAwayError, refused_while_away

FILES = {"attachment", "letter.file"}  # all else is a text, which never lies in a bucket
TICK_SECONDS = 1.0
OPENINGS = Counter("zi_openings", "Openings of personal data, by what became of them", ["outcome"])
# There from the start, so that the first of each is an increase.
RECORDED, REPEATED, REFUSED = (OPENINGS.labels(outcome) for outcome in ("recorded", "repeated", "refused"))

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """Opened items, and the files that are missing, with the refusal, where the place for files is away."""

    items: Mapping[UUID, OpenedItem]
    missing: tuple[UUID, ...] = ()
    away: FilesAwayError | None = None


class DataAccess:
    def __init__(self, store: Store, vault: Vault, names: Names, rates: AccessRates) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._rates = rates

    async def open_case(self, ticket: str, by: Act, purpose: str) -> OpenedCase:
        """Open all items of the case but for the address of a browser, and without its files where the place for these is away: its texts may
        be urgent. The files of a case of another desk and of answers are many, and each is opened by itself."""
        _, state = await self._store.fetch(decider, self._names.aggregate(ticket))
        closed = {ANSWER_FILE, BROWSER, *({"attachment"} if isinstance(state.filing, PassedOn) else ())}
        fields = {ref.item: ref.field for ref in state.items if ref.field not in closed}
        await self._record(ticket, by, purpose, tuple(fields))
        try:
            return OpenedCase(await self._fetch(tuple(fields)))
        except FilesAwayError as away:
            missing = tuple(item for item, field in fields.items() if field in FILES)
            texts = await self._fetch(tuple(item for item in fields if item not in missing))
            return OpenedCase(texts, missing, away)

    async def open(
        self, ticket: str, by: Act, purpose: str, items: tuple[UUID, ...]
    ) -> dict[UUID, OpenedItem]:
        """Raises TooManyOpeningsError, ErasedError, FilesAwayError or UnavailableError, and then nothing is disclosed."""
        await self._record(ticket, by, purpose, items)
        return await self._fetch(items)

    async def _record(self, ticket: str, by: Act, purpose: str, items: tuple[UUID, ...]) -> None:
        self._vault.refuse_locked()
        command = OpenPersonalData(by=by, items=items, purpose=purpose)
        aggregate = self._names.aggregate(ticket)
        try:
            handled = await self._store.handle(
                decider, aggregate, command, around=partial(self._counted, aggregate, command)
            )
        except TooManyOpeningsError:
            await self._record_limit(by)
            raise
        (RECORDED if handled.recorded else REPEATED).inc()

    async def _fetch(self, items: tuple[UUID, ...]) -> dict[UUID, OpenedItem]:
        with refused_while_away(NOT_OPENED):
            return await self._vault.fetch(self._store, items)

    def _counted(
        self, aggregate: UUID, command: OpenPersonalData, tx: Tx, decide: Callable[[], Handled[Case]]
    ) -> Handled[Case]:
        """Decide, and count the access if it opens an item again in the same hour."""
        by = command.by
        if by.role.startswith("staff:"):
            self._rates.spend(tx, by.actor, by.at)
        handled = decide()
        if not _new_items(handled).issuperset(command.items):
            reader = DataReader(by.actor, by.role, command.purpose)
            RepeatedAccesses.add(tx, aggregate, reader, handled.state.access.hours[reader])
        return handled

    async def _record_limit(self, by: Act) -> None:
        REFUSED.inc()
        command = RefuseOpening(by=by, limit=self._rates.limit)
        await self._store.handle(access_limit, self._names.official(by.actor), command)


def _new_items(handled: Handled[Case]) -> set[UUID]:
    events = (each.event for each in handled.recorded)
    return {item for event in events if isinstance(event, PersonalDataOpened) for item in event.items}


class AccessCounter:
    """Records, in one event for each hour that is over, how often items were opened again in it. Run by the process with the lease."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._actor = f"system:{store.service}"
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not await self.tick():
                await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> int:
        """Count what is over now; how many hours were."""
        now = self._clock.now()
        over = await self._store.query(lambda tx: RepeatedAccesses.over(tx, now))
        faults = [fault for repeats in over if (fault := await self._fault(repeats)) is not None]
        self.reason = (
            f"{len(faults)} hours of openings can't be counted, first: {faults[0]}" if faults else None
        )
        return len(over) - len(faults)

    async def _fault(self, repeats: RepeatedHour) -> str | None:
        """Count the hour, or return why it can't be counted now; its row stays then."""
        try:
            await self._store.decide(partial(self._command, repeats))
        except Exception as fault:
            logger.exception("openings of %s can't be counted", repeats.aggregate)
            return f"{repeats.aggregate}: {type(fault).__name__}"
        return None

    def _command(self, repeats: RepeatedHour, tx: Tx) -> tuple[Decider[Case], UUID, CountOpenings]:
        opening, reader = event_id(repeats.aggregate, repeats.opening), repeats.reader
        act = Act(at=self._clock.now(), actor=self._actor, role=self._actor, causation=str(opening))
        command = CountOpenings(
            by=act,
            opening=opening,
            official=reader.official,
            role=reader.role,
            purpose=reader.purpose,
            since=repeats.since,
            count=RepeatedAccesses.take(tx, repeats),
        )
        return decider, repeats.aggregate, command
