"""The promised time of an application, and the report that it has passed; the reminder that a deadline of the applicant is near. Pure."""

from datetime import datetime

from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    AskData,
    RecordRefund,
    Reject,
    Remind,
    ReportLateDecision,
    Seal,
    WithdrawApplication,
)
from zi_certificates.domain.application.events import ApplicationEvents, DeadlineMissed, DeadlineNear
from zi_certificates.domain.application.state import OVER, SIGNED, Application, ApplicationStatus
from zi_chassis.domain import Act

# Whoever gives one of these ends or stops the clock: what it has missed until then is reported with it.
ENDS_THE_CLOCK = (AskData, Reject, Seal, WithdrawApplication, RecordRefund)
PROGRAM = "system:certificates"


def report_missed(command: ReportLateDecision, application: Application) -> list[ApplicationEvents]:
    """Report it once, and only at the due date that holds now."""
    passed = _passed(application, command.by.at) == command.due
    return [DeadlineMissed(**dict(command))] if passed else []


def remind(command: Remind, application: Application) -> list[ApplicationEvents]:
    """Remind once for each clock, and only while the clock runs: never after the act was done, never when it is too late to act."""
    until = application.deadline
    if until is None or command.by.at >= until or command.clock in application.reminded:
        return []
    is_unpaid = application.status is ApplicationStatus.AWAITING_PAYMENT
    if command.clock != ("payment" if is_unpaid else "completion"):
        return []
    return [DeadlineNear(by=command.by, request=command.request, clock=command.clock, open_until=until)]


def ends_soon(application: Application, at: datetime) -> datetime | None:
    """Return the end of the applicant's time where the time of its reminder has come; also while the office holds the application, because
    what it asks for then must be answered by that end."""
    submission = application.submission
    if submission is None or application.status in (*OVER, *SIGNED):
        return None
    is_unpaid = application.status is ApplicationStatus.AWAITING_PAYMENT
    ends = submission.pay_by if is_unpaid else submission.open_until
    planned = {each.clock: each.at for each in submission.reminders}
    return ends if planned.get("payment" if is_unpaid else "completion", ends) <= at < ends else None


def missed_until(command: ApplicationCommands, application: Application) -> list[ApplicationEvents]:
    """Return what a command that ends or stops the clock has to report first, so that being quick after an outage hides nothing."""
    due = _passed(application, command.by.at)
    if due is None or not isinstance(command, ENDS_THE_CLOCK):
        return []
    return [DeadlineMissed(by=Act(at=command.by.at, actor=PROGRAM, role=PROGRAM), due=due)]


def _passed(application: Application, at: datetime) -> datetime | None:
    """Return the due date that has passed and is not reported; the clock runs only while the office holds the application."""
    due = application.due
    runs = application.holder == "office" and not application.is_late
    return due if runs and due is not None and due < at else None
