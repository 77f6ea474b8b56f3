"""`zona drill`: a backup of this house, restored into a scratch folder and verified there. Nothing of the house is changed."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from zi_operations.backup import BackupRun
from zi_operations.drill_scratch import DATABASE, alone_on, connected, drop_left, scratch_address
from zi_operations.examination import Examined
from zi_operations.house import HouseOfData, scratch_settings
from zi_operations.manifest import BackupManifest
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.restore import BackupSource, Restore
from zi_operations.sealing import make_keys

HOUSES = 2  # on the disk of the scratch folder: the backup, and what is unpacked of it
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
        """Raises OperationError. What was made in the scratch folder is its owner's to remove; databases are removed here."""
        house_key, operator_key = make_keys()
        with self._timed("backup"):
            taken = BackupRun(
                self._house, self._scratch / "backups", house_key, self._now, self._progress, HOUSES
            ).run()
        with self._databases() as databases, self._timed("restore"):
            copy = HouseOfData(scratch_settings(self._scratch / "house", databases))
            source = BackupSource(taken.folder, operator_key)
            restored = Restore(copy, source, self._progress).run(is_drill=True)
        return DrillReport(taken.manifest, restored.examined, self._seconds)

    @contextmanager
    def _databases(self) -> Iterator[Mapping[str, str]]:
        """An empty database for each that is on PostgreSQL, for as long as the drill takes."""
        wanted = [each.setting for each in self._house.databases if each.is_postgres]
        if not wanted:
            yield {}
            return
        if not self._house.drill_server:
            raise OperationError(
                OperationStatus.REFUSED,
                "Set ZI_DRILL_POSTGRES to the address of an account that may make databases on PostgreSQL; the drill removes them.",
                "Setel ZI_DRILL_POSTGRES ke alamat akun yang boleh membuat basis data di PostgreSQL; latihan menghapusnya lagi.",
            )
        names = {setting: f"{DATABASE}{secrets.token_hex(4)}_{setting}" for setting in wanted}
        with connected(self._house) as server:
            if not alone_on(server):
                raise OperationError(
                    OperationStatus.REFUSED,
                    "Another drill is running on this PostgreSQL server.",
                    "Latihan lain sedang berjalan di peladen PostgreSQL ini.",
                )
            drop_left(server)
            try:
                for name in names.values():
                    server.execute(f"CREATE DATABASE {name}".encode())
                yield {
                    setting: scratch_address(self._house.drill_server, name)
                    for setting, name in names.items()
                }
            finally:
                for name in names.values():
                    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._seconds[step] = round(time.perf_counter() - began, 2)
