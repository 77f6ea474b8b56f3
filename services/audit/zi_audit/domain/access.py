"""Accesses of auditors: the first within ten minutes for one purpose, to one case or to the ledger at large, is an event; the number of
those that followed in that time is another."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from zi_chassis.domain import Command, Event, Parties, Value, officials, refuse_other_roles, services

WINDOW = timedelta(minutes=10)


class RecordAccess(Command):
    """An auditor is about to see something of `kind`."""

    purpose: str
    case: str | None
    kind: str


class CountAccesses(Command):
    """The ten minutes that began at `since` are over; `counts` are the accesses after the first, by kind."""

    since: datetime
    counts: Mapping[str, int]


class Looked(Event):
    purpose: str
    case: str | None
    kind: str


class LooksCounted(Event):
    auditor: str
    purpose: str
    case: str | None
    since: datetime
    counts: Mapping[str, int]


class Accesses(Value):
    """`since` is when the last ten minutes began, `counted` when those began that were counted last."""

    auditor: str = ""
    purpose: str = ""
    case: str | None = None
    since: datetime | None = None
    counted: datetime | None = None

    def within(self, at: datetime) -> bool:
        return self.since is not None and self.since <= at < self.since + WINDOW


PARTIES: Parties = {RecordAccess: officials("auditor"), CountAccesses: services("audit")}


def decide(command: RecordAccess | CountAccesses, state: Accesses) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    match command:
        case RecordAccess():
            return [] if state.within(command.by.at) else [Looked(**dict(command))]
        case CountAccesses():
            return _count(command, state)
        case _:
            assert_never(command)


def _count(command: CountAccesses, state: Accesses) -> Sequence[Event]:
    """Count no accesses that nobody began, or that were counted before."""
    known = state.since is not None and command.since <= state.since
    if not command.counts or not known or (state.counted is not None and command.since <= state.counted):
        return []
    whose = {"auditor": state.auditor, "purpose": state.purpose, "case": state.case}
    return [LooksCounted(**dict(command), **whose)]


def evolve(state: Accesses, event: Looked | LooksCounted) -> Accesses:
    match event:
        case Looked():
            whose = {"auditor": event.by.actor, "purpose": event.purpose, "case": event.case}
            return state.model_copy(update={**whose, "since": event.by.at})
        case LooksCounted():
            return state.model_copy(update={"counted": event.since})
        case _:
            assert_never(event)
