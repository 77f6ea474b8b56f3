"""A house whose published log lies in a bucket: backup, restore, check and doctor read it there, or say that they can't."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.bucket_store import Store
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, TileFolder
from zi_chassis.bucket import BucketAwayError
from zi_operations import remedies
from zi_operations.cli import main
from zi_operations.doctor import findings, standing_still
from zi_operations.drill import Drill
from zi_operations.house import WRITER
from zi_operations.outcome import OperationError, OperationStatus


@pytest.fixture
def there(bucket: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHouse]:
    """A small house that publishes there, which the environment names."""
    house = SmallHouse(tmp_path / "var", {"tiles": bucket.url})
    for name in ("intake", "intake", "notify"):
        house.file(name)
    house.hear("notify", "intake", 2)
    house.publish()
    monkeypatch.setenv("ZI_DATA", str(house.folder))
    monkeypatch.setenv("ZI_TILES", bucket.url)
    yield house
    house.close()


def outcome(error: pytest.ExceptionInfo[OperationError]) -> OperationStatus:
    return error.value.outcome


def test_a_backup_has_the_log_and_a_restore_brings_it_into_a_bucket(
    there: SmallHouse, bucket: Store, backup_folder: BackupFolder, bucket_endpoint: str
) -> None:
    bucket.write(COSIGNED, bucket.read(CHECKPOINT))
    taken = backup_folder.take(there.house)
    assert not (there.folder / "audit-writer/tiles").exists()
    other = Store(bucket_endpoint)
    restored = backup_folder.restore(taken, backup_folder.empty(databases={"tiles": other.url}))
    assert restored.examined.is_sound
    assert restored.examined.entries == 3
    for name in (CHECKPOINT, COSIGNED, "log-keys", "witness-policy", "tile/entries/000.p/3"):
        assert other.read(name) == bucket.read(name)


def test_a_bucket_that_outlived_the_loss_gives_the_ledger_its_entries_back(
    there: SmallHouse, backup_folder: BackupFolder, bucket: Store
) -> None:
    taken = backup_folder.take(there.house)
    there.file("notify")
    there.publish()
    restored = backup_folder.restore(taken, backup_folder.empty(databases={"tiles": bucket.url}))
    assert restored.refilled == 1
    assert [each.service for each in restored.examined.missing] == ["notify"]


def test_a_backup_from_a_bucket_is_restored_into_folders_and_practised_in_them(
    there: SmallHouse, backup_folder: BackupFolder, tmp_path: Path, bucket: Store
) -> None:
    house = backup_folder.empty(databases={"tiles": str(tmp_path / "tiles")})
    assert backup_folder.restore(backup_folder.take(there.house), house).examined.is_sound
    assert isinstance(house.tiles, TileFolder)
    before = {name: bucket.read(name) for name in bucket.files()}
    Drill(there.house, tmp_path / "scratch", datetime.now(UTC), lambda *_: None).run()
    assert {name: bucket.read(name) for name in bucket.files()} == before


def test_a_setting_that_leads_elsewhere_gives_no_backup_without_the_log(
    there: SmallHouse,
    bucket: Store,
    backup_folder: BackupFolder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    there.databases["tiles"] = f"{bucket.url}/elsewhere"
    with pytest.raises(OperationError, match="no checkpoint of it is in s3://") as refused:
        backup_folder.take(there.house)
    assert outcome(refused) is OperationStatus.REFUSED
    assert not list(backup_folder.target.iterdir())
    found = {each.part: each.remedy for each in findings(there.house, datetime.now(UTC))}
    assert found["published log"] is remedies.LOG_ELSEWHERE


def test_a_bucket_that_is_away_stops_backup_and_check_with_a_sentence(
    there: SmallHouse,
    bucket: Store,
    backup_folder: BackupFolder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(OperationError, match="is away or refuses") as away:
        backup_folder.take(there.house)
    assert outcome(away) is OperationStatus.AWAY
    assert not list(backup_folder.target.iterdir())
    assert main(["check"]) == OperationStatus.AWAY.code
    assert f"{bucket.url} is away or refuses" in capsys.readouterr().err
    found = {each.part: each.remedy for each in findings(there.house, datetime.now(UTC))}
    assert found["published log"] == remedies.LOG_IN_BUCKET


def test_each_part_that_waits_for_the_bucket_has_the_same_way_out(there: SmallHouse, bucket: Store) -> None:
    reason = f"the index does not follow the log: {BucketAwayError(bucket.address, 'no answer')}"
    answered = {
        name: {check: {"ok": False, "reason": reason}} for name, check in (("audit", "tail"), (WRITER, "log"))
    }
    assert {each.remedy for each in standing_still(there.house, answered)} == {remedies.LOG_IN_BUCKET}


def test_what_was_changed_in_the_bucket_is_found(
    there: SmallHouse, bucket: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    bucket.write("tile/0/000.p/3", bucket.read("tile/0/000.p/3")[:-1])
    bucket.write("tile/0/letter", b"of nobody")
    assert main(["check"]) == OperationStatus.FOUND.code
    printed = capsys.readouterr().out
    assert "tile/0/letter does not belong to the log" in printed
    assert "tile/0/000.p/3" in printed


def test_erasures_are_settled_by_a_copy_into_the_bucket(
    there: SmallHouse, backup_folder: BackupFolder, bucket: Store, tmp_path: Path, bucket_endpoint: str
) -> None:
    """A house is restored beside an empty bucket, and an auditor has a copy of what was published since."""
    from zi_operations.erasures_settled import settle_by_log

    taken = backup_folder.take(there.house)
    there.file("notify")
    there.publish()
    copy = tmp_path / "copy"
    for name in bucket.files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(bucket.read(name))
    other = Store(bucket_endpoint)
    house = backup_folder.empty(databases={"tiles": other.url})
    backup_folder.restore(taken, house)
    assert settle_by_log(house, copy) == 1
    assert other.read("tile/entries/000.p/4") == bucket.read("tile/entries/000.p/4")
    shutil.rmtree(copy)
