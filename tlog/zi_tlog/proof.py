"""Checking Merkle proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2) and the offline receipt `.tlog-proof` (c2sp.org/tlog-proof@v1);
whatever is accepted here follows from the root that the checkpoint signs."""

from collections.abc import Sequence
from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.policy import Endorsement, Policy
from zi_tlog.text import HASH_BYTES, decode_base64, decode_decimal, decode_hash, decode_utf8, encode_base64
from zi_tlog.tree import EMPTY_ROOT, leaf_hash, node_hash

_HEADER = "c2sp.org/tlog-proof@v1"
_MAX_HASHES = 63


class ProofError(LogError):
    """A proof that does not prove its claim."""


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Returns only if `leaf` is the hash of entry `index` in the tree of `size` entries with `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError(f"Entry {index} is not in a tree of {size} entries.")
    _only_hashes(leaf, root, *proof)
    node, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("The inclusion proof is too long.")
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            node, last = _climb_left_edge(node, last)
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("The inclusion proof is too short.")
    if computed != root:
        raise ProofError("The leaf hash is not in the tree of the checkpoint.")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Returns only if the tree (new, new_root) begins with all of the tree (old, old_root) (RFC 9162 section 2.1.4.2). An empty old
    tree is the beginning of every tree, and then the proof is empty (tlog-witness)."""
    if not 0 <= old <= new:
        raise ProofError(f"A tree of {new} entries does not continue one of {old}.")
    _only_hashes(old_root, new_root, *proof)
    if old in (0, new):
        _trivially_consistent(old, new, old_root, new_root, proof)
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofError("The consistency proof is too short.")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("The consistency proof is too long.")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            node, last = _climb_left_edge(node, last)
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("The consistency proof is too short.")
    if (first, second) != (old_root, new_root):
        raise ProofError("The newer tree does not continue the older one.")


@dataclass(frozen=True)
class TlogProof:
    """A receipt: the index, the inclusion proof, and the exact checkpoint; the extra data is not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def format(self) -> bytes:
        """The bytes of a `.tlog-proof` file; parse_proof gives the same receipt back (tlog-proof, Format)."""
        extra = [] if self.extra is None else [f"extra {encode_base64(self.extra)}"]
        lines = [_HEADER, *extra, f"index {self.index}", *map(encode_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def parse_proof(data: bytes) -> TlogProof:
    """The receipt in a `.tlog-proof` file; nothing of it is verified yet (tlog-proof, Format)."""
    head, found, checkpoint = data.partition(b"\n\n")
    lines = decode_utf8(head, "proof").split("\n")
    if not found or lines.pop(0) != _HEADER:
        raise ProofError("This is not a tlog-proof file.")
    extra = decode_base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise ProofError("The proof does not say its index.")
    if len(lines) > _MAX_HASHES + 1:
        raise ProofError("The proof is longer than any tree is high.")
    return TlogProof(decode_decimal(lines[0][6:]), tuple(map(decode_hash, lines[1:])), checkpoint, extra)


def verify_proof(proof: TlogProof, entry: bytes, policy: Policy, now: int | None = None) -> Endorsement:
    """Check a receipt and return who endorsed its checkpoint (tlog-proof). First the checkpoint is checked against the policy (with
    `now` no cosignature of the future counts), then the inclusion of the leaf hash of `entry` at the receipt's index."""
    endorsement = policy.check(proof.checkpoint, now)
    head = endorsement.checkpoint
    verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.hashes, head.root)
    return endorsement


def _climb_left_edge(node: int, last: int) -> tuple[int, int]:
    # RFC 9162 section 2.1.3.2, step 4b: levels where this node has no sibling on its right are passed over.
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _trivially_consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise ProofError("The consistency proof is too long.")
    if old == new and old_root != new_root:
        raise ProofError("Two trees of the same size have different roots.")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("The root of the empty tree is wrong.")


def _only_hashes(*values: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in values):
        raise ProofError("A hash in a proof has not 32 bytes.")
