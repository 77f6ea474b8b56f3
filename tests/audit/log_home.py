"""A log with a folder of its own, and senders whose messages chain as the chassis renders them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_DNS, UUID, uuid5

import orjson

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import Head, Link, advance
from zi_audit.files.log_keys import LogKeys
from zi_audit.files.tile_folder import TileFolder
from zi_audit.files.tiles import Tiles
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import NO_WITNESSES, TransparencyLog
from zi_chassis.clock import Clock
from zi_chassis.storage.database import Database
from zi_tlog.note import Signer
from zi_tlog.policy import Policy

OFFICE = "balai-contoh"
ORIGIN = "zona.example/balai-contoh"
URL = "http://localhost:8080/audit/log"


@dataclass
class Sender:
    """A service that says one thing after the other."""

    service: str = "intake"
    head: Head = field(default_factory=Head)
    case: str = "7K3M9Q2XA"
    type: str = "complaint_filed"
    actor: str = "sub-of-an-invented-person"
    sent: list[Arrival] = field(default_factory=list)

    def message(self, **attributes: object) -> bytes:
        position = self.head.position + 1
        fields = {
            "specversion": "1.0",
            "id": str(self.event_id(position)),
            "source": f"/zi/{OFFICE}/{self.service}",
            "type": f"zi.{self.service}.{self.type}",
            "subject": self.case,
            "time": "2026-11-24T01:02:03.000004Z",
            "datacontenttype": "application/json",
            "aggregate": str(uuid5(NAMESPACE_DNS, self.service)),
            "version": position,
            "position": position,
            "previous": self.head.digest,
            "actor": self.actor,
            "actorrole": "public",
            "commitment": "ab" * 32,
            "data": {"holder": "office"},
        }
        return orjson.dumps({**fields, **attributes})

    def event_id(self, position: int) -> UUID:
        return uuid5(uuid5(NAMESPACE_DNS, self.service), str(position))

    def say(self, count: int = 1) -> list[Arrival]:
        return [self.send(self.message()) for _ in range(count)]

    def send(self, content: bytes) -> Arrival:
        arrival = Arrival(self.service, len(self.sent) + 1, content)
        if isinstance(arrival.link, Link):
            self.head = advance(self.head, arrival.link, content)
        self.sent.append(arrival)
        return arrival


class SetClock(Clock):
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Home:
    """The home of a log: its database, its tiles, its key; `log()` is a fresh start of the writer there."""

    folder: Path
    address: str = ""
    clock: SetClock = field(default_factory=SetClock)
    signer: Signer = field(default_factory=lambda: Signer(ORIGIN, bytes(range(32))))
    successor: Signer | None = None
    witnesses: Policy = NO_WITNESSES
    open_databases: list[Database] = field(default_factory=list)

    @property
    def keys(self) -> LogKeys:
        return LogKeys(self.signer, self.successor)

    @property
    def tiles(self) -> TileFolder:
        return TileFolder(self.folder / "tiles")

    def read(self, path: str) -> bytes:
        content = self.tiles.read(path)
        assert content is not None
        return content

    def ledger(self) -> Ledger:
        database = Database(self.address or self.folder / "ledger.db")
        self.open_databases.append(database)
        return Ledger(database, OFFICE)

    def log(self, tiles: Tiles | None = None) -> TransparencyLog:
        return TransparencyLog(self.ledger(), tiles or self.tiles, self.keys, self.clock, self.witnesses)

    def opened(self, tiles: Tiles | None = None) -> TransparencyLog:
        log = self.log(tiles)
        log.open(URL)
        return log

    def close(self) -> None:
        for database in self.open_databases:
            database.close()
