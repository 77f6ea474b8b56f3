"""An entry that does not fit its sender's chain: the break is recorded once, and each person who looked into it once, with the reason."""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID, uuid5

from zi_audit.domain.chain import Break
from zi_chassis.domain import Command, Event, Parties, Value, officials, refuse_other_roles, services

NAMESPACE = UUID("0a8f2d52-4f0d-4c55-8d0e-6a3a8e3b1f6b")


class NoteBreak(Command):
    """The index found that entry `index` does not continue the chain of `sender`."""

    sender: str
    index: int
    kind: Break
    position: int | None
    expected: str | None
    found: str | None


class AcknowledgeAnomaly(Command):
    """A person looked into entry `index`, which came by the lane of `sender` and whose bytes hash to `hash`."""

    sender: str
    index: int
    hash: str
    reason: str


class ChainBreakFound(Event):
    sender: str
    index: int
    kind: Break
    position: int | None
    expected: str | None
    found: str | None


class AnomalyAcknowledged(Event):
    sender: str
    index: int
    hash: str
    reason: str


class Anomaly(Value):
    noted: bool = False
    acknowledged_by: frozenset[str] = frozenset()


PARTIES: Parties = {NoteBreak: services("audit"), AcknowledgeAnomaly: officials("auditor", "ops")}


def decide(command: NoteBreak | AcknowledgeAnomaly, state: Anomaly) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    match command:
        case NoteBreak():
            return [] if state.noted else [ChainBreakFound(**dict(command))]
        case AcknowledgeAnomaly():
            is_known = command.by.actor in state.acknowledged_by
            return [] if is_known else [AnomalyAcknowledged(**dict(command))]
        case _:
            assert_never(command)


def evolve(state: Anomaly, event: ChainBreakFound | AnomalyAcknowledged) -> Anomaly:
    match event:
        case ChainBreakFound():
            return state.model_copy(update={"noted": True})
        case AnomalyAcknowledged():
            return state.model_copy(update={"acknowledged_by": state.acknowledged_by | {event.by.actor}})
        case _:
            assert_never(event)


def anomaly_id(origin: str, index: int) -> UUID:
    """Return the same id for the same entry, so that an index made anew records nothing twice."""
    return uuid5(NAMESPACE, f"{origin} {index}")
