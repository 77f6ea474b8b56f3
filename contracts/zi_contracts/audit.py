"""Messages of audit: anomalies in the chains of the senders and the decisions of operators about them, looks of auditors, new keys of the
log, and its policies."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText, Slug

MOST_FOREIGN = 150  # in one message; a flood takes several
LONGEST_POLICY = 16_000

Position = Annotated[int, Field(ge=1)]
Index = Annotated[int, Field(ge=0)]
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
    index: Index
    position: Position | None = None
    expected: Sha256Hex | None = None
    found: Sha256Hex | None = None
    kind: BreakKind


class AnomalyAcknowledged(Data):
    """An operator has seen that entry `index` does not belong where it is. This excuses nothing: which entries an outsider may set aside
    follows from `chain_break_found` and `sender_continued` alone. `sender` is whose lane it came by, `hash` the SHA-256 of its bytes."""

    type: ClassVar[str] = "zi.audit.anomaly_acknowledged"

    index: Index
    reason: ShortText
    sender: Slug | None = None
    hash: Sha256Hex | None = None


class ForeignMessage(Data):
    """A message that somebody else wrote into a sender's stream: its number there and the SHA-256 of its bytes; `index` is its entry,
    absent where it repeats a message of the sender, whose own entry stays the sender's."""

    sequence: Position
    hash: Sha256Hex
    index: Index | None = None


class SenderContinued(Data):
    """An operator declares the entries `forged` as not written by `sender`, although they came by its own stream: its chain goes on from
    its message at `after_position`, whose SHA-256 is `head` (64 zeros where `after_position` is 0). `messages` are all that the stream
    holds of others after that message; those that repeat a message of the sender have no entry in `forged`."""

    type: ClassVar[str] = "zi.audit.sender_continued"

    sender: Slug
    after_position: Annotated[int, Field(ge=0)]
    head: Sha256Hex
    forged: Annotated[list[Index], Field(max_length=256)]
    reason: ShortText
    messages: Annotated[tuple[ForeignMessage, ...], Field(max_length=MOST_FOREIGN)] = ()


class Looked(Data):
    """An auditor looked at something, for the first time in ten minutes for this purpose: at the case that is the message's subject,
    or at the ledger in general."""

    type: ClassVar[str] = "zi.audit.looked"

    purpose: Slug
    kind: Slug


class LooksCounted(Data):
    """The number of further looks of an auditor, by kind, in the ten minutes that began with the look at `since`; the first look is
    not counted."""

    type: ClassVar[str] = "zi.audit.looks_counted"

    auditor: ShortText
    purpose: Slug
    since: AwareDatetime
    counts: dict[Slug, Annotated[int, Field(ge=1)]]


class QuerySaved(Data):
    """An auditor (the message's actor) saved a question under a name, or a new version of it. What it asks is not disclosed here and bound
    by the commitment."""

    type: ClassVar[str] = "zi.audit.query_saved"

    name: Slug
    version: Annotated[int, Field(ge=1)]


class LogKeyRotated(Data):
    """From here on the log is signed by the new key; for a while the old one signs too."""

    type: ClassVar[str] = "zi.audit.log_key_rotated"

    old_vkey: ShortText
    new_vkey: ShortText


class WitnessPolicyAdopted(Data):
    """The policy of the log from here on: the keys of the log, its witnesses and their quorum, as the text of a tlog-policy and its
    SHA-256. It is an entry of the log before it is published as the log's policy."""

    type: ClassVar[str] = "zi.audit.witness_policy_adopted"

    origin: ShortText
    policy: Annotated[str, Field(min_length=1, max_length=LONGEST_POLICY)]
    digest: Sha256Hex


MODELS: tuple[type[Data], ...] = (
    ChainBreakFound,
    AnomalyAcknowledged,
    SenderContinued,
    Looked,
    LooksCounted,
    QuerySaved,
    LogKeyRotated,
    WitnessPolicyAdopted,
)
