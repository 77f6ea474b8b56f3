"""Messages about the letters of the integrity zone: decisions on standards, pledges, minutes of forums."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText
from zi_contracts.vault import ItemRef

# sp: standar pelayanan, mp: maklumat pelayanan, ba: berita acara.
OfficeLetterSeries = Literal["sp", "mp", "ba"]
IssuedKind = Literal["service_standard", "maklumat", "berita_acara"]


class OfficeLetterIssued(Data):
    """The register issued a letter: its number is the series, the year and this message's `version`, without gap or repeat.

    `matter` is the aggregate that the letter is about; `content` and `template` are digests, `item` the content in the vault."""

    type: ClassVar[str] = "zi.integrity.office_letter_issued"

    series: OfficeLetterSeries
    year: Annotated[int, Field(ge=2000, le=9999)]
    number: ShortText
    letter: UUID
    kind: IssuedKind
    matter: UUID
    content: Sha256Hex
    template: Sha256Hex
    signer: ShortText
    item: ItemRef


class OfficeLetterSealed(Data):
    """The letter's file is signed and can be fetched: the digest of the one file that is valid, and where it lies in the vault."""

    type: ClassVar[str] = "zi.integrity.office_letter_sealed"

    letter: UUID
    number: ShortText
    file: Sha256Hex
    item: ItemRef
    holds_until: AwareDatetime | None = None


class OfficeLetterRenewed(Data):
    """The letter's file got another archive timestamp, and nothing else: it begins with the file that it had before, whose digest stays valid.

    `holds_until` is when the certificate of the timestamp ends, so that the next renewal is due before."""

    type: ClassVar[str] = "zi.integrity.office_letter_renewed"

    letter: UUID
    number: ShortText
    file: Sha256Hex
    item: ItemRef
    holds_until: AwareDatetime | None


MODELS: tuple[type[Data], ...] = (OfficeLetterIssued, OfficeLetterSealed, OfficeLetterRenewed)
