"""Messages about service standards: their drafts, consultations, adoption by the head, reviews and end."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText, Slug

LARGEST_TERMS = 24 * 1024  # bytes of a standard's terms, so that the message has room for the rest
StandardVersion = Annotated[int, Field(ge=1)]
StandardTerms = Annotated[str, Field(min_length=2, max_length=LARGEST_TERMS)]
PublicReference = ShortText
DraftOrigin = Literal["rules", "in_force", "blank"]
ConsultationManner = Literal["comment_period", "forum"]
ConsultationWaiver = Literal["higher_law", "clear_error"]
DraftEnd = Literal["not_needed", "begun_anew", "not_agreed"]
StandardEnd = Literal["higher_law", "issued_in_error", "service_ended", "lawful_order"]
ReviewOutcome = Literal["stays", "to_be_changed"]


class _OfDraft(Data):
    # `digest` is that of the draft's terms at this moment.
    service: Slug
    id: ShortText
    digest: Sha256Hex


class _OfStandard(Data):
    service: Slug
    id: ShortText
    version: StandardVersion
    digest: Sha256Hex


class StandardDrafted(_OfDraft):
    """A draft was begun; `after` is the version that it is to follow, 0 where nothing was published before."""

    type: ClassVar[str] = "zi.integrity.standard_drafted"

    origin: DraftOrigin
    after: Annotated[int, Field(ge=0)]


class StandardRevised(_OfDraft):
    """The text of a draft was changed; `follows` are the proposals of the public that the change follows."""

    type: ClassVar[str] = "zi.integrity.standard_revised"

    after: Annotated[int, Field(ge=0)]
    follows: tuple[PublicReference, ...] = ()


class StandardConsultationOpened(_OfDraft):
    """The public is asked about exactly this text until the end of `until`."""

    type: ClassVar[str] = "zi.integrity.standard_consultation_opened"

    manner: ConsultationManner
    forum: PublicReference | None = None
    until: date


class StandardConsultationClosed(_OfDraft):
    type: ClassVar[str] = "zi.integrity.standard_consultation_closed"

    summary: Annotated[str, Field(min_length=1, max_length=2000)]


class StandardDraftWithdrawn(_OfDraft):
    type: ClassVar[str] = "zi.integrity.standard_draft_withdrawn"

    reason: DraftEnd


class StandardAdopted(_OfStandard):
    """The head adopted a standard: services decide by `content`, its terms as canonical JSON, from `effective_from` on.

    `digest` is the SHA-256 of `content`; `number` is that of the letter which shows it, `letter` its id. `changed_components` are what a text
    that follows proposals changes; `unnamed_reason` says why, where no proposal names them."""

    type: ClassVar[str] = "zi.integrity.standard_adopted"

    effective_from: date
    effective_to: date | None = None
    number: ShortText | None = None
    letter: UUID | None = None
    content: StandardTerms
    follows: tuple[PublicReference, ...] = ()
    waiver: ConsultationWaiver | None = None
    waiver_statement: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    changed_components: tuple[Slug, ...] = ()
    unnamed_reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class StandardWithdrawn(_OfStandard):
    """An adopted standard ended: what is begun from now on is judged by the version that was in force before it."""

    type: ClassVar[str] = "zi.integrity.standard_withdrawn"

    reason: StandardEnd


class StandardReviewed(_OfStandard):
    """A yearly review of a standard; the next one is due on `next_due`."""

    type: ClassVar[str] = "zi.integrity.standard_reviewed"

    outcome: ReviewOutcome
    next_due: date


class StandardReviewDue(_OfStandard):
    type: ClassVar[str] = "zi.integrity.standard_review_due"

    due: date


class StandardReviewOverdue(_OfStandard):
    type: ClassVar[str] = "zi.integrity.standard_review_overdue"

    due: date


MODELS: tuple[type[Data], ...] = (
    StandardDrafted,
    StandardRevised,
    StandardConsultationOpened,
    StandardConsultationClosed,
    StandardDraftWithdrawn,
    StandardAdopted,
    StandardWithdrawn,
    StandardReviewed,
    StandardReviewDue,
    StandardReviewOverdue,
)
