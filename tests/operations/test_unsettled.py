"""More than a restored house could have made itself unlocks its personal data."""

import shutil
from pathlib import Path

import pytest
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_chassis.vault.erasure_files import BROUGHT
from zi_operations import erasures_settled
from zi_operations.erasures_settled import settle_by_log
from zi_operations.house import SERVICES, WRITER, HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.report import outcome_of
from zi_operations.unsettled import unsettled, unsettled_file

VAULTED = ["intake", "integrity"]


def refused(house: HouseOfData, copy: Path) -> None:
    with pytest.raises(OperationError) as refusal:
        settle_by_log(house, copy)
    assert refusal.value.outcome is OperationStatus.OLD
    assert unsettled(house) == VAULTED


def test_the_tiles_that_a_restore_made_settle_nothing(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    """Somebody was erased after the backup, and the house's own tiles know nothing of it, however much it records since."""
    subject = small.file()
    small.publish()
    taken = backup_folder.take(small.house)
    small.erase(subject)
    small.publish()
    house = backup_folder.empty()
    backup_folder.restore(taken, house)
    refused(house, Path(house.tiles.place))
    grown = SmallHouse(house.data)
    grown.published = {name: each.position for name, each in taken.manifest.stores.items()}
    grown.file("notify")
    grown.publish()
    grown.close()
    refused(house, shutil.copytree(Path(house.tiles.place), tmp_path / "own-copy"))


def test_a_second_restore_takes_the_tiles_of_the_first_for_no_proof(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    taken, house = backup_folder.take(small.house), backup_folder.empty()
    backup_folder.restore(taken, house)
    for name in (*SERVICES, f"{WRITER}/secrets"):
        shutil.rmtree(house.data / name)
    for file in (house.data / WRITER).glob("ledger.db*"):
        file.unlink()
    assert (
        outcome_of(backup_folder.restore(taken, backup_folder.empty()).examined) is OperationStatus.UNSETTLED
    )
    assert unsettled(house) == VAULTED


@pytest.mark.parametrize("has_size", [True, False], ids=["new", "without-size"])
def test_an_interrupted_settling_is_completed_by_the_same_copy(
    small: SmallHouse,
    backup_folder: BackupFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_size: bool,
) -> None:
    subject = small.file()
    small.publish()
    taken = backup_folder.take(small.house)
    event = small.erase(subject)
    small.publish()
    copy = shutil.copytree(Path(small.house.tiles.place), tmp_path / "copy")
    house = backup_folder.empty()
    backup_folder.restore(taken, house)
    if not has_size:
        for service in VAULTED:
            unsettled_file(house, service).write_text(f"{taken.manifest.name}\n")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(erasures_settled, "bring_erasures", full)
        with pytest.raises(OSError, match="No space"):
            settle_by_log(house, copy)
    assert unsettled(house) == VAULTED
    settle_by_log(house, copy)
    assert unsettled(house) == []
    assert str(event) in (house.data / "intake" / BROUGHT).read_text()
