"""A folder of backups with its key, for tests: takes them, and restores them into empty houses."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zi_operations.backup import BackupRun, TakenBackup
from zi_operations.house import HouseOfData, HouseSettings
from zi_operations.restore import BackupSource, Restore, RestoredHouse
from zi_operations.sealing import make_keys


class BackupFolder:
    """`at` is the time of the next backup."""

    def __init__(self, folder: Path) -> None:
        self.target = folder / "backups"
        self.house_key, self.operator_key = make_keys()
        self.at = datetime.now(UTC).replace(microsecond=0)
        self._folder = folder

    def take(self, house: HouseOfData) -> TakenBackup:
        self.at += timedelta(seconds=1)
        return BackupRun(house, self.target, self.house_key, self.at, lambda *_: None).run()

    def empty(self, name: str = "restored", databases: Mapping[str, str] | None = None) -> HouseOfData:
        return HouseOfData(HouseSettings(data=self._folder / name, **(databases or {})))

    def restore(self, taken: TakenBackup, into: HouseOfData, keys: Path | None = None) -> RestoredHouse:
        return Restore(into, BackupSource(taken.folder, self.operator_key, keys), lambda *_: None).run()
