"""Files that are staged: written beside the commit that they belong to, shown by no name before it; and what is listed of them."""

import os
import time
from pathlib import Path

import pytest

from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import HISTORY, TileFolder


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


def keep_at(folder: Path, size: int, second: float) -> None:
    """A checkpoint that came when the clock of the file system said so."""
    (folder / HISTORY).mkdir(parents=True, exist_ok=True)
    (folder / HISTORY / str(size)).write_bytes(b"checkpoint")
    os.utime(folder / HISTORY, (second, second))


def test_the_kept_checkpoints_are_listed_again_only_when_one_came(tiles: TileFolder) -> None:
    keep_at(tiles.folder, 9, 1_000.0)
    keep_at(tiles.folder, 10, 1_000.0)
    assert tiles.history() == [9, 10]
    keep_at(tiles.folder, 11, 1_000.0)  # which no file system does so much later
    assert tiles.history() == [9, 10]
    keep_at(tiles.folder, 12, 1_060.0)
    assert tiles.history() == [9, 10, 11, 12]


def test_what_comes_at_once_after_a_listing_is_listed_too(tiles: TileFolder) -> None:
    """A file system's clock may stand still in between."""
    assert tiles.history() == []
    now = time.time()
    for size in (9, 10, 11):
        keep_at(tiles.folder, size, now)
        assert tiles.history()[-1] == size


def test_a_log_that_was_set_aside_is_listed_once(tiles: TileFolder) -> None:
    log = PublishedLog(tiles)
    keep_at(tiles.folder / "origins/1", 9, 1_000.0)
    assert log.former(1).tiles.history() == [9]
    assert log.former(1) is log.former(1)
    assert log.former(2).tiles.history() == []
    assert log.former(2) is not log.former(2)  # anybody may ask for any number
