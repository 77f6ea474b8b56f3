"""Messages between a device and the office about visits.

Every answer and file has an id that the device made, so that none is taken twice; a refused one is named with its reason.
"""

from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from zi_chassis.web.language import msgid
from zi_contracts.text import LINES, ONE_LINE
from zi_contracts.umkm import RuleVersion, Side
from zi_rules.mentoring.assessment import AnswerValue
from zi_rules.provenance import Text
from zi_rules.version import Code
from zi_umkm.domain.limits import DEVICE_NOTE_LENGTH, MOST_ANSWERS, MOST_REPLACED

Ticket = Annotated[str, StringConstraints(min_length=1, max_length=32), ONE_LINE]
Note = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=DEVICE_NOTE_LENGTH), LINES
]


def _in_every_zone(claimed: datetime) -> datetime:
    """Refuse a time that can't be shown in every zone; a device's clock may be wrong by centuries."""
    if not MINYEAR < claimed.year < MAXYEAR:
        raise ValueError(msgid("Give a time that every calendar has."))
    return claimed


DeviceTime = Annotated[AwareDatetime, AfterValidator(_in_every_zone)]
Fate = Literal["taken", "known", "refused"]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SentAnswer(_Body):
    """`replaces` are the person's own answers to the item that the device showed; its time is a claim."""

    id: UUID
    item: Code
    outcome: AnswerValue
    grade: Code | None = None
    note: Note | None = None
    replaces: Annotated[tuple[UUID, ...], Field(max_length=MOST_REPLACED)] = ()
    device_time: DeviceTime


class SyncBody(_Body):
    """Begins the visit if nobody has: also without an answer, which is how one is prepared."""

    case: Ticket
    checklist: RuleVersion
    answers: Annotated[tuple[SentAnswer, ...], Field(max_length=MOST_ANSWERS)] = ()


class FileForm(_Body):
    """A photo, of one item or of none, or the signature of a side under the answers that the device showed."""

    id: UUID
    case: Ticket
    kind: Literal["photo", "signature"]
    item: Code | None = None
    side: Side | None = None
    answers: Annotated[tuple[UUID, ...], Field(max_length=MOST_REPLACED)] = ()
    device_time: DeviceTime
    file: UploadFile


class SettleBody(_Body):
    """The answer that counts of several to one item."""

    case: Ticket
    item: Code
    answer: UUID


class SentAnswerFate(BaseModel):
    """`known` was taken before; what is refused has a reason that stays the same, and a sentence."""

    id: UUID
    fate: Fate
    reason: str | None = None
    detail: str | None = None


class StandingAnswer(BaseModel):
    """An answer that nobody has replaced or decided against; notes lie in the vault and are not told here."""

    id: UUID
    item: str
    outcome: AnswerValue
    grade: str | None
    own: bool
    device_time: AwareDatetime


class VisitAnswer(BaseModel):
    """The state of a visit: answers that count, answers in dispute, and what is missing or not signed by both."""

    visit: UUID
    case: str
    checklist: RuleVersion
    standing: list[StandingAnswer]
    in_dispute: list[str]
    unanswered: list[str]
    unsigned: list[str] = []
    signed: list[Side]
    photos: int
    finished: bool


class SyncAnswer(VisitAnswer):
    answers: list[SentAnswerFate]


class FileAnswer(BaseModel):
    id: UUID
    fate: Fate
    signed: list[Side]
    photos: int


# -- what is taken along


class PreparedVisit(BaseModel):
    visit: UUID
    case: str
    nickname: str | None = None
    district: str
    checklist: RuleVersion
    finished: bool


class MentoredCase(BaseModel):
    """A case of which a visit can be prepared, with the checklist in force; `nickname` is what its business calls itself."""

    case: str
    nickname: str | None = None
    district: str
    checklist: RuleVersion


class NamedPart(BaseModel):
    code: str
    name: Text


class SyncedChecklistItem(BaseModel):
    code: str
    aspect: str
    text: Text
    grades: list[str]
    may_not_apply: bool


class SyncedChecklist(BaseModel):
    """With its words in both languages; `fulfilled` is what is answered where all is well."""

    id: str
    version: int
    title: Text
    fulfilled: Literal["yes", "no"]
    grades: list[NamedPart]
    aspects: list[NamedPart]
    items: list[SyncedChecklistItem]


class CarriedTrip(BaseModel):
    """An approved trip of the person: its own cases are taken along together."""

    trip: UUID
    district: str
    begins: date
    ends: date
    cases: list[str]


class VisitsAnswer(BaseModel):
    """For `actor`, who is signed in: the own visits, cases and trips, and every checklist that one of them needs."""

    actor: str
    visits: list[PreparedVisit]
    cases: list[MentoredCase]
    checklists: list[SyncedChecklist]
    trips: list[CarriedTrip] = []
