"""The timers of a standard: its yearly review comes near, and is overdue."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_integrity.domain.standard import messages
from zi_integrity.domain.standard.state import StandardDecree
from zi_integrity.messaging.standards_data import standard_decrees

REMINDING, LATE = "standard review near", "standard review late"
REMINDER, DAY = timedelta(days=30), timedelta(days=1)


def standard_changes(event: Event) -> Iterable[Change]:
    """Yield the timers that an event sets or clears."""
    match event:
        case messages.StandardAdopted(review_due=due) | messages.StandardReviewed(next_due=due):
            midnight = datetime.combine(due, time(), office_zone())
            yield Set(REMINDING, midnight - REMINDER)
            yield Set(LATE, midnight + DAY)
        case messages.StandardWithdrawn():
            yield Clear(REMINDING)
            yield Clear(LATE)
        case _:
            pass


def remind_of_review(_: Store, due: Due, act: Act) -> tuple[Decider[StandardDecree], Command]:
    """Return the command for the review that is due by now; the decider ignores one that was held meanwhile."""
    day = _day(due, REMINDER)
    return standard_decrees, messages.RemindOfStandardReview(by=act, due=day.date())


def flag_review(_: Store, due: Due, act: Act) -> tuple[Decider[StandardDecree], Command]:
    day = _day(due, -DAY)
    return standard_decrees, messages.FlagOverdueStandardReview(by=act, due=day.date())


def _day(due: Due, until_review: timedelta) -> datetime:
    return due.due.astimezone(office_zone()) + until_review
