"""A whole house that fits into a test: six stores of one decider, two vaults, the ledger, secrets; without processes."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from zi_audit.domain.arrival import Arrival
from zi_audit.files.log_keys import keys_of
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event, Value
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault
from zi_contracts.vault import ItemRef
from zi_operations.house import SERVICES, VAULTS, WRITER, HouseOfData, HouseSettings

NAME = "Siti Contoh Rahasia"
URL = "http://localhost:8080/audit/log"


class File(Command):
    items: tuple[ItemRef, ...] = ()


class RequestErasure(Command):
    pass


class Erase(Command):
    asked_by: str


class Filed(Event):
    items: tuple[ItemRef, ...] = ()


class ErasureRequested(Event):
    pass


class DataSubjectErased(Event):
    asked_by: str


class Nothing(Value):
    """A state without content."""


def decide(command: File | RequestErasure | Erase, state: Nothing) -> Sequence[Event]:
    match command:
        case File(by=by, items=items):
            return [Filed(by=by, items=items)]
        case RequestErasure(by=by):
            return [ErasureRequested(by=by)]
        case Erase(by=by, asked_by=asked_by):
            return [DataSubjectErased(by=by, asked_by=asked_by)]


def publish(event: Event, state: Nothing) -> Disclosure:
    match event:
        case Filed(items=items):
            return Disclosure("T", {"items": [ref.model_dump(mode="json") for ref in items]})
        case DataSubjectErased(asked_by=asked_by):
            return Disclosure("T", {"asked_by": asked_by})
        case _:
            return Disclosure("T", {})


filing: Decider[Nothing] = Decider(
    "filing",
    Nothing(),
    decide,
    lambda state, _: state,
    (Filed, ErasureRequested, DataSubjectErased),
    publish,
)


def act(actor: str = "citizen", role: str = "public") -> Act:
    return Act(at=Clock().now(), actor=actor, role=role)


class SmallHouse:
    """Open until `close`; `databases` are addresses by setting, as HouseSettings has them."""

    def __init__(self, folder: Path, databases: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.databases = dict(databases or {})
        self.keys = {name: self._keys(name) for name in VAULTS}
        self.vaults = {name: Vault(keys) for name, keys in self.keys.items()}
        self.stores = {name: self._store(name) for name in SERVICES}
        settings = self.house.settings_of(WRITER)
        self.ledger = Database(self.databases.get("audit_writer_database") or settings.folder / "ledger.db")
        log_keys = keys_of(settings)
        self.log = TransparencyLog(
            Ledger(self.ledger, settings.office), self.house.tiles, log_keys, settings.clock()
        )
        self.log.open(URL)
        self.published = dict.fromkeys(SERVICES, 0)
        for name in SERVICES:
            self.house.settings_of(name).secret("salts")

    @property
    def house(self) -> HouseOfData:
        return HouseOfData(HouseSettings(data=self.folder, **self.databases))

    def _keys(self, name: str) -> Keystore:
        place = self.databases.get(f"{name}_keys_database") or self.folder / name / "keys.db"
        return Keystore(Database(place, secure_delete=True))

    def _store(self, name: str) -> Store:
        store = Store(
            service=name,
            office=self.house.office,
            database=Database(self.databases.get(f"{name}_database") or self.folder / name / "store.db"),
            deciders=[filing],
            companions=[self.vaults[name]] if name in VAULTS else [],
        )
        store.open()
        return store

    def file(self, name: str = "intake") -> UUID:
        subject = uuid4()
        vault = self.vaults.get(name)
        if vault is None:
            self.handle(name, subject, File(by=act()))
        else:
            sealed = vault.seal(subject, {"reporter.name": NAME}, fresh=True)
            self.handle(name, subject, File(by=act(), items=sealed.refs), sealed)
        return subject

    def handle(self, name: str, subject: UUID, command: Command, keep: object = None) -> Handled[Nothing]:
        return asyncio.run(self.stores[name].handle(filing, subject, command, keep))

    def erase(self, subject: UUID) -> UUID:
        """Two officials erase a person in intake; return the event."""
        self.handle("intake", subject, RequestErasure(by=act("ani", "staff:officer")))
        erasure = Erase(by=act("budi", "staff:supervisor"), asked_by="ani")
        event = self.handle("intake", subject, erasure).recorded[0].event_id
        self.vaults["intake"].erase(subject, Clock().now(), event)
        return event

    def publish(self) -> None:
        """Let the ledger have what the stores have."""
        for name, store in self.stores.items():
            if not (rows := store.messages(self.published[name], 1000)):
                continue
            self.log.append([Arrival(name, row.position, row.message) for row in rows])
            self.published[name] = store.last()[0]

    def hear(self, name: str, sender: str, position: int) -> None:
        """Let a service have the messages of a sender up to this position."""
        store = self.stores[name]
        with store.database.transaction() as tx:
            store.event_tables.advance(tx, sender, position)

    def close(self) -> None:
        for store in self.stores.values():
            store.close()
        for keys in self.keys.values():
            keys.close()
        self.ledger.close()
