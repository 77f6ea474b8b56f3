"""The recorded history of lanes: messages that an operator skipped because they can't be handled, and messages on a sender's stream that
the sender never sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, assert_never
from uuid import UUID, uuid5

from zi_chassis.domain import (
    Act,
    Command,
    Decider,
    Disclosure,
    Event,
    Parties,
    Value,
    WrongRoleError,
    officials,
    refuse_other_roles,
)
from zi_contracts.message import Message

NAMESPACE = UUID("5d5f9a0e-2a55-4c0b-9f6b-3d0f5b0c7a11")


@dataclass(frozen=True, slots=True)
class LaneMessage:
    """A message at the sender's own position; `raw` are the bytes that came, `trace` is that of which its handling is a step."""

    position: int
    raw: bytes
    message: Message
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """A command that a message causes; `keep` goes to the companions if events came out."""

    decider: Decider[Any]
    aggregate: UUID
    command: Command
    keep: object = None


def act_because_of(message: Message, service: str, at: datetime) -> Act:
    """Return the act of a service itself that a message causes."""
    program = f"system:{service}"
    return Act(
        at=at,
        actor=program,
        role=program,
        causation=str(message.id),
        correlation=message.correlation,
    )


class BlockedLaneError(Exception):
    """A message, by its `hash`, can't be handled: nothing after it is handled until it can be, or is skipped. `event` is its id, if it has one."""

    def __init__(
        self,
        sender: str,
        position: int,
        type: str,
        why: Exception,
        hash: str | None = None,
        event: str | None = None,
    ) -> None:
        super().__init__(f"{sender} {position} {type}: {why.__class__.__name__}: {why}")
        self.sender, self.position, self.type, self.why, self.hash = sender, position, type, why, hash
        self.event = event


class Skip(Command):
    """An operator passes over the message at `position`, by the `hash` of its bytes, for a reason."""

    sender: str
    position: int
    hash: str
    reason: str


class MessageSkipped(Event):
    sender: str
    position: int
    hash: str
    reason: str


class PassOver(Command):
    """The sender passes over `count` messages of its own stream, numbers `first` to `last`, that it never sent; `digest` is the SHA-256 of
    the one, or of the hashes of all, in hex and in their order."""

    sender: str
    first: int
    last: int
    count: int
    digest: str


class ForeignMessagesPassedOver(Event):
    sender: str
    first: int
    last: int
    count: int
    digest: str


class LaneSkips(Value):
    skipped: int = 0


Events: TypeAlias = MessageSkipped | ForeignMessagesPassedOver


PARTIES: Parties = {Skip: officials("ops")}


def decide(command: Skip | PassOver, state: LaneSkips) -> Sequence[Event]:
    match command:
        case Skip():
            refuse_other_roles(command, PARTIES)
            return [] if command.position <= state.skipped else [MessageSkipped(**dict(command))]
        case PassOver():
            if command.by.role != f"system:{command.sender}":
                raise WrongRoleError
            return [ForeignMessagesPassedOver(**dict(command))]
        case _:
            assert_never(command)


def evolve(state: LaneSkips, event: Events) -> LaneSkips:
    match event:
        case MessageSkipped():
            return LaneSkips(skipped=event.position)
        case ForeignMessagesPassedOver():
            return state
        case _:
            assert_never(event)


def publish(event: Events, state: LaneSkips) -> Disclosure:
    data = event.model_dump(exclude={"by"})
    return Disclosure(subject=f"lane-{event.sender}", data=data)


lane: Decider[LaneSkips] = Decider(
    "lane", LaneSkips(), decide, evolve, (MessageSkipped, ForeignMessagesPassedOver), publish
)


def lane_id(source: str, sender: str) -> UUID:
    return uuid5(NAMESPACE, f"{source} {sender}")
