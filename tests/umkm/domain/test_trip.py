"""Trips: planned by a mentor, approved by somebody else, changed and cancelled with a reason, with the hours of each who went."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.umkm.steps import MONDAY, SUPERVISOR, changed, mentor, named, staff

from zi_chassis.domain import Act, DomainError, WrongRoleError
from zi_chassis.office_clock import office_zone
from zi_umkm.domain import errors, trip
from zi_umkm.domain import trip_errors as refused
from zi_umkm.domain.trip import StopFacts, Trip, TripCommands, TripPlan, TripStop, decide, evolve

TODAY = date(2026, 12, 7)
NUMBER = "ST-2026-000001"
PLANNED = TripPlan(
    district="malinau",
    begins=date(2026, 12, 14),
    ends=date(2026, 12, 16),
    departs=datetime(2026, 12, 14, 0, 30, tzinfo=UTC),
    transport="Speedboat Contoh 2, dermaga kota",
    budget_line="063.01.3165/BAH.001",
    people=("mentor-ani", "officer-budi"),
    stops=tuple(TripStop(case=named(each), ticket=each) for each in ("A", "B")),
)


def fact(ticket: str, **fields: Any) -> StopFacts:
    known: dict[str, Any] = {
        "ticket": ticket,
        "district": "malinau",
        "mentors": frozenset({"mentor-ani"}),
        "interested": frozenset(),
        "owner": "owner",
        "takes_visits": True,
    }
    return StopFacts(**known | fields)


FACTS = (fact("A"), fact("B"))
PLAN = trip.PlanTrip(by=mentor(), today=TODAY, plan=PLANNED, facts=FACTS)
APPROVE = trip.ApproveTrip(by=SUPERVISOR, today=TODAY, plan_digest=PLANNED.digest, number=NUMBER, facts=FACTS)
CANCEL = trip.CancelTrip(by=mentor(), today=TODAY, reason="weather")
HOURS = trip.RecordHours(by=mentor(), today=PLANNED.begins, minutes=510)
AGAIN = changed(APPROVE, number="ST-2026-000002")


def planned(**fields: Any) -> TripPlan:
    return PLANNED.model_copy(update=fields)


def change(by: Act | None = None, reason: str | None = "weather", **fields: Any) -> trip.ChangeTrip:
    stops = fields.get("stops", PLANNED.stops)
    facts = tuple(fact(each.ticket) for each in stops)
    command = trip.ChangeTrip(by=by or mentor(), today=TODAY, plan=planned(**fields), facts=facts)
    return changed(command, reason=reason)


LATER = {"begins": date(2026, 12, 15), "ends": date(2026, 12, 17)}
ON_LATER = LATER | {"departs": PLANNED.departs + timedelta(days=1)}
APPROVE_LATER = changed(AGAIN, plan_digest=planned(**ON_LATER).digest)


def state_after(*commands: TripCommands) -> Trip:
    state = trip.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def test_a_trip_is_planned_approved_and_made() -> None:
    made = state_after(PLAN, APPROVE, HOURS)
    assert (made.status, made.number, made.minutes) == ("made", NUMBER, {"mentor-ani": 510})
    assert made.announced == {named("A"), named("B")}


@pytest.mark.parametrize(
    ("before", "again"),
    [
        ((PLAN,), PLAN),
        ((PLAN,), change(reason=None)),
        ((PLAN, APPROVE), AGAIN),
        ((PLAN, APPROVE, HOURS), HOURS),
        ((PLAN, CANCEL), CANCEL),
    ],
)
def test_a_repeat_is_no_event(before: tuple[TripCommands, ...], again: TripCommands) -> None:
    assert decide(again, state_after(*before)) == []


@pytest.mark.parametrize("goes", ["supervisor-eka", "mentor-ani"])
def test_nobody_approves_a_trip_that_they_go_on_or_planned(goes: str) -> None:
    on_it = changed(PLAN, plan=planned(people=("mentor-ani", "supervisor-eka")))
    with pytest.raises(refused.OwnTripError):
        decide(changed(APPROVE, by=staff(goes, "supervisor")), state_after(on_it))


def test_whoever_once_wrote_the_plan_never_approves_it() -> None:
    handed_on = change(by=staff("mentor-dodi", "mentor"), reason=None, people=("mentor-ani", "mentor-dodi"))
    joined = changed(PLAN, plan=planned(people=("mentor-ani", "mentor-dodi")))
    left = change(by=mentor(), reason=None, people=("mentor-ani",))
    second = changed(handed_on, plan=planned(people=("mentor-ani", "mentor-dodi"), transport="Kapal lain"))
    with pytest.raises(refused.OwnTripError):
        decide(changed(APPROVE, by=staff("mentor-dodi", "head")), state_after(joined, second, left))


def test_nobody_is_on_two_approved_trips_of_one_day() -> None:
    """Two letters of assignment for one day are two claims for its expenses."""
    with pytest.raises(refused.TravellerAwayError):
        decide(changed(APPROVE, away=frozenset({"officer-budi"})), state_after(PLAN))
    assert decide(changed(APPROVE, away=frozenset({"officer-cici"})), state_after(PLAN))
    assert decide(changed(AGAIN, away=frozenset({"officer-budi"})), state_after(PLAN, APPROVE)) == []


def test_an_approver_with_a_conflict_or_a_business_of_their_own_there_leaves_it_to_others() -> None:
    for facts in (
        (fact("A"), fact("B", interested=frozenset({"supervisor-eka"}))),
        (fact("A", owner="supervisor-eka"), fact("B")),
    ):
        with pytest.raises(errors.InterestedError):
            decide(changed(APPROVE, facts=facts), state_after(PLAN))


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ((fact("A"), fact("B", interested=frozenset({"officer-budi"}))), refused.InterestedTravellerError),
        ((fact("A"), fact("B", owner="officer-budi")), errors.OwnBusinessError),
        ((fact("A"), fact("B", mentors=frozenset({"mentor-dodi"}))), refused.NobodyMentorsStopError),
        ((fact("A"), fact("B", takes_visits=False)), refused.StopTakesNoVisitError),
        ((fact("A"), fact("B", district="nunukan")), refused.StopElsewhereError),
        ((fact("A"),), errors.NoTicketError),
    ],
)
def test_a_case_that_the_trip_may_not_visit_is_refused_when_it_is_planned_and_when_it_is_approved(
    facts: trip.Facts, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        decide(changed(PLAN, facts=facts), trip.initial)
    with pytest.raises(error):
        decide(changed(APPROVE, facts=facts), state_after(PLAN))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"begins": date(2026, 12, 6)}, refused.TripInThePastError),
        ({"ends": date(2026, 12, 13)}, refused.DaysOfTripError),
        ({"ends": date(2026, 12, 28)}, refused.DaysOfTripError),
        ({"departs": datetime(2026, 12, 17, 1, tzinfo=UTC)}, refused.DepartureOfTripError),
        ({"people": ()}, refused.ListOfTripError),
        ({"people": ("mentor-ani", "mentor-ani")}, refused.ListOfTripError),
        ({"people": tuple(f"mentor-{each}" for each in range(13))}, refused.ListOfTripError),
        ({"stops": ()}, refused.ListOfTripError),
        ({"transport": "Speedboat, telp 0812 3456 7890"}, errors.PersonalTextError),
    ],
)
def test_an_impossible_plan_is_refused(fields: dict[str, Any], error: type[DomainError]) -> None:
    with pytest.raises(error):
        decide(changed(PLAN, plan=planned(**fields)), trip.initial)


def test_a_trip_of_today_is_still_to_come_and_one_of_yesterday_is_approved_by_nobody() -> None:
    assert decide(changed(APPROVE, today=PLANNED.begins), state_after(PLAN))
    with pytest.raises(refused.TripInThePastError):
        decide(changed(APPROVE, today=PLANNED.begins + timedelta(days=1)), state_after(PLAN))


def test_an_approved_trip_that_moves_needs_a_reason_and_another_approval_with_another_number() -> None:
    approved = state_after(PLAN, APPROVE)
    with pytest.raises(refused.NoReasonForTripError):
        decide(change(reason=None, **ON_LATER), approved)
    [event] = decide(change(**ON_LATER), approved)
    assert isinstance(event, trip.TripChanged)
    assert event.withdrawn == NUMBER
    moved = evolve(approved, event)
    assert (moved.status, moved.number, moved.reason) == ("planned", None, "weather")
    assert state_after(PLAN, APPROVE, change(**ON_LATER), APPROVE_LATER).number == AGAIN.number


def test_only_businesses_whose_days_change_are_told() -> None:
    approved = state_after(PLAN, APPROVE)
    assert approved.called_off(planned(**ON_LATER)) == tuple(
        (each, "moved") for each in sorted((named("A"), named("B")))
    )
    assert approved.called_off(planned(transport="Pesawat kecil")) == ()
    only_a = planned(stops=PLANNED.stops[:1])
    assert approved.called_off(only_a) == ((named("B"), "cancelled"),)
    assert {outcome for _, outcome in approved.called_off(None)} == {"cancelled"}
    other_boat = state_after(PLAN, APPROVE, change(transport="Pesawat kecil"))
    assert other_boat.unannounced == ()
    assert state_after(PLAN, APPROVE, change(stops=PLANNED.stops[:1])).announced == {named("A")}
    assert len(state_after(PLAN, APPROVE, change(**ON_LATER)).unannounced) == 2
    assert trip.initial.called_off(None) == ()
    assert trip.initial.unannounced == ()


def test_a_change_of_a_trip_that_is_not_approved_needs_no_reason() -> None:
    assert decide(change(reason=None, **ON_LATER), state_after(PLAN))


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        ((), APPROVE, refused.NoTripError),
        ((PLAN,), changed(PLAN, plan=planned(transport="Kapal lain")), refused.OtherTripError),
        ((PLAN,), change(by=mentor("mentor-dodi")), refused.NotOnTripError),
        ((PLAN,), changed(CANCEL, by=mentor("mentor-dodi")), refused.NotOnTripError),
        ((PLAN, CANCEL), change(**ON_LATER), refused.TripCancelledError),
        ((PLAN, CANCEL), APPROVE, refused.TripCancelledError),
        ((PLAN, APPROVE, CANCEL), HOURS, refused.TripCancelledError),
        ((PLAN,), HOURS, refused.TripNotApprovedError),
        ((PLAN, APPROVE), changed(HOURS, today=TODAY), refused.TripNotBegunError),
        ((PLAN, APPROVE), changed(HOURS, by=mentor("mentor-dodi")), refused.NotOnTripError),
        ((PLAN, APPROVE), changed(HOURS, minutes=3 * 24 * 60 + 1), refused.HoursOfTripError),
        ((PLAN, APPROVE), changed(HOURS, minutes=0), refused.HoursOfTripError),
        ((PLAN, APPROVE, HOURS), CANCEL, refused.TripMadeError),
        ((PLAN, APPROVE, HOURS), change(**ON_LATER), refused.TripMadeError),
    ],
)
def test_a_step_that_does_not_fit_is_refused(
    before: tuple[TripCommands, ...], command: TripCommands, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        decide(command, state_after(*before))


def test_a_plan_that_nobody_read_is_not_approved() -> None:
    for other in (ON_LATER, {"people": ("mentor-ani",)}, {"budget_line": "063.01.3165/OTHER.9"}):
        with pytest.raises(refused.TripPlanChangedError):
            decide(APPROVE, state_after(PLAN, change(reason=None, **other)))
    moved = planned(**ON_LATER)
    approved = state_after(PLAN, change(reason=None, **ON_LATER), changed(APPROVE, plan_digest=moved.digest))
    with pytest.raises(refused.TripPlanChangedError):
        decide(APPROVE, approved)
    assert planned(departs=PLANNED.departs.astimezone(office_zone())).digest == PLANNED.digest


def test_who_was_to_go_on_an_approved_trip_does_not_undo_it_afterwards() -> None:
    approved, after = state_after(PLAN, APPROVE), PLANNED.ends + timedelta(days=1)
    later = change(begins=after, ends=after, departs=PLANNED.departs + timedelta(days=3))
    for command in (CANCEL, later, changed(CANCEL, by=staff("officer-budi", "supervisor"))):
        with pytest.raises(refused.TripOverError):
            decide(changed(command, today=after), approved)
    assert decide(changed(CANCEL, today=PLANNED.ends), approved)
    assert decide(changed(CANCEL, today=after), state_after(PLAN))
    assert decide(changed(CANCEL, today=after, by=SUPERVISOR), approved)


def test_a_supervisor_cancels_the_trip_of_others() -> None:
    cancelled = state_after(PLAN, APPROVE, changed(CANCEL, by=SUPERVISOR))
    assert (cancelled.status, cancelled.reason, cancelled.announced) == ("cancelled", "weather", frozenset())


def test_hours_said_again_replace_those_before_and_each_says_their_own() -> None:
    officer = changed(HOURS, by=staff("officer-budi", "officer", MONDAY), minutes=60)
    made = state_after(PLAN, APPROVE, HOURS, officer, changed(HOURS, minutes=480))
    assert made.minutes == {"mentor-ani": 480, "officer-budi": 60}


def test_a_supervisor_plans_nothing() -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(PLAN, by=SUPERVISOR), trip.initial)
