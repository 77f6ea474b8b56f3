"""What is heard from a sender: in its order, each message once; a message that can't be handled blocks its lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.domain import (
    Command,
    Decider,
    Disclosure,
    Event,
    Parties,
    Value,
    officials,
    refuse_other_roles,
)
from zi_contracts.message import Message

NAMESPACE = UUID("5d5f9a0e-2a55-4c0b-9f6b-3d0f5b0c7a11")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message at the sender's own position; `raw` are the bytes that came."""

    position: int
    raw: bytes
    message: Message


@dataclass(frozen=True, slots=True)
class Reaction:
    """A command that a message causes."""

    decider: Decider[Any]
    aggregate: UUID
    command: Command


class Blocked(Exception):
    """A lane stands still at a message: nothing after it is handled until it can be, or is skipped; `hash` of its bytes."""

    def __init__(
        self, sender: str, position: int, type: str, why: Exception, hash: str | None = None
    ) -> None:
        super().__init__(f"{sender} {position} {type}: {why.__class__.__name__}: {why}")
        self.sender, self.position, self.type, self.why, self.hash = sender, position, type, why, hash


class Skip(Command):
    """An operator passes over the message at `position`, whose bytes hash to `hash`, and says why."""

    sender: str
    position: int
    hash: str
    reason: str


class MessageSkipped(Event):
    sender: str
    position: int
    hash: str
    reason: str


class Lane(Value):
    skipped: int = 0


PARTIES: Parties = {Skip: officials("ops")}


def decide(command: Skip, state: Lane) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    if command.position <= state.skipped:
        return []
    return [MessageSkipped(**dict(command))]


def evolve(state: Lane, event: MessageSkipped) -> Lane:
    return Lane(skipped=event.position)


def publish(event: MessageSkipped, state: Lane) -> Disclosure:
    data = {"sender": event.sender, "position": event.position, "hash": event.hash, "reason": event.reason}
    return Disclosure(subject=f"lane-{event.sender}", data=data)


lane: Decider[Lane] = Decider("lane", Lane(), decide, evolve, (MessageSkipped,), publish)


def lane_id(source: str, sender: str) -> UUID:
    return uuid5(NAMESPACE, f"{source} {sender}")
