"""The wording of the letters by which the office binds itself before the public: decisions on standards, the pledge, minutes of forums.

A letter that is signed keeps the wording that its content has; a changed one is a new version."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import Code, Editions

OFFICE_LETTER_WORDING = "office_letter_wording"
WordingLine = Annotated[str, Field(min_length=1, max_length=300)]


class OfficeLetterKind(StrEnum):
    SERVICE_STANDARD = "service_standard"
    MAKLUMAT = "maklumat"
    BERITA_ACARA = "berita_acara"


class WordingText(BaseModel):
    """One line of a letter in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: WordingLine
    en: WordingLine


class OfficePositions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: WordingLine
    public: WordingLine


class OfficeLetterWording(Configured, Sourced):
    titles: Mapping[OfficeLetterKind, WordingText]
    statements: Mapping[OfficeLetterKind, WordingText]
    labels: Mapping[Code, WordingText]
    positions: OfficePositions

    @model_validator(mode="after")
    def _has_every_kind(self) -> Self:
        tables = {"titles": self.titles, "statements": self.statements}
        missing = [
            f"{name}.{kind}"
            for name, table in tables.items()
            for kind in OfficeLetterKind
            if kind not in table
        ]
        if missing:
            raise ValueError(f"word these in both languages: {', '.join(missing)}")
        return self


def load_office_letter_wording(office_folder: Path | None = None) -> Editions[OfficeLetterWording]:
    """Load the wording that new letters are signed with. Raises UnusableConfigurationError."""
    file = f"{OFFICE_LETTER_WORDING}.toml"
    configuration = read_file(OFFICE_LETTER_WORDING, file, office_folder)
    return Editions(OfficeLetterWording, OFFICE_LETTER_WORDING, [configuration])
