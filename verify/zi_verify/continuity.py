"""The check that one checkpoint is the beginning of another of the same log, and the names of what it is when it is not: a rollback when the
later one is smaller, a fork when both can't be true."""

from collections.abc import Mapping
from dataclasses import dataclass

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import Endorsement, Policy
from zi_tlog.proof import ProofError, verify_consistency
from zi_tlog.text import HASH_BYTES
from zi_tlog.tile import FULL, TileHashes
from zi_tlog.tree import consistency_proof, tree_root
from zi_verify.memory import Remembered, moment
from zi_verify.rebuilt import agreeing
from zi_verify.source import DeniedError, LogSource
from zi_verify.verdict import CheckFinding, Sentence, refused


@dataclass(frozen=True)
class KnownTree:
    """A checkpoint that the log must continue, and how a person would call it, in both languages; `tiles`: the roots of the full tiles
    below it, if they are known."""

    checkpoint: Checkpoint
    name: Sentence
    tiles: bytes | None = None


def verified(remembered: Remembered) -> KnownTree:
    """A tree that this verifier verified before."""
    size = remembered.checkpoint.size
    name = Sentence(
        f"the {size} entries that were verified on {moment(remembered.at)}",
        f"{size} entri yang diperiksa pada {moment(remembered.at)}",
    )
    return KnownTree(remembered.checkpoint, name, remembered.tiles)


def older(checkpoint: Checkpoint) -> KnownTree:
    """An older checkpoint that somebody kept."""
    return KnownTree(checkpoint, Sentence("the older checkpoint", "checkpoint lama"))


def confirmed(endorsement: Endorsement) -> KnownTree:
    """The newest checkpoint that the witnesses cosigned."""
    size = endorsement.checkpoint.size
    return KnownTree(
        endorsement.checkpoint,
        Sentence(
            f"the {size} entries that the witnesses confirmed", f"{size} entri yang ditegaskan para saksi"
        ),
    )


def read_cosigned(source: LogSource) -> bytes | None:
    """Read the newest cosigned checkpoint that the log publishes; None if there is none (some stores deny access instead)."""
    try:
        return source.read("cosigned")
    except DeniedError:
        return None


def replayed(checkpoint: Checkpoint) -> KnownTree:
    """The tree that was just rebuilt from its entries."""
    size = checkpoint.size
    return KnownTree(
        checkpoint,
        Sentence(f"the {size} entries that were read now", f"{size} entri yang baru saja dibaca"),
    )


def accepted(recalled: Mapping[str, Remembered], policy: Policy) -> tuple[list[Remembered], list[Remembered]]:
    """Of what was verified under a log's name: what a key of this policy signed, and what only other keys did."""
    endorsed: list[Remembered] = []
    strangers: list[Remembered] = []
    for remembered in recalled.values():
        try:
            policy.endorsement(remembered.note)
        except LogError:
            strangers.append(remembered)
        else:
            endorsed.append(remembered)
    return endorsed, strangers


def other_key(remembered: Remembered) -> Sentence:
    """A name is remembered with a key that the policy does not have: another house, or a key that was put in the place of the first."""
    return Sentence(
        f"On {moment(remembered.at)} a log of this name was verified under another key. Unless you know why, ask the office and its witnesses.",
        f"Pada {moment(remembered.at)} log dengan nama ini diperiksa dengan kunci lain. Bila tidak tahu sebabnya, tanyakan kepada kantor dan para saksinya.",
    )


def broken(
    known: KnownTree, head: Checkpoint, root: bytes | None, tiles: bytes | None
) -> CheckFinding | None:
    """Compare a replayed log (`head`; `root` = its root at the known size; `tiles` = the roots of its full tiles) with a known tree;
    return the fault, or None if the log continues the tree."""
    if known.checkpoint.origin != head.origin:
        return CheckFinding("checkpoint", _OTHER_LOG)
    if known.checkpoint.size > head.size:
        return CheckFinding("checkpoint", _rollback(known, head), head.size)
    if known.checkpoint.size == head.size:  # the signed roots speak for themselves, whatever the tiles are
        root = head.root
    if root in (None, known.checkpoint.root):  # without a root the replay itself failed and says why
        return None
    return _fork(known, tiles)


def prove(known: KnownTree, head: Checkpoint, source: LogSource) -> tuple[CheckFinding | None, list[bytes]]:
    """The same by a consistency proof (RFC 9162 section 2.1.4) that is made from the log's own tiles, and that proof."""
    wrong = broken(known, head, None, None)
    if wrong is not None:
        return wrong, []
    hashes = TileHashes(head.size, source.read)
    old = known.checkpoint
    try:
        proof = consistency_proof(old.size, head.size, hashes) if old.size < head.size else []
    except LogError as error:
        return CheckFinding("checkpoint", _unproven(known, error)), []
    try:
        verify_consistency(old.size, head.size, old.root, head.root, proof)
    except ProofError as error:
        return _disproved(known, head, hashes, proof, error), proof
    return None, proof


def _disproved(
    known: KnownTree, head: Checkpoint, hashes: TileHashes, proof: list[bytes], error: ProofError
) -> CheckFinding:
    # Only tiles that prove another beginning of the signed tree show a fork; otherwise they are damaged and show nothing.
    old = known.checkpoint
    try:
        if old.size < head.size:
            verify_consistency(old.size, head.size, tree_root(old.size, hashes), head.root, proof)
    except LogError:
        return CheckFinding("checkpoint", _unproven(known, error))
    return _fork(known, None)


def _fork(known: KnownTree, tiles: bytes | None) -> CheckFinding:
    en = f"fork: the log does not continue {known.name.en}: its past was rewritten"
    id = f"percabangan (fork): log tidak melanjutkan {known.name.id}: masa lalunya ditulis ulang"
    if known.tiles is None or tiles is None:
        return CheckFinding("checkpoint", Sentence(en, id))
    same = agreeing(known.tiles, tiles)
    is_named = same < len(known.tiles) // HASH_BYTES
    first, last = same * FULL, (same + 1) * FULL - 1 if is_named else known.checkpoint.size - 1
    return CheckFinding(
        "checkpoint",
        Sentence(
            f"{en}; the first changed entry is one of {first} to {last}",
            f"{id}; entri pertama yang berubah adalah salah satu dari {first} sampai {last}",
        ),
        first,
    )


def _rollback(known: KnownTree, head: Checkpoint) -> Sentence:
    return Sentence(
        f"rollback: the log has {head.size} entries and is shorter than {known.name.en}",
        f"kemunduran (rollback): log memuat {head.size} entri dan lebih pendek daripada {known.name.id}",
    )


def _unproven(known: KnownTree, error: ValueError) -> Sentence:
    reason = refused(error)
    return Sentence(
        f"that the log continues {known.name.en} is not proven: {reason.en}",
        f"tidak terbukti bahwa log melanjutkan {known.name.id}: {reason.id}",
    )


_OTHER_LOG = Sentence("the older checkpoint is another log's", "checkpoint lama berasal dari log lain")
