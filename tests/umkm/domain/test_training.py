"""Trainings: groups with places, attendance, what was known before and after."""

from datetime import timedelta
from typing import Any

import pytest
from tests.umkm.steps import DAY, MONDAY, changed, mentor, named, owner

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import errors, training
from zi_umkm.domain.training import Training, TrainingCommands, decide, evolve

PLAN = training.Plan(
    by=mentor(), district="malinau", topic="cppob_basics", begins=MONDAY + 14 * DAY, places=2
)
BEGUN = mentor(at=PLAN.begins)
CONCLUDE = training.Conclude(by=BEGUN)


def enrol(name: str) -> training.Enrol:
    return training.Enrol(by=owner(), case=named(name))


def came(name: str, before: int | None = None, after: int | None = None) -> training.RecordAttendance:
    return training.RecordAttendance(by=BEGUN, case=named(name), before=before, after=after)


TWO = (PLAN, enrol("a"), enrol("b"))


def state_after(*commands: TrainingCommands) -> Training:
    state = training.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def concluded(*commands: TrainingCommands) -> tuple[int, int, int | None, int | None]:
    event = state_after(*commands, CONCLUDE).conclusion
    assert event is not None
    return event.enrolled, event.attended, event.before, event.after


def test_the_outcome_is_the_mean_of_those_who_have_both_scores() -> None:
    assert concluded(*TWO, came("a", 40, 81), came("b", 50, 90)) == (2, 2, 45, 85)
    assert concluded(*TWO, came("a", 40, 80), came("b", 90)) == (2, 2, 40, 80)
    assert concluded(*TWO, came("a")) == (2, 1, None, None)


def test_a_score_that_is_said_again_replaces_the_one_before() -> None:
    assert concluded(*TWO, came("a", 40, 60), came("a", 40, 70)) == (2, 1, 40, 70)


@pytest.mark.parametrize("again", [PLAN, enrol("a"), came("a", 40, 60), CONCLUDE])
def test_a_repeat_is_no_event(again: TrainingCommands) -> None:
    whole = state_after(*TWO, came("a", 40, 60), CONCLUDE)
    assert decide(again, whole) == []


@pytest.mark.parametrize("command", [came("a"), CONCLUDE])
def test_nobody_has_come_before_the_training_began(command: TrainingCommands) -> None:
    early = changed(command, by=mentor(at=PLAN.begins - timedelta(seconds=1)))
    with pytest.raises(errors.NotHeldYetError):
        decide(early, state_after(*TWO))
    assert decide(command, state_after(*TWO))


def test_a_full_training_takes_nobody_else() -> None:
    with pytest.raises(errors.FullError):
        decide(enrol("c"), state_after(*TWO))


def test_only_who_is_enrolled_attends() -> None:
    with pytest.raises(errors.NotEnrolledError):
        decide(came("c"), state_after(*TWO))


@pytest.mark.parametrize("late", [enrol("c"), came("b")])
def test_nothing_changes_after_it_was_held(late: TrainingCommands) -> None:
    with pytest.raises(errors.HeldAlreadyError):
        decide(late, state_after(*TWO, CONCLUDE))


@pytest.mark.parametrize("command", [enrol("a"), came("a"), CONCLUDE])
def test_nothing_happens_in_a_training_that_nobody_planned(command: TrainingCommands) -> None:
    with pytest.raises(errors.NotPlannedError):
        decide(command, training.initial)


@pytest.mark.parametrize("command", [PLAN, came("a"), CONCLUDE])
def test_only_officials_plan_and_hold_it(command: Any) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(command, by=owner()), state_after(*TWO))


def test_one_training_is_planned_in_one_way() -> None:
    with pytest.raises(errors.PlannedAlreadyError):
        decide(changed(PLAN, places=30), state_after(PLAN))
