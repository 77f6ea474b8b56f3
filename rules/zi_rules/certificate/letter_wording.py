"""The wording of import and export letters: title, statement, basis, validity and layout of each kind, labels of the lines, letterhead,
form of the number, positions of signatories.

A letter that is signed keeps the wording that its content has; a changed one is a new version."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from zi_contracts.text import VisibleText
from zi_rules.certificate.amendments import AmendableField
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import LetterRule
from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced, SourceStatus
from zi_rules.version import ContentLookup, Editions, no_content

NUMBER_PLACES = frozenset({"number", "series", "year", "sequence"})
CERTIFICATE_LETTER_WORDING = "certificate_letter_wording"
Line = Annotated[str, Field(min_length=1, max_length=300), VisibleText()]


class LetterText(BaseModel):
    """One line of a letter in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Line
    en: Line


AMENDED_FIELDS: Mapping[AmendableField, LetterText] = {
    AmendableField.BATCH: LetterText(id="Bets", en="Batch"),
    AmendableField.QUANTITY: LetterText(id="Jumlah", en="Quantity"),
    AmendableField.PACK: LetterText(id="Kemasan", en="Pack"),
    AmendableField.MANUFACTURED: LetterText(id="Tanggal produksi", en="Date of manufacture"),
    AmendableField.EXPIRES: LetterText(id="Tanggal kedaluwarsa", en="Expiry date"),
    AmendableField.ANALYSIS: LetterText(id="Sertifikat analisis", en="Certificate of analysis"),
    AmendableField.INVOICE: LetterText(id="Faktur", en="Invoice"),
    AmendableField.TRANSPORT_DOCUMENT: LetterText(id="Dokumen angkut", en="Transport document"),
    AmendableField.PORT: LetterText(id="Pelabuhan", en="Port"),
    AmendableField.COUNTRY: LetterText(id="Negara", en="Country"),
    AmendableField.ARRIVES: LetterText(id="Hari tiba", en="Day of arrival"),
    AmendableField.ANNEX_FIELDS: LetterText(
        id="Keterangan untuk negara tujuan", en="What the country of destination asks for"
    ),
    AmendableField.PARTIES: LetterText(id="Produsen atau penerima barang", en="Producer or consignee"),
}


class LetterLabels(BaseModel):
    """Those with a default came later than the first wordings."""

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
    arrival: LetterText = LetterText(id="Hari tiba barang", en="Day of arrival")
    amended: LetterText = LetterText(
        id="Yang berubah dari surat itu (nomor baris produk)",
        en="Changed from that letter (row of the product)",
    )
    amended_fields: Mapping[AmendableField, LetterText] = {}
    producer: LetterText = LetterText(id="Produsen", en="Producer")
    consignee: LetterText = LetterText(id="Penerima barang", en="Consignee")
    refused: LetterText = LetterText(
        id="Ditolak, tidak termasuk dalam surat ini", en="Refused, not part of this letter"
    )
    signatures: LetterText = LetterText(id="Tanda tangan", en="Signatures")
    validity_undecided: LetterText = LetterText(
        id="Tidak ditetapkan oleh kantor ini", en="Not decided by this office"
    )

    def amended_field(self, field: AmendableField) -> LetterText:
        return self.amended_fields.get(field, AMENDED_FIELDS[field])


class SignatoryPositions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: Line
    acting: Line
    signer: Line


class KnownSignatory(BaseModel):
    """An official as letters name them; `position` takes the place of the one that the role has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    official: Line
    position: Line | None = None
    nip: Annotated[str, Field(pattern=r"^[0-9]{18}$")] | None = None


class ValidityText(LetterRule):
    """The sentence on validity of a letter without a last day; `ends_with_shipment`: it holds for one shipment and for no second one."""

    text: LetterText
    ends_with_shipment: bool = False


class LegalBasis(LetterRule):
    """A regulation that letters name. Only one that was seen is named."""

    text: LetterText

    @field_validator("source_status")
    @classmethod
    def _was_seen(cls, status: SourceStatus) -> SourceStatus:
        if status is not SourceStatus.VERIFIED:
            raise ValueError("a letter names no regulation as its basis that nobody has verified")
        return status


class LetterHeading(BaseModel):
    """The head of the first page, in place of the name and address that the office is set up with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    address: Line
    lines: Annotated[tuple[Line, ...], Field(max_length=5)] = ()


class LetterLayout(StrEnum):
    """Place the two languages on a page one after the other, or side by side, as foreign authorities want it."""

    INDONESIAN_FIRST = "indonesian_first"
    SIDE_BY_SIDE = "side_by_side"


class NumberFormat(Sourced):
    """The office's way to write a letter's number; the register's own is printed beside it, because letters are verified by that one."""

    pattern: Line

    @field_validator("pattern")
    @classmethod
    def _stays_unique(cls, pattern: str) -> str:
        places = re.findall(r"\{([^{}]*)\}", pattern)
        if unknown := sorted(set(places) - NUMBER_PLACES):
            raise ValueError(
                f"a number has no {', '.join(unknown)}: it has {', '.join(sorted(NUMBER_PLACES))}"
            )
        if "number" not in places and not {"series", "year", "sequence"} <= set(places):
            raise ValueError(
                "write {number}, or each of {series}, {year} and {sequence}: two letters would have one number"
            )
        return pattern


class LetterWording(Configured, Sourced):
    titles: Mapping[CertificateKind, LetterText]
    statements: Mapping[CertificateKind, LetterText]
    labels: LetterLabels
    positions: SignatoryPositions
    signatories: tuple[KnownSignatory, ...] = ()
    validity: tuple[ValidityText, ...] = ()
    legal_bases: tuple[LegalBasis, ...] = ()
    letterhead: LetterHeading | None = None
    layouts: Mapping[CertificateKind, LetterLayout] = Field(default_factory=dict)
    numbering: NumberFormat | None = None

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

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        pairs = [(kind, goods) for each in self.validity for kind in each.kinds for goods in each.goods]
        if repeated := sorted({pair for pair in pairs if pairs.count(pair) > 1}):
            kind, goods = repeated[0]
            raise ValueError(f"state only one validity for {kind} of {goods}")
        officials = [each.official for each in self.signatories]
        if len(set(officials)) < len(officials):
            raise ValueError("name each signatory once")
        return self

    def signatory(self, official: str) -> KnownSignatory | None:
        return next((each for each in self.signatories if each.official == official), None)

    def validity_of(self, kind: CertificateKind, goods: Goods) -> ValidityText | None:
        return next((each for each in self.validity if each.covers(kind, goods)), None)

    def ends_with_shipment(self, kind: CertificateKind, goods: Goods) -> bool:
        """Return whether such a letter holds for one shipment, however long ago that arrived."""
        validity = self.validity_of(kind, goods)
        return validity is not None and validity.ends_with_shipment

    def bases_of(self, kind: CertificateKind, goods: Goods) -> Sequence[LegalBasis]:
        return [each for each in self.legal_bases if each.covers(kind, goods)]

    def layout_of(self, kind: CertificateKind) -> LetterLayout:
        return self.layouts.get(kind, LetterLayout.INDONESIAN_FIRST)


def load_letter_wording(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[LetterWording]:
    """Load the wording that new letters are signed with. Raises UnusableConfigurationError."""
    file = f"{CERTIFICATE_LETTER_WORDING}.toml"
    configuration = read_file(CERTIFICATE_LETTER_WORDING, file, office_folder)
    return Editions(LetterWording, CERTIFICATE_LETTER_WORDING, [configuration], content_of)
