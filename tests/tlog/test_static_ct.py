"""Data tiles of certificate logs, from bytes alone."""

import pytest
from tests.verify.foreign_log import tile_leaf, timestamped, vector

from zi_tlog.static_ct import DataTileError, data_path, read_data_tile
from zi_tlog.tile import bundle_at


def leaf(extensions: bytes) -> bytes:
    """One TileLeaf of a certificate's entry with these extensions."""
    return tile_leaf(1, bytes(8) + b"\x00\x00" + vector(b"certificate", 3) + vector(extensions, 2))


def test_the_entries_of_a_partial_tile_are_its_leaves() -> None:
    tile = b"".join(tile_leaf(index, timestamped(index)) for index in range(3))
    bundle = bundle_at(0, 3)
    leaves = read_data_tile(bundle, {data_path(bundle): tile}.get)
    assert leaves == [b"\x00\x00" + timestamped(index) for index in range(3)]


def test_a_tile_with_fewer_entries_than_the_tree_has_is_refused() -> None:
    tile = b"".join(tile_leaf(index, timestamped(index)) for index in range(2))
    with pytest.raises(DataTileError, match="2 entries instead of 3"):
        read_data_tile(bundle_at(0, 3), lambda path: tile)


def test_an_entry_without_an_index_of_its_own_and_with_unknown_extensions_is_taken() -> None:
    unknown = b"\x07" + vector(b"future", 2)
    tile = leaf(b"") + leaf(unknown)
    assert len(read_data_tile(bundle_at(0, 2), lambda path: tile)) == 2
