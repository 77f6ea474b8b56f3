"""A small house with two complaints and their ledger, and the key of its backups."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallHouse]:
    house = SmallHouse(tmp_path / "var")
    for name in ("intake", "intake", "notify"):
        house.file(name)
    house.hear("notify", "intake", 2)
    house.publish()
    yield house
    house.close()


@pytest.fixture
def backup_folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path)
