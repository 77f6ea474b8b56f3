"""Timers, which act as system:integrity: each area says what its events set and clear, and gives the command of its own timers."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Due, Timers
from zi_integrity.messaging.action_timers import ACTION_DUE, action_changes, mark_late
from zi_integrity.messaging.compensation_timers import COMPENSATION, compensation_changes, remind_when_due
from zi_integrity.messaging.conflict_timers import DECIDING, conflict_changes, remind_of_conflict
from zi_integrity.messaging.forum_timers import CLOSING, close_when_due, forum_changes
from zi_integrity.messaging.gift_timers import GIFT, gift_changes, remind_of_gift
from zi_integrity.messaging.standards_timers import LATE as STANDARD_LATE
from zi_integrity.messaging.standards_timers import REMINDING as STANDARD_REMINDING
from zi_integrity.messaging.standards_timers import flag_review, remind_of_review, standard_changes
from zi_integrity.messaging.surveys.timers import CLOSING as SURVEY_CLOSING
from zi_integrity.messaging.surveys.timers import close_survey, survey_changes

CHANGES: tuple[Callable[[Event], Iterable[Change]], ...] = (
    action_changes,
    compensation_changes,
    conflict_changes,
    forum_changes,
    standard_changes,
    gift_changes,
    survey_changes,
)
COMMANDS: Mapping[str, Callable[[Store, Due, Act], tuple[Decider[Any], Command]]] = {
    ACTION_DUE: mark_late,
    CLOSING: close_when_due,
    DECIDING: remind_of_conflict,
    STANDARD_LATE: flag_review,
    STANDARD_REMINDING: remind_of_review,
    SURVEY_CLOSING: close_survey,
    GIFT: remind_of_gift,
    COMPENSATION: remind_when_due,
}


def timers() -> Timers:
    return Timers(lambda event: (change for changes in CHANGES for change in changes(event)))


class DueCommands:
    """The command of a timer, by the timer's name up to a colon."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, due: Due, act: Act) -> tuple[Decider[Any], Command]:
        return COMMANDS[due.name.partition(":")[0]](self._store, due, act)
