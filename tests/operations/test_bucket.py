"""Copies of backups in a bucket: a broken upload is no backup, and what a bucket gives back is believed for nothing."""

import os
import shutil
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from tests.bucket_store import ACCOUNT, Store
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_operations import bucket as bucket_module
from zi_operations.backup import TakenBackup
from zi_operations.bucket import Bucket
from zi_operations.bucket_copy import ABANDONED, BucketOfBackups
from zi_operations.cli import main
from zi_operations.house import HouseOfData, HouseSettings
from zi_operations.manifest import MANIFEST
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.schedule import Schedule
from zi_operations.sealing import make_keys, write_house_key, write_operator_key

DAY = timedelta(days=1)


@pytest.fixture
def copies(bucket: Store, backup_folder: BackupFolder) -> BucketOfBackups:
    return BucketOfBackups(Bucket(bucket.address), backup_folder.house_key)


def sent(copies: BucketOfBackups, small: SmallHouse, backup_folder: BackupFolder) -> TakenBackup:
    taken = backup_folder.take(small.house)
    copies.send(taken.folder, lambda *_: None)
    return taken


def test_a_backup_goes_to_a_bucket_and_comes_back_from_it(
    small: SmallHouse,
    bucket: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    key, target = str(tmp_path / "stick" / "zona.key"), tmp_path / "backups"
    assert main(["key", key]) == 0
    assert main(["backup", "--to", bucket.url]) == OperationStatus.REFUSED.code  # of which folder?
    assert main(["backup", str(target), "--to", bucket.url, "--keep", "2"]) == 0
    [folder] = target.iterdir()
    assert sorted(bucket.files()) == [
        f"{folder.name}/{name}" for name in ("data.zona", "keys.zona", MANIFEST)
    ]
    assert main(["restore", f"{bucket.url}/{folder.name}", "--key", key, "--dry-run"]) == 0
    assert main(["restore", f"{bucket.url}/{folder.name}", "--key", key]) == OperationStatus.NOT_EMPTY.code
    monkeypatch.setenv("ZI_DATA", str(tmp_path / "empty"))
    capsys.readouterr()
    assert main(["restore", bucket.url, "--key", key]) == OperationStatus.NO_BACKUP.code
    assert folder.name in capsys.readouterr().err
    assert main(["restore", f"{bucket.url}/{folder.name}", "--key", key]) == OperationStatus.UNSETTLED.code
    assert not (tmp_path / "empty" / "backup" / "fetched").exists()
    assert main(["erasures", "--nothing-newer", "a test"]) == 0
    assert main(["check"]) == 0
    printed = capsys.readouterr()
    assert ACCOUNT["AWS_SECRET_ACCESS_KEY"] not in printed.out + printed.err


def test_a_broken_upload_is_no_backup_and_goes_after_two_days(
    small: SmallHouse,
    backup_folder: BackupFolder,
    bucket: Store,
    copies: BucketOfBackups,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put, good = Bucket.put, sent(copies, small, backup_folder)

    def cut(self: Bucket, path: Path, name: str) -> None:
        if name.endswith("data.zona"):
            raise OperationError(OperationStatus.AWAY, "the line is cut", "sambungan terputus")
        put(self, path, name)

    monkeypatch.setattr(Bucket, "put", cut)
    with pytest.raises(OperationError, match="the line is cut"):
        sent(copies, small, backup_folder)
    monkeypatch.undo()
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.client.meta.endpoint_url)
    assert len(bucket.files()) == 4
    assert copies.names() == [good.folder.name]
    assert copies.newest_whole(backup_folder.at + DAY) == good.folder.name
    assert copies.retain(1, backup_folder.at) == []
    [gone] = copies.retain(1, backup_folder.at + ABANDONED + DAY)
    assert gone.endswith("keys.zona")
    assert len(bucket.files()) == 3


def test_a_backup_whose_manifest_was_hidden_stays_and_its_keys_go_in_time(
    small: SmallHouse, backup_folder: BackupFolder, bucket: Store, copies: BucketOfBackups
) -> None:
    """Else whoever may hide one small file has the house destroy its own copies; a bucket with versions gives the manifest back."""
    name = sent(copies, small, backup_folder).folder.name
    manifest = bucket.read(f"{name}/{MANIFEST}")
    bucket.remove(f"{name}/{MANIFEST}")
    assert copies.retain(1, backup_folder.at + ABANDONED + DAY) == []
    [gone] = copies.retain(1, backup_folder.at + 31 * DAY)
    assert gone.endswith("keys.zona")
    assert copies.retain(1, backup_folder.at + 62 * DAY) == []
    bucket.write(f"{name}/{MANIFEST}", manifest)
    assert copies.newest_whole(backup_folder.at + 62 * DAY) == name


def test_a_bucket_that_does_not_keep_what_it_took_is_no_place_of_backups(
    small: SmallHouse, backup_folder: BackupFolder, copies: BucketOfBackups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bucket, "put", lambda *_: None)
    with pytest.raises(OperationError, match="does not have"):
        sent(copies, small, backup_folder)


def test_a_manifest_that_came_otherwise_than_it_was_sent_is_taken_back(
    small: SmallHouse,
    backup_folder: BackupFolder,
    bucket: Store,
    copies: BucketOfBackups,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = Bucket.put

    def cut(self: Bucket, path: Path, name: str) -> None:
        put(self, path, name)
        if name.endswith(MANIFEST):
            bucket.write(name, path.read_bytes()[:-9])

    monkeypatch.setattr(Bucket, "put", cut)
    with pytest.raises(OperationError, match="does not have"):
        sent(copies, small, backup_folder)
    assert copies.names() == []


def test_what_this_house_did_not_sign_or_is_of_the_future_blocks_no_restore(
    small: SmallHouse,
    backup_folder: BackupFolder,
    bucket: Store,
    copies: BucketOfBackups,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good, cut = sent(copies, small, backup_folder).folder.name, sent(copies, small, backup_folder).folder.name
    backup_folder.at += 400 * DAY
    sent(copies, small, backup_folder)  # of the future
    bucket.write(f"{cut}/{MANIFEST}", bucket.read(f"{cut}/{MANIFEST}")[:-9])
    write_operator_key(tmp_path / "key", backup_folder.operator_key)
    monkeypatch.setenv("ZI_DATA", str(tmp_path / "empty"))
    key = ["--key", str(tmp_path / "key")]
    assert main(["restore", f"{bucket.url}/{cut}", *key]) == OperationStatus.CHANGED.code
    assert main(["restore", f"{bucket.url}/{good}", *key]) == OperationStatus.UNSETTLED.code
    assert not (tmp_path / "empty" / "backup" / "fetched").exists()


def test_a_file_that_is_larger_than_the_bucket_says_does_not_fill_the_disk(
    small: SmallHouse,
    backup_folder: BackupFolder,
    bucket: Store,
    copies: BucketOfBackups,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, files = sent(copies, small, backup_folder).folder.name, Bucket.files
    listed = files(Bucket(bucket.address))
    size = next(each.size for each in listed if each.name.endswith("data.zona"))
    bucket.write(f"{name}/data.zona", bytes(3 * 2**20))
    monkeypatch.setattr(Bucket, "files", lambda self: listed)
    monkeypatch.setattr(bucket_module, "PIECE", 2**16)
    with pytest.raises(OperationError) as refused:
        BucketOfBackups(Bucket(bucket.address), backup_folder.operator_key).fetch(
            name, tmp_path / "f", lambda *_: None
        )
    assert refused.value.outcome is OperationStatus.CHANGED
    assert (tmp_path / "f" / "data.zona").stat().st_size <= size


def test_whatever_a_bucket_changes_is_refused_before_anything_is_restored(
    small: SmallHouse,
    backup_folder: BackupFolder,
    bucket: Store,
    copies: BucketOfBackups,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backup_folder.at -= DAY  # a backup of the future is no newer one
    older, name = (
        sent(copies, small, backup_folder).folder.name,
        sent(copies, small, backup_folder).folder.name,
    )
    write_operator_key(tmp_path / "key", backup_folder.operator_key)
    monkeypatch.setenv("ZI_DATA", str(tmp_path / "empty"))
    data, manifest = bucket.read(f"{name}/data.zona"), bucket.read(f"{name}/{MANIFEST}")

    def restored(*words: str) -> int:
        return main(["restore", f"{bucket.url}/{name}", "--key", str(tmp_path / "key"), *words])

    flipped = bytes([data[0] ^ 1]) + data[1:]
    for changed in (flipped, data[:-1], data + b"\0" * 1000):
        bucket.write(f"{name}/data.zona", changed)
        assert restored() == OperationStatus.CHANGED.code
    bucket.write(f"{name}/data.zona", data)
    for changed in (manifest[:-9], b"", bucket.read(f"{older}/{MANIFEST}"), bytes(2**20 + 1)):
        bucket.write(f"{name}/{MANIFEST}", changed)  # the third is a true one, of an older backup
        assert restored() == OperationStatus.CHANGED.code
    bucket.remove(f"{name}/{MANIFEST}")
    assert restored() == OperationStatus.NO_BACKUP.code
    bucket.write(f"{name}/{MANIFEST}", manifest)
    bucket.remove(f"{name}/keys.zona")
    shutil.rmtree(tmp_path / "empty" / "backup" / "fetched")  # what came before is not fetched again
    assert restored() == OperationStatus.REFUSED.code
    assert not (tmp_path / "empty" / "intake").exists()
    old = ["restore", f"{bucket.url}/{older}", "--key", str(tmp_path / "key")]
    assert main(old) == OperationStatus.OLD.code
    assert main([*old, "--although-older"]) == OperationStatus.UNSETTLED.code


def test_the_newest_good_ones_stay_and_keys_go_after_thirty_days(
    small: SmallHouse, backup_folder: BackupFolder, bucket: Store, copies: BucketOfBackups
) -> None:
    names = [sent(copies, small, backup_folder).folder.name for _ in range(3)]
    foreign = BucketOfBackups(Bucket(bucket.address), make_keys()[0])
    assert foreign.newest_whole(backup_folder.at + DAY) is None
    bucket.write(f"{names[2]}/data.zona", b"cut")  # not whole: it counts for nothing, and stays
    bucket.write("zona-20261399T000000Z/manifest.json", b"{}")
    copies.retain(1, backup_folder.at + DAY)
    assert copies.names() == names[1:]
    copies.retain(1, backup_folder.at + 31 * DAY)
    assert [file for file in bucket.files() if file.endswith("keys.zona")] == []
    assert copies.newest_whole(backup_folder.at + 31 * DAY) == names[1]


def test_a_large_file_goes_in_several_requests(
    bucket: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_module, "PIECE", 5 * 2**20)
    content = os.urandom(11 * 2**20)
    (tmp_path / "large").write_bytes(content)
    Bucket(bucket.address).put(tmp_path / "large", "large")
    head = bucket.client.head_object(Bucket=bucket.name, Key="office/large")
    assert head["ETag"].strip('"').endswith("-3")
    Bucket(bucket.address).fetch("large", tmp_path / "back", len(content), lambda _: None)
    assert (tmp_path / "back").read_bytes() == content


def test_a_bucket_that_is_away_or_an_address_that_is_none_has_a_sentence(
    small: SmallHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**ACCOUNT, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    assert main(["key", str(tmp_path / "key")]) == 0
    assert main(["backup", str(tmp_path / "b"), "--to", "s3://bucket/office"]) == OperationStatus.AWAY.code
    assert len(list((tmp_path / "b").iterdir())) == 1
    for wrong in ("https://bucket", "s3://", "s3://bucket/../else"):
        assert main(["backup", str(tmp_path / "b"), "--to", wrong]) == OperationStatus.REFUSED.code
    assert ACCOUNT["AWS_SECRET_ACCESS_KEY"] not in capsys.readouterr().err


def half_a_day_away(small: SmallHouse, backup_folder: BackupFolder) -> time:
    """Return a time of day at which no backup becomes due while a test moves on by minutes."""
    return (backup_folder.at + DAY / 2).astimezone(small.house.zone).time()


def test_each_scheduled_backup_is_copied_and_a_copy_that_fails_is_told(
    small: SmallHouse, backup_folder: BackupFolder, bucket: Store, copies: BucketOfBackups
) -> None:
    write_house_key(small.house.backup_key, backup_folder.house_key)
    settings = {
        "data": small.folder,
        "backups": backup_folder.target,
        "backup_copy": bucket.url,
        "backup_at": half_a_day_away(small, backup_folder),
        "drill_days": 0,
    }
    now = backup_folder.at
    schedule = Schedule(HouseOfData(HouseSettings(**settings)), backup_folder.target, lambda: now)  # type: ignore[arg-type]
    schedule.look()
    assert copies.newest_whole(now) == schedule._copied
    assert REGISTRY.get_sample_value("zi_backup_copied_seconds") == now.timestamp()
    for file in bucket.files():
        bucket.remove(file)
    bucket.client.delete_bucket(Bucket=bucket.name)
    now += DAY
    schedule.look()
    assert schedule.backup.fault is None
    assert "away or refuses" in (schedule.copy.fault or "")
    assert REGISTRY.get_sample_value("zi_backup_copied_seconds") == (now - DAY).timestamp()
    bucket.client.create_bucket(Bucket=bucket.name)
    now += timedelta(minutes=1)
    schedule.look()
    assert schedule.copy.fault is None
    assert len(copies.names()) == 1


def test_a_copy_is_not_done_before_the_old_ones_went(
    small: SmallHouse, backup_folder: BackupFolder, bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else keys that were destroyed stay in the bucket, and nobody is told."""
    write_house_key(small.house.backup_key, backup_folder.house_key)
    settings = {
        "data": small.folder,
        "backups": backup_folder.target,
        "backup_copy": bucket.url,
        "backup_at": half_a_day_away(small, backup_folder),
        "drill_days": 0,
    }
    now, looks = backup_folder.at, []

    def refused(*_: object) -> list[str]:
        looks.append(now)
        raise OperationError(OperationStatus.AWAY, "no right to delete", "tidak boleh menghapus")

    monkeypatch.setattr(BucketOfBackups, "retain", refused)
    schedule = Schedule(HouseOfData(HouseSettings(**settings)), backup_folder.target, lambda: now)  # type: ignore[arg-type]
    for _ in range(3):
        schedule.look()
        assert schedule.copy.fault == "no right to delete"
        assert REGISTRY.get_sample_value("zi_backup_copied_seconds") == backup_folder.at.timestamp()
        now += timedelta(minutes=5)
    assert len(looks) == 3
    monkeypatch.setattr(BucketOfBackups, "retain", lambda *_: [])
    schedule.look()
    assert schedule.copy.fault is None


def test_who_copies_nothing_loads_nothing_for_it() -> None:
    probe = "import sys, zi_operations.cli; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
