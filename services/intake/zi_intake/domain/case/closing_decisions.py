"""Decide how a case ends, and how its citizen has it reopened; who requested information objects instead. Pure."""

from datetime import datetime

from zi_contracts.intake import ClosingReason
from zi_intake.domain.case import refusals
from zi_intake.domain.case.disclosure_decisions import refuse_reader
from zi_intake.domain.case.filings import CaseCommand, SuggestionMade, requests_information
from zi_intake.domain.case.information_decisions import object_to_answer
from zi_intake.domain.case.messages import (
    CaseClosed,
    CaseEvents,
    CaseReopened,
    Close,
    CloseSilent,
    CloseUnanswered,
    Reopen,
)
from zi_intake.domain.case.state import Case, Status, refuse_ended
from zi_intake.domain.case.work_rules import refuse_others


def close(command: Close, case: Case) -> list[CaseEvents]:
    """Close what was answered, or a suggestion that was read; whoever can't read a confidential case does not judge that it is done."""
    if case.status is Status.CLOSED:
        return []
    refuse_ended(case)
    if case.status is not Status.ANSWERED and not _needs_no_answer(case):
        raise refusals.NotAnsweredError
    refuse_others(command.by, case)
    refuse_reader(command.by, case)
    return [_closed(command, "resolved", command.reopen_until)]


def _needs_no_answer(case: Case) -> bool:
    """Return whether the case is a suggestion that somebody read, and whose sender wants no answer."""
    is_read = case.status is Status.ASSIGNED
    return isinstance(case.filing, SuggestionMade) and not case.filing.wants_answer and is_read


def close_by_timer(command: CloseUnanswered | CloseSilent, case: Case) -> list[CaseEvents]:
    """Close where the question or the answer of the timer still stands."""
    if isinstance(command, CloseUnanswered):
        stands = case.status is Status.CLARIFICATION_ASKED and case.reply_by == command.reply_by
        return [_closed(command, "not_completed", command.reopen_until)] if stands else []
    stands = case.status is Status.ANSWERED and case.closes_on == command.closes_on
    return [_closed(command, "no_reaction", command.reopen_until)] if stands else []


def reopen(command: Reopen, case: Case) -> list[CaseEvents]:
    if requests_information(case.filing):
        return object_to_answer(command, case)
    if case.status is Status.WITHDRAWN:
        raise refusals.WithdrawnError
    if case.status not in (Status.ANSWERED, Status.CLOSED):
        raise refusals.StillOpenError
    if case.reopen_until is not None and command.by.at > case.reopen_until:
        raise refusals.TooLateToReopenError
    return [CaseReopened(**dict(command) | {"due": never_earlier(command.due, case)})]


def never_earlier(due: datetime, case: Case) -> datetime:
    return due if case.due is None else max(due, case.due)


def _closed(command: CaseCommand, reason: ClosingReason, reopen_until: datetime) -> CaseClosed:
    return CaseClosed(by=command.by, request=command.request, reason=reason, reopen_until=reopen_until)
