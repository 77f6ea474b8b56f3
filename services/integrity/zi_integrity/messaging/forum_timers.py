"""The timer of a forum: it closes by itself when the time for contributions is over, and counts what it reached."""

from collections.abc import Iterable
from uuid import UUID

from zi_chassis.database import Tx
from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.store import Store
from zi_chassis.timers import Change, Clear, Due, Set
from zi_integrity.domain import forum as events
from zi_integrity.domain.forum import CloseForum, Forum
from zi_integrity.messaging.forum_published import forums
from zi_integrity.read.forums import reached
from zi_integrity.read.proposals import tallies_of

CLOSING = "forum closes"


def forum_changes(event: Event) -> Iterable[Change]:
    """Yield the timer that an event sets or clears."""
    match event:
        case events.ForumPlanned() | events.ForumChanged() | events.ForumExtended():
            yield Set(CLOSING, event.closes_on)
        case events.ForumClosed() | events.ForumCancelled():
            yield Clear(CLOSING)
        case _:
            pass


def closing(tx: Tx, forum: UUID, state: Forum, by: Act) -> CloseForum:
    """Count what a forum reached."""
    counted = reached(tx, forum, sorted(state.groups))
    return CloseForum(by=by, reached=counted, proposals=tallies_of(tx, forum).all)


def close_when_due(store: Store, due: Due, act: Act) -> tuple[Decider[Forum], Command]:
    """Return the command of the timer."""
    _, state = store.load(forums, due.aggregate)
    return forums, store.read(lambda tx: closing(tx, due.aggregate, state, act))
