"""A break in a sender's chain, found once: what it is, where in the log, and that it was said."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from zi_audit.chain import Break
from zi_audit.published import disclose
from zi_chassis.domain import Command, Decider, Event, Value

NAMESPACE = UUID("0a8f2d52-4f0d-4c55-8d0e-6a3a8e3b1f6b")


class NoteBreak(Command):
    """The index found that entry `index` does not continue the chain of `sender`."""

    sender: str
    index: int
    kind: Break
    position: int | None
    expected: str | None
    found: str | None


class ChainBreakFound(Event):
    sender: str
    index: int
    kind: Break
    position: int | None
    expected: str | None
    found: str | None


class Anomaly(Value):
    noted: bool = False


def decide(command: NoteBreak, state: Anomaly) -> Sequence[Event]:
    return [] if state.noted else [ChainBreakFound(**dict(command))]


def evolve(state: Anomaly, event: ChainBreakFound) -> Anomaly:
    return Anomaly(noted=True)


anomaly: Decider[Anomaly] = Decider("anomaly", Anomaly(), decide, evolve, (ChainBreakFound,), disclose)


def anomaly_id(origin: str, index: int) -> UUID:
    """The same for the same entry, so that an index made anew tells nothing twice."""
    return uuid5(NAMESPACE, f"{origin} {index}")
