"""The tree that a row of leaf hashes makes, rebuilt tile by tile and held against the stored tiles above; it keeps the right edge only."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from zi_tlog.text import HASH_BYTES
from zi_tlog.tile import FULL, Tile, hashes_of, tile_at
from zi_tlog.tree import EMPTY_ROOT, TILE_HEIGHT, Edge
from zi_verify.verdict import Finding, Sentence

# The stored bytes of a tile, or what is wrong with it.
TileReader = Callable[[Tile], bytes | Finding]


class Rebuilt:
    """Grows by the leaves of one tile of level 0 after the other. `milestones`: the sizes whose roots are wanted."""

    def __init__(self, size: int, milestones: Sequence[int], read: TileReader) -> None:
        self.edge = Edge()
        self.findings: list[Finding] = []
        self.roots = {0: EMPTY_ROOT}
        self.tiles: list[bytes] = []  # the root of each full tile of level 0
        self._size, self._milestones, self._read = size, milestones, read
        self._upper: dict[int, list[bytes]] = {}

    def copy(self) -> "Rebuilt":
        """The same tree, to go on with other leaves."""
        twin = Rebuilt(self._size, self._milestones, self._read)
        twin.edge, twin.findings, twin.roots, twin.tiles = (
            self.edge,
            list(self.findings),
            dict(self.roots),
            list(self.tiles),
        )
        twin._upper = {level: list(pending) for level, pending in self._upper.items()}
        return twin

    def grow(self, leaves: bytes) -> None:
        """By a full tile, or by the partial one at the end."""
        size = self.edge.size
        for wanted in self._milestones:
            if size < wanted <= size + len(leaves) // HASH_BYTES:
                first = hashes_of(leaves[: (wanted - size) * HASH_BYTES])
                self.roots[wanted] = self.edge.append(first).after.root
        self.edge, made = _grown(self.edge, leaves)
        for (level, index), value in made:
            self._stack(level, index, value)

    def finish(self) -> None:
        """Compares the tiles of the upper levels that stayed partial."""
        for level, pending in list(self._upper.items()):
            if pending:
                self._compare(level, (self._size >> TILE_HEIGHT * level) // FULL)

    def _stack(self, level: int, index: int, value: bytes) -> None:
        if level == 1:
            self.tiles.append(value)
        pending = self._upper.setdefault(level, [])
        pending.append(value)
        if len(pending) == FULL:
            self._compare(level, index // FULL)

    def _compare(self, level: int, number: int) -> None:
        computed, self._upper[level] = b"".join(self._upper[level]), []
        tile = tile_at(level, number, self._size)
        stored = self._read(tile)
        if isinstance(stored, Finding):
            self.findings.append(stored)
            return
        for place in differing(computed, stored):
            self.findings.append(Finding(tile.path, _NOT_FROM_BELOW, (number * FULL + place) * FULL**level))


def differing(one: bytes, other: bytes) -> Iterator[int]:
    """The places at which two rows of as many hashes differ."""
    if one != other:
        pairs = zip(hashes_of(one), hashes_of(other), strict=True)
        yield from (place for place, (left, right) in enumerate(pairs) if left != right)


def agreeing(one: bytes, other: bytes) -> int:
    """How many hashes two rows have in common at their beginning."""
    pairs = zip(hashes_of(one), hashes_of(other), strict=False)
    shorter = min(len(one), len(other)) // HASH_BYTES
    return next((place for place, (left, right) in enumerate(pairs) if left != right), shorter)


def _grown(edge: Edge, leaves: bytes) -> tuple[Edge, Sequence[tuple[tuple[int, int], bytes]]]:
    # A full tile is one leaf of the tree over tiles: the edge of 256 n entries is the edge of n tiles, hash for hash.
    if len(leaves) < FULL * HASH_BYTES:
        return edge.append(hashes_of(leaves)).after, ()
    over = Edge(edge.size // FULL, edge.hashes).append([_tile_root(leaves)])
    made = [((level + 1, index), value) for (level, index), value in over.hashes.items()]
    return Edge(over.after.size * FULL, over.after.hashes), made


def _tile_root(row: bytes) -> bytes:
    # MTH of a full tile, level by level: SHA-256(0x01 || left || right), where left and right lie side by side (RFC 6962 section 2.1).
    pair = 2 * HASH_BYTES
    while len(row) > HASH_BYTES:
        row = b"".join([sha256(b"\x01" + row[at : at + pair]).digest() for at in range(0, len(row), pair)])
    return row


_NOT_FROM_BELOW = Sentence(
    "a hash does not follow from the tile below", "sebuah hash tidak sesuai dengan ubin di bawahnya"
)
