"""The power goes after any call that the writer, its database and the database's log made of the system, as strace saw them: whatever
a disk may have left then, the log comes back with all that was acknowledged, contradicts nothing that anybody saw, and goes on."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from random import Random

import pytest
from tests.audit.ledger_life import story
from tests.audit.log_home import Home, SetClock
from tests.audit.power_cut import State, written
from tests.audit.recorded_disk import MANNERS, RecordedDisk, after, sectors
from tests.audit.recording import (
    Cut,
    Deed,
    Opened,
    Reading,
    Removed,
    Renamed,
    Synced,
    SystemCall,
    UnforeseenCallError,
    Wrote,
    recorded,
)
from tests.audit.test_power_cut import recovered

from zi_audit.files.tile_folder import CHECKPOINT
from zi_tlog.checkpoint import Checkpoint, open_checkpoint

SEED = 7
CUTS = 48
DATABASE, LOG = "ledger.db", "ledger.db-wal"


@dataclass(frozen=True)
class Life:
    folder: Path
    deeds: Sequence[Deed]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    folder = tmp_path_factory.mktemp("life")
    return Life(folder, recorded(folder, sys.executable, "-m", "tests.audit.ledger_life", str(folder)))


def moments(deeds: Sequence[Deed]) -> Iterator[tuple[int, Deed, RecordedDisk]]:
    """The disk after each deed."""
    disk = RecordedDisk()
    for number, deed in enumerate(deeds):
        disk.take(deed)
        yield number, deed, disk


def test_the_recording_makes_the_folder_that_was_left(life: Life) -> None:
    *_, (_, _, disk) = moments(life.deeds)
    left = {path.relative_to(life.folder) for path in life.folder.rglob("*")}
    assert set(disk.live) == left
    for name in left:
        assert (
            disk.read(str(name)) == (life.folder / name).read_bytes() if disk.live[name] is not None else True
        )


def test_what_is_acknowledged_is_synced_with_all_that_it_needs(life: Life) -> None:
    arrivals = []
    for _, deed, disk in moments(life.deeds):
        if isinstance(deed, SystemCall):
            arrivals.append(int(deed.line))
            assert not disk.unsynced(LOG)
            came = {naming.name for naming in disk.pending if naming.name is not None}
            assert came <= {Path(f"{DATABASE}-shm")}  # what was removed may come back
            assert {name for name in disk.durable if name.name in (DATABASE, LOG)} == {
                Path(DATABASE),
                Path(LOG),
            }
    assert arrivals == list(accumulate(len(batch) for batch in chain.from_iterable(story())))


def test_the_log_of_the_database_is_written_over_only_when_the_database_has_it(life: Life) -> None:
    """The order that keeps a commit: the log, its sync; later the pages, their sync; then the log from its beginning."""
    over = copied = 0
    for _, deed, disk in moments(life.deeds):
        if isinstance(deed, Wrote) and deed.path == Path(DATABASE):
            copied += 1
            assert not disk.unsynced(LOG)
        if isinstance(deed, Wrote) and deed.path == Path(LOG) and deed.offset == 0:
            over += 1
            assert not disk.unsynced(DATABASE)
    assert copied > 50
    assert over > len(story())  # one a start, and one for each time that the log was full


def test_the_published_checkpoint_comes_after_the_commit_that_it_shows(life: Life) -> None:
    for _, deed, disk in moments(life.deeds):
        if isinstance(deed, Renamed) and deed.to == Path("tiles") / CHECKPOINT:
            assert not disk.unsynced(LOG)


@dataclass(frozen=True)
class Left:
    """The remains of a cut after deed `number` left, and what it must hold: so many entries, and what people saw."""

    number: int
    state: State
    acknowledged: int
    checkpoints: Sequence[Checkpoint]


def cuts(deeds: Sequence[Deed], seed: int, count: int) -> Iterator[Left]:
    """`count` moments at which a cut takes something, one manner of taking after the other."""
    drawn = Random(seed)
    chosen = set(drawn.sample([n for n, _, disk in moments(deeds) if takes(disk)], count))
    manners = chain.from_iterable(iter(lambda: MANNERS, None))
    checkpoints, acknowledged = list[Checkpoint](), 0
    for number, deed, disk in moments(deeds):
        acknowledged = int(deed.line) if isinstance(deed, SystemCall) else acknowledged
        note = disk.read(f"tiles/{CHECKPOINT}")
        if isinstance(deed, Renamed) and note is not None:
            checkpoints.append(open_checkpoint(note, *Home(Path()).keys.known))
        if number in chosen:
            yield Left(number, disk.state(drawn, next(manners)), acknowledged, tuple(checkpoints))


def takes(disk: RecordedDisk) -> bool:
    return bool(disk.pending) or any(file.pending for file in disk.files.values())


def judge(left: Left, folder: Path) -> None:
    """Opened as the writer does at its start."""
    folder.mkdir()
    written(left.state, folder)
    arrivals = list(chain.from_iterable(chain.from_iterable(story())))
    home = Home(folder, clock=later())
    try:
        assert home.opened().size >= left.acknowledged
        recovered(home, arrivals, left.checkpoints)
    except Exception as error:
        raise AssertionError(f"what a cut after deed {left.number} left does not go on") from error
    finally:
        home.close()
        shutil.rmtree(folder)


def later() -> SetClock:
    clock = SetClock()
    clock.pass_by(24 * 3600)
    return clock


def judge_all(deeds: Sequence[Deed], folder: Path, seed: int = SEED, count: int = CUTS) -> int:
    """Return how many states were judged."""
    judged = 0
    for left in cuts(deeds, seed, count):
        judge(left, folder)
        judged += 1
    return judged


def test_whatever_a_cut_leaves_is_gone_on_from(life: Life, tmp_path: Path) -> None:
    assert judge_all(life.deeds, tmp_path / "cut") == CUTS


@pytest.mark.parametrize("without", ["ledger.db-wal", "tiles"])
def test_a_writer_that_did_not_sync_would_be_found(life: Life, tmp_path: Path, without: str) -> None:
    """The same life with those syncs left out."""
    careless = [deed for deed in life.deeds if not (isinstance(deed, Synced) and str(deed.path) == without)]
    with pytest.raises(AssertionError, match="does not go on"):
        judge_all(careless, tmp_path / "cut")


# -- what is built from a recording


def test_a_write_is_torn_at_the_sectors_of_the_disk() -> None:
    path = Path("x")
    assert sectors(Wrote(path, 500, b"a" * 600)) == [
        Wrote(path, 500, b"a" * 12),
        Wrote(path, 512, b"a" * 512),
        Wrote(path, 1024, b"a" * 76),
    ]
    assert sectors(Wrote(path, 512, b"a")) == [Wrote(path, 512, b"a")]
    assert sectors(Cut(path, 3)) == [Cut(path, 3)]


def test_what_was_left_out_before_a_written_part_reads_as_zeros() -> None:
    path = Path("x")
    assert after(b"ab", [Wrote(path, 4, b"x"), Cut(path, 6)]) == b"ab\0\0x\0"
    assert after(b"abcdef", [Cut(path, 3), Wrote(path, 1, b"X")]) == b"aXc"


def test_calls_of_several_threads_are_read_in_the_order_in_which_they_ended() -> None:
    lines = [
        r'7 openat(AT_FDCWD<\x2f>, "\x2f\x64\x2f\x61", O_RDWR|O_CREAT, 0644) = 3<\x2f\x64\x2f\x61>',
        r'8 write(3<\x2f\x64\x2f\x61>, "\x61\x62", 2 <unfinished ...>',
        r"7 fsync(5<\x2f\x64>) = 0",
        r"8 <... write resumed>)                = 2",
        r'8 write(3<\x2f\x64\x2f\x61>, "\x63", 1) = 1',
        r'7 rename("\x2f\x64\x2f\x61", "\x2f\x64\x2f\x62") = -1 ENOENT (No such file or directory)',
        r'7 unlinkat(5<\x2f\x64>, "\x61", 0) = 0',
        r'7 write(1<\x70\x69\x70\x65>, "\x33\x0a", 2) = 2',
        "7 +++ exited with 0 +++",
    ]
    a = Path("a")
    assert list(Reading(Path("/d")).deeds(lines)) == [
        Opened(a, creates=True, truncates=False),
        Synced(Path()),
        Wrote(a, 0, b"ab"),
        Wrote(a, 2, b"c"),
        Removed(a),
        SystemCall("3"),
    ]


def test_a_call_that_nobody_foresaw_is_not_passed_over() -> None:
    with pytest.raises(UnforeseenCallError, match="truncate"):
        list(Reading(Path("/d")).deeds([r'7 truncate("\x2f\x64\x2f\x61", 3) = 0']))
