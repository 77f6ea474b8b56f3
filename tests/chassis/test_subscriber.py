"""FastStream delivers whole batches, one at a time, and keeps nothing of what it fetched in vain."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from faststream.nats import NatsBroker, TestNatsBroker
from prometheus_client import REGISTRY
from tests.chassis.house import Policies, count, open_store, opened, running
from tests.nats_server import NatsServer
from tests.until import PATIENCE, until

from zi_chassis.bus import stream_reader
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.stream_reader import StreamReader
from zi_chassis.bus.subscriber import Subscriber

NO_BYTES = b"\xff no JSON, and no message of this house"


@pytest_asyncio.fixture
async def subscriber() -> Subscriber:
    return Subscriber(Broker("notify", "nats://127.0.0.1:1"), "intake", "notify", ())


@asynccontextmanager
async def delivering(bus: NatsBroker, sequence: int, content: bytes) -> AsyncIterator[asyncio.Task[None]]:
    """Deliver a message as the server would; the task ends when the lane is finished with it."""
    at = f"$JS.ACK.ZI_INTAKE.notify.1.{sequence}.{sequence}.1700000000000000000.0"
    task = asyncio.create_task(bus.publish(content, "zi.intake.added.x", reply_to=at))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_batch_is_open_until_the_next_one_is_asked_for(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_reader, "FETCH_SECONDS", PATIENCE)
    async with TestNatsBroker(subscriber.faststream) as bus, delivering(bus, 7, b"{}") as delivery:
        (message,) = await subscriber.next()
        assert (message.sequence, message.raw, delivery.done()) == (7, b"{}", False)
        monkeypatch.setattr(stream_reader, "FETCH_SECONDS", 0.05)
        with pytest.raises(TimeoutError):
            await subscriber.next()
        await until(delivery.done)


async def test_bytes_that_are_no_message_are_delivered_like_any_other(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_reader, "FETCH_SECONDS", PATIENCE)
    async with TestNatsBroker(subscriber.faststream) as bus, delivering(bus, 1, NO_BYTES):
        assert [message.raw for message in await subscriber.next()] == [NO_BYTES]


class Lane:
    """intake's messages at notify, on a real server."""

    def __init__(self, nats: NatsServer, folder: Path) -> None:
        self.intake, self.notify = (open_store(name, folder / f"{name}.db") for name in ("intake", "notify"))
        self.sending, self.receiving = nats.broker("intake"), nats.broker("notify")
        self.outbox = Outbox(self.intake, self.sending)
        self.inbox = Inbox(self.notify, self.receiving, "intake", Policies())


@pytest_asyncio.fixture
async def lane(nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lane]:
    monkeypatch.setattr(stream_reader, "FETCH_SECONDS", 0.05)
    lane = Lane(nats, tmp_path)
    async with opened(lane.sending, lane.receiving):
        yield lane
    lane.intake.close()
    lane.notify.close()


async def test_fetches_that_find_nothing_leave_nothing_behind(lane: Lane) -> None:
    """FastStream would begin a task anew for each, and keep them all."""
    async with running(lane.outbox.run, lane.inbox.run):
        await count(lane.intake, 1)
        await until(lambda: lane.notify.received_position("intake") == 1)
        (subscriber,) = lane.inbox.subscriber.faststream.subscribers
        before = subscriber.tasks[0]  # type: ignore[attr-defined]
        await asyncio.sleep(1)
        assert subscriber.tasks == [before]  # type: ignore[attr-defined]
        assert not before.done()


async def test_a_lane_that_ends_leaves_the_services_connection_open(lane: Lane) -> None:
    client = await lane.receiving.client()
    for n in range(1, 4):
        async with running(lane.outbox.run, lane.inbox.run):
            await count(lane.intake, 1)
            await until(lambda n=n: lane.notify.received_position("intake") == n)  # type: ignore[misc]
        assert client.is_connected
        assert lane.receiving.connected


async def test_a_message_that_was_delivered_to_nobody_is_read_from_the_stream_at_once(lane: Lane) -> None:
    reader = StreamReader(lane.receiving, "intake", "notify")
    assert await reader.read(0) == []
    async with running(lane.outbox.run):
        await count(lane.intake, 1)
        js = await lane.receiving.jetstream("intake")
        gone = await js.pull_subscribe_bind("notify", reader.stream, inbox_prefix=b"_INBOX.notify.")
        assert len(await gone.fetch(1, timeout=PATIENCE)) == 1
    assert await reader.read(0) == []
    assert [message.sequence for message in await reader.read(0)] == [1]


async def test_the_librarys_metrics_name_the_stream_and_no_case(lane: Lane) -> None:
    before = _total()  # other services of this process may have counted too
    async with running(lane.outbox.run, lane.inbox.run):
        await count(lane.intake, 3)
        await until(lambda: lane.notify.received_position("intake") == 3)
        await until(lambda: _total() >= before + 3)
    handlers = {handler for handler, _ in _received()}
    assert "zi.intake.>" in handlers
    assert all(re.fullmatch(r"zi\.[a-z]+\.>", handler) for handler in handlers)


def _total() -> float:
    return sum(value for _, value in _received())


def _received() -> Iterator[tuple[str, float]]:
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            if sample.name == "faststream_received_messages_total":
                yield sample.labels["handler"], sample.value
