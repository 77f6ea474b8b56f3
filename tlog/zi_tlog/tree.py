"""The Merkle tree of RFC 6962 section 2.1 (= RFC 9162 section 2.1): hashes, the growing right edge, and the making of proofs from
stored subtree hashes, so that memory never grows with the log.

The corners: the empty tree has the root SHA-256("") and no other, holds nothing, and begins every tree by an empty proof; the root of a tree of one
entry is its leaf hash, with an empty proof; a tree continues itself by an empty proof; two roots of one size contradict each other."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from struct import Struct

from zi_tlog.error import LogError
from zi_tlog.text import HASH_BYTES

# (level, index) -> MTH(D[index * 2^level : (index + 1) * 2^level]); asked for complete subtrees only.
HashReader = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()
TILE_HEIGHT = 8
_LEAF, _NODE = sha256(b"\x00"), sha256(b"\x01")


class TreeError(LogError):
    """A size, an index or a stored hash that no tree can have."""


def leaf_hash(entry: bytes) -> bytes:
    """MTH of one entry, SHA-256(0x00 || entry); the prefix keeps a leaf from passing as a node (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """The leaf hashes of the entries, in a row."""
    return b"".join(continued(_LEAF, entries))


def continued(hasher: "hashlib._Hash", ends: Iterable[bytes]) -> list[bytes]:
    """The digests of what `hasher` has taken already with each of the ends behind it. Copying a hasher takes less time than making one
    (docs/performance.md)."""
    digests = []
    for end in ends:
        copy = hasher.copy()
        copy.update(end)
        digests.append(copy.digest())
    return digests


def node_hash(left: bytes, right: bytes) -> bytes:
    """MTH of two subtrees, SHA-256(0x01 || left || right) (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def tile_root(row: bytes) -> bytes:
    """MTH of a complete subtree whose hashes of one level lie side by side, hashed up a whole level at a time."""
    while len(row) > HASH_BYTES:
        row = b"".join(continued(_NODE, _pairs(len(row) // (2 * HASH_BYTES)).unpack(row)))
    return row


def split(size: int) -> int:
    """The largest power of two below `size`, for size > 1 (RFC 6962 section 2.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def range_hash(start: int, end: int, read: HashReader) -> bytes:
    """MTH(D[start:end]) for a range that the tree's own splits produce: start is a multiple of the next power of two >= its length."""
    length = end - start
    if start < 0 or length < 1:
        raise TreeError(f"There are no entries from {start} to {end}.")
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return read(level, start >> level)
    middle = start + split(length)
    return node_hash(range_hash(start, middle, read), range_hash(middle, end, read))


def tree_root(size: int, read: HashReader) -> bytes:
    """MTH(D[0:size]) from O(log size) stored hashes; the empty tree's root is SHA-256 of nothing (RFC 6962 section 2.1)."""
    if size < 0:
        raise TreeError("A tree has no negative size.")
    return range_hash(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """PATH(index, D[0:size]), leaf's sibling first (RFC 6962 section 2.1.1); bound to this one size, whatever the log has grown to."""
    if not 0 <= index < size:
        raise TreeError(f"Entry {index} is not in a tree of {size} entries.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read: HashReader) -> list[bytes]:
    """PROOF(old, D[0:new]), innermost hash first (RFC 6962 section 2.1.2); empty when old is 0 or equals new."""
    if not 0 <= old <= new:
        raise TreeError(f"A tree of {new} entries does not continue one of {old}.")
    path: list[bytes] = []
    start, end = 0, new
    while old not in (0, end):
        middle = start + split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start = middle
    if start:  # the old tree's own root is known to the verifier and is left out
        path.append(range_hash(start, end, read))
    return path[::-1]


@cache
def _pairs(count: int) -> Struct:
    return Struct(f"{2 * HASH_BYTES}s" * count)


@dataclass(frozen=True)
class Edge:
    """The tree's right edge: one hash for each maximal complete subtree, leftmost (largest) first, one for each bit of `size`.
    These O(log size) hashes are all that appending needs; store them and `Edge(size, hashes)` continues the same tree."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise TreeError(f"{len(self.hashes)} hashes are not the edge of a tree of {self.size} entries.")
        if any(len(value) != HASH_BYTES for value in self.hashes):
            raise TreeError("An edge holds hashes of 32 bytes.")

    @classmethod
    def read(cls, size: int, read: HashReader) -> "Edge":
        """The edge of the tree of `size` entries, taken from stored hashes; its root is tree_root(size, read)."""
        hashes: list[bytes] = []
        for level in range(size.bit_length() - 1, -1, -1):
            if size >> level & 1:
                hashes.append(read(level, (size >> level) - 1))
        return cls(size, tuple(hashes))

    @property
    def root(self) -> bytes:
        """MTH(D[0:size]): the subtrees folded from the right (RFC 6962 section 2.1)."""
        if not self.hashes:
            return EMPTY_ROOT
        *rest, root = self.hashes
        for left in reversed(rest):
            root = node_hash(left, root)
        return root

    def append(self, leaf_hashes: Iterable[bytes]) -> "Growth":
        """The growth by these leaves; this edge stays as it was, so that a failed commit costs nothing."""
        stack, size = list(self.hashes), self.size
        made: dict[tuple[int, int], bytes] = {}
        for value in leaf_hashes:
            if len(value) != HASH_BYTES:
                raise TreeError("A leaf hash has 32 bytes.")
            level, index = 0, size
            made[0, index] = value
            while index & 1:
                value = node_hash(stack.pop(), value)
                level, index = level + 1, index >> 1
                if level % TILE_HEIGHT == 0:
                    made[level // TILE_HEIGHT, index] = value
            stack.append(value)
            size += 1
        return Growth(before=self, after=Edge(size, tuple(stack)), hashes=made)


@dataclass(frozen=True)
class Growth:
    """The result of one append: the edges before and after it and, by (tile level, index), each new hash that a tile stores."""

    before: Edge
    after: Edge
    hashes: Mapping[tuple[int, int], bytes] = field(repr=False)
