"""The timer of an action: it is late when its due day has ended at the office and it is not closed."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_integrity.domain import action as events
from zi_integrity.domain.action import ForumAction, MarkForumActionLate
from zi_integrity.messaging.minutes_published import forum_actions

ACTION_DUE = "forum action due"


def action_changes(event: Event) -> Iterable[Change]:
    """Yield the timer that an event sets or clears."""
    match event:
        case events.ForumActionOpened() | events.ForumActionReopened():
            yield Set(ACTION_DUE, end_of(event.due))
        case events.ForumActionClosed():
            yield Clear(ACTION_DUE)
        case _:
            pass


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), office_zone())


def mark_late(_: Store, due: Due, act: Act) -> tuple[Decider[ForumAction], Command]:
    day = due.due.astimezone(office_zone()).date() - timedelta(days=1)
    return forum_actions, MarkForumActionLate(by=act, due=day)
