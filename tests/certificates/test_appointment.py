from datetime import datetime

import pytest
from tests.certificates.officials import DAY, HOUR, MONDAY, head, signer

from zi_certificates.domain import appointment
from zi_certificates.domain.appointment import (
    Appoint,
    Appointed,
    AppointmentCommands,
    AppointmentLimits,
    AppointmentTerm,
    End,
    decide,
    evolve,
)
from zi_chassis.domain import WrongRoleError

LIMITS = AppointmentLimits(roles=frozenset({"evaluator", "officer"}), most_days=30, most_days_ahead=14)
APPOINT = Appoint(
    by=head(),
    official="evaluator-cici",
    begins=MONDAY + DAY,
    ends=MONDAY + 3 * DAY,
    known_roles=frozenset({"evaluator", "mentor"}),
    limits=LIMITS,
)
END = End(by=head(at=MONDAY + 2 * DAY))


def after(*commands: AppointmentCommands) -> Appointed:
    state = appointment.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def test_the_head_appoints_for_a_time_and_may_end_it_before() -> None:
    made = after(APPOINT).made
    assert made is not None
    assert (made.official, made.begins, made.ends) == ("evaluator-cici", MONDAY + DAY, MONDAY + 3 * DAY)
    assert after(APPOINT).ended is None
    assert (after(APPOINT, END).made, after(APPOINT, END).ended) == (made, MONDAY + 2 * DAY)


def test_a_repeat_is_no_event() -> None:
    assert decide(APPOINT.model_copy(update={"by": head(at=MONDAY + DAY)}), after(APPOINT)) == []
    assert decide(END, after(APPOINT, END)) == []


@pytest.mark.parametrize("command", [APPOINT, END])
def test_only_the_head_appoints(command: AppointmentCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": signer()}), after(APPOINT))


def test_the_head_does_not_appoint_the_head() -> None:
    with pytest.raises(appointment.YourselfError):
        decide(APPOINT.model_copy(update={"official": "head-dewi"}), appointment.initial)


@pytest.mark.parametrize(("begins", "ends"), [(MONDAY + DAY, MONDAY + DAY), (MONDAY - DAY, MONDAY)])
def test_an_appointment_needs_a_time_that_is_still_to_come(begins: datetime, ends: datetime) -> None:
    with pytest.raises(appointment.NoTimeError):
        decide(APPOINT.model_copy(update={"begins": begins, "ends": ends}), appointment.initial)


@pytest.mark.parametrize("roles", [frozenset[str](), frozenset({"signer", "auditor"})])
def test_nobody_is_appointed_who_is_not_known_in_a_fitting_role(roles: frozenset[str]) -> None:
    with pytest.raises(appointment.UnknownOfficialError):
        decide(APPOINT.model_copy(update={"known_roles": roles}), appointment.initial)


def test_an_appointment_lasts_as_long_as_the_rules_allow_and_no_longer() -> None:
    term = {"begins": MONDAY + DAY, "ends": MONDAY + 31 * DAY}
    assert len(decide(APPOINT.model_copy(update=term), appointment.initial)) == 1
    with pytest.raises(appointment.TooLongAppointmentError, match="at most 30 days"):
        decide(APPOINT.model_copy(update=term | {"ends": MONDAY + 31 * DAY + HOUR}), appointment.initial)


def term(begins: int, ends: int) -> AppointmentTerm:
    return AppointmentTerm(begins=MONDAY + begins * DAY, ends=MONDAY + ends * DAY)


@pytest.mark.parametrize(
    "others",
    [
        [term(-25, 1)],
        [term(-25, 0)],
        [term(7, 40)],
        [term(-40, 30)],
        [term(-30, -10), term(-10, 1)],
        [term(6, 20), term(20, 33)],
        [term(-25, 1), term(-25, 1)],
    ],
)
def test_appointments_in_a_row_last_no_longer_together(others: list[AppointmentTerm]) -> None:
    term_of_six_days = {"begins": MONDAY + DAY, "ends": MONDAY + 6 * DAY}
    with pytest.raises(appointment.TooLongAppointmentError, match="at most 30 days in a row"):
        decide(APPOINT.model_copy(update=term_of_six_days | {"others": tuple(others)}), appointment.initial)


@pytest.mark.parametrize(
    "others", [[term(-40, -1)], [term(8, 60)], [term(-24, 1)], [term(-10, 1), term(3, 20)], [term(2, 4)]]
)
def test_a_break_of_more_than_a_day_begins_anew_and_an_overlap_counts_once(
    others: list[AppointmentTerm],
) -> None:
    term_of_six_days = {"begins": MONDAY + DAY, "ends": MONDAY + 6 * DAY}
    made = decide(
        APPOINT.model_copy(update=term_of_six_days | {"others": tuple(others)}), appointment.initial
    )
    assert len(made) == 1


def test_an_appointment_is_made_shortly_before_it_begins_and_never_for_the_past() -> None:
    soon = {"begins": MONDAY + 14 * DAY, "ends": MONDAY + 15 * DAY}
    assert len(decide(APPOINT.model_copy(update=soon), appointment.initial)) == 1
    with pytest.raises(appointment.TooEarlyAppointmentError, match="at most 14 days before"):
        decide(APPOINT.model_copy(update=soon | {"begins": MONDAY + 14 * DAY + HOUR}), appointment.initial)
    today = {"begins": MONDAY - DAY}
    assert len(decide(APPOINT.model_copy(update=today), appointment.initial)) == 1
    with pytest.raises(appointment.BegunBeforeError):
        decide(APPOINT.model_copy(update={"begins": MONDAY - DAY - HOUR}), appointment.initial)


def test_another_appointment_is_another_one() -> None:
    with pytest.raises(appointment.AppointedError):
        decide(APPOINT.model_copy(update={"ends": MONDAY + 9 * DAY}), after(APPOINT))


def test_what_was_never_made_has_no_end() -> None:
    with pytest.raises(appointment.NotAppointedError):
        decide(END, appointment.initial)


@pytest.mark.parametrize("refused", appointment.AppointmentError.__subclasses__())
def test_each_refusal_says_its_sentence(refused: type[appointment.AppointmentError]) -> None:
    assert str(refused()) == refused.sentence
