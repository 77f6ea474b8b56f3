"""Visits that trips bring: announced to cases that are open and awake, called off whatever has become of the case."""

import pytest
from tests.umkm import steps as usual
from tests.umkm.steps import changed, mentor

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.status import MentoringStatus

SLEEPING = (*usual.REFERRED, usual.PAUSE)
ENDED = (*usual.ASSIGNED, usual.CLOSE)


def test_a_visit_is_announced_and_called_off() -> None:
    announced = usual.last(*usual.ASSIGNED, usual.ANNOUNCE)
    called_off = usual.last(*usual.ASSIGNED, usual.ANNOUNCE, usual.CALL_OFF)
    assert [type(each).__name__ for each in (announced, called_off)] == ["VisitAnnounced", "VisitCalledOff"]


@pytest.mark.parametrize(
    ("before", "error"),
    [(ENDED, errors.MentoringOverError), (SLEEPING, errors.AsleepError), ((), errors.MentoringNotBegunError)],
)
def test_no_visit_is_announced_to_a_case_that_takes_none(
    before: tuple[MentoringCommands, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        decide(usual.ANNOUNCE, usual.after(*before))


@pytest.mark.parametrize("before", [ENDED, SLEEPING])
def test_a_visit_is_called_off_whatever_became_of_the_case(before: tuple[MentoringCommands, ...]) -> None:
    assert decide(usual.CALL_OFF, usual.after(*before))


def test_the_same_request_announces_once() -> None:
    once = changed(usual.ANNOUNCE, request=usual.named("once"))
    assert decide(once, usual.after(*usual.ASSIGNED, once)) == []


def test_a_mentor_announces_nothing() -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(usual.ANNOUNCE, by=mentor()), usual.after(*usual.ASSIGNED))


@pytest.mark.parametrize("before", [usual.ASSIGNED, SLEEPING])
def test_a_visit_that_is_called_off_is_no_word(before: tuple[MentoringCommands, ...]) -> None:
    case, later = (
        usual.after(*before),
        usual.SUPERVISOR.model_copy(update={"at": usual.MONDAY + 50 * usual.DAY}),
    )
    after = usual.after(changed(usual.CALL_OFF, by=later), state=case)
    assert (after.heard_at, after.status) == (case.heard_at, case.status)


def test_a_silent_case_sleeps_and_ends_after_its_visit_was_called_off() -> None:
    later = usual.SUPERVISOR.model_copy(update={"at": usual.MONDAY + 50 * usual.DAY})
    called_off = changed(usual.CALL_OFF, by=later)
    case = usual.after(*usual.REFERRED, called_off, usual.PAUSE)
    assert case.status is MentoringStatus.DORMANT
    assert usual.after(called_off, usual.CLOSE_SILENT, state=case).status is MentoringStatus.CLOSED
