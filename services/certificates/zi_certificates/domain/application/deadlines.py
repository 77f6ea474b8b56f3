"""The promised time of an application, and the report that it has passed. Pure."""

from datetime import datetime

from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    AskData,
    Reject,
    ReportLateDecision,
    Seal,
    WithdrawApplication,
)
from zi_certificates.domain.application.events import ApplicationEvents, DeadlineMissed
from zi_certificates.domain.application.state import Application
from zi_chassis.domain import Act

# Whoever gives one of these ends or stops the clock: what it has missed until then is reported with it.
ENDS_THE_CLOCK = (AskData, Reject, Seal, WithdrawApplication)
PROGRAM = "system:certificates"


def report_missed(command: ReportLateDecision, application: Application) -> list[ApplicationEvents]:
    """Report it once, and only at the due date that holds now."""
    passed = _passed(application, command.by.at) == command.due
    return [DeadlineMissed(**dict(command))] if passed else []


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
