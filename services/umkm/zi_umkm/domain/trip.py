"""A trip of officials to several businesses of a district: planned by a mentor, approved by somebody who is not on it, with the hours
that it took. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Literal, assert_never
from uuid import UUID

from zi_chassis.domain import Act, Command, Event, Parties, Value, officials, refuse_other_roles
from zi_contracts.configuration import Pin
from zi_contracts.intake import District
from zi_contracts.umkm import CalledOffOutcome, TripChangeReason
from zi_umkm.domain import errors
from zi_umkm.domain import trip_errors as refused
from zi_umkm.domain.limits import MOST_DAYS_OF_A_TRIP, MOST_PEOPLE_OF_A_TRIP, MOST_STOPS_OF_A_TRIP
from zi_umkm.domain.open_text import refuse_personal
from zi_umkm.roles import MENTORING, OFFICIALS, SUPERVISING

TripStatus = Literal["planned", "approved", "made", "cancelled"]
MINUTES_OF_A_DAY = 24 * 60


class TripStop(Value):
    case: UUID
    ticket: str


class TripPlan(Value):
    """`departs` is by the office's clock, `transport` the boat or plane in the office's own words; `people` are accounts of officials."""

    district: District
    begins: date
    ends: date
    departs: datetime
    transport: str
    budget_line: str
    people: tuple[str, ...]
    stops: tuple[TripStop, ...]

    @property
    def days(self) -> int:
        return (self.ends - self.begins).days + 1

    @property
    def digest(self) -> str:
        """Name exactly this plan, however its departure is written."""
        plan = self.model_copy(update={"departs": self.departs.astimezone(UTC)})
        return sha256(plan.model_dump_json().encode()).hexdigest()


class StopFacts(Value):
    """A case of the trip as it is now; `interested` have a conflict of interest with its business, `owner` asked for the mentoring."""

    ticket: str
    district: District
    mentors: frozenset[str]
    interested: frozenset[str]
    owner: str
    takes_visits: bool


Facts = tuple[StopFacts, ...]


class TripCommand(Command):
    """`today` is the day by the office's clock."""

    today: date


class PlanTrip(TripCommand):
    plan: TripPlan
    facts: Facts


class ChangeTrip(TripCommand):
    """Put another plan in place of the one before; an approved trip says why, and is to be approved again."""

    plan: TripPlan
    facts: Facts
    reason: TripChangeReason | None = None


class ApproveTrip(TripCommand):
    """`number` is the next one of the letters of assignment of its year, `wording` the text of such letters now; `plan_digest` is that
    of the plan that the approver read; `away` go on another approved trip on one of its days."""

    plan_digest: str
    number: str
    wording: Pin | None = None
    facts: Facts
    away: frozenset[str] = frozenset()


class CancelTrip(TripCommand):
    reason: TripChangeReason


class RecordHours(TripCommand):
    """The working time of the person who says it; said again, the last counts."""

    minutes: int


TripCommands = PlanTrip | ChangeTrip | ApproveTrip | CancelTrip | RecordHours
PLANNERS = officials(*MENTORING)
PARTIES: Parties = {
    PlanTrip: PLANNERS,
    ChangeTrip: PLANNERS,
    ApproveTrip: officials(*SUPERVISING),
    CancelTrip: officials(*MENTORING, *SUPERVISING),
    RecordHours: officials(*OFFICIALS),
}


class TripEvent(Event):
    pass


class TripPlanned(TripEvent):
    plan: TripPlan


class TripChanged(TripEvent):
    """`withdrawn` is the number of the letter that the change made void."""

    plan: TripPlan
    reason: TripChangeReason | None
    withdrawn: str | None


class TripApproved(TripEvent):
    number: str
    wording: Pin | None = None


class TripCancelled(TripEvent):
    reason: TripChangeReason


class TripHoursRecorded(TripEvent):
    minutes: int


TripEvents = TripPlanned | TripChanged | TripApproved | TripCancelled | TripHoursRecorded


@dataclass(frozen=True)
class Trip:
    """`number` is that of the letter of assignment that holds; `planners` are all who ever wrote its plan; `announced` are the cases
    whose businesses know the days of the plan."""

    plan: TripPlan | None = None
    planned_by: str = ""
    planners: frozenset[str] = frozenset()
    status: TripStatus = "planned"
    number: str | None = None
    wording: Pin | None = None
    approved: Act | None = None
    approvals: int = 0
    announced: frozenset[UUID] = frozenset()
    reason: TripChangeReason | None = None
    minutes: dict[str, int] = field(default_factory=dict)

    def is_over(self, today: date) -> bool:
        """Tell if the last day that was approved for it has passed."""
        return self.status == "approved" and self.plan is not None and self.plan.ends < today

    @property
    def unannounced(self) -> tuple[TripStop, ...]:
        """The cases whose businesses do not know yet when somebody comes."""
        stops = () if self.plan is None else self.plan.stops
        return tuple(each for each in stops if each.case not in self.announced)

    def called_off(self, plan: TripPlan | None) -> tuple[tuple[UUID, CalledOffOutcome], ...]:
        """Return the announced visits that do not take place as announced if this plan comes instead; None is no trip at all."""
        if plan is None:
            return tuple((each, "cancelled") for each in sorted(self.announced))
        keeps = self.plan is not None and (plan.begins, plan.ends) == (self.plan.begins, self.plan.ends)
        later = {each.case for each in plan.stops}
        return tuple(
            (each, "moved" if each in later else "cancelled")
            for each in sorted(self.announced)
            if not keeps or each not in later
        )


initial = Trip()


def decide(command: TripCommands, trip: Trip) -> list[TripEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, PlanTrip):
        return _plan(command, trip)
    if trip.plan is None:
        raise refused.NoTripError
    match command:
        case ChangeTrip():
            return _change(command, trip, trip.plan)
        case ApproveTrip():
            return _approve(command, trip, trip.plan)
        case CancelTrip():
            return _cancel(command, trip, trip.plan)
        case RecordHours():
            return _record_hours(command, trip, trip.plan)
        case _:
            assert_never(command)


def _plan(command: PlanTrip, trip: Trip) -> list[TripEvents]:
    if trip.plan is not None:
        if trip.plan != command.plan:
            raise refused.OtherTripError
        return []
    _refuse_unusable(command)
    return [TripPlanned(by=command.by, plan=command.plan)]


def _change(command: ChangeTrip, trip: Trip, plan: TripPlan) -> list[TripEvents]:
    _refuse_cancelled(trip)
    _refuse_strangers(command.by, trip, plan)
    if command.plan == plan:
        return []
    _refuse_made(trip)
    _refuse_over(command, trip, plan)
    if trip.announced and command.reason is None:
        raise refused.NoReasonForTripError
    _refuse_unusable(command)
    return [TripChanged(by=command.by, plan=command.plan, reason=command.reason, withdrawn=trip.number)]


def _approve(command: ApproveTrip, trip: Trip, plan: TripPlan) -> list[TripEvents]:
    """Approve what somebody else planned; a letter of assignment is written before the trip, never after it."""
    if command.by.actor in trip.planners.union(plan.people):
        raise refused.OwnTripError
    _refuse_cancelled(trip)
    if command.plan_digest != plan.digest:
        raise refused.TripPlanChangedError
    if trip.status != "planned":
        return []
    _refuse_past(command, plan)
    _refuse_unfit_stops(plan, command.facts)
    if not command.away.isdisjoint(plan.people):
        raise refused.TravellerAwayError
    if any(command.by.actor in each.interested.union({each.owner}) for each in command.facts):
        raise errors.InterestedError
    return [TripApproved(by=command.by, number=command.number, wording=command.wording)]


def _cancel(command: CancelTrip, trip: Trip, plan: TripPlan) -> list[TripEvents]:
    if command.by.role in PLANNERS:
        _refuse_strangers(command.by, trip, plan)
    if trip.status == "cancelled":
        return []
    _refuse_made(trip)
    _refuse_over(command, trip, plan)
    return [TripCancelled(by=command.by, reason=command.reason)]


def _record_hours(command: RecordHours, trip: Trip, plan: TripPlan) -> list[TripEvents]:
    _refuse_cancelled(trip)
    if command.by.actor not in plan.people:
        raise refused.NotOnTripError
    if trip.status == "planned":
        raise refused.TripNotApprovedError
    if command.today < plan.begins:
        raise refused.TripNotBegunError
    if not 0 < command.minutes <= plan.days * MINUTES_OF_A_DAY:
        raise refused.HoursOfTripError(plan.days * 24)
    if trip.minutes.get(command.by.actor) == command.minutes:
        return []
    return [TripHoursRecorded(by=command.by, minutes=command.minutes)]


def _refuse_cancelled(trip: Trip) -> None:
    if trip.status == "cancelled":
        raise refused.TripCancelledError


def _refuse_made(trip: Trip) -> None:
    if trip.status == "made":
        raise refused.TripMadeError


def _refuse_over(command: TripCommand, trip: Trip, plan: TripPlan) -> None:
    """Raise for whoever undoes afterwards an approved trip that they planned or were to go on."""
    if trip.is_over(command.today) and command.by.actor in trip.planners.union(plan.people):
        raise refused.TripOverError


def _refuse_strangers(by: Act, trip: Trip, plan: TripPlan) -> None:
    """Raise for whoever neither planned the trip nor goes on it."""
    if by.actor not in trip.planners.union(plan.people):
        raise refused.NotOnTripError


def _refuse_unusable(command: PlanTrip | ChangeTrip) -> None:
    plan = command.plan
    _refuse_past(command, plan)
    if plan.days < 1 or plan.days > MOST_DAYS_OF_A_TRIP:
        raise refused.DaysOfTripError(MOST_DAYS_OF_A_TRIP)
    if not plan.begins <= plan.departs.date() <= plan.ends:
        raise refused.DepartureOfTripError
    _refuse_repeated(plan.people, MOST_PEOPLE_OF_A_TRIP)
    _refuse_repeated([each.ticket for each in plan.stops], MOST_STOPS_OF_A_TRIP)
    refuse_personal(plan.transport)
    _refuse_unfit_stops(plan, command.facts)


def _refuse_past(command: TripCommand, plan: TripPlan) -> None:
    if plan.begins < command.today:
        raise refused.TripInThePastError


def _refuse_repeated(names: Iterable[str], most: int) -> None:
    listed = list(names)
    if not listed or len(listed) > most or len(set(listed)) < len(listed):
        raise refused.ListOfTripError(most)


def _refuse_unfit_stops(plan: TripPlan, facts: Facts) -> None:
    """Raise where somebody on the trip may not see a business of it, or nobody on it mentors one."""
    people = frozenset(plan.people)
    if {each.ticket for each in facts} != {each.ticket for each in plan.stops}:
        raise errors.NoTicketError
    for each in facts:
        if people & each.interested:
            raise refused.InterestedTravellerError(each.ticket)
        if each.owner in people:
            raise errors.OwnBusinessError
        if not people & each.mentors:
            raise refused.NobodyMentorsStopError(each.ticket)
        if not each.takes_visits:
            raise refused.StopTakesNoVisitError(each.ticket)
        if each.district != plan.district:
            raise refused.StopElsewhereError(each.ticket)


def evolve(trip: Trip, event: TripEvents) -> Trip:
    match event:
        case TripPlanned():
            by = event.by.actor
            return replace(trip, plan=event.plan, planned_by=by, planners=trip.planners | {by})
        case TripChanged():
            planners = trip.planners | {event.by.actor}
            announced = trip.announced.difference(case for case, _ in trip.called_off(event.plan))
            changed = replace(trip, plan=event.plan, planners=planners, reason=event.reason)
            return replace(changed, status="planned", number=None, approved=None, announced=announced)
        case TripApproved():
            announced = trip.announced.union(each.case for each in trip.unannounced)
            approved = replace(
                trip, status="approved", number=event.number, approved=event.by, wording=event.wording
            )
            return replace(approved, announced=announced, approvals=trip.approvals + 1)
        case TripCancelled():
            return replace(trip, status="cancelled", reason=event.reason, announced=frozenset())
        case TripHoursRecorded():
            minutes = trip.minutes | {event.by.actor: event.minutes}
            return replace(trip, status="made", minutes=minutes)
        case _:
            assert_never(event)
