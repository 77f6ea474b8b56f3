"""The timers of a gift: the unit's time to send the report on, the time of the law, the time to complete the report."""

from collections.abc import Iterable
from typing import Any, get_args

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_contracts.integrity.gratification import GiftClock
from zi_integrity.domain import gratification
from zi_integrity.messaging.registers_published import gifts

GIFT = "gift"
CLOCKS: tuple[GiftClock, ...] = get_args(GiftClock)


def gift_changes(event: Event) -> Iterable[Change]:
    """Yield the timers that an event sets or clears."""
    match event:
        case gratification.GiftReported(forward_by=forward_by, report_by=report_by):
            if forward_by is not None and report_by is not None:
                yield Set(f"{GIFT}:forwarding", forward_by)
                yield Set(f"{GIFT}:commission", report_by)
        case gratification.GiftCompletionAsked(due=due):
            yield Set(f"{GIFT}:completion", due)
        case gratification.GiftReportCompleted():
            yield Clear(f"{GIFT}:completion")
        case gratification.GiftForwarded() | gratification.GiftClosed():
            for clock in CLOCKS:
                yield Clear(f"{GIFT}:{clock}")
        case _:
            pass


def remind_of_gift(_: Store, due: Due, act: Act) -> tuple[Decider[Any], Command]:
    named = due.name.partition(":")[2]
    [clock] = [each for each in CLOCKS if each == named]
    return gifts, gratification.RemindOfGift(by=act, clock=clock, due=due.due)
