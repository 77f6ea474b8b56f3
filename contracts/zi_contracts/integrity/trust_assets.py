"""Messages about assets of trust: that an official has done something that integrity asks of everybody, or not; a date and nothing more."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zi_contracts.data import Data
from zi_contracts.message import ShortText

TrustAssetKind = Literal["lhkpn", "lhkasn", "training", "code_of_conduct", "interests"]


class TrustAssetRecorded(Data):
    """Of an official and a year: done on this day, or not done."""

    type: ClassVar[str] = "zi.integrity.trust_asset_recorded"

    official: ShortText
    kind: TrustAssetKind
    year: Annotated[int, Field(ge=2000, le=2100)]
    done_on: date | None = None


MODELS: tuple[type[Data], ...] = (TrustAssetRecorded,)
