"""The timer of a conflict of interest: the superior's time to decide passes."""

from collections.abc import Iterable
from typing import Any

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_integrity.domain import conflict
from zi_integrity.messaging.published import conflicts

DECIDING = "conflict is decided"


def conflict_changes(event: Event) -> Iterable[Change]:
    """Yield the timer that an event sets or clears; a report that is established keeps its time."""
    match event:
        case conflict.ConflictDeclared(decide_by=due) | conflict.ConflictReported(decide_by=due):
            yield Set(DECIDING, due)
        case conflict.ConflictDecided() | conflict.ConflictCleared() | conflict.ConflictReportDismissed():
            yield Clear(DECIDING)
        case _:
            pass


def remind_of_conflict(_: Store, due: Due, act: Act) -> tuple[Decider[Any], Command]:
    return conflicts, conflict.RemindOfConflict(by=act, due=due.due)
