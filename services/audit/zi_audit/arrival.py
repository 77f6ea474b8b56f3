"""What comes from a lane, and what of it can be a leaf: its exact bytes, or for bytes that no leaf can hold their digest."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import orjson

from zi_audit.chain import Link, read_link
from zi_tlog.tile import MAX_ENTRY_BYTES
from zi_tlog.tree import leaf_hash


@dataclass(frozen=True)
class Arrival:
    """Bytes heard from `sender` as number `sequence` of its stream."""

    sender: str
    sequence: int
    content: bytes

    @property
    def too_long(self) -> bool:
        return len(self.content) > MAX_ENTRY_BYTES

    @cached_property
    def entry(self) -> bytes:
        """The leaf: the bytes as they came; longer ones than a bundle can carry are named by length and SHA-256."""
        if not self.too_long:
            return self.content
        digest = sha256(self.content).hexdigest()
        return orjson.dumps({"unreadable": "too long", "length": len(self.content), "sha256": digest})

    @cached_property
    def leaf_hash(self) -> bytes:
        return leaf_hash(self.entry)

    @cached_property
    def link(self) -> Link | None:
        return read_link(self.entry)
