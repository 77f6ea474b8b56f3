"""A backup has the names of files in a bucket: what checks and restores a house says which of them are missing."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from tests.bucket_store import Store
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import File, SmallHouse, act

from zi_chassis.vault.files import VaultFiles
from zi_operations.examination import HouseExamination
from zi_operations.files_outside import files_outside
from zi_operations.house import HouseOfData, HouseSettings
from zi_operations.restore import BackupSource, Restore


def test_a_restore_and_a_check_fetch_each_file_and_name_the_one_that_is_missing(
    small: SmallHouse,
    bucket: Store,
    backup_folder: BackupFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert files_outside(small.house) is None
    vault, store, subject = small.vaults["intake"], small.stores["intake"], uuid4()
    vault.files = VaultFiles(bucket.address)
    sealed = vault.seal(subject, {"attachment": b"photo" * 40_000}, fresh=True)
    placed = asyncio.run(vault.place(store, sealed))
    small.handle("intake", subject, File(by=act(), items=placed.refs), placed)
    small.publish()
    [unnamed] = HouseExamination(small.house).run().faults["intake"]
    assert "ZI_FILES" in unnamed

    monkeypatch.setenv("ZI_FILES", bucket.url)
    assert HouseExamination(small.house).run().faults == {}
    counted = files_outside(small.house)
    assert counted is not None
    assert f"1 files of {len(sealed.items[0].sealed) - 12:,} bytes lie in {bucket.url}" in counted.en
    taken = backup_folder.take(small.house)
    copy = HouseOfData(HouseSettings(data=tmp_path / "empty"))
    source = BackupSource(taken.folder, backup_folder.operator_key)
    restored = Restore(copy, source, lambda *_: None).run(is_drill=True)
    assert restored.examined.faults == {}

    [name] = bucket.sent()
    bucket.remove(name)
    [missing] = HouseExamination(copy).run().faults["intake"]
    assert missing.startswith(f"Vault item {placed.refs[0].item} is not in {bucket.url}")
