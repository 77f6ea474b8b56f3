"""Data are put up for erasure only when nothing speaks for keeping them, and never by whoever decided in the application."""

from typing import get_args

import pytest
from tests.certificates.officials import head, named, staff
from tests.certificates.retaining import END, HOLD, LIFT, LIFTERS

from zi_certificates.domain import retention
from zi_certificates.domain.retention import Retention, RetentionCommands, RetentionEvents
from zi_certificates.messaging.published import retentions
from zi_contracts import certificates as contract

SUPERVISOR = staff("supervisor-eka", "supervisor")
LIFT_BY_HEAD = LIFT.model_copy(update={"by": head()})


def after(*commands: RetentionCommands) -> Retention:
    state = retention.initial
    for command in commands:
        for event in retention.decide(command, state):
            state = retention.evolve(state, event)
    return state


def last(*commands: RetentionCommands) -> RetentionEvents:
    [event] = retention.decide(commands[-1], after(*commands[:-1]))
    return event


def test_what_is_over_is_put_up_with_the_rules_that_say_so() -> None:
    event = last(END)
    data = retentions.publish(event, after(END)).data
    assert isinstance(data, contract.RetentionEnded)
    assert (data.since, data.rules) == (END.ended, END.rules)


@pytest.mark.parametrize("needed", get_args(retention.Needed))
def test_whatever_speaks_for_keeping_keeps(needed: retention.Needed) -> None:
    with pytest.raises(retention.ERRORS[needed]):
        last(END.model_copy(update={"needed": needed}))


def test_what_has_no_end_is_kept() -> None:
    with pytest.raises(retention.StillRunningError):
        last(END.model_copy(update={"ended": None}))


def test_whoever_decided_in_it_does_not_put_it_up() -> None:
    with pytest.raises(retention.OwnRecordsError):
        last(END.model_copy(update={"by": SUPERVISOR}))


def test_a_hold_keeps_until_somebody_else_lifts_it() -> None:
    with pytest.raises(retention.DataHeldError):
        last(HOLD, END)
    lift_by_holder = LIFT.model_copy(update={"by": SUPERVISOR.model_copy(update={"actor": HOLD.by.actor})})
    with pytest.raises(retention.OwnHoldError):
        last(HOLD, lift_by_holder)
    assert last(HOLD, LIFT).ticket == HOLD.ticket
    assert last(HOLD, LIFT, END).ticket == HOLD.ticket
    assert after(HOLD, LIFT).hold is None


def test_whoever_decided_in_it_does_not_lift_the_hold() -> None:
    with pytest.raises(retention.OwnHeldRecordsError):
        last(HOLD, LIFT_BY_HEAD)
    unlisted = LIFTERS.model_copy(update={"listed": frozenset()})
    with pytest.raises(retention.OwnHeldRecordsError):
        last(HOLD, LIFT_BY_HEAD.model_copy(update={"lifters": unlisted}))


def test_whoever_decided_in_it_lifts_the_hold_where_nobody_else_is_left() -> None:
    by_supervisor = HOLD.model_copy(update={"by": SUPERVISOR})
    assert after(by_supervisor, LIFT_BY_HEAD).hold is None
    interested = LIFTERS.model_copy(update={"interested": frozenset({"head-dewi"})})
    with pytest.raises(retention.OwnHeldRecordsError):
        last(by_supervisor, LIFT_BY_HEAD.model_copy(update={"lifters": interested}))


def test_nobody_places_a_hold_that_nobody_else_could_lift() -> None:
    interested = LIFTERS.model_copy(update={"interested": frozenset({"head-dewi"})})
    with pytest.raises(retention.NobodyElseLiftsError):
        last(HOLD.model_copy(update={"by": SUPERVISOR, "lifters": interested}))
    assert last(HOLD.model_copy(update={"lifters": interested})).ticket == HOLD.ticket


def test_one_hold_at_a_time_and_lifting_nothing_is_nothing() -> None:
    assert retention.decide(HOLD, after(HOLD)) == []
    with pytest.raises(retention.OtherHoldError):
        last(HOLD, HOLD.model_copy(update={"reason": "audit"}))
    assert retention.decide(LIFT, after()) == []


@pytest.mark.parametrize("command", [HOLD, LIFT, END])
def test_nothing_is_decided_about_what_is_erased(command: RetentionCommands) -> None:
    with pytest.raises(retention.DataErasedError):
        last(command.model_copy(update={"is_erased": True}))


@pytest.mark.parametrize("command", [HOLD, END])
def test_a_repeated_request_changes_nothing(command: RetentionCommands) -> None:
    once = command.model_copy(update={"request": named("key"), "by": head()})
    assert len(retention.decide(once, after())) == 1
    assert retention.decide(once, after(once)) == []
