"""The answers of the API. Strangers rely on their shapes: fields may only be added."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson
from fastapi.responses import Response
from pydantic import BaseModel

from zi_contracts.configuration import Pinned
from zi_contracts.intake import PinnedStandard
from zi_contracts.vault import ItemRef
from zi_intake.read.tracking import CaseMessage, DeliveryState, TextsShown, TrackedStep
from zi_rules.provenance import Text


class FiledLinks(BaseModel):
    track: str
    receipt: str


class FiledAnswer(BaseModel):
    """Ticket and code open the case; the code is in this answer alone, and in that to a repeat of the filing until it was replaced: then it
    is empty."""

    ticket: str
    code: str
    event_id: UUID
    state: Literal["filed"] = "filed"
    due: datetime
    promise: str
    links: FiledLinks


class SuggestedAnswer(BaseModel):
    """The answer to a suggestion; no time is promised for it."""

    ticket: str
    code: str
    event_id: UUID
    state: Literal["filed"] = "filed"
    promise: str
    links: FiledLinks


class EnteredAnswer(BaseModel):
    """Ticket and code of a case that an official entered, for the receipt that is handed over; no time is promised for a suggestion."""

    ticket: str
    code: str
    event_id: UUID
    state: Literal["filed"] = "filed"
    due: datetime | None
    promise: str
    links: FiledLinks


class EntryStateAnswer(BaseModel):
    """The state of a case for the system that entered it: no words, no names, nobody who works on it."""

    ticket: str
    state: str
    holder: str
    due: datetime | None


class PassedOnAnswer(BaseModel):
    """The answer to a request that another desk works on."""

    ticket: str
    code: str
    event_id: UUID
    state: Literal["passed_on"] = "passed_on"
    promise: str


class RequestedLinks(FiledLinks):
    application: str


class RequestedAnswer(PassedOnAnswer):
    """The answer to a request for letters; `application` is its address at the certificates desk."""

    links: RequestedLinks


class MentoringLinks(FiledLinks):
    mentoring: str


class MentoringAnswer(PassedOnAnswer):
    """The answer to a request to be mentored; `mentoring` is its address at the mentoring desk."""

    links: MentoringLinks


class DoneAnswer(BaseModel):
    """`event_id` and `promise` are null when the command repeated an earlier one and changed nothing; `due` of a case that
    another desk works on."""

    ticket: str
    state: str
    holder: str
    due: datetime | None
    event_id: UUID | None
    promise: str | None


class LinkedAnswer(DoneAnswer):
    """`incident` is the one in which the case is now."""

    incident: UUID | None


class ListedIncident(BaseModel):
    """The cases are counted as far as the official sees them."""

    incident: UUID
    title: str
    begun: datetime
    cases: int
    open_cases: int


class AttachedAnswer(DoneAnswer):
    """`item` is the reference of the stored file for other services; null where a request without a key repeated an earlier one."""

    item: ItemRef | None


class ElsewhereAnswer(BaseModel):
    """The status of a case at the other desk; null where the desk has not begun. Mentoring has no `due`."""

    address: str
    state: str | None
    holder: str | None
    due: datetime | None


class StandardAnswer(PinnedStandard):
    """The standard that the case was received under. `pinned` is `by_content` where the digests name the text of the standard, the
    calendar and the holidays, and `before_digests` where the case was received before they were recorded. `number` is that of the letter by
    which the office adopted the standard, null where it did not.
    """

    title: Text | None
    pinned: Pinned
    number: str | None


class AnswerFile(BaseModel):
    """A file that the office sent with an answer; its item opens it."""

    item: UUID
    at: datetime
    media_type: str
    size: int


class CaseAnswer(BaseModel):
    """`files` are those of the office's answers. `words` says why there are no messages: they were erased, or can't be shown for a moment.

    `due` and `standard` are null when another desk works on it: `application` is there for letters, `mentoring` for a mentored business.
    """

    ticket: str
    kind: str
    state: str
    due: datetime | None
    holder: str
    timeline: list[TrackedStep]
    messages: list[CaseMessage]
    words: TextsShown = "shown"
    deliveries: list[DeliveryState]
    standard: StandardAnswer | None = None
    application: ElsewhereAnswer | None = None
    mentoring: ElsewhereAnswer | None = None
    files: list[AnswerFile] = []


class ListedCase(BaseModel):
    ticket: str
    kind: str
    category: str
    district: str
    state: str
    holder: str
    officer: str | None
    received: datetime
    acknowledge_by: datetime | None
    due: datetime | None
    overdue: bool
    erasure: Literal["asked", "done"] | None
    emergency: bool
    judge_by: datetime | None
    subject: str | None


class ListedOfficer(BaseModel):
    account: str
    open_cases: int


class WorkHandedOverAnswer(BaseModel):
    """`refused` are the cases that can't be handed over at once; they count among those that are `left`."""

    tickets: list[str]
    refused: list[str]
    left: int


class TokenAnswer(BaseModel):
    token: str
    expires_in: int


class OpenedField(BaseModel):
    """An opened field; of a file `content` is base64 and `text` is null."""

    item: UUID
    field: str
    text: str | None
    media_type: str | None
    content: str | None


class OpenedAnswer(BaseModel):
    """`missing` are files that can't be opened now; it can be tried again."""

    ticket: str
    fields: list[OpenedField]
    missing: list[UUID]


def as_page(rows: Iterable[BaseModel], total: int, onward: str | None) -> Response:
    """Answer with a page of a list. X-Total-Count counts all of it; `onward` is the address of the next page (RFC 8288), None on the last one."""
    headers = {"X-Total-Count": str(total)}
    if onward is not None:
        headers["Link"] = f'<{onward}>; rel="next"'
    listed = [each.model_dump(mode="json") for each in rows]
    return Response(orjson.dumps(listed), media_type="application/json", headers=headers)


def as_json(answer: BaseModel, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, media_type="application/json")
