"""Messages about the letters of mentoring, which are sealed files with a number; their subject is the ticket of their case."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText
from zi_contracts.vault import ItemRef

# sr: surat rujukan; ipc: izin penerapan CPPOB; spt: surat perintah tugas, whose subject is that of trips.
MentoringLetterSeries = Literal["sr", "ipc", "spt"]
MentoringLetterKind = Literal["pirt_referral", "cppob_permit", "trip_assignment"]


class MentoringLetterIssued(Data):
    """The register issued a letter: its number is the series, the year and this message's `version`, without gap or repeat.

    `content` and `template` are digests, `item` the content in the vault; the signer is the official who gave it."""

    type: ClassVar[str] = "zi.umkm.mentoring_letter_issued"

    number: ShortText
    series: MentoringLetterSeries
    year: Annotated[int, Field(ge=2000, le=9999)]
    kind: MentoringLetterKind
    letter: UUID
    signer: ShortText
    template: Sha256Hex
    content: Sha256Hex
    item: ItemRef


class _LetterFile(Data):
    number: ShortText
    letter: UUID
    file: Sha256Hex
    item: ItemRef
    holds_until: AwareDatetime | None = None


class MentoringLetterSealed(_LetterFile):
    """The letter's file is signed and can be fetched: the digest of the one file that is valid, and where it lies in the vault."""

    type: ClassVar[str] = "zi.umkm.mentoring_letter_sealed"


class MentoringLetterRenewed(_LetterFile):
    """The letter's file got another archive timestamp, and nothing else: it begins with the file that it had before.

    `holds_until` is when the certificate of the timestamp ends, so that the next renewal is due before."""

    type: ClassVar[str] = "zi.umkm.mentoring_letter_renewed"


MODELS: tuple[type[Data], ...] = (MentoringLetterIssued, MentoringLetterSealed, MentoringLetterRenewed)
