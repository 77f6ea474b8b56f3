"""Answers of the API about the master data of a company; programs of others read them: fields may only be added."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from zi_certificates.domain.master_content import MasterContent, MasterKind, MasterOrigin, UsedEntry


class MasterVersionAnswer(BaseModel):
    """`stored` names the texts that are in the vault; `origin` is the mentoring case that the version came from."""

    revision: int
    content: MasterContent
    stored: list[str]
    digest: str
    origin: MasterOrigin | None
    at: datetime


class MasterEntryAnswer(BaseModel):
    """`newest` is the version that an application uses from now on."""

    entry: UUID
    kind: MasterKind
    retired: bool
    newest: MasterVersionAnswer


class MasterHistoryAnswer(MasterEntryAnswer):
    """`versions` are the newest first."""

    versions: list[MasterVersionAnswer]


class MasterListAnswer(BaseModel):
    """One page of the company's entries; `total` counts all that are found."""

    total: int
    entries: list[MasterEntryAnswer]


class OfferedProductAnswer(BaseModel):
    """`number` was looked up by an official."""

    product: int
    number: str


class ProductOfferAnswer(BaseModel):
    """Products that the business of a mentoring case hands over; once it is `ended`, nothing more is taken over."""

    case: str
    products: list[OfferedProductAnswer]
    at: datetime
    ended: datetime | None


class UsedVersionAnswer(BaseModel):
    """A version that the application was filled in from; `differs` are fields of the product that it states in another way."""

    used: UsedEntry
    version: MasterVersionAnswer
    differs: list[str]


class MasterDoneAnswer(BaseModel):
    """`event_id` is None where nothing changed."""

    entry: UUID
    revision: int
    retired: bool
    event_id: UUID | None
