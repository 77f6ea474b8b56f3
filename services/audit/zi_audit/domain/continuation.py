"""A sender whose stream holds messages of somebody else goes on behind them: one official looked into each of them, another official,
by name and with a reason, lets the sender go on."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from zi_chassis.domain import Command, DomainError, Event, Parties, Value, officials, refuse_other_roles

NAMESPACE = UUID("4be0c4a1-6a0b-4a5e-9a57-1d6a4d5f0c6e")


class ForeignMessage(Value):
    """A message of the stream that is not the sender's; `index` is its entry, or None where it repeats a message of the sender."""

    sequence: int
    hash: str
    index: int | None = None


class Continue(Command):
    """`acknowledged_by` are, by number in the stream, those who looked into the messages."""

    sender: str
    after_position: int
    head: str
    messages: tuple[ForeignMessage, ...]
    reason: str
    acknowledged_by: dict[int, frozenset[str]]


class SenderContinued(Event):
    sender: str
    after_position: int
    head: str
    messages: tuple[ForeignMessage, ...]
    reason: str


class Continuations(Value):
    """The events of one sender."""

    events: tuple[SenderContinued, ...] = ()


class SecondOfficialError(DomainError, kind="four_eyes"):
    """A message is acknowledged by one official, and the sender let go on by another."""

    def __init__(self, sequence: int) -> None:
        super().__init__(
            "Another official has to acknowledge message {sequence} first: two officials together let a service continue.",
            sequence=sequence,
        )


PARTIES: Parties = {Continue: officials("ops")}


def decide(command: Continue, state: Continuations) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    after = (command.after_position, command.head)
    known = {
        (message.sequence, message.hash)
        for event in state.events
        if (event.after_position, event.head) == after
        for message in event.messages
    }
    fresh = tuple(message for message in command.messages if (message.sequence, message.hash) not in known)
    for message in fresh:
        if not command.acknowledged_by.get(message.sequence, frozenset()) - {command.by.actor}:
            raise SecondOfficialError(message.sequence)
    if not fresh:
        return []
    return [
        SenderContinued(
            by=command.by,
            sender=command.sender,
            after_position=command.after_position,
            head=command.head,
            messages=fresh,
            reason=command.reason,
        )
    ]


def evolve(state: Continuations, event: SenderContinued) -> Continuations:
    return Continuations(events=(*state.events, event))


def continuation_id(source: str) -> UUID:
    """One aggregate a sender, by its `source`."""
    return uuid5(NAMESPACE, source)
