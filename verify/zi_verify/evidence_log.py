"""The part of the log inside an evidence zip: its checkpoint, the older ones, the tiles, and every entry against the leaf that the tiles
prove; what is missing, changed, added or moved is named by its index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zi_tlog.error import LogError
from zi_tlog.evidence import BUNDLE_ENTRIES, CHECKPOINT, Manifest
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.policy import Endorsement, Policy
from zi_tlog.sparse import SparseTree
from zi_tlog.tree import leaf_hash
from zi_verify.acts import CaseAct, read_act
from zi_verify.message import MessageError
from zi_verify.report import TWO_HISTORIES
from zi_verify.verdict import CheckFinding, Sentence, refused


@dataclass
class LogPart:
    """The proven part of the log: the endorsements of its newest tree and of older ones, and the acts in the order of the log."""

    endorsement: Endorsement | None = None
    older: list[Endorsement] = field(default_factory=list)
    acts: list[CaseAct] = field(default_factory=list)
    findings: list[CheckFinding] = field(default_factory=list)


def read_log_part(archive: EvidenceArchive, manifest: Manifest, policy: Policy, now: int) -> LogPart:
    """Everything that the zip has of the log, under the policy at the POSIX second `now`; nothing while no tree is claimed."""
    part = LogPart()
    if manifest.size == 0:
        return part
    try:
        part.endorsement = policy.check(archive.require(CHECKPOINT), now)
    except LogError as error:
        part.findings.append(CheckFinding(CHECKPOINT, refused(error)))
        return part
    head = part.endorsement.checkpoint
    if (head.origin, head.size) != (manifest.origin, manifest.size):
        part.findings.append(CheckFinding(CHECKPOINT, _OTHER_TREE))
        return part
    try:
        tree = SparseTree(head.size, head.root, archive.read)
    except LogError as error:
        part.findings.append(CheckFinding("tile", refused(error)))
        return part
    for size in manifest.checkpoints:
        _read_older(archive, policy, tree, size, now, part)
    for number, name in enumerate(manifest.bundles):
        indexes = manifest.indexes[number * BUNDLE_ENTRIES : (number + 1) * BUNDLE_ENTRIES]
        _read_bundle(archive, tree, name, indexes, part)
    return part


def _read_older(
    archive: EvidenceArchive, policy: Policy, tree: SparseTree, size: int, now: int, part: LogPart
) -> None:
    name, head = f"checkpoints/{size}", part.endorsement
    try:
        older = policy.endorsement(archive.require(name), now)
        root = tree.root(size)
    except LogError as error:
        part.findings.append(CheckFinding(name, refused(error)))
        return
    checkpoint = older.checkpoint
    if head is None or (checkpoint.origin, checkpoint.size) != (head.checkpoint.origin, size):
        part.findings.append(CheckFinding(name, _OTHER_TREE))
    elif checkpoint.root != root:
        part.findings.append(CheckFinding(name, TWO_HISTORIES))
    else:
        part.older.append(older)


def _read_bundle(
    archive: EvidenceArchive, tree: SparseTree, name: str, indexes: Sequence[int], part: LogPart
) -> None:
    try:
        entries = list(_entries(archive.require(name)))
        leaves = [tree.leaf(index) for index in indexes]
    except LogError as error:
        part.findings.append(CheckFinding(name, refused(error), indexes[0]))
        return
    hashes = [leaf_hash(entry) for entry in entries]
    if hashes != leaves:
        part.findings += _differences(name, indexes, leaves, hashes)
    proven = dict(zip(hashes, entries, strict=True))
    for index, leaf in zip(indexes, leaves, strict=True):
        if leaf not in proven:
            continue
        try:
            part.acts.append(read_act(name, index, proven[leaf]))
        except MessageError as error:
            part.findings.append(CheckFinding(name, refused(error), index))


def _entries(data: bytes) -> Iterator[bytes]:
    # As far as the lengths go: whatever damage cuts off is missed by its leaf.
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : end]
        at = end


def _differences(
    name: str, indexes: Sequence[int], leaves: Sequence[bytes], hashes: Sequence[bytes]
) -> Iterator[CheckFinding]:
    there, expected = set(hashes), set(leaves)
    missing = [index for index, leaf in zip(indexes, leaves, strict=True) if leaf not in there]
    yield from (CheckFinding(name, _NOT_THERE, index) for index in missing)
    strangers = sum(leaf not in expected for leaf in hashes)
    if strangers > len(missing):
        yield CheckFinding(name, _added(strangers - len(missing)))
    if not missing and not strangers:
        moved = next(
            (index for index, leaf, found in zip(indexes, leaves, hashes, strict=False) if leaf != found),
            indexes[-1],
        )
        yield CheckFinding(name, _MOVED, moved)


def _added(count: int) -> Sentence:
    return Sentence(
        f"{count} entries in it are not of this log at these indexes: they were added",
        f"{count} entri di dalamnya bukan dari log ini pada indeks tersebut: entri itu ditambahkan",
    )


_OTHER_TREE = Sentence(
    "it is of another log or another size than the manifest says",
    "checkpoint ini dari log lain atau berukuran lain daripada yang disebut manifest",
)
_NOT_THERE = Sentence(
    "what the log holds at this index is not here: it was changed or removed",
    "yang tercatat di log pada indeks ini tidak ada di sini: telah diubah atau dihilangkan",
)
_MOVED = Sentence(
    "the entries are not in the order of the log, or one is here twice",
    "entri tidak dalam urutan log, atau ada yang dua kali",
)
