"""Every message has its effects once and in order, whatever is delivered how often."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from tests.chassis.counter import counter
from tests.chassis.house import Policies, count, open_store, opened, running
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.lanes import Skip
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.stream_reader import StreamReader
from zi_chassis.domain import Act
from zi_chassis.process.backoff import Backoff
from zi_chassis.storage.recorded import NO_PREVIOUS, digest
from zi_chassis.storage.store import Store


class House:
    """intake tells, notify hears."""

    def __init__(self, nats: NatsServer, folder: Path) -> None:
        self.intake = open_store("intake", folder / "intake.db")
        self.notify = open_store("notify", folder / "notify.db")
        self.sending, self.hearing = nats.broker("intake"), nats.broker("notify")
        self.policies = Policies()
        self.outbox = Outbox(self.intake, self.sending)
        self.inbox = self.new_inbox()

    def new_inbox(self) -> Inbox:
        return Inbox(self.notify, self.hearing, "intake", self.policies)

    def position(self) -> int:
        return self.notify.received_position("intake")

    def in_order_once(self, messages: int) -> bool:
        effects = [self.notify.load(counter, UUID(int=n))[1].total for n in range(1, messages + 1)]
        return effects == [1] * messages and self.notify.last()[0] == messages

    @asynccontextmanager
    async def publishing(self, messages: int) -> AsyncIterator[None]:
        """All of these are on the stream; the outbox goes on."""
        async with running(self.outbox.run):
            await count(self.intake, messages)
            await until(lambda: self.outbox.lag == 0)
            yield


@pytest_asyncio.fixture
async def house(nats: NatsServer, tmp_path: Path) -> AsyncIterator[House]:
    house_under_test = House(nats, tmp_path)
    async with opened(house_under_test.sending, house_under_test.hearing):
        yield house_under_test
    house_under_test.intake.close()
    house_under_test.notify.close()


async def test_messages_are_heard_in_order_and_once(house: House) -> None:
    async with house.publishing(450), running(house.inbox.run):
        await until(lambda: house.position() == 450)
        await count(house.intake, 1)
        await until(lambda: house.position() == 451)
    assert house.policies.positions == list(range(1, 452))
    assert house.in_order_once(451)
    assert house.inbox.reason is None


async def test_what_was_heard_is_acknowledged(house: House) -> None:
    async with house.publishing(250), running(house.inbox.run):
        await until(lambda: house.position() == 250)
        js = await house.hearing.jetstream("intake")
        async with asyncio.timeout(20):
            while (await js.consumer_info("ZI_INTAKE", "notify")).num_ack_pending:
                await asyncio.sleep(0.02)


async def test_what_a_dead_predecessor_never_acknowledged_is_heard_without_waiting(house: House) -> None:
    async with house.publishing(300):
        records = await StreamReader(house.hearing, "intake", "notify").read(0)
        assert [record.sequence for record in records] == list(range(1, len(records) + 1))
        async with running(house.inbox.run):
            await until(lambda: house.position() == 300)
    assert house.policies.positions == list(range(1, 301))


async def test_an_inbox_that_dies_again_and_again_misses_and_repeats_nothing(house: House) -> None:
    async with house.publishing(1000):
        for _ in range(10):
            before = house.position()
            async with running(house.new_inbox().run):
                await until(lambda before=before: house.position() > before or before == 1000)  # type: ignore[misc]
        async with running(house.new_inbox().run):
            await until(lambda: house.position() == 1000)
    assert house.in_order_once(1000)


async def test_a_stream_rebuilt_from_the_store_is_passed_over_up_to_what_was_heard(
    house: House, nats: NatsServer
) -> None:
    async with house.publishing(30), running(house.inbox.run):
        await until(lambda: house.position() == 30)
        nats.stop()
        shutil.rmtree(nats.data / "nats" / "jetstream")
        nats.start()
        await asyncio.to_thread(nats.provision)
        await count(house.intake, 5)
        await until(lambda: house.position() == 35)
    assert house.policies.positions == list(range(1, 36))
    assert house.in_order_once(35)


async def test_a_listener_restored_from_a_backup_hears_again_what_it_forgot(
    house: House, tmp_path: Path
) -> None:
    async with house.publishing(30):
        async with running(house.inbox.run):
            await until(lambda: house.position() == 30)
        house.notify.close()
        house.notify = open_store("notify", tmp_path / "older.db")
        async with running(house.new_inbox().run):
            await until(lambda: house.position() == 30)
    assert house.in_order_once(30)


async def test_a_message_that_cannot_be_handled_blocks_the_lane_and_a_fixed_policy_goes_on(
    house: House,
) -> None:
    house.policies.poison = 4
    async with house.publishing(10), running(house.inbox.run):
        await until(lambda: house.inbox.reason)
        assert "intake 4 zi.intake.added: ValueError: not this one" in (house.inbox.reason or "")
        assert house.position() == 3
        house.policies.poison = 0
        await until(lambda: house.position() == 10)
        await until(lambda: house.inbox.reason is None)
    assert house.in_order_once(10)


async def test_a_blocked_lane_goes_on_after_the_operators_skip(house: House) -> None:
    house.policies.poison = 4
    async with house.publishing(10), running(house.inbox.run):
        await until(lambda: house.inbox.reason)
        await skip(house.notify, 4, digest(house.intake.messages(3, 1)[0].message))
        await until(lambda: house.position() == 10)
    assert house.notify.last()[0] == 10  # nine effects and the skip
    assert house.notify.load(counter, UUID(int=4))[0] == 0


async def test_a_message_of_the_sender_that_nobody_can_read_blocks_the_lane_until_it_is_skipped(
    house: House, nats: NatsServer
) -> None:
    js = await house.sending.jetstream()
    content = orjson.dumps({"source": house.intake.source, "position": 1, "previous": NO_PREVIOUS})
    await js.publish("zi.intake.added.x", content, headers=nats.proof("intake", content))
    async with running(house.inbox.run):
        await until(lambda: house.inbox.reason)
        assert f"intake 1 sha256 {digest(content)}" in (house.inbox.reason or "")
        await skip(house.notify, 1, digest(content))
        await until(lambda: house.inbox.reason is None)
    assert house.position() == 1


async def test_a_message_at_another_place_than_it_says_blocks_the_lane(
    house: House, nats: NatsServer
) -> None:
    await count(house.intake, 3)
    js = await house.sending.jetstream()
    for row in (house.intake.messages(0, 1)[0], house.intake.messages(2, 1)[0]):
        await js.publish(row.nats_subject, row.message, headers=nats.proof("intake", row.message))
    async with running(house.inbox.run):
        await until(lambda: house.inbox.reason)
        assert "says that it is at position 3" in (house.inbox.reason or "")
    assert house.position() == 1


async def test_a_process_that_hears_no_more_says_nothing_of_a_blocked_lane(house: House) -> None:
    house.policies.poison = 1
    async with house.publishing(3), running(house.inbox.run):
        await until(lambda: house.inbox.blocked and house.inbox.reason)
        assert _gauge("zi_inbox_blocked") == 1
    assert (house.inbox.blocked, house.inbox.reason) == (None, None)
    assert (_gauge("zi_inbox_blocked"), _gauge("zi_inbox_pending")) == (0, 0)


def _gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "notify", "sender": "intake"})


@pytest.mark.parametrize("kill", [False, True])
async def test_nats_may_come_and_go_while_messages_are_heard(
    house: House, nats: NatsServer, kill: bool
) -> None:
    async with running(house.outbox.run, house.inbox.run):
        for _ in range(3):
            await count(house.intake, 150)
            nats.stop(kill=kill)
            await count(house.intake, 50)
            nats.start()
        await until(lambda: house.position() == 600)
    assert house.in_order_once(600)


class HourOnce(Backoff):
    """The first wait is an hour, each one after it a moment."""

    def __init__(self) -> None:
        super().__init__(3600.0, 0.1)

    def reset(self) -> None:
        return


async def test_lane_and_outbox_go_on_as_soon_as_nats_is_back(house: House, nats: NatsServer) -> None:
    async with house.publishing(3), running(house.inbox.run):
        await until(lambda: house.position() == 3)
        house.inbox._backoff, house.outbox._backoff = HourOnce(), HourOnce()
        nats.stop()
        await count(house.intake, 2)
        await until(lambda: house.inbox.reason and house.outbox.reason)
        nats.start()
        await until(lambda: house.position() == 5)
        await until(lambda: house.inbox.reason is None and house.outbox.reason is None)


async def test_a_consumer_that_was_not_provisioned_is_named(house: House) -> None:
    inbox = Inbox(house.notify, house.hearing, "audit", house.policies)
    async with running(inbox.run):
        await until(lambda: inbox.reason)
        assert "ZI_AUDIT is not heard" in (inbox.reason or "")


async def skip(store: Store, position: int, hash: str) -> None:
    act = Act(at=datetime(2026, 1, 2, tzinfo=UTC), actor="o", role="staff:ops")
    command = Skip(by=act, sender="intake", position=position, hash=hash, reason="looked at by hand")
    await store.skip("intake", position, command)
