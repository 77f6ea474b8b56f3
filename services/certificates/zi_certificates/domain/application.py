"""An application for certificates, from the draft to letters that hold or don't hold any more: nobody can sign what was not paid,
complete and evaluated by others, and none of them with a known interest. Pure.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID

from zi_certificates.domain import refusal
from zi_certificates.domain.impartiality import (
    SIGNERS,
    Appointment,
    Fact,
    Known,
    refuse_hindered,
    refuse_unless_signer,
    was_unknown,
)
from zi_certificates.domain.standing import FINAL, Letter, Letters, Standing, letters_with, standing_of
from zi_certificates.domain.statement import MOST_REVISIONS, Statement
from zi_chassis.domain import (
    CITIZENS,
    Act,
    Command,
    Event,
    Parties,
    Value,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.certificates import (
    ExpiryReason,
    KnownFacts,
    OverrideReason,
    Overtaken,
    PaymentRefusal,
    PinnedRules,
    PublishedFinding,
    ReleaseReason,
    Series,
    SignedLetter,
    StandingReason,
)
from zi_contracts.intake import Channel, Holder, Items, Language
from zi_contracts.vault import ItemRef


class Status(StrEnum):
    UNKNOWN = "unknown"
    DRAFT = "draft"
    AWAITING_PAYMENT = "awaiting_payment"
    QUEUED = "queued"
    EVALUATION = "evaluation"
    NEED_DATA = "need_data"
    APPROVAL = "approval"
    ISSUED_UNSEALED = "issued_unsealed"
    ISSUED = "issued"
    REJECTED = "rejected"
    RESUBMITTED = "resubmitted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


WAITING = (Status.QUEUED, Status.RESUBMITTED)
CHANGEABLE = (Status.DRAFT, Status.NEED_DATA, Status.REJECTED)
OVER = (Status.EXPIRED, Status.WITHDRAWN)
SIGNED = (Status.ISSUED_UNSEALED, Status.ISSUED, Status.SUSPENDED, Status.SUPERSEDED, Status.REVOKED)
OFFICE_HOLDS = (*WAITING, Status.EVALUATION, Status.APPROVAL, Status.ISSUED_UNSEALED)
OVERRIDERS = officials("supervisor", "head")
STANDINGS = {
    None: Status.ISSUED_UNSEALED,
    Standing.VALID: Status.ISSUED,
    Standing.SUSPENDED: Status.SUSPENDED,
    Standing.SUPERSEDED: Status.SUPERSEDED,
    Standing.REVOKED: Status.REVOKED,
}


# -- commands


class ApplicationCommand(Command):
    """`request` names one intention of one person, so that sending it twice does it once."""

    request: UUID | None = None


class Decision(ApplicationCommand):
    """What an official decides; `known` is all that has arrived about officials and this business."""

    known: Known


class SignersDecision(Decision):
    appointment: Appointment | None = None


class Completion(ApplicationCommand):
    """`findings` is what the rules say of this revision: everything missing, everything wrong."""

    revision: int
    rules: PinnedRules
    findings: tuple[PublishedFinding, ...]


class Draft(ApplicationCommand):
    """`replaces` is the number of the letter whose place the new one is to take."""

    ticket: str
    body_digest: str
    series: Series
    account: UUID
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    statement: Statement
    replaces: str | None = None


class Change(ApplicationCommand):
    """`revision` is the one that was changed, if who changes it has looked at one."""

    statement: Statement
    revision: int | None = None


class Submit(Completion):
    """The amount is in rupiah; `second_evaluation` and `resubmissions` are what the pinned rules say."""

    bill: str
    amount: int
    pay_by: datetime
    open_until: datetime
    second_evaluation: bool
    resubmissions: int


class RecordPayment(ApplicationCommand):
    """`payment` is the payer's bank's reference: the same notice may come often."""

    bill: str
    payment: str
    amount: int
    paid_at: datetime
    due: datetime


class Take(Decision):
    """`overtaken` is who was complete earlier and still waits."""

    overtaken: tuple[Overtaken, ...] = ()


class Release(ApplicationCommand):
    reason: ReleaseReason


class AskData(Decision):
    wanted: tuple[PublishedFinding, ...]
    items: Items = ()


class SendData(Completion):
    """`due` has the working time added that the office waited; `second_evaluation` is wanted for what is stated now."""

    due: datetime
    second_evaluation: bool = False


class PassEvaluation(Decision):
    revision: int


class Reject(Decision):
    reasons: tuple[PublishedFinding, ...]
    items: Items = ()


class Resubmit(Completion):
    due: datetime
    second_evaluation: bool = False


class SendBack(SignersDecision):
    reasons: tuple[PublishedFinding, ...]
    items: Items = ()


class Sign(SignersDecision):
    revision: int
    letters: tuple[SignedLetter, ...]


class RecordNumber(ApplicationCommand):
    letter: UUID
    number: str


class Seal(ApplicationCommand):
    """`file` is the digest of the signed file, `item` the file in the vault."""

    letter: UUID
    file: str
    item: ItemRef | None = None


class Suspend(SignersDecision):
    letter: UUID
    reason: StandingReason
    items: Items = ()


class Reinstate(SignersDecision):
    letter: UUID
    items: Items = ()


class Revoke(SignersDecision):
    letter: UUID
    reason: StandingReason
    items: Items = ()


class Supersede(ApplicationCommand):
    letter: UUID
    by_number: str


class Expire(ApplicationCommand):
    """The timer of a deadline: its time says which."""

    until: datetime


class Withdraw(ApplicationCommand):
    pass


class AskOverride(ApplicationCommand):
    official: str
    reason: OverrideReason
    items: Items = ()


class ApproveOverride(ApplicationCommand):
    pass


class RefuseOverride(ApplicationCommand):
    pass


class FlagConflict(ApplicationCommand):
    """A fact about an official and this business has arrived."""

    fact: Fact


ApplicationCommands = (
    Draft
    | Change
    | Submit
    | RecordPayment
    | Take
    | Release
    | AskData
    | SendData
    | PassEvaluation
    | Reject
    | Resubmit
    | SendBack
    | Sign
    | RecordNumber
    | Seal
    | Suspend
    | Reinstate
    | Revoke
    | Supersede
    | Expire
    | Withdraw
    | AskOverride
    | ApproveOverride
    | RefuseOverride
    | FlagConflict
)
EVALUATORS = officials("evaluator")
OWN_PROGRAM = services("certificates")
PARTIES: Parties = {
    Draft: CITIZENS,
    Change: CITIZENS,
    Submit: CITIZENS,
    RecordPayment: OWN_PROGRAM,
    Take: EVALUATORS,
    Release: EVALUATORS | OVERRIDERS,
    AskData: EVALUATORS,
    SendData: CITIZENS,
    PassEvaluation: EVALUATORS,
    Reject: EVALUATORS,
    Resubmit: CITIZENS,
    SendBack: SIGNERS,
    Sign: SIGNERS,
    RecordNumber: OWN_PROGRAM,
    Seal: OWN_PROGRAM,
    Suspend: SIGNERS,
    Reinstate: SIGNERS,
    Revoke: SIGNERS,
    Supersede: OWN_PROGRAM,
    Expire: OWN_PROGRAM,
    Withdraw: CITIZENS,
    AskOverride: OVERRIDERS,
    ApproveOverride: OVERRIDERS,
    RefuseOverride: OVERRIDERS,
    FlagConflict: OWN_PROGRAM,
}


# -- events


class ApplicationEvent(Event):
    request: UUID | None = None


class DecisionEvent(ApplicationEvent):
    """Made by `by.actor`, who knew the facts up to what is `seen`."""

    seen: KnownFacts


class SignersEvent(DecisionEvent):
    acting: UUID | None = None


class CompletionEvent(ApplicationEvent):
    """The rules found nothing missing or wrong in this revision."""

    revision: int
    rules: PinnedRules


class ApplicationDrafted(ApplicationEvent):
    ticket: str
    body_digest: str
    series: Series
    account: UUID
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    statement: Statement
    replaces: str | None = None


class ApplicationChanged(ApplicationEvent):
    statement: Statement


class ApplicationSubmitted(CompletionEvent):
    bill: str
    amount: int
    pay_by: datetime
    open_until: datetime
    second_evaluation: bool
    resubmissions: int


class ApplicationPaid(ApplicationEvent):
    bill: str
    payment: str
    amount: int
    paid_at: datetime
    due: datetime


class PaymentRefused(ApplicationEvent):
    bill: str
    payment: str
    amount: int
    paid_at: datetime
    reason: PaymentRefusal


class ApplicationTaken(DecisionEvent):
    complete_at: datetime
    second: bool
    overtaken: tuple[Overtaken, ...]


class ApplicationReleased(ApplicationEvent):
    officer: str
    reason: ReleaseReason


class DataAsked(DecisionEvent):
    wanted: tuple[PublishedFinding, ...]
    items: Items


class DataSent(CompletionEvent):
    due: datetime
    second_evaluation: bool = False


class EvaluationPassed(DecisionEvent):
    revision: int
    second: bool


class ApplicationRejected(DecisionEvent):
    reasons: tuple[PublishedFinding, ...]
    items: Items


class ApplicationResubmitted(CompletionEvent):
    due: datetime
    second_evaluation: bool = False


class ApplicationSentBack(SignersEvent):
    reasons: tuple[PublishedFinding, ...]
    items: Items


class LettersSigned(SignersEvent):
    revision: int
    letters: tuple[SignedLetter, ...]
    evaluators: tuple[str, ...]


class LetterNumbered(ApplicationEvent):
    letter: UUID
    number: str


class LetterSealed(ApplicationEvent):
    letter: UUID
    file: str
    item: ItemRef | None = None


class LetterSuspended(SignersEvent):
    letter: UUID
    reason: StandingReason
    items: Items


class LetterReinstated(SignersEvent):
    letter: UUID
    items: Items


class LetterRevoked(SignersEvent):
    letter: UUID
    reason: StandingReason
    items: Items


class LetterSuperseded(ApplicationEvent):
    letter: UUID
    by_number: str


class ApplicationExpired(ApplicationEvent):
    reason: ExpiryReason


class ApplicationWithdrawn(ApplicationEvent):
    pass


class OverrideAsked(ApplicationEvent):
    official: str
    reason: OverrideReason
    items: Items


class OverrideApproved(ApplicationEvent):
    official: str
    reason: OverrideReason
    asked_by: str


class OverrideRefused(ApplicationEvent):
    official: str
    asked_by: str


class ConflictFlagged(ApplicationEvent):
    """An official had decided before this fact arrived, and should not have."""

    fact: Fact


ApplicationEvents = (
    ApplicationDrafted
    | ApplicationChanged
    | ApplicationSubmitted
    | ApplicationPaid
    | PaymentRefused
    | ApplicationTaken
    | ApplicationReleased
    | DataAsked
    | DataSent
    | EvaluationPassed
    | ApplicationRejected
    | ApplicationResubmitted
    | ApplicationSentBack
    | LettersSigned
    | LetterNumbered
    | LetterSealed
    | LetterSuspended
    | LetterReinstated
    | LetterRevoked
    | LetterSuperseded
    | ApplicationExpired
    | ApplicationWithdrawn
    | OverrideAsked
    | OverrideApproved
    | OverrideRefused
    | ConflictFlagged
)


# -- state


class Decided(Value):
    official: str
    seen: KnownFacts


@dataclass(frozen=True)
class Application:
    """`evaluators` found the present revision compliant; `hands` have ever evaluated, and never sign."""

    status: Status = Status.UNKNOWN
    draft: ApplicationDrafted | None = None
    statement: Statement | None = None
    revision: int = 0
    submission: ApplicationSubmitted | None = None
    second_evaluation: bool = False
    payments: frozenset[str] = frozenset()
    paid: bool = False
    complete_at: datetime | None = None
    due: datetime | None = None
    officer: str | None = None
    asked_revision: int | None = None
    asked_at: datetime | None = None
    evaluators: tuple[str, ...] = ()
    hands: frozenset[str] = frozenset()
    resubmissions: int = 0
    signed: LettersSigned | None = None
    letters: Letters = ()
    override: OverrideAsked | None = None
    excused: frozenset[str] = frozenset()
    decisions: tuple[Decided, ...] = ()
    flagged: frozenset[UUID] = frozenset()
    requests: frozenset[UUID] = frozenset()

    @property
    def holder(self) -> Holder:
        """Who must act next; the office's clock runs only while the office holds the application."""
        return "office" if self.status in OFFICE_HOLDS else "citizen"

    @property
    def deadline(self) -> datetime | None:
        """When it expires, if the applicant does nothing."""
        if self.submission is None:
            return None
        if self.status is Status.AWAITING_PAYMENT:
            return self.submission.pay_by
        return self.submission.open_until if self.status in (Status.NEED_DATA, Status.REJECTED) else None

    @property
    def resubmissions_left(self) -> int:
        return 0 if self.submission is None else self.submission.resubmissions - self.resubmissions


initial = Application()


# -- decide


def decide(command: ApplicationCommands, application: Application) -> list[ApplicationEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, Draft):
        _refuse_other_applicants(command.by, command)
        return _draft(command, application)
    if application.draft is None:
        raise refusal.NotBegunError
    _refuse_other_applicants(command.by, application.draft)
    _refuse_own_application(command.by, application.draft)
    if command.request in application.requests:
        return []
    if isinstance(command, Decision):
        return _decision(command, application)
    match command:
        case Change():
            return _change(command, application)
        case Submit():
            return _submit(command, application)
        case RecordPayment():
            return _record_payment(command, application)
        case Release():
            return _release(command, application)
        case SendData():
            return _send_data(command, application)
        case Resubmit():
            return _resubmit(command, application)
        case RecordNumber():
            return _record_number(command, application)
        case Seal():
            return _seal(command, application)
        case Supersede():
            return _supersede(command, application)
        case Expire():
            return _expire(command, application)
        case Withdraw():
            return _withdraw(command, application)
        case AskOverride():
            return _ask_override(command, application)
        case ApproveOverride():
            return _approve_override(command, application)
        case RefuseOverride():
            return _refuse_override(command, application)
        case FlagConflict():
            return _flag_conflict(command, application)
        case _:
            assert_never(command)


Decisions = Take | AskData | PassEvaluation | Reject | SendBack | Sign | Suspend | Reinstate | Revoke


def _decision(command: Decisions, application: Application) -> list[ApplicationEvents]:
    """Whoever decides, decides without a known interest."""
    if command.by.actor not in application.excused:
        refuse_hindered(command.by, command.known)
    match command:
        case Take():
            return _take(command, application)
        case AskData():
            return _ask_data(command, application)
        case PassEvaluation():
            return _pass_evaluation(command, application)
        case Reject():
            _refuse_unless_evaluating(command.by, application)
            _refuse_without_reasons(command.reasons)
            return [ApplicationRejected(**_seen(command))]
        case SendBack():
            _refuse_unless_signing(command, application)
            _refuse_without_reasons(command.reasons)
            return [ApplicationSentBack(**_signed(command))]
        case Sign():
            return _sign(command, application)
        case Suspend() | Reinstate() | Revoke():
            refuse_unless_signer(command.by, command.appointment)
            return _stand(command, _sealed(command.letter, application))
        case _:
            assert_never(command)


def _seen(command: Decision) -> dict[str, Any]:
    said = dict(command)
    return said | {"seen": said.pop("known").seen}


def _signed(command: SignersDecision) -> dict[str, Any]:
    said = _seen(command)
    appointment = said.pop("appointment")
    return said | {"acting": appointment.event if appointment else None}


def _refuse_other_applicants(by: Act, draft: Draft | ApplicationDrafted) -> None:
    """Raise for a citizen at somebody else's application. Who drafted it with the code may go on signed in: the door knows whose it is."""
    drafted_signed_in = (by.role, draft.by.role) == ("applicant", "applicant")
    if by.role == "public" and by.actor != str(draft.data_subject):
        raise refusal.NotTheApplicantError
    if drafted_signed_in and by.actor != draft.by.actor:
        raise refusal.NotTheApplicantError


def _refuse_own_application(by: Act, draft: ApplicationDrafted) -> None:
    """Raise for an official at an application of their own, which no override excuses."""
    if by.role not in CITIZENS and by.actor == draft.by.actor:
        raise refusal.OwnApplicationError


def _draft(command: Draft, application: Application) -> list[ApplicationEvents]:
    if application.draft is None:
        return [ApplicationDrafted(**dict(command))]
    if application.draft.body_digest != command.body_digest:
        raise refusal.AnotherDraftError
    return []


def _change(command: Change, application: Application) -> list[ApplicationEvents]:
    _refuse_ended(application)
    if application.status not in CHANGEABLE:
        raise refusal.NotYoursToChangeError
    if command.statement == application.statement:
        return []
    if command.revision is not None:
        _refuse_another_revision(command.revision, application)
    if application.revision >= MOST_REVISIONS:
        raise refusal.TooManyChangesError
    return [ApplicationChanged(by=command.by, request=command.request, statement=command.statement)]


def _submit(command: Submit, application: Application) -> list[ApplicationEvents]:
    _refuse_ended(application)
    if application.status is not Status.DRAFT:
        raise refusal.NotADraftError
    _refuse_incomplete(command, application)
    return [ApplicationSubmitted(**_completed(command))]


def _record_payment(command: RecordPayment, application: Application) -> list[ApplicationEvents]:
    """Money that came is never refused in silence: what does not pay is an event too."""
    submission = application.submission
    if submission is None:
        raise refusal.NotSubmittedError
    if command.bill != submission.bill:
        raise refusal.AnotherBillError
    if command.payment in application.payments:
        return []
    reason = _why_it_does_not_pay(command, application, submission)
    if reason is None:
        return [ApplicationPaid(**dict(command))]
    said = dict(command)
    del said["due"]
    return [PaymentRefused(**said, reason=reason)]


def _why_it_does_not_pay(
    command: RecordPayment, application: Application, submission: ApplicationSubmitted
) -> PaymentRefusal | None:
    if application.paid:
        return "already_paid"
    if application.status is not Status.AWAITING_PAYMENT or command.paid_at > submission.pay_by:
        return "too_late"
    return None if command.amount == submission.amount else "wrong_amount"


def _take(command: Take, application: Application) -> list[ApplicationEvents]:
    if application.status not in WAITING or application.complete_at is None:
        raise refusal.NotWaitingError
    if command.by.actor in application.evaluators:
        raise refusal.EvaluatedAlreadyError
    second = bool(application.evaluators)
    return [ApplicationTaken(**_seen(command), complete_at=application.complete_at, second=second)]


def _release(command: Release, application: Application) -> list[ApplicationEvents]:
    """Also by a supervisor, when the evaluator can't; never as another evaluator, who could take it then."""
    if application.status is not Status.EVALUATION or application.officer is None:
        raise refusal.NotInEvaluationError
    if command.by.actor != application.officer and command.by.role not in OVERRIDERS:
        raise refusal.NotYoursToReleaseError
    return [ApplicationReleased(**dict(command), officer=application.officer)]


def _ask_data(command: AskData, application: Application) -> list[ApplicationEvents]:
    """Never so late that it would expire at once: the office's delay is not the applicant's."""
    _refuse_unless_evaluating(command.by, application)
    if application.submission is not None and command.by.at >= application.submission.open_until:
        raise refusal.TooLateToAskError
    _refuse_without_reasons(command.wanted)
    return [DataAsked(**_seen(command))]


def _send_data(command: SendData, application: Application) -> list[ApplicationEvents]:
    _refuse_ended(application)
    if application.status is not Status.NEED_DATA:
        raise refusal.NothingAskedError
    if application.revision == application.asked_revision:
        raise refusal.NothingChangedError
    _refuse_too_late(command.by.at, application)
    _refuse_incomplete(command, application)
    return [DataSent(**_completed(command) | {"due": _never_earlier(command.due, application)})]


def _pass_evaluation(command: PassEvaluation, application: Application) -> list[ApplicationEvents]:
    _refuse_unless_evaluating(command.by, application)
    _refuse_another_revision(command.revision, application)
    return [EvaluationPassed(**_seen(command), second=bool(application.evaluators))]


def _resubmit(command: Resubmit, application: Application) -> list[ApplicationEvents]:
    _refuse_ended(application)
    if application.status is not Status.REJECTED:
        raise refusal.NotRejectedError
    if application.resubmissions_left < 1:
        raise refusal.TooOftenError
    _refuse_too_late(command.by.at, application)
    _refuse_incomplete(command, application)
    return [ApplicationResubmitted(**_completed(command))]


def _sign(command: Sign, application: Application) -> list[ApplicationEvents]:
    _refuse_unless_signing(command, application)
    _refuse_another_revision(command.revision, application)
    wanted = application.statement.kinds if application.statement else ()
    named = {letter.letter for letter in command.letters}
    if sorted(each.kind for each in command.letters) != sorted(wanted) or len(named) < len(wanted):
        raise refusal.OtherLettersError
    return [LettersSigned(**_signed(command), evaluators=application.evaluators)]


def _record_number(command: RecordNumber, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.number is None:
        return [LetterNumbered(**dict(command))]
    if letter.number != command.number:
        raise refusal.AnotherNumberError
    return []


def _seal(command: Seal, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.number is None:
        raise refusal.NotNumberedError
    if letter.file is None:
        return [LetterSealed(**dict(command))]
    if letter.file != command.file:
        raise refusal.SealedAlreadyError
    return []


def _stand(command: Suspend | Reinstate | Revoke, letter: Letter) -> list[ApplicationEvents]:
    target = {Suspend: Standing.SUSPENDED, Reinstate: Standing.VALID, Revoke: Standing.REVOKED}[type(command)]
    if letter.standing is target:
        return []
    if letter.standing in FINAL:
        raise refusal.LetterOverError
    match command:
        case Suspend():
            return [LetterSuspended(**_signed(command))]
        case Reinstate():
            return [LetterReinstated(**_signed(command))]
        case Revoke():
            return [LetterRevoked(**_signed(command))]
        case _:
            assert_never(command)


def _supersede(command: Supersede, application: Application) -> list[ApplicationEvents]:
    letter = _sealed(command.letter, application)
    if letter.by_number == command.by_number:
        return []
    if letter.standing in FINAL:
        raise refusal.LetterOverError
    return [LetterSuperseded(**dict(command))]


def _expire(command: Expire, application: Application) -> list[ApplicationEvents]:
    if application.deadline is None or command.until != application.deadline:
        return []
    unpaid = application.status is Status.AWAITING_PAYMENT
    reason: ExpiryReason = "unpaid" if unpaid else "not_completed"
    return [ApplicationExpired(by=command.by, request=command.request, reason=reason)]


def _withdraw(command: Withdraw, application: Application) -> list[ApplicationEvents]:
    if application.status is Status.WITHDRAWN:
        return []
    _refuse_ended(application)
    return [ApplicationWithdrawn(**dict(command))]


def _ask_override(command: AskOverride, application: Application) -> list[ApplicationEvents]:
    _refuse_own_override(command.by, command.official)
    if application.override is not None:
        raise refusal.OverrideAskedError
    if command.official in application.excused:
        return []
    return [OverrideAsked(**dict(command))]


def _approve_override(command: ApproveOverride, application: Application) -> list[ApplicationEvents]:
    asked = _override_to_decide(command.by, application)
    said = {"official": asked.official, "reason": asked.reason, "asked_by": asked.by.actor}
    return [OverrideApproved(**dict(command), **said)]


def _refuse_override(command: RefuseOverride, application: Application) -> list[ApplicationEvents]:
    asked = _override_to_decide(command.by, application)
    return [OverrideRefused(**dict(command), official=asked.official, asked_by=asked.by.actor)]


def _flag_conflict(command: FlagConflict, application: Application) -> list[ApplicationEvents]:
    """Nobody could know it then; everybody is to see it now."""
    fact = command.fact
    if fact.event in application.flagged or not any(
        each.official == fact.official and was_unknown(fact, each.seen) for each in application.decisions
    ):
        return []
    return [ConflictFlagged(**dict(command))]


def _completed(command: Completion) -> dict[str, Any]:
    said = dict(command)
    del said["findings"]
    return said


def _letter(id: UUID, application: Application) -> Letter:
    for letter in application.letters:
        if letter.id == id:
            return letter
    raise refusal.NoSuchLetterError


def _sealed(id: UUID, application: Application) -> Letter:
    letter = _letter(id, application)
    if letter.file is None:
        raise refusal.NotSealedError
    return letter


def _override_to_decide(by: Act, application: Application) -> OverrideAsked:
    """Two people, and neither is the one it is about."""
    asked = application.override
    if asked is None:
        raise refusal.NoOverrideAskedError
    _refuse_own_override(by, asked.official)
    if by.actor == asked.by.actor:
        raise refusal.FourEyesError
    return asked


def _refuse_own_override(by: Act, official: str) -> None:
    if by.actor == official:
        raise refusal.OwnOverrideError


def _refuse_ended(application: Application) -> None:
    if application.status in OVER:
        raise refusal.OverError
    if application.status in SIGNED:
        raise refusal.AlreadySignedError


def _refuse_incomplete(command: Completion, application: Application) -> None:
    """What the rules were asked about is what is there now, and they are the rules of the submission."""
    _refuse_another_revision(command.revision, application)
    if application.submission is not None and application.submission.rules != command.rules:
        raise refusal.OtherRulesError
    if command.findings:
        raise refusal.IncompleteError(command.findings)


def _refuse_another_revision(revision: int, application: Application) -> None:
    if revision != application.revision:
        raise refusal.ChangedMeanwhileError


def _refuse_too_late(at: datetime, application: Application) -> None:
    if application.deadline is not None and at > application.deadline:
        raise refusal.TooLateError


def _refuse_without_reasons(reasons: tuple[PublishedFinding, ...]) -> None:
    if not reasons:
        raise refusal.NoReasonsError


def _refuse_unless_evaluating(by: Act, application: Application) -> None:
    if application.status is not Status.EVALUATION:
        raise refusal.NotInEvaluationError
    if by.actor != application.officer:
        raise refusal.NotYourApplicationError


def _refuse_unless_signing(command: SignersDecision, application: Application) -> None:
    refuse_unless_signer(command.by, command.appointment)
    if application.status is not Status.APPROVAL:
        raise refusal.NotReadyToSignError
    if command.by.actor in application.hands:
        raise refusal.SamePersonError


def _never_earlier(due: datetime, application: Application) -> datetime:
    return due if application.due is None else max(due, application.due)


# -- evolve


def evolve(application: Application, event: ApplicationEvents) -> Application:
    if event.request is not None:
        application = replace(application, requests=application.requests | {event.request})
    if isinstance(event, DecisionEvent):
        decided = Decided(official=event.by.actor, seen=event.seen)
        application = replace(application, decisions=(*application.decisions, decided))
    match event:
        case ApplicationDrafted():
            begun = replace(application, status=Status.DRAFT, draft=event)
            return _restated(begun, event.statement)
        case ApplicationChanged():
            return _restated(application, event.statement)
        case ApplicationSubmitted():
            submitted = replace(application, status=Status.AWAITING_PAYMENT, submission=event)
            return _evaluated_as(submitted, event)
        case ApplicationPaid():
            return _paid(application, event)
        case PaymentRefused():
            return replace(application, payments=application.payments | {event.payment})
        case ApplicationTaken():
            return _taken(application, event.by.actor)
        case ApplicationReleased():
            return _queued_again(application)
        case DataAsked():
            asked = replace(application, status=Status.NEED_DATA, asked_at=event.by.at)
            return replace(asked, asked_revision=application.revision)
        case DataSent():
            sent = replace(application, status=Status.EVALUATION, due=event.due)
            return _evaluated_as(replace(sent, asked_revision=None, asked_at=None), event)
        case EvaluationPassed():
            return _passed(application, event)
        case ApplicationRejected():
            return replace(application, status=Status.REJECTED, officer=None, evaluators=())
        case ApplicationResubmitted():
            return _resubmitted(application, event)
        case ApplicationSentBack():
            *before, last = application.evaluators
            back = replace(application, status=Status.EVALUATION, officer=last)
            return replace(back, evaluators=tuple(before))
        case LettersSigned():
            return _signed_for(application, event)
        case LetterNumbered():
            return _with_letter(application, event.letter, number=event.number)
        case LetterSealed():
            return _with_letter(application, event.letter, file=event.file)
        case LetterSuspended():
            return _with_letter(application, event.letter, standing=Standing.SUSPENDED)
        case LetterReinstated():
            return _with_letter(application, event.letter, standing=Standing.VALID)
        case LetterRevoked():
            return _with_letter(application, event.letter, standing=Standing.REVOKED)
        case LetterSuperseded():
            replaced = {"standing": Standing.SUPERSEDED, "by_number": event.by_number}
            return _with_letter(application, event.letter, **replaced)
        case ApplicationExpired():
            return replace(application, status=Status.EXPIRED, officer=None)
        case ApplicationWithdrawn():
            return replace(application, status=Status.WITHDRAWN, officer=None)
        case OverrideAsked():
            return replace(application, override=event)
        case OverrideApproved():
            excused = application.excused | {event.official}
            return replace(application, override=None, excused=excused)
        case OverrideRefused():
            return replace(application, override=None)
        case ConflictFlagged():
            return replace(application, flagged=application.flagged | {event.fact.event})
        case _:
            assert_never(event)


def _restated(application: Application, statement: Statement) -> Application:
    """What was found compliant was another revision."""
    revision = application.revision + 1
    return replace(application, statement=statement, revision=revision, evaluators=())


def _paid(application: Application, event: ApplicationPaid) -> Application:
    payments = application.payments | {event.payment}
    paid = replace(application, status=Status.QUEUED, paid=True, payments=payments)
    return replace(paid, complete_at=event.by.at, due=event.due)


def _taken(application: Application, officer: str) -> Application:
    hands = application.hands | {officer}
    return replace(application, status=Status.EVALUATION, officer=officer, hands=hands)


def _queued_again(application: Application) -> Application:
    """At its old place: since when it is complete has not changed."""
    status = Status.RESUBMITTED if application.resubmissions else Status.QUEUED
    return replace(application, status=status, officer=None)


def _passed(application: Application, event: EvaluationPassed) -> Application:
    evaluators = (*application.evaluators, event.by.actor)
    passed = replace(application, evaluators=evaluators)
    wanted = 2 if passed.second_evaluation else 1
    if len(evaluators) < wanted:
        return _queued_again(passed)
    return replace(passed, status=Status.APPROVAL, officer=None)


def _resubmitted(application: Application, event: ApplicationResubmitted) -> Application:
    count = application.resubmissions + 1
    again = replace(application, status=Status.RESUBMITTED, resubmissions=count)
    return _evaluated_as(replace(again, complete_at=event.by.at, due=event.due), event)


def _evaluated_as(
    application: Application, event: ApplicationSubmitted | DataSent | ApplicationResubmitted
) -> Application:
    """Once two have to evaluate it, two do, whatever is stated instead later."""
    return replace(application, second_evaluation=application.second_evaluation or event.second_evaluation)


def _signed_for(application: Application, event: LettersSigned) -> Application:
    letters = tuple(
        Letter(id=each.letter, kind=each.kind, content=each.content, template=each.template)
        for each in event.letters
    )
    return replace(application, status=Status.ISSUED_UNSEALED, signed=event, letters=letters)


def _with_letter(application: Application, id: UUID, **changes: object) -> Application:
    letters = letters_with(application.letters, id, **changes)
    return replace(application, letters=letters, status=STANDINGS[standing_of(letters)])
