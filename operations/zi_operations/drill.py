"""`zona drill`: a backup of this house, restored into a scratch folder and verified there. Nothing of the house is changed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from zi_operations.backup import BackupRun
from zi_operations.examination import Examined
from zi_operations.house import HouseOfData, scratch_settings
from zi_operations.manifest import BackupManifest
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.restore import BackupSource, Restore
from zi_operations.sealing import make_keys

Progress = Callable[[int, int], None]


@dataclass
class DrillReport:
    """`seconds` by step."""

    manifest: BackupManifest
    examined: Examined
    seconds: dict[str, float] = field(default_factory=dict)


class Drill:
    def __init__(self, house: HouseOfData, scratch: Path, now: datetime, progress: Progress) -> None:
        self._house = house
        self._scratch = scratch
        self._now = now
        self._progress = progress
        self._seconds: dict[str, float] = {}

    def run(self) -> DrillReport:
        if any(each.is_postgres for each in self._house.databases):
            raise OperationError(
                OperationStatus.REFUSED,
                "A drill of a house on PostgreSQL needs empty databases: set their addresses and an empty ZI_DATA, and run zona restore.",
                "Latihan untuk rumah di PostgreSQL membutuhkan basis data kosong: setel alamatnya dan ZI_DATA yang kosong, lalu zona restore.",
            )
        house_key, operator_key = make_keys()
        with self._timed("backup"):
            taken = BackupRun(
                self._house, self._scratch / "backups", house_key, self._now, self._progress
            ).run()
        copy = HouseOfData(scratch_settings(self._scratch / "house"))
        with self._timed("restore"):
            source = BackupSource(taken.folder, operator_key)
            restored = Restore(copy, source, self._progress).run(is_drill=True)
        return DrillReport(taken.manifest, restored.examined, self._seconds)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._seconds[step] = round(time.perf_counter() - began, 2)
