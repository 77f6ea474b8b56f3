"""Every process of a service notices that messages wait, also a standby, and also while NATS is away."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from prometheus_client import REGISTRY
from tests.chassis.house import count, open_store, opened, published, running, stored
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.unpublished import LAG, Unpublished
from zi_chassis.storage.store import Store


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened_store = open_store("intake", tmp_path / "intake.db")
    yield opened_store
    opened_store.close()


@pytest_asyncio.fixture
async def broker(nats: NatsServer) -> AsyncIterator[Broker]:
    connected = nats.broker("intake")
    async with opened(connected):
        yield connected


def lag() -> float | None:
    return REGISTRY.get_sample_value("zi_outbox_lag", {"service": "intake"})


def quiet() -> float:
    return REGISTRY.get_sample_value("zi_outbox_quiet_seconds", {"service": "intake"}) or 0


async def test_messages_that_nobody_publishes_make_a_standby_unready(store: Store, broker: Broker) -> None:
    await count(store, 3)
    unpublished = Unpublished(store, broker, look=0.01, patience=0.05)
    async with running(unpublished.run):
        await until(lambda: unpublished.reason)
        assert re.fullmatch(
            "3 messages wait to be published after position 0, and nothing was published for [0-9]+ s:"
            " no process leads, NATS is away or full, or the outbox stopped",
            unpublished.reason or "",
        )
        assert lag() == 3
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda: unpublished.reason is None and lag() == 0)
    assert await published(broker) == stored(store)


async def test_patience_counts_from_the_last_progress(store: Store, broker: Broker) -> None:
    unpublished = Unpublished(store, broker, look=0.01, patience=600)
    async with running(unpublished.run):
        await count(store, 2)
        await until(lambda: lag() == 2)
        assert unpublished.reason is None


async def test_the_number_that_waits_is_true_while_nats_is_away(
    store: Store, broker: Broker, nats: NatsServer
) -> None:
    outbox, unpublished = Outbox(store, broker), Unpublished(store, broker, look=0.01, patience=0.05)
    async with running(outbox.run, unpublished.run):
        await count(store, 4)
        await until(lambda: outbox.lag == 0 and lag() == 0)
        nats.stop()
        await until(lambda: not broker.connected)
        await count(store, 700)
        await until(lambda: unpublished.reason and lag() == 700)
        assert quiet() > 0.05
        nats.start()
        await until(lambda: unpublished.reason is None and lag() == quiet() == 0)


async def test_a_start_without_nats_claims_no_number(store: Store, broker: Broker, nats: NatsServer) -> None:
    """The whole history does not wait because nobody can be asked."""
    outbox = Outbox(store, broker)
    async with running(outbox.run):
        await count(store, 5)
        await until(lambda: outbox.lag == 0)
    nats.stop()
    await until(lambda: not broker.connected)
    LAG.clear()
    unpublished = Unpublished(store, broker, look=0.01, patience=0)
    async with running(unpublished.run):
        await until(lambda: unpublished.reason)
        assert unpublished.reason == "NATS has not said yet which messages are published"
        assert lag() is None
        nats.start()
        await until(lambda: unpublished.reason is None and lag() == 0)


async def test_a_stream_that_is_ahead_of_the_store_is_not_a_number_that_waits(
    store: Store, broker: Broker
) -> None:
    """A restored store: the outbox stops and says so; here nothing waits."""
    await (await broker.jetstream()).publish("zi.intake.counted.x", b"{}")
    unpublished = Unpublished(store, broker, look=0.01, patience=0.01)
    async with running(unpublished.run):
        await until(lambda: lag() == 0)
        await asyncio.sleep(0.05)
        assert unpublished.reason is None
