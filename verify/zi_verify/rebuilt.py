"""The tree that a row of leaf hashes makes, rebuilt tile by tile and held against the stored tiles above; it keeps the right edge only."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from zi_tlog.text import HASH_BYTES
from zi_tlog.tile import FULL, Tile, hashes_of, tile_at
from zi_tlog.tree import EMPTY_ROOT, TILE_HEIGHT, Edge, tile_root
from zi_verify.verdict import CheckFinding, Sentence

# The stored bytes of a tile, or what is wrong with it.
TileReader = Callable[[Tile], bytes | CheckFinding]


class Rebuilt:
    """Grows by the leaves of one tile of level 0 after the other. `milestones`: the sizes whose roots are wanted, in order."""

    def __init__(self, size: int, milestones: list[int], read: TileReader) -> None:
        self.edge = Edge()
        self.findings: list[CheckFinding] = []
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
        end = size + len(leaves) // HASH_BYTES
        for wanted in self._milestones[
            bisect_right(self._milestones, size) : bisect_right(self._milestones, end)
        ]:
            first = hashes_of(leaves[: (wanted - size) * HASH_BYTES])
            self.roots[wanted] = self.edge.append(first).after.root
        if end - size == FULL:
            self._grow(tile_root(leaves))
        else:
            self.edge = self.edge.append(hashes_of(leaves)).after

    def grow_by_root(self, root: bytes) -> None:
        """By a full tile inside which no milestone lies."""
        self._grow(root)
        at = bisect_left(self._milestones, self.edge.size)
        if self._milestones[at : at + 1] == [self.edge.size]:
            self.roots[self.edge.size] = self.edge.root

    def _grow(self, root: bytes) -> None:
        # A full tile is one leaf of the tree over tiles: the edge of 256 n entries is the edge of n tiles, hash for hash.
        over = Edge(self.edge.size // FULL, self.edge.hashes).append([root])
        self.edge = Edge(over.after.size * FULL, over.after.hashes)
        for (level, index), value in over.hashes.items():
            self._stack(level + 1, index, value)

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
        if isinstance(stored, CheckFinding):
            self.findings.append(stored)
            return
        for place in differing(computed, stored):
            self.findings.append(
                CheckFinding(tile.path, _NOT_FROM_BELOW, (number * FULL + place) * FULL**level)
            )


def differing(left: bytes, other: bytes) -> Iterator[int]:
    """The places at which two rows of as many hashes differ."""
    if left != other:
        pairs = zip(hashes_of(left), hashes_of(other), strict=True)
        yield from (place for place, (left, right) in enumerate(pairs) if left != right)


def agreeing(left: bytes, other: bytes) -> int:
    """Count the hashes that two rows have in common at their beginning."""
    pairs = zip(hashes_of(left), hashes_of(other), strict=False)
    shorter = min(len(left), len(other)) // HASH_BYTES
    return next((place for place, (left, right) in enumerate(pairs) if left != right), shorter)


_NOT_FROM_BELOW = Sentence(
    "a hash does not follow from the tile below", "sebuah hash tidak sesuai dengan ubin di bawahnya"
)
