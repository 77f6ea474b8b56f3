"""The wording of import and export letters: title and statement of each kind, labels of the lines, positions of signatories.

A letter that is signed keeps the wording that its content has; a changed one is a new version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zi_contracts.text import VisibleText
from zi_rules.certificate.kind import CertificateKind
from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import Editions

CERTIFICATE_LETTER_WORDING = "certificate_letter_wording"
Line = Annotated[str, Field(min_length=1, max_length=300), VisibleText()]


class LetterText(BaseModel):
    """One line of a letter in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Line
    en: Line


class LetterLabels(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    application: LetterText
    goods: LetterText
    origin: LetterText
    destination: LetterText
    port_of_entry: LetterText
    port_of_destination: LetterText
    invoice: LetterText
    transport: LetterText
    replaces: LetterText


class SignatoryPositions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: Line
    acting: Line
    signer: Line


class LetterWording(Configured, Sourced):
    titles: Mapping[CertificateKind, LetterText]
    statements: Mapping[CertificateKind, LetterText]
    labels: LetterLabels
    positions: SignatoryPositions

    @model_validator(mode="after")
    def _has_every_kind(self) -> Self:
        tables = {"titles": self.titles, "statements": self.statements}
        missing = [
            f"{name}.{kind}"
            for name, table in tables.items()
            for kind in CertificateKind
            if kind not in table
        ]
        if missing:
            raise ValueError(f"word these in both languages: {', '.join(missing)}")
        return self


def load_letter_wording(office_folder: Path | None = None) -> Editions[LetterWording]:
    """Load the wording that new letters are signed with. Raises UnusableConfigurationError."""
    file = f"{CERTIFICATE_LETTER_WORDING}.toml"
    configuration = read_file(CERTIFICATE_LETTER_WORDING, file, office_folder)
    return Editions(LetterWording, CERTIFICATE_LETTER_WORDING, [configuration])
