"""Whether one checkpoint is the beginning of another of the same log, and the names of what it is when it is not: a rollback when the
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
from zi_verify.source import DeniedError, Source
from zi_verify.verdict import Finding, Sentence, refused


@dataclass(frozen=True)
class Known:
    """A checkpoint that the log must continue, and how a person would call it, in both languages; `tiles`: the roots of the full tiles
    below it, if they are known."""

    checkpoint: Checkpoint
    name: Sentence
    tiles: bytes | None = None


def verified(said: Remembered) -> Known:
    """What this verifier itself saw before."""
    size = said.checkpoint.size
    name = Sentence(
        f"the {size} entries that were verified on {moment(said.at)}",
        f"{size} entri yang diperiksa pada {moment(said.at)}",
    )
    return Known(said.checkpoint, name, said.tiles)


def given(checkpoint: Checkpoint) -> Known:
    """An older checkpoint that somebody kept."""
    return Known(checkpoint, Sentence("the older checkpoint", "checkpoint lama"))


def confirmed(endorsement: Endorsement) -> Known:
    """The newest checkpoint that the witnesses cosigned."""
    size = endorsement.checkpoint.size
    return Known(
        endorsement.checkpoint,
        Sentence(
            f"the {size} entries that the witnesses confirmed", f"{size} entri yang ditegaskan para saksi"
        ),
    )


def read_cosigned(source: Source) -> bytes | None:
    """What the log publishes as its newest cosigned checkpoint; some stores deny what is not there."""
    try:
        return source.read("cosigned")
    except DeniedError:
        return None


def replayed(checkpoint: Checkpoint) -> Known:
    """The tree that was just rebuilt from its entries."""
    size = checkpoint.size
    return Known(
        checkpoint,
        Sentence(f"the {size} entries that were read now", f"{size} entri yang baru saja dibaca"),
    )


def accepted(recalled: Mapping[str, Remembered], policy: Policy) -> tuple[list[Remembered], list[Remembered]]:
    """Of what was verified under a log's name: what a key of this policy signed, and what only other keys did."""
    ours: list[Remembered] = []
    strangers: list[Remembered] = []
    for said in recalled.values():
        try:
            policy.endorsement(said.note)
        except LogError:
            strangers.append(said)
        else:
            ours.append(said)
    return ours, strangers


def other_key(said: Remembered) -> Sentence:
    """A name is remembered with a key that the policy does not have: another house, or a key that was put in the place of the first."""
    return Sentence(
        f"On {moment(said.at)} a log of this name was verified under another key. Unless you know why, ask the office and its witnesses.",
        f"Pada {moment(said.at)} log dengan nama ini diperiksa dengan kunci lain. Bila tidak tahu sebabnya, tanyakan kepada kantor dan para saksinya.",
    )


def broken(known: Known, head: Checkpoint, root: bytes | None, tiles: bytes | None) -> Finding | None:
    """What is wrong when a replayed log (`head`; `root` = its root at the known size; `tiles` = the roots of its full tiles) is held
    against what is known; nothing, if it continues it."""
    if known.checkpoint.origin != head.origin:
        return Finding("checkpoint", _OTHER_LOG)
    if known.checkpoint.size > head.size:
        return Finding("checkpoint", _rollback(known, head), head.size)
    if known.checkpoint.size == head.size:  # the signed roots speak for themselves, whatever the tiles are
        root = head.root
    if root in (None, known.checkpoint.root):  # without a root the replay itself failed and says why
        return None
    return _fork(known, tiles)


def prove(known: Known, head: Checkpoint, source: Source) -> tuple[Finding | None, list[bytes]]:
    """The same by a consistency proof (RFC 9162 section 2.1.4) that is made from the log's own tiles, and that proof."""
    wrong = broken(known, head, None, None)
    if wrong is not None:
        return wrong, []
    hashes = TileHashes(head.size, source.read)
    old = known.checkpoint
    try:
        proof = consistency_proof(old.size, head.size, hashes) if old.size < head.size else []
    except LogError as error:
        return Finding("checkpoint", _unproven(known, error)), []
    try:
        verify_consistency(old.size, head.size, old.root, head.root, proof)
    except ProofError as error:
        return _disproved(known, head, hashes, proof, error), proof
    return None, proof


def _disproved(
    known: Known, head: Checkpoint, hashes: TileHashes, proof: list[bytes], error: ProofError
) -> Finding:
    # Only tiles that prove another beginning of the signed tree show a fork; otherwise they are damaged and show nothing.
    old = known.checkpoint
    try:
        if old.size < head.size:
            verify_consistency(old.size, head.size, tree_root(old.size, hashes), head.root, proof)
    except LogError:
        return Finding("checkpoint", _unproven(known, error))
    return _fork(known, None)


def _fork(known: Known, tiles: bytes | None) -> Finding:
    en = f"fork: the log does not continue {known.name.en}: its past was rewritten"
    id = f"percabangan (fork): log tidak melanjutkan {known.name.id}: masa lalunya ditulis ulang"
    if known.tiles is None or tiles is None:
        return Finding("checkpoint", Sentence(en, id))
    same = agreeing(known.tiles, tiles)
    is_named = same < len(known.tiles) // HASH_BYTES
    first, last = same * FULL, (same + 1) * FULL - 1 if is_named else known.checkpoint.size - 1
    return Finding(
        "checkpoint",
        Sentence(
            f"{en}; the first changed entry is one of {first} to {last}",
            f"{id}; entri pertama yang berubah adalah salah satu dari {first} sampai {last}",
        ),
        first,
    )


def _rollback(known: Known, head: Checkpoint) -> Sentence:
    return Sentence(
        f"rollback: the log has {head.size} entries and is shorter than {known.name.en}",
        f"kemunduran (rollback): log memuat {head.size} entri dan lebih pendek daripada {known.name.id}",
    )


def _unproven(known: Known, error: ValueError) -> Sentence:
    said = refused(error)
    return Sentence(
        f"that the log continues {known.name.en} is not proven: {said.en}",
        f"tidak terbukti bahwa log melanjutkan {known.name.id}: {said.id}",
    )


_OTHER_LOG = Sentence("the older checkpoint is another log's", "checkpoint lama berasal dari log lain")
