"""Files that are staged: written beside the commit that they belong to, shown by no name before it."""

from pathlib import Path

import pytest

from zi_audit.tile_folder import TileFolder


@pytest.fixture
def tiles(tmp_path: Path) -> TileFolder:
    return TileFolder(tmp_path)


def test_what_is_staged_has_no_name_until_it_is_put(tiles: TileFolder) -> None:
    tiles.stage([("tile/0/000", b"hashes")])
    assert tiles.read("tile/0/000") is None
    tiles.put("tile/0/000", b"hashes")
    assert tiles.read("tile/0/000") == b"hashes"


def test_what_was_staged_for_a_commit_that_never_came_is_never_put(tiles: TileFolder) -> None:
    tiles.stage([("tile/0/000", b"of a commit that failed")])
    tiles.put("tile/0/000", b"of the next one")
    assert tiles.read("tile/0/000") == b"of the next one"


def test_what_is_staged_again_replaces_what_was_staged_before(tiles: TileFolder) -> None:
    tiles.stage([("tile/0/000", b"a" * 1_000_000)])
    tiles.stage([("tile/0/000", b"b")])
    tiles.put("tile/0/000", b"b")
    assert tiles.read("tile/0/000") == b"b"


def test_a_file_that_could_not_be_staged_fails_when_it_is_put(tiles: TileFolder) -> None:
    (tiles.folder / "tile/0/000.new").mkdir(parents=True)
    tiles.stage([("tile/0/000", b"hashes")])
    with pytest.raises(OSError, match=r"000\.new"):
        tiles.put("tile/0/000", b"hashes")
    assert tiles.read("tile/0/000") is None
