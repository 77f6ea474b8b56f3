"""Messages of intake: cases filed and handled. A status message is complete: no reader needs to ask intake for its state."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from zi_contracts.business import BusinessRef
from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.deadline import MissedDeadlineData
from zi_contracts.message import ShortText, Slug
from zi_contracts.person import PersonRef
from zi_contracts.vault import ItemRef

Language = Literal["id", "en"]
Channel = Literal["email", "phone"]
Confidentiality = Literal["named", "confidential", "anonymous"]
# A code of the office's own list, which is data that the office adopts; one that has left the list stays in what was recorded.
District = Slug
Holder = Literal["office", "citizen"]
CaseState = Literal[
    "filed",
    "passed_on",
    "acknowledged",
    "assigned",
    "clarification_asked",
    "answered",
    "closed",
    "withdrawn",
]
Series = Literal["ski", "ske"]
# How a case came to the office where an official entered it for somebody.
Road = Literal["counter", "phone", "message", "lapor", "system"]
VisitOutcome = Literal["as_reported", "not_as_reported", "nothing_found", "closed", "refused_entry"]
ClosingReason = Literal["resolved", "no_reaction", "not_completed"]
ErasureReason = Literal[
    "subject_request", "consent_withdrawn", "no_longer_needed", "unlawfully_processed", "lawful_order"
]
RefusalReason = Literal["not_the_data_subject", "still_needed", "legal_hold"]
# Why somebody who does not handle a confidential case needs its personal data; a closed list, because it is published.
DisclosureReason = Literal[
    "take_over", "supervision", "inspection", "service_complaint", "audit", "investigation", "court"
]
AddedWords = Literal["addition", "correction", "objection"]
AnswerRating = Literal["helped", "partly", "no_help"]
ObjectionOutcome = Literal["upheld", "rejected"]
# Why an incident is offered no longer to people who report the same.
PublicationEnding = Literal["over", "mistaken", "wording"]
Items = tuple[ItemRef, ...]


class PinnedStandard(Pin):
    """The service standard that the case was received under, and over which days its times are counted."""

    tier: Slug
    source_status: Slug
    calendar: Pin | None = None
    holidays: Pin | None = None


class StatusData(Data):
    """The state of the case after the event, and how its citizen wants to be reached."""

    state: CaseState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]


class ComplaintFiled(StatusData):
    """A citizen complained about a product or about the office's service.

    `person_ref` is the same for cases that were filed by name under the same contact, where the office decided to have references.
    `anonymous` (nobody was named) and `confidential` (closed to all but who handles it) are two switches; messages without them are
    from before, when `confidentiality` had one of three values. It still has: a case that is both is called anonymous there.
    `road` is how it came in where the actor, an official, entered it for somebody; `system` names the system of the office's list that did.
    `illness_claimed`: the reporter says that somebody is
    ill or has died; by `judge_by` an officer judges whether it is an emergency.
    """

    type: ClassVar[str] = "zi.intake.complaint_filed"

    kind: Literal["product", "service"]
    confidentiality: Confidentiality
    district: District
    commodity: Slug | None = None
    standard: PinnedStandard
    acknowledge_by: AwareDatetime
    due: AwareDatetime
    items: Items
    person_ref: PersonRef | None = None
    anonymous: bool | None = None
    confidential: bool | None = None
    road: Road | None = None
    system: Slug | None = None
    illness_claimed: bool | None = None
    judge_by: AwareDatetime | None = None


class ConsultationFiled(StatusData):
    """A citizen asked the office a question; `person_ref`, `anonymous` and `confidential` as in a complaint."""

    type: ClassVar[str] = "zi.intake.consultation_filed"

    confidentiality: Confidentiality
    district: District
    topic: Slug
    standard: PinnedStandard
    acknowledge_by: AwareDatetime | None = None
    due: AwareDatetime
    items: Items
    person_ref: PersonRef | None = None
    anonymous: bool | None = None
    confidential: bool | None = None
    road: Road | None = None
    system: Slug | None = None


class InformationRequested(StatusData):
    """Somebody requested public information of the office, by name; the law says how long the answer may take."""

    type: ClassVar[str] = "zi.intake.information_requested"

    district: District
    standard: PinnedStandard
    acknowledge_by: AwareDatetime
    due: AwareDatetime
    items: Items
    road: Road | None = None
    system: Slug | None = None


class SuggestionMade(StatusData):
    """A citizen suggested something; no time runs. `anonymous` and `confidential` as in a complaint."""

    type: ClassVar[str] = "zi.intake.suggestion_made"

    confidentiality: Confidentiality
    district: District
    wants_answer: bool
    standard: PinnedStandard
    items: Items
    anonymous: bool
    confidential: bool
    road: Road | None = None
    system: Slug | None = None


class CertificateRequested(StatusData):
    """A company asks for import or export letters; intake passes the case on and keeps its personal data.

    `account` is the ticket of an earlier request of the same company, which intake has checked.
    """

    type: ClassVar[str] = "zi.intake.certificate_requested"

    series: Series
    business_ref: BusinessRef
    data_subject: UUID
    account: ShortText | None = None
    items: Items


class MentoringRequested(StatusData):
    """A small food business asks to be mentored; intake passes the case on and keeps its personal data.

    Without a business number its reference is a temporary one, until it gives a number.
    """

    type: ClassVar[str] = "zi.intake.mentoring_requested"

    business_ref: BusinessRef
    data_subject: UUID
    district: District
    has_nib: bool
    products: Annotated[int, Field(ge=1)]
    items: Items


class BusinessNumberGiven(StatusData):
    """A mentored business gave its number (NIB), and with it the reference that it keeps."""

    type: ClassVar[str] = "zi.intake.business_number_given"

    business_ref: BusinessRef
    former_ref: BusinessRef
    items: Items


class CaseAcknowledged(StatusData):
    """The office confirmed that it has the case."""

    type: ClassVar[str] = "zi.intake.case_acknowledged"


class CaseAssigned(StatusData):
    """The case has an officer (the identity provider's opaque subject)."""

    type: ClassVar[str] = "zi.intake.case_assigned"

    officer: ShortText


class CaseTriaged(StatusData):
    """An officer judged what the case needs: its tier of the standard, with the due date that follows, and whether it is an emergency. The
    reason is among the items. A later one replaces an earlier one, which stays recorded."""

    type: ClassVar[str] = "zi.intake.case_triaged"

    standard: PinnedStandard
    due: AwareDatetime
    emergency: bool
    items: Items


class ClarificationAsked(StatusData):
    """The office asked the citizen for more; the clock stands until the reply."""

    type: ClassVar[str] = "zi.intake.clarification_asked"

    reply_by: AwareDatetime
    items: Items


class CitizenReplied(StatusData):
    """The citizen replied; the clock runs again, towards the due date given."""

    type: ClassVar[str] = "zi.intake.citizen_replied"

    due: AwareDatetime
    items: Items


class CaseAnswered(StatusData):
    """The office answered; without a reaction the case closes on the day given. `drafted_by` wrote the answer that the actor approved.
    `refusal` is why information that was requested is not given, from the office's list; with `objection` it is the decision about one.
    `final`: the citizen can neither reopen the case nor object, as after a decision about an objection and with a suggestion."""

    type: ClassVar[str] = "zi.intake.case_answered"

    closes_on: AwareDatetime
    items: Items
    drafted_by: ShortText | None = None
    refusal: Slug | None = None
    objection: ObjectionOutcome | None = None
    final: bool | None = None


class CaseClosed(StatusData):
    """The case is closed: resolved, or the citizen did not react, or did not send what was missing."""

    type: ClassVar[str] = "zi.intake.case_closed"

    reason: ClosingReason


class CaseReopened(StatusData):
    """The citizen was not content with the outcome and reopened the case in time. `objection`: who requested information objects to the answer,
    or to that there is none in time, and somebody else than who answered decides."""

    type: ClassVar[str] = "zi.intake.case_reopened"

    due: AwareDatetime
    items: Items = ()
    objection: bool | None = None


class MovedToAppointed(StatusData):
    """The complaint went to the officials appointed for a topic, whom alone the desk shows it from then on; which topic is not disclosed. No
    deadline changed, and nobody has it in hand. `items` say why, for them alone. `reply_by`: a question to the citizen still waits; `closes_on`: it was
    answered before, and closes on that day unless the citizen reacts."""

    type: ClassVar[str] = "zi.intake.moved_to_appointed"

    items: Items
    reply_by: AwareDatetime | None = None
    closes_on: AwareDatetime | None = None


class TimeExtended(StatusData):
    """The office takes more time for information that was requested, once; the reason is among the items."""

    type: ClassVar[str] = "zi.intake.time_extended"

    due: AwareDatetime
    items: Items


class CaseWithdrawn(StatusData):
    """The citizen withdrew the case."""

    type: ClassVar[str] = "zi.intake.case_withdrawn"


class DeadlineMissed(MissedDeadlineData, StatusData):
    """The office did not confirm (`acknowledge`), judge what its reporter calls an emergency (`judge`) or answer (`answer`) in time; once for
    each promise, of which a reopened case has a new one."""

    type: ClassVar[str] = "zi.intake.deadline_missed"


class CaseLinked(StatusData):
    """The case was put with others about the same incident; which is not disclosed, because a citizen's evidence would lead to others."""

    type: ClassVar[str] = "zi.intake.case_linked"

    items: Items


class CaseUnlinked(StatusData):
    """The case was taken out of its incident."""

    type: ClassVar[str] = "zi.intake.case_unlinked"

    items: Items


class PublicationProposed(Data):
    """An official proposes to publish an incident, so that people who report the same can join; a second person decides. The words are bound by
    `digest`, and under no case."""

    type: ClassVar[str] = "zi.intake.publication_proposed"

    district: District
    commodity: Slug
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    open_until: AwareDatetime


class IncidentPublished(Data):
    """A second person has published the words that `asked_by` proposed."""

    type: ClassVar[str] = "zi.intake.incident_published"

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    asked_by: ShortText


class PublicationEnded(Data):
    """The incident is offered no longer, or was never published."""

    type: ClassVar[str] = "zi.intake.publication_ended"

    reason: PublicationEnding


class VisitRecorded(StatusData):
    """Officers were at the place; what they found lies in the vault."""

    type: ClassVar[str] = "zi.intake.visit_recorded"

    visited_on: date
    outcome: VisitOutcome
    items: Items


class CaseReferred(StatusData):
    """The office referred the case to another body, and told the citizen so in the answer that follows. `body` is not disclosed for a complaint
    that only appointed officials see. `items` are what the body was told."""

    type: ClassVar[str] = "zi.intake.case_referred"

    body: Slug | None = None
    items: Items


class ContactDecided(StatusData):
    """The citizen allowed that the body to which the case was referred gets name and contact, or no longer."""

    type: ClassVar[str] = "zi.intake.contact_decided"

    allowed: bool


class AnswerDrafted(StatusData):
    """An officer wrote an answer that waits for a second person."""

    type: ClassVar[str] = "zi.intake.answer_drafted"

    items: Items


class DraftReturned(StatusData):
    """A second person gave an answer back to whoever wrote it."""

    type: ClassVar[str] = "zi.intake.draft_returned"

    drafted_by: ShortText
    items: Items


class NoteAdded(Data):
    """An officer wrote a note for colleagues; it lies in the vault."""

    type: ClassVar[str] = "zi.intake.note_added"

    items: Items


class AttachmentAdded(Data):
    """A file was added to the case; it lies in the vault."""

    type: ClassVar[str] = "zi.intake.attachment_added"

    media_type: ShortText
    size: Annotated[int, Field(ge=0)]
    items: Items


class DataKept(Data):
    """Another service, the message's actor, put something of the case into the vault."""

    type: ClassVar[str] = "zi.intake.data_kept"

    items: Items


class PersonalDataOpened(Data):
    """Somebody of the office, or a service of it, opened vault items for a stated purpose.

    `since` is when the hour began in which the same actor, in this role and for this purpose, may see them again without another
    event. Messages without it are from before: there every look was one.
    """

    type: ClassVar[str] = "zi.intake.personal_data_opened"

    purpose: Slug
    items: tuple[UUID, ...]
    since: AwareDatetime | None = None


class OpeningsCounted(Data):
    """The number of times that `official` saw the opened items again, in the hour that began at `since` with the event `opening`."""

    type: ClassVar[str] = "zi.intake.openings_counted"

    opening: UUID
    official: ShortText
    role: ShortText
    purpose: Slug
    since: AwareDatetime
    count: Annotated[int, Field(ge=1)]


class OpeningsLimited(Data):
    """The actor tried to open personal data more often than the office allows (`limit` times an hour) and was refused; recorded once
    an hour."""

    type: ClassVar[str] = "zi.intake.openings_limited"

    limit: Annotated[int, Field(ge=1)]


class ErasureRequested(StatusData):
    """An official asked for the personal data of the case to be erased; another one decides."""

    type: ClassVar[str] = "zi.intake.erasure_requested"

    reason: ErasureReason


class ErasureRefused(StatusData):
    """A second official refused the erasure; nothing was erased."""

    type: ClassVar[str] = "zi.intake.erasure_refused"

    reason: RefusalReason


class DataSubjectErased(StatusData):
    """A second official agreed: all personal data of the case is unreadable for good, and the case is over.

    `person_ref` is the reference that the contact loses with it: what is filed under it later has another.
    """

    type: ClassVar[str] = "zi.intake.data_subject_erased"

    reason: ErasureReason
    asked_by: ShortText
    person_ref: PersonRef | None = None


class DisclosureRequested(StatusData):
    """Somebody who does not handle a confidential case asked to see its personal data; a second person of another line decides by
    `answer_by`."""

    type: ClassVar[str] = "zi.intake.disclosure_requested"

    disclosure: UUID
    reason: DisclosureReason
    answer_by: AwareDatetime


class DisclosureConsented(StatusData):
    """A second person agreed: `asked_by` may open the personal data of the case until `open_until`."""

    type: ClassVar[str] = "zi.intake.disclosure_consented"

    disclosure: UUID
    asked_by: ShortText
    open_until: AwareDatetime


class DisclosureRefused(StatusData):
    """A second person refused; nothing was opened for `asked_by`."""

    type: ClassVar[str] = "zi.intake.disclosure_refused"

    disclosure: UUID
    asked_by: ShortText


class DisclosureExpired(StatusData):
    """Nobody decided about the request in time, so that it is over; nothing was opened for `asked_by`."""

    type: ClassVar[str] = "zi.intake.disclosure_expired"

    disclosure: UUID
    asked_by: ShortText


class CodeRequested(StatusData):
    """Somebody who knows the ticket asked for a new code; the link in the mail to the confirmed address works from `opens_at` until
    `open_until`."""

    type: ClassVar[str] = "zi.intake.code_requested"

    opens_at: AwareDatetime
    open_until: AwareDatetime


class CodeReplaced(StatusData):
    """A new code was made by the link; the one before it opens the case no more."""

    type: ClassVar[str] = "zi.intake.code_replaced"


class CodeReplacementStopped(StatusData):
    """Whoever has the code or the link stopped new codes for the case, for good."""

    type: ClassVar[str] = "zi.intake.code_replacement_stopped"


class WebPushAgreed(StatusData):
    """The citizen agreed on the page of the case that a browser gets its notices; the address of the browser is in the vault alone."""

    type: ClassVar[str] = "zi.intake.web_push_agreed"

    items: Items


class WebPushEnded(StatusData):
    """No browser gets notices about the case any more: the citizen ended them, or the push service knows the browser no more."""

    type: ClassVar[str] = "zi.intake.web_push_ended"


class WordsAdded(StatusData):
    """The citizen added words while the office works on the case: more, a correction, or an objection to how it is handled."""

    type: ClassVar[str] = "zi.intake.words_added"

    kind: AddedWords
    items: Items


class AnswerRated(StatusData):
    """The citizen said whether the answer helped; a later rating takes the place of this one."""

    type: ClassVar[str] = "zi.intake.answer_rated"

    rating: AnswerRating


MODELS: tuple[type[Data], ...] = (
    ComplaintFiled,
    ConsultationFiled,
    InformationRequested,
    SuggestionMade,
    CertificateRequested,
    MentoringRequested,
    BusinessNumberGiven,
    CaseAcknowledged,
    CaseAssigned,
    CaseTriaged,
    ClarificationAsked,
    CitizenReplied,
    CaseAnswered,
    CaseClosed,
    CaseReopened,
    MovedToAppointed,
    TimeExtended,
    CaseWithdrawn,
    DeadlineMissed,
    CaseLinked,
    CaseUnlinked,
    PublicationProposed,
    IncidentPublished,
    PublicationEnded,
    VisitRecorded,
    CaseReferred,
    ContactDecided,
    AnswerDrafted,
    DraftReturned,
    NoteAdded,
    AttachmentAdded,
    DataKept,
    PersonalDataOpened,
    OpeningsCounted,
    OpeningsLimited,
    ErasureRequested,
    ErasureRefused,
    DataSubjectErased,
    DisclosureRequested,
    DisclosureConsented,
    DisclosureRefused,
    DisclosureExpired,
    CodeRequested,
    CodeReplaced,
    CodeReplacementStopped,
    WebPushAgreed,
    WebPushEnded,
    WordsAdded,
    AnswerRated,
)
