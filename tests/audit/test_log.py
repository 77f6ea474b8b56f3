"""Commit, tiles, checkpoint: whatever interrupts them, the log is one log, and in doubt it signs nothing."""

import errno
import itertools
import shutil
import sqlite3
from pathlib import Path

import pytest
from metamorphic_log import metamorphic_log as foreign  # type: ignore[import-untyped]
from tests.audit.log_home import URL, Home, Sender
from tests.full_disk import full_disk

from zi_audit.files.halt import HaltError, Reason, halted_by
from zi_audit.files.tile_folder import CHECKPOINT, POLICY, TileFolder
from zi_audit.writer.clock_check import ClockCheck
from zi_audit.writer.log import TransparencyLog
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.note import Signer
from zi_tlog.policy import parse_policy
from zi_tlog.proof import TlogProof, verify_consistency, verify_inclusion, verify_proof
from zi_tlog.tile import TileHashes, bundle_at, new_tiles, read_bundle
from zi_tlog.tree import consistency_proof, inclusion_proof, leaf_hash


class PowerCutError(Exception):
    """The machine goes off."""


class FailingFolder(TileFolder):
    """Lets `steps` writes and settlings pass; the next one fails."""

    def __init__(self, folder: Path, steps: int, failure: Exception) -> None:
        super().__init__(folder)
        self.steps = steps
        self.failure = failure

    def _step(self) -> None:
        if self.steps == 0:
            raise self.failure
        self.steps -= 1

    def _write(self, target: Path, content: bytes) -> None:
        self._step()
        super()._write(target, content)

    def settle(self) -> None:
        self._step()
        super().settle()


def published(home: Home) -> Checkpoint:
    return open_checkpoint(home.read(CHECKPOINT), home.signer.verifier)


def every_entry(home: Home) -> list[bytes]:
    size = published(home).size
    bundles = [bundle_at(index, size) for index in range(-(-size // 256))]
    return [entry for bundle in bundles for entry in read_bundle(bundle, home.tiles.read)]


def receipt(home: Home, index: int) -> TlogProof:
    head = published(home)
    proof = inclusion_proof(index, head.size, TileHashes(head.size, home.tiles.read))
    return TlogProof(index, tuple(proof), home.read(CHECKPOINT))


def reason(home: Home) -> Reason:
    with pytest.raises(HaltError) as halted:
        home.opened()
    return halted.value.reason


def test_a_new_log_publishes_the_checkpoint_of_an_empty_tree(home: Home) -> None:
    home.opened()
    assert published(home).size == 0


def test_what_is_appended_is_published_when_append_returns(home: Home, intake: Sender) -> None:
    log = home.opened()
    for count in (1, 255, 1, 300, 513):
        log.append(intake.say(count))
        assert published(home).size == len(intake.sent)
    assert every_entry(home) == [arrival.content for arrival in intake.sent]


def test_receipts_hold_for_this_verifier_and_for_one_that_is_not_ours(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(300))
    policy = parse_policy(home.read(POLICY))
    for index in (0, 7, 255, 256, 299):
        proof = receipt(home, index)
        entry = intake.sent[index].content
        assert verify_proof(proof, entry, policy).checkpoint.size == 300
        foreign.checkpoint_verify_inclusion(
            proof.checkpoint.decode(), [home.signer.key.vkey], index, leaf_hash(entry), list(proof.hashes)
        )


def test_each_checkpoint_continues_the_one_before_for_a_verifier_that_is_not_ours(
    home: Home, intake: Sender
) -> None:
    log = home.opened()
    heads = []
    for _ in range(5):
        log.append(intake.say(70))
        heads.append(published(home))
    reader = TileHashes(350, home.tiles.read)
    for old, new in itertools.pairwise(heads):
        proof = consistency_proof(old.size, new.size, reader)
        foreign.verify_consistency(old.size, new.size, proof, old.root, new.root)


def test_a_restart_goes_on_where_the_log_was(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(260))
    home.opened().append(intake.say(260))
    assert every_entry(home) == [arrival.content for arrival in intake.sent]


@pytest.mark.parametrize("steps", range(9))
def test_a_power_cut_at_any_step_loses_nothing_and_repeats_nothing(
    home: Home, intake: Sender, steps: int
) -> None:
    home.opened().append(intake.say(250))
    batch = intake.say(20)
    cut = home.opened()
    cut._tiles = FailingFolder(home.folder / "tiles", steps, PowerCutError())
    cut_short = False
    try:
        cut.append(batch)
    except PowerCutError:
        cut_short = True
    assert cut_short == (steps < 8)
    home.opened().append(batch)
    assert every_entry(home) == [arrival.content for arrival in intake.sent]
    assert receipt(home, 269)


@pytest.mark.parametrize("steps", range(0, 12, 2))
def test_a_power_cut_while_catching_up_is_no_worse(home: Home, intake: Sender, steps: int) -> None:
    log = home.opened()
    batch = intake.say(300)
    log._tiles = FailingFolder(home.folder / "tiles", 0, PowerCutError())
    with pytest.raises(PowerCutError):
        log.append(batch)
    with pytest.raises(PowerCutError):
        home.opened(FailingFolder(home.folder / "tiles", steps, PowerCutError()))
    home.opened()
    assert every_entry(home) == [arrival.content for arrival in batch]


def test_a_failed_transaction_leaves_the_log_as_it_was(home: Home, intake: Sender) -> None:
    log = home.opened()
    log.append(intake.say(3))
    batch = intake.say(2)
    database = log._ledger.database
    with database.transaction() as tx:
        tx.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.idx = 4 BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(Exception, match="no"):
        log.append(batch)
    with database.transaction() as tx:
        tx.execute("DROP TRIGGER refuse")
    assert published(home).size == 3
    log.append(batch)
    assert published(home).size == 5


def test_a_full_disk_stops_the_log_until_there_is_room(home: Home, intake: Sender) -> None:
    log = home.opened()
    batch = intake.say(5)
    log._tiles = FailingFolder(home.folder / "tiles", 1, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError) as full:
        log.append(batch)
    assert halted_by(full.value).reason is Reason.DISK_FULL
    assert published(home).size == 0
    home.opened().append(batch)
    assert published(home).size == 5


def test_a_limit_on_the_size_of_files_is_told_as_a_full_disk(home: Home, intake: Sender) -> None:
    log = home.opened()
    batch = intake.say(2000)
    with full_disk(256 * 1024):
        with pytest.raises(Exception, match=r"I/O error") as full:
            log.append(batch)
        halt = halted_by(full.value)
    assert halt.reason is Reason.DISK_FULL
    assert "ulimit" in str(halt)
    assert halted_by(OSError(errno.EFBIG, "File too large")).reason is Reason.DISK_FULL
    home.opened().append(batch)
    assert published(home).size == len(batch)


def test_a_disk_that_fails_without_such_a_limit_is_no_full_disk() -> None:
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    assert halted_by(broken).reason is Reason.FAILURE
    with full_disk(2**40):
        assert halted_by(broken).reason is Reason.DISK_FULL
        broken.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
        assert halted_by(broken).reason is Reason.FAILURE


def test_a_second_writer_is_found_before_anything_is_signed(home: Home, intake: Sender) -> None:
    first, second = home.opened(), home.opened()
    first.append(intake.say(2))
    with pytest.raises(HaltError) as halted:
        second.append(intake.say(2))
    assert halted.value.reason is Reason.SECOND_WRITER
    assert published(home).size == 2


def test_a_restored_backup_of_the_database_is_found(home: Home, intake: Sender) -> None:
    log = home.opened()
    log.append(intake.say(3))
    home.close()
    shutil.copy(home.folder / "ledger.db", home.folder / "backup")
    home.opened().append(intake.say(3))
    home.close()
    shutil.move(home.folder / "backup", home.folder / "ledger.db")
    assert reason(home) is Reason.REGRESSION


def test_a_lost_database_beside_published_tiles_is_found(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()
    assert reason(home) is Reason.REGRESSION


def test_lost_tiles_are_derived_again_from_the_database(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(600))
    before = {
        path.relative_to(home.folder): path.read_bytes()
        for path in home.folder.rglob("tile/**/*")
        if path.is_file()
    }
    shutil.rmtree(home.folder / "tiles")
    home.opened()
    after = {
        path.relative_to(home.folder): path.read_bytes()
        for path in home.folder.rglob("tile/**/*")
        if path.is_file()
    }
    assert after == before


def test_a_damaged_tile_that_is_moved_away_with_the_checkpoint_is_derived_again(
    home: Home, intake: Sender
) -> None:
    home.opened().append(intake.say(600))
    before = home.read("tile/0/001")
    for path in ("tile/0/001", CHECKPOINT):
        (home.folder / "tiles" / path).unlink()
    home.opened()
    assert home.read("tile/0/001") == before
    assert published(home).size == 600


def test_a_clock_that_went_back_stops_the_log_and_a_small_step_does_not(home: Home, intake: Sender) -> None:
    log = home.opened()
    log.append(intake.say())
    home.clock.pass_by(-4)
    log.append(intake.say())
    home.clock.pass_by(-6)
    with pytest.raises(HaltError) as halted:
        log.append(intake.say())
    assert halted.value.reason is Reason.CLOCK_BACKWARDS
    with pytest.raises(HaltError, match="The clock is before"):
        home.opened().renew()


class Machine:
    """A clock that somebody can set beside an uptime that nobody can, and the log between its openings."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.uptime = 100.0
        self.check = ClockCheck(home.clock, lambda: self.uptime)

    def pass_by(self, seconds: float) -> None:
        self.uptime += seconds
        self.home.clock.pass_by(seconds)

    def opened(self) -> TransparencyLog:
        log = TransparencyLog(
            self.home.ledger(), self.home.tiles, self.home.keys, self.home.clock, clock_check=self.check
        )
        log.open(URL)
        log.renew()
        return log

    def halted(self) -> Reason | None:
        try:
            self.opened()
        except HaltError as halt:
            return halt.reason
        return None


def test_a_clock_that_was_an_hour_ahead_and_put_right_stops_the_log_for_five_minutes(
    home: Home, intake: Sender
) -> None:
    machine = Machine(home)
    machine.opened().append(intake.say(2))
    home.clock.pass_by(-3600)
    assert machine.halted() is Reason.CLOCK_BACKWARDS
    machine.pass_by(299)
    assert machine.halted() is Reason.CLOCK_BACKWARDS
    machine.pass_by(2)
    log = machine.opened()
    log.append(intake.say(2))
    home.clock.pass_by(-3600)  # each time anew
    assert machine.halted() is Reason.CLOCK_BACKWARDS


def test_a_clock_that_is_moved_again_and_again_keeps_the_log_stopped(home: Home, intake: Sender) -> None:
    machine = Machine(home)
    machine.opened().append(intake.say())
    home.clock.pass_by(-86400)
    for _ in range(10):
        assert machine.halted() is Reason.CLOCK_BACKWARDS
        machine.pass_by(200)
        home.clock.pass_by(10)


def test_a_clock_that_comes_back_lets_the_log_go_on_at_once(home: Home, intake: Sender) -> None:
    machine = Machine(home)
    machine.opened().append(intake.say())
    home.clock.pass_by(-3600)
    assert machine.halted() is Reason.CLOCK_BACKWARDS
    home.clock.pass_by(3600)
    machine.opened().append(intake.say())


def test_another_key_or_origin_does_not_continue_the_log(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say())
    home.signer = Signer(home.signer.key.name, bytes(32))
    assert reason(home) is Reason.KEY_CHANGED


def test_a_changed_entry_in_the_database_is_not_published(home: Home, intake: Sender) -> None:
    log = home.opened()
    log._tiles = FailingFolder(home.folder / "tiles", 0, PowerCutError())
    with pytest.raises(PowerCutError):
        log.append(intake.say(3))
    with log._ledger.database.transaction() as tx:
        tx.execute("UPDATE entries SET entry = ? WHERE idx = 1", intake.message())
    assert reason(home) is Reason.DAMAGED


def test_a_changed_checkpoint_stops_the_log(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    path = home.folder / "tiles" / CHECKPOINT
    path.write_bytes(path.read_bytes().replace(b"\n3\n", b"\n2\n"))
    assert reason(home) is Reason.DAMAGED


def test_a_changed_tile_at_the_edge_stops_the_log(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    path = home.folder / "tiles/tile/0/000.p/3"
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    assert reason(home) is Reason.DAMAGED


def test_a_tile_is_never_overwritten_with_other_bytes(home: Home) -> None:
    home.tiles.put("tile/0/000.p/1", bytes(32))
    home.tiles.put("tile/0/000.p/1", bytes(32))
    with pytest.raises(HaltError):
        home.tiles.put("tile/0/000.p/1", b"\1" * 32)


def test_checkpoints_stay_readable_at_most_one_a_minute(home: Home, intake: Sender) -> None:
    log = home.opened()
    for _ in range(5):
        home.clock.pass_by(20)
        log.append(intake.say())
    home.clock.pass_by(60)
    log.keep_checkpoint()
    assert home.tiles.history() == [1, 4, 5]
    stored = home.read("checkpoints/4")
    assert open_checkpoint(stored, home.signer.verifier).size == 4


def test_a_partial_tile_goes_only_when_the_full_one_is_there(home: Home, intake: Sender) -> None:
    log = home.opened()
    log.append(intake.say(100))
    log.append(intake.say(200))
    assert home.tiles.clear_partials(255) == 0
    assert home.tiles.clear_partials(300) == 2
    assert (home.folder / "tiles/tile/0/001.p/44").exists()
    assert every_entry(home) == [arrival.content for arrival in intake.sent]
    home.opened().append(intake.say(300))
    assert receipt(home, 599)


def test_a_reader_with_any_checkpoint_that_was_ever_published_finds_its_tiles_after_the_clearing(
    home: Home, intake: Sender
) -> None:
    log, heads = home.opened(), []
    for count in (1, 90, 165, 1, 255, 3, 300, 40):
        log.append(intake.say(count))
        heads.append(published(home))
    newest = heads[-1]
    tiles = home.tiles
    assert tiles.clear_partials(newest.size) > 0
    for head in heads:
        reader = TileHashes(head.size, home.tiles.read)
        for index in {0, head.size // 2, head.size - 1}:
            proof = inclusion_proof(index, head.size, reader)
            verify_inclusion(index, head.size, intake.sent[index].leaf_hash, proof, head.root)
        continued = consistency_proof(head.size, newest.size, TileHashes(newest.size, home.tiles.read))
        verify_consistency(head.size, newest.size, head.root, newest.root, continued)
        last = read_bundle(bundle_at((head.size - 1) // 256, head.size), home.tiles.read)[-1]
        assert last == intake.sent[head.size - 1].content
    for tile in new_tiles(0, newest.size):
        assert home.tiles.read(tile.path) is not None
    assert tiles.clear_partials(newest.size) == 0
    home.opened().append(intake.say(500))
    assert receipt(home, 1300)
