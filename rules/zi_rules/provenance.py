"""The source of a value. An unverified value is the office's own setting and is never shown as law."""

import re
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field


class SourceStatus(StrEnum):
    VERIFIED = "verified"
    UNVERIFIED = "unverified"


# A regulation with number and year, or the address of a document.
CITED = re.compile(
    r"(?:UU|PP|Perpres|Permen[A-Za-z]+|PerBPOM|Perka|Peraturan [A-Z]\w+) \d+/\d{4}(?: jo \d+/\d{4})*(?: pasal \d+[A-Z]?)?"
    r"|https?://[^\s;,()]+"
)


def citations(source: str, status: SourceStatus) -> tuple[str, ...]:
    """Return what people read as the source of a value: the regulations and addresses in it, without the remarks of whoever looked for them;
    its first words where it names neither. What nobody has decided yet is no law and has none."""
    if status is not SourceStatus.VERIFIED:
        return ()
    return tuple(dict.fromkeys(CITED.findall(source))) or (re.split(r"[(;:]", source)[0].strip(),)


def public_source(source: str, status: SourceStatus) -> str | None:
    """Return the citations as one text."""
    return "; ".join(citations(source, status)) or None


def cited_by_host(citation: str) -> tuple[str, str | None]:
    """Return the text that stands for a citation, and its address if it is one: on a phone the whole would fill the page."""
    return (urlsplit(citation).netloc, citation) if citation.startswith("http") else (citation, None)


class Sourced(BaseModel):
    """A rule and the document that it was read in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1)
    source_status: SourceStatus

    @property
    def citations(self) -> tuple[str, ...]:
        return citations(self.source, self.source_status)

    @property
    def public_source(self) -> str | None:
        return public_source(self.source, self.source_status)


class Text(BaseModel):
    """A text in the two languages of the public pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str
