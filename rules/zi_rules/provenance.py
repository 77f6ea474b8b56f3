"""The source of a value. An unverified value is the office's own setting and is never shown as law."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class SourceStatus(StrEnum):
    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Sourced(BaseModel):
    """A rule and the document that it was read in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1)
    source_status: SourceStatus


class Text(BaseModel):
    """A text in the two languages of the public pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str
