"""Decide what the request, the approval and the refusal of an erasure change: two officials erase, and what is open waits."""

from typing import assert_never

from zi_chassis.domain import Act
from zi_contracts.intake import ErasureReason
from zi_intake.domain.case import refusals
from zi_intake.domain.case.filings import AnswerableFiled, AnyFiled
from zi_intake.domain.case.messages import (
    ApproveErasure,
    AskErasure,
    CaseEvents,
    DataSubjectErased,
    ErasureCommands,
    ErasureRefused,
    ErasureRequested,
    RefuseErasure,
)
from zi_intake.domain.case.state import ENDED, Case, Status

# What has to be erased although the case is open; everything else waits until it has ended.
LAWFUL_DEMANDS: frozenset[ErasureReason] = frozenset({"unlawfully_processed", "lawful_order"})


def decide_about_erasure(command: ErasureCommands, case: Case, filing: AnyFiled) -> list[CaseEvents]:
    match command:
        case AskErasure():
            return _ask_erasure(command, case)
        case ApproveErasure():
            return _approve_erasure(command, case, filing)
        case RefuseErasure():
            return _refuse_erasure(command, case)
    assert_never(command)


def _ask_erasure(command: AskErasure, case: Case) -> list[CaseEvents]:
    if case.erasure is not None:
        if (case.erasure.by.actor, case.erasure.reason) == (command.by.actor, command.reason):
            return []
        raise refusals.ErasureAskedError
    _refuse_too_early(command.reason, case, is_over=command.is_over)
    return [ErasureRequested(by=command.by, request=command.request, reason=command.reason)]


def _approve_erasure(command: ApproveErasure, case: Case, filing: AnyFiled) -> list[CaseEvents]:
    erasure = _refuse_unless_second_pair_of_eyes(command.by, case)
    # It may have been reopened or held since.
    _refuse_too_early(erasure.reason, case, is_over=command.is_over)
    return [
        DataSubjectErased(
            by=command.by,
            request=command.request,
            data_subject=filing.data_subject,
            reason=erasure.reason,
            asked_by=erasure.by.actor,
            person_ref=filing.person_ref if isinstance(filing, AnswerableFiled) else None,
        )
    ]


def _refuse_erasure(command: RefuseErasure, case: Case) -> list[CaseEvents]:
    _refuse_unless_second_pair_of_eyes(command.by, case)
    return [ErasureRefused(by=command.by, request=command.request, reason=command.reason)]


def may_be_erased(reason: ErasureReason, case: Case, *, is_over: bool = False) -> bool:
    """Return whether the personal data may be erased now. Mentoring is voluntary, so it may be at any time."""
    if is_over and reason == "no_longer_needed":
        return True
    voluntary = case.filing is not None and case.filing.is_voluntary
    return case.status in ENDED or reason in LAWFUL_DEMANDS or voluntary


def _refuse_too_early(reason: ErasureReason, case: Case, *, is_over: bool) -> None:
    if may_be_erased(reason, case, is_over=is_over):
        return
    raise (
        refusals.LawfulDemandsOnlyError if case.status is Status.PASSED_ON else refusals.TooEarlyToEraseError
    )


def _refuse_unless_second_pair_of_eyes(by: Act, case: Case) -> ErasureRequested:
    """Return the erasure to decide about. Raises FourEyesError for a decision about an own request."""
    if case.erasure is None:
        raise refusals.NoErasureAskedError
    if by.actor == case.erasure.by.actor:
        raise refusals.FourEyesError
    return case.erasure
