"""The switch of one channel: an official turns it off and on again, and both are entries of the ledger. What falls due while it is off
waits. Pure.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, assert_never
from uuid import UUID, uuid5

from zi_chassis.domain import Command, Event, Parties, Value, refuse_other_roles
from zi_notify.domain.delivery import Channel
from zi_notify.roles import SWITCHERS

SwitchedChannel: TypeAlias = Channel | Literal["webhook"]
SwitchReason: TypeAlias = Literal["fault", "abuse", "cost", "maintenance", "test"]
NAMESPACE = UUID("5c1c6a80-6f0f-4a39-9a4c-2f6c31f0b9d1")


class SwitchChannelOff(Command):
    channel: SwitchedChannel
    reason: SwitchReason


class SwitchChannelOn(Command):
    channel: SwitchedChannel


Commands: TypeAlias = SwitchChannelOff | SwitchChannelOn
PARTIES: Parties = {SwitchChannelOff: SWITCHERS, SwitchChannelOn: SWITCHERS}


class ChannelSwitchedOff(Event):
    channel: SwitchedChannel
    reason: SwitchReason


class ChannelSwitchedOn(Event):
    channel: SwitchedChannel


Events: TypeAlias = ChannelSwitchedOff | ChannelSwitchedOn


class ChannelSwitch(Value):
    is_off: bool = False


initial = ChannelSwitch()


def channel_switch_id(source: str, channel: SwitchedChannel) -> UUID:
    """Return the id of the one switch of a channel of this sender."""
    return uuid5(NAMESPACE, f"{source} {channel}")


def decide(command: Commands, state: ChannelSwitch) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    match command:
        case SwitchChannelOff():
            return [] if state.is_off else [ChannelSwitchedOff(**dict(command))]
        case SwitchChannelOn():
            return [ChannelSwitchedOn(**dict(command))] if state.is_off else []
        case _:
            assert_never(command)


def evolve(state: ChannelSwitch, event: Events) -> ChannelSwitch:
    match event:
        case ChannelSwitchedOff():
            return ChannelSwitch(is_off=True)
        case ChannelSwitchedOn():
            return ChannelSwitch(is_off=False)
        case _:
            assert_never(event)
