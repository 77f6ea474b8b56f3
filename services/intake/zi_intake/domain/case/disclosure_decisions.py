"""Decide who reads a confidential case: who handles it, and for a while whoever asked with a reason and got the consent of a second person."""

from datetime import datetime
from typing import assert_never

from zi_chassis.domain import Act, WrongRoleError
from zi_intake.domain.case import refusals
from zi_intake.domain.case.disclosure_messages import (
    AskDisclosure,
    ConsentDisclosure,
    DisclosureCommands,
    DisclosureConsented,
    DisclosureDecision,
    DisclosureExpired,
    DisclosureRefused,
    DisclosureRequested,
    ExpireDisclosure,
    RefuseDisclosure,
)
from zi_intake.domain.case.filings import AnswerableFiled, appointed_topic
from zi_intake.domain.case.messages import CaseEvents
from zi_intake.domain.case.state import Case, Status, refuse_ended
from zi_intake.roles import SUPERVISORS, TAKING


def decide_about_disclosure(command: DisclosureCommands, case: Case) -> list[CaseEvents]:
    match command:
        case AskDisclosure():
            return _ask(command, case)
        case ConsentDisclosure():
            waiting = _refuse_unless_second_person(command, case)
            return [
                DisclosureConsented(
                    **_fields(command), asked_by=waiting.by.actor, open_until=command.open_until
                )
            ]
        case RefuseDisclosure():
            waiting = _refuse_unless_second_person(command, case)
            return [DisclosureRefused(**_fields(command), asked_by=waiting.by.actor)]
        case ExpireDisclosure():
            ending = case.disclosures.waiting.get(command.disclosure)
            return [] if ending is None else [DisclosureExpired(**dict(command), asked_by=ending.by.actor)]
    assert_never(command)


def may_read(case: Case, official: str, at: datetime) -> bool:
    """Return whether the official may read the case as far as its confidentiality goes."""
    return _is_open_to(case, official) or case.disclosures.until(official, at) is not None


def may_take(case: Case, official: str, at: datetime, *, holder_sees: bool = True) -> bool:
    """Return whether the official may take the case without a second person: to be appointed for its topic is to be chosen for it, while
    nobody has it who sees it. A consent to read it for another reason is none to handle it."""
    free = (case.officer is None or not holder_sees) and appointed_topic(case.filing) is not None
    return free or _is_open_to(case, official) or case.disclosures.lets_take_over(official, at)


def refuse_taking(by: Act, case: Case) -> None:
    """Raise where the official can't take the case whoever agrees to it. One that only appointed officials see can change hands among them."""
    refuse_ended(case)
    if case.status is Status.FILED:
        raise refusals.NotAcknowledgedError
    if not _changes_hands(case) and by.role not in SUPERVISORS:
        raise refusals.NotYoursToAssignError


def _changes_hands(case: Case) -> bool:
    return case.officer is None or appointed_topic(case.filing) is not None


def _is_open_to(case: Case, official: str) -> bool:
    confidential = isinstance(case.filing, AnswerableFiled) and case.filing.is_confidential
    return not confidential or case.officer == official


def refuse_reader(by: Act, case: Case) -> None:
    """Raise ConfidentialCaseError for an official who may not read the case; programs read what their lists name."""
    if by.role.startswith("staff:") and not may_read(case, by.actor, by.at):
        raise refusals.ConfidentialCaseError


def _ask(command: AskDisclosure, case: Case) -> list[CaseEvents]:
    """Ask, unless it can lead nowhere: each request is a mail to the citizen."""
    by = command.by
    if command.reason == "take_over":
        if by.role not in TAKING:
            raise WrongRoleError
        refuse_taking(by, case)
    has_already = may_take if command.reason == "take_over" else may_read
    if has_already(case, by.actor, by.at):
        raise refusals.MayReadAlreadyError
    if case.disclosures.may_ask(by.actor, by.at):
        return [DisclosureRequested(**dict(command))]
    if command.reason in case.disclosures.reasons_of(by.actor):
        return []
    raise refusals.DisclosureAskedError


def _refuse_unless_second_person(command: DisclosureDecision, case: Case) -> DisclosureRequested:
    """Return the request to decide about. Raises NotASecondPersonError for who asked, and for who is of one line with them."""
    waiting = case.disclosures.waiting.get(command.disclosure)
    if waiting is None or command.by.at >= waiting.answer_by:
        raise refusals.NoDisclosureAskedError
    if not command.is_independent or command.by.actor == waiting.by.actor:
        raise refusals.NotASecondPersonError
    return waiting


def _fields(command: DisclosureDecision) -> dict[str, object]:
    return {"by": command.by, "request": command.request, "disclosure": command.disclosure}
