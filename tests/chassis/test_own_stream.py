"""A service reads back from its own stream what it once published, also what a restored store has forgotten."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from nats.js.errors import NotFoundError
from tests.chassis.house import count, open_store, opened, running
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.broker import NATS_ERRORS, Broker
from zi_chassis.domain import Act
from zi_chassis.lanes import Skip, lane, lane_id
from zi_chassis.outbox import Outbox
from zi_chassis.own_stream import published
from zi_chassis.store import Store

SKIPPED = "zi.intake.message_skipped"


async def skip(store: Store, position: int) -> None:
    by = Act(at=datetime(2026, 1, 2, tzinfo=UTC), actor="ops", role="staff:ops")
    command = Skip(by=by, sender="notify", position=position, hash="0" * 64, reason="a test")
    await store.handle(lane, lane_id(store.source, "notify"), command)


async def positions(broker: Broker, type: str = SKIPPED) -> list[int]:
    return [message.position async for message in published(broker, type)]


async def test_every_message_of_the_type_is_read_and_none_of_another(
    nats: NatsServer, tmp_path: Path
) -> None:
    store, broker = open_store("intake", tmp_path / "intake.db"), nats.broker("intake")
    async with opened(broker):
        assert await positions(broker) == []
        for number in range(1, 4):
            await count(store, 2)
            await skip(store, number)
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda: outbox.lag == 0)
        assert await positions(broker) == [3, 6, 9]
    store.close()


async def test_a_missing_stream_is_no_empty_stream(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "bus")
    server.start()
    broker = server.broker("intake")
    async with opened(broker):
        with pytest.raises(NotFoundError):
            await positions(broker)
    server.stop()


async def test_nats_going_away_ends_the_reading_with_an_error(nats: NatsServer) -> None:
    broker = nats.broker("intake")
    async with opened(broker):
        assert await positions(broker) == []
        nats.stop()
        with pytest.raises(NATS_ERRORS):
            await positions(broker)
