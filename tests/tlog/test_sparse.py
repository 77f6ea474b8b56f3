import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.naive_tree import root as naive_root

from zi_tlog.sparse import SparseTree, edge_tiles, tiles_of
from zi_tlog.tile import MissingError, TileError, read_tile, tile_files
from zi_tlog.tree import EMPTY_ROOT, Edge, leaf_hash

LARGE = 70_000


def stored(size: int) -> tuple[dict[str, bytes], list[bytes], bytes]:
    """Files, leaf hashes and root of a log of `size` entries."""
    leaves = [leaf_hash(str(index).encode()) for index in range(size)]
    growth = Edge().append(leaves)
    return dict(tile_files(growth, lambda path: None)), leaves, growth.after.root


FILES, LEAVES, ROOT = stored(LARGE)
OLDER = {
    size: Edge().append(LEAVES[:size]).after.root for size in (0, 1, 255, 256, 300, 65_536, 65_900, LARGE)
}


def some(size: int, indexes: list[int], older: list[int] | None = None) -> dict[str, bytes]:
    files = {tile.path: read_tile(tile, FILES.get) for tile in tiles_of(size, indexes, older or [])}
    assert len(files) == len(list(tiles_of(size, indexes, older or [])))
    return files


@given(st.lists(st.integers(0, LARGE - 1), max_size=5), st.lists(st.sampled_from([*OLDER]), max_size=3))
def test_a_few_tiles_prove_leaves_and_older_roots(indexes: list[int], older: list[int]) -> None:
    tree = SparseTree(LARGE, ROOT, some(LARGE, indexes, older).get)
    assert [tree.leaf(index) for index in indexes] == [LEAVES[index] for index in indexes]
    assert [tree.root(size) for size in older] == [OLDER[size] for size in older]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 65_536, 65_537])
def test_every_size_has_its_edge(size: int) -> None:
    files, leaves, root = stored(size)
    tree = SparseTree(size, root, files.get)
    assert [tree.leaf(index) for index in range(size)] == leaves
    assert tree.root(size) == root
    assert all(tile.width < 256 for tile in edge_tiles(size))


def test_the_root_of_a_small_tree_is_that_of_the_definition() -> None:
    files, _, root = stored(5)
    assert SparseTree(5, root, files.get).root(3) == naive_root(
        tuple(leaf_hash(str(index).encode()) for index in range(3))
    )


def test_nothing_but_what_is_needed_is_named() -> None:
    assert [tile.path for tile in tiles_of(LARGE, [0, 5, 300])] == [
        "tile/0/000",
        "tile/0/001",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert list(tiles_of(0, [])) == []


@given(st.integers(0, LARGE - 1), st.integers(0, 2**31), st.integers(1, 255))
def test_one_changed_byte_of_any_tile_is_found(index: int, at: int, flip: int) -> None:
    files = some(LARGE, [index])
    name = sorted(files)[at % len(files)]
    changed = bytearray(files[name])
    changed[at % len(changed)] ^= flip
    with pytest.raises(TileError):
        SparseTree(LARGE, ROOT, (files | {name: bytes(changed)}).get).leaf(index)


def test_a_tile_that_is_not_there_is_named() -> None:
    files = some(LARGE, [5])
    tree = SparseTree(LARGE, ROOT, files.get)
    with pytest.raises(MissingError, match="tile/0/001 is missing"):
        tree.leaf(256)
    with pytest.raises(TileError, match="has no tile"):
        tree.leaf(LARGE + 256)


def test_another_root_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TileError, match="right edge"):
        SparseTree(LARGE, EMPTY_ROOT, FILES.get)


def test_memory_is_bounded_by_the_cache_of_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zi_tlog.sparse.CACHED_TILES", 3)
    tree = SparseTree(LARGE, ROOT, FILES.get)
    assert [tree.leaf(index) for index in range(0, LARGE, 256)] == LEAVES[::256]
    assert len(tree._tiles) == 3
    assert tree.leaf(3) == LEAVES[3]
