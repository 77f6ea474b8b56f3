"""The beginning of a stream goes: who may remove it, and that nobody takes a shortened stream for a lost one, for an older one, or for a whole one."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
import pytest_asyncio
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo, RawStreamMsg, StreamConfig, StreamInfo, StreamState
from tests.chassis.house import count, open_store, opened, running
from tests.chassis.test_inbox import House
from tests.nats_server import NatsServer
from tests.until import PATIENCE, until

from zi_chassis.bus import shortened_stream
from zi_chassis.bus.foreign import present
from zi_chassis.bus.grants import BusGrants
from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.own_tail import OwnStream, StreamTail
from zi_chassis.bus.sender_proof import HEADER, SenderVerifier
from zi_chassis.bus.shortened_stream import LedgerErasures, RecordedErasure, refuse_unlearnt
from zi_chassis.bus.shortening import ShorteningError, passed_by, read_extent, shorten
from zi_chassis.bus.stored_messages import last_sequence
from zi_chassis.bus.streams import provision, stream_config
from zi_chassis.bus.topology import PROVISIONER, ServiceAccess, Topology, api_prefix
from zi_chassis.bus.unpublished import Unpublished
from zi_chassis.domain import UnavailableError
from zi_chassis.provision import connected
from zi_chassis.storage.store import Store

SOURCE = "/zi/office/intake"


@pytest_asyncio.fixture
async def house(nats: NatsServer, tmp_path: Path) -> AsyncIterator[House]:
    created = House(nats, tmp_path)
    async with opened(created.sending, created.hearing):
        yield created
    created.intake.close()
    created.notify.close()


async def cut(nats: NatsServer, begin: int) -> None:
    async with connected(nats.url, nats.seed(PROVISIONER)) as client:
        await shorten(client.jetstream(prefix=api_prefix("intake")), "intake", begin)


async def go_on(house: House, messages: int) -> None:
    """A new process of each service publishes and hears what is new."""
    house.outbox, house.inbox = Outbox(house.intake, house.sending), house.new_inbox()
    async with running(house.outbox.run, house.inbox.run):
        await count(house.intake, messages)
        await until(lambda: house.outbox.lag == 0 and house.position() == house.intake.last()[0])
        await acknowledged(house)


async def acknowledged(house: House) -> None:
    """The server knows too what was received: acknowledgements get no answer, and a lane that ends has perhaps not sent its last."""
    js = await house.hearing.jetstream("intake")
    async with asyncio.timeout(PATIENCE):
        while (await js.consumer_info("ZI_INTAKE", "notify")).num_ack_pending:
            await asyncio.sleep(0.01)


async def tail_of(house: House, store: Store, verifier: SenderVerifier | None = None) -> StreamTail:
    known = await present(house.sending, SOURCE, store.foreign("intake"))
    of_sender = verifier or house.sending.verifier(SOURCE)
    return await OwnStream(await house.sending.jetstream(), store, of_sender, known).tail()


async def deliver_again_soon(nats: NatsServer) -> None:
    """Let a message that a lane leaves without acknowledging it come again after a second, not after half a minute."""
    async with connected(nats.url, nats.seed(PROVISIONER)) as client:
        js = client.jetstream(prefix=api_prefix("intake"))
        found = (await js.consumer_info("ZI_INTAKE", "notify")).config
        await js.add_consumer("ZI_INTAKE", found.evolve(ack_wait=1.0))


async def make_anew(nats: NatsServer) -> None:
    """As an operator does who moves the files of the streams away."""
    nats.stop()
    shutil.rmtree(nats.data / "nats" / "jetstream")
    nats.start()
    await asyncio.to_thread(nats.provision)


async def test_everybody_goes_on_after_the_beginning_went(house: House, nats: NatsServer) -> None:
    await go_on(house, 30)
    await cut(nats, 21)
    await go_on(house, 5)
    assert house.in_order_once(35)
    tail = await tail_of(house, house.intake)
    assert (tail.position, tail.contradictions, tail.proven) == (35, (), True)
    unpublished = Unpublished(house.intake, house.sending, look=0.01)
    async with running(unpublished.run):
        await until(lambda: unpublished.reason is None)
        await count(house.intake, 1)
        await until(lambda: unpublished._position == 35)
    js = await house.sending.jetstream()
    with pytest.raises(Error):  # an outbox never begins at a stream that only looks empty
        await js.publish("zi.intake.x.y", b"", headers={"Nats-Expected-Last-Sequence": "0"})


async def a_blocked_message_rewinds_nothing(house: House) -> None:
    """A message that can't be handled makes its lane ask again and again what is foreign."""
    learnt = house.notify.foreign("intake")
    received = house.position()
    house.policies.poison = received + 1
    house.inbox = house.new_inbox()
    async with running(Outbox(house.intake, house.sending).run, house.inbox.run):
        await count(house.intake, 1)
        for _ in range(3):
            await until(lambda: house.inbox.blocked is not None)
            house.inbox.go_on()
        await until(lambda: house.inbox.blocked is not None)
    assert (house.position(), house.notify.foreign("intake")) == (received, learnt)
    house.policies.poison = 0


async def test_foreign_messages_in_front_of_the_beginning_still_count(house: House, nats: NatsServer) -> None:
    await go_on(house, 5)
    js = await house.sending.jetstream()
    await js.publish("zi.intake.counted.x", b"nobody's")
    await go_on(house, 20)
    last_position = house.intake.last()[0]
    assert last_position == 26  # and the entry about the foreign message
    await cut(nats, 15)
    await deliver_again_soon(nats)
    await a_blocked_message_rewinds_nothing(house)
    await go_on(house, 4)
    assert await last_sequence(js, "intake") == house.intake.last()[0] + 1
    await make_anew(nats)
    await go_on(house, 5)
    assert await last_sequence(js, "intake") == house.intake.last()[0] == 36
    await cut(nats, 20)  # no foreign message is in front of this beginning, whatever the stores remember
    assert await present(house.sending, SOURCE, house.intake.foreign("intake")) == ()
    await go_on(house, 5)
    assert await last_sequence(js, "intake") == house.intake.last()[0] == 41
    assert house.policies.positions == list(range(1, 42))


@pytest.mark.parametrize("knows_the_key", [True, False])
async def test_a_store_that_ends_in_front_of_the_beginning_publishes_nothing(
    house: House, nats: NatsServer, tmp_path: Path, knows_the_key: bool
) -> None:
    await go_on(house, 10)
    async with running(Outbox(house.intake, house.sending).run):
        shutil.copy(tmp_path / "intake.db", tmp_path / "older.db")
    await go_on(house, 20)
    await cut(nats, 21)
    older = open_store("intake", tmp_path / "older.db")
    assert older.last()[0] < 20
    other = SenderVerifier(SOURCE, house.hearing.verifier("/zi/office/notify").public)
    tail = await tail_of(house, older, None if knows_the_key else other)
    assert tail.contradictions
    outbox = Outbox(older, house.sending)
    async with running(outbox.run):
        await until(lambda: outbox.stopped)
    assert await last_sequence(await house.sending.jetstream(), "intake") == 30
    older.close()


async def put_again(house: House, message: RawStreamMsg) -> None:
    """As whoever has the provisioner's key can: with its bytes and its proof."""
    js = await house.sending.jetstream()
    headers = {name: value for name, value in (message.headers or {}).items() if name == HEADER}
    await js.publish(message.subject or "", message.data or b"", headers=headers)


async def test_a_removed_message_that_is_put_there_again_is_passed_over(
    house: House, nats: NatsServer
) -> None:
    await go_on(house, 10)
    removed = await (await house.sending.jetstream()).get_msg("ZI_INTAKE", seq=3)
    await cut(nats, 8)
    await put_again(house, removed)
    await go_on(house, 5)
    assert house.policies.positions == list(range(1, house.intake.last()[0] + 1))


async def test_a_message_that_was_put_there_again_hides_no_erasure_in_front_of_the_beginning(
    house: House, nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await go_on(house, 10)
    async with running(Outbox(house.intake, house.sending).run):
        shutil.copy(tmp_path / "intake.db", tmp_path / "older.db")
    await go_on(house, 20)
    await put_again(house, await (await house.sending.jetstream()).get_msg("ZI_INTAKE", seq=3))
    await cut(nats, 31)
    erasure = RecordedErasure(id=UUID(int=1), position=20)

    async def ask(address: str, _: object) -> LedgerErasures:
        return LedgerErasures(indexed=30, erasures=(erasure,))

    monkeypatch.setattr(shortened_stream, "ask_ledger", ask)
    older = open_store("intake", tmp_path / "older.db")
    with pytest.raises(UnavailableError, match="the ledger holds 1 erasures, the first at position 20"):
        await refuse_unlearnt(older, house.sending, "http://ledger", set(), tmp_path / "erasures")
    older.close()


async def test_a_store_behind_many_strangers_finds_its_place(house: House, nats: NatsServer) -> None:
    await go_on(house, 30)
    await cut(nats, 29)
    js = await house.sending.jetstream()
    for number in range(40):  # the growing steps backwards pass the beginning
        await js.publish("zi.intake.counted.x", b"%d" % number)
    tail = await tail_of(house, house.intake)
    assert (tail.position, len(tail.strangers), tail.contradictions) == (30, 40, ())


async def test_a_new_listener_is_told_that_the_beginning_is_missing(
    house: House, nats: NatsServer, tmp_path: Path
) -> None:
    await go_on(house, 10)
    await cut(nats, 8)
    topology = Topology({**nats.topology.root, "late": ServiceAccess(hears={"intake": "late"})})
    async with connected(nats.url, nats.seed(PROVISIONER)) as client:
        [created] = await provision(client, topology, 1, BusGrants())
    assert created == "ZI_INTAKE/late, which begins at message 8: the stream was shortened"
    empty = open_store("notify", tmp_path / "empty.db")
    lane = Inbox(empty, house.hearing, "intake", house.policies)
    async with running(lane.run):
        await until(lambda: "it was shortened and begins at message 8" in (lane.reason or ""))
        assert empty.received_position("intake") == 0
        await make_anew(nats)
        house.outbox = Outbox(house.intake, house.sending)
        async with running(house.outbox.run):
            await until(lambda: empty.received_position("intake") == 10)
    empty.close()


async def test_whoever_removes_everything_stops_the_service_and_loses_nothing(
    house: House, nats: NatsServer
) -> None:
    await go_on(house, 10)
    async with connected(nats.url, nats.seed(PROVISIONER)) as client:
        js = client.jetstream(prefix=api_prefix("intake"))
        with pytest.raises(ShorteningError):
            await shorten(js, "intake", 11)
        await js.purge_stream("ZI_INTAKE")  # with the key, and without this code
    outbox = Outbox(house.intake, house.sending)
    async with running(outbox.run):
        await count(house.intake, 1)
        await until(lambda: "can't be written" in (outbox.reason or ""))
        await make_anew(nats)
        await until(lambda: outbox.reason is None and outbox.lag == 0)
    assert await last_sequence(await house.sending.jetstream(), "intake") == 11


async def refused(js: JetStreamContext, stream: str) -> bool:
    try:
        return not await js.purge_stream(stream)
    except (Error, TimeoutError):
        return True


async def test_only_the_provisioner_may_shorten_and_nobody_the_copies_of_erasures(
    house: House, nats: NatsServer
) -> None:
    await go_on(house, 3)
    sending, hearing = await house.sending.client(), await house.hearing.client()
    async with connected(nats.url, nats.seed(PROVISIONER)) as client:
        provisioner = client.jetstream(prefix=api_prefix("intake"), timeout=0.5)
        api = client.jetstream(prefix=api_prefix("intake"), timeout=0.5)
        assert await refused(api, "ZI_INTAKE_ERASURES")
        for other in (
            sending.jetstream(timeout=0.5),
            hearing.jetstream(prefix=api_prefix("intake"), timeout=0.5),
        ):
            assert await refused(other, "ZI_INTAKE")
            assert await refused(other, "ZI_INTAKE_ERASURES")
        extent = await read_extent(provisioner, "intake")
    assert (extent.first, extent.last, extent.messages, extent.refuses) == (1, 3, 3, False)
    assert extent.passed == {"notify": 3, "audit": 0, "certificates": 0, "umkm": 0, "integrity": 0}
    with pytest.raises(Error):
        await (await house.sending.jetstream()).publish("zi.intake.x", b"", stream="ZI_INTAKE_ERASURES")


def test_a_stream_of_an_earlier_version_stays_and_says_that_it_refuses(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    server.start()

    async def provisioned() -> bool:
        async with connected(server.url, server.seed(PROVISIONER)) as client:
            js = client.jetstream(prefix=api_prefix("intake"))
            await js.add_stream(stream_config("intake", 1).evolve(deny_purge=True))
            await provision(client, server.topology, 1)
            assert await provision(client, server.topology, 1) == []
            return (await read_extent(js, "intake")).refuses

    try:
        assert asyncio.run(provisioned())
    finally:
        server.stop()


def consumer(pending: int, unacknowledged: int, floor: int | None) -> ConsumerInfo:
    sequence = None if floor is None else {"consumer_seq": 1, "stream_seq": floor}
    return ConsumerInfo.from_response(
        {
            "name": "a",
            "stream_name": "S",
            "config": {},
            "created": "2026-01-02T00:00:00Z",
            "num_pending": pending,
            "num_ack_pending": unacknowledged,
            "ack_floor": sequence,
        }
    )


async def test_nobody_is_forgotten_where_a_cluster_lists_some_of_the_consumers() -> None:
    state = StreamState(9, 900, 1, 9, 2)

    class Api:
        """The answers of a cluster while a server of it is away."""

        async def stream_info(self, stream: str) -> StreamInfo:
            return StreamInfo(StreamConfig(), state)

        async def consumers_info(self, stream: str, offset: int) -> list[ConsumerInfo]:
            return [consumer(0, 0, 9)]

    with pytest.raises(TimeoutError, match="1 of the 2 consumers of ZI_INTAKE"):
        await read_extent(cast(JetStreamContext, Api()), "intake")


@pytest.mark.parametrize(
    ("pending", "unacknowledged", "floor", "passed"),
    [(0, 0, 3, 9), (1, 0, 3, 3), (0, 1, 3, 3), (2, 0, None, 0)],
)
def test_a_consumer_has_passed_what_it_acknowledged_or_all_if_nothing_waits(
    pending: int, unacknowledged: int, floor: int | None, passed: int
) -> None:
    assert passed_by(consumer(pending, unacknowledged, floor), 9) == passed
