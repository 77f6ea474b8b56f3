"""Partial tiles stay for some minutes and while nothing replaces them; then they go, and no reader, tool or start misses them."""

from pathlib import Path

import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web

from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import POLICY, TileFolder
from zi_audit.tools.fsck import Fsck
from zi_audit.writer.partial_tiles import KEPT_FOR, PartialTiles
from zi_tlog.policy import parse_policy
from zi_tlog.proof import verify_consistency
from zi_tlog.tile import TileHashes, new_tiles, read_tile, tile_at
from zi_tlog.tree import consistency_proof, tree_root
from zi_verify.memory import Memory
from zi_verify.replay import Demand, replay
from zi_verify.source import FolderSource
from zi_verify.verdict import Included

MINUTES = KEPT_FOR.total_seconds()


def grown(home: Home, intake: Sender, size: int, by: int = 32, every: float = 1.0) -> PartialTiles:
    """A log that gets some entries at a time, as a writer keeps its house after each commit."""
    log, partial_tiles = home.opened(), PartialTiles(home.tiles, home.clock)
    while log.size < size:
        home.clock.pass_by(every)
        log.append(intake.say(min(by, size - log.size)))
        partial_tiles.clear(log.size)
    return partial_tiles


def partial_files(home: Home) -> list[Path]:
    return [path for path in (home.folder / "tiles/tile").rglob("*") if path.parent.name.endswith(".p")]


def test_a_busy_day_leaves_the_partial_tiles_of_a_few_minutes(home: Home, intake: Sender) -> None:
    """300 entries in these minutes: three of five full tiles are older than that."""
    grown(home, intake, 1300, by=100, every=MINUTES / 3)
    sizes = {path.parent.name: 0 for path in partial_files(home)}
    for path in partial_files(home):
        sizes[path.parent.name] += 1
    assert sizes == {"003.p": 2 * 3, "004.p": 2 * 2, "005.p": 2, "000.p": 5}


def test_a_quiet_log_keeps_what_its_last_tile_was_made_of(home: Home, intake: Sender) -> None:
    """No full tile has them, so a checkpoint of last week could not be proven without them."""
    grown(home, intake, 10, by=1, every=7 * 24 * 3600)
    assert len(partial_files(home)) == 2 * 10


def test_a_partial_tile_stays_these_minutes_after_the_full_one_came(home: Home, intake: Sender) -> None:
    partial_tiles = grown(home, intake, 256)
    home.clock.pass_by(MINUTES - 1)
    assert partial_tiles.clear(256) == 0
    home.clock.pass_by(1)
    assert partial_tiles.clear(256) == 2


def test_a_writer_that_starts_again_waits_these_minutes(home: Home, intake: Sender) -> None:
    grown(home, intake, 300)
    home.clock.pass_by(24 * 3600)
    again = PartialTiles(home.tiles, home.clock)
    assert again.clear(300) == 0
    home.clock.pass_by(MINUTES)
    assert again.clear(300) == 2


def test_a_clock_that_was_set_back_removes_nothing_too_early(home: Home, intake: Sender) -> None:
    partial_tiles = grown(home, intake, 256)
    home.clock.pass_by(-4)
    assert partial_tiles.clear(257) == 0
    home.clock.pass_by(MINUTES + 3)
    assert partial_tiles.clear(257) == 0
    home.clock.pass_by(1)
    assert partial_tiles.clear(257) == 2


def test_a_long_history_of_partial_tiles_goes_in_parts(home: Home) -> None:
    for place in new_tiles(0, 9000):
        for path in {place.whole.path, f"{place.whole.path}.p/7"}:
            (home.folder / "tiles" / path).parent.mkdir(parents=True, exist_ok=True)
            (home.folder / "tiles" / path).write_bytes(b"")
    tiles = home.tiles
    assert [tiles.clear_partials(9000) for _ in range(3)] == [32, 3, 0]
    assert {path.parent.name for path in partial_files(home)} == {"035.p", "000.p"}


def test_a_partial_tile_whose_full_one_was_lost_is_not_touched(home: Home, intake: Sender) -> None:
    grown(home, intake, 256)
    (home.folder / "tiles/tile/entries/000").unlink()
    assert home.tiles.clear_partials(256) == 1
    assert {path.parent.relative_to(home.folder).as_posix() for path in partial_files(home)} == {
        "tiles/tile/entries/000.p",
        "tiles/tile/1/000.p",
    }


def test_what_an_ended_process_left_half_removed_goes_with_the_next(home: Home, intake: Sender) -> None:
    grown(home, intake, 256)
    for path in (home.folder / "tiles/tile/0/000.p").iterdir():
        if path.name > "128":
            path.unlink()
    assert Fsck(home.ledger(), home.tiles, home.keys).run().findings == []
    assert home.opened().size == 256
    assert home.tiles.clear_partials(256) == 2
    assert Fsck(home.ledger(), home.tiles, home.keys).run().findings == []


def test_every_checkpoint_that_was_published_is_still_proven(home: Home, intake: Sender) -> None:
    log, checkpoints = home.opened(), []
    for _ in range(24):
        log.append(intake.say(25))
        checkpoints.append((log.size, log.head.root))
    home.tiles.clear_partials(log.size)
    newest_size, newest_root = checkpoints[-1]
    for size, root in checkpoints:
        assert tree_root(size, TileHashes(size, home.tiles.read)) == root
        proof = consistency_proof(size, newest_size, TileHashes(newest_size, home.tiles.read))
        verify_consistency(size, newest_size, root, newest_root, proof)


class RacingFolder(TileFolder):
    """The writer clears between two reads of a reader."""

    def read(self, path: str) -> bytes | None:
        content = super().read(path)
        self.clear_partials(300)
        return content


def test_a_reader_that_is_overtaken_between_two_files_reads_the_full_one(home: Home, intake: Sender) -> None:
    grown(home, intake, 300)
    log = PublishedLog(RacingFolder(home.folder / "tiles"))
    assert log.entries(0, 64) == [arrival.content for arrival in intake.sent[:64]]
    assert log.entries(0, 96) == [arrival.content for arrival in intake.sent[:96]]
    assert len(read_tile(tile_at(0, 0, 128), log.tiles.read)) == 128 * 32


def test_the_verifier_reads_a_log_on_from_an_old_checkpoint(
    home: Home, intake: Sender, tmp_path: Path
) -> None:
    """Its memory is of a size whose partial tiles are gone."""
    log, memory = home.opened(), Memory(tmp_path / "memory")
    for _ in range(2):
        for _ in range(6):
            log.append(intake.say(40))
        home.tiles.clear_partials(log.size)
        demand = Demand(parse_policy(home.read(POLICY)), is_pinned=True)
        report = replay(FolderSource(home.folder / "tiles"), demand, memory, lambda *_: None)
        assert report.verdict == Included()
    memory.close()


@pytest.mark.parametrize("language", ["en", "id"])
async def test_who_asks_for_a_partial_tile_that_went_is_told_which_one_to_read(
    open_web: Web, home: Home, intake: Sender, language: str
) -> None:
    log = home.opened()
    log.append(intake.say(100))
    log.append(intake.say(200))
    home.tiles.clear_partials(log.size)
    for path in ("tile/0/000", "tile/entries/000"):
        answer = await open_web.get(f"/audit/log/{path}.p/100", {"Accept-Language": language})
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert f"/audit/log/{path}" in answer.json()["detail"].split()
        assert "Cache-Control" not in answer.headers or "immutable" not in answer.headers["Cache-Control"]
        full = await open_web.get(f"/audit/log/{path}")
        assert full.status_code == 200
    assert (await open_web.get("/audit/log/tile/0/001.p/45")).json()["type"] != answer.json()["type"]
