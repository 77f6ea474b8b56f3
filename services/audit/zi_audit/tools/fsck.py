"""Derives the whole log again and compares: database, bundles, tiles, checkpoints; each difference is named by entry or file.

Of every entry four copies are compared: its bytes and its leaf hash in the database, its bytes in the bundle, its hash in the tile.
What most of them say is derived further; the signed root has the last word."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from zi_audit.domain.chain import read_link
from zi_audit.domain.senders import QUOTER
from zi_audit.files.lane_notes import files, path_of
from zi_audit.files.log_keys import LogKeys
from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, HISTORY, PENDING, POLICY, TILES
from zi_audit.files.tiles import Tiles
from zi_audit.writer.ledger import Ledger, LogState, StoredEntry
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.cosignature import CosignatureVerifier
from zi_tlog.error import LogError
from zi_tlog.note import open_note, parse_note
from zi_tlog.policy import Log as PolicyLog
from zi_tlog.policy import parse_policy
from zi_tlog.succession import quoted
from zi_tlog.text import LARGEST
from zi_tlog.tile import (
    FULL,
    Bundle,
    Tile,
    bundle_at,
    decode_bundle,
    hashes_of,
    new_tiles,
    parse_path,
    tile_at,
)
from zi_tlog.tree import EMPTY_ROOT, Edge, leaf_hash

Leaves = Sequence[bytes | None]


@dataclass
class Report:
    """The number of things that were examined and, in order, what is wrong."""

    entries: int = 0
    files: int = 0
    findings: list[str] = field(default_factory=list)

    def found(self, sentence: str) -> None:
        self.findings.append(sentence)


class Fsck:
    """One examination; the log may not grow meanwhile."""

    def __init__(self, ledger: Ledger, tiles: Tiles, keys: LogKeys) -> None:
        self._ledger = ledger
        self._tiles = tiles
        self._keys = keys
        self._report = Report()
        self._cosigners: list[CosignatureVerifier] = []
        self._edge = Edge()
        self._inner: dict[tuple[int, int], bytes] = {}
        self._lanes: dict[int, str] = {}
        self._roots: dict[int, bytes] = {0: EMPTY_ROOT}

    def run(self) -> Report:
        self._policy()
        state = self._ledger.state()
        committed = self._checkpoint(state.checkpoint, "the checkpoint in the ledger database")
        published = self._checkpoint(self._tiles.read(CHECKPOINT), CHECKPOINT)
        history = {size: f"{HISTORY}/{size}" for size in self._tiles.history()}
        cosigned = self._cosigned()
        size = 0 if published is None else published.size
        self._entries(max(state.size, size), size, {state.size, size, *history, *_sizes(cosigned)})
        self._beyond(state.size)
        self._inner_tiles(size)
        self._strangers()
        self._state(state, committed)
        self._root(published, CHECKPOINT)
        self._root(cosigned, COSIGNED)
        for path in history.values():
            self._root(self._checkpoint(self._tiles.read(path), path), path)
        return self._report

    def _cosigned(self) -> Checkpoint | None:
        note = self._tiles.read(COSIGNED)
        return None if note is None else self._checkpoint(note, COSIGNED)

    def _checkpoint(self, note: bytes | None, name: str) -> Checkpoint | None:
        if note is None:
            self._report.found(f"{name} is missing.")
            return None
        self._report.files += 1
        try:
            open_note(parse_note(note), [*self._keys.known, *self._cosigners])
            return open_checkpoint(note, *self._keys.known)
        except LogError as error:
            self._report.found(f"{name}: {error}")
            return None

    def _policy(self) -> None:
        try:
            policy = parse_policy(self._tiles.read(POLICY) or b"")
        except LogError as error:
            self._report.found(f"{POLICY}: {error}")
            return
        self._cosigners = [CosignatureVerifier(witness.key) for witness in policy.witnesses]
        keys = [log.key for log in (*policy.logs, *self._pending())]
        if any(verifier.key not in keys for verifier in self._keys.verifiers):
            self._report.found(f"{POLICY} does not name the key that signs the log.")

    def _pending(self) -> Sequence[PolicyLog]:
        """Of the policy that waits to be recorded."""
        content = self._tiles.read(PENDING)
        try:
            return () if content is None else parse_policy(content).logs
        except LogError as error:
            self._report.found(f"{PENDING}: {error}")
            return ()

    def _state(self, state: LogState, committed: Checkpoint | None) -> None:
        if committed is not None and (committed.size, committed.root) != (state.size, state.root):
            self._report.found("The ledger database contradicts the checkpoint that it keeps.")
        if self._roots.get(state.size) != state.root:
            self._report.found(
                f"The entries do not give the root of the ledger database at size {state.size}."
            )

    def _root(self, checkpoint: Checkpoint | None, name: str) -> None:
        if checkpoint is not None and self._roots.get(checkpoint.size) != checkpoint.root:
            self._report.found(f"The entries do not give the root of {name} at size {checkpoint.size}.")

    def _entries(self, size: int, published: int, wanted: set[int]) -> None:
        for number in range(-(-size // FULL)):
            first, end = number * FULL, min((number + 1) * FULL, size)
            leaves = self._leaves(number, first, end, published)
            if leaves is None:
                return
            for each in sorted(wanted):
                if first < each <= end:
                    self._roots[each] = self._edge.append(leaves[: each - first]).after.root
            growth = self._edge.append(leaves)
            self._edge = growth.after
            self._inner |= {place: value for place, value in growth.hashes.items() if place[0] > 0}
            self._report.entries = end

    def _leaves(self, number: int, first: int, end: int, published: int) -> list[bytes] | None:
        """The leaf hashes that most witnesses give; None when an entry is nowhere."""
        rows = {row.index: row for row in self._ledger.stored(first, end)}
        self._noted(number, first, end)
        span = range(first, end)
        must = published > first
        bundles = self._versions(bundle_at(number, published) if must else None, Bundle(number))
        tiles = self._versions(tile_at(0, number, published) if must else None, Tile(0, number))
        bundled, tiled = self._bundled(bundles), self._tiled(tiles)
        leaves = []
        for index in span:
            leaf = self._agree(index, rows.get(index), _at(bundled, index - first), _at(tiled, index - first))
            if leaf is None:
                self._report.found(f"Entry {index} is nowhere; what comes after it can't be examined.")
                return None
            leaves.append(leaf)
        self._prefixes(bundles, tiles, leaves)
        return leaves

    def _noted(self, number: int, first: int, end: int) -> None:
        """By which lane the entries came that do not tell it: as the database has it, and as the web part reads it."""
        self._lanes = self._ledger.lanes(first, end)
        path = path_of(number)
        content = self._tiles.read(path)
        self._report.files += content is not None
        if (content or b"") != b"".join(written for _, written in files(self._lanes)):
            self._report.found(f"{path} is not what the ledger database gives.")

    def _agree(
        self, index: int, row: StoredEntry | None, bundled: bytes | None, tiled: bytes | None
    ) -> bytes | None:
        if row is None:
            self._report.found(f"Entry {index} is missing from the ledger database.")
        witnesses = {
            "its bytes in the bundle are": bundled,
            "its hash in the tile is": tiled,
            "its bytes in the ledger database are": None if row is None else leaf_hash(row.entry),
            "its leaf hash in the ledger database is": None if row is None else row.leaf_hash,
        }
        values = Counter(value for value in witnesses.values() if value is not None)
        if not values:
            return None
        truth = values.most_common(1)[0][0]
        for name, value in witnesses.items():
            if value is not None and value != truth:
                self._report.found(f"Entry {index}: {name} not what was logged.")
        if row is not None and leaf_hash(row.entry) == truth:
            self._columns(row)
        return truth

    def _columns(self, row: StoredEntry) -> None:
        link = read_link(row.entry)
        lane = self._lanes.get(row.index)
        expected = (
            (None, None, lane) if link is None else (link.event_id, link.position, lane or link.service)
        )
        quotes = row.index == 0 and link is None and quoted(row.entry) is not None
        if (row.event_id, row.position, row.lane) != ((None, None, QUOTER) if quotes else expected):
            self._report.found(
                f"The columns of entry {row.index} in the ledger database contradict its bytes."
            )

    def _versions(self, due: Tile | Bundle | None, whole: Tile | Bundle) -> dict[str, tuple[int, bytes]]:
        """Every stored width of one tile or bundle, widest first; `due` must be among them, or the full one."""
        widths = {FULL, *self._tiles.widths(whole.path)}
        places = [type(whole)(**{**vars(whole), "width": width}) for width in widths]
        read = {place: self._tiles.read(place.path) for place in sorted(places, key=lambda each: -each.width)}
        stored = {
            place.path: (place.width, content) for place, content in read.items() if content is not None
        }
        if due is not None and due.path not in stored and whole.path not in stored:
            self._report.found(f"{due.path} is missing.")
        self._report.files += len(stored)
        return stored

    def _bundled(self, bundles: dict[str, tuple[int, bytes]]) -> Leaves:
        for path, (width, content) in bundles.items():
            try:
                return [leaf_hash(entry) for entry in decode_bundle(content, width)]
            except LogError as error:
                self._report.found(f"{path}: {error}")
        return []

    def _tiled(self, tiles: dict[str, tuple[int, bytes]]) -> Leaves:
        for path, (width, content) in tiles.items():
            if len(content) == width * 32:
                return hashes_of(content)
            self._report.found(f"{path} has {len(content)} bytes instead of {width * 32}.")
        return []

    def _prefixes(
        self,
        bundles: dict[str, tuple[int, bytes]],
        tiles: dict[str, tuple[int, bytes]],
        leaves: Sequence[bytes],
    ) -> None:
        """Every width holds the same beginning; each difference names the file."""
        for path, (width, content) in tiles.items():
            self._same(path, hashes_of(content), leaves[:width])
        for path, (width, content) in bundles.items():
            try:
                self._same(
                    path, [leaf_hash(entry) for entry in decode_bundle(content, width)], leaves[:width]
                )
            except LogError as error:
                self._report.found(f"{path}: {error}")

    def _same(self, path: str, stored: Sequence[bytes], derived: Sequence[bytes]) -> None:
        for place, (stored_value, derived_value) in enumerate(zip(stored, derived, strict=False)):
            if stored_value != derived_value:
                self._report.found(f"{path} is not what was written, first at place {place}.")
                return
        if len(stored) != len(derived):
            self._report.found(f"{path} holds {len(stored)} entries instead of {len(derived)}.")

    def _beyond(self, signed: int) -> None:
        for row in self._ledger.stored(signed, LARGEST):
            self._report.found(f"Entry {row.index} in the ledger database was never signed.")

    def _inner_tiles(self, published: int) -> None:
        for tile in new_tiles(0, published):
            if tile.level > 0:
                count = (self._report.entries >> 8 * tile.level) - tile.index * FULL
                hashes = [
                    self._inner.get((tile.level, tile.index * FULL + n), b"")
                    for n in range(min(FULL, max(count, 0)))
                ]
                for path, (width, content) in self._versions(tile, tile.whole).items():
                    self._same(path, hashes_of(content), hashes[:width])

    def _strangers(self) -> None:
        """Files beneath tile/ whose name says nothing that a log has."""
        for path in self._tiles.files(TILES):
            if not path.endswith(".new") and not _is_place(path):
                self._report.found(f"{path} does not belong to the log.")


def _sizes(checkpoint: Checkpoint | None) -> set[int]:
    return set() if checkpoint is None else {checkpoint.size}


def _at(leaves: Leaves, place: int) -> bytes | None:
    return leaves[place] if place < len(leaves) else None


def _is_place(name: str) -> bool:
    try:
        parse_path(name)
    except LogError:
        return False
    return True


def sentences(report: Report) -> Iterator[str]:
    """Return the lines that the tool prints."""
    yield from _once(report.findings)
    if not report.findings:
        yield f"{report.entries} entries and {report.files} files are as they were written."


def _once(findings: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(findings)
