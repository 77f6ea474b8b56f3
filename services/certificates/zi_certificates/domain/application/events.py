"""Events of an application; a class name is the stored topic, so it never changes."""

from datetime import datetime
from uuid import UUID

from zi_certificates.domain.application.amended_letter import AmendedLetter
from zi_certificates.domain.application.planned_reminder import PlannedReminder
from zi_certificates.domain.impartiality import Fact
from zi_certificates.domain.statement import Statement
from zi_chassis.domain import Event
from zi_contracts.certificates import (
    ApplicantsClock,
    ExpiryReason,
    FurtherBillReason,
    KnownFacts,
    OverrideReason,
    Overtaken,
    PaymentRefusal,
    PinnedRules,
    PublishedFinding,
    ReinstatementReason,
    ReleaseReason,
    Series,
    SignedLetter,
    StandingReason,
)
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.vault import ItemRef


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
    amends: AmendedLetter | None = None


class ApplicationChanged(ApplicationEvent):
    statement: Statement


class ApplicationSubmitted(CompletionEvent):
    bill: str
    amount: int
    pay_by: datetime
    open_until: datetime
    second_evaluation: bool
    resubmissions: int
    reminders: tuple[PlannedReminder, ...] = ()


class ApplicationSubmittedFree(ApplicationSubmitted):
    """An amendment that costs nothing waits in the queue at once."""

    due: datetime


class ApplicationPaid(ApplicationEvent):
    bill: str
    payment: str
    amount: int
    paid_at: datetime
    due: datetime
    counting: tuple[str, ...] = ()


class FurtherBillIssued(ApplicationEvent):
    """`counting` are payments that came already and pay together with this bill."""

    bill: str
    amount: int
    pay_by: datetime
    reason: FurtherBillReason
    counting: tuple[str, ...] = ()


class FurtherBillPaid(ApplicationEvent):
    """The missing money is there, and nothing else changes: the application was not waiting for it in the queue. It `settles` what was
    taken back, unless it is for more that is applied for."""

    bill: str
    payment: str
    amount: int
    paid_at: datetime
    settles: bool = True


class PaymentRefused(ApplicationEvent):
    bill: str
    payment: str
    amount: int
    paid_at: datetime
    reason: PaymentRefusal


class PaymentRefunded(ApplicationEvent):
    """`by_hand` is the transfer by which officials had paid the same payment back before."""

    bill: str
    payment: str
    amount: int
    refund: str
    refunded_at: datetime
    reversed: bool = False
    pay_by: datetime | None = None
    by_hand: str | None = None


class RefundReported(DecisionEvent):
    """An official paid back what paid for nothing; it does not count before another one has looked up the transfer."""

    bill: str
    payment: str
    amount: int
    refund: str


class RefundConfirmed(DecisionEvent):
    bill: str
    payment: str
    amount: int
    refund: str
    reported_by: str


class RefundDeclined(DecisionEvent):
    bill: str
    payment: str
    amount: int
    refund: str
    reported_by: str


class ApplicationTaken(DecisionEvent):
    complete_at: datetime
    second: bool
    overtaken: tuple[Overtaken, ...]
    parked: int | None = None


class ApplicationReleased(ApplicationEvent):
    officer: str
    reason: ReleaseReason

    @property
    def is_recusal(self) -> bool:
        """A person said so; what the program releases lasts as long as the declaration that it follows."""
        return self.reason == "conflict" and not self.by.role.startswith("system:")


class DataAsked(DecisionEvent):
    wanted: tuple[PublishedFinding, ...]
    unnamed: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    items: Items


class DataSent(CompletionEvent):
    """`items` are the answers in words to what is `answered` so, in the same order."""

    due: datetime
    second_evaluation: bool = False
    answered: tuple[PublishedFinding, ...] = ()
    items: Items = ()


class EvaluationPassed(DecisionEvent):
    revision: int
    second: bool
    refused: tuple[PublishedFinding, ...] = ()


class ApplicationRejected(DecisionEvent):
    reasons: tuple[PublishedFinding, ...]
    items: Items


class ApplicationResubmitted(CompletionEvent):
    due: datetime
    second_evaluation: bool = False


class ApplicationSentBack(SignersEvent):
    reasons: tuple[PublishedFinding, ...]
    items: Items


class DeadlineMissed(ApplicationEvent):
    due: datetime
    reported_late: bool = False


class DeadlineNear(ApplicationEvent):
    clock: ApplicantsClock
    open_until: datetime


class LettersSigned(SignersEvent):
    revision: int
    letters: tuple[SignedLetter, ...]
    evaluators: tuple[str, ...]
    refused: tuple[PublishedFinding, ...] = ()


class LetterNumbered(ApplicationEvent):
    letter: UUID
    number: str


class LetterSignedPersonally(ApplicationEvent):
    letter: UUID
    file: str
    item: ItemRef


class LetterSignatureLapsed(ApplicationEvent):
    """The certificate of the personal signature ended or was revoked before the seal: the page `file` is no part of the letter."""

    letter: UUID
    file: str


class LetterSealed(ApplicationEvent):
    letter: UUID
    file: str
    item: ItemRef | None = None
    holds_until: datetime | None = None


class LetterRenewed(ApplicationEvent):
    letter: UUID
    file: str
    item: ItemRef
    holds_until: datetime | None


class LetterSuspended(SignersEvent):
    letter: UUID
    reason: StandingReason
    items: Items


class LetterReinstated(SignersEvent):
    letter: UUID
    reason: ReinstatementReason | None = None
    items: Items


class LetterRevoked(SignersEvent):
    letter: UUID
    reason: StandingReason
    items: Items


class AmendmentCalledFor(DecisionEvent):
    """`fields` are those in which the error is; those who called at first named none."""

    letter: UUID
    items: Items
    fields: tuple[str, ...] = ()


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


RefundEvents = RefundReported | RefundConfirmed | RefundDeclined
StatementEvents = (
    ApplicationDrafted
    | ApplicationChanged
    | ApplicationSubmitted
    | ApplicationSubmittedFree
    | ApplicationPaid
    | FurtherBillIssued
    | FurtherBillPaid
    | PaymentRefused
    | PaymentRefunded
    | DataSent
    | ApplicationResubmitted
    | ApplicationExpired
    | DeadlineNear
    | ApplicationWithdrawn
)
EvaluationEvents = (
    ApplicationTaken
    | ApplicationReleased
    | DataAsked
    | EvaluationPassed
    | ApplicationRejected
    | ApplicationSentBack
    | DeadlineMissed
)
LetterEvents = (
    LettersSigned
    | LetterNumbered
    | LetterSignedPersonally
    | LetterSignatureLapsed
    | LetterSealed
    | LetterRenewed
    | LetterSuspended
    | LetterReinstated
    | LetterRevoked
    | LetterSuperseded
    | AmendmentCalledFor
)
OverrideEvents = OverrideAsked | OverrideApproved | OverrideRefused | ConflictFlagged
ApplicationEvents = StatementEvents | EvaluationEvents | LetterEvents | OverrideEvents | RefundEvents
