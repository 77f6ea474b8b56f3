"""The corners of the tree, as docs/verify.md decides them: size 0, size 1, equal sizes, empty proofs, roots of another length."""

from pathlib import Path

import pytest
from tests.tlog import naive_tree

from zi_tlog.checkpoint import Checkpoint, CheckpointError, EmptyTreeError
from zi_tlog.proof import ProofError, TlogProof, parse_proof, verify_consistency, verify_inclusion
from zi_tlog.tile import TileError, TileHashes, bundle_at, decode_bundle, new_tiles, tile_at
from zi_tlog.tree import (
    EMPTY_ROOT,
    Edge,
    TreeError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_hash,
    tree_root,
)

LEAVES = [leaf_hash(entry) for entry in naive_tree.entries(9)]
FIRST, OTHER = LEAVES[0], bytes(32)
SIZES = range(len(LEAVES) + 1)
GUIDE = Path(__file__).parents[2] / "docs" / "verify.md"


def root(size: int) -> bytes:
    return naive_tree.root(tuple(LEAVES[:size]))


def proof(old: int, new: int) -> list[bytes]:
    return naive_tree.subproof(old, tuple(LEAVES[:new])) if old else []


def nothing(level: int, index: int) -> bytes:
    raise AssertionError("no stored hash is needed")


def test_the_guide_has_the_section() -> None:
    assert "## Corner cases of the tree" in GUIDE.read_text("utf-8")


def test_the_tree_of_one_entry_has_its_leaf_as_root_and_an_empty_proof() -> None:
    assert root(1) == FIRST == Edge().append([FIRST]).after.root
    assert inclusion_proof(0, 1, nothing) == []
    verify_inclusion(0, 1, FIRST, [], FIRST)
    receipt = TlogProof(0, (), b"checkpoint")
    assert parse_proof(receipt.format()) == receipt


@pytest.mark.parametrize("hashes", [[FIRST], [OTHER, OTHER]])
def test_a_proof_in_a_tree_of_one_entry_is_too_long(hashes: list[bytes]) -> None:
    with pytest.raises(ProofError, match="too long"):
        verify_inclusion(0, 1, FIRST, hashes, FIRST)


def test_nothing_is_in_the_empty_tree() -> None:
    with pytest.raises(ProofError, match="not in a tree of 0"):
        verify_inclusion(0, 0, FIRST, [], EMPTY_ROOT)
    with pytest.raises(TreeError):
        inclusion_proof(0, 0, nothing)


def test_the_empty_tree_needs_no_hash_no_tile_and_no_bundle() -> None:
    assert tree_root(0, nothing) == EMPTY_ROOT == Edge().root == Edge.read(0, nothing).root
    assert list(new_tiles(0, 0)) == [] == decode_bundle(b"", 0)
    with pytest.raises(TileError):
        tile_at(0, 0, 0)
    with pytest.raises(TileError):
        bundle_at(0, 0)
    with pytest.raises(TileError):
        TileHashes(0, lambda path: b"")(0, 0)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (4, 3), (-1, 0)])
def test_a_range_without_entries_has_no_hash(start: int, end: int) -> None:
    with pytest.raises(TreeError):
        range_hash(start, end, nothing)


def test_a_checkpoint_of_the_empty_tree_has_its_root_and_no_other() -> None:
    assert Checkpoint("o", 0, EMPTY_ROOT).size == 0
    with pytest.raises(EmptyTreeError):
        Checkpoint("o", 0, OTHER)


@pytest.mark.parametrize("length", [0, 20, 31, 33, 48, 64])
def test_a_root_of_another_length_is_no_root(length: int) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint("o", 3, bytes(length))
    with pytest.raises(ProofError, match="32 bytes"):
        verify_inclusion(0, 3, FIRST, proof(1, 3), bytes(length))
    for old, new in ((0, 3), (3, 3), (2, 3)):
        with pytest.raises(ProofError, match="32 bytes"):
            verify_consistency(old, new, bytes(length), root(new), proof(old, new))
        with pytest.raises(ProofError, match="32 bytes"):
            verify_consistency(old, new, root(old), bytes(length), proof(old, new))


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_continues_itself_by_an_empty_proof_and_no_other(size: int) -> None:
    assert consistency_proof(size, size, nothing) == []
    verify_consistency(size, size, root(size), root(size), [])
    with pytest.raises(ProofError, match="too long"):
        verify_consistency(size, size, root(size), root(size), [root(size)])


@pytest.mark.parametrize("size", SIZES)
def test_two_roots_of_one_size_contradict_each_other_whatever_the_proof(size: int) -> None:
    for first, second in ((OTHER, root(size)), (root(size), OTHER)):
        for hashes in ([], [OTHER], proof(max(size - 1, 0), size)):
            with pytest.raises(ProofError):
                verify_consistency(size, size, first, second, hashes)


@pytest.mark.parametrize("new", SIZES)
def test_the_empty_tree_begins_every_tree_by_an_empty_proof_and_under_its_one_root(new: int) -> None:
    assert consistency_proof(0, new, nothing) == []
    verify_consistency(0, new, EMPTY_ROOT, root(new), [])
    with pytest.raises(ProofError, match="too long"):
        verify_consistency(0, new, EMPTY_ROOT, root(new), [OTHER])
    with pytest.raises(ProofError):
        verify_consistency(0, new, OTHER, root(new), [])


@pytest.mark.parametrize("new", range(2, 10))
def test_between_two_sizes_an_empty_proof_or_one_hash_more_or_less_shows_nothing(new: int) -> None:
    for old in range(1, new):
        right = proof(old, new)
        verify_consistency(old, new, root(old), root(new), right)
        for wrong in ([], right[1:], right[:-1], [*right, OTHER], [OTHER, *right], [root(old), *right]):
            with pytest.raises(ProofError):
                verify_consistency(old, new, root(old), root(new), wrong)


@pytest.mark.parametrize(("old", "new"), [(1, 0), (3, 2), (-1, 2), (-1, -1)])
def test_a_smaller_tree_continues_nothing(old: int, new: int) -> None:
    with pytest.raises(ProofError, match="does not continue"):
        verify_consistency(old, new, OTHER, OTHER, [])
