"""A service's store against the ledger: whatever was edited, removed, added or cut off afterwards is named."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest
from tests.audit.log_home import OFFICE, Home, Sender
from tests.databases import reader_of

from zi_audit.domain.arrival import Arrival
from zi_audit.tools.reconcile import Reconcile, Reconciliation, logs_of, sentences
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event, Value
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_chassis.storage.store import Store
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault
from zi_contracts.vault import ItemRef


class File(Command):
    items: tuple[ItemRef, ...]


class Filed(Event):
    items: tuple[ItemRef, ...]


class Erase(Command):
    """Named as intake names it, because the tool knows the message by its type."""


class DataSubjectErased(Event):
    pass


class Nothing(Value):
    """A state without content."""


def decide(command: File | Erase, state: Nothing) -> Sequence[Event]:
    if isinstance(command, Erase):
        return [DataSubjectErased(by=command.by)]
    return [Filed(by=command.by, items=command.items)]


def publish(event: Filed | DataSubjectErased, state: Nothing) -> Disclosure:
    items = event.items if isinstance(event, Filed) else ()
    return Disclosure("T", {"items": [ref.model_dump(mode="json") for ref in items]})


filing: Decider[Nothing] = Decider(
    "filing", Nothing(), decide, lambda state, _: state, (Filed, DataSubjectErased), publish
)


class Service:
    """An intake with five filings in its store, its vault and the ledger; or another service, which refers to intake's vault."""

    def __init__(self, home: Home, place: str, keys: str | Path, name: str = "intake") -> None:
        self.name = name
        self.home = home
        self.place = place
        self.reader = reader_of(place) if place.startswith("postgresql:") else place
        self.keys_place = keys
        self.subjects: list[UUID] = []
        self.keys = Keystore(Database(keys, secure_delete=True))
        self.vault = Vault(self.keys)
        self.store = self._store()

    def _store(self) -> Store:
        store = Store(
            service=self.name,
            office=OFFICE,
            database=Database(self.place),
            deciders=[filing],
            companions=[self.vault] if self.name == "intake" else [],
        )
        store.open()
        return store

    async def file(self, times: int) -> None:
        for _ in range(times):
            subject = uuid4()
            sealed = self.vault.seal(
                subject, {"text": "Invented words.", "reporter.name": "Contoh"}, fresh=True
            )
            keep = sealed if self.name == "intake" else ()  # other services have no vault
            await self.store.handle(filing, subject, File(by=self.act(), items=sealed.refs), keep=keep)
            self.subjects.append(subject)

    async def erase(self, subject: UUID, destroy: bool = True) -> None:
        """`destroy`: the key too, as a service does."""
        handled = await self.store.handle(filing, subject, Erase(by=self.act()))
        if destroy:
            self.vault.erase(subject, Clock().now(), handled.recorded[0].event_id)

    @staticmethod
    def act() -> Act:
        return Act(at=Clock().now(), actor="somebody", role="public")

    def ledger(self) -> None:
        rows = self.store.messages(0, 1000)
        self.home.opened().append([Arrival(self.name, row.position, row.message) for row in rows])

    def change(self, sql: str, *values: object) -> None:
        with self.store.database.transaction() as tx:
            tx.execute(sql, *values)

    def reconcile(self, with_keys: bool = True) -> Reconciliation:
        """As the tool does: over databases that can only be read."""
        store, keys = ReadOnlyDatabase(self.reader), ReadOnlyDatabase(self.keys_place)
        logs = logs_of(self.home.tiles)
        return Reconcile(self.name, store, *logs).run(Keystore(keys, create=False) if with_keys else None)

    def findings(self) -> list[str]:
        return self.reconcile().findings

    def message(self, position: int) -> bytes:
        return self.store.messages(position - 1, 1)[0].message


@asynccontextmanager
async def filed(home: Home, place: str, keys: str, name: str = "intake") -> AsyncIterator[Service]:
    service = Service(home, place, keys, name)
    await service.file(5)
    service.ledger()
    yield service
    service.store.close()
    service.keys.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def service(request: pytest.FixtureRequest, home: Home, tmp_path: Path) -> AsyncIterator[Service]:
    sqlite = request.param == "sqlite"
    place = str(tmp_path / "store.db") if sqlite else request.getfixturevalue("postgres")
    async with filed(home, place, str(tmp_path / "keys.db")) as each:
        yield each


async def test_an_untouched_store_has_no_findings(service: Service) -> None:
    report = service.reconcile()
    assert report.findings == []
    assert (report.messages, report.items, report.waiting) == (5, 10, 0)
    assert service.reconcile(with_keys=False).findings == []


@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_what_another_service_refers_to_is_in_intakes_vault(
    place: str, request: pytest.FixtureRequest, home: Home, tmp_path: Path
) -> None:
    store = str(tmp_path / "store.db") if place == "sqlite" else request.getfixturevalue("postgres")
    async with filed(home, store, str(tmp_path / "keys.db"), "certificates") as each:
        found = each.reconcile(with_keys=False)
        assert (found.messages, found.items, found.findings) == (5, 0, [])


async def test_a_vault_that_is_gone_is_named_item_by_item(service: Service) -> None:
    service.change("DROP TABLE vault_items")
    found = service.reconcile(with_keys=False).findings
    assert len(found) == 10
    assert all(each.endswith("is missing.") for each in found)


async def test_what_is_on_its_way_to_the_ledger_is_no_finding(service: Service) -> None:
    await service.file(2)
    report = service.reconcile()
    assert (report.findings, report.waiting) == ([], 2)


async def test_one_byte_of_a_stored_event_is_named(service: Service) -> None:
    state = bytes(service.store.read(lambda tx: tx.execute("SELECT state FROM stored_events"))[2]["state"])
    changed = state.replace(b"somebody", b"somebodx")
    service.change("UPDATE stored_events SET state = ? WHERE state = ?", changed, state)
    assert service.findings() == ["Position 3: the stored event is not the one that its message commits to."]


async def test_one_byte_of_a_message_is_named(service: Service) -> None:
    changed = service.message(3).replace(b"somebody", b"somebodx")
    service.change("UPDATE messages SET message = ? WHERE position = 3", changed)
    assert service.findings() == [
        "Position 3: the message's bytes do not fit its kept hash.",
        "Position 3: the message is not the one in the ledger.",
        "Position 4: the message does not continue the one before it.",
    ]


async def test_a_row_that_contradicts_its_message_is_named(service: Service) -> None:
    service.change("UPDATE messages SET event_id = ? WHERE position = 3", str(uuid4()))
    assert service.findings() == ["Position 3: the row says another position or event than its message."]


async def test_a_message_taken_out_is_named(service: Service) -> None:
    service.change("DELETE FROM messages WHERE position = 3")
    first, *rest = service.findings()
    assert first == "Position 3: the message is missing from the store; the ledger has it."
    assert any("A stored event without a message" in sentence for sentence in rest)


async def test_an_event_taken_out_is_named(service: Service) -> None:
    aggregate = orjson.loads(service.message(3))["aggregate"]
    stored_id = aggregate if service.store.database.postgres else aggregate.replace("-", "")
    service.change("DELETE FROM stored_events WHERE originator_id = ?", stored_id)
    assert service.findings() == ["Position 3: the stored event of the message is missing."]


async def test_a_store_that_was_cut_off_is_named(service: Service) -> None:
    service.change(
        "DELETE FROM stored_events WHERE notification_id > 3"
        if service.store.database.postgres
        else "DELETE FROM stored_events WHERE rowid > 3"
    )
    service.change("DELETE FROM messages WHERE position > 3")
    found = [sentence for sentence in service.findings() if sentence.startswith("Position")]
    assert found == [
        f"Position {position}: the message is missing from the store; the ledger has it."
        for position in (4, 5)
    ]


async def test_one_byte_of_a_vault_item_is_named(service: Service) -> None:
    [row] = service.store.read(
        lambda tx: tx.execute("SELECT item, sealed FROM vault_items ORDER BY item LIMIT 1")
    )
    sealed = bytearray(row["sealed"])
    sealed[-1] ^= 1
    service.change("UPDATE vault_items SET sealed = ? WHERE item = ?", bytes(sealed), row["item"])
    assert service.findings() == [f"Vault item {row['item']} was altered."]


async def test_a_vault_item_taken_out_is_named_with_and_without_keys(service: Service) -> None:
    [row] = service.store.read(lambda tx: tx.execute("SELECT item FROM vault_items ORDER BY item LIMIT 1"))
    service.change("DELETE FROM vault_items WHERE item = ?", row["item"])
    sentence = f"Vault item {row['item']} is missing."
    assert service.findings() == [sentence]
    assert service.reconcile(with_keys=False).findings == [sentence]


@pytest.mark.parametrize("with_keys", [True, False])
async def test_a_vault_item_slipped_in_is_named(service: Service, with_keys: bool) -> None:
    sealed = service.vault.seal(service.subjects[0], {"text": "Never said."})
    with service.store.database.transaction() as tx:
        service.vault.write(tx, [sealed])
    [ref] = sealed.refs
    assert service.reconcile(with_keys).findings == [f"Vault item {ref.item} belongs to no event."]


@pytest.mark.parametrize("with_keys", [True, False])
async def test_another_digest_of_a_vault_item_is_named(service: Service, with_keys: bool) -> None:
    [row] = service.store.read(lambda tx: tx.execute("SELECT item FROM vault_items ORDER BY item LIMIT 1"))
    service.change("UPDATE vault_items SET digest = ? WHERE item = ?", "0" * 64, row["item"])
    assert service.reconcile(with_keys).findings == [
        f"Vault item {row['item']} is not what its event recorded."
    ]


async def test_an_erased_person_is_no_finding_and_the_rest_is_still_opened(service: Service) -> None:
    await service.erase(service.subjects[0])
    service.ledger()
    report = service.reconcile()
    assert (report.findings, report.items, report.erased) == ([], 8, 2)
    assert "8 vault items (2 are erased)" in next(iter(sentences(report)))
    without = next(iter(sentences(service.reconcile(with_keys=False))))
    assert "10 vault items (no keys were there to open them)" in without


async def test_an_erasure_whose_key_is_there_again_is_named(service: Service) -> None:
    await service.erase(service.subjects[0], destroy=False)
    service.ledger()
    assert service.findings() == ["Position 6: the person's key should be destroyed and is not."]


async def test_a_log_that_was_set_aside_is_compared_too(service: Service) -> None:
    tiles, aside = service.home.tiles.folder, service.home.tiles.folder / "origins" / "1"
    aside.mkdir(parents=True)
    for path in [path for path in tiles.iterdir() if path.name != "origins"]:
        path.rename(aside / path.name)
    assert service.findings() == []
    service.change("DELETE FROM messages WHERE position = 5")
    assert "Position 5: the message is missing from the store; the ledger has it." in service.findings()


async def test_what_another_said_in_the_service_s_name_is_not_its_own(service: Service) -> None:
    await service.file(1)
    stolen = service.message(6).replace(b"somebody", b"somebodx")
    service.home.opened().append([Arrival("notify", 1, stolen)])
    service.ledger()
    assert service.findings() == []


# -- what a service decides by


class Calendar:
    """As an office's file says it."""

    kind = id = "calendar"
    version, origin = 1, "calendar.toml"
    content, source_status, effective_from = b'{"opens":"07:30:00"}', None, None
    digest = sha256(content).hexdigest()


@asynccontextmanager
async def deciding(home: Home, place: str, keys: Path) -> AsyncIterator[Service]:
    """Another service than intake, which has told the ledger by what it decides."""
    service = Service(home, place, keys, "umkm")
    service.store.close()
    database = Database(place)
    archive = Archive(database)
    service.store = Store(
        service="umkm",
        office=OFFICE,
        database=database,
        deciders=[filing, configurations],
        companions=[archive],
    )
    service.store.open()
    await adopt(service.store, [Calendar()], Clock())
    service.ledger()
    yield service
    service.store.close()
    service.keys.close()


@pytest.mark.parametrize(
    ("crime", "finding"),
    [
        ("SELECT 1 AS one", None),
        ("UPDATE configurations SET content = ?, digest = ?", "is not what was adopted"),
        ("DELETE FROM configurations WHERE content <> ? AND digest <> ?", "is missing"),
        ("DROP TABLE configurations", "is missing"),
        (
            "INSERT INTO configurations (kind, id, version, content, digest) VALUES ('calendar', 'calendar', 2, ?, ?)",
            "belongs to no entry: it was never adopted",
        ),
    ],
)
@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_what_is_kept_of_a_configuration_is_held_against_its_entry(
    where: str, crime: str, finding: str | None, request: pytest.FixtureRequest, home: Home, tmp_path: Path
) -> None:
    place = str(tmp_path / "store.db") if where == "sqlite" else request.getfixturevalue("postgres")
    forged = b'{"opens":"12:00:00"}'
    async with deciding(home, place, tmp_path / "keys.db") as service:
        service.change(crime, *[forged, sha256(forged).hexdigest()][: crime.count("?")])
        version = 2 if crime.startswith("INSERT") else 1
        sentence = f"What is kept of calendar calendar version {version} {finding}."
        assert service.reconcile(with_keys=False).findings == ([sentence] if finding else [])


async def test_an_adoption_that_was_changed_in_the_store_is_found_by_its_message(
    home: Home, tmp_path: Path
) -> None:
    """Whoever changes what is kept has to change what was said of it, and that is in the ledger."""
    async with deciding(home, str(tmp_path / "store.db"), tmp_path / "keys.db") as service:
        forged = b'{"opens":"12:00:00"}'
        service.change(
            "UPDATE configurations SET content = ?, digest = ?", forged, sha256(forged).hexdigest()
        )
        message = service.message(1).replace(Calendar.digest.encode(), sha256(forged).hexdigest().encode())
        service.change(
            "UPDATE messages SET message = ?, hash = ? WHERE position = 1",
            message,
            sha256(message).hexdigest(),
        )
        assert service.reconcile(with_keys=False).findings == [
            "Position 1: the message is not the one in the ledger."
        ]
        service.change(
            "UPDATE messages SET message = ? WHERE position = 1", message.replace(b'"version":1,', b"")
        )
        assert any(
            "is not the one in the ledger" in each for each in service.reconcile(with_keys=False).findings
        )


async def planted(service: Service, **fields: object) -> int:
    """The index of a forgery of the sixth message in the service's own stream, which a person declares or not."""
    await service.file(1)
    forged = orjson.dumps({**orjson.loads(service.message(6)), "actor": "a thief", **fields})
    log = service.home.opened()
    log.append([Arrival(service.name, 6, forged)])
    return log.size - 1


async def test_a_forgery_that_was_declared_is_no_finding(service: Service) -> None:
    index = await planted(service)
    data = {"sender": "intake", "after_position": 5, "head": "a" * 64, "forged": [index], "reason": "r"}
    declaration = Sender("audit").message(type="zi.audit.sender_continued", data=data)
    service.home.opened().append([Arrival("audit", 1, declaration)])
    service.ledger()
    assert service.findings() == []


async def test_a_forgery_that_nobody_declared_is_named(service: Service) -> None:
    await planted(service)
    service.ledger()
    assert service.findings() == ["Position 6: the message is not the one in the ledger."]


async def test_a_claim_far_ahead_is_named_and_hides_nothing(service: Service) -> None:
    await planted(service, position=10**12, id=str(uuid4()))
    service.change("UPDATE messages SET message = ? WHERE position = 3", service.message(2))
    service.ledger()
    found = service.findings()
    assert "Position 3: the message is not the one in the ledger." in found
    assert f"Position {10**12}: the message is missing from the store; the ledger has it." in found


async def test_messages_that_came_late_or_twice_into_the_ledger_are_compared(
    home: Home, tmp_path: Path
) -> None:
    service = Service(home, str(tmp_path / "store.db"), str(tmp_path / "keys.db"))
    await service.file(8)
    order = [5, 1, 2, 8, 3, 4, 3, 6]
    home.opened().append([Arrival("intake", n, service.message(n)) for n in order])
    assert service.findings() == ["Position 7: the message never came into the ledger, later ones did."]
    service.change("DELETE FROM messages WHERE position IN (5, 7)")
    assert [each for each in service.findings() if each.startswith("Position")] == [
        "Position 5: the message is missing from the store; the ledger has it.",
        "Position 7: the message is missing from the store.",
    ]
    service.store.close()
    service.keys.close()
