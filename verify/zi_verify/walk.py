"""One pass over a log from entry 0 to a signed size: every tile recomputed from level 0, every readable entry hashed again, every chain
followed; one bundle in memory at a time, and each finding names the first bad index that it can know."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.text import HASH_BYTES
from zi_tlog.tile import FULL, Bundle, MissingError, Tile, bundle_at, read_tile, tile_at
from zi_tlog.tree import Edge, leaf_hashes
from zi_verify.chains import Chains
from zi_verify.crew import Crew
from zi_verify.rebuilt import Rebuilt, agreeing, differing
from zi_verify.shape import BUNDLES, shape_of
from zi_verify.source import DeniedError, LogSource
from zi_verify.stretch import Stretch, StretchJob
from zi_verify.verdict import CheckFinding, Sentence, refused

Progress = Callable[[int, int], None]
_STRETCH = 16  # tiles


class Entries(StrEnum):
    """The kind of entries to read: messages of the house with their chains, entries of any kind by their hashes, or none."""

    MESSAGES = "messages"
    ANY = "any"
    NONE = "none"


class ChangedError(Exception):
    """The part of the log that an interrupted run had read is not what it was: it must be read again."""


@dataclass(frozen=True)
class Reached:
    """The progress of an interrupted run without any finding; `edge` binds every entry before it."""

    edge: Edge
    at: int  # POSIX second


class Walk:
    """The tree is rebuilt from what the tiles say; from the first entry whose bundle says otherwise, a second one from what the bundles
    say, and the signed root decides at the end which of the two was changed. `milestones` are sizes whose roots are wanted. With
    `reached`, the tree is rebuilt from entry 0 all the same and only the bundles before it are left out: their contents are bound by
    the edge, which must be the same again. `keep` is called after each tile while nothing is wrong. `unread` is the first entry that
    the source did not give out: it was denied, or its bundle is not there."""

    def __init__(
        self,
        source: LogSource,
        head: Checkpoint,
        chains: Chains,
        milestones: Collection[int],
        reached: Reached | None,
        keep: Callable[["Walk"], None],
        entries: Entries = Entries.MESSAGES,
        workers: int = 0,
    ) -> None:
        self.findings: list[CheckFinding] = []
        self.unread: int | None = None
        self.chain_findings: list[CheckFinding] = []
        self.chains = chains
        self._source, self._head, self._reached, self._keep = source, head, reached, keep
        self._workers = workers
        self._wanted = sorted(size for size in set(milestones) if size <= head.size)
        self._by_tiles = Rebuilt(head.size, self._wanted, self._tile)
        self._by_bundles: Rebuilt | None = None
        self._mismatches: list[tuple[int, str, str]] = []
        self._absent: list[Bundle] = []
        self._bundles = reached.edge.size // FULL if reached else 0
        self._is_closed = entries is Entries.NONE
        self._are_messages = entries is Entries.MESSAGES
        self._shape = shape_of(source, head.size) if entries is Entries.ANY else BUNDLES

    @property
    def reads_entries(self) -> bool:
        """Tell if entries were read, so that the chains mean something."""
        return self._bundles > 0 and not self._is_closed and self._are_messages

    @property
    def edge(self) -> Edge:
        """Of the tree so far, by the tiles."""
        return self._by_tiles.edge

    @property
    def tiles(self) -> bytes:
        """The roots of the full tiles of level 0, in a row."""
        return b"".join(self._true.tiles)

    def root_at(self, size: int) -> bytes | None:
        """The root of the first `size` entries, as far as they could be rebuilt."""
        return self._true.roots.get(size)

    def run(self, progress: Progress) -> None:
        """Read the log from its beginning to its end."""
        begin = self._reached.edge.size // FULL if self._reached else 0
        end = -(-self._head.size // FULL)
        for number in range(begin):  # only hashes
            if not self._advance(range(number, number + 1), None, progress):
                return
        with self._stretches(begin, end) as stretches:
            for numbers, stretch in stretches:
                if not self._advance(numbers, stretch, progress):
                    return
        self._finish()

    def _advance(self, numbers: range, stretch: Stretch | None, progress: Progress) -> bool:
        if stretch is None or not self._take(numbers, stretch):
            for number in numbers:
                if not self._step(number):
                    self._blame()
                    return False
        self._look_back()
        progress(self.edge.size, self._head.size)
        return True

    @contextmanager
    def _stretches(self, begin: int, end: int) -> Iterator[Iterator[tuple[range, Stretch | None]]]:
        births = self.chains.births
        wanted = frozenset(size // FULL for size in self._wanted if size % FULL)
        job = StretchJob(self._source, self._head.size, self._shape, wanted, self._are_messages, births)
        step = _STRETCH if self._workers else 1
        ranges = [range(first, min(first + step, end)) for first in range(begin, end, step)]
        if not self._workers:
            yield ((numbers, job.read(numbers) if self._is_ordinary else None) for numbers in ranges)
            return
        crew = Crew(job, self._workers)
        try:
            yield self._by(crew, ranges)
        finally:
            crew.close()

    def _by(self, crew: Crew, ranges: list[range]) -> Iterator[tuple[range, Stretch | None]]:
        for numbers, stretch in zip(ranges, crew.stretches(ranges), strict=True):
            yield numbers, stretch if self._is_ordinary else None

    @property
    def _is_ordinary(self) -> bool:
        # Nothing was found that makes each following tile and entry be looked at by itself.
        return not (self._is_closed or self._is_damaged or self._by_bundles)

    def _take(self, numbers: range, stretch: Stretch) -> bool:
        first, end = numbers.start * FULL, min(numbers.stop * FULL, self._head.size)
        if self._are_messages and (
            stretch.summary is None or not self.chains.join(first, end, stretch.summary)
        ):
            return False
        for number, row in zip(numbers, stretch.tiles, strict=True):
            is_full = (number + 1) * FULL <= self._head.size
            grow = self._by_tiles.grow_by_root if is_full and len(row) == HASH_BYTES else self._by_tiles.grow
            grow(row)
        self._bundles += len(numbers)
        return True

    @property
    def _true(self) -> Rebuilt:
        # The tree that has the signed root, if one of them has.
        rival = self._by_bundles
        return rival if rival is not None and rival.edge.root == self._head.root else self._by_tiles

    def _step(self, number: int) -> bool:
        tile, bundle = tile_at(0, number, self._head.size), bundle_at(number, self._head.size)
        path = self._shape.path(bundle)
        stored = self._tile(tile)
        entries = self._entries(bundle, b"" if isinstance(stored, CheckFinding) else stored)
        hashed = None if entries is None else leaf_hashes(entries)
        if isinstance(stored, CheckFinding):
            self.findings.append(self._placed(stored, tile, hashed or b""))
            if hashed is None:
                return False
            stored = hashed
        first = number * FULL
        self._mismatches += [
            (first + place, path, tile.path) for place in differing(stored, hashed or stored)
        ]
        self._grow(stored, hashed or stored)
        for index, entry in enumerate(entries or () if self._are_messages else (), first):
            for why in self.chains.take(index, entry):
                self.chain_findings.append(CheckFinding(path, why, index))
        return True

    def _look_back(self) -> None:
        size, reached = self.edge.size, self._reached
        is_clean = not (self._is_damaged or self.chain_findings)
        if reached and size <= reached.edge.size:
            if not is_clean or (size == reached.edge.size and self.edge != reached.edge):
                raise ChangedError
        elif is_clean and self.reads_entries:
            self._keep(self)

    @property
    def _is_damaged(self) -> bool:
        return bool(self.findings or self._by_tiles.findings or self._mismatches or self._absent)

    def _tile(self, tile: Tile) -> bytes | CheckFinding:
        try:
            return read_tile(tile, self._source.read)
        except LogError as error:
            return CheckFinding(tile.path, refused(error), tile.index * FULL ** (tile.level + 1))

    def _placed(self, finding: CheckFinding, tile: Tile, hashed: bytes) -> CheckFinding:
        # The entries say what a damaged tile should hold, so that its first bad hash can be named.
        present = self._source.read(tile.path) or b""
        return CheckFinding(finding.file, finding.why, tile.index * FULL + agreeing(present, hashed))

    def _entries(self, bundle: Bundle, stored: bytes) -> list[bytes] | None:
        if self._is_closed or (self._reached and bundle.index * FULL < self._reached.edge.size):
            return None
        try:
            entries = self._shape.read(bundle, self._source.read)
        except DeniedError:
            self._is_closed = True
            self.unread = bundle.index * FULL
            return None
        except MissingError:
            self._absent.append(bundle)
            return None
        except LogError as error:
            path = self._shape.path(bundle)
            rest = self._source.read(path) or b"" if self._shape is BUNDLES else b""
            index = bundle.index * FULL + agreeing(leaf_hashes(_readable(rest)), stored)
            self.findings.append(CheckFinding(path, refused(error), index))
            return None
        self._bundles += 1
        return entries

    def _grow(self, stored: bytes, hashed: bytes) -> None:
        if self._by_bundles is None and stored != hashed:
            self._by_bundles = self._by_tiles.copy()
        self._by_tiles.grow(stored)
        if self._by_bundles is not None:
            self._by_bundles.grow(hashed)

    def _finish(self) -> None:
        true = self._true
        true.finish()
        self.findings += true.findings
        if self._absent and not self._bundles:
            self.unread = self._absent[0].index * FULL
        if self._bundles:
            self.findings += [
                CheckFinding(self._shape.path(bundle), MISSING, bundle.index * FULL)
                for bundle in self._absent
            ]
        self._blame()
        if true.edge.root != self._head.root:
            self.findings.append(CheckFinding("checkpoint", _OTHER_ROOT))

    def _blame(self) -> None:
        is_tile_changed = self._true is self._by_bundles
        for index, bundle, tile in self._mismatches:
            file, why = (tile, _TILE_CHANGED) if is_tile_changed else (bundle, _ENTRY_CHANGED)
            self.findings.append(CheckFinding(file, why, index))


def _readable(rest: bytes) -> Iterator[bytes]:
    # The entries of a damaged bundle up to the damage.
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
