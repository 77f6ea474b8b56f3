"""Nothing that lies where a restore puts its files ends up in the restored house unnoticed."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_operations import restore
from zi_operations.house import HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.restore import COMPLETE, BackupSource, Restore


def not_empty(backup_folder: BackupFolder, source: BackupSource, house: HouseOfData) -> str:
    with pytest.raises(OperationError) as refusal:
        Restore(house, source, lambda *_: None).run()
    assert refusal.value.outcome is OperationStatus.NOT_EMPTY
    return str(refusal.value)


def test_an_interrupted_restore_is_not_completed_by_another_backup(
    small: SmallHouse, backup_folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, house = backup_folder.take(small.house), backup_folder.empty()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(restore, "_move", full)
        with pytest.raises(OSError, match="No space"):
            backup_folder.restore(first, house)
    small.file()
    small.publish()
    second = backup_folder.take(small.house)
    complete = house.data / "backup/restore" / COMPLETE
    assert first.folder.name in not_empty(
        backup_folder, BackupSource(second.folder, backup_folder.operator_key), house
    )
    shutil.rmtree(second.folder)
    written = complete.read_text()
    complete.write_text("")
    not_empty(backup_folder, BackupSource(first.folder, backup_folder.operator_key), house)
    complete.write_text(written)
    done = backup_folder.restore(first, house)
    assert (done.manifest.name, done.examined.is_sound) == (first.folder.name, True)


@pytest.mark.parametrize(
    "left", ["notify/store.db-wal", "intake/keys.db-shm", "audit-writer/ledger.db-journal"]
)
def test_what_was_left_of_a_database_is_refused(
    small: SmallHouse, backup_folder: BackupFolder, left: str
) -> None:
    """SQLite would merge it into the restored database."""
    taken, house = backup_folder.take(small.house), backup_folder.empty()
    (house.data / left).parent.mkdir(parents=True)
    (house.data / left).write_bytes(b"")
    assert Path(left).name.rpartition("-")[2] in not_empty(
        backup_folder, BackupSource(taken.folder, backup_folder.operator_key), house
    )


def test_a_store_that_is_not_that_of_the_backup_is_named(
    small: SmallHouse, backup_folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, house = backup_folder.take(small.house), backup_folder.empty()
    move = restore._move

    def merged(source: Path, target: Path, data: Path) -> None:
        if target == house.data / "notify/store.db":
            small.file("notify")
            target.parent.mkdir(parents=True)
            with closing(sqlite3.connect(small.folder / "notify/store.db")) as store:
                store.execute("VACUUM INTO ?", [str(target)])
        move(source, target, data)

    monkeypatch.setattr(restore, "_move", merged)
    assert list(backup_folder.restore(taken, house).examined.faults) == ["notify"]
