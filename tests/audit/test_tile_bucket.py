"""The published log in a bucket: the promises of the folder, kept against a writer that wakes late and a network that goes."""

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, ORIGIN, URL, Home, Sender
from tests.bucket_store import Store

from zi_audit.cli import main
from zi_audit.domain.arrival import Arrival
from zi_audit.files import sender_proofs
from zi_audit.files.halt import HaltError, Reason, halted_by
from zi_audit.files.lane_notes import path_of
from zi_audit.files.log_keys import keys_of
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.recent_files import RecentFiles
from zi_audit.files.sender_proofs import SenderProof
from zi_audit.files.status import WriterStatus, read_status, write_status
from zi_audit.files.tile_bucket import PROBE, TileBucket
from zi_audit.files.tile_folder import CHECKPOINT, HISTORY, KEYS, POLICY, TileFolder, tiles_of
from zi_audit.files.tiles import Tiles, published_tiles
from zi_audit.tools.fsck import Fsck
from zi_audit.tools.origins import new_origin
from zi_audit.tools.refill import refill
from zi_audit.writer.log import TransparencyLog
from zi_chassis.bucket import BucketAddress, BucketAwayError
from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.note import Signer
from zi_tlog.tile import TileHashes
from zi_tlog.tree import tree_root

TILE = "tile/0/000"


@pytest.fixture(params=["folder", "bucket"])
def tiles(request: pytest.FixtureRequest, tmp_path: Path) -> Tiles:
    if request.param == "folder":
        return TileFolder(tmp_path)
    bucket: Store = request.getfixturevalue("bucket")
    return TileBucket.at(bucket.address)


def published(home: Home, tiles: Tiles) -> Checkpoint:
    return open_checkpoint(tiles.read(CHECKPOINT) or b"", home.signer.verifier)


def contents(tiles: Tiles) -> list[bytes]:
    return [entry for entry, _ in PublishedLog(tiles).walk()]


def sent(sender: Sender) -> list[bytes]:
    return [arrival.content for arrival in sender.sent]


# -- what folder and bucket have in common


def test_a_tile_is_written_once(tiles: Tiles) -> None:
    assert (tiles.read(TILE), tiles.has(TILE)) == (None, False)
    tiles.stage([(TILE, b"hashes")])
    assert not tiles.has(TILE)
    tiles.put(TILE, b"hashes")
    assert tiles.read(TILE) == b"hashes"
    tiles.put(TILE, b"hashes")
    tiles.settle()
    assert tiles.has(TILE)
    with pytest.raises(HaltError) as halted:
        put(tiles, TILE, b"others")
    assert halted.value.reason is Reason.DAMAGED
    tiles.settle()
    assert tiles.read(TILE) == b"hashes"


def put(tiles: Tiles, path: str, content: bytes) -> None:
    tiles.put(path, content)
    tiles.settle()


def test_a_named_file_is_replaced_whole(tiles: Tiles) -> None:
    for content in (b"one", b"two", b"two", b"one"):
        tiles.replace(POLICY, content)
        assert tiles.read(POLICY) == content
    assert abs(tiles.written_at(POLICY) - time.time()) < 3600
    tiles.remove(POLICY)
    tiles.remove(POLICY)
    assert tiles.read(POLICY) is None
    tiles.replace(POLICY, b"three")
    assert tiles.read(POLICY) == b"three"
    with pytest.raises(OSError, match="no-file"):
        tiles.written_at("no-file")


def test_the_kept_checkpoints_are_listed_in_order_of_their_size(tiles: Tiles) -> None:
    assert tiles.history() == []
    for size in (9, 1000, 30):
        put(tiles, f"{HISTORY}/{size}", b"checkpoint")
    assert tiles.history() == [9, 30, 1000]


def test_many_files_are_read_in_the_order_in_which_they_were_named(tiles: Tiles) -> None:
    there = [f"{HISTORY}/{size}" for size in range(20)]
    for path in there:
        put(tiles, path, path.encode())
    named = [*reversed(there), "no-such-file"]
    assert list(tiles.read_each(named)) == [
        (path, path.encode() if path in there else None) for path in named
    ]


def test_files_are_listed_and_set_aside(tiles: Tiles) -> None:
    for path in (TILE, f"{TILE}.p/3", f"{TILE}.p/200", "tile/1/000.p/1", f"{HISTORY}/3"):
        put(tiles, path, path.encode())
    tiles.replace(CHECKPOINT, b"a log\n")
    assert tiles.widths(TILE) == {3, 200}
    assert tiles.files("tile/0") == [TILE, f"{TILE}.p/200", f"{TILE}.p/3"]
    assert sorted(tiles.other_files()) == [CHECKPOINT, f"{HISTORY}/3"]
    assert tiles.origins() == []
    for _ in range(2):
        tiles.set_aside(["tile", HISTORY, "no-such-file", CHECKPOINT], 1)
    assert (tiles.read(TILE), tiles.read(CHECKPOINT), tiles.origins()) == (None, None, [1])
    former = tiles.former(1)
    assert (former.read(TILE), former.read(CHECKPOINT)) == (TILE.encode(), b"a log\n")
    assert (former.widths(TILE), former.history()) == ({3, 200}, [3])
    assert f"origins/1/{CHECKPOINT}" in tiles.other_files()


def test_partial_tiles_go_once_the_full_one_is_there(tiles: Tiles, home: Home, intake: Sender) -> None:
    log = home.opened(tiles)
    for _ in range(6):
        log.append(intake.say(50))
    assert tiles.widths(TILE) == {50, 100, 150, 200, 250}
    assert tiles.clear_partials(255) == 0
    assert tiles.clear_partials(300) == 2
    assert tiles.widths(TILE) == set()
    assert tiles.widths("tile/entries/001") == {44}
    assert Fsck(home.ledger(), tiles, home.keys).run().findings == []
    assert contents(tiles) == sent(intake)


def test_another_log_goes_on_from_it(tiles: Tiles, home: Home, intake: Sender, tmp_path: Path) -> None:
    settings = Settings(service="audit-writer", office=OFFICE, data=tmp_path, log_origin=ORIGIN)
    reader = PublishedLog(tiles if isinstance(tiles, TileFolder) else TileBucket.at(_address(tiles)))
    log = TransparencyLog(home.ledger(), tiles, keys_of(settings), home.clock)
    log.open(URL)
    log.append(intake.say(300))
    assert len(reader.entries(0, 300)) == 256  # and a bucket's reader remembers that bundle
    new_origin(settings, home.ledger(), tiles, home.clock, f"{ORIGIN}/2")
    log = TransparencyLog(home.ledger(), tiles, keys_of(settings), home.clock)
    log.open(URL)
    log.append(intake.say(300))
    assert [entry for entry, _ in reader.walk()][1:] == sent(intake)[300:]
    assert [entry for entry, _ in reader.former(1).walk()] == sent(intake)[:300]
    assert Fsck(home.ledger(), tiles, keys_of(settings)).run().findings == []


def _address(tiles: Tiles) -> BucketAddress:
    return BucketAddress.parse(tiles.place)


def test_a_lost_database_is_read_back_from_it(tiles: Tiles, home: Home, intake: Sender) -> None:
    home.opened(tiles).append(intake.say(300))
    home.close()
    for file in home.folder.glob("ledger.db*"):
        file.unlink()
    assert refill(home.ledger(), tiles, home.keys, home.clock, OFFICE) == 300
    home.opened(tiles).append(intake.say(2))
    assert contents(tiles) == sent(intake)


# -- which of them


def test_a_setting_puts_it_into_a_bucket(bucket: Store, tmp_path: Path) -> None:
    here = Settings(service="audit", office=OFFICE, data=tmp_path)
    assert isinstance(published_tiles(here), TileFolder)
    assert published_tiles(here).place == str(tiles_of(here))
    there = Settings(service="audit", office=OFFICE, data=tmp_path, tiles=bucket.url)
    assert isinstance(published_tiles(there), TileBucket)
    assert published_tiles(there).place == bucket.url
    with pytest.raises(UnusableSettingError, match="no address of a bucket"):
        Settings(service="audit", office=OFFICE, data=tmp_path, tiles="s3://")


# -- faults


class CutBucket(TileBucket):
    """Lets `steps` requests that write pass, and from then on none; `lost` of them are done and their answers lost."""

    steps = 0
    lost = False

    def _put(self, path: str, content: bytes, mode: object) -> str | None:
        if path != PROBE and self.steps == 0:
            raise BucketAwayError(self.address, "the network is gone")
        if path != PROBE:
            self.steps -= 1
        done = super()._put(path, content, mode)  # type: ignore[arg-type]
        return None if self.lost and path != PROBE else done


def cut(bucket: Store, steps: int) -> CutBucket:
    cutting = CutBucket.at(bucket.address)
    assert isinstance(cutting, CutBucket)
    cutting.steps = steps
    return cutting


def test_a_cut_after_any_request_loses_and_doubles_nothing(bucket: Store, home: Home, intake: Sender) -> None:
    """Of 250 and 30 entries: beginning, first and full tiles, and the checkpoint that names them."""
    tiles, halts = TileBucket.at(bucket.address), list[HaltError]()
    for steps in itertools.count(0):
        try:
            log = home.opened(cut(bucket, steps))
            for arrivals in (intake.sent or intake.say(250), intake.say(10)):
                log.append(arrivals)
        except BucketAwayError as error:
            halts.append(halted_by(error))
            if tiles.read(CHECKPOINT) is not None:
                whole(published(home, tiles), tiles)
        else:
            break
    home.opened(tiles).append(intake.sent)
    assert contents(tiles) == sent(intake)
    assert Fsck(home.ledger(), tiles, home.keys).run().findings == []
    assert len(halts) > 5
    assert {each.reason for each in halts} == {Reason.FAILURE}
    assert all("by itself when the bucket answers" in str(each) for each in halts)


def whole(checkpoint: Checkpoint, tiles: Tiles) -> None:
    assert tree_root(checkpoint.size, TileHashes(checkpoint.size, tiles.read)) == checkpoint.root


def test_an_answer_that_was_lost_is_no_second_writer(bucket: Store, home: Home, intake: Sender) -> None:
    """The client sends again, and the store refuses what it has."""
    losing = cut(bucket, 1000)
    losing.lost = True
    log = home.opened(losing)
    log.append(intake.say(3))
    log.append(intake.say(3))
    assert contents(TileBucket.at(bucket.address)) == sent(intake)


class PausedBucket(TileBucket):
    """Before it touches a file, something happens elsewhere."""

    file = CHECKPOINT
    meanwhile: Callable[[], None] | None = None

    def read(self, path: str) -> bytes | None:
        self._pause(path)
        return super().read(path)

    def replace(self, path: str, content: bytes) -> None:
        self._pause(path)
        super().replace(path, content)

    def _pause(self, path: str) -> None:
        if path == self.file and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()


def test_a_writer_that_wakes_late_replaces_no_newer_checkpoint(
    bucket: Store, home: Home, intake: Sender
) -> None:
    """It had committed, and was paused; another one led meanwhile and published that and more."""
    paused = PausedBucket.at(bucket.address)
    assert isinstance(paused, PausedBucket)
    log, other = home.opened(paused), TileBucket.at(bucket.address)

    def lead() -> None:
        home.opened(other).append(intake.say(20))

    paused.meanwhile = lead
    with pytest.raises(HaltError) as halted:
        log.append(intake.say(10))
    assert halted.value.reason is Reason.SECOND_WRITER
    assert published(home, TileBucket.at(bucket.address)).size == 30
    assert contents(TileBucket.at(bucket.address)) == sent(intake)
    with pytest.raises(HaltError):  # its database has grown, too
        log.append(intake.say(1))
    home.opened(paused)  # as its process does when it has won the lease again
    assert published(home, other).size == 30


@pytest.mark.parametrize("file", [CHECKPOINT, path_of(0), KEYS, sender_proofs.FILE])
def test_a_writer_that_wakes_late_replaces_no_newer_named_file(
    bucket: Store, home: Home, intake: Sender, file: str
) -> None:
    """Another one led meanwhile, with a new key, and wrote each of these files; some are ones that the late writer has not met before."""
    paused, leader = PausedBucket.at(bucket.address), TileBucket.at(bucket.address)
    assert isinstance(paused, PausedBucket)
    log, newer = home.opened(paused), list[bytes]()

    def lead() -> None:
        home.successor = Signer(ORIGIN, bytes(range(1, 33)))
        home.opened(leader).append([*intake.say(20), Arrival("audit", 2, b"more junk")])
        proof = SenderProof(source="intake", position=20, hash="", proof="", public_key="")
        sender_proofs.publish(leader, [proof])
        newer.append(bucket.read(file))

    late: dict[str, Callable[[], object]] = {
        CHECKPOINT: lambda: log.append(intake.say(10)),
        path_of(0): lambda: log.append([Arrival("audit", 1, b"junk")]),
        KEYS: lambda: home.opened(paused),
        sender_proofs.FILE: lambda: sender_proofs.publish(paused, ()),
    }
    paused.file, paused.meanwhile = file, lead
    with pytest.raises(HaltError) as halted:
        late[file]()
    assert halted.value.reason is Reason.SECOND_WRITER
    assert [bucket.read(file)] == newer
    home.opened(paused)  # as its process does when it has won the lease again
    assert [bucket.read(file)] == newer


def test_a_kept_checkpoint_may_have_been_kept_by_another_writer(bucket: Store, home: Home) -> None:
    """It is the same but for the signatures beside that of the log, as where two writers heard different witnesses."""
    beside = [Signer(ORIGIN, bytes([number]) * 32) for number in (1, 2)]
    first, second = (Checkpoint(ORIGIN, 9, b"r" * 32).sign(home.signer, each) for each in beside)
    tiles, path = TileBucket.at(bucket.address), f"{HISTORY}/9"
    for content in (first, second):
        put(tiles, path, content)
    assert tiles.read(path) == first
    for another in (Checkpoint(ORIGIN, 9, b"s" * 32).sign(home.signer), b"no checkpoint"):
        with pytest.raises(HaltError) as halted:
            put(tiles, path, another)
        assert halted.value.reason is Reason.DAMAGED


def test_partial_tiles_that_a_cut_left_go_the_next_time(
    bucket: Store, home: Home, intake: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = TileBucket.at(bucket.address)
    log = home.opened(tiles)
    for _ in range(6):
        log.append(intake.say(50))

    def cut_off(_: str) -> bool:
        raise BucketAwayError(tiles.address, "the network is gone")

    with monkeypatch.context() as network:
        network.setattr(tiles, "has", cut_off)
        with pytest.raises(BucketAwayError):
            tiles.clear_partials(300)
    assert tiles.clear_partials(300) == 2


def test_the_word_of_a_writer_that_stops_is_not_the_last_one(bucket: Store, home: Home) -> None:
    late, leader = TileBucket.at(bucket.address), TileBucket.at(bucket.address)
    now = home.clock.now()
    write_status(leader, WriterStatus(at=now))
    write_status(late, WriterStatus(at=now, stopped=Reason.SECOND_WRITER))
    write_status(leader, WriterStatus(at=now))
    status = read_status(TileBucket.at(bucket.address))
    assert status is not None
    assert status.stopped is None


class CarelessBucket(TileBucket):
    """Of a store that writes whatever the conditions."""

    def _put(self, path: str, content: bytes, mode: object) -> str | None:
        return super()._put(path, content, "overwrite")


def test_a_store_that_ignores_conditions_is_refused(bucket: Store, home: Home) -> None:
    with pytest.raises(HaltError, match="ignores conditions"):
        home.opened(CarelessBucket.at(bucket.address))


def test_a_bucket_that_is_away_or_not_there_says_so(
    bucket: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = TileBucket.at(BucketAddress("no-such-bucket", "office"))
    with pytest.raises(BucketAwayError, match="no-such-bucket/office is away or refuses"):
        home.opened(nowhere)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    tiles = TileBucket.at(bucket.address)
    for ask in (lambda: tiles.read(CHECKPOINT), lambda: tiles.has(TILE), tiles.history):
        with pytest.raises(BucketAwayError, match="is away or refuses"):
            ask()
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in str(halted_by(BucketAwayError(bucket.address, "x")))


def test_the_command_of_an_operator_says_that_the_bucket_is_away(
    bucket: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys_of(Settings(service="audit-writer", office=OFFICE, data=tmp_path, log_origin=ORIGIN))
    (tmp_path / "audit-writer" / "ledger.db").touch()
    here = {"ZI_DATA": str(tmp_path), "ZI_OFFICE": OFFICE, "ZI_TILES": bucket.url}
    for name, value in {**here, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}.items():
        monkeypatch.setenv(name, value)
    assert main(["fsck"]) == 2
    assert f"{bucket.url} is away or refuses" in capsys.readouterr().err


# -- readers


class WatchedBucket(TileBucket):
    """Looks as a reader does at each moment at which something was put."""

    reader: Callable[[], None]

    def _put(self, path: str, content: bytes, mode: object) -> str | None:
        done = super()._put(path, content, mode)  # type: ignore[arg-type]
        if path == CHECKPOINT:
            self.reader()
        return done


def test_no_reader_meets_a_checkpoint_before_its_tiles(bucket: Store, home: Home, intake: Sender) -> None:
    sizes = []

    def look() -> None:
        tiles = TileBucket.at(bucket.address)
        whole(published(home, tiles), tiles)
        sizes.append(published(home, tiles).size)
        assert len(contents(tiles)) == sizes[-1]

    watched = WatchedBucket.at(bucket.address)
    assert isinstance(watched, WatchedBucket)
    watched.reader = look
    log = home.opened(watched)
    for count in (1, 254, 2, 300):
        log.append(intake.say(count))
    assert sizes == [0, 1, 255, 257, 557]


def test_a_reader_remembers_what_never_changes_and_nothing_else(
    bucket: Store, home: Home, intake: Sender
) -> None:
    log = home.opened(TileBucket.at(bucket.address))
    log.append(intake.say(256))
    tiles = TileBucket.at(bucket.address)
    assert tiles.read(TILE) is not None  # not yet: nobody knows of which log it is
    before = tiles.read(CHECKPOINT)
    full = tiles.read(TILE)
    bucket.remove(TILE)
    assert tiles.read(TILE) == full
    log.append(intake.say(1))
    assert tiles.read(CHECKPOINT) != before
    assert TileBucket.at(bucket.address).read(TILE) is None


def test_a_reader_forgets_a_damaged_tile_that_was_moved_away_to_be_made_again(
    bucket: Store, home: Home, intake: Sender
) -> None:
    home.opened(TileBucket.at(bucket.address)).append(intake.say(256))
    whole, reader = bucket.read(TILE), TileBucket.at(bucket.address)
    bucket.write(TILE, bytes(len(whole)))
    reader.read(CHECKPOINT)
    assert reader.read(TILE) != whole
    for path in (TILE, CHECKPOINT):
        bucket.remove(path)
    assert reader.read(CHECKPOINT) is None
    home.opened(TileBucket.at(bucket.address))
    reader.read(CHECKPOINT)
    assert reader.read(TILE) == whole


def test_what_is_remembered_has_a_bound() -> None:
    recent = RecentFiles(most=100)
    for path in "abc":
        recent.add(path, path.encode() * 40)
        recent.add(path, path.encode() * 40)
        assert recent.get("a" if path != "c" else "c") is not None
    assert [recent.get(path) is not None for path in "abc"] == [True, False, True]
    recent.add("", b"nothing")
    assert recent.get("") is None
    recent.clear()
    assert recent.get("c") is None
