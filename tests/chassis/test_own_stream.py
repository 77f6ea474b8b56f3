"""A service reads back from its own stream what it once published, also what a restored store has forgotten."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from nats.js.errors import NotFoundError
from tests.chassis.house import count, open_store, opened, running
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.broker import NATS_ERRORS, Broker
from zi_chassis.bus.foreign import Continuation, ContinuationLookup, ForeignRecord, nothing_declared
from zi_chassis.bus.lanes import Skip, lane, lane_id
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.own_stream import published
from zi_chassis.domain import Act
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.store import Store
from zi_contracts.message import UnreadableMessageError

SKIPPED = "zi.intake.message_skipped"


async def skip(store: Store, position: int) -> None:
    by = Act(at=datetime(2026, 1, 2, tzinfo=UTC), actor="ops", role="staff:ops")
    command = Skip(by=by, sender="notify", position=position, hash="0" * 64, reason="a test")
    await store.handle(lane, lane_id(store.source, "notify"), command)


async def positions(
    broker: Broker, store: Store, declared: ContinuationLookup = nothing_declared
) -> list[int]:
    return [message.position async for message in published(broker, SKIPPED, store, declared)]


async def test_every_message_of_the_type_is_read_and_none_of_another(
    nats: NatsServer, tmp_path: Path
) -> None:
    store, broker = open_store("intake", tmp_path / "intake.db"), nats.broker("intake")
    async with opened(broker):
        assert await positions(broker, store) == []
        for number in range(1, 4):
            await count(store, 2)
            await skip(store, number)
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda: outbox.lag == 0)
        assert await positions(broker, store) == [3, 6, 9]
    store.close()


async def test_what_somebody_else_wrote_is_passed_over(nats: NatsServer, tmp_path: Path) -> None:
    store, broker = open_store("intake", tmp_path / "intake.db"), nats.broker("intake")
    async with opened(broker):
        await count(store, 2)
        await skip(store, 1)
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda: outbox.lag == 0)
        message = orjson.loads(store.messages(2, 1)[0].message)
        js = await broker.jetstream()
        for fields in ({"id": str(UUID(int=5)), "position": 2}, {"actor": "somebody else"}):
            await js.publish(f"{SKIPPED}.x", orjson.dumps({**message, **fields}))
        assert await positions(broker, store) == [3]
    store.close()


async def test_what_a_restored_store_may_have_forgotten_counts_unless_it_was_declared_foreign(
    nats: NatsServer, tmp_path: Path
) -> None:
    store, broker = open_store("intake", tmp_path / "intake.db"), nats.broker("intake")
    questions: list[str] = []
    declared: list[Continuation] = []

    async def ledger(sender: str) -> list[Continuation]:
        questions.append(sender)
        return declared

    async with opened(broker):
        await skip(store, 1)
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda: outbox.lag == 0)
        assert await positions(broker, store, ledger) == [1]
        assert questions == []
        beyond = orjson.dumps(
            {**orjson.loads(store.messages(0, 1)[0].message), "id": str(UUID(int=5)), "position": 2}
        )
        unreadable = orjson.dumps({**orjson.loads(beyond), "position": 3, "id": 5})
        js = await broker.jetstream()
        await js.publish(f"{SKIPPED}.x", beyond, headers=nats.proof("intake", beyond))
        assert await positions(broker, store, ledger) == [1, 2]
        await js.publish(f"{SKIPPED}.x", unreadable, headers=nats.proof("intake", unreadable))
        with pytest.raises(UnreadableMessageError):
            await positions(broker, store, ledger)
        messages = (ForeignRecord(2, digest(beyond)), ForeignRecord(3, digest(unreadable)))
        declared.append(Continuation(after_position=1, head="0" * 64, messages=messages))
        assert await positions(broker, store, ledger) == [1]
        await store.learn("intake", (), messages)
        questions.clear()
        assert await positions(broker, store, ledger) == [1]
        assert questions == []
    store.close()


@pytest.mark.parametrize("before", [True, False])
async def test_behind_the_store_only_what_is_from_before_proofs_counts_without_one(
    nats: NatsServer, tmp_path: Path, before: bool
) -> None:
    store, broker = open_store("intake", tmp_path / "intake.db"), nats.broker("intake")
    async with opened(broker):
        await skip(store, 1)
        [row] = store.messages(0, 1)
        js = await broker.jetstream()
        await js.publish(
            f"{SKIPPED}.x", row.message, headers={} if before else nats.proof("intake", row.message)
        )
        beyond = orjson.dumps({**orjson.loads(row.message), "id": str(UUID(int=5)), "position": 2})
        for content in (beyond, b"no message", b"{}"):
            await js.publish(f"{SKIPPED}.x", content)
        assert await positions(broker, store) == ([1, 2] if before else [1])
    store.close()


async def test_a_missing_stream_is_no_empty_stream(tmp_path: Path) -> None:
    store = open_store("intake", tmp_path / "intake.db")
    server = NatsServer(tmp_path / "bus")
    server.start()
    broker = server.broker("intake")
    async with opened(broker):
        with pytest.raises(NotFoundError):
            await positions(broker, store)
    server.stop()


async def test_nats_going_away_ends_the_reading_with_an_error(nats: NatsServer, tmp_path: Path) -> None:
    store = open_store("intake", tmp_path / "intake.db")
    broker = nats.broker("intake")
    async with opened(broker):
        assert await positions(broker, store) == []
        nats.stop()
        with pytest.raises(NATS_ERRORS):
            await positions(broker, store)
