"""A store records nothing until its stream and the ledger were asked, and nothing while one of them holds what it does not have."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from tests.chassis.counter import add, counter
from tests.chassis.house import count, open_store, opened, running
from tests.empty_ledger import answering
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.foreign import Continuation, ForeignRecord
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.published_before import (
    AfterComparison,
    LedgerHead,
    PublishedBefore,
    heads_by,
    refuse_lost,
)
from zi_chassis.domain import UnavailableError
from zi_chassis.storage import other_server
from zi_chassis.storage.batch import Batch
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.store import Store
from zi_chassis.vault.erasure_files import BROUGHT, UP_TO


class LedgerStub:
    """A ledger whose heads and declarations a test sets."""

    def __init__(self) -> None:
        self.heads: list[LedgerHead] = []
        self.continuations: list[Continuation] = []
        self.is_away = False

    async def all_heads(self) -> Sequence[LedgerHead]:
        if self.is_away:
            raise UnavailableError("the ledger can't be asked")
        return self.heads

    async def declared(self, sender: str) -> Sequence[Continuation]:
        return self.continuations

    def has(self, store: Store, position: int, hash: str | None = None) -> None:
        found = store.messages(position - 1, 1)[0].hash if hash is None else hash
        self.heads = [LedgerHead(source=store.source, position=position, hash=found)]


class Office:
    """intake, its stream, and a copy of its store from before the last messages."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        self.broker, self.folder, self.ledger = broker, folder, LedgerStub()
        self.store = open_store("intake", folder / "intake.db")

    async def send(self, messages: int) -> None:
        await count(self.store, messages)
        outbox = Outbox(self.store, self.broker)
        async with running(outbox.run):
            await until(lambda: outbox.reason is None and outbox.lag == 0)

    def copy(self) -> Store:
        shutil.copytree(self.folder, self.folder.with_name("copy"))
        return open_store("intake", self.folder.with_name("copy") / "intake.db")

    def before(self, store: Store | None = None) -> PublishedBefore:
        looked_at = store or self.store
        compared = PublishedBefore(
            looked_at, self.broker, self.ledger.all_heads, self.ledger.declared, look=0.02
        )
        compared.pause()
        return compared


@pytest_asyncio.fixture
async def office(nats: NatsServer, tmp_path: Path) -> AsyncIterator[Office]:
    (tmp_path / "store").mkdir()
    broker = nats.broker("intake")
    async with opened(broker):
        opened_office = Office(broker, tmp_path / "store")
        yield opened_office
        opened_office.store.close()


async def test_nothing_is_recorded_before_both_were_asked(office: Office, nats: NatsServer) -> None:
    await office.send(3)
    office.ledger.has(office.store, 3)
    before = office.before()
    with pytest.raises(UnavailableError, match="not compared"):
        await count(office.store, 1)
    async with running(before.run):
        await until(lambda: before.reason is None)
        await count(office.store, 1)
    assert office.store.last()[0] == 4


async def test_a_house_that_has_published_nothing_begins(office: Office) -> None:
    before = office.before()
    async with running(before.run):
        await until(lambda: before.reason is None)
        await count(office.store, 1)


async def test_a_store_behind_its_stream_records_nothing(office: Office) -> None:
    await office.send(2)
    restored = office.copy()
    await office.send(3)
    before = office.before(restored)
    async with running(before.run):
        await until(lambda: "after position 2" in (before.reason or ""))
        with pytest.raises(UnavailableError, match="not compared"):
            await count(restored, 1)
        with pytest.raises(UnavailableError):
            await restored.decide(lambda tx: pytest.fail("it was asked to decide"))
    assert restored.last()[0] == 2
    restored.close()


async def test_a_store_behind_the_ledger_records_nothing_though_its_stream_is_lost(
    office: Office, nats: NatsServer
) -> None:
    await count(office.store, 2)
    restored = office.copy()
    await count(office.store, 3)
    office.ledger.has(office.store, 5)
    before = office.before(restored)
    async with running(before.run):
        await until(lambda: "the ledger holds position 5 of intake" in (before.reason or ""))
        assert "it goes to position 2" in (before.reason or "")
        with pytest.raises(UnavailableError):
            await count(restored, 1)
    restored.close()


async def test_what_store_and_stream_both_lack_is_lost(office: Office, tmp_path: Path) -> None:
    """A restored store whose stream is there may be read: the stream has the erasures since. Without it nothing in the house has, but the
    file that an operator brings, up to its position and no further."""
    brought = tmp_path / BROUGHT

    async def ask(store: Store) -> None:
        await refuse_lost(store, office.broker, office.ledger.all_heads, brought)

    await office.send(2)
    restored = office.copy()
    await ask(restored)
    await office.send(1)
    office.ledger.has(office.store, 3)
    await ask(restored)
    await count(office.store, 1)
    office.ledger.has(office.store, 4)
    await ask(office.store)
    for content in (None, "", "{}\n", f"{UP_TO} 3\n{{}}\n"):
        if content is not None:
            brought.write_text(content)
        with pytest.raises(UnavailableError, match="zona erasures"):
            await ask(restored)
    brought.write_text(f"{UP_TO} 4\n{{}}\n")
    await ask(restored)
    restored.close()


async def test_another_history_at_a_published_position_is_refused(office: Office) -> None:
    await office.send(3)
    office.ledger.has(office.store, 2, hash=digest(b"another message"))
    before = office.before()
    async with running(before.run):
        await until(lambda: "the ledger holds position 2" in (before.reason or ""))


async def test_what_was_declared_not_to_be_the_services_is_not_missing(office: Office) -> None:
    await office.send(3)
    position, head = office.store.last()
    forged = digest(b"written by somebody with the key")
    office.ledger.has(office.store, 4, hash=forged)
    declared = Continuation(after_position=position, head=head, messages=(ForeignRecord(4, forged),))
    office.ledger.continuations = [declared.model_copy(update={"head": digest(b"of another history")})]
    before = office.before()
    async with running(before.run):
        await until(lambda: "the ledger holds position 4" in (before.reason or ""))
        office.ledger.continuations.append(declared)
        await until(lambda: before.reason is None)


async def test_a_first_message_that_was_declared_foreign_leaves_an_empty_history(office: Office) -> None:
    forged = digest(b"written before the house began")
    office.ledger.has(office.store, 1, hash=forged)
    empty = office.store.last()[1]
    office.ledger.continuations = [
        Continuation(after_position=0, head=empty, messages=(ForeignRecord(1, forged),))
    ]
    before = office.before()
    async with running(before.run):
        await until(lambda: before.reason is None)


async def test_it_waits_for_a_bus_and_a_ledger_that_are_away(office: Office, nats: NatsServer) -> None:
    await office.send(1)
    office.ledger.is_away = True
    nats.stop()
    before = office.before()
    async with running(before.run):
        await until(lambda: "can't be compared" in (before.reason or ""))
        nats.start()
        await until(lambda: "the ledger can't be asked" in (before.reason or ""))
        office.ledger.is_away = False
        await until(lambda: before.reason is None)


async def test_what_was_seen_whole_is_not_paused_again(office: Office, nats: NatsServer) -> None:
    """A bus that goes away later stops nobody: this process has recorded all that was published since."""
    before = office.before()
    async with running(before.run):
        await until(lambda: before.reason is None)
        nats.stop()
        office.ledger.is_away = True
        await asyncio.sleep(0.1)
        await count(office.store, 1)


async def test_the_ledger_is_asked_over_its_public_answer() -> None:
    body = b'[{"source": "/zi/office/intake", "position": 7, "hash": "aa", "proof": "", "format": "f"}]'
    with answering(200, body) as address:
        assert await heads_by(address)() == (LedgerHead(source="/zi/office/intake", position=7, hash="aa"),)
    for status, answer in ((503, b"[]"), (200, b"<html>")):
        with answering(status, answer) as address, pytest.raises(UnavailableError, match="can't be asked"):
            await heads_by(address)()


class Writing:
    """A runner that records something as soon as it runs."""

    reason: str | None = None

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self) -> None:
        await count(self.store, 1)


async def test_what_writes_by_itself_begins_after_the_comparison(office: Office) -> None:
    office.ledger.is_away = True
    before = office.before()
    writing = AfterComparison(before, Writing(office.store))
    async with running(before.run, writing.run):
        await until(lambda: "can't be asked" in (writing.reason or ""))
        assert office.store.last()[0] == 0
        office.ledger.is_away = False
        await until(lambda: office.store.last()[0] == 1)
        assert writing.reason is None


async def test_what_settles_a_contradiction_may_be_recorded_meanwhile(office: Office) -> None:
    office.before()
    await office.store.learn("intake", (), [ForeignRecord(1, digest(b"foreign"))])
    assert office.store.foreign("intake")


async def test_a_store_whose_server_was_away_is_compared_again(office: Office) -> None:
    await office.send(3)
    office.ledger.has(office.store, 3)
    before = office.before()
    writing = AfterComparison(before, Writing(office.store))
    async with running(before.run):
        await until(lambda: before.reason is None)
        before.begin_anew()
        office.ledger.heads = [LedgerHead(source=office.store.source, position=9, hash="of what was lost")]
        with pytest.raises(UnavailableError, match="not compared"):
            await count(office.store, 1)
        async with running(writing.run):
            await until(lambda: "position 9" in (writing.reason or ""))
            assert office.store.last()[0] == 3
            office.ledger.has(office.store, 3)
            await until(lambda: office.store.last()[0] == 4)


@pytest.mark.postgres
async def test_a_command_on_another_server_is_refused_before_the_lease_has_noticed(
    postgres: str, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, store = LedgerStub(), open_store("intake", postgres)  # type: ignore[arg-type]
    async with nats.broker("intake") as broker:
        before = PublishedBefore(store, broker, ledger.all_heads, ledger.declared, look=0.02)
        before.pause()
        async with running(before.run):
            await until(lambda: before.reason is None)
            await count(store, 2)
            monkeypatch.setattr(other_server, "BEGAN", "SELECT timestamptz '2000-01-01' AS began")
            ledger.has(store, 2, hash=digest(b"of what this copy lost"))
            with pytest.raises(UnavailableError, match="another server"):
                await count(store, 1)
            with pytest.raises(UnavailableError):
                await count(store, 1)
            await until(lambda: "the ledger holds position 2" in (before.reason or ""))
            assert store.last()[0] == 2
            ledger.has(store, 2)
            await until(lambda: before.reason is None and store.writer.paused is None)
            await count(store, 1)
    assert store.last()[0] == 3
    store.close()


@pytest.mark.postgres
async def test_a_comparison_that_ends_while_a_batch_runs_covers_no_other_server(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("intake", postgres)  # type: ignore[arg-type]
    store.compared = datetime(2000, 1, 1, tzinfo=UTC)
    append = store._append

    def in_doubt(batch: Batch) -> None:
        store.writer.paused = "in doubt"
        batch.decide(counter, uuid4(), add(1))

    def compared_meanwhile(batch: Batch) -> None:
        store.writer.paused = None
        append(batch)

    monkeypatch.setattr(store, "_append", compared_meanwhile)
    with pytest.raises(UnavailableError, match="another server"):
        await store.writer.submit(in_doubt)
    assert store.last()[0] == 0
    store.close()
