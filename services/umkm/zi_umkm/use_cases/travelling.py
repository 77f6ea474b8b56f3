"""Trips to several businesses: each decision about one is told to the businesses in the same transaction, or not recorded."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, Value
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_contracts.intake import District
from zi_contracts.umkm import TripChangeReason
from zi_umkm.domain.case.state import OVER, MentoringStatus
from zi_umkm.domain.case.trip_visits import CallOffVisit
from zi_umkm.domain.errors import NoTicketError
from zi_umkm.domain.ids import trip_id
from zi_umkm.domain.trip import (
    CancelTrip,
    ChangeTrip,
    Facts,
    PlanTrip,
    RecordHours,
    StopFacts,
    Trip,
    TripPlan,
    TripStop,
)
from zi_umkm.domain.trip_errors import UnlistedDistrictError
from zi_umkm.messaging.published import cases, trips
from zi_umkm.messaging.upstream import MentoringRequest, interested_in, request_of
from zi_umkm.read.cases import MentoringRow, case_row

NO_VISITS = (*OVER, MentoringStatus.DORMANT, MentoringStatus.REFERRED)


class WrittenPlan(Value):
    """The plan of a trip as an official writes it: its cases by their tickets, in the order of the visits."""

    district: District
    begins: date
    ends: date
    departs: datetime
    transport: str
    budget_line: str
    people: tuple[str, ...]
    tickets: tuple[str, ...]


class Travelling:
    """`key` is an Idempotency-Key, `districts` are those of the office; the other commands are the same however often they come."""

    def __init__(self, store: Store, districts: Collection[District]) -> None:
        self._store = store
        self._districts = districts

    async def state(self, trip: UUID) -> Trip:
        return (await self._store.fetch(trips, trip))[1]

    async def plan(self, by: Act, key: UUID | None, written: WrittenPlan) -> tuple[UUID, Handled[Trip]]:
        """Plan a trip and return its id."""
        id = trip_id(key, by)

        def found(tx: Tx) -> list[Reaction]:
            self._refuse_unlisted(written, self._now(tx, id))
            plan, facts = _planned(tx, written)
            return [Reaction(trips, id, PlanTrip(by=by, today=today_of(by), plan=plan, facts=facts))]

        return id, await self._decided(id, found)

    async def change(
        self, trip: UUID, by: Act, written: WrittenPlan, reason: TripChangeReason | None
    ) -> Handled[Trip]:
        """Put another plan in place; the businesses of an approved trip are told that nobody comes on the days before."""

        def found(tx: Tx) -> list[Reaction]:
            now = self._now(tx, trip)
            self._refuse_unlisted(written, now)
            plan, facts = _planned(tx, written)
            command = ChangeTrip(by=by, today=today_of(by), plan=plan, facts=facts, reason=reason)
            return [Reaction(trips, trip, command), *_called_off(tx, by, trip, now, plan, reason)]

        return await self._decided(trip, found)

    async def cancel(self, trip: UUID, by: Act, reason: TripChangeReason) -> Handled[Trip]:
        def found(tx: Tx) -> list[Reaction]:
            command, now = CancelTrip(by=by, today=today_of(by), reason=reason), self._now(tx, trip)
            return [Reaction(trips, trip, command), *_called_off(tx, by, trip, now, None, reason)]

        return await self._decided(trip, found)

    async def record_hours(self, trip: UUID, by: Act, minutes: int) -> Handled[Trip]:
        """Record the working time of the person who says it; the last counts."""
        command = RecordHours(by=by, today=today_of(by), minutes=minutes)
        return await self._store.handle(trips, trip, command)

    def _refuse_unlisted(self, written: WrittenPlan, now: Trip) -> None:
        """Raise for a district that is not the office's; a trip that was planned to it before it left the list keeps it."""
        planned = None if now.plan is None else now.plan.district
        if written.district != planned and written.district not in self._districts:
            raise UnlistedDistrictError

    def _now(self, tx: Tx, trip: UUID) -> Trip:
        now: Trip = self._store.states(tx, {trip: trips})[trip][1]
        return now

    async def _decided(self, trip: UUID, found: Callable[[Tx], Sequence[Reaction]]) -> Handled[Trip]:
        handled: Handled[Trip] = (await self._store.decide_all(found))[0]
        return handled


def today_of(by: Act) -> date:
    return by.at.astimezone(office_zone()).date()


def _planned(tx: Tx, written: WrittenPlan) -> tuple[TripPlan, Facts]:
    requests = [_request(tx, ticket) for ticket in written.tickets]
    stops = tuple(TripStop(case=each.mentoring, ticket=each.ticket) for each in requests)
    fields = written.model_dump(exclude={"tickets"}) | {"departs": written.departs.astimezone(office_zone())}
    return TripPlan(**fields, stops=stops), tuple(facts_of(tx, each) for each in requests)


def _request(tx: Tx, ticket: str) -> MentoringRequest:
    request = request_of(tx, ticket)
    if request is None:
        raise NoTicketError
    return request


def facts_of(tx: Tx, request: MentoringRequest) -> StopFacts:
    row = case_row(tx, request.mentoring)
    return StopFacts(
        ticket=request.ticket,
        district=request.district if row is None else row.district,
        mentors=frozenset() if row is None else frozenset(row.mentors),
        interested=interested_in(tx, request.business_ref if row is None else row.business_ref),
        owner=request.actor,
        takes_visits=row is not None and row.status not in NO_VISITS,
    )


def _called_off(
    tx: Tx, by: Act, trip: UUID, now: Trip, plan: TripPlan | None, reason: TripChangeReason | None
) -> list[Reaction]:
    """Call off what was announced and does not come; a business whose case has ended since is not told."""
    if now.plan is None or reason is None:
        return []
    request = uuid5(trip, f"call off {now.approvals}")
    begins = now.plan.begins
    return [
        Reaction(
            cases,
            case,
            CallOffVisit(by=by, request=request, trip=trip, begins=begins, reason=reason, outcome=outcome),
        )
        for case, outcome in now.called_off(plan)
        if _is_open(case_row(tx, case))
    ]


def _is_open(row: MentoringRow | None) -> bool:
    return row is not None and row.status not in OVER
