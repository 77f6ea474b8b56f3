"""What a sender never sent and somebody put on its stream is passed over by everybody, by itself, with an entry of the ledger; what is
from before proofs is proven by the first message that has one."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from tests.chassis.counter import counter
from tests.chassis.house import Policies, count, open_store, opened, published, running, stored
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.foreign import ForeignRecord
from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.own_tail import MOST_STRANGERS
from zi_chassis.bus.sender_proof import HEADER
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.recorded import Recorded, digest
from zi_chassis.storage.store import Store

GARBAGE = b"slipped in"
PASSED_OVER = "zi.intake.foreign_messages_passed_over"


class House:
    """intake tells, notify hears; nobody is asked."""

    def __init__(self, nats: NatsServer, folder: Path) -> None:
        self.nats = nats
        self.intake = open_store("intake", folder / "intake.db")
        self.notify = open_store("notify", folder / "notify.db")
        self.sending, self.hearing = nats.broker("intake"), nats.broker("notify")
        self.policies = Policies()
        self.inbox = Inbox(self.notify, self.hearing, "intake", self.policies)
        self.outbox = Outbox(self.intake, self.sending)

    async def plant(self, *contents: bytes, subject: str = "zi.intake.added.x", proof: str = "") -> None:
        js = await self.sending.jetstream()
        for content in contents:
            await js.publish(subject, content, headers={HEADER: proof} if proof else None)

    async def plant_raw(self, headers: bytes, content: bytes = GARBAGE) -> None:
        """As somebody whose client writes other headers than those of NATS."""
        client = await self.sending.client()
        sizes = f"{len(headers)} {len(headers) + len(content)}".encode()
        await client._send_command(b"HPUB zi.intake.added.x %b\r\n%b%b\r\n" % (sizes, headers, content))
        await client.flush()

    async def publish_as_before(self, first: int = 1) -> None:
        """As a version that knew no proofs, from this position on."""
        js = await self.sending.jetstream()
        for row in self.intake.messages(first - 1, 100_000):
            await js.publish(row.nats_subject, row.message)

    def successor(self, ahead: int = 1, **fields: object) -> bytes:
        position, previous = self.intake.last()
        model = orjson.loads(self.intake.messages(position - 1, 1)[0].message)
        place = {"position": position + ahead, "previous": previous, "id": str(UUID(int=position + ahead))}
        return orjson.dumps({**model, **place, **fields})

    def entries(self) -> list[dict[str, object]]:
        rows = self.intake.messages(0, 100_000)
        return [orjson.loads(row.message)["data"] for row in rows if row.nats_subject.startswith(PASSED_OVER)]

    async def settled(self) -> None:
        await until(lambda: self.outbox.reason is None and self.outbox.lag == 0)
        await until(lambda: self.notify.received_position("intake") == self.intake.last()[0])

    def each_once(self) -> bool:
        positions = list(range(1, self.intake.last()[0] + 1))
        effects = [self.notify.load(counter, UUID(int=position))[1].total for position in positions]
        return self.policies.positions == positions and effects == [1] * len(positions)


@pytest_asyncio.fixture
async def house(nats: NatsServer, tmp_path: Path) -> AsyncIterator[House]:
    house_under_test = House(nats, tmp_path)
    async with opened(house_under_test.sending, house_under_test.hearing):
        yield house_under_test
    house_under_test.intake.close()
    house_under_test.notify.close()


async def test_what_is_planted_while_everybody_runs_stops_nobody_and_becomes_an_entry(house: House) -> None:
    async with running(house.outbox.run, house.inbox.run):
        await count(house.intake, 3)
        await house.settled()
        forged = house.successor()
        await house.plant(forged)
        await until(lambda: len(house.entries()) == 1)
        await house.settled()
        await house.plant(GARBAGE)
        await count(house.intake, 30)
        await until(lambda: len(house.entries()) == 2)
        await house.settled()
        assert not house.outbox.stopped
        await until(lambda: house.inbox.reason is None)
    assert house.each_once()
    planted = [(n, m) for n, m in enumerate(await published(house.sending), 1) if m in (forged, GARBAGE)]
    assert house.entries() == [
        {"sender": "intake", "first": n, "last": n, "count": 1, "digest": digest(m)} for n, m in planted
    ]
    known = tuple(ForeignRecord(n, digest(m)) for n, m in planted)
    assert house.intake.foreign("intake") == house.notify.foreign("intake") == known


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"id":"\\ud800","position":4}',
        b'{"id":"\\u0000","position":4}',
        b'{"position":4e400,"previous":[]}',
        b'{"position":true,"previous":"\xff"}',
        b"",
    ],
)
async def test_no_content_that_is_planted_ends_a_reader(house: House, content: bytes) -> None:
    async with running(house.outbox.run, house.inbox.run):
        await count(house.intake, 3)
        await house.settled()
        await house.plant(content)
        await until(lambda: len(house.entries()) == 1)
        await house.settled()
    assert house.each_once()


@pytest.mark.parametrize(
    "headers",
    [
        b"NATS/1.0\r\nZi-Proof: \xc3\xa9\xff\r\n\r\n",
        b"NATS/1.0\r\nZi-Proof: a\r\nZi-Proof: \xff\r\n\r\n",
        b"NATS/1.0\r\nZi-Proof: " + b"A" * 60_000 + b"\r\n\r\n",
        b"NATS/1.0\r\nStatus: 409\r\n\r\n",
        b"NATS/1.0 404 No Messages\r\n\r\n",
        b"NATS/1.0 \xff\xff\xff\r\n\r\n",
        b"NATS/1.0",
    ],
    ids=lambda headers: repr(headers[:40]),
)
async def test_no_header_that_is_planted_ends_a_reader(house: House, headers: bytes) -> None:
    async with running(house.outbox.run, house.inbox.run):
        await count(house.intake, 3)
        await house.settled()
        await house.plant_raw(headers, b'{"position":4,"previous":""}')
        await until(lambda: len(house.entries()) == 1)
        await house.settled()
        await count(house.intake, 3)
        await house.settled()
    assert house.each_once()


@pytest.mark.parametrize("waiting", [1, 3])
async def test_who_guesses_the_id_of_the_next_message_does_not_keep_it_from_the_stream(
    house: House, waiting: int
) -> None:
    await count(house.intake, waiting)
    for row in house.intake.messages(0, waiting):
        headers = {"Nats-Msg-Id": row.event_id}
        await (await house.sending.jetstream()).publish("zi.intake.added.x", GARBAGE, headers=headers)
    async with running(house.outbox.run, house.inbox.run):
        await until(lambda: len(house.entries()) == 1)
        await house.settled()
    assert house.each_once()


async def test_neither_a_stolen_proof_nor_an_old_message_is_taken_for_the_senders_next(
    house: House, nats: NatsServer
) -> None:
    async with running(house.outbox.run, house.inbox.run):
        await count(house.intake, 3)
        await house.settled()
        rows = house.intake.messages(0, 3)
        proof = nats.proof("intake", rows[2].message)[HEADER]
        elsewhere = house.successor(source="/zi/elsewhere/intake")
        await house.plant(house.successor(), proof=proof)
        await house.plant(house.successor(), proof=nats.proof("notify", house.successor())[HEADER])
        await house.plant(elsewhere, proof=nats.proof("intake", elsewhere)[HEADER])
        for row in rows:
            await house.plant(row.message, proof=nats.proof("intake", row.message)[HEADER])
        await house.plant(house.successor(ahead=5))
        await count(house.intake, 3)
        await until(lambda: house.entries())
        await house.settled()
    assert house.each_once()
    assert sum(int(str(entry["count"])) for entry in house.entries()) == 7


async def test_a_flood_stops_and_fills_nothing(house: House) -> None:
    flood = MOST_STRANGERS + 200
    await count(house.intake, 3)
    async with running(house.outbox.run):
        await until(lambda: house.outbox.lag == 0)
    js = await house.sending.jetstream()
    for n in range(0, flood, 100):
        contents = [house.successor(actor=str(n + each)) for each in range(100)]
        await asyncio.gather(*(js.publish("zi.intake.added.x", content) for content in contents))
    async with running(house.outbox.run, house.inbox.run):
        await count(house.intake, 3)
        await until(lambda: sum(int(str(entry["count"])) for entry in house.entries()) == flood)
        await house.settled()
        assert len(house.entries()) == 2
    assert house.each_once()
    assert house.notify.foreign("intake") == house.intake.foreign("intake")


async def test_a_stream_from_before_proofs_is_proven_by_its_first_proof(house: House) -> None:
    await count(house.intake, 450)
    await house.publish_as_before()
    async with running(house.inbox.run):
        await until(lambda: "nothing proves yet" in (house.inbox.reason or ""))
        assert house.notify.received_position("intake") == 0
        await count(house.intake, 1)
        async with running(house.outbox.run):
            await house.settled()
            await count(house.intake, 5)
            await house.settled()
    assert house.each_once()
    assert house.entries() == []


async def test_a_forgery_among_messages_from_before_proofs_is_found_by_the_first_proof(house: House) -> None:
    await count(house.intake, 2)
    await house.publish_as_before()
    forged = house.successor()
    await house.plant(forged)
    await count(house.intake, 300)
    await house.publish_as_before(first=3)
    await house.intake.learn("intake", (), (ForeignRecord(3, digest(forged)),))
    await count(house.intake, 1)
    async with running(house.outbox.run, house.inbox.run):
        await house.settled()
    assert house.each_once()
    assert house.notify.foreign("intake") == (ForeignRecord(3, digest(forged)),)


async def test_a_message_from_before_proofs_that_continues_the_store_needs_a_persons_word(
    house: House,
) -> None:
    """A store that was restored has lost it, perhaps."""
    await count(house.intake, 3)
    await house.publish_as_before()
    await house.plant(house.successor())
    async with running(house.outbox.run):
        await until(lambda: house.outbox.stopped and house.outbox.strangers)
    assert house.entries() == []


async def test_a_new_key_proves_what_was_published_under_the_one_before(
    house: House, nats: NatsServer
) -> None:
    async with running(house.outbox.run):
        await count(house.intake, 250)
        await until(lambda: house.outbox.lag == 0)
    old = nats.seed("intake").read_bytes()
    nats.stop()
    nats.seed("intake").unlink()
    renewed = NatsServer(nats.data)
    renewed.start()
    assert nats.seed("intake").read_bytes() != old
    try:
        sending, hearing = renewed.broker("intake"), renewed.broker("notify")
        inbox, outbox = Inbox(house.notify, hearing, "intake", house.policies), Outbox(house.intake, sending)
        async with opened(sending, hearing), running(inbox.run):
            await until(lambda: "nothing proves yet" in (inbox.reason or ""))
            async with running(outbox.run):
                await count(house.intake, 1)
                await until(lambda: house.notify.received_position("intake") == 251)
    finally:
        renewed.stop()
    assert house.each_once()


KILLED = """
import asyncio, sys
from pathlib import Path
from zi_chassis.bus import outbox as outboxes
from zi_chassis.bus.broker import Broker
from zi_chassis.storage.database import Database, Tx
from zi_chassis.bus.outbox import Outbox
from zi_chassis.storage.store import Store
from tests.chassis.counter import counter

async def main(database, url, seed):
    outboxes.POLL_SECONDS = 0.01
    store = Store(service="intake", office="office", database=Database(Path(database)), deciders=[counter])
    store.open()
    async with Broker("intake", url, Path(seed)) as broker:
        await Outbox(store, broker).run()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_an_outbox_that_is_killed_passes_over_each_message_with_exactly_one_entry(
    house: House, nats: NatsServer, tmp_path: Path
) -> None:
    await count(house.intake, 3)
    async with running(house.outbox.run):
        await until(lambda: house.outbox.lag == 0)
    house.intake.close()
    arguments = (str(tmp_path / "intake.db"), nats.url, str(nats.seed("intake")))
    planted = 0
    for turn in range(4):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)
        for _ in range(20):
            await house.plant(b"slipped in %d" % planted)
            planted += 1
            await asyncio.sleep(0.02 * turn)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    house.intake = open_store("intake", tmp_path / "intake.db")
    house.outbox = Outbox(house.intake, house.sending)
    async with running(house.outbox.run, house.inbox.run):
        await until(lambda: sum(int(str(entry["count"])) for entry in house.entries()) >= planted)
        await house.settled()
    assert sum(int(str(entry["count"])) for entry in house.entries()) == planted
    assert len(house.intake.foreign("intake")) == planted
    assert house.each_once()
    assert [m for m in await published(house.sending) if not m.startswith(b"slipped")] == stored(house.intake)


async def test_the_rest_of_a_batch_behind_a_proven_message_that_does_not_fit_is_not_lost(
    house: House, nats: NatsServer
) -> None:
    await count(house.intake, 6)
    rows = house.intake.messages(0, 6)
    for row in (*rows[:2], *rows[3:]):
        await house.plant(row.message, proof=nats.proof("intake", row.message)[HEADER])
    async with running(house.inbox.run):
        await until(lambda: house.inbox.blocked)
    assert house.policies.positions == [1, 2]


class Disk:
    """A disk on which a store writes more beside its events; it may be full."""

    name = "disk"
    version = 1
    tables: tuple[str, ...] = ()
    full = False

    def project(self, tx: Tx, recorded: Recorded) -> None:
        if self.full:
            raise OSError("No space left on device")


def store_on(disk: Disk, path: Path) -> Store:
    store = Store(
        service="intake", office="office", database=Database(path), deciders=[counter], projections=[disk]
    )
    store.open()
    return store


async def test_a_full_disk_holds_the_outbox_up_and_ends_nothing(nats: NatsServer, tmp_path: Path) -> None:
    store, broker = store_on(disk := Disk(), tmp_path / "intake.db"), nats.broker("intake")
    outbox = Outbox(store, broker)
    async with opened(broker), running(outbox.run) as [task]:
        await count(store, 2)
        await until(lambda: outbox.lag == 0)
        disk.full = True
        await (await broker.jetstream()).publish("zi.intake.added.x", GARBAGE)
        await until(lambda: "No space left" in (outbox.reason or ""))
        assert (store.foreign("intake"), store.last()[0]) == ((), 2)
        disk.full = False
        await until(lambda: outbox.reason is None and store.last()[0] == 3)
        assert (store.foreign("intake"), task.done()) == ((ForeignRecord(3, digest(GARBAGE)),), False)
    store.close()
