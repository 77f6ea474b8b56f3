"""A case, from filing to closing or passed on to another desk: what is decided depends on command and state alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal, assert_never
from uuid import UUID

from zi_chassis.domain import (
    CITIZENS,
    Act,
    Command,
    DomainError,
    ErasedError,
    Event,
    Parties,
    Roles,
    Value,
    WrongRoleError,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.intake import (
    Channel,
    ClosingReason,
    Confidentiality,
    District,
    ErasureReason,
    Holder,
    Items,
    Language,
    PinnedStandard,
    RefusalReason,
    Series,
)
from zi_intake.opening import Opener, Window

ATTACHMENTS = 5
ATTACHMENTS_CERTIFICATES = 60
ATTACHMENTS_MENTORING = 300  # photos of every visit
# What has to be erased although the case is open; everything else waits until it has ended.
LAWFUL_DEMANDS: frozenset[ErasureReason] = frozenset({"unlawfully_processed", "lawful_order"})


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


class CaseError(DomainError):
    """What the state of the case does not allow."""

    sentence: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.sentence, **values)


class NotFiledError(CaseError):
    sentence = "There is no such case: check the ticket and the code."


class AnotherBodyError(CaseError):
    sentence = "This Idempotency-Key was used for another text: send the new text under a new key."


class EndedError(CaseError):
    sentence = "The case is closed: reopen it first, or file a new one."


class NotAcknowledgedError(CaseError):
    sentence = "Acknowledge the case first."


class NotAssignedError(CaseError):
    sentence = "Assign the case to an officer first."


class NotYourCaseError(CaseError):
    sentence = "Only the assigned officer or a supervisor may do this: have the case assigned to you."


class NotYoursToAssignError(CaseError):
    sentence = "Take a free case yourself, or ask a supervisor to assign it."


class CitizenAskedError(CaseError):
    sentence = "The citizen has been asked: wait for the reply."


class NothingAskedError(CaseError):
    sentence = "The office has not asked anything: there is nothing to reply to now."


class AlreadyAnsweredError(CaseError):
    sentence = "The case has its answer: close it, or wait for the citizen."


class NotAnsweredError(CaseError):
    sentence = "Answer the case before you close it."


class StillOpenError(CaseError):
    sentence = "The case is open: there is nothing to reopen."


class WithdrawnError(CaseError):
    sentence = "The case was withdrawn: file a new one."


class TooLateToReopenError(CaseError):
    sentence = "The time to reopen this case is over: file a new one and name this ticket in it."


class TooManyAttachmentsError(CaseError):
    sentence = "A case takes {limit} files at most: put what matters into those that are there."


class CaseFullUntilTakenError(CaseError):
    sentence = "Until an official takes the case it holds {megabytes} MB of files: send the rest after that."


class CaseFullError(CaseError):
    sentence = "A case holds {megabytes} MB of files: put what matters into those that are there."


class PassedOnError(CaseError):
    sentence = "This is worked on at another desk of the office: its page tells what can be done there."


class NotPassedOnError(CaseError):
    sentence = "This case is not worked on at another desk."


class NotMentoredError(CaseError):
    sentence = "Only a business that asked to be mentored gives its number here."


class LawfulDemandsOnlyError(CaseError):
    sentence = "This is worked on at another desk: it is erased on a lawful demand only."


class TooEarlyToEraseError(CaseError):
    sentence = "The case is open: close it first, or name the lawful demand that can't wait."


class ErasureAskedError(CaseError):
    sentence = "Erasure has been asked for already: a supervisor decides."


class NoErasureAskedError(CaseError):
    sentence = "Nobody has asked for the erasure of this case: ask for it first."


class FourEyesError(CaseError):
    sentence = "You asked for this erasure yourself: another supervisor has to decide."


class OwnCaseError(CaseError):
    sentence = "You filed this case yourself: leave it to a colleague."


class NotTheOwnerError(CaseError):
    sentence = "Only who filed the case does this: open it with its own ticket and code."


class CaseCommand(Command):
    """`request` names one intention of one person, so that sending it twice does it once."""

    request: UUID | None = None


class Filing(CaseCommand):
    ticket: str
    body_digest: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    items: Items


class AnswerableFiling(Filing):
    """What intake's officers answer within their standard."""

    confidentiality: Confidentiality
    district: str
    standard: PinnedStandard
    due: datetime
    acknowledge_by: datetime
    person_ref: str | None = None


class FileComplaint(AnswerableFiling):
    kind: Literal["product", "service"]
    commodity: str | None


class FileConsultation(AnswerableFiling):
    topic: str


class RequestCertificate(Filing):
    """`account`: the ticket of an earlier request of the same company."""

    series: Series
    business_ref: str
    account: str | None


class RequestMentoring(Filing):
    """`products`: how many it makes or wants to make."""

    business_ref: str
    district: District
    has_nib: bool
    products: int


class GiveNumber(CaseCommand):
    """A business says its number (NIB), which it did not have before or got wrong."""

    business_ref: str
    items: Items


class Acknowledge(CaseCommand):
    pass


class Assign(CaseCommand):
    officer: str


class Ask(CaseCommand):
    items: Items
    reply_by: datetime


class Reply(CaseCommand):
    """`due` has the working time added that the office waited."""

    items: Items
    due: datetime


class Answer(CaseCommand):
    items: Items
    closes_on: datetime


class Close(CaseCommand):
    reopen_until: datetime


class CloseUnanswered(CaseCommand):
    """The timer of a question: its due time says which question."""

    reply_by: datetime
    reopen_until: datetime


class CloseSilent(CaseCommand):
    """The timer of an answer: its due time says which answer."""

    closes_on: datetime
    reopen_until: datetime


class Reopen(CaseCommand):
    items: Items
    due: datetime


class Withdraw(CaseCommand):
    pass


class Room(Value):
    """Bytes of files that a case takes: until an official has taken it, after that, and if another desk works on it."""

    untaken: int = 10_000_000
    taken: int = 50_000_000
    passed_on: int = 300_000_000


class AddAttachment(CaseCommand):
    items: Items
    media_type: str
    size: int
    room: Room = Room()


class KeepData(CaseCommand):
    """What another desk has put into the vault."""

    items: Items


class AskErasure(CaseCommand):
    reason: ErasureReason


class ApproveErasure(CaseCommand):
    pass


class RefuseErasure(CaseCommand):
    reason: RefusalReason


class OpenPersonalData(Command):
    """Every look is an act of its own, so it has no request."""

    items: tuple[UUID, ...]
    purpose: str


class CountOpenings(Command):
    """The hour that began with the event `opening` is over; `count` looks in it showed what was shown before."""

    opening: UUID
    official: str
    role: str
    purpose: str
    since: datetime
    count: int


CaseCommands = (
    FileComplaint
    | FileConsultation
    | RequestCertificate
    | RequestMentoring
    | GiveNumber
    | Acknowledge
    | Assign
    | Ask
    | Reply
    | Answer
    | Close
    | CloseUnanswered
    | CloseSilent
    | Reopen
    | Withdraw
    | AddAttachment
    | KeepData
    | AskErasure
    | ApproveErasure
    | RefuseErasure
    | OpenPersonalData
    | CountOpenings
)
OFFICERS = officials("officer", "supervisor")
SUPERVISORS = officials("supervisor")
OWN_TIMERS = services("intake")
VAULT_USERS = services("notify", "certificates")
LOOKERS = officials("officer", "supervisor", "evaluator", "signer", "head", "mentor", "auditor")
PARTIES: Parties = {
    FileComplaint: CITIZENS,
    FileConsultation: CITIZENS,
    RequestCertificate: CITIZENS,
    RequestMentoring: CITIZENS,
    GiveNumber: CITIZENS,
    Acknowledge: OFFICERS,
    Assign: OFFICERS,
    Ask: OFFICERS,
    Reply: CITIZENS,
    Answer: OFFICERS,
    Close: OFFICERS,
    CloseUnanswered: OWN_TIMERS,
    CloseSilent: OWN_TIMERS,
    Reopen: CITIZENS,
    Withdraw: CITIZENS,
    AddAttachment: CITIZENS | OFFICERS | officials("mentor"),
    KeepData: services("certificates", "umkm"),
    AskErasure: OFFICERS,
    ApproveErasure: SUPERVISORS,
    RefuseErasure: SUPERVISORS,
    OpenPersonalData: LOOKERS | VAULT_USERS,
    CountOpenings: OWN_TIMERS,
}
# What is still done here with a case that another desk works on.
STAYS_HERE = (
    GiveNumber,
    AddAttachment,
    KeepData,
    AskErasure,
    ApproveErasure,
    RefuseErasure,
    OpenPersonalData,
    CountOpenings,
)


class CaseEvent(Event):
    request: UUID | None = None


class Filed(CaseEvent):
    ticket: str
    body_digest: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    items: Items


class AnswerableFiled(Filed):
    confidentiality: Confidentiality
    district: str
    standard: PinnedStandard
    due: datetime
    acknowledge_by: datetime
    person_ref: str | None = None


class ComplaintFiled(AnswerableFiled):
    kind: Literal["product", "service"]
    commodity: str | None


class ConsultationFiled(AnswerableFiled):
    topic: str


class CertificateRequested(Filed):
    series: Series
    business_ref: str
    account: str | None


class MentoringRequested(Filed):
    business_ref: str
    district: District
    has_nib: bool
    products: int


PassedOn = CertificateRequested | MentoringRequested
AnyFiled = ComplaintFiled | ConsultationFiled | PassedOn
FILED: Mapping[type[Filing], type[AnyFiled]] = {
    FileComplaint: ComplaintFiled,
    FileConsultation: ConsultationFiled,
    RequestCertificate: CertificateRequested,
    RequestMentoring: MentoringRequested,
}


class BusinessNumberGiven(CaseEvent):
    business_ref: str
    former_ref: str
    items: Items


class CaseAcknowledged(CaseEvent):
    pass


class CaseAssigned(CaseEvent):
    officer: str


class ClarificationAsked(CaseEvent):
    items: Items
    reply_by: datetime


class CitizenReplied(CaseEvent):
    items: Items
    due: datetime


class CaseAnswered(CaseEvent):
    items: Items
    closes_on: datetime


class CaseClosed(CaseEvent):
    reason: ClosingReason
    reopen_until: datetime


class CaseReopened(CaseEvent):
    items: Items
    due: datetime


class CaseWithdrawn(CaseEvent):
    pass


class AttachmentAdded(CaseEvent):
    items: Items
    media_type: str
    size: int


class DataKept(CaseEvent):
    items: Items


class ErasureRequested(CaseEvent):
    reason: ErasureReason


class ErasureRefused(CaseEvent):
    reason: RefusalReason


class DataSubjectErased(CaseEvent):
    """Whose key is destroyed after this is on disk."""

    data_subject: UUID
    reason: ErasureReason
    asked_by: str
    person_ref: str | None = None


class PersonalDataOpened(Event):
    """`since`: when its hour began; None where it is from before there were hours, when every look was an event."""

    items: tuple[UUID, ...]
    purpose: str
    since: datetime | None = None


class OpeningsCounted(Event):
    opening: UUID
    official: str
    role: str
    purpose: str
    since: datetime
    count: int


CaseEvents = (
    ComplaintFiled
    | ConsultationFiled
    | CertificateRequested
    | MentoringRequested
    | BusinessNumberGiven
    | CaseAcknowledged
    | CaseAssigned
    | ClarificationAsked
    | CitizenReplied
    | CaseAnswered
    | CaseClosed
    | CaseReopened
    | CaseWithdrawn
    | AttachmentAdded
    | DataKept
    | ErasureRequested
    | ErasureRefused
    | DataSubjectErased
    | PersonalDataOpened
    | OpeningsCounted
)


@dataclass(frozen=True)
class Case:
    status: Status = Status.UNKNOWN
    filing: AnyFiled | None = None
    business_ref: str = ""
    due: datetime | None = None
    officer: str | None = None
    asked_at: datetime | None = None
    reply_by: datetime | None = None
    closes_on: datetime | None = None
    reopen_until: datetime | None = None
    items: Items = ()
    attachments: int = 0
    attached: int = 0
    kept: tuple[AttachmentAdded | DataKept, ...] = ()
    erasure: ErasureRequested | None = None
    erased: datetime | None = None
    requests: frozenset[UUID] = frozenset()
    version: int = 0
    windows: Mapping[Opener, Window] = field(default_factory=dict)
    counted: frozenset[UUID] = frozenset()

    @property
    def is_filed(self) -> bool:
        return self.filing is not None

    @property
    def standard(self) -> PinnedStandard:
        """What a case that intake answers was received under."""
        if self.filing is None:
            raise NotFiledError
        if isinstance(self.filing, PassedOn):
            raise PassedOnError
        return self.filing.standard

    @property
    def attachment_limit(self) -> int:
        match self.filing:
            case CertificateRequested():
                return ATTACHMENTS_CERTIFICATES
            case MentoringRequested():
                return ATTACHMENTS_MENTORING
            case _:
                return ATTACHMENTS

    def refuse_over(self, room: Room, size: int) -> None:
        """`size` more bytes of files must find room in the case."""
        is_passed_on = isinstance(self.filing, PassedOn)
        if not is_passed_on and self.officer is None:
            if self.attached + size > room.untaken:
                raise CaseFullUntilTakenError(megabytes=room.untaken // 1_000_000)
            return
        most = room.passed_on if is_passed_on else room.taken
        if self.attached + size > most:
            raise CaseFullError(megabytes=most // 1_000_000)

    @property
    def has_number(self) -> bool:
        """Of a business that asked to be mentored."""
        filed = self.filing
        return isinstance(filed, MentoringRequested) and (
            filed.has_nib or self.business_ref != filed.business_ref
        )

    def items_of(self, request: UUID | None) -> Items:
        """What a file that was added, or data that was kept, under this request became; nothing for another request."""
        kept = [each.items for each in self.kept if each.request == request]
        return kept[-1] if kept else ()

    def window(self, opener: Opener, at: datetime) -> Window | None:
        """The hour in which the opener is at that time."""
        window = self.windows.get(opener)
        return window if window is not None and window.is_open(at) else None

    @property
    def holder(self) -> Holder:
        """Who must act next; the office's clock runs only while the office holds the case."""
        return "citizen" if self.status in (Status.CLARIFICATION_ASKED, Status.ANSWERED, *ENDED) else "office"


initial = Case()


def kind_of(state: Case) -> str:
    """product or service for a complaint, consultation for a question, ski or ske for letters, or mentoring."""
    match state.filing:
        case ComplaintFiled(kind=kind):
            return kind
        case CertificateRequested(series=series):
            return series
        case MentoringRequested():
            return "mentoring"
        case _:
            return "consultation"


def decide(command: CaseCommands, case: Case) -> list[CaseEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, FileComplaint | FileConsultation | RequestCertificate | RequestMentoring):
        return _file(command, case)
    if case.filing is None:
        raise NotFiledError
    _refuse_other_people(command, case.filing)
    if isinstance(command, CaseCommand) and command.request in case.requests:
        return []
    if case.erased is not None:
        return _after_the_erasure(command, case)
    if case.status is Status.PASSED_ON and not isinstance(command, STAYS_HERE):
        raise PassedOnError
    match command:
        case Acknowledge():
            return _acknowledge(command, case)
        case Assign():
            return _assign(command, case)
        case Ask():
            return _ask(command, case)
        case Reply():
            return _reply(command, case)
        case Answer():
            return _answer(command, case)
        case Close():
            return _close(command, case)
        case CloseUnanswered():
            return _close_unanswered(command, case)
        case CloseSilent():
            return _close_silent(command, case)
        case Reopen():
            return _reopen(command, case)
        case Withdraw():
            return _withdraw(command, case)
        case AddAttachment():
            return _add_attachment(command, case)
        case KeepData():
            return _keep_data(command, case)
        case GiveNumber():
            return _give_number(command, case)
        case AskErasure():
            return _ask_erasure(command, case)
        case ApproveErasure():
            return _approve_erasure(command, case, case.filing)
        case RefuseErasure():
            _refuse_unless_second_pair_of_eyes(command.by, case)
            return [ErasureRefused(**dict(command))]
        case OpenPersonalData():
            return _open(command, case)
        case CountOpenings():
            return _count_openings(command, case)
        case _:
            assert_never(command)


def _refuse_other_people(command: CaseCommands, filing: AnyFiled) -> None:
    """Raise for a citizen at somebody else's case, and for another desk's people and programs."""
    if command.by.role in CITIZENS and not is_owner(command.by, filing):
        raise NotTheOwnerError
    if command.by.role in LOOKERS and (command.by.actor, "applicant") == (filing.by.actor, filing.by.role):
        raise OwnCaseError
    if isinstance(command, OpenPersonalData) and command.by.role not in _lookers(filing):
        raise WrongRoleError
    if isinstance(command, AddAttachment) and command.by.role not in CITIZENS | _adding(filing):
        raise WrongRoleError


def is_owner(by: Act, filing: AnyFiled) -> bool:
    """Whether the act is of whoever has the case's code, or of the applicant who filed it signed in."""
    if by.role == "public":
        return by.actor == str(filing.data_subject)
    return (by.actor, by.role) == (filing.by.actor, filing.by.role)


def _adding(filing: AnyFiled) -> Roles:
    return OFFICERS | officials("mentor") if isinstance(filing, MentoringRequested) else OFFICERS


def _lookers(filing: AnyFiled) -> Roles:
    """Return the officials of the desk that works on the case, auditors, the mail program, and certificates for its letters and what a
    mentored business lets it take over."""
    everywhere = OFFICERS | officials("auditor") | services("notify")
    match filing:
        case CertificateRequested():
            return everywhere | officials("evaluator", "signer", "head") | services("certificates")
        case MentoringRequested():
            return everywhere | officials("mentor", "evaluator", "head") | services("certificates")
        case _:
            return everywhere


def _open(command: OpenPersonalData, case: Case) -> list[CaseEvents]:
    """Only what was not seen in this hour is an event."""
    opener = Opener(command.by.actor, command.by.role, command.purpose)
    window = case.window(opener, command.by.at)
    if window is None:
        return [PersonalDataOpened(**dict(command), since=command.by.at)]
    items = tuple(item for item in command.items if item not in window.items)
    return [PersonalDataOpened(**{**dict(command), "items": items}, since=window.since)] if items else []


def _count_openings(command: CountOpenings, case: Case) -> list[CaseEvents]:
    if command.opening in case.counted or command.count == 0:
        return []
    return [OpeningsCounted(**dict(command))]


def _after_the_erasure(command: CaseCommands, case: Case) -> list[CaseEvents]:
    """Nothing can be read, added or reopened any more; how often it was read before is still told."""
    if isinstance(command, CountOpenings):
        return _count_openings(command, case)
    if isinstance(command, ApproveErasure):
        return []
    raise ErasedError


def _file(
    command: FileComplaint | FileConsultation | RequestCertificate | RequestMentoring, case: Case
) -> list[CaseEvents]:
    if command.by.role == "public" and command.by.actor != str(command.data_subject):
        raise NotTheOwnerError
    if case.filing is not None:
        if case.filing.body_digest != command.body_digest:
            raise AnotherBodyError
        return []
    return [FILED[type(command)](**vars(command))]


def _acknowledge(command: Acknowledge, case: Case) -> list[CaseEvents]:
    _refuse_ended(case)
    if case.status is not Status.FILED:
        return []
    return [CaseAcknowledged(**dict(command))]


def _assign(command: Assign, case: Case) -> list[CaseEvents]:
    _refuse_ended(case)
    if case.status is Status.FILED:
        raise NotAcknowledgedError
    if command.officer == case.officer:
        return []
    takes_free_case = case.officer is None and command.officer == command.by.actor
    if not (takes_free_case or _is_supervisor(command.by)):
        raise NotYoursToAssignError
    return [CaseAssigned(**dict(command))]


def _ask(command: Ask, case: Case) -> list[CaseEvents]:
    _refuse_unless_working(command.by, case)
    return [ClarificationAsked(**dict(command))]


def _reply(command: Reply, case: Case) -> list[CaseEvents]:
    _refuse_ended(case)
    if case.status is not Status.CLARIFICATION_ASKED:
        raise NothingAskedError
    return [CitizenReplied(**dict(command) | {"due": _never_earlier(command.due, case)})]


def _answer(command: Answer, case: Case) -> list[CaseEvents]:
    _refuse_unless_working(command.by, case)
    return [CaseAnswered(**dict(command))]


def _close(command: Close, case: Case) -> list[CaseEvents]:
    if case.status is Status.CLOSED:
        return []
    _refuse_ended(case)
    if case.status is not Status.ANSWERED:
        raise NotAnsweredError
    _refuse_others(command.by, case)
    return [_closed(command, "resolved", command.reopen_until)]


def _close_unanswered(command: CloseUnanswered, case: Case) -> list[CaseEvents]:
    if case.status is not Status.CLARIFICATION_ASKED or case.reply_by != command.reply_by:
        return []
    return [_closed(command, "not_completed", command.reopen_until)]


def _close_silent(command: CloseSilent, case: Case) -> list[CaseEvents]:
    if case.status is not Status.ANSWERED or case.closes_on != command.closes_on:
        return []
    return [_closed(command, "no_reaction", command.reopen_until)]


def _reopen(command: Reopen, case: Case) -> list[CaseEvents]:
    if case.status is Status.WITHDRAWN:
        raise WithdrawnError
    if case.status not in (Status.ANSWERED, Status.CLOSED):
        raise StillOpenError
    if case.reopen_until is not None and command.by.at > case.reopen_until:
        raise TooLateToReopenError
    return [CaseReopened(**dict(command) | {"due": _never_earlier(command.due, case)})]


def _withdraw(command: Withdraw, case: Case) -> list[CaseEvents]:
    if case.status is Status.WITHDRAWN:
        return []
    _refuse_ended(case)
    return [CaseWithdrawn(**dict(command))]


def _add_attachment(command: AddAttachment, case: Case) -> list[CaseEvents]:
    _refuse_ended(case)
    if case.attachments >= case.attachment_limit:
        raise TooManyAttachmentsError(limit=case.attachment_limit)
    case.refuse_over(command.room, command.size)
    return [AttachmentAdded(**{name: value for name, value in dict(command).items() if name != "room"})]


def _keep_data(command: KeepData, case: Case) -> list[CaseEvents]:
    if case.status is not Status.PASSED_ON:
        raise NotPassedOnError
    desk = "umkm" if isinstance(case.filing, MentoringRequested) else "certificates"
    if command.by.role not in services(desk):
        raise WrongRoleError
    return [DataKept(**dict(command))]


def _give_number(command: GiveNumber, case: Case) -> list[CaseEvents]:
    """One that was wrong can be put right; who knows the business by its former reference is told both."""
    if not isinstance(case.filing, MentoringRequested):
        raise NotMentoredError
    if command.business_ref == case.business_ref:
        return []
    return [BusinessNumberGiven(**dict(command), former_ref=case.business_ref)]


def _ask_erasure(command: AskErasure, case: Case) -> list[CaseEvents]:
    if case.erasure is not None:
        if (case.erasure.by.actor, case.erasure.reason) == (command.by.actor, command.reason):
            return []
        raise ErasureAskedError
    _refuse_too_early(command.reason, case)
    return [ErasureRequested(**dict(command))]


def _approve_erasure(command: ApproveErasure, case: Case, filing: AnyFiled) -> list[CaseEvents]:
    asked = _refuse_unless_second_pair_of_eyes(command.by, case)
    _refuse_too_early(asked.reason, case)  # it may have been reopened since
    return [
        DataSubjectErased(
            **dict(command),
            data_subject=filing.data_subject,
            reason=asked.reason,
            asked_by=asked.by.actor,
            person_ref=filing.person_ref if isinstance(filing, AnswerableFiled) else None,
        )
    ]


def may_be_erased(reason: ErasureReason, case: Case) -> bool:
    """Nobody has to be mentored, so who asked for it may end that at any time."""
    voluntary = isinstance(case.filing, MentoringRequested)
    return case.status in ENDED or reason in LAWFUL_DEMANDS or voluntary


def _refuse_too_early(reason: ErasureReason, case: Case) -> None:
    if may_be_erased(reason, case):
        return
    raise LawfulDemandsOnlyError if case.status is Status.PASSED_ON else TooEarlyToEraseError


def _refuse_unless_second_pair_of_eyes(by: Act, case: Case) -> ErasureRequested:
    """Four eyes: nobody decides about their own request."""
    if case.erasure is None:
        raise NoErasureAskedError
    if by.actor == case.erasure.by.actor:
        raise FourEyesError
    return case.erasure


def _refuse_ended(case: Case) -> None:
    if case.status in ENDED:
        raise EndedError


def _refuse_others(by: Act, case: Case) -> None:
    if by.actor != case.officer and not _is_supervisor(by):
        raise NotYourCaseError


def _refuse_unless_working(by: Act, case: Case) -> None:
    _refuse_ended(case)
    if case.officer is None:
        raise NotAssignedError
    if case.status is Status.CLARIFICATION_ASKED:
        raise CitizenAskedError
    if case.status is Status.ANSWERED:
        raise AlreadyAnsweredError
    _refuse_others(by, case)


def _is_supervisor(by: Act) -> bool:
    return by.role == "staff:supervisor"


def _never_earlier(due: datetime, case: Case) -> datetime:
    return due if case.due is None else max(due, case.due)


def _closed(command: CaseCommand, reason: ClosingReason, reopen_until: datetime) -> CaseClosed:
    return CaseClosed(by=command.by, request=command.request, reason=reason, reopen_until=reopen_until)


def evolve(case: Case, event: CaseEvents) -> Case:
    case = replace(case, version=case.version + 1)
    if isinstance(event, CaseEvent) and event.request is not None:
        case = replace(case, requests=case.requests | {event.request})
    match event:
        case ComplaintFiled() | ConsultationFiled():
            return replace(case, status=Status.FILED, filing=event, due=event.due, items=event.items)
        case CertificateRequested() | MentoringRequested():
            passed_on = replace(case, status=Status.PASSED_ON, filing=event, items=event.items)
            return replace(passed_on, business_ref=event.business_ref)
        case BusinessNumberGiven():
            return replace(case, business_ref=event.business_ref, items=case.items + event.items)
        case CaseAcknowledged():
            return replace(case, status=Status.ACKNOWLEDGED)
        case CaseAssigned():
            return _assigned(case, event)
        case ClarificationAsked():
            return _asked(case, event)
        case CitizenReplied():
            return _back_at_work(case, event)
        case CaseAnswered():
            return _answered(case, event)
        case CaseClosed():
            return _ended(case, event)
        case CaseReopened():
            return _back_at_work(case, event)
        case CaseWithdrawn():
            return replace(case, status=Status.WITHDRAWN, reply_by=None, closes_on=None)
        case AttachmentAdded():
            counted = replace(case, attachments=case.attachments + 1, attached=case.attached + event.size)
            return _keeping(counted, event)
        case DataKept():
            return _keeping(case, event)
        case ErasureRequested():
            return replace(case, erasure=event)
        case ErasureRefused():
            return replace(case, erasure=None)
        case DataSubjectErased():
            return _erased(case, event)
        case PersonalDataOpened():
            return _opened(case, event)
        case OpeningsCounted():
            return _counted(case, event)
        case _:
            assert_never(event)


def _assigned(case: Case, event: CaseAssigned) -> Case:
    """Another officer takes over where the case stands."""
    status = Status.ASSIGNED if case.status is Status.ACKNOWLEDGED else case.status
    return replace(case, status=status, officer=event.officer)


def _asked(case: Case, event: ClarificationAsked) -> Case:
    asked = replace(case, status=Status.CLARIFICATION_ASKED, asked_at=event.by.at, reply_by=event.reply_by)
    return replace(asked, items=case.items + event.items)


def _back_at_work(case: Case, event: CitizenReplied | CaseReopened) -> Case:
    working = replace(case, status=Status.ASSIGNED, due=event.due, items=case.items + event.items)
    return replace(working, asked_at=None, reply_by=None, closes_on=None, reopen_until=None)


def _answered(case: Case, event: CaseAnswered) -> Case:
    return replace(case, status=Status.ANSWERED, closes_on=event.closes_on, items=case.items + event.items)


def _keeping(case: Case, event: AttachmentAdded | DataKept) -> Case:
    return replace(case, items=case.items + event.items, kept=(*case.kept, event))


def _ended(case: Case, event: CaseClosed) -> Case:
    closed = replace(case, status=Status.CLOSED, reopen_until=event.reopen_until)
    return replace(closed, asked_at=None, reply_by=None, closes_on=None)


def _erased(case: Case, event: DataSubjectErased) -> Case:
    """Nobody can work on what can't be read: an open case ends with it."""
    status = case.status if case.status in ENDED else Status.CLOSED
    over = replace(case, status=status, erased=event.by.at, erasure=None)
    return replace(over, asked_at=None, reply_by=None, closes_on=None, reopen_until=None)


def _opened(case: Case, event: PersonalDataOpened) -> Case:
    if event.since is None:
        return case
    opener = Opener(event.by.actor, event.by.role, event.purpose)
    window = case.windows.get(opener)
    if window is None or window.since != event.since:
        window = Window(case.version, event.since)
    return replace(case, windows={**case.windows, opener: window.joined_by(event.items)})


def _counted(case: Case, event: OpeningsCounted) -> Case:
    """Nothing is counted to an hour any more after its count: its next look is an event."""
    opener = Opener(event.official, event.role, event.purpose)
    windows = {
        each: window for each, window in case.windows.items() if (each, window.since) != (opener, event.since)
    }
    return replace(case, windows=windows, counted=case.counted | {event.opening})
