"""The switch of a channel: off and on, each recorded once, by officials alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from zi_chassis.domain import Act, WrongRoleError
from zi_notify.domain import channel_switch
from zi_notify.domain.channel_switch import ChannelSwitch, channel_switch_id

BY = Act(at=datetime(2026, 12, 1, 4, tzinfo=UTC), actor="an-operator", role="staff:ops")
turn_off = channel_switch.SwitchChannelOff(by=BY, channel="sms", reason="abuse")
turn_on = channel_switch.SwitchChannelOn(by=BY, channel="sms")
switched_off = channel_switch.ChannelSwitchedOff(by=BY, channel="sms", reason="abuse")
switched_on = channel_switch.ChannelSwitchedOn(by=BY, channel="sms")


def when(command: channel_switch.Commands, *events: channel_switch.Events) -> list[Any]:
    state = channel_switch.initial
    for event in events:
        state = channel_switch.evolve(state, event)
    return list(channel_switch.decide(command, state))


def test_a_channel_is_on_until_somebody_turns_it_off() -> None:
    assert channel_switch.initial == ChannelSwitch(is_off=False)
    assert when(turn_on) == []
    assert when(turn_off) == [switched_off]


def test_a_repeat_records_nothing() -> None:
    assert when(turn_off, switched_off) == []
    assert when(turn_on, switched_off, switched_on) == []


def test_it_is_turned_on_again_and_off_again() -> None:
    assert when(turn_on, switched_off) == [switched_on]
    assert when(turn_off, switched_off, switched_on) == [switched_off]


@pytest.mark.parametrize("role", ["public", "system:notify", "staff:officer"])
def test_nobody_else_turns_it(role: str) -> None:
    other = BY.model_copy(update={"role": role})
    for command in (turn_off, turn_on):
        with pytest.raises(WrongRoleError):
            when(command.model_copy(update={"by": other}), switched_off)


def test_each_channel_of_each_sender_has_a_switch_of_its_own() -> None:
    ids = {
        channel_switch_id(source, name)
        for source in ("/zi/a/notify", "/zi/b/notify")
        for name in ("sms", "email")
    }  # type: ignore[arg-type]
    assert len(ids) == 4
