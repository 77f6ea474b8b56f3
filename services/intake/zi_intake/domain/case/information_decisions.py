"""Decide about requests for public information: the time is extended once and never after it has passed, and somebody else than who answered
decides about an objection. Pure."""

from typing import assert_never

from zi_chassis.domain import Act, WrongRoleError
from zi_intake.domain.case import refusals
from zi_intake.domain.case.filings import requests_information
from zi_intake.domain.case.handling_messages import ApproveDraft, LinkCase, ReferCase
from zi_intake.domain.case.information_messages import (
    DecideObjection,
    ExtendTime,
    InformationCommands,
    TimeExtended,
)
from zi_intake.domain.case.messages import (
    Answer,
    Ask,
    Assign,
    CaseAnswered,
    CaseCommands,
    CaseEvents,
    CaseReopened,
    Reopen,
    TriageCase,
)
from zi_intake.domain.case.state import ENDED, Case, Status, refuse_ended
from zi_intake.domain.case.work_rules import refuse_unless_working
from zi_intake.roles import SECOND_PERSONS

# What nobody does while an objection waits: it is decided, and not answered once more.
STOPPED_BY_OBJECTION = (Answer, Ask, TriageCase, ExtendTime, ReferCase, ApproveDraft, LinkCase)


def decide_about_information(command: InformationCommands, case: Case) -> list[CaseEvents]:
    match command:
        case ExtendTime():
            return _extend(command, case)
        case DecideObjection():
            return _decide_objection(command, case)
    assert_never(command)


def refuse_during_objection(command: CaseCommands, case: Case) -> None:
    """Raise for work on a request whose objection waits, and for its assignment to who was involved in it."""
    if not case.information.is_objected:
        return
    if isinstance(command, STOPPED_BY_OBJECTION):
        raise refusals.ObjectionWaitsError
    if isinstance(command, Assign) and command.officer in case.information.involved:
        raise refusals.InvolvedInAnswerError


def object_to_answer(command: Reopen, case: Case) -> list[CaseEvents]:
    """Object to the answer, or to that there is none in time; once. The objection is what reopening is to other cases."""
    information = case.information
    if information.is_objected:
        return []
    if information.decided is not None:
        raise refusals.ObjectionDecidedError
    if case.status is Status.WITHDRAWN:
        raise refusals.WithdrawnError
    if not _has_cause(case):
        raise refusals.NothingToObjectToError
    if case.reopen_until is not None and command.by.at > case.reopen_until:
        raise refusals.TooLateToObjectError
    return [CaseReopened(**dict(command), objection=True)]


def may_object(case: Case) -> bool:
    """Return whether the requester has an answer, or none in time, and did not object yet; the time to object aside."""
    information = case.information
    is_open = (
        not information.is_objected and information.decided is None and case.status is not Status.WITHDRAWN
    )
    return requests_information(case.filing) and is_open and _has_cause(case)


def _has_cause(case: Case) -> bool:
    return case.status in (Status.ANSWERED, Status.CLOSED) or "answer" in case.missed


def refuse_involved(by: Act, case: Case) -> None:
    """Raise for who does not decide about the objection that waits: all but supervisors and the head, and of these who was involved."""
    refuse_ended(case)
    if by.role not in SECOND_PERSONS:
        raise WrongRoleError
    if by.actor in case.information.involved:
        raise refusals.InvolvedInAnswerError


def may_decide_objection(case: Case, official: str) -> bool:
    information = case.information
    return information.is_objected and official not in information.involved and case.status not in ENDED


def _extend(command: ExtendTime, case: Case) -> list[CaseEvents]:
    if not requests_information(case.filing):
        raise refusals.NoRequestForInformationError
    refuse_unless_working(command.by, case)
    if case.information.is_extended:
        raise refusals.ExtendedBeforeError
    if case.due is None or command.by.at > case.due:
        raise refusals.TooLateToExtendError
    return [TimeExtended(**dict(command))]


def _decide_objection(command: DecideObjection, case: Case) -> list[CaseEvents]:
    if not case.information.is_objected or case.status in ENDED:
        raise refusals.NoObjectionError
    refuse_involved(command.by, case)
    items = (*command.items, *case.handling.files.named(command.files))
    return [
        CaseAnswered(
            by=command.by,
            request=command.request,
            items=items,
            closes_on=command.closes_on,
            objection=command.outcome,
        )
    ]
