"""What audit says: what it found wrong in the chains of those it heard."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, Slug

Position = Annotated[int, Field(ge=1)]
BreakKind = Literal["missing", "repeated", "altered", "unreadable", "out_of_order", "unknown_sender"]


class ChainBreakFound(Data):
    """An entry of the log does not continue its sender's chain: found at `index`, where `position` was claimed."""

    type: ClassVar[str] = "zi.audit.chain_break_found"

    sender: Slug
    index: Annotated[int, Field(ge=0)]
    position: Position | None = None
    expected: Sha256Hex | None = None
    found: Sha256Hex | None = None
    kind: BreakKind


MODELS: tuple[type[Data], ...] = (ChainBreakFound,)
