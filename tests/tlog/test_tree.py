import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog import naive_tree
from tests.tlog.naive_tree import Stored

import zi_tlog.tree
from zi_tlog.proof import verify_consistency, verify_inclusion
from zi_tlog.tile import TileHashes
from zi_tlog.tree import (
    EMPTY_ROOT,
    Edge,
    TreeError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_hash,
    tile_root,
    tree_root,
)

VECTORS = Path(__file__).parent / "vectors"
LEAVES = tuple(map(leaf_hash, naive_tree.entries(1300)))
sizes = st.one_of(st.integers(0, 40), st.integers(0, 1300))


def reader(size: int) -> TileHashes:
    stored = Stored()
    stored.grow(LEAVES[:size])
    return TileHashes(size, stored.read)


def test_the_reference_tree_has_the_published_roots() -> None:
    vector = json.loads((VECTORS / "rfc6962_eight_leaves.json").read_text())
    edge = Edge()
    for leaf, root in zip(vector["leaves"], vector["roots"], strict=True):
        edge = edge.append([leaf_hash(bytes.fromhex(leaf))]).after
        assert edge.root.hex() == root


def test_the_reference_tree_gives_the_published_proofs_and_they_hold() -> None:
    vector = json.loads((VECTORS / "rfc6962_eight_leaves.json").read_text())
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in vector["leaves"]]
    roots = [EMPTY_ROOT, *map(bytes.fromhex, vector["roots"])]
    stored = Stored()
    stored.grow(leaves)
    read = TileHashes(len(leaves), stored.read)
    for case in vector["inclusion"]:
        index, size, proof = case["index"], case["size"], list(map(bytes.fromhex, case["proof"]))
        assert inclusion_proof(index, size, read) == proof
        verify_inclusion(index, size, leaves[index], proof, roots[size])
    for case in vector["consistency"]:
        old, size, proof = case["old"], case["size"], list(map(bytes.fromhex, case["proof"]))
        assert consistency_proof(old, size, read) == proof
        verify_consistency(old, size, roots[old], roots[size], proof)


def test_the_example_tree_of_the_rfc_gives_the_proofs_that_it_names() -> None:
    vector = json.loads((VECTORS / "rfc6962_seven_leaves.json").read_text())
    read = reader(7)
    named = {name: range_hash(*place, read) for name, place in vector["names"].items()}
    for index, names in vector["inclusion"].items():
        assert inclusion_proof(int(index), 7, read) == [named[name] for name in names]
    for old, names in vector["consistency"].items():
        assert consistency_proof(int(old), 7, read) == [named[name] for name in names]


def test_a_row_of_hashes_has_the_root_of_its_tree() -> None:
    zi_tlog.tree._pairs.cache_clear()  # whatever ran before
    row = b"".join(bytes([number]) * 32 for number in range(4))
    halves = [node_hash(row[at : at + 32], row[at + 32 : at + 64]) for at in (0, 64)]
    assert tile_root(row) == node_hash(*halves)


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Edge().root == tree_root(0, reader(0)) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_never_hashes_like_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@given(st.lists(st.integers(0, 300), max_size=5))
def test_appending_in_any_portions_gives_the_naive_root(portions: list[int]) -> None:
    edge = Edge()
    for portion in portions:
        edge = edge.append(LEAVES[edge.size : edge.size + min(portion, 1300 - edge.size)]).after
    assert edge.root == naive_tree.root(LEAVES[: edge.size])
    assert Edge(edge.size, edge.hashes) == edge == Edge.read(edge.size, reader(edge.size))


@given(sizes)
def test_the_root_from_tiles_is_the_naive_root(size: int) -> None:
    assert tree_root(size, reader(size)) == naive_tree.root(LEAVES[:size])


@given(sizes.filter(bool), st.data())
def test_an_inclusion_proof_is_the_naive_one(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert inclusion_proof(index, size, reader(size)) == naive_tree.path(index, LEAVES[:size])


@given(sizes.filter(bool), st.data())
def test_a_consistency_proof_is_the_naive_one(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    assert consistency_proof(old, new, reader(new)) == naive_tree.subproof(old, LEAVES[:new])


def test_nothing_is_needed_to_continue_the_empty_tree() -> None:
    assert consistency_proof(0, 5, reader(5)) == consistency_proof(0, 0, reader(0)) == []


def test_a_proof_for_an_older_size_comes_from_the_grown_tree() -> None:
    stored = Stored()
    stored.grow(LEAVES[:700])
    stored.grow(LEAVES[700:])
    assert inclusion_proof(3, 700, TileHashes(700, stored.read)) == naive_tree.path(3, LEAVES[:700])


def test_appending_leaves_the_edge_before_it_as_it_was() -> None:
    edge = Edge().append(LEAVES[:3]).after
    growth = edge.append(LEAVES[3:9])
    assert (growth.before, growth.after.size, edge.root) == (edge, 9, naive_tree.root(LEAVES[:3]))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_an_entry_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(TreeError):
        inclusion_proof(index, size, reader(3))


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_a_tree_never_continues_a_larger_one(old: int, new: int) -> None:
    with pytest.raises(TreeError):
        consistency_proof(old, new, reader(3))


def test_a_tree_has_no_negative_size() -> None:
    with pytest.raises(TreeError):
        tree_root(-1, reader(0))


@pytest.mark.parametrize(("size", "hashes"), [(3, (LEAVES[0],)), (-1, (LEAVES[0],)), (1, (b"short",))])
def test_an_edge_that_no_tree_has_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(TreeError):
        Edge(size, hashes)


def test_a_leaf_hash_of_another_length_is_refused() -> None:
    with pytest.raises(TreeError):
        Edge().append([b"short"])


def test_a_row_of_hashes_is_hashed_up_to_its_root() -> None:
    leaves = tuple(leaf_hash(entry) for entry in naive_tree.entries(8))
    assert tile_root(b"".join(leaves)) == naive_tree.root(leaves)
    assert tile_root(leaves[0]) == leaves[0]
