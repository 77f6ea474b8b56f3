"""Messages of umkm: the steps of a mentored business, its visits and trainings, and who mentored whom; a mentor never decides about
the business."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from zi_contracts.business import BusinessRef
from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.deadline import MissedDeadlineData
from zi_contracts.intake import Channel, District, Holder, Items, Language
from zi_contracts.message import Sha256Hex, ShortText, Slug
from zi_contracts.umkm.handover import MODELS as HANDOVER
from zi_contracts.umkm.letters import MODELS as LETTERS
from zi_contracts.vault import ItemRef

MentoringState = Literal[
    "registered",
    "triaged",
    "referred",
    "assessed",
    "correcting",
    "corrected",
    "permit_applied",
    "permit_issued",
    "registration",
    "number_obtained",
    "graduated",
    "dormant",
    "closed",
]
TrackName = Literal["md", "pirt", "none"]
Assessor = Literal["business", "official"]
Side = Literal["business", "office"]
EndReason = Literal[
    "no_response", "no_registration_needed", "business_stopped", "business_asked", "data_erased"
]
VerifiedBy = Literal["on_site", "live", "file"]
NumberOutcome = Literal["confirmed", "refuted"]
MentorReleaseReason = Literal["conflict"]
# Why a day of the state was recorded wrongly, or is another one now.
NicknameRemovalReason = Literal["names_a_person", "insult", "other"]
QuestionDayReason = Literal["misread", "extended", "shortened"]
TripChangeReason = Literal["weather", "no_transport", "illness", "business_asked", "other"]
CalledOffOutcome = Literal["moved", "cancelled"]
# account: 3, evaluation: 20, issue: 7 working days, as the office's rules say.
PermitClock = Literal["permit_account", "permit_evaluation", "permit_issue"]
# commitment: Pemenuhan Komitmen (low risk); standard: Pemenuhan Standar.
PermitPath = Literal["commitment", "standard"]
Count = Annotated[int, Field(ge=0)]
Ordinal = Annotated[int, Field(ge=1)]
Percent = Annotated[int, Field(ge=0, le=100)]
BudgetLine = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,59}$")]
Products = Annotated[tuple[Ordinal, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RuleVersion(Pin):
    """Rule data of the office, in the version that holds for this case or visit to its end."""


class MentoringPin(RuleVersion):
    """The rules of a case, and the office's decree on mentoring that stands in their place where it states something."""

    standard: Pin | None = None


class PromisedBy(_Part):
    """The source of a date that nobody chose: the rules, the office's decree, and the calendar of the days that they count."""

    rules: Pin
    calendar: Pin
    holidays: Pin
    standard: Pin | None = None


class TriagedProduct(_Part):
    """The track and the risk of a product, and the rulings that decided them."""

    product: Ordinal
    track: TrackName
    track_ruling: Slug
    risk: Slug
    risk_ruling: Slug


class MentoringData(Data):
    """The state of the case after the event, and how its business wants to be reached."""

    state: MentoringState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]


class MentoringRegistered(MentoringData):
    """A business asked to be mentored; without a business number its reference is a temporary one."""

    type: ClassVar[str] = "zi.umkm.mentoring_registered"

    business_ref: BusinessRef
    district: District
    has_nib: bool
    products: Count


class BusinessRestated(MentoringData):
    """The business said anew what it is and makes; a product that changed is triaged again, and `unnumbered` lost their numbers."""

    type: ClassVar[str] = "zi.umkm.business_restated"

    district: District
    has_nib: bool
    products: Count
    unnumbered: tuple[Ordinal, ...] = ()


class BusinessNicknamed(MentoringData):
    """The business gave itself a name for the office's lists, or took it back: then there are no items. The name is in the vault."""

    type: ClassVar[str] = "zi.umkm.business_nicknamed"

    items: Items


class NicknameRemoved(MentoringData):
    """An official who supervises took the name away that the business had given itself; it may give another one."""

    type: ClassVar[str] = "zi.umkm.nickname_removed"

    reason: NicknameRemovalReason


class BusinessIdentified(MentoringData):
    """The business has a number of its own now, and with it the reference that it keeps."""

    type: ClassVar[str] = "zi.umkm.business_identified"

    business_ref: BusinessRef
    former_ref: BusinessRef


class ConsentData(MentoringData):
    """`to` is the ticket of the request of the same business that it is about."""

    business_ref: BusinessRef
    to: ShortText


class ConsentGiven(ConsentData):
    """The business agrees that an application of its own takes over what it said here of itself and its products."""

    type: ClassVar[str] = "zi.umkm.consent_given"


class ConsentWithdrawn(ConsentData):
    """It does not agree any more; what was taken over before stays where it is."""

    type: ClassVar[str] = "zi.umkm.consent_withdrawn"


class MentorReleased(MentoringData):
    """A mentor was taken off the case, and nobody or an earlier mentor has it in hand."""

    type: ClassVar[str] = "zi.umkm.mentor_released"

    mentor: ShortText
    reason: MentorReleaseReason


class MentoringRecorded(Data):
    """An official mentors this business, or did so once: nothing ends it."""

    type: ClassVar[str] = "zi.umkm.mentoring_recorded"

    mentor: ShortText
    business_ref: BusinessRef


class ProductsTriaged(MentoringData):
    """A mentor said by the rules which way the products go."""

    type: ClassVar[str] = "zi.umkm.products_triaged"

    rules: MentoringPin
    outcomes: Annotated[tuple[TriagedProduct, ...], Field(min_length=1)]


class ProductsReferred(MentoringData):
    """Products that the district's health office registers were referred to it, with a letter.

    `number` is the letter's; `code_digest` commits to the code on it, with which the health office answers until `open_until`."""

    type: ClassVar[str] = "zi.umkm.products_referred"

    products: Products
    items: Items
    letter: UUID | None = None
    number: ShortText | None = None
    code_digest: Sha256Hex | None = None
    open_until: AwareDatetime | None = None


class ReferralAnswerData(MentoringData):
    """An answer with the code on a letter to the health office, which `code_digest` commits to; `number` is the letter's."""

    letter: UUID
    number: ShortText
    code_digest: Sha256Hex


class ReferralReceived(ReferralAnswerData):
    type: ClassVar[str] = "zi.umkm.referral_received"


class ReferralQuestioned(ReferralAnswerData):
    """The health office has a question; the text is in the vault."""

    type: ClassVar[str] = "zi.umkm.referral_questioned"

    items: Items


class ReferralRefused(ReferralAnswerData):
    """A product can't be registered there; the reason is in the vault."""

    type: ClassVar[str] = "zi.umkm.referral_refused"

    product: Ordinal
    items: Items


class ReferralNumberGiven(ReferralAnswerData):
    """The answer brought the number of a product, which the next message records; an official still has to look it up."""

    type: ClassVar[str] = "zi.umkm.referral_number_given"

    product: Ordinal


class ReferralCodeRenewed(ReferralAnswerData):
    """The mentor made a new code for the letter; the one before answers no more."""

    type: ClassVar[str] = "zi.umkm.referral_code_renewed"

    open_until: AwareDatetime


class BusinessReturned(MentoringData):
    """The business was sent back after a referral; its history is kept and its products are triaged again."""

    type: ClassVar[str] = "zi.umkm.business_returned"

    items: Items


class DocumentAdded(MentoringData):
    """A document that the rules ask for is there, of the business or of one product; it lies in the vault."""

    type: ClassVar[str] = "zi.umkm.document_added"

    document: Slug
    product: Ordinal | None
    items: Items


class JudgedLabelItem(_Part):
    """A part of a label as a mentor found it; whether they remarked on it, in the vault."""

    item: Slug
    finding: Literal["ok", "not_ok", "not_applicable"]
    remarked: bool = False


class LabelChecked(MentoringData):
    """A mentor looked which of the required parts a product's label has; `items` are the remarks, in the order of `found`.

    With `second_look` it counts once another official has confirmed it. Older checks have only `parts`.
    """

    type: ClassVar[str] = "zi.umkm.label_checked"

    product: Ordinal
    parts: tuple[Slug, ...]
    check: UUID | None = None
    found: tuple[JudgedLabelItem, ...] = ()
    rules: MentoringPin | None = None
    checklist: Pin | None = None
    second_look: bool = False
    items: Items = ()


class LabelPhotoAdded(MentoringData):
    """A photo of a part of a label was added to its newest check; it lies in the vault."""

    type: ClassVar[str] = "zi.umkm.label_photo_added"

    product: Ordinal
    check: UUID
    item: Slug
    file: ItemRef


class LabelCheckConfirmed(MentoringData):
    """Another official looked at a label and confirmed its newest check."""

    type: ClassVar[str] = "zi.umkm.label_check_confirmed"

    product: Ordinal
    check: UUID


class BusinessAssessed(MentoringData):
    """The premises were assessed, by the business itself or by an official: an open critical finding blocks."""

    type: ClassVar[str] = "zi.umkm.business_assessed"

    visit: UUID
    assessor: Assessor
    checklist: RuleVersion
    rating: Slug
    points: Percent
    findings: Count
    critical: Count


class ActionData(MentoringData):
    """About the corrective action for the finding at this item of the checklist."""

    item: Slug
    critical: bool


class ActionAgreed(ActionData):
    """It was agreed what is put right and until when; `promised_by` is there when nobody chose the date."""

    type: ClassVar[str] = "zi.umkm.action_agreed"

    due: AwareDatetime
    promised_by: PromisedBy | None = None
    items: Items


class ActionEvidenced(ActionData):
    """Evidence was given that it was put right."""

    type: ClassVar[str] = "zi.umkm.action_evidenced"

    items: Items


class ActionVerified(ActionData):
    """An official who is not its author found that it was put right, and never who raised it where it is critical. `trip_recorded` says of
    what was seen on the spot whether a trip of the official to the business is on record, and `number` is that of its letter."""

    type: ClassVar[str] = "zi.umkm.action_verified"

    means: VerifiedBy | None = None
    number: ShortText | None = None
    trip_recorded: bool | None = None
    items: Items = ()


class ActionReopened(ActionData):
    """An official found that it was not put right, or not any more."""

    type: ClassVar[str] = "zi.umkm.action_reopened"

    items: Items


class ActionOverdue(ActionData):
    """The time that was agreed is over."""

    type: ClassVar[str] = "zi.umkm.action_overdue"

    due: AwareDatetime


class PermitPromiseData(MentoringData):
    """The promise whose clock runs from now on; absent where none was made."""

    clock: PermitClock | None = None
    due: AwareDatetime | None = None
    promised_by: PromisedBy | None = None


class PermitApplied(PermitPromiseData):
    """The business applied for its permit (IP CPPOB); `renews` is the number of the one that it has."""

    type: ClassVar[str] = "zi.umkm.permit_applied"

    rules: MentoringPin
    renews: ShortText | None = None


class PermitAccountVerified(PermitPromiseData):
    """An official, never its mentor, verified the applicant's account: the evaluation begins."""

    type: ClassVar[str] = "zi.umkm.permit_account_verified"


class PermitReturned(MentoringData):
    """An official, never its mentor, found that something has to be put right first: the clock stops until then."""

    type: ClassVar[str] = "zi.umkm.permit_returned"

    items: Items


class PermitFoundFit(PermitPromiseData):
    """An evaluator, never its mentor, found that the business keeps to CPPOB; somebody else signs the permit."""

    type: ClassVar[str] = "zi.umkm.permit_found_fit"

    items: Items


class PermitIssued(MentoringData):
    """The permit was signed for by somebody who neither mentored nor evaluated; one without a number is from before this house numbered them.

    `valid_until` is its last day, absent where the office has not decided how long a permit is valid."""

    type: ClassVar[str] = "zi.umkm.permit_issued"

    items: Items
    letter: UUID | None = None
    number: ShortText | None = None
    path: PermitPath | None = None
    district: District | None = None
    valid_until: date | None = None
    renews: ShortText | None = None
    rules: Pin | None = None


class CertificateData(MentoringData):
    """About the permit with this number."""

    number: ShortText


class RevocationProposed(CertificateData):
    """An official proposed to revoke the permit; somebody else decides."""

    type: ClassVar[str] = "zi.umkm.revocation_proposed"

    reason: Slug
    items: Items


class RevocationDropped(CertificateData):
    """It was decided that the permit stays."""

    type: ClassVar[str] = "zi.umkm.revocation_dropped"

    items: Items


class RevocationAnnounced(CertificateData):
    """It was decided to revoke the permit; it holds while the business may object, until the time that is named."""

    type: ClassVar[str] = "zi.umkm.revocation_announced"

    reason: Slug
    objection_until: AwareDatetime | None
    rules: Pin
    items: Items


class RevocationContested(CertificateData):
    """The business objected in time: somebody else decides anew."""

    type: ClassVar[str] = "zi.umkm.revocation_contested"

    items: Items


class PermitRevoked(CertificateData):
    """The permit does not hold any more."""

    type: ClassVar[str] = "zi.umkm.permit_revoked"

    reason: Slug
    items: Items = ()


class PermitRenewalDue(CertificateData):
    """The permit ends soon and may be renewed."""

    type: ClassVar[str] = "zi.umkm.permit_renewal_due"

    valid_until: date


class PermitExpired(CertificateData):
    """The last day of the permit is over."""

    type: ClassVar[str] = "zi.umkm.permit_expired"

    valid_until: date


class RegistrationSent(MentoringData):
    """The complete dossier of a product was sent to be registered."""

    type: ClassVar[str] = "zi.umkm.registration_sent"

    product: Ordinal
    rules: MentoringPin


class RegistrationReturned(MentoringData):
    """The registration of a product was refused or given up; it can be sent again."""

    type: ClassVar[str] = "zi.umkm.registration_returned"

    product: Ordinal
    items: Items


class StateQuestionData(MentoringData):
    """A further question of the state about a product that was sent to be registered; `due` is the end of the day that its letter names."""

    question: UUID
    product: Ordinal
    due: AwareDatetime


class StateQuestionRecorded(StateQuestionData):
    """The words of the question are in the vault."""

    type: ClassVar[str] = "zi.umkm.state_question_recorded"

    items: Items


class StateQuestionCorrected(StateQuestionData):
    """The letter of the state names another day than `former_due`, which was recorded; the words that say why are in the vault."""

    type: ClassVar[str] = "zi.umkm.state_question_corrected"

    former_due: AwareDatetime
    reason: QuestionDayReason
    items: Items


class StateQuestionAnswered(StateQuestionData):
    type: ClassVar[str] = "zi.umkm.state_question_answered"


class StateQuestionReminded(StateQuestionData):
    """The day is near, and nothing was answered yet."""

    type: ClassVar[str] = "zi.umkm.state_question_reminded"


class StateQuestionMissed(StateQuestionData):
    """The day passed without an answer."""

    type: ClassVar[str] = "zi.umkm.state_question_missed"


class NumberObtained(MentoringData):
    """A product has its registration number (NIE); `numbers` are the shapes that it was held against."""

    type: ClassVar[str] = "zi.umkm.number_obtained"

    product: Ordinal
    number: ShortText
    numbers: Pin | None = None


class ReferredNumberObtained(MentoringData):
    """A product that was referred to the health office has its number there (P-IRT)."""

    type: ClassVar[str] = "zi.umkm.referred_number_obtained"

    product: Ordinal
    number: ShortText
    numbers: Pin | None = None


class RegistrationNumberCorrected(MentoringData):
    """The number of a product was another one; it has to be checked again."""

    type: ClassVar[str] = "zi.umkm.registration_number_corrected"

    product: Ordinal
    former: ShortText
    number: ShortText
    numbers: Pin | None = None


class RegistrationNumberChecked(MentoringData):
    """An official who never mentored the business looked up the number of a product; a refuted one is none."""

    type: ClassVar[str] = "zi.umkm.registration_number_checked"

    product: Ordinal
    number: ShortText
    outcome: NumberOutcome


class BusinessNumberChecked(MentoringData):
    """An official who never mentored the business looked up the number behind this reference (NIB)."""

    type: ClassVar[str] = "zi.umkm.business_number_checked"

    business_ref: BusinessRef
    outcome: NumberOutcome


class DeadlineMissed(MissedDeadlineData, MentoringData):
    """The office had promised its last visit (`last_visit`) by then, or a step of a permit; once for each promise."""

    type: ClassVar[str] = "zi.umkm.deadline_missed"


class BusinessGraduated(MentoringData):
    """The last visit found all well: the business goes on by itself."""

    type: ClassVar[str] = "zi.umkm.business_graduated"


class MentoringPaused(MentoringData):
    """Nothing was heard of the business for long: the case sleeps."""

    type: ClassVar[str] = "zi.umkm.mentoring_paused"

    silent_since: AwareDatetime


class MentoringResumed(MentoringData):
    """The case goes on where it stood."""

    type: ClassVar[str] = "zi.umkm.mentoring_resumed"


class MentoringClosed(MentoringData):
    """The case has ended without graduation."""

    type: ClassVar[str] = "zi.umkm.mentoring_closed"

    reason: EndReason


class VisitData(Data):
    """Of an assessment on the spot, by the id that the device made; what the device says of time is a claim."""

    visit: UUID


class VisitBegun(VisitData):
    """Somebody began to fill in a checklist."""

    type: ClassVar[str] = "zi.umkm.visit_begun"

    case: UUID
    assessor: Assessor
    checklist: RuleVersion


class ItemAnswered(VisitData):
    """An item was answered; other answers to it that are not replaced stand beside this one until a person decides."""

    type: ClassVar[str] = "zi.umkm.item_answered"

    answer: UUID
    item: Slug
    replaces: tuple[UUID, ...]
    standing: Count
    claimed_at: AwareDatetime
    items: Items


class AnswersSettled(VisitData):
    """A person decided which of several answers to an item counts."""

    type: ClassVar[str] = "zi.umkm.answers_settled"

    item: Slug
    answer: UUID
    over: tuple[UUID, ...]


class PhotoAdded(VisitData):
    """A photo was added; it lies in the vault."""

    type: ClassVar[str] = "zi.umkm.photo_added"

    photo: UUID
    item: Slug | None
    claimed_at: AwareDatetime
    file: ItemRef


class VisitSigned(VisitData):
    """One side signed for these answers; the signature lies in the vault."""

    type: ClassVar[str] = "zi.umkm.visit_signed"

    side: Side
    answers: tuple[UUID, ...]
    claimed_at: AwareDatetime
    file: ItemRef


class VisitFinished(VisitData):
    """Everything is answered and nothing is in dispute; `unsigned` are items whose answer a side has not signed for."""

    type: ClassVar[str] = "zi.umkm.visit_finished"

    checklist: RuleVersion
    rating: Slug
    points: Percent
    findings: Count
    critical: Count
    unsigned: tuple[Slug, ...]


class TrainingPlanned(Data):
    """A training for a group of businesses was planned."""

    type: ClassVar[str] = "zi.umkm.training_planned"

    district: District
    topic: Slug
    begins: AwareDatetime
    places: Ordinal


class ParticipantEnrolled(Data):
    """A mentored business takes part, by the id of its case."""

    type: ClassVar[str] = "zi.umkm.participant_enrolled"

    case: UUID


class AttendanceRecorded(Data):
    """A business was there; scores are of what it knew before and after."""

    type: ClassVar[str] = "zi.umkm.attendance_recorded"

    case: UUID
    before: Percent | None
    after: Percent | None


class TrainingHeld(Data):
    """The training is over: how many came, and the mean scores of those who have both."""

    type: ClassVar[str] = "zi.umkm.training_held"

    enrolled: Count
    attended: Count
    before: Percent | None
    after: Percent | None


class VisitAnnounced(MentoringData):
    """Officials will come to the business: their trip is approved."""

    type: ClassVar[str] = "zi.umkm.visit_announced"

    trip: UUID
    begins: date
    ends: date


class VisitCalledOff(MentoringData):
    """Officials will not come on the days that were announced; `moved` where other days follow."""

    type: ClassVar[str] = "zi.umkm.visit_called_off"

    trip: UUID
    begins: date
    reason: TripChangeReason
    outcome: CalledOffOutcome


class TripData(Data):
    """A trip to several businesses; `cases` are those that it visits, `officials` those who go."""

    district: District
    begins: date
    ends: date
    budget_line: BudgetLine
    officials: Annotated[tuple[ShortText, ...], Field(min_length=1)]
    cases: Annotated[tuple[UUID, ...], Field(min_length=1)]


class TripPlanned(TripData):
    """A mentor planned a trip."""

    type: ClassVar[str] = "zi.umkm.trip_planned"


class TripChanged(TripData):
    """The plan of a trip changed; `withdrawn` is the number of the letter of assignment that is void now."""

    type: ClassVar[str] = "zi.umkm.trip_changed"

    reason: TripChangeReason | None
    withdrawn: ShortText | None


class TripApproved(Data):
    """Somebody who is not on the trip approved it; `number` is that of its letter of assignment, `rules` the wording of that letter."""

    type: ClassVar[str] = "zi.umkm.trip_approved"

    number: ShortText
    rules: Pin | None = None


class TripCancelled(Data):
    """A trip is not made; `withdrawn` is the number of its letter of assignment, where it had one."""

    type: ClassVar[str] = "zi.umkm.trip_cancelled"

    reason: TripChangeReason
    withdrawn: ShortText | None


class TripHoursRecorded(Data):
    """An official recorded the working time that the trip took."""

    type: ClassVar[str] = "zi.umkm.trip_hours_recorded"

    minutes: Ordinal


MODELS: tuple[type[Data], ...] = (
    MentoringRegistered,
    BusinessRestated,
    BusinessIdentified,
    BusinessNicknamed,
    NicknameRemoved,
    ConsentGiven,
    ConsentWithdrawn,
    MentoringRecorded,
    MentorReleased,
    ProductsTriaged,
    ProductsReferred,
    ReferralReceived,
    ReferralQuestioned,
    ReferralRefused,
    ReferralNumberGiven,
    ReferralCodeRenewed,
    BusinessReturned,
    DocumentAdded,
    LabelChecked,
    LabelPhotoAdded,
    LabelCheckConfirmed,
    BusinessAssessed,
    ActionAgreed,
    ActionEvidenced,
    ActionVerified,
    ActionReopened,
    ActionOverdue,
    PermitApplied,
    PermitAccountVerified,
    PermitReturned,
    PermitFoundFit,
    PermitIssued,
    RevocationProposed,
    RevocationDropped,
    RevocationAnnounced,
    RevocationContested,
    PermitRevoked,
    PermitRenewalDue,
    PermitExpired,
    RegistrationSent,
    RegistrationReturned,
    StateQuestionRecorded,
    StateQuestionCorrected,
    StateQuestionAnswered,
    StateQuestionReminded,
    StateQuestionMissed,
    NumberObtained,
    ReferredNumberObtained,
    RegistrationNumberCorrected,
    RegistrationNumberChecked,
    BusinessNumberChecked,
    DeadlineMissed,
    BusinessGraduated,
    MentoringPaused,
    MentoringResumed,
    MentoringClosed,
    VisitBegun,
    ItemAnswered,
    AnswersSettled,
    PhotoAdded,
    VisitSigned,
    VisitFinished,
    TrainingPlanned,
    ParticipantEnrolled,
    AttendanceRecorded,
    TrainingHeld,
    VisitAnnounced,
    VisitCalledOff,
    TripPlanned,
    TripChanged,
    TripApproved,
    TripCancelled,
    TripHoursRecorded,
    *LETTERS,
    *HANDOVER,
)
