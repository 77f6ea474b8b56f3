"""A log that can be asked for any of its trees, and a fork of it from some size on: what a witness must tell apart."""

from dataclasses import dataclass
from functools import cached_property

from tests.tlog import naive_tree

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.note import Signer
from zi_tlog.tree import leaf_hash
from zi_tlog.witness import AddCheckpoint


@dataclass(frozen=True)
class Log:
    """`fork`: from this entry on the entries are others than those of the log that does not fork; they share the key."""

    origin: str = "ledger.example/audit"
    fork: int | None = None
    seed: bytes = bytes(range(32))

    @cached_property
    def signer(self) -> Signer:
        return Signer(self.origin, self.seed)

    @property
    def vkey(self) -> str:
        return self.signer.key.vkey

    def leaves(self, size: int) -> tuple[bytes, ...]:
        return tuple(leaf_hash(self._entry(index)) for index in range(size))

    def root(self, size: int) -> bytes:
        return naive_tree.root(self.leaves(size))

    def head(self, size: int) -> str:
        return Checkpoint(self.origin, size, self.root(size)).text

    def checkpoint(self, size: int) -> bytes:
        return Checkpoint(self.origin, size, self.root(size)).sign(self.signer)

    def request(self, old: int, size: int) -> AddCheckpoint:
        """With the proof that this log's own trees give."""
        proof = naive_tree.subproof(old, self.leaves(size)) if 0 < old <= size else []
        return AddCheckpoint(old, tuple(proof), self.checkpoint(size))

    def _entry(self, index: int) -> bytes:
        forked = self.fork is not None and index >= self.fork
        return f"{'other ' if forked else ''}entry {index}".encode()


def agree(log: Log, size: int, other: Log, more: int) -> bool:
    """Tell if the smaller of two trees is the beginning of the larger."""
    least = min(size, more)
    return log.leaves(least) == other.leaves(least)
