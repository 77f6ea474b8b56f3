"""Messages of certificates: the steps of an application, the numbers of its letters, and whether a letter is still valid."""

from datetime import date
from operator import not_
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from zi_contracts.business import BusinessRef
from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.deadline import MissedDeadlineData
from zi_contracts.intake import Channel, Holder, Language
from zi_contracts.intake import Series as Series
from zi_contracts.message import Sha256Hex, ShortText, Slug
from zi_contracts.vault import ItemRef

ApplicationState = Literal[
    "draft",
    "awaiting_payment",
    "queued",
    "evaluation",
    "need_data",
    "approval",
    "issued_unsealed",
    "issued",
    "rejected",
    "resubmitted",
    "expired",
    "withdrawn",
    "suspended",
    "revoked",
    "superseded",
]
PaymentRefusal = Literal["wrong_amount", "already_paid", "too_late"]
OvertakingReason = Literal["conflict", "mentorship", "already_evaluated", "priority_lane", "emergency"]
ReleaseReason = Literal["conflict", "absence", "workload"]
OverrideReason = Literal["no_other_official", "emergency"]
StandingReason = Literal[
    "unsafe_product", "false_statement", "issued_in_error", "licence_ended", "lawful_order"
]
ReinstatementReason = Literal["suspicion_unfounded", "cause_removed", "suspended_in_error", "lawful_order"]
FactKind = Literal["conflict", "mentorship"]
AmendmentReason = Literal["details_changed", "company_error", "office_error"]
FurtherBillReason = Literal["reversed", "underpaid", "more_applied_for"]
ExpiryReason = Literal["unpaid", "not_completed"]
MasterKind = Literal["producer", "supplier", "product"]
HoldReason = Literal["objection", "complaint", "audit", "lawful_order"]
ApplicantsClock = Literal["payment", "completion"]
Count = Annotated[int, Field(ge=0)]
WebhookEnd = Literal["company", "gone"]
Ordinal = Annotated[int, Field(ge=1)]
Year = Annotated[int, Field(ge=2000, le=9999)]
Kinds = Annotated[tuple[Slug, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PinnedRules(Pin):
    """The rule data that the application is judged by, from its submission on; `numbers` are the shapes of registration numbers, `standard` is
    the office's decree, if there was one; `reminders` say when the applicant is reminded, `hs_codes` is the list of codes, `amendments` what may
    be amended on a letter."""

    tariffs: Pin | None = None
    numbers: Pin | None = None
    calendar: Pin | None = None
    holidays: Pin | None = None
    standard: Pin | None = None
    reminders: Pin | None = None
    hs_codes: Pin | None = None
    amendments: Pin | None = None


class PublishedFinding(_Part):
    """One thing that is missing or wrong: its reason in the rule data, and where, in which of the products."""

    reason: Slug
    where: ShortText
    item: Ordinal | None = None


Findings = Annotated[tuple[PublishedFinding, ...], Field(min_length=1)]


class KnownFacts(_Part):
    """The last message of each sender about officials (interests, mentorships) that was known when a decision was made."""

    umkm: Count
    integrity: Count


class Overtaken(_Part):
    """A case that was complete earlier and still waits, and why it was passed over."""

    ticket: ShortText
    reason: OvertakingReason


class SignedLetter(_Part):
    """A letter that was signed for: the digests bind its content and the template that shows it; its number comes after.

    `item` is the content in the vault, `valid_until` its last valid day. With a `personal_signature` the letter promises that its signatory
    signs the page too, beneath the seal.
    """

    letter: UUID
    kind: Slug
    content: Sha256Hex
    template: Sha256Hex
    valid_until: date | None = None
    item: ItemRef | None = None
    personal_signature: Annotated[bool, Field(exclude_if=not_)] = False


class ApplicationData(Data):
    """The state of the application after the event, and how its applicant wants to be reached."""

    state: ApplicationState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]


class DecisionData(ApplicationData):
    """A decision of an official (the message's actor), and the facts about officials that were known then."""

    seen: KnownFacts


class SignersData(DecisionData):
    """`acting` is the event that appointed the acting signer, when it was one."""

    acting: UUID | None = None


class ApplicationDrafted(ApplicationData):
    """Somebody began to apply for certificates; with an `amendment` the letter that it `replaces` is amended for this reason."""

    type: ClassVar[str] = "zi.certificates.application_drafted"

    series: Series
    account: UUID
    business_ref: BusinessRef
    kinds: Kinds
    goods: Slug
    item_count: Count
    replaces: ShortText | None = None
    amendment: AmendmentReason | None = None


class ApplicationChanged(ApplicationData):
    """The applicant changed what is applied for; each change is a revision of its own."""

    type: ClassVar[str] = "zi.certificates.application_changed"

    revision: Ordinal
    kinds: Kinds
    goods: Slug
    item_count: Count


class ApplicationSubmitted(ApplicationData):
    """The application is complete and waits for payment; unpaid it expires at `pay_by`, unfinished at `open_until`."""

    type: ClassVar[str] = "zi.certificates.application_submitted"

    rules: PinnedRules
    revision: Ordinal
    amount: Ordinal
    pay_by: AwareDatetime
    open_until: AwareDatetime


class ApplicationSubmittedFree(ApplicationData):
    """An amendment that costs nothing is complete and waits in the queue from this moment on; unfinished it expires at `open_until`."""

    type: ClassVar[str] = "zi.certificates.application_submitted_free"

    rules: PinnedRules
    revision: Ordinal
    due: AwareDatetime
    open_until: AwareDatetime


class ApplicationPaid(ApplicationData):
    """Paid, so it waits in the queue from this moment on."""

    type: ClassVar[str] = "zi.certificates.application_paid"

    amount: Ordinal
    due: AwareDatetime


class DeadlineNear(ApplicationData):
    """The applicant was reminded, once for each clock: unpaid or not completed by `open_until` it expires."""

    type: ClassVar[str] = "zi.certificates.deadline_near"

    clock: ApplicantsClock
    open_until: AwareDatetime


class FurtherBillIssued(ApplicationData):
    """A further billing code was made out: a payment was taken back, too little had come, or more is applied for than was paid."""

    type: ClassVar[str] = "zi.certificates.further_bill_issued"

    amount: Ordinal
    pay_by: AwareDatetime
    reason: FurtherBillReason


class FurtherBillPaid(ApplicationData):
    """The missing money is there; the application stays where it is."""

    type: ClassVar[str] = "zi.certificates.further_bill_paid"

    amount: Ordinal


class PaymentRefused(ApplicationData):
    """Money came that pays for nothing here and is to be paid back."""

    type: ClassVar[str] = "zi.certificates.payment_refused"

    reason: PaymentRefusal
    amount: Ordinal


class PaymentRefunded(ApplicationData):
    """Money was paid back, by the gateway's word: it had paid for nothing, or it had paid the bill and is `reversed`:
    nothing is decided until it is paid again, and at work it expires at `pay_by`. Of what officials had paid back by hand it `repeats` it:
    perhaps the same transfer, perhaps a second one."""

    type: ClassVar[str] = "zi.certificates.payment_refunded"

    amount: Ordinal
    reversed: bool | None = None
    pay_by: AwareDatetime | None = None
    repeats: bool | None = None


class RefundReported(DecisionData):
    """An official recorded that money which paid for nothing was paid back; it does not count before a second person has confirmed it."""

    type: ClassVar[str] = "zi.certificates.refund_reported"

    amount: Ordinal


class RefundConfirmed(DecisionData):
    """A second person looked up the transfer: the money counts as paid back."""

    type: ClassVar[str] = "zi.certificates.refund_confirmed"

    amount: Ordinal
    reported_by: ShortText


class RefundDeclined(DecisionData):
    """The record of a refund was declined, or taken back by the official who made it: the money is still to be paid back."""

    type: ClassVar[str] = "zi.certificates.refund_declined"

    amount: Ordinal
    reported_by: ShortText


class ApplicationTaken(DecisionData):
    """An evaluator took the next case of the queue: complete since when, and past whom it was taken, with reasons. `parked` counts those
    that were complete earlier and waited for their applicants' data."""

    type: ClassVar[str] = "zi.certificates.application_taken"

    complete_at: AwareDatetime
    second: bool
    overtaken: tuple[Overtaken, ...]
    parked: Count | None = None


class ApplicationReleased(ApplicationData):
    """The evaluator does not go on: the case is back in the queue, at its old place."""

    type: ClassVar[str] = "zi.certificates.application_released"

    officer: ShortText
    reason: ReleaseReason


class DataAsked(DecisionData):
    """The office lists what exactly is missing; its clock stands until that is sent. `unnamed` are the places of documents that no rule
    asks for, which the official explained to the applicant; `kinds` the letters that were applied for then."""

    type: ClassVar[str] = "zi.certificates.data_asked"

    wanted: Findings
    unnamed: tuple[ShortText, ...] = ()
    kinds: tuple[Slug, ...] = ()
    open_until: AwareDatetime


class DataSent(ApplicationData):
    """The applicant sent what was missing; the clock runs again, towards `due`. `answered` is what words answer, not a change."""

    type: ClassVar[str] = "zi.certificates.data_sent"

    revision: Ordinal
    due: AwareDatetime
    answered: tuple[PublishedFinding, ...] = ()


class DeadlineMissed(MissedDeadlineData, ApplicationData):
    """The office had promised the letters (`decision`) by then; once for each promise, of which a resubmission has a new one."""

    type: ClassVar[str] = "zi.certificates.deadline_missed"


class EvaluationPassed(DecisionData):
    """An evaluator found the application compliant, but for the products that are `refused`, each with a reason."""

    type: ClassVar[str] = "zi.certificates.evaluation_passed"

    revision: Ordinal
    second: bool
    refused: tuple[PublishedFinding, ...] = ()


class ApplicationRejected(DecisionData):
    """An evaluator rejected the application, for these reasons; how often it may be submitted again."""

    type: ClassVar[str] = "zi.certificates.application_rejected"

    reasons: Findings
    resubmissions_left: Count
    open_until: AwareDatetime


class ApplicationResubmitted(ApplicationData):
    """A rejected application came again, and waits in the queue from this moment on."""

    type: ClassVar[str] = "zi.certificates.application_resubmitted"

    revision: Ordinal
    resubmission: Ordinal
    due: AwareDatetime


class ApplicationSentBack(SignersData):
    """The signer did not sign: the last evaluator looks again."""

    type: ClassVar[str] = "zi.certificates.application_sent_back"

    reasons: Findings


class LettersSigned(SignersData):
    """The signer decided to issue these letters, without the products that are `refused`; the register gives them their numbers."""

    type: ClassVar[str] = "zi.certificates.letters_signed"

    revision: Ordinal
    letters: Annotated[tuple[SignedLetter, ...], Field(min_length=1)]
    evaluators: Annotated[tuple[ShortText, ...], Field(min_length=1)]
    refused: tuple[PublishedFinding, ...] = ()


class LetterNumbered(ApplicationData):
    """The register gave a letter its official number; it does not verify as valid before it is sealed."""

    type: ClassVar[str] = "zi.certificates.letter_numbered"

    letter: UUID
    number: ShortText


class LetterSignedPersonally(ApplicationData):
    """The signatory's own signature is on the letter's page, by a key that a provider holds for them; the seal follows. `file` is the digest
    of the page with it, which is no letter yet."""

    type: ClassVar[str] = "zi.certificates.letter_signed_personally"

    letter: UUID
    number: ShortText
    file: Sha256Hex
    item: ItemRef


class LetterSignatureLapsed(ApplicationData):
    """The certificate of the personal signature ended or was revoked before the seal, so the page `file` is no part of the letter: its
    signatory has to sign again."""

    type: ClassVar[str] = "zi.certificates.letter_signature_lapsed"

    letter: UUID
    number: ShortText
    file: Sha256Hex


class LetterSealed(ApplicationData):
    """The letter's file is signed and can be fetched: the digest of the one file that is valid, and where it lies in the vault."""

    type: ClassVar[str] = "zi.certificates.letter_sealed"

    letter: UUID
    number: ShortText
    file: Sha256Hex
    item: ItemRef | None = None
    holds_until: AwareDatetime | None = None


class LetterRenewed(ApplicationData):
    """The letter's file got another archive timestamp, and nothing else: it begins with the file that it had before, whose digest stays valid.

    `holds_until` is when the certificate of the timestamp ends, so that the next renewal is due before."""

    type: ClassVar[str] = "zi.certificates.letter_renewed"

    letter: UUID
    number: ShortText
    file: Sha256Hex
    item: ItemRef
    holds_until: AwareDatetime | None


class LetterSuspended(SignersData):
    """The letter is not valid for the time being."""

    type: ClassVar[str] = "zi.certificates.letter_suspended"

    letter: UUID
    number: ShortText
    reason: StandingReason


class LetterReinstated(SignersData):
    """The suspension has ended: the letter is valid again. Somebody else than who suspended it says why."""

    type: ClassVar[str] = "zi.certificates.letter_reinstated"

    letter: UUID
    number: ShortText
    reason: ReinstatementReason | None = None


class LetterRevoked(SignersData):
    """The letter is not valid any more."""

    type: ClassVar[str] = "zi.certificates.letter_revoked"

    letter: UUID
    number: ShortText
    reason: StandingReason


class AmendmentCalledFor(DecisionData):
    """An official found an error on the letter, in these fields, and asks its company to have it amended; the letter stays valid."""

    type: ClassVar[str] = "zi.certificates.amendment_called_for"

    letter: UUID
    number: ShortText
    fields: tuple[Slug, ...] = ()


class LetterSuperseded(ApplicationData):
    """Another letter, with its number, took the place of this one."""

    type: ClassVar[str] = "zi.certificates.letter_superseded"

    letter: UUID
    number: ShortText
    by_number: ShortText


class ApplicationExpired(ApplicationData):
    """Not paid, or not completed, in time; nothing is deleted."""

    type: ClassVar[str] = "zi.certificates.application_expired"

    reason: ExpiryReason


class ApplicationWithdrawn(ApplicationData):
    """The applicant withdrew."""

    type: ClassVar[str] = "zi.certificates.application_withdrawn"


class OverrideAsked(ApplicationData):
    """Somebody asks that an official may act although a conflict or a mentorship hinders; another one decides."""

    type: ClassVar[str] = "zi.certificates.override_asked"

    official: ShortText
    reason: OverrideReason


class OverrideApproved(ApplicationData):
    """A second person agreed: the official may act in this application."""

    type: ClassVar[str] = "zi.certificates.override_approved"

    official: ShortText
    reason: OverrideReason
    asked_by: ShortText


class OverrideRefused(ApplicationData):
    """A second person did not agree: the official stays out of this application."""

    type: ClassVar[str] = "zi.certificates.override_refused"

    official: ShortText
    asked_by: ShortText


class ConflictFlagged(ApplicationData):
    """A fact arrived that contradicts an earlier decision: the official who decided should not have."""

    type: ClassVar[str] = "zi.certificates.conflict_flagged"

    official: ShortText
    fact: FactKind
    event: UUID
    position: Ordinal


class CertificateIssued(Data):
    """The register issued a letter: its number is the series, the year and this message's `version`, without gap or repeat."""

    type: ClassVar[str] = "zi.certificates.certificate_issued"

    series: Series
    year: Year
    number: ShortText
    application: UUID
    letter: UUID
    kind: Slug
    business_ref: BusinessRef
    content: Sha256Hex
    template: Sha256Hex
    evaluators: Annotated[tuple[ShortText, ...], Field(min_length=1)]
    signer: ShortText
    acting: UUID | None = None


class AccountOpened(Data):
    """A company opened an account; an officer has to verify it before it can apply."""

    type: ClassVar[str] = "zi.certificates.account_opened"

    business_ref: BusinessRef
    acts_for_others: bool
    hs_codes: Count


class AccountChanged(Data):
    """The company changed what its account says; what was verified before holds until the change is verified."""

    type: ClassVar[str] = "zi.certificates.account_changed"

    revision: Ordinal
    acts_for_others: bool
    hs_codes: Count


class AccountVerified(Data):
    """An officer compared the account with its documents, and it may apply as it stands."""

    type: ClassVar[str] = "zi.certificates.account_verified"

    revision: Ordinal
    seen: KnownFacts


class AccountRefused(Data):
    """An officer found the account not in order, for these reasons."""

    type: ClassVar[str] = "zi.certificates.account_refused"

    revision: Ordinal
    reasons: Findings
    seen: KnownFacts


class AccountMoved(Data):
    """Another person is in charge of the account; an officer has to verify it again."""

    type: ClassVar[str] = "zi.certificates.account_moved"

    revision: Ordinal


class AccountFlagged(Data):
    """A fact arrived that contradicts an earlier decision on the account: the official who verified or refused it should not have
    decided."""

    type: ClassVar[str] = "zi.certificates.account_flagged"

    official: ShortText
    fact: FactKind
    event: UUID
    position: Ordinal


class ActingSignerAppointed(Data):
    """The head appointed an official to sign (Plh), from when until when."""

    type: ClassVar[str] = "zi.certificates.acting_signer_appointed"

    official: ShortText
    begins: AwareDatetime
    ends: AwareDatetime


class ActingSignerEnded(Data):
    """The appointment ended before its time."""

    type: ClassVar[str] = "zi.certificates.acting_signer_ended"

    official: ShortText


class _SignatoryData(Data):
    """`certificate` is the SHA-256 of the certificate that an official signs letters with."""

    official: ShortText
    certificate: Sha256Hex


class SignatoryCertificatePinned(_SignatoryData):
    """The official signed for the first time: no other certificate signs for this account before somebody else has confirmed it."""

    type: ClassVar[str] = "zi.certificates.signatory_certificate_pinned"


class SignatoryCertificateOffered(_SignatoryData):
    """The official signed with another certificate than the one that is recorded: nothing of it was used, and a second person decides."""

    type: ClassVar[str] = "zi.certificates.signatory_certificate_offered"


class SignatoryCertificateChanged(_SignatoryData):
    """A second person has confirmed the other certificate; it takes the place of `former_certificate`."""

    type: ClassVar[str] = "zi.certificates.signatory_certificate_changed"

    former_certificate: Sha256Hex


class SignatoryCertificateDeclined(_SignatoryData):
    """A second person has declined the other certificate; the one that is recorded stays."""

    type: ClassVar[str] = "zi.certificates.signatory_certificate_declined"


class MasterEntryData(Data):
    """`revision` numbers the versions of an entry of the company's master data; the entry is the message's aggregate."""

    account: UUID
    kind: MasterKind


class MasterEntryAdded(MasterEntryData):
    """A company keeps a producer, a supplier or a product for its applications; `origin` is the mentoring case that handed it over."""

    type: ClassVar[str] = "zi.certificates.master_entry_added"

    business_ref: BusinessRef
    origin: ShortText | None = None


class MasterEntryChanged(MasterEntryData):
    """The entry has a new version; applications that used an earlier one keep that."""

    type: ClassVar[str] = "zi.certificates.master_entry_changed"

    revision: Ordinal
    origin: ShortText | None = None


class MasterEntryRetired(MasterEntryData):
    """The entry is not offered any more; nothing is deleted."""

    type: ClassVar[str] = "zi.certificates.master_entry_retired"

    revision: Ordinal


class MasterEntryRestored(MasterEntryData):
    """The entry is offered again."""

    type: ClassVar[str] = "zi.certificates.master_entry_restored"

    revision: Ordinal


class ImportKeyIssued(Data):
    """The company has a key with which another system may import applications for it."""

    type: ClassVar[str] = "zi.certificates.import_key_issued"

    import_key: UUID


class ImportKeyRevoked(Data):
    """The key imports nothing any more."""

    type: ClassVar[str] = "zi.certificates.import_key_revoked"

    import_key: UUID


class ApplicationImported(Data):
    """Another system sent an application for the company; `digest` is of all that was sent, keyed by the office."""

    type: ClassVar[str] = "zi.certificates.application_imported"

    import_key: UUID
    digest: Sha256Hex
    item_count: Count
    application: UUID


class WebhookSubscribed(Data):
    """The company's webhook has an address; `generation` counts its secrets."""

    type: ClassVar[str] = "zi.certificates.webhook_subscribed"

    generation: Ordinal


class WebhookSecretRotated(Data):
    """The company's webhook has a new secret."""

    type: ClassVar[str] = "zi.certificates.webhook_secret_rotated"

    generation: Ordinal


class WebhookEnded(Data):
    """The company ended its webhook, or the receiver said that it is gone."""

    type: ClassVar[str] = "zi.certificates.webhook_ended"

    reason: WebhookEnd


class RetentionHeld(Data):
    """The data of the application are kept whatever the rules say, because something about them is not decided."""

    type: ClassVar[str] = "zi.certificates.retention_held"

    reason: HoldReason


class RetentionResumed(Data):
    """The hold was lifted: the rules count again."""

    type: ClassVar[str] = "zi.certificates.retention_resumed"

    reason: HoldReason


class RetentionEnded(Data):
    """The time for which the office keeps the data of the application is over by these rules: the application, or its last letter, ended at
    `since`. The actor put them up for erasure; another official decides at the front door."""

    type: ClassVar[str] = "zi.certificates.retention_ended"

    since: AwareDatetime
    rules: Pin


MODELS: tuple[type[Data], ...] = (
    RetentionHeld,
    RetentionResumed,
    RetentionEnded,
    ApplicationDrafted,
    ApplicationChanged,
    ApplicationSubmitted,
    ApplicationSubmittedFree,
    ApplicationPaid,
    DeadlineNear,
    FurtherBillIssued,
    FurtherBillPaid,
    PaymentRefused,
    PaymentRefunded,
    RefundReported,
    RefundConfirmed,
    RefundDeclined,
    ApplicationTaken,
    ApplicationReleased,
    DataAsked,
    DataSent,
    DeadlineMissed,
    EvaluationPassed,
    ApplicationRejected,
    ApplicationResubmitted,
    ApplicationSentBack,
    LettersSigned,
    LetterNumbered,
    LetterSignedPersonally,
    LetterSignatureLapsed,
    LetterSealed,
    LetterRenewed,
    LetterSuspended,
    LetterReinstated,
    LetterRevoked,
    AmendmentCalledFor,
    LetterSuperseded,
    ApplicationExpired,
    ApplicationWithdrawn,
    OverrideAsked,
    OverrideApproved,
    OverrideRefused,
    ConflictFlagged,
    CertificateIssued,
    AccountOpened,
    AccountChanged,
    AccountVerified,
    AccountRefused,
    AccountMoved,
    AccountFlagged,
    ActingSignerAppointed,
    ActingSignerEnded,
    SignatoryCertificatePinned,
    SignatoryCertificateOffered,
    SignatoryCertificateChanged,
    SignatoryCertificateDeclined,
    MasterEntryAdded,
    MasterEntryChanged,
    MasterEntryRetired,
    MasterEntryRestored,
    ImportKeyIssued,
    ImportKeyRevoked,
    ApplicationImported,
    WebhookSubscribed,
    WebhookSecretRotated,
    WebhookEnded,
)
