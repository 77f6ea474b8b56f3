"""The state of a case, as its events leave it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from zi_contracts.intake import AnswerRating, Holder, Items, PinnedStandard
from zi_intake.domain.case.access_hours import AccessHours
from zi_intake.domain.case.answer_files import is_for_answer
from zi_intake.domain.case.code import CaseCode
from zi_intake.domain.case.code_messages import CodeEvents
from zi_intake.domain.case.confidentiality import Disclosures
from zi_intake.domain.case.disclosure_messages import DisclosureEvents
from zi_intake.domain.case.filings import (
    AnyFiled,
    CaseEvent,
    CertificateRequested,
    ComplaintFiled,
    ConsultationFiled,
    InformationRequested,
    MentoringRequested,
    PassedOn,
    PromisedFiled,
    SuggestionMade,
)
from zi_intake.domain.case.handling import Handling
from zi_intake.domain.case.handling_messages import AnswerDrafted, DraftReturned, HandlingEvents
from zi_intake.domain.case.information import InformationRequest
from zi_intake.domain.case.information_messages import TimeExtended
from zi_intake.domain.case.messages import (
    AccessEvents,
    AttachmentAdded,
    BusinessNumberGiven,
    CaseAcknowledged,
    CaseAnswered,
    CaseAssigned,
    CaseClosed,
    CaseEvents,
    CaseReopened,
    CaseTriaged,
    CaseWithdrawn,
    CitizenReplied,
    ClarificationAsked,
    Clock,
    DataKept,
    DataSubjectErased,
    DeadlineMissed,
    ErasureRefused,
    ErasureRequested,
    NoteAdded,
    StorageLimits,
    WorkEvents,
)
from zi_intake.domain.case.moving_messages import MovedToAppointed
from zi_intake.domain.case.refusals import (
    CaseFullError,
    CaseFullUntilTakenError,
    EndedError,
    NotFiledError,
    PassedOnError,
    WithdrawnError,
)
from zi_intake.domain.case.web_push import WebPush
from zi_intake.domain.case.web_push_messages import WebPushEvents
from zi_intake.domain.case.word_messages import AnswerRated, CitizenEvents
from zi_intake.uploads import attachments


class Status(StrEnum):
    UNKNOWN = "unknown"
    FILED = "filed"
    PASSED_ON = "passed_on"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    CLARIFICATION_ASKED = "clarification_asked"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


ENDED = (Status.CLOSED, Status.WITHDRAWN)
# Work towards an answer besides sending it: whoever did it does not decide about an objection.
TOWARDS_ANSWER = (AnswerDrafted, DraftReturned, TimeExtended, CaseTriaged)


@dataclass(frozen=True)
class Case:
    """`officers` have ever had it; `missed` are the clocks whose promise, as it runs now, was broken. `triaged` is the standard with the tier
    that an officer chose; the time to answer runs from `began`, but for `pauses`. `added` counts the words that the citizen added. `emergency_due` is what was promised for the emergency
    that the case is, or was since the citizen acted; until `judge_by` an officer judges what its reporter calls one."""

    status: Status = Status.UNKNOWN
    filing: AnyFiled | None = None
    business_ref: str = ""
    due: datetime | None = None
    triaged: PinnedStandard | None = None
    emergency: bool = False
    emergency_due: datetime | None = None
    judge_by: datetime | None = None
    began: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    officer: str | None = None
    officers: tuple[str, ...] = ()
    missed: frozenset[Clock] = frozenset()
    asked_at: datetime | None = None
    reply_by: datetime | None = None
    closes_on: datetime | None = None
    reopen_until: datetime | None = None
    items: Items = ()
    attachments: int = 0
    attached: int = 0
    vault_entries: tuple[AttachmentAdded | DataKept, ...] = ()
    erasure: ErasureRequested | None = None
    erased: datetime | None = None
    requests: frozenset[UUID] = frozenset()
    version: int = 0
    access: AccessHours = field(default_factory=AccessHours)
    disclosures: Disclosures = field(default_factory=Disclosures)
    code: CaseCode = field(default_factory=CaseCode)
    web_push: WebPush = field(default_factory=WebPush)
    handling: Handling = field(default_factory=Handling)
    information: InformationRequest = field(default_factory=InformationRequest)
    added: int = 0
    is_answered: bool = False
    rating: AnswerRating | None = None

    @property
    def is_filed(self) -> bool:
        return self.filing is not None

    @property
    def standard(self) -> PinnedStandard:
        """The standard that the case was received under, in the tier that holds now. Raises PassedOnError for a case of another desk."""
        if self.filing is None:
            raise NotFiledError
        if isinstance(self.filing, PassedOn):
            raise PassedOnError
        return self.triaged or self.filing.standard

    @property
    def attachment_limit(self) -> int:
        match self.filing:
            case CertificateRequested():
                return attachments.FILES_OF_CERTIFICATE_REQUEST
            case MentoringRequested():
                return attachments.FILES_OF_MENTORING
            case _:
                return attachments.FILES_OF_CASE

    def refuse_over(self, limits: StorageLimits, size: int) -> None:
        """Raise CaseFullError where `size` more bytes of files pass the limit."""
        is_passed_on = isinstance(self.filing, PassedOn)
        if not is_passed_on and self.officer is None:
            if self.attached + size > limits.untaken:
                raise CaseFullUntilTakenError(megabytes=limits.untaken // attachments.MEGABYTE)
            return
        most = limits.passed_on if is_passed_on else limits.taken
        if self.attached + size > most:
            raise CaseFullError(megabytes=most // attachments.MEGABYTE)

    @property
    def has_number(self) -> bool:
        """Return whether a business that asked to be mentored has given its number."""
        filed = self.filing
        return isinstance(filed, MentoringRequested) and (
            filed.has_nib or self.business_ref != filed.business_ref
        )

    def items_of(self, request: UUID | None) -> Items:
        """Return the items that the request added as a file or as data of another desk; none for an unknown request."""
        items = [entry.items for entry in self.vault_entries if entry.request == request]
        return items[-1] if items else ()

    @property
    def holder(self) -> Holder:
        """The side that must act next; the office's clock runs only while the office holds the case."""
        return "citizen" if self.status in (Status.CLARIFICATION_ASKED, Status.ANSWERED, *ENDED) else "office"


initial = Case()


def refuse_ended(case: Case) -> None:
    if case.status is Status.WITHDRAWN:
        raise WithdrawnError  # it can't be reopened
    if case.status in ENDED:
        raise EndedError


def kind_of(state: Case) -> str:
    """Return product or service for a complaint, consultation for a question, information, suggestion, ski or ske for letters, or
    mentoring."""
    match state.filing:
        case ComplaintFiled(kind=kind):
            return kind
        case CertificateRequested(series=series):
            return series
        case MentoringRequested():
            return "mentoring"
        case InformationRequested():
            return "information"
        case SuggestionMade():
            return "suggestion"
        case _:
            return "consultation"


def evolve(case: Case, event: CaseEvents) -> Case:
    """Return the state after the event."""
    case = replace(case, version=case.version + 1)
    if isinstance(event, CaseEvent) and event.request is not None:
        case = replace(case, requests=case.requests | {event.request})
    if isinstance(event, TOWARDS_ANSWER):
        case = replace(case, information=case.information.after_work(event.by.actor))
    if isinstance(event, AccessEvents):
        return replace(case, access=case.access.after(event, case.version))
    if isinstance(event, DisclosureEvents):
        return replace(case, disclosures=case.disclosures.after(event))
    if isinstance(event, HandlingEvents):
        added = getattr(event, "items", ())
        return replace(case, handling=case.handling.after(event), items=case.items + added)
    if isinstance(event, CodeEvents):
        return replace(case, code=case.code.after(event))
    if isinstance(event, WebPushEvents):
        items = case.web_push.remaining(case.items) + getattr(event, "items", ())
        return replace(case, web_push=case.web_push.after(event), items=items)
    if isinstance(event, CitizenEvents):
        return _of_citizen(case, event)
    return _after(case, event)


def _of_citizen(case: Case, event: CitizenEvents) -> Case:
    if isinstance(event, AnswerRated):
        return replace(case, rating=event.rating)
    return replace(case, added=case.added + 1, items=case.items + event.items)


def _after(case: Case, event: WorkEvents) -> Case:
    match event:
        case ComplaintFiled() | ConsultationFiled() | InformationRequested() | SuggestionMade():
            return _filed(case, event)
        case CertificateRequested() | MentoringRequested():
            return _passed_on(case, event)
        case BusinessNumberGiven():
            return replace(case, business_ref=event.business_ref, items=case.items + event.items)
        case CaseAcknowledged():
            return replace(case, status=Status.ACKNOWLEDGED)
        case CaseAssigned():
            return _assigned(case, event)
        case CaseTriaged():
            return _triaged(case, event)
        case MovedToAppointed():
            return _moved(case, event)
        case ClarificationAsked():
            return _clarification_asked(case, event)
        case CitizenReplied() | CaseReopened():
            return _back_at_work(case, event)
        case CaseAnswered():
            return _answered(case, event)
        case TimeExtended():
            return _extended(case, event)
        case CaseClosed():
            return _ended(case, event)
        case CaseWithdrawn():
            return replace(case, status=Status.WITHDRAWN, reply_by=None, closes_on=None, judge_by=None)
        case AttachmentAdded():
            return _attached(case, event)
        case DataKept() | NoteAdded():
            return _with_items(case, event)
        case ErasureRequested() | ErasureRefused():
            return replace(case, erasure=event if isinstance(event, ErasureRequested) else None)
        case DeadlineMissed():
            return replace(case, missed=case.missed | {event.clock})
        case DataSubjectErased():
            return _erased(case, event)
    assert_never(event)


def _filed(
    case: Case, event: ComplaintFiled | ConsultationFiled | InformationRequested | SuggestionMade
) -> Case:
    filed = replace(case, status=Status.FILED, filing=event, items=event.items)
    due = event.due if isinstance(event, PromisedFiled) else None
    judge_by = event.judge_by if isinstance(event, ComplaintFiled) else None
    return replace(filed, due=due, judge_by=judge_by, began=event.by.at)


def _passed_on(case: Case, event: PassedOn) -> Case:
    passed_on = replace(case, status=Status.PASSED_ON, filing=event, items=event.items)
    return replace(passed_on, business_ref=event.business_ref)


def _assigned(case: Case, event: CaseAssigned) -> Case:
    """Another officer takes over where the case stands."""
    status = Status.ASSIGNED if case.status is Status.ACKNOWLEDGED else case.status
    officers = (*(each for each in case.officers if each != event.officer), event.officer)
    return replace(case, status=status, officer=event.officer, officers=officers)


def _triaged(case: Case, event: CaseTriaged) -> Case:
    triaged = replace(case, triaged=event.standard, due=event.due, emergency=event.emergency, judge_by=None)
    promised = event.due if event.emergency else case.emergency_due
    return replace(triaged, emergency_due=promised, items=case.items + event.items)


def _moved(case: Case, event: MovedToAppointed) -> Case:
    """It is from now on what a complaint filed about the topic is, and waits for one of its officials with the clocks that run: no consent
    to read it holds any more, and no answer that somebody else wrote waits."""
    filing = case.filing and case.filing.model_copy(update={"appointed_topic": event.topic})
    status = Status.ACKNOWLEDGED if case.status is Status.ASSIGNED else case.status
    moved = replace(case, filing=filing, status=status, officer=None, items=case.items + event.items)
    return replace(moved, disclosures=Disclosures(), handling=replace(case.handling, draft=None))


def _clarification_asked(case: Case, event: ClarificationAsked) -> Case:
    waiting = replace(case, status=Status.CLARIFICATION_ASKED, asked_at=event.by.at, reply_by=event.reply_by)
    return replace(waiting, items=case.items + event.items)


def _back_at_work(case: Case, event: CitizenReplied | CaseReopened) -> Case:
    if isinstance(event, CaseReopened):
        case = replace(case, missed=case.missed - {"answer"}, began=event.by.at, pauses=())
        case = replace(case, is_answered=False, rating=None)
    elif case.asked_at is not None:
        case = replace(case, pauses=(*case.pauses, (case.asked_at, event.by.at)))
    status = Status.ACKNOWLEDGED if case.officer is None else Status.ASSIGNED
    working = replace(case, status=status, due=event.due)
    promised = event.due if case.emergency else None
    working = replace(working, emergency_due=promised, items=case.items + event.items)
    if isinstance(event, CaseReopened) and event.objection:
        working = _objected(working)
    return replace(working, asked_at=None, reply_by=None, closes_on=None, reopen_until=None)


def _objected(case: Case) -> Case:
    """It waits for somebody who was not involved in the answer."""
    information = case.information.after_an_objection(case.officers)
    return replace(case, status=Status.ACKNOWLEDGED, officer=None, information=information)


def _extended(case: Case, event: TimeExtended) -> Case:
    information = replace(case.information, is_extended=True)
    return replace(case, due=event.due, information=information, items=case.items + event.items)


def _answered(case: Case, event: CaseAnswered) -> Case:
    known = {ref.item for ref in case.items}  # of a draft, which it was
    added = tuple(ref for ref in event.items if ref.item not in known)
    answered = replace(
        case, status=Status.ANSWERED, is_answered=True, closes_on=event.closes_on, judge_by=None
    )
    answered = replace(answered, items=case.items + added)
    information = case.information.after_an_answer(
        event.by.actor, event.drafted_by, event.refusal, event.objection
    )
    answered = replace(answered, information=information)
    return replace(answered, handling=case.handling.after_the_answer(event.items))


def _attached(case: Case, event: AttachmentAdded) -> Case:
    if is_for_answer(event.items):
        handling = case.handling.after_a_file(event.items, event.size)
        return _with_items(replace(case, handling=handling), event)
    counted = replace(case, attachments=case.attachments + 1, attached=case.attached + event.size)
    return _with_items(counted, event)


def _with_items(case: Case, event: AttachmentAdded | DataKept | NoteAdded) -> Case:
    """Add the items; those of a file or of another desk are found again by their request."""
    entries = case.vault_entries if isinstance(event, NoteAdded) else (*case.vault_entries, event)
    return replace(case, items=case.items + event.items, vault_entries=entries)


def _ended(case: Case, event: CaseClosed) -> Case:
    closed = replace(case, status=Status.CLOSED, reopen_until=event.reopen_until)
    return replace(closed, asked_at=None, reply_by=None, closes_on=None, judge_by=None)


def _erased(case: Case, event: DataSubjectErased) -> Case:
    """Nobody can work on what can't be read: an open case ends with it."""
    status = case.status if case.status in ENDED else Status.CLOSED
    over = replace(
        case, status=status, erased=event.by.at, erasure=None, disclosures=Disclosures(), web_push=WebPush()
    )
    return replace(over, asked_at=None, reply_by=None, closes_on=None, reopen_until=None, judge_by=None)
