"""A backup every day and a drill now and then, made up for when slept through; a failure keeps what is good and is told."""

import json
import os
import threading
from datetime import UTC, datetime, time, timedelta
from math import isnan
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from prometheus_client import REGISTRY
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_operations.backup_process import BackupProcess
from zi_operations.cli import main
from zi_operations.drill_note import last_drill
from zi_operations.house import BackupTimes, HouseOfData, HouseSettings
from zi_operations.outcome import OperationStatus
from zi_operations.retention import backups
from zi_operations.schedule import RetriedWork, Schedule
from zi_operations.sealing import write_house_key

TARAKAN = ZoneInfo("Asia/Makassar")
TIMES = BackupTimes(time(2, 15), TARAKAN, keep=2, drill_days=90)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=TARAKAN).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (local(2, 2, 14), local(1, 2, 16), False),
        (local(2, 2, 15), local(1, 2, 16), True),
        (local(2, 12), local(2, 2, 15), False),
        (local(5, 1), local(1, 2, 16), True),  # the machine slept
        (local(2, 1), None, True),
    ],
)
def test_a_backup_is_due_once_a_day_and_made_up_for(now: datetime, last: datetime | None, due: bool) -> None:
    assert TIMES.backup_is_due(now, last) is due


@pytest.mark.parametrize(
    ("last", "due"), [(None, True), (local(1, 0), False), (local(1, 0) + timedelta(days=400), True)]
)
def test_a_drill_is_due_where_there_was_none_or_one_of_the_future(last: datetime | None, due: bool) -> None:
    assert TIMES.drill_is_due(local(20, 0), last) is due
    assert not BackupTimes(TIMES.at, TARAKAN, 2, 0).drill_is_due(local(20, 0), last)


class Watched:
    """A schedule over a small house, on a clock that the test moves."""

    def __init__(self, small: SmallHouse, target: Path, **settings: object) -> None:
        # At noon of the office: what a test calls a minute later is not the hour of the next backup.
        self.now = datetime.now(TARAKAN).replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)
        self.target = target
        self.house = HouseOfData(
            HouseSettings(data=small.folder, backups=target, backup_keep=2, **settings)  # type: ignore[arg-type]
        )
        self.schedule = Schedule(self.house, target, lambda: self.now)

    def look(self, *, later: timedelta) -> list[str]:
        self.now += later
        self.schedule.look()
        return [path.name for path in backups(self.target)] if self.target.exists() else []


@pytest.fixture
def watched(small: SmallHouse, backup_folder: BackupFolder) -> Watched:
    write_house_key(small.house.backup_key, backup_folder.house_key)
    return Watched(small, backup_folder.target, drill_days=0)


def value(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)


DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def test_the_newest_good_ones_stay_and_a_failure_removes_nothing(watched: Watched) -> None:
    made = [watched.look(later=DAY)[-1] for _ in range(3)]
    assert [path.name for path in backups(watched.target)] == made[1:]
    assert watched.look(later=MINUTE) == made[1:]
    assert value("zi_backup_last_seconds") == (watched.now - MINUTE).timestamp()
    watched.house.backup_key.rename(watched.house.backup_key.with_name("elsewhere"))
    assert watched.look(later=DAY) == made[1:]
    assert "zona key FILE" in (watched.schedule.backup.fault or "")
    assert (value("zi_backup_failed"), value("zi_backup_last_seconds")) == (1, 0)
    watched.house.backup_key.with_name("elsewhere").rename(watched.house.backup_key)
    assert watched.look(later=timedelta(seconds=30)) == made[1:]  # the pause is not over
    assert len(watched.look(later=MINUTE)) == 2
    assert (watched.schedule.backup.fault, value("zi_backup_failed")) == (None, 0)


def test_a_disk_that_fills_keeps_the_good_ones_and_says_so(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    [good] = watched.look(later=DAY)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for _ in range(3):
        assert watched.look(later=DAY) == [good]
        assert [path.name for path in watched.target.iterdir()] == [good]
    assert "No space left" in (watched.schedule.backup.fault or "")
    monkeypatch.undo()
    assert len(watched.look(later=DAY)) == 2


def test_what_could_not_be_removed_is_told_and_tried_again_without_another_backup(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old keys that stay in a folder undo an erasure."""
    made = [watched.look(later=DAY)[-1] for _ in range(2)]

    def refused(*_: object) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("zi_operations.schedule.retain", refused)
    for later in (DAY, 5 * MINUTE, 5 * MINUTE):
        assert len(watched.look(later=later)) == 3
        assert "Permission denied" in (watched.schedule.removal.fault or "")
        assert watched.schedule.backup.fault is None
    monkeypatch.undo()
    assert watched.look(later=10 * MINUTE)[0] == made[1]
    assert watched.schedule.removal.fault is None


def test_an_error_that_nobody_expected_is_a_failure_with_a_pause(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: datetime) -> None:
        raise KeyError("tiles")

    work, now = RetriedWork("backup", fail), datetime.now(UTC)
    work.do(now, lambda: True)
    assert work.fault == "KeyError: 'tiles'"
    assert "Traceback" in caplog.text
    assert not work.may_begin(now + MINUTE / 2)
    assert work.may_begin(now + MINUTE)


def test_a_folder_that_is_named_after_no_day_stops_nothing(watched: Watched) -> None:
    """Whoever may write on the disk of the backups could end them with one folder."""
    [good] = watched.look(later=DAY)
    for name in ("zona-20261399T000000Z", "zona-00000000T000000Z"):
        (watched.target / name).mkdir()
        (watched.target / name / "manifest.json").write_text("{}")
    (watched.target / "zona-20200101T000000Z").mkdir()
    os.mkfifo(watched.target / "zona-20200101T000000Z" / "manifest.json")  # whoever opens it waits for ever
    (watched.target / "zona-20200102T000000Z").mkdir()
    with (watched.target / "zona-20200102T000000Z" / "manifest.json").open("wb") as large:
        large.truncate(2**40)
    for _ in range(3):
        made = watched.look(later=DAY)
        assert watched.schedule.backup.fault is None
    assert good not in made
    assert len(made) == 3  # two good ones, and the large one, which counts for nothing and stays
    assert value("zi_backup_last_seconds") == watched.now.timestamp()


def test_a_backup_that_does_not_read_as_it_was_written_is_a_failure_with_a_pause(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise one is made at every look, until the disk is full."""
    monkeypatch.setattr("zi_operations.schedule.is_whole", lambda *_: False)
    monkeypatch.setattr("zi_operations.schedule.newest_whole", lambda *_: None)
    assert len(watched.look(later=DAY)) == 1
    assert "reads otherwise" in (watched.schedule.backup.fault or "")
    assert len(watched.look(later=timedelta(seconds=30))) == 1
    assert len(watched.look(later=timedelta(seconds=40))) == 2


def test_where_it_cannot_be_told_whether_something_is_due_nothing_ends_and_nothing_is_made(
    small: SmallHouse, backup_folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_house_key(small.house.backup_key, backup_folder.house_key)
    watched = Watched(small, backup_folder.target)

    def unreadable(*_: object) -> None:
        raise RuntimeError("the folder can't be listed")

    monkeypatch.setattr("zi_operations.schedule.newest_whole", unreadable)
    monkeypatch.setattr("zi_operations.schedule.last_drill", unreadable)
    assert watched.look(later=DAY) == []
    for fault in (watched.schedule.backup.fault, watched.schedule.drill.fault):
        assert fault == "RuntimeError: the folder can't be listed"
    assert (value("zi_backup_failed"), value("zi_backup_last_seconds")) == (1, 0)
    assert (value("zi_drill_failed"), value("zi_drill_last_seconds")) == (1, 0)
    monkeypatch.undo()
    assert len(watched.look(later=MINUTE)) == 1
    assert (watched.schedule.backup.fault, watched.schedule.drill.fault) == (None, None)


def test_a_note_of_a_drill_without_a_zone_is_none(watched: Watched) -> None:
    (watched.house.data / "backup" / "last-drill").write_text("2026-11-30T02:15:00\n")
    assert last_drill(watched.house) is None


def test_a_house_without_an_archive_has_no_number_of_it(watched: Watched) -> None:
    watched.look(later=MINUTE)
    for name in ("zi_archive_receives", "zi_archive_behind_bytes"):
        found = value(name)
        assert found is not None
        assert isnan(found)


def test_a_fault_ends_when_somebody_else_has_made_the_backup(
    watched: Watched, backup_folder: BackupFolder, small: SmallHouse
) -> None:
    watched.house.backup_key.unlink()
    watched.look(later=DAY)
    assert watched.schedule.backup.fault is not None
    write_house_key(watched.house.backup_key, backup_folder.house_key)
    backup_folder.at = watched.now
    backup_folder.take(small.house)
    assert len(watched.look(later=timedelta(seconds=10))) == 1
    assert (watched.schedule.backup.fault, value("zi_backup_failed")) == (None, 0)


def test_the_pause_after_a_failure_grows_to_an_hour_and_ends_with_a_clock_that_was_set_back(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    watched = Watched(small, backup_folder.target, drill_days=0)
    attempts = watched.schedule.backup
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        attempts.begin(watched.now)
        pause = timedelta(minutes=minutes)
        assert not attempts.may_begin(watched.now + pause - timedelta(seconds=1))
        assert attempts.may_begin(watched.now + pause)
        assert attempts.may_begin(watched.now - MINUTE)


def test_a_drill_is_made_and_noted_and_one_that_finds_something_is_told(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    write_house_key(small.house.backup_key, backup_folder.house_key)
    watched = Watched(small, backup_folder.target)
    watched.look(later=DAY)
    assert last_drill(watched.house) == watched.now
    assert (value("zi_drill_last_seconds"), value("zi_drill_failed")) == (watched.now.timestamp(), 0)
    assert not list((small.folder / "backup").glob("zona-drill-*"))
    with small.stores["intake"].database.transaction() as tx:
        tx.execute("UPDATE messages SET hash = ? WHERE position = 1", "0" * 64)
    watched.look(later=91 * DAY)
    assert "not sound: intake" in (watched.schedule.drill.fault or "")
    assert value("zi_drill_failed") == 1


def test_the_process_tells_readiness_and_numbers_and_ends(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    watched = Watched(small, backup_folder.target, drill_days=0)
    ended = threading.Event()
    with BackupProcess(watched.schedule, "127.0.0.1:0") as process, httpx.Client(trust_env=False) as client:
        url = f"http://127.0.0.1:{process.port}/backups"
        assert client.get(f"{url}/ready").status_code == 200
        watched.look(later=DAY)  # without a key
        answer = client.get(f"{url}/ready")
        assert answer.status_code == 503
        assert "zona key FILE" in json.loads(answer.content)["checks"]["backup"]["reason"]
        assert client.get(f"{url}/health").status_code == 200
        assert "zi_backup_failed 1.0" in client.get(f"{url}/metrics").text
        assert client.get(f"{url}/else").status_code == 404
        ended.set()
        watched.schedule.run(ended)


def test_without_a_folder_or_in_the_house_itself_nothing_is_scheduled(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    assert main(["schedule"]) == OperationStatus.REFUSED.code
    monkeypatch.setenv("ZI_BACKUPS", str(small.folder / "backups"))
    assert main(["schedule"]) == OperationStatus.REFUSED.code
