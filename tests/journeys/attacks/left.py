"""The disk of a house stopped in order; its backup of some steps earlier; the evidence of its citizen and its witness."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from tests.intake.sample_files import photo
from tests.journeys import gifts, mails, records
from tests.journeys.citizens import citizens
from tests.journeys.door import Door
from tests.journeys.house import House, await_
from tests.taken_evidence import take

from zi_audit.files.log_keys import LogKeys
from zi_audit.files.tile_folder import CHECKPOINT, TileFolder
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database
from zi_tlog.note import Signer

PASSING = shutil.ignore_patterns("logs", "run", "mailbox", "caddy")


GIFT_IS_LATE = "zi.integrity.gift_overdue"  # the timer tells it a little after the report


@dataclass
class Left:
    """`data` is what ZI_DATA is, `backup` an older one; `shown` is the log as its readers get it."""

    folder: Path

    def copy(self, folder: Path) -> "Left":
        shutil.copytree(self.folder, folder, ignore=PASSING, dirs_exist_ok=True)
        return Left(folder)

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def backup(self) -> Path:
        return self.folder / "backup"

    @property
    def evidence(self) -> Path:
        """The evidence of the first case's citizen: messages, receipts, promises, his own words."""
        return self.folder / "evidence.zip"

    @property
    def older(self) -> Path:
        """The checkpoint that somebody outside kept."""
        return self.folder / "older"

    @property
    def log(self) -> Path:
        return self.data / records.TILES

    @property
    def published_log(self) -> Path:
        elsewhere = self.folder / "shown"
        return elsewhere if elsewhere.exists() else self.log

    @property
    def store(self) -> Path:
        return self.data / "intake" / "store.db"

    @property
    def ledger(self) -> Path:
        return self.data / "audit-writer" / "ledger.db"

    def file(self, pattern: str) -> Path:
        """The newest file of the log with such a name."""
        return max(self.log.glob(pattern), key=lambda path: int(path.name) if path.name.isdecimal() else 0)

    @property
    def ticket(self) -> str:
        return take(self.evidence.read_bytes()).manifest.case

    @cached_property
    def settings(self) -> Settings:
        return Settings(service="audit-writer", data=self.data)

    @property
    def signer(self) -> Signer:
        return Signer(self.settings.log_origin, self.settings.secret("log-key"))

    def open_log(self, data: Path | None = None) -> tuple[TransparencyLog, Database]:
        """As the writer opens it at its start."""
        folder = (data or self.data) / "audit-writer"
        database = Database(folder / "ledger.db")
        ledger = Ledger(database, self.settings.office)
        log = TransparencyLog(ledger, TileFolder(folder / "tiles"), LogKeys(self.signer), Clock())
        log.open("http://localhost/audit/log")
        return log, database


def left_by_a_house(folder: Path) -> Left:
    """Four complaints and a gift; a backup; then one of them from the first step of the office to the last."""
    left = Left(folder)
    left.data.mkdir()
    (left.data / "witnesses").write_text("quorum none\n")  # whoever witnesses this house stands outside of it
    with House(left.data) as house, house.client() as client:
        door = Door(client, house.staff)
        assert gifts.report(client, house.staff("supervisor"), str(uuid4())).status_code == 303
        filed = [door.file(citizen.body) for citizen in citizens(4, "tamper")]
        await_(lambda: GIFT_IS_LATE in map(type_of, records.logged(house.data)))
        await_(
            lambda: len(list(records.citizens_mails(house.data))) == 4 and records.settled(house), pause=0.5
        )
        back_up(left)
        mails.confirm(client, citizens(1, "tamper")[0].texts["email"])
        door.all_steps(filed[0], citizens(1, "tamper")[0].texts, photo())
        await_(
            lambda: len(list(records.citizens_mails(house.data))) == 10 and records.settled(house), pause=0.5
        )
        left.evidence.write_bytes(await_(lambda: door.whole_evidence(filed[0])))
    shutil.copy(left.log / CHECKPOINT, left.older)
    return left


def type_of(message: bytes) -> object:
    return records.parse(message)["type"]


def back_up(left: Left) -> None:
    """Of a house that runs and is at rest: databases by SQLite's own way, files as they are."""
    ignored = shutil.ignore_patterns("*.db*", "logs", "run", "mailbox", "caddy")
    shutil.copytree(left.data, left.backup, ignore=ignored)
    for database in left.data.glob("*/*.db"):
        with (
            closing(sqlite3.connect(database)) as source,
            closing(sqlite3.connect(left.backup / database.relative_to(left.data))) as target,
        ):
            source.backup(target)
