"""Replays a whole log: signed head, every tile recomputed from level 0, every readable entry hashed again, every chain followed; one
bundle in memory at a time, and the first bad index is named."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy
from zi_tlog.tile import (
    FULL,
    Bundle,
    MissingError,
    Tile,
    TileHashes,
    bundle_at,
    hashes_of,
    read_bundle,
    read_tile,
    tile_at,
)
from zi_tlog.tree import TILE_HEIGHT, Edge, leaf_hash
from zi_verify.chains import Chains
from zi_verify.receipt import NO_WITNESS, witnesses_named
from zi_verify.source import DeniedError, Source
from zi_verify.verdict import Failed, Finding, Included, Sentence, Verdict, refused

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LogReport:
    """What the log is worth: `verdict` is Included when every check held, or Failed with the findings by index."""

    verdict: Verdict
    remarks: tuple[Sentence, ...] = ()
    checkpoint: Checkpoint | None = None
    senders: Mapping[str, int] = field(default_factory=dict)
    read_entries: bool = False


def replay(
    source: Source, policy: Policy, older: Checkpoint | None, progress: Progress, *, is_pinned: bool
) -> LogReport:
    """The report on the log in `source`, which must also continue the `older` checkpoint, if one is given."""
    try:
        data = source.read("checkpoint")
        if data is None:
            return LogReport(Failed((Finding("checkpoint", _MISSING),)))
        endorsement = policy.endorsement(data)
    except LogError as error:
        return LogReport(Failed((Finding("checkpoint", refused(error)),)))
    walk = _Walk(source, endorsement.checkpoint, older)
    walk.run(progress)
    findings = [*_quorum(policy, endorsement, is_pinned=is_pinned), *walk.findings]
    findings.sort(key=lambda finding: -1 if finding.index is None else finding.index)
    remarks = (*_remarks(policy, endorsement), *walk.remarks())
    verdict: Verdict = Failed(tuple(findings)) if findings else Included()
    return LogReport(verdict, remarks, endorsement.checkpoint, walk.chains.senders, walk.reads_entries)


def _quorum(policy: Policy, endorsement: Endorsement, *, is_pinned: bool) -> Iterator[Finding]:
    # The newest checkpoint may be younger than the witnesses' last round; who pinned a policy wants their word all the same.
    if is_pinned and not policy.witnessed(endorsement):
        yield Finding("checkpoint", _LACKS_QUORUM)


def _remarks(policy: Policy, endorsement: Endorsement) -> Iterator[Sentence]:
    if policy.quorum == NO_QUORUM:
        yield NO_WITNESS
    elif not policy.witnessed(endorsement):
        yield _LACKS_QUORUM
    yield from witnesses_named([endorsement])


class _Walk:
    # One pass from entry 0 to the checkpoint's size. `edge` grows by what the tiles say; from the first entry whose bundle says
    # otherwise, `rival` grows by what the bundles say, and the signed root decides at the end which of the two was changed.

    def __init__(self, source: Source, head: Checkpoint, older: Checkpoint | None) -> None:
        self.findings: list[Finding] = []
        self.chains = Chains(self._leaf_at)
        self._source, self._head, self._older = source, head, older
        self._edge = Edge()
        self._rival: Edge | None = None
        self._older_root = self._edge.root
        self._mismatches: list[tuple[int, str, str]] = []
        self._upper: dict[int, list[bytes]] = {}
        self._absent: list[int] = []
        self._bundles = 0
        self._is_denied = False

    @property
    def reads_entries(self) -> bool:
        return self._bundles > 0 and not self._is_denied

    def run(self, progress: Progress) -> None:
        for number in range(-(-self._head.size // FULL)):
            if not self._step(number):
                self._blame(is_bundles_true=False)
                return
            progress(self._edge.size, self._head.size)
        self._finish()

    def remarks(self) -> Iterator[Sentence]:
        if self._head.size and not self.reads_entries:
            yield _HASHES_ONLY

    def _step(self, number: int) -> bool:
        tile, bundle = tile_at(0, number, self._head.size), bundle_at(number, self._head.size)
        stored, entries = self._stored(tile), self._entries(bundle)
        hashed = None if entries is None else [leaf_hash(entry) for entry in entries]
        leaves = stored or hashed
        if leaves is None:
            return False
        first = number * FULL
        for place, (leaf, other) in enumerate(zip(leaves, hashed or leaves, strict=True)):
            if leaf != other:
                self._mismatches.append((first + place, bundle.path, tile.path))
        self._grow(leaves, hashed or leaves)
        for place, entry in enumerate(entries or []):
            for why in self.chains.take(first + place, entry):
                self.findings.append(Finding(bundle.path, why, first + place))
        return True

    def _stored(self, tile: Tile) -> list[bytes] | None:
        try:
            return hashes_of(read_tile(tile, self._source.read))
        except LogError as error:
            self.findings.append(Finding(tile.path, refused(error), tile.index * FULL ** (tile.level + 1)))
            return None

    def _entries(self, bundle: Bundle) -> list[bytes] | None:
        if self._is_denied:
            return None
        try:
            entries = read_bundle(bundle, self._source.read)
        except DeniedError:
            self._is_denied = True
            return None
        except MissingError:
            self._absent.append(bundle.index)
            return None
        except LogError as error:
            self.findings.append(Finding(bundle.path, refused(error), bundle.index * FULL))
            return None
        self._bundles += 1
        return entries

    def _leaf_at(self, index: int) -> bytes:
        try:
            return TileHashes(self._head.size, self._source.read)(0, index)
        except LogError:
            return b""

    def _grow(self, leaves: list[bytes], hashed: list[bytes]) -> None:
        size = self._edge.size
        if self._rival is None and leaves != hashed:
            self._rival = self._edge
        growth = self._edge.append(leaves)
        if self._older and size < self._older.size <= growth.after.size:
            self._older_root = self._edge.append(leaves[: self._older.size - size]).after.root
        if self._rival is not None:
            self._rival = self._rival.append(hashed).after
        self._edge = growth.after
        for (level, index), value in growth.hashes.items():
            if level:
                self._stack(level, index, value)

    def _stack(self, level: int, index: int, value: bytes) -> None:
        pending = self._upper.setdefault(level, [])
        pending.append(value)
        if len(pending) == FULL:
            self._compare(level, index // FULL)

    def _compare(self, level: int, number: int) -> None:
        computed, self._upper[level] = self._upper[level], []
        tile = tile_at(level, number, self._head.size)
        for place, (made, said) in enumerate(zip(computed, self._stored(tile) or computed, strict=True)):
            if made != said:
                self.findings.append(
                    Finding(tile.path, _NOT_FROM_BELOW, (number * FULL + place) * FULL**level)
                )

    def _finish(self) -> None:
        for level, pending in list(self._upper.items()):
            if pending:
                self._compare(level, (self._head.size >> TILE_HEIGHT * level) // FULL)
        if self._bundles:
            for number in self._absent:
                self.findings.append(
                    Finding(bundle_at(number, self._head.size).path, _MISSING, number * FULL)
                )
        is_bundles_true = self._rival is not None and self._rival.root == self._head.root
        self._blame(is_bundles_true=is_bundles_true)
        if self._edge.root != self._head.root and not is_bundles_true:
            self.findings.append(Finding("checkpoint", _OTHER_ROOT))
        if self._older is not None:
            self.findings += _not_continued(self._head, self._older, self._older_root)

    def _blame(self, *, is_bundles_true: bool) -> None:
        for index, bundle, tile in self._mismatches:
            if is_bundles_true:
                self.findings.append(Finding(tile, _TILE_CHANGED, index))
            else:
                self.findings.append(Finding(bundle, _ENTRY_CHANGED, index))


def _not_continued(head: Checkpoint, older: Checkpoint, root: bytes) -> Iterator[Finding]:
    if older.origin != head.origin:
        yield Finding("checkpoint", _OTHER_LOG)
    elif older.size > head.size:
        yield Finding("checkpoint", _SHRUNK, head.size)
    elif older.root != root:
        yield Finding("checkpoint", _REWRITTEN)


_MISSING = Sentence("the file is missing", "berkas tidak ada")
_OTHER_ROOT = Sentence(
    "the signed root does not follow from the tiles", "akar yang ditandatangani tidak sesuai dengan ubin"
)
_OTHER_LOG = Sentence("the older checkpoint is another log's", "checkpoint lama berasal dari log lain")
_SHRUNK = Sentence(
    "the log is shorter than the older checkpoint", "log lebih pendek daripada checkpoint lama"
)
_REWRITTEN = Sentence(
    "the log does not continue the older checkpoint: its past was rewritten",
    "log tidak melanjutkan checkpoint lama: masa lalunya ditulis ulang",
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
_LACKS_QUORUM = Sentence(
    "the newest checkpoint is not (yet) confirmed by the policy's quorum of witnesses",
    "checkpoint terbaru belum ditegaskan oleh kuorum saksi menurut kebijakan",
)
_HASHES_ONLY = Sentence(
    "The entries are not readable (they need the auditor's token): only hashes were checked, not senders' chains.",
    "Entri tidak dapat dibaca (perlu token auditor): hanya hash yang diperiksa, bukan rantai pengirim.",
)
