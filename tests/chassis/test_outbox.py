"""What the store holds is what the stream holds, to the byte and once, whatever happens in between."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from tests.chassis.house import count, open_store, opened, published, running, stored
from tests.nats_server import NatsServer
from tests.until import PATIENCE, until

from zi_chassis.bus import outbox as outboxes
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.foreign import Continuation
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.sender_proof import HEADER
from zi_chassis.storage.store import Store


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened_store = open_store("intake", tmp_path / "intake.db")
    yield opened_store
    opened_store.close()


@pytest_asyncio.fixture
async def broker(nats: NatsServer) -> AsyncIterator[Broker]:
    opened_broker = nats.broker("intake")
    async with opened(opened_broker):
        yield opened_broker


async def test_everything_stored_is_published_in_order_as_the_stored_bytes(
    store: Store, broker: Broker
) -> None:
    await count(store, 1203)
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        await until(lambda: outbox.lag == 0)
        await count(store, 1)
        await until(lambda: outbox.lag == 0)
        assert outbox.reason is None
    assert await published(broker) == stored(store)


async def test_the_position_goes_along_as_a_header_and_no_id_that_somebody_could_use_up(
    store: Store, broker: Broker
) -> None:
    await count(store, 1)
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        await until(lambda: outbox.lag == 0)
    message = await (await broker.jetstream()).get_msg("ZI_INTAKE", seq=1)
    row = store.messages(0, 1)[0]
    assert message.subject == row.nats_subject
    assert message.headers is not None
    assert message.headers["Zi-Position"] == "1"
    assert "Nats-Msg-Id" not in message.headers


async def test_every_message_carries_the_proof_of_its_sender(store: Store, broker: Broker) -> None:
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        await count(store, 3)
        await until(lambda: outbox.lag == 0)
        await count(store, 1)
        await until(lambda: outbox.lag == 0)
    verifier, js = broker.verifier(store.source), await broker.jetstream()
    for row in store.messages(0, 9):
        headers = (await js.get_msg("ZI_INTAKE", seq=row.position)).headers
        assert headers is not None
        assert verifier.holds(row.position, row.hash, headers[HEADER])


async def test_an_outbox_that_dies_in_the_middle_is_followed_by_one_that_goes_on(
    store: Store, broker: Broker
) -> None:
    for _ in range(8):
        await count(store, 400)
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda outbox=outbox: outbox.reason is None)  # type: ignore[misc]
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        await until(lambda: outbox.lag == 0)
    assert await published(broker) == stored(store)


async def test_two_publishers_of_one_store_publish_each_message_once(
    store: Store, broker: Broker, nats: NatsServer
) -> None:
    second = nats.broker("intake")
    async with opened(second):
        pair = Outbox(store, broker), Outbox(store, second)
        async with running(pair[0].run, pair[1].run):
            for _ in range(20):
                await count(store, 20)
            await until(lambda: pair[0].lag == 0 and pair[1].lag == 0)
    assert await published(broker) == stored(store)


async def test_a_tail_that_nats_lost_is_published_again_to_the_byte(
    store: Store, broker: Broker, nats: NatsServer, tmp_path: Path
) -> None:
    files, copy = nats.data / "nats" / "jetstream", tmp_path / "kept"
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        await count(store, 5)
        await until(lambda: outbox.lag == 0)
        nats.stop()
        shutil.copytree(files, copy)
        nats.start()
        await count(store, 5)
        await until(lambda: outbox.lag == 0)
        nats.stop()
        await until(lambda: not broker.connected)
        shutil.rmtree(files)
        shutil.copytree(copy, files)
        nats.start()
        await until(lambda: broker.connected)
        async with asyncio.timeout(20):
            while await published(broker) != stored(store):
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("kill", [False, True])
async def test_nats_may_come_and_go_while_events_are_recorded(
    store: Store, broker: Broker, nats: NatsServer, kill: bool
) -> None:
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        for _ in range(3):
            await count(store, 300)
            nats.stop(kill=kill)
            await until(lambda: not broker.connected)
            await count(store, 300)
            nats.start()
            await count(store, 300)
        await until(lambda: outbox.lag == 0)
    assert await published(broker) == stored(store)


async def test_a_restored_store_publishes_nothing_and_says_so(
    store: Store, broker: Broker, tmp_path: Path
) -> None:
    await count(store, 5)
    first = Outbox(store, broker)
    async with running(first.run):
        await until(lambda: first.lag == 0)
    restored = open_store("intake", tmp_path / "restored.db")
    await count(restored, 3)
    outbox = Outbox(restored, broker)
    async with running(outbox.run):
        await until(lambda: outbox.stopped)
        await count(restored, 1)
        assert "goes to position 5 and the store only to 3" in (outbox.reason or "")
        assert REGISTRY.get_sample_value("zi_outbox_stopped", {"service": "intake"}) == 1
    assert REGISTRY.get_sample_value("zi_outbox_stopped", {"service": "intake"}) == 0  # others lead now
    assert not outbox.stopped
    assert await published(broker) == stored(store)
    restored.close()


async def test_a_forked_store_publishes_nothing_and_says_so(
    store: Store, broker: Broker, tmp_path: Path
) -> None:
    await count(store, 5)
    first = Outbox(store, broker)
    async with running(first.run):
        await until(lambda: first.lag == 0)
    forked = open_store("intake", tmp_path / "forked.db")
    await count(forked, 6)
    outbox = Outbox(forked, broker)
    async with running(outbox.run):
        await until(lambda: outbox.stopped)
        assert "at position 1 it holds another message" in (outbox.reason or "")
    assert await published(broker) == stored(store)
    forked.close()


async def test_an_outbox_that_stands_still_ends_although_its_cancellation_was_swallowed(
    store: Store, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only after its wait, as when nats-py swallows it."""
    monkeypatch.setattr(outboxes, "ASK_SECONDS", 3600.0)
    await count(store, 1)
    first = Outbox(store, broker)
    async with running(first.run):
        await until(lambda: first.lag == 0)
    first_look = asyncio.Event()

    async def swallowing(sender: str) -> Sequence[Continuation]:
        first_look.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return ()

    restored = open_store("intake", tmp_path / "restored.db")
    task = asyncio.create_task(Outbox(restored, broker, swallowing).run())
    async with asyncio.timeout(PATIENCE):
        await first_look.wait()
    task.cancel()
    await asyncio.wait([task], timeout=PATIENCE)
    assert task.cancelled()
    restored.close()


async def test_a_stream_that_was_not_provisioned_is_waited_for(store: Store, tmp_path: Path) -> None:
    bare = NatsServer(tmp_path / "bare")
    bare.start()
    broker = bare.broker("intake")
    await count(store, 3)
    try:
        async with opened(broker):
            outbox = Outbox(store, broker)
            async with running(outbox.run):
                await until(lambda: "NotFoundError" in (outbox.reason or ""))
                await asyncio.to_thread(bare.provision)
                await until(lambda: outbox.lag == 0)
    finally:
        bare.stop()
