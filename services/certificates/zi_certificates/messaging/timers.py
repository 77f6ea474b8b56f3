"""Timers: an applicant is reminded before a deadline passes; an application that was not paid or not completed in time expires, as
system:certificates; and a promised time that has passed is reported."""

from collections.abc import Callable, Iterable

from zi_certificates.domain.application.commands import (
    Expire,
    Remind,
    ReportLateDecision,
)
from zi_certificates.domain.application.events import (
    ApplicationExpired,
    ApplicationPaid,
    ApplicationRejected,
    ApplicationSubmitted,
    ApplicationSubmittedFree,
    ApplicationWithdrawn,
    FurtherBillPaid,
    LettersSigned,
    PaymentRefunded,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.messaging.published import applications
from zi_chassis.domain import Act, Command, Decider, Event, UnavailableError
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set, Timers
from zi_contracts.certificates import ApplicantsClock

PAY_BY = "pay_by"
OPEN_UNTIL = "open_until"
REJECTED = "rejected"
REMINDERS: dict[str, ApplicantsClock] = {"remind_payment": "payment", "remind_completion": "completion"}


def changes(event: Event) -> Iterable[Change]:
    """Return the timers that an event sets and clears; a rejection after the time to resubmit ends the application at once."""
    match event:
        case ApplicationSubmittedFree():
            reminders = (
                Set("remind_completion", each.at) for each in event.reminders if each.clock == "completion"
            )
            return (Set(OPEN_UNTIL, event.open_until), *reminders)
        case ApplicationSubmitted():
            reminders = (Set(f"remind_{each.clock}", each.at) for each in event.reminders)
            return (Set(PAY_BY, event.pay_by), Set(OPEN_UNTIL, event.open_until), *reminders)
        case ApplicationPaid():
            return (Clear(PAY_BY), Clear("remind_payment"))
        case PaymentRefunded(pay_by=pay_by):
            return () if pay_by is None else (Set(PAY_BY, pay_by),)
        case FurtherBillPaid():
            return (Clear(PAY_BY),)
        case ApplicationRejected():
            return (Set(REJECTED, event.by.at),)
        case LettersSigned() | ApplicationWithdrawn() | ApplicationExpired():
            return tuple(map(Clear, (PAY_BY, OPEN_UNTIL, REJECTED, *REMINDERS)))
        case _:
            return ()


def timers() -> Timers:
    return Timers(changes)


class Expiring:
    """The command of a timer: the reminder, or whichever deadline of the application has passed by now. An unpaid one waits until it
    `is_settled` that it is."""

    def __init__(self, store: Store, is_settled: Callable[[Application], bool]) -> None:
        self._store = store
        self._is_settled = is_settled

    def __call__(self, due: Due, act: Act) -> tuple[Decider[Application], Command]:
        if due.name in REMINDERS:
            return applications, Remind(by=act, clock=REMINDERS[due.name])
        _, now = self._store.load(applications, due.aggregate)
        if not self._is_settled(now):
            raise UnavailableError("the payment gateway has not said yet that the bill is unpaid")
        passed = now.deadline is not None and now.deadline <= act.at
        until = now.deadline if passed and now.deadline is not None else due.due
        return applications, Expire(by=act, until=until)


def report_of(due: Due, act: Act, marked: bool) -> tuple[Decider[Application], Command]:
    """Make the report of a missed deadline; `marked` if it was missed before deadlines were reported."""
    return applications, ReportLateDecision(by=act, due=due.due, reported_late=marked)
