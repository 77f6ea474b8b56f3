from pathlib import Path

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog import naive_tree

from zi_tlog.error import LogError
from zi_tlog.policy import parse_policy
from zi_tlog.proof import (
    ProofError,
    TlogProof,
    parse_proof,
    verify_consistency,
    verify_inclusion,
    verify_proof,
)
from zi_tlog.tree import EMPTY_ROOT, leaf_hash

VECTORS = Path(__file__).parent / "vectors"
LEAVES = tuple(map(leaf_hash, naive_tree.entries(70)))
RECEIPT = (VECTORS / "three_entries.tlog-proof").read_bytes()
POLICY = parse_policy((VECTORS / "three_entries.policy").read_bytes())
OTHER = leaf_hash(b"another")
hashes = st.binary(min_size=32, max_size=32)


def root(size: int) -> bytes:
    return naive_tree.root(LEAVES[:size])


def test_every_inclusion_in_every_small_tree_is_verified_here_and_by_a_strangers_library() -> None:
    for size in range(1, 34):
        for index in range(size):
            proof = naive_tree.path(index, LEAVES[:size])
            verify_inclusion(index, size, LEAVES[index], proof, root(size))
            metamorphic_log.verify_inclusion(index, size, LEAVES[index], proof, root(size))


def test_every_consistency_of_small_trees_is_verified_here_and_by_a_strangers_library() -> None:
    for new in range(1, 34):
        for old in range(1, new + 1):
            proof = naive_tree.subproof(old, LEAVES[:new])
            verify_consistency(old, new, root(old), root(new), proof)
            metamorphic_log.verify_consistency(old, new, proof, root(old), root(new))


@given(st.integers(1, 70), st.data())
def test_no_altered_inclusion_proof_is_accepted(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = naive_tree.path(index, LEAVES[:size])
    altered = data.draw(
        st.one_of(
            st.sampled_from(range(len(proof) + 1)).map(lambda at: [*proof[:at], OTHER, *proof[at:]]),
            st.sampled_from(range(len(proof))).map(lambda at: [*proof[:at], OTHER, *proof[at + 1 :]])
            if proof
            else st.nothing(),
            st.sampled_from(range(len(proof))).map(lambda at: [*proof[:at], *proof[at + 1 :]])
            if proof
            else st.nothing(),
        )
    )
    with pytest.raises(ProofError):
        verify_inclusion(index, size, LEAVES[index], altered, root(size))


@given(st.integers(2, 70), st.data())
def test_no_altered_consistency_proof_is_accepted(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    proof = naive_tree.subproof(old, LEAVES[:new])
    at = data.draw(st.integers(0, len(proof) - 1))
    for altered in (
        [*proof[:at], OTHER, *proof[at:]],
        [*proof[:at], OTHER, *proof[at + 1 :]],
        proof[:at],
        [*proof, OTHER],
    ):
        with pytest.raises(ProofError):
            verify_consistency(old, new, root(old), root(new), altered)


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_outside_the_tree_is_refused(index: int) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(index, 3, LEAVES[0], [], root(3))


def test_a_short_hash_is_refused() -> None:
    with pytest.raises(ProofError):
        verify_inclusion(0, 2, LEAVES[0], [b"short"], root(2))


def test_a_log_never_shrinks() -> None:
    with pytest.raises(ProofError):
        verify_consistency(3, 2, root(3), root(2), [])


def test_the_empty_tree_begins_every_tree() -> None:
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    verify_consistency(0, 5, EMPTY_ROOT, root(5), [])


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root", "proof"),
    [
        (0, 5, OTHER, root(5), []),
        (5, 5, root(5), OTHER, []),
        (5, 5, root(5), root(5), [OTHER]),
        (0, 5, EMPTY_ROOT, root(5), [OTHER]),
        (3, 5, root(3), root(5), []),
    ],
)
def test_edge_cases_of_consistency_are_refused(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]
) -> None:
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, new_root, proof)


def test_the_published_receipt_verifies() -> None:
    proof = parse_proof(RECEIPT)
    endorsement = verify_proof(proof, b"b", POLICY)
    assert (proof.index, endorsement.checkpoint.size, endorsement.cosigned) == (1, 3, {"w1": 1767000000})
    assert list(proof.hashes) == [leaf_hash(b"a"), leaf_hash(b"c")]


def test_the_receipt_is_about_one_entry_only() -> None:
    with pytest.raises(ProofError, match="not in the tree of the checkpoint"):
        verify_proof(parse_proof(RECEIPT), b"B", POLICY)


def test_no_byte_of_a_receipt_can_be_changed() -> None:
    for at in range(len(RECEIPT)):
        altered = RECEIPT[:at] + bytes([RECEIPT[at] ^ 1]) + RECEIPT[at + 1 :]
        with pytest.raises(LogError):
            verify_proof(parse_proof(altered), b"b", POLICY)


def test_a_receipt_holds_as_many_hashes_as_the_largest_tree_is_high() -> None:
    proof = TlogProof(2**63 - 1, (OTHER,) * 63, b"")
    assert parse_proof(proof.format()) == proof


@given(
    st.integers(0, 2**63 - 1),
    st.lists(hashes, max_size=63),
    st.binary(),
    st.one_of(st.none(), st.binary(max_size=40)),
)
def test_a_receipt_is_read_back_as_it_was_written(
    index: int, path: list[bytes], note: bytes, extra: bytes | None
) -> None:
    proof = TlogProof(index, tuple(path), note, extra)
    assert parse_proof(proof.format()) == proof


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\nindex 1\n",
        b"c2sp.org/tlog-proof@v2\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1\nextra AA==\n\n",
        b"c2sp.org/tlog-proof@v1\nextra A\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\n",
        b"c2sp.org/tlog-proof@v1\nindex -1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 9999999999999999999\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAA==\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAB==\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\n\xff\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + b"Aippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n" * 64 + b"\n",
    ],
)
def test_a_malformed_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_proof(data)


@given(st.binary())
def test_whatever_bytes_come_only_a_log_error_is_raised(data: bytes) -> None:
    for hostile in (data, b"c2sp.org/tlog-proof@v1\nindex 1\n" + data, RECEIPT[:150] + data):
        with pytest.raises(LogError):
            verify_proof(parse_proof(hostile), b"b", POLICY)
