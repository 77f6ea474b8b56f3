"""The timers of a compensation: each step of the office that is not done in time is recorded as overdue."""

from collections.abc import Iterable
from typing import cast

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_contracts.integrity.compensation import CompensationStep
from zi_integrity.domain import compensation as events
from zi_integrity.domain.compensation import Compensation, RemindOfCompensation
from zi_integrity.messaging.compensation_published import compensations

COMPENSATION = "compensation"
OFFER, GIVE, FIND_CAUSE = (f"{COMPENSATION}:{step}" for step in ("offer", "give", "find_cause"))


def compensation_changes(event: Event) -> Iterable[Change]:
    """Yield the timers that an event sets and clears."""
    match event:
        case events.CompensationOpened():
            yield Set(OFFER, event.offer_by)
            yield Set(FIND_CAUSE, event.find_cause_by)
        case events.CompensationOffered():
            yield Clear(OFFER)
            yield Set(GIVE, event.give_by)
        case events.CompensationAccepted():
            yield Set(GIVE, event.give_by)
        case events.CompensationWaived() | events.CompensationGiven():
            yield Clear(GIVE)
        case events.CompensationCauseFound():
            yield Clear(FIND_CAUSE)
        case _:
            pass


def remind_when_due(_: Store, due: Due, act: Act) -> tuple[Decider[Compensation], Command]:
    """Return the command of the timer; its name ends with the step."""
    step = cast(CompensationStep, due.name.partition(":")[2])
    return compensations, RemindOfCompensation(by=act, step=step, due=due.due)
