"""Nothing that lies where a restore puts its files ends up in the restored house unnoticed."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.operations.kept import Kept
from tests.operations.small_house import SmallHouse

from zi_operations import restore
from zi_operations.house import HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.restore import COMPLETE, BackupSource, Restore


def not_empty(kept: Kept, source: BackupSource, house: HouseOfData) -> str:
    with pytest.raises(OperationError) as refusal:
        Restore(house, source, lambda *_: None).run()
    assert refusal.value.outcome is OperationStatus.NOT_EMPTY
    return str(refusal.value)


def test_an_interrupted_restore_is_not_completed_by_another_backup(
    small: SmallHouse, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, house = kept.take(small.house), kept.empty()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(restore, "_move", full)
        with pytest.raises(OSError, match="No space"):
            kept.restore(first, house)
    small.file()
    small.publish()
    second = kept.take(small.house)
    complete = house.data / "backup/restore" / COMPLETE
    assert first.folder.name in not_empty(kept, BackupSource(second.folder, kept.operator_key), house)
    shutil.rmtree(second.folder)
    written = complete.read_text()
    complete.write_text("")
    not_empty(kept, BackupSource(first.folder, kept.operator_key), house)
    complete.write_text(written)
    done = kept.restore(first, house)
    assert (done.manifest.name, done.examined.is_sound) == (first.folder.name, True)


@pytest.mark.parametrize(
    "left", ["notify/store.db-wal", "intake/keys.db-shm", "audit-writer/ledger.db-journal"]
)
def test_what_was_left_of_a_database_is_refused(small: SmallHouse, kept: Kept, left: str) -> None:
    """SQLite would merge it into the restored database."""
    taken, house = kept.take(small.house), kept.empty()
    (house.data / left).parent.mkdir(parents=True)
    (house.data / left).write_bytes(b"")
    assert Path(left).name.rpartition("-")[2] in not_empty(
        kept, BackupSource(taken.folder, kept.operator_key), house
    )


def test_a_store_that_is_not_that_of_the_backup_is_named(
    small: SmallHouse, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, house = kept.take(small.house), kept.empty()
    move = restore._move

    def merged(source: Path, target: Path) -> None:
        if target == house.data / "notify/store.db":
            small.file("notify")
            target.parent.mkdir(parents=True)
            with closing(sqlite3.connect(small.folder / "notify/store.db")) as store:
                store.execute("VACUUM INTO ?", [str(target)])
        move(source, target)

    monkeypatch.setattr(restore, "_move", merged)
    assert list(kept.restore(taken, house).examined.faults) == ["notify"]
