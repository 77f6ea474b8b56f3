"""The clocks of a case by which the office is late, and the report of one that has passed. Pure."""

from collections.abc import Iterator
from datetime import datetime

from zi_chassis.domain import Act
from zi_intake.domain.case.filings import PromisedFiled
from zi_intake.domain.case.handling_messages import ApproveDraft, ReferCase
from zi_intake.domain.case.information_messages import DecideObjection
from zi_intake.domain.case.messages import (
    Acknowledge,
    Answer,
    ApproveErasure,
    Ask,
    CaseCommands,
    CaseEvents,
    Clock,
    CloseUnanswered,
    DeadlineMissed,
    ReportMissedDeadline,
    TriageCase,
    Withdraw,
)
from zi_intake.domain.case.moving_messages import MoveToAppointed
from zi_intake.domain.case.state import Case, Status

# Whoever gives one of these ends, stops or sets a clock, or takes the case out of the public's figures: what it has missed until then is
# reported with it.
ENDS_A_CLOCK = (
    *(Acknowledge, TriageCase, Ask, Answer, ReferCase, ApproveDraft, MoveToAppointed),
    *(DecideObjection, Withdraw, ApproveErasure, CloseUnanswered),
)
WAITS_FOR_OFFICE = (Status.FILED, Status.ACKNOWLEDGED, Status.ASSIGNED)
# A question to the reporter does not stop the clock by which an officer judges that somebody is ill.
WAITS_TO_BE_JUDGED = (*WAITS_FOR_OFFICE, Status.CLARIFICATION_ASKED)
PROGRAM = "system:intake"


def running_clocks(case: Case) -> Iterator[tuple[Clock, datetime]]:
    """Return the clocks that run now and when they are due; none at another desk and for suggestions, and while the citizen is asked that of
    the judgement alone."""
    filing = case.filing
    if case.judge_by is not None and case.status in WAITS_TO_BE_JUDGED:
        yield "judge", case.judge_by
    if not isinstance(filing, PromisedFiled) or case.status not in WAITS_FOR_OFFICE:
        return
    if case.status is Status.FILED:
        yield "acknowledge", filing.acknowledge_by
    yield "answer", case.due or filing.due


def is_answer_late(due: datetime | None, now: datetime, *, is_missed: bool) -> bool:
    """Return whether an answer that the office owes is late; a later due date makes up for no missed one."""
    return is_missed or (due is not None and due < now)


def is_overdue(case: Case, now: datetime) -> bool:
    """Return whether the office owes the answer and is late, as `CaseRow.is_overdue` does in lists."""
    if case.status not in WAITS_FOR_OFFICE:
        return False
    return is_answer_late(case.due, now, is_missed="answer" in case.missed)


def due_as_judged(command: TriageCase, case: Case) -> datetime:
    """Return when the answer is due after a judgement: the clock of an emergency begins once, even where it was none in between."""
    if not command.emergency or case.emergency_due is None:
        return command.due
    return min(command.due, case.emergency_due)


def report_missed(command: ReportMissedDeadline, case: Case) -> list[CaseEvents]:
    """Report it once, and only at the due date that holds now."""
    passed = (command.clock, command.due) in _passed(case, command.by.at)
    return [DeadlineMissed(**dict(command))] if passed else []


def missed_until(command: CaseCommands, case: Case) -> list[CaseEvents]:
    """Return what a command that ends or stops clocks has to report first, so that being quick after an outage hides nothing."""
    if not isinstance(command, ENDS_A_CLOCK):
        return []
    by = Act(at=command.by.at, actor=PROGRAM, role=PROGRAM)
    passed = _passed(case, command.by.at)
    return [DeadlineMissed(by=by, clock=clock, due=due) for clock, due in passed]


def _passed(case: Case, at: datetime) -> list[tuple[Clock, datetime]]:
    return [(clock, due) for clock, due in running_clocks(case) if due < at and clock not in case.missed]
