"""The timer of a forum: it closes by itself when the time for contributions is over, and counts what it reached."""

from collections.abc import Iterable
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_contracts.integrity.forum import GroupReached
from zi_integrity.domain import forum as events
from zi_integrity.domain.attendance import Attendance
from zi_integrity.domain.forum import CloseForum, Forum
from zi_integrity.domain.minutes_ids import attendance_id
from zi_integrity.messaging.forum_published import forums
from zi_integrity.messaging.minutes_published import attendances
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


def closing(store: Store, tx: Tx, forum: UUID, state: Forum, by: Act) -> CloseForum:
    """Count what a forum reached."""
    counted = took_part(store, tx, forum, state)
    return CloseForum(by=by, reached=counted, proposals=tallies_of(tx, forum).all)


def took_part(store: Store, tx: Tx, forum: UUID, state: Forum) -> tuple[GroupReached, ...]:
    """Count who took part, by invited group, as the plan of the forum says: with a code, on the attendance, or both; nobody twice."""
    id, groups = attendance_id(forum), sorted(state.groups)
    attendance: Attendance = store.states(tx, {id: attendances})[id][1]
    if "attendance" not in state.quorum_counts:
        return reached(tx, forum, groups)
    if "code" not in state.quorum_counts:
        return tuple(GroupReached(group=group, count=attendance.counts[group]) for group in groups)
    listed = attendance.without_code  # whoever signed with a code took part with it
    return tuple(
        GroupReached(group=each.group, count=each.count + listed[each.group])
        for each in reached(tx, forum, groups)
    )


def close_when_due(store: Store, due: Due, act: Act) -> tuple[Decider[Forum], Command]:
    """Return the command of the timer."""
    _, state = store.load(forums, due.aggregate)
    return forums, store.read(lambda tx: closing(store, tx, due.aggregate, state, act))
