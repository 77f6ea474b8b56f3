"""The bodies of requests: every field with its limits, refused with all bad fields named at once."""

import re
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import UploadFile
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from starlette.datastructures import UploadFile as UploadedFile

from zi_chassis.web.language import msgid
from zi_contracts.business import BusinessRef
from zi_contracts.intake import District
from zi_contracts.text import LINES, ONE_LINE, Line
from zi_contracts.umkm import EndReason, NicknameRemovalReason, NumberOutcome, QuestionDayReason, VerifiedBy
from zi_rules.mentoring.label_check import LabelFinding
from zi_rules.version import Code
from zi_umkm.domain.limits import API_NOTE_LENGTH, MOST_CODES, MOST_PLACES, MOST_PRODUCTS, NICKNAME_LENGTH
from zi_umkm.read.board import PAGE
from zi_umkm.read.columns import MOST_ROWS

FIRST_YEAR, LAST_YEAR = 2000, 2099

Note = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=API_NOTE_LENGTH), LINES
]
Ticket = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32), ONE_LINE]
# The provider's opaque name of an account is published: no space and no @, so that a name or an address can't slip in.
AccountName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[A-Za-z0-9._|:-]+$")
]
Kbli = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{5}$")]
RegistrationNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9 ./-]{4,40}$")
]
Number = Annotated[int, Field(ge=1, le=1_000, strict=True)]
Score = Annotated[int, Field(ge=0, le=100, strict=True)]


def _written(value: object) -> object:
    """Refuse numbers, which pydantic would take for a time."""
    if isinstance(value, datetime) or (
        isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}T", value, re.ASCII)
    ):
        return value
    raise ValueError(msgid("Write the time with its zone, for example 2026-12-31T09:00:00+08:00."))


def _a_file(value: object) -> object:
    if isinstance(value, UploadedFile):
        return value
    raise ValueError(msgid("Send the file itself here."))


def _of_our_days(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(msgid("Give a day of this century."))
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_our_days)]
File = Annotated[UploadFile, BeforeValidator(_a_file)]


class StrictBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# -- the business and its mentors


class ProductBody(StrictBody):
    """Without a number it is a new one. Its name goes into the vault; without one the name that was given before stays."""

    number: Number | None = None
    kind: Code
    traits: Annotated[tuple[Code, ...], Field(max_length=MOST_CODES)] = ()
    name: Line | None = None


class RestateBody(StrictBody):
    """The whole of what is made: a product that is left out is not made any more."""

    district: District
    kbli: Annotated[tuple[Kbli, ...], Field(max_length=MOST_CODES)] = ()
    products: Annotated[tuple[ProductBody, ...], Field(max_length=MOST_PRODUCTS)] = ()


class MentoringNoteBody(StrictBody):
    """`note` goes into the vault."""

    note: Note | None = None


class AddDocumentForm(StrictBody):
    """A file, which document of the rules it is, and the product that it speaks of: none if it is the business's."""

    document: Code
    product: Annotated[int, Field(ge=1, le=1_000)] | None = None
    file: File


class JudgedPartBody(StrictBody):
    """`remark` is for the business and goes into the vault; whatever does not apply needs one."""

    item: Code
    finding: LabelFinding
    remark: Note | None = None


class LabelBody(StrictBody):
    """`found` judges each part that has to be on the label. The short form names only the `parts` that are on it; all others are not."""

    product: Number
    parts: Annotated[frozenset[Code], Field(max_length=MOST_CODES)] = frozenset()
    found: Annotated[list[JudgedPartBody], Field(max_length=MOST_CODES)] = []

    @model_validator(mode="after")
    def _in_one_form(self) -> Self:
        items = [each.item for each in self.found]
        if (self.parts and items) or len(set(items)) < len(items):
            raise ValueError(msgid("Judge each part once, in one of the two forms."))
        return self


class LabelCheckBody(StrictBody):
    product: Number
    check: UUID


class LabelPhotoForm(StrictBody):
    """A photo of a part of the label, for the newest check of it."""

    product: Annotated[int, Field(ge=1, le=1_000)]
    check: UUID
    item: Code
    file: File


class AgreeBody(StrictBody):
    """The words go into the vault. Without `due` the rules' own time for corrections."""

    item: Code
    due: Moment | None = None
    cause: Note | None = None
    correction: Note | None = None
    plan: Note | None = None


class EvidenceForm(StrictBody):
    """A photo or a document that shows what was put right; `note` goes into the vault."""

    item: Code
    note: Note | None = None
    file: File


class VerifyBody(StrictBody):
    """`means` is how it was seen: needed for a critical finding. `note` is what was seen; it goes into the vault."""

    item: Code
    means: VerifiedBy | None = None
    note: Note | None = None


class ReopenActionBody(StrictBody):
    """`note` goes into the vault."""

    item: Code
    note: Note | None = None


class ProductNumberBody(StrictBody):
    product: Number


class ReturnRegistrationBody(StrictBody):
    """`note` goes into the vault."""

    product: Number
    note: Note | None = None


class RecordStateQuestionBody(StrictBody):
    """`due` is the end of the day that the state's letter names; the note goes into the vault."""

    product: Number
    due: Moment
    note: Note | None = None


NicknameText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=NICKNAME_LENGTH),
    ONE_LINE,
]


class FindByNameBody(StrictBody):
    """A part of the name that a business gave itself."""

    nickname: NicknameText
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = PAGE


class NicknameBody(StrictBody):
    """The name that officials see in their lists beside the ticket; null takes it back. No number of a person and no address."""

    nickname: NicknameText | None


class RemoveNicknameBody(StrictBody):
    reason: NicknameRemovalReason


class CorrectStateQuestionBody(StrictBody):
    """`due` is the end of the right day; the note says why, and goes into the vault."""

    question: UUID
    due: Moment
    reason: QuestionDayReason
    note: Note


class AnswerStateQuestionBody(StrictBody):
    question: UUID


class RecordNumberBody(StrictBody):
    """As it stands on the registration (MD and digits)."""

    product: Number
    number: RegistrationNumber


class CheckNumberBody(StrictBody):
    """`number` is the one that was looked up."""

    product: Number
    number: RegistrationNumber
    outcome: NumberOutcome


class CheckBusinessNumberBody(StrictBody):
    """`business_ref` stands in the case for the number that was looked up."""

    business_ref: BusinessRef
    outcome: NumberOutcome


class CloseMentoringBody(StrictBody):
    reason: EndReason


class ConsentBody(StrictBody):
    """`to` is the ticket of the request that may take over what was said here."""

    to: Ticket


# -- officials


class AssignMentorBody(StrictBody):
    """The mentor, by the identity provider's opaque name; a mentor takes a case with their own."""

    mentor: AccountName


class PermitStepBody(StrictBody):
    """`step` is the number of steps that the permit had had when the official looked at it: with it nothing newer is decided about."""

    step: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] | None = None


class ReturnPermitBody(PermitStepBody):
    """A note for the business about what has to be put right first; it goes into the vault."""

    note: Note


class DecideRevocationBody(PermitStepBody):
    """The reasons, for the business, which does not read those of the proposal; they go into the vault."""

    note: Note


class ObjectionBody(StrictBody):
    """Why the permit should stay, for whoever decides anew: officials who took part before don't read it. It goes into the vault."""

    note: Note


class FindFitBody(PermitStepBody):
    """`note` is for whoever signs, and not for the business; it goes into the vault."""

    note: Note | None = None


class ProposeRevocationBody(PermitStepBody):
    """A reason that the office has laid down, and words for whoever decides, which the business does not read; they go into the vault."""

    reason: Code
    note: Note


# -- trainings


class PlanBody(StrictBody):
    district: District
    topic: Code
    begins: Moment
    places: Annotated[int, Field(ge=1, le=MOST_PLACES, strict=True)]


class CaseBody(StrictBody):
    """`case` is the ticket."""

    case: Ticket


class AttendBody(StrictBody):
    """The scores of a business before and after a training, of a hundred."""

    case: Ticket
    before: Score | None = None
    after: Score | None = None
