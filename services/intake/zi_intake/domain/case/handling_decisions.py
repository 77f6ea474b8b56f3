"""Decide how a case is worked on besides questions and answers. Whoever approves an answer has not written it, and can read the case."""

from datetime import datetime
from typing import assert_never

from zi_chassis.domain import Act
from zi_contracts.intake import Items
from zi_intake.domain.case import refusals
from zi_intake.domain.case.disclosure_decisions import may_read, refuse_reader
from zi_intake.domain.case.filings import ComplaintFiled, requests_information
from zi_intake.domain.case.handling_messages import (
    AnswerDrafted,
    ApproveDraft,
    CaseLinked,
    CaseReferred,
    CaseUnlinked,
    ContactDecided,
    DecideContact,
    DraftDecision,
    DraftReturned,
    HandlingCommands,
    JoinIncident,
    LinkCase,
    RecordVisit,
    ReferCase,
    ReturnDraft,
    UnlinkCase,
    VisitRecorded,
)
from zi_intake.domain.case.information_decisions import refuse_involved
from zi_intake.domain.case.messages import Answer, CaseAnswered, CaseEvents
from zi_intake.domain.case.state import Case, refuse_ended
from zi_intake.domain.case.work_rules import (
    refuse_not_at_work,
    refuse_others,
    refuse_unless_working,
)

# What the other body is told; the other item of a referral is the answer to the citizen.
TOLD_BODY = "referral.text"


def decide_about_handling(command: HandlingCommands, case: Case) -> list[CaseEvents]:
    match command:
        case LinkCase():
            return _link(command, case)
        case JoinIncident():
            return _join(command, case)
        case UnlinkCase():
            return _unlink(command, case)
        case RecordVisit():
            return _record_visit(command, case)
        case ReferCase():
            return _refer(command, case)
        case DecideContact():
            return _decide_contact(command, case)
        case ApproveDraft():
            return _approve_draft(command, case)
        case ReturnDraft():
            return _return_draft(command, case)
    assert_never(command)


def answer(command: Answer, case: Case) -> list[CaseEvents]:
    """Answer, or let the answer wait for a second person."""
    refuse_unless_working(command.by, case)
    if command.refusal is not None and not requests_information(case.filing):
        raise refusals.NoRequestForInformationError
    items = (*command.items, *case.handling.files.named(command.files))
    if command.draft is None:
        return [_answered(command, items, refusal=command.refusal)]
    return [
        AnswerDrafted(
            by=command.by,
            request=command.request,
            draft=command.draft,
            items=items,
            refusal=command.refusal,
        )
    ]


def refuse_answer_file(by: Act, case: Case, limit: int, size: int) -> None:
    """Raise where the official can't add a file of `size` bytes for the answer; `limit` are the bytes of all such files of a case."""
    if case.information.is_objected:
        refuse_involved(by, case)
    else:
        refuse_unless_working(by, case)
    case.handling.files.refuse_over(limit, size)


def _link(command: LinkCase, case: Case) -> list[CaseEvents]:
    _refuse_unless_taken_up(command, case)
    if case.handling.incident == command.incident:
        return []
    if case.handling.incident is not None:
        raise refusals.AlreadyLinkedError
    return [CaseLinked(**dict(command))]


def _join(command: JoinIncident, case: Case) -> list[CaseEvents]:
    """A complaint joins right after its filing, and one that was sent in confidence never."""
    if case.handling.incident == command.incident:
        return []
    filing = case.filing
    if case.version != 1 or not isinstance(filing, ComplaintFiled) or filing.is_confidential:
        raise refusals.JoinedAtFilingError
    return [CaseLinked(**dict(command), items=())]


def _unlink(command: UnlinkCase, case: Case) -> list[CaseEvents]:
    _refuse_unless_taken_up(command, case)
    if case.handling.incident is None:
        raise refusals.NotLinkedError
    return [CaseUnlinked(**dict(command))]


def _refuse_unless_taken_up(command: LinkCase | UnlinkCase, case: Case) -> None:
    """Raise unless somebody works on the case, whoever's turn it is. The incident tells what the case is about: it takes who may read that."""
    refuse_ended(case)
    if case.officer is None:
        raise refusals.NotAssignedError
    refuse_others(command.by, case)
    refuse_reader(command.by, case)


def _record_visit(command: RecordVisit, case: Case) -> list[CaseEvents]:
    refuse_unless_working(command.by, case)
    if command.visited_on > command.today:
        raise refusals.VisitToComeError
    return [VisitRecorded(**{name: value for name, value in dict(command).items() if name != "today"})]


def _refer(command: ReferCase, case: Case) -> list[CaseEvents]:
    refuse_unless_working(command.by, case)
    if command.draft is None:
        return _referred(command, command.body, command.items)
    return [
        AnswerDrafted(
            by=command.by,
            request=command.request,
            draft=command.draft,
            items=command.items,
            body=command.body,
        )
    ]


def _referred(
    command: ReferCase | ApproveDraft, body: str, items: Items, drafted_by: str | None = None
) -> list[CaseEvents]:
    """Record the referral, and the answer that tells the citizen: after it the clocks run as after every answer."""
    to_body = tuple(ref for ref in items if ref.field == TOLD_BODY)
    to_citizen = tuple(ref for ref in items if ref.field != TOLD_BODY)
    referral = CaseReferred(by=command.by, request=command.request, body=body, items=to_body)
    return [referral, _answered(command, to_citizen, drafted_by)]


def _answered(
    command: Answer | ReferCase | ApproveDraft,
    items: Items,
    drafted_by: str | None = None,
    refusal: str | None = None,
) -> CaseAnswered:
    return CaseAnswered(
        by=command.by,
        request=command.request,
        items=items,
        closes_on=command.closes_on,
        drafted_by=drafted_by,
        refusal=refusal,
    )


def _decide_contact(command: DecideContact, case: Case) -> list[CaseEvents]:
    referral = case.handling.referral
    if referral is None:
        raise refusals.NothingReferredError
    if command.allowed == case.handling.contact_allowed:
        return []
    return [ContactDecided(**dict(command), body=referral.body)]


def _approve_draft(command: ApproveDraft, case: Case) -> list[CaseEvents]:
    draft = _refuse_unless_second_person(command, case)
    if draft.body is None:
        return [_answered(command, draft.items, draft.by.actor, draft.refusal)]
    return _referred(command, draft.body, draft.items, draft.by.actor)


def _return_draft(command: ReturnDraft, case: Case) -> list[CaseEvents]:
    draft = _refuse_unless_second_person(command, case)
    return [
        DraftReturned(by=command.by, request=command.request, items=command.items, drafted_by=draft.by.actor)
    ]


def _refuse_unless_second_person(command: DraftDecision, case: Case) -> AnswerDrafted:
    """Return the answer to decide about. Raises for another than was read, for who wrote it, and for who can't read the case."""
    draft = case.handling.draft
    if draft is None or draft.draft != command.draft:
        raise refusals.NoDraftError
    if draft.by.actor == command.by.actor:
        raise refusals.OwnDraftError
    refuse_not_at_work(case)
    refuse_reader(command.by, case)
    return draft


def may_approve(case: Case, official: str, at: datetime) -> bool:
    """Return whether the official is a second person for the answer that waits."""
    draft = case.handling.draft
    return draft is not None and draft.by.actor != official and may_read(case, official, at)
