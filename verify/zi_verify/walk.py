"""One pass over a log from entry 0 to a signed size: every tile recomputed from level 0, every readable entry hashed again, every chain
followed; one bundle in memory at a time, and each finding names the first bad index that it can know."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.text import HASH_BYTES
from zi_tlog.tile import (
    FULL,
    Bundle,
    MissingError,
    Tile,
    bundle_at,
    hashes_of,
    read_bundle,
    read_tile,
    tile_at,
)
from zi_tlog.tree import EMPTY_ROOT, TILE_HEIGHT, Edge, leaf_hash
from zi_verify.chains import Chains
from zi_verify.source import DeniedError, Source
from zi_verify.verdict import Finding, Sentence, refused

Progress = Callable[[int, int], None]


class ChangedError(Exception):
    """The part of the log that an interrupted run had read is not what it was: it must be read again."""


@dataclass(frozen=True)
class Reached:
    """How far an interrupted run had come without any finding; `edge` binds every entry before it."""

    edge: Edge
    at: int  # POSIX second


def _nothing_kept(walk: "Walk") -> None:
    pass


class Walk:
    """`edge` grows by what the tiles say; from the first entry whose bundle says otherwise, `rival` grows by what the bundles say, and
    the signed root decides at the end which of the two was changed. `milestones` are sizes whose roots are wanted. With `reached`,
    the tree is recomputed from entry 0 all the same, and only the bundles before it are left out: their contents are bound by the
    edge, which must be the same again. `keep` is called after each tile while nothing is wrong."""

    def __init__(
        self,
        source: Source,
        head: Checkpoint,
        chains: Chains,
        milestones: Collection[int] = (),
        reached: Reached | None = None,
        keep: Callable[["Walk"], None] = _nothing_kept,
    ) -> None:
        self.findings: list[Finding] = []
        self.chains, self.edge = chains, Edge()
        self.tiles: list[bytes] = []  # the root of each full tile of level 0
        self._source, self._head, self._reached, self._keep = source, head, reached, keep
        self._milestones = sorted(size for size in set(milestones) if size <= head.size)
        self._roots = {0: (EMPTY_ROOT, EMPTY_ROOT)}
        self._rival: Edge | None = None
        self._mismatches: list[tuple[int, str, str]] = []
        self._upper: dict[int, list[bytes]] = {}
        self._absent: list[Bundle] = []
        self._bundles = reached.edge.size // FULL if reached else 0
        self._is_denied = False
        self._is_rival_true = False

    @property
    def reads_entries(self) -> bool:
        """Whether every entry was read, so that the chains mean something."""
        return self._bundles > 0 and not self._is_denied

    @property
    def is_clean(self) -> bool:
        """Whether everything so far was there and right."""
        return not (self.findings or self._mismatches or self._absent) and self.reads_entries

    def root_at(self, size: int) -> bytes | None:
        """The root of the first `size` entries, as far as they could be recomputed."""
        roots = self._roots.get(size)
        return None if roots is None else roots[self._is_rival_true]

    def run(self, progress: Progress) -> None:
        for number in range(-(-self._head.size // FULL)):
            if not self._step(number):
                self._blame()
                return
            self._look_back()
            progress(self.edge.size, self._head.size)
        self._finish()

    def _step(self, number: int) -> bool:
        tile, bundle, first = (
            tile_at(0, number, self._head.size),
            bundle_at(number, self._head.size),
            number * FULL,
        )
        stored = self._stored(tile)
        entries = self._entries(bundle, stored)
        hashed = stored if entries is None else b"".join(map(leaf_hash, entries))
        if hashed is None:
            return False
        if stored is None:
            self._place_damage(tile, hashed)
        leaves = stored or hashed
        if hashed != leaves:
            self._mismatches += [
                (first + place, bundle.path, tile.path) for place in _differing(leaves, hashed)
            ]
        self._grow(leaves, hashed)
        for index, entry in enumerate(entries or (), first):
            for why in self.chains.take(index, entry):
                self.findings.append(Finding(bundle.path, why, index))
        return True

    def _look_back(self) -> None:
        size, reached = self.edge.size, self._reached
        if reached and size <= reached.edge.size:
            if self.findings or (size == reached.edge.size and self.edge != reached.edge):
                raise ChangedError
        elif self.is_clean:
            self._keep(self)

    def _stored(self, tile: Tile) -> bytes | None:
        try:
            return read_tile(tile, self._source.read)
        except LogError as error:
            self.findings.append(Finding(tile.path, refused(error), tile.index * FULL ** (tile.level + 1)))
            return None

    def _place_damage(self, tile: Tile, hashed: bytes) -> None:
        # The entries say what the damaged tile should hold, so that its first bad hash can be named.
        present = self._source.read(tile.path)
        if present is not None:
            found = self.findings.pop()
            self.findings.append(
                Finding(found.file, found.why, tile.index * FULL + agreeing(present, hashed))
            )

    def _entries(self, bundle: Bundle, stored: bytes | None) -> list[bytes] | None:
        if self._is_denied or (self._reached and bundle.index * FULL < self._reached.edge.size):
            return None
        try:
            entries = read_bundle(bundle, self._source.read)
        except DeniedError:
            self._is_denied = True
            return None
        except MissingError:
            self._absent.append(bundle)
            return None
        except LogError as error:
            sound = agreeing(
                b"".join(map(leaf_hash, _readable(self._source.read(bundle.path)))), stored or b""
            )
            self.findings.append(Finding(bundle.path, refused(error), bundle.index * FULL + sound))
            return None
        self._bundles += 1
        return entries

    def _grow(self, leaves: bytes, hashed: bytes) -> None:
        size = self.edge.size
        if self._rival is None and leaves != hashed:
            self._rival = self.edge
        for wanted in self._milestones:
            if size < wanted <= size + len(leaves) // HASH_BYTES:
                self._roots[wanted] = (
                    _root(self.edge, leaves, wanted),
                    _root(self._rival or self.edge, hashed, wanted),
                )
        if self._rival is not None:
            self._rival, _ = _grown(self._rival, hashed)
        self.edge, made = _grown(self.edge, leaves)
        for (level, index), value in made:
            self._stack(level, index, value)

    def _stack(self, level: int, index: int, value: bytes) -> None:
        if level == 1:
            self.tiles.append(value)
        pending = self._upper.setdefault(level, [])
        pending.append(value)
        if len(pending) == FULL:
            self._compare(level, index // FULL)

    def _compare(self, level: int, number: int) -> None:
        computed, self._upper[level] = b"".join(self._upper[level]), []
        tile = tile_at(level, number, self._head.size)
        for place in _differing(computed, self._stored(tile) or computed):
            self.findings.append(Finding(tile.path, _NOT_FROM_BELOW, (number * FULL + place) * FULL**level))

    def _finish(self) -> None:
        for level, pending in list(self._upper.items()):
            if pending:
                self._compare(level, (self._head.size >> TILE_HEIGHT * level) // FULL)
        if self._bundles:
            self.findings += [Finding(bundle.path, MISSING, bundle.index * FULL) for bundle in self._absent]
        self._is_rival_true = self._rival is not None and self._rival.root == self._head.root
        self._blame()
        if self.edge.root != self._head.root and not self._is_rival_true:
            self.findings.append(Finding("checkpoint", _OTHER_ROOT))

    def _blame(self) -> None:
        for index, bundle, tile in self._mismatches:
            file, why = (tile, _TILE_CHANGED) if self._is_rival_true else (bundle, _ENTRY_CHANGED)
            self.findings.append(Finding(file, why, index))


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


def _root(edge: Edge, leaves: bytes, size: int) -> bytes:
    return edge.append(hashes_of(leaves[: (size - edge.size) * HASH_BYTES])).after.root


def _differing(one: bytes, other: bytes) -> Iterator[int]:
    # The places at which two rows of as many hashes differ.
    if one != other:
        pairs = zip(hashes_of(one), hashes_of(other), strict=True)
        yield from (place for place, (left, right) in enumerate(pairs) if left != right)


def agreeing(one: bytes, other: bytes) -> int:
    """How many hashes two rows have in common at their beginning."""
    pairs = zip(hashes_of(one), hashes_of(other), strict=False)
    return next(
        (place for place, (left, right) in enumerate(pairs) if left != right),
        min(len(one), len(other)) // HASH_BYTES,
    )


def _readable(data: bytes | None) -> Iterator[bytes]:
    # The entries of a damaged bundle up to the damage.
    rest = data or b""
    while len(rest) >= 2 and len(rest) >= (end := 2 + int.from_bytes(rest[:2], "big")):
        yield rest[2:end]
        rest = rest[end:]


MISSING = Sentence("the file is missing", "berkas tidak ada")
_OTHER_ROOT = Sentence(
    "the signed root does not follow from the tiles", "akar yang ditandatangani tidak sesuai dengan ubin"
)
_TILE_CHANGED = Sentence(
    "the stored leaf hash was changed: the entry itself fits the signed root",
    "hash daun yang tersimpan telah diubah: entrinya sendiri sesuai dengan akar yang ditandatangani",
)
_ENTRY_CHANGED = Sentence(
    "the entry was changed: it does not hash to the leaf in the tree",
    "entri telah diubah: hash-nya bukan daun dalam pohon",
)
_NOT_FROM_BELOW = Sentence(
    "a hash does not follow from the tile below", "sebuah hash tidak sesuai dengan ubin di bawahnya"
)
