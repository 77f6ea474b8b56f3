"""A message as it came from a lane, and its leaf: the exact bytes, or their digest where no leaf can hold them."""

from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from zi_audit.domain.chain import Link, read_link
from zi_chassis.bus.sender_proof import Claim
from zi_tlog.tile import MAX_ENTRY_BYTES
from zi_tlog.tree import leaf_hash


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes received from `sender` as number `sequence` of its stream, with the proof of the sender beside them, if any; `link` is None when
    they are no message. What `is_foreign` was never the sender's; `public_key` is the key under which the proof was verified."""

    sender: str
    sequence: int
    content: bytes
    proof: str = ""
    is_foreign: bool = False
    public_key: str = ""
    entry: bytes = field(init=False)
    leaf_hash: bytes = field(init=False)
    link: Link | None = field(init=False)

    def __post_init__(self) -> None:
        """Read and hashed while the batch before is on its way to the disk."""
        entry = self.content if len(self.content) <= MAX_ENTRY_BYTES else _named(self.content)
        object.__setattr__(self, "entry", entry)
        object.__setattr__(self, "leaf_hash", leaf_hash(entry))
        object.__setattr__(self, "link", read_link(entry))

    @property
    def claim(self) -> Claim:
        """Read the place that the bytes claim in the sender's chain."""
        hash = sha256(self.content).hexdigest()
        if self.link is None:
            return Claim(self.sequence, hash)
        return Claim(self.sequence, hash, self.link.position, self.link.previous, self.proof)


def message_hash(entry: bytes) -> str | None:
    """The SHA-256 of the message for which this entry stands, if it was too long for an entry."""
    try:
        match orjson.loads(entry):
            case {"unreadable": "too long", "sha256": str() as digest}:
                return digest
    except orjson.JSONDecodeError:
        pass
    return None


def _named(content: bytes) -> bytes:
    """The leaf of bytes that are longer than a bundle can carry: their length and SHA-256."""
    digest = sha256(content).hexdigest()
    return orjson.dumps({"unreadable": "too long", "length": len(content), "sha256": digest})
