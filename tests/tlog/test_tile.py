from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog import naive_tree
from tests.tlog.naive_tree import Stored

from zi_tlog.error import LogError
from zi_tlog.tile import (
    Bundle,
    MissingError,
    Tile,
    TileError,
    TileHashes,
    bundle_at,
    bundle_files,
    decode_bundle,
    encode_bundle,
    hashes_of,
    new_bundles,
    new_tiles,
    parse_path,
    read_bundle,
    read_tile,
    tile_at,
)
from zi_tlog.tree import Edge, leaf_hash, tree_root

VECTORS = Path(__file__).parent / "vectors"
ENTRIES = naive_tree.entries(70_000)
LEAVES = tuple(map(leaf_hash, ENTRIES))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(63, 1234067, 5), "tile/63/x001/x234/067.p/5"),
        (Bundle(1234067), "tile/entries/x001/x234/067"),
        (Bundle(0, 1), "tile/entries/000.p/1"),
    ],
)
def test_a_tile_has_one_path(tile: Tile | Bundle, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "checkpoint",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/00/001",
        "tile/64/001",
        "tile/0/1000",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/001/../002",
        "tile/0/٠٠١",
        "tile/0/001\n",
        "tile/data/001",
    ],
)
def test_any_other_path_is_no_tile(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


def test_a_log_of_70000_entries_has_the_tiles_of_the_specification() -> None:
    listed = (VECTORS / "tiles_of_70000.txt").read_text().split()
    tiles = [tile.path for tile in new_tiles(0, 70_000)]
    assert len(tiles) == 274 + 2 + 1
    assert set(listed) <= set(tiles)


def test_a_log_of_256_entries_has_a_full_tile_and_a_partial_one_above_it() -> None:
    assert [tile.path for tile in new_tiles(0, 256)] == ["tile/0/000", "tile/1/000.p/1"]


def test_a_growth_makes_only_what_the_older_log_has_not() -> None:
    assert [tile.path for tile in new_tiles(70_000, 70_000)] == []
    assert [tile.path for tile in new_tiles(70_000, 70_001)] == ["tile/0/273.p/113"]
    assert [tile.path for tile in new_tiles(300, 520)] == ["tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2"]
    assert [bundle.path for bundle in new_bundles(300, 520)] == ["tile/entries/001", "tile/entries/002.p/8"]


def test_tiles_hold_the_hashes_that_the_specification_names() -> None:
    stored = Stored()
    stored.grow(LEAVES)
    assert stored.files["tile/0/273.p/112"] == b"".join(LEAVES[69_888:])
    assert stored.files["tile/1/001.p/17"][:32] == naive_tree.root(LEAVES[65_536:65_792])
    assert stored.files["tile/2/000.p/1"] == naive_tree.root(LEAVES[:65_536])
    assert hashes_of(stored.files["tile/0/000"]) == list(LEAVES[:256])
    assert tree_root(70_000, TileHashes(70_000, stored.read)) == stored.edge.root


@given(st.lists(st.integers(1, 400), max_size=8))
def test_growing_in_any_portions_makes_the_same_final_files(portions: list[int]) -> None:
    grown, at_once = Stored(), Stored()
    for portion in portions:
        size = grown.edge.size
        grown.grow(LEAVES[size : size + portion], ENTRIES[size : size + portion])
    size = grown.edge.size
    at_once.grow(LEAVES[:size], ENTRIES[:size])
    assert at_once.files.items() <= grown.files.items()
    assert grown.edge == at_once.edge


@given(st.integers(1, 600), st.integers(0, 600))
def test_a_reader_with_an_old_checkpoint_lives_with_cleared_partials(old: int, more: int) -> None:
    stored = Stored()
    stored.grow(LEAVES[:old], ENTRIES[:old])
    stored.grow(LEAVES[old : old + more], ENTRIES[old : old + more])
    stored.clear_partials()
    root = naive_tree.root(LEAVES[:old])
    if all(tile.path in stored.files or tile.whole.path in stored.files for tile in new_tiles(0, old)):
        assert (
            tree_root(old, TileHashes(old, stored.read))
            == root
            == Edge.read(old, TileHashes(old, stored.read)).root
        )
        last = bundle_at((old - 1) // 256, old)
        assert read_bundle(last, stored.read) == ENTRIES[last.index * 256 : old]


def test_the_partials_of_a_cleared_full_tile_are_read_from_it() -> None:
    stored = Stored()
    stored.grow(LEAVES[:5], ENTRIES[:5])
    stored.grow(LEAVES[5:256], ENTRIES[5:256])
    stored.clear_partials()
    assert "tile/0/000.p/5" not in stored.files
    assert read_tile(Tile(0, 0, 5), stored.read) == b"".join(LEAVES[:5])
    assert read_bundle(Bundle(0, 5), stored.read) == ENTRIES[:5]


@pytest.mark.parametrize("width", [5, 256])
def test_a_missing_file_is_named(width: int) -> None:
    with pytest.raises(MissingError, match="tile/0/000"):
        read_tile(Tile(0, 0, width), Stored().read)
    with pytest.raises(MissingError, match="tile/entries/000"):
        read_bundle(Bundle(0, width), Stored().read)


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(TileError, match="has 31 bytes instead of 32"):
        read_tile(Tile(0, 0, 1), lambda _: b"x" * 31)


@pytest.mark.parametrize(("level", "index"), [(0, 1), (1, 0), (0, -1)])
def test_a_tree_has_no_other_tiles(level: int, index: int) -> None:
    with pytest.raises(TileError):
        tile_at(level, index, 5)


@pytest.mark.parametrize(("level", "index"), [(0, 5), (2, 1), (8, 0)])
def test_an_incomplete_subtree_has_no_hash(level: int, index: int) -> None:
    stored = Stored()
    stored.grow(LEAVES[:5])
    with pytest.raises(TileError):
        TileHashes(5, stored.read)(level, index)


def test_a_bundle_has_the_bytes_of_the_specification() -> None:
    assert encode_bundle([b"a", b"b", b"c"]).hex() == "000161000162000163"


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_a_bundle_is_read_back_as_it_was_written(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


@given(st.binary(), st.integers(0, 256))
def test_a_hostile_bundle_is_refused_or_is_exactly_its_entries(data: bytes, width: int) -> None:
    try:
        entries = decode_bundle(data, width)
    except LogError:
        return
    assert (len(entries), encode_bundle(entries)) == (width, data)


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00", b"\x00\x01a\x00\x01b"])
def test_a_bundle_cut_off_or_too_wide_is_refused(data: bytes) -> None:
    with pytest.raises(TileError):
        decode_bundle(data, 1)


def test_an_entry_of_64_kibibytes_is_too_long() -> None:
    assert list(bundle_files(0, [b"x" * 65_535], Stored().read))
    with pytest.raises(TileError, match="65535"):
        list(bundle_files(0, [b"x" * 65_536], Stored().read))
