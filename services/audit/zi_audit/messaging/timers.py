"""Timers of audit: ten minutes after a first access, and a little for what is still being written, the later ones are counted."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from zi_audit.domain.access import WINDOW, Accesses, CountAccesses, Looked
from zi_audit.messaging.published import looks
from zi_audit.read.projections import AccessCounts
from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Due, Set, Timers

GRACE = timedelta(seconds=5)


def changes(event: Event) -> Iterable[Change]:
    """A timer of its own for each ten minutes: the next ones may begin before it fires."""
    if isinstance(event, Looked):
        return (Set(rfc3339(event.by.at), event.by.at + WINDOW + GRACE),)
    return ()


def timers() -> Timers:
    return Timers(changes)


class Counting:
    """The command of a timer, with what was counted until then."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, due: Due, act: Act) -> tuple[Decider[Accesses], Command]:
        since = datetime.fromisoformat(due.name)
        counts = self._store.read(lambda tx: AccessCounts.of(tx, due.aggregate, since))
        return looks, CountAccesses(by=act, since=since, counts=counts)
