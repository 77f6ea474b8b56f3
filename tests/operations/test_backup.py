"""A backup is of one moment, is whole or is not there, and reveals nothing without its keys."""

import os
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from tests.full_disk import full_disk
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import NAME, SmallHouse

from zi_operations.backup import BackupRun, dry_run
from zi_operations.disk_room import refuse_no_room
from zi_operations.drill import Drill
from zi_operations.house import HouseOfData, HouseSettings
from zi_operations.manifest import read_manifest
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.part_file import extract
from zi_operations.retention import backups, is_whole, newest_whole, retain, taken_at


def unpacked(backup_folder: BackupFolder, folder: Path, part: str, target: Path) -> list[Path]:
    [known] = [each for each in backups(backup_folder.target) if each == folder]
    manifest = read_manifest(known, backup_folder.operator_key)
    described = manifest.parts[part]
    key = backup_folder.operator_key.open(described.sealed_key, part)
    extract(folder / described.file, key, target)
    return sorted(path.relative_to(target) for path in target.rglob("*") if path.is_file())


def test_data_and_keys_are_apart_and_the_data_reveals_nobody(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    taken = backup_folder.take(small.house)
    data = unpacked(backup_folder, taken.folder, "data", tmp_path / "data")
    keys = unpacked(backup_folder, taken.folder, "keys", tmp_path / "keys")
    assert {str(path) for path in keys} >= {
        "databases/intake/keys",
        "databases/integrity/keys",
        "files/audit-writer/secrets/log-key",
        "files/intake/secrets/salts",
    }
    assert not [path for path in data if "secret" in str(path) or path.name == "keys"]
    found = b"".join((tmp_path / "data" / path).read_bytes() for path in data)
    with closing(sqlite3.connect(small.folder / "intake/keys.db")) as store:
        secrets = [bytes(row[0]) for row in store.execute("SELECT key FROM keys")]
    assert len(secrets) == 2
    assert NAME.encode() not in found
    assert not [secret for secret in secrets if secret in found]


def test_a_key_that_is_destroyed_while_the_data_is_copied_is_gone_at_once(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    subject = small.file()
    key = small.keys["intake"].key(subject)
    assert key is not None

    def erase(done: int, total: int) -> None:
        if small.keys["intake"].destroyed(subject) is None:
            small.erase(subject)
            assert not any(key.secret in path.read_bytes() for path in small.folder.glob("intake/keys.db*"))

    BackupRun(small.house, backup_folder.target, backup_folder.house_key, backup_folder.at, erase).run()
    assert small.keys["intake"].destroyed(subject) is not None


def test_nothing_can_be_read_in_the_files_of_a_backup(small: SmallHouse, backup_folder: BackupFolder) -> None:
    taken = backup_folder.take(small.house)
    sealed = (taken.folder / "data.zona").read_bytes() + (taken.folder / "keys.zona").read_bytes()
    assert b"SQLite" not in sealed
    assert b"intake" not in sealed


def test_what_nobody_classified_counts_as_a_key(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    (small.folder / "intake" / "something-new").write_text("x")
    taken = backup_folder.take(small.house)
    assert Path("files/intake/something-new") in unpacked(
        backup_folder, taken.folder, "keys", tmp_path / "keys"
    )


def test_all_copies_are_of_one_moment_while_everybody_works(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    """notify hears each complaint at once, so a copy of notify that is a little later than that of intake would be ahead of it."""
    done, filed = threading.Event(), count()

    def work() -> None:
        while not done.is_set():
            small.file()
            small.hear("notify", "intake", small.stores["intake"].last()[0])
            small.publish()
            next(filed)

    with ThreadPoolExecutor(1) as somebody:
        working = somebody.submit(work)
        taken = [backup_folder.take(small.house) for _ in range(3)]
        done.set()
        working.result()
    assert next(filed) > 0
    for each in taken:
        stores = each.manifest.stores
        received = stores["notify"].received["intake"]
        assert stores["intake"].position - received in (0, 1)
        entries = sum(store.position for store in stores.values())
        assert each.manifest.ledger.size <= entries
    assert backup_folder.restore(taken[-1], backup_folder.empty()).examined.is_sound


def test_the_checkpoint_of_a_backup_is_never_ahead_of_its_ledger(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    taken = backup_folder.take(small.house)
    assert taken.manifest.ledger.checkpoint.splitlines()[1] == str(taken.manifest.ledger.size) == "3"


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    with full_disk(2000), pytest.raises(OperationError) as refused:
        backup_folder.take(small.house)
    assert refused.value.outcome is OperationStatus.NO_ROOM
    assert list(backup_folder.target.iterdir()) == []


def test_what_a_killed_backup_left_is_no_backup_and_goes_with_the_next(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    left = backup_folder.target / "zona-20200101T000000Z.unfinished"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    assert backups(backup_folder.target) == []
    taken = backup_folder.take(small.house)
    assert list(backup_folder.target.iterdir()) == [taken.folder]


def test_the_newest_are_retained_and_keys_go_after_thirty_days(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    taken = [backup_folder.take(small.house).folder for _ in range(3)]
    shutil.copytree(taken[0], backup_folder.target / f"{taken[0].name}-copy")
    assert retain(backup_folder.target, 2, backup_folder.at, backup_folder.house_key) == [taken[0]]
    assert backups(backup_folder.target) == taken[1:]
    assert retain(
        backup_folder.target, 0, backup_folder.at + timedelta(days=30), backup_folder.house_key
    ) == [taken[1] / "keys.zona"]
    assert (taken[1] / "data.zona").exists()
    assert (taken[2] / "keys.zona").exists()


def test_retention_never_counts_what_is_not_whole_nor_takes_the_last_good_one(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    good, cut, foreign, future = (backup_folder.take(small.house).folder for _ in range(4))
    os.truncate(cut / "data.zona", 100)
    manifest = foreign / "manifest.json"
    manifest.write_text(manifest.read_text().replace(foreign.name, good.name))
    later = future.rename(backup_folder.target / "zona-20990101T000000Z")
    assert [is_whole(path, backup_folder.house_key) for path in (good, cut, foreign, later)] == [
        True,
        False,
        False,
        False,
    ]
    assert retain(backup_folder.target, 1, backup_folder.at, backup_folder.house_key) == []
    assert newest_whole(backup_folder.target, backup_folder.at, backup_folder.house_key) == taken_at(good)
    assert backups(backup_folder.target) == [good, cut, foreign, later]


def test_a_backup_of_a_clock_that_was_ahead_counts_for_nothing(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    now = backup_folder.at
    backup_folder.at += timedelta(days=400)
    ahead = backup_folder.take(small.house).folder
    backup_folder.at = now
    right = backup_folder.take(small.house).folder
    assert is_whole(ahead, backup_folder.house_key)
    assert retain(backup_folder.target, 1, backup_folder.at, backup_folder.house_key) == []
    assert newest_whole(backup_folder.target, backup_folder.at, backup_folder.house_key) == taken_at(right)


def test_keys_may_lie_elsewhere_and_another_house_signs_nothing_here(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    folder = backup_folder.take(small.house).folder
    (folder / "keys.zona").unlink()
    assert is_whole(folder, backup_folder.house_key)
    assert not is_whole(folder, BackupFolder(tmp_path).house_key)


def test_too_little_room_is_told_before_a_byte_is_written(
    small: SmallHouse, backup_folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup_folder.take(small.house).folder
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(OperationError, match="earlier backups are as they were") as refused:
        backup_folder.take(small.house)
    assert refused.value.outcome is OperationStatus.NO_ROOM
    assert list(backup_folder.target.iterdir()) == [before]


def test_databases_pass_through_the_disk_of_the_house_which_keeps_its_free_room(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = dry_run(small.house, backup_folder.target).bytes
    house = HouseOfData(HouseSettings(data=small.folder, free_disk_mb=1))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, size + 2**20))
    with pytest.raises(OperationError, match="ZI_FREE_DISK_MB") as refused:
        backup_folder.take(house)
    assert refused.value.outcome is OperationStatus.NO_ROOM
    full = HouseOfData(HouseSettings(data=small.folder, free_disk_mb=0))
    backup_folder.take(full)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, 2 * size))
    backup_folder.take(full)
    with pytest.raises(
        OperationError, match="bytes free"
    ):  # the backup, what is unpacked of it, and one database
        Drill(full, tmp_path / "scratch", backup_folder.at, lambda *_: None).run()


@pytest.mark.parametrize("full", ["backups", "house"])
def test_each_disk_has_the_room_that_it_needs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    free = {"backups": 100, "house": 10} | {full: 9}
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(200, 100, free[folder.name])
    )
    needs = [(tmp_path / "backups", 90), (tmp_path / "house", 10)]
    with pytest.raises(OperationError, match=f"{full} has 9 bytes free"):
        refuse_no_room(needs, lambda folder: len(folder.name))
    free |= {"backups": 90, "house": 10}
    refuse_no_room(needs, lambda folder: len(folder.name))
    with pytest.raises(OperationError, match="has 90 bytes free, and 100 are needed"):
        refuse_no_room(needs, lambda _: 1)


def test_a_dry_run_writes_nothing(small: SmallHouse, backup_folder: BackupFolder) -> None:
    before = sorted(small.folder.rglob("*"))
    planned = dry_run(small.house, backup_folder.target)
    assert planned.bytes > 0 < planned.free
    assert planned.key_files == 7
    assert not backup_folder.target.exists()
    assert sorted(small.folder.rglob("*")) == before


def test_half_a_house_is_not_backed_up(small: SmallHouse, backup_folder: BackupFolder) -> None:
    os.rename(small.folder / "umkm/store.db", small.folder / "umkm/away.db")
    with pytest.raises(OperationError, match="umkm/store is missing"):
        backup_folder.take(small.house)
