"""What the API answers; the shapes are promised to strangers, fields may only be added."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from zi_intake.tracking import DeliveryState, Spoken, TimelineStep, WordsShown


class FiledLinks(BaseModel):
    track: str
    receipt: str


class FiledAnswer(BaseModel):
    """Whoever has ticket and code has the case; the code is said here and never again unless the filing is repeated."""

    ticket: str
    code: str
    event_id: UUID
    state: Literal["filed"] = "filed"
    due: datetime
    promise: str
    links: FiledLinks


class DoneAnswer(BaseModel):
    """`event_id` and `promise` are null when the command repeated an earlier one and changed nothing."""

    ticket: str
    state: str
    holder: str
    due: datetime
    event_id: UUID | None
    promise: str | None


class CaseAnswer(BaseModel):
    """`words` says why there are no messages: they were erased, or can't be shown for a moment."""

    ticket: str
    kind: str
    state: str
    due: datetime
    holder: str
    timeline: list[TimelineStep]
    messages: list[Spoken]
    words: WordsShown = "shown"
    deliveries: list[DeliveryState]


class ListedCase(BaseModel):
    ticket: str
    kind: str
    category: str
    district: str
    state: str
    holder: str
    officer: str | None
    received: datetime
    due: datetime
    overdue: bool
    erasure: Literal["asked", "done"] | None


class TokenAnswer(BaseModel):
    token: str
    expires_in: int


class OpenedField(BaseModel):
    """`content` is base64 and `text` null for files."""

    item: UUID
    field: str
    text: str | None
    media_type: str | None
    content: str | None


class OpenedAnswer(BaseModel):
    ticket: str
    fields: list[OpenedField]
