"""What audit says: what it found wrong in the chains of those it heard, who looked at what, and that the log's key was replaced."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText, Slug

Position = Annotated[int, Field(ge=1)]
BreakKind = Literal[
    "missing",
    "repeated",
    "altered",
    "unreadable",
    "out_of_order",
    "unknown_sender",
    "wrong_lane",
    "wrong_type",
]


class ChainBreakFound(Data):
    """An entry of the log does not continue its sender's chain, or speaks in another's name: found at `index`, where `position` was
    claimed; `sender` is whose lane it came by."""

    type: ClassVar[str] = "zi.audit.chain_break_found"

    sender: Slug
    index: Annotated[int, Field(ge=0)]
    position: Position | None = None
    expected: Sha256Hex | None = None
    found: Sha256Hex | None = None
    kind: BreakKind


class Looked(Data):
    """An auditor was shown something, the first time in ten minutes for this purpose: at the case that is the message's subject, or
    at the ledger at large."""

    type: ClassVar[str] = "zi.audit.looked"

    purpose: Slug
    kind: Slug


class LooksCounted(Data):
    """What the auditor was shown in the same ten minutes, which began with the look at `since`, after that first look: how often
    what."""

    type: ClassVar[str] = "zi.audit.looks_counted"

    auditor: ShortText
    purpose: Slug
    since: AwareDatetime
    counts: dict[Slug, Annotated[int, Field(ge=1)]]


class LogKeyRotated(Data):
    """From here on the log is signed by the new key; for a while the old one signs too."""

    type: ClassVar[str] = "zi.audit.log_key_rotated"

    old_vkey: ShortText
    new_vkey: ShortText


MODELS: tuple[type[Data], ...] = (ChainBreakFound, Looked, LooksCounted, LogKeyRotated)
