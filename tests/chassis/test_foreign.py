"""A sender's stream holds what the sender proved and its store can't have made: the outbox stops, and once a person has declared what is
not the sender's, everything of the sender arrives, once and in its order, at everybody."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from tests.chassis.counter import counter
from tests.chassis.house import Policies, count, open_store, opened, published, running, stored
from tests.chassis.test_inbox import skip
from tests.empty_ledger import answering
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus import outbox as outboxes
from zi_chassis.bus.foreign import Continuation, ForeignRecord, declared_by, position_at, sequence_of
from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.recorded import NO_PREVIOUS, digest
from zi_chassis.storage.store import Store


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "ASK_SECONDS", 0.05)


class Ledger:
    """What a person has declared."""

    def __init__(self) -> None:
        self.continuations: list[Continuation] = []
        self.calls = 0
        self.away = False

    async def __call__(self, sender: str) -> Sequence[Continuation]:
        self.calls += 1
        if self.away:
            raise UnavailableError("The ledger can't be asked.")
        return self.continuations

    def declare(self, outbox: Outbox) -> None:
        """As an operator does who repeats what the outbox names."""
        position, head = outbox.published
        messages = tuple(ForeignRecord(record.sequence, record.hash) for record in outbox.strangers)
        self.continuations.append(Continuation(after_position=position, head=head, messages=messages))


class House:
    """intake tells, notify hears."""

    def __init__(self, nats: NatsServer, folder: Path) -> None:
        self.intake = open_store("intake", folder / "intake.db")
        self.notify = open_store("notify", folder / "notify.db")
        self.nats = nats
        self.sending, self.hearing = nats.broker("intake"), nats.broker("notify")
        self.policies, self.ledger = Policies(), Ledger()
        self.inbox = self.new_inbox()
        self.outbox = self.new_outbox()

    def new_outbox(self, store: Store | None = None) -> Outbox:
        return Outbox(store or self.intake, self.sending, self.ledger)

    def new_inbox(self) -> Inbox:
        return Inbox(self.notify, self.hearing, "intake", self.policies, declared=self.ledger)

    async def plant(self, content: bytes, subject: str = "zi.intake.added.x") -> None:
        """With the sender's own proof, as of a message that a restored store has lost."""
        headers = self.nats.proof("intake", content)
        await (await self.sending.jetstream()).publish(subject, content, headers=headers)

    async def sent(self, messages: int) -> None:
        """That many more are published by an outbox that then ends."""
        await count(self.intake, messages)
        outbox = self.new_outbox()
        async with running(outbox.run):
            await until(lambda: outbox.reason is None and outbox.lag == 0)

    def successor(self, **fields: object) -> bytes:
        """A message that stands where the sender's next one would, and is well made."""
        position, previous = self.intake.last()
        model = orjson.loads(self.intake.messages(position - 1, 1)[0].message)
        place = {"position": position + 1, "previous": previous, "id": str(UUID(int=position + 1))}
        return orjson.dumps({**model, **place, **fields})

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[Outbox]:
        outbox = self.new_outbox()
        async with running(outbox.run):
            await until(lambda: outbox.stopped and outbox.strangers)
            yield outbox

    async def all_heard(self, messages: int) -> None:
        await until(lambda: self.notify.received_position("intake") == messages)
        effects = [self.notify.load(counter, UUID(int=n))[1].total for n in range(1, messages + 1)]
        assert effects == [1] * messages


@pytest_asyncio.fixture
async def house(nats: NatsServer, tmp_path: Path) -> AsyncIterator[House]:
    house_under_test = House(nats, tmp_path)
    async with opened(house_under_test.sending, house_under_test.hearing):
        yield house_under_test
    house_under_test.intake.close()
    house_under_test.notify.close()


foreign_sets = st.sets(st.integers(1, 60)).map(lambda some: [ForeignRecord(n, "") for n in sorted(some)])


@given(foreign_sets, st.integers(0, 60))
def test_a_position_is_found_again_at_its_sequence(foreign: list[ForeignRecord], position: int) -> None:
    sequence = sequence_of(position, foreign)
    assert position_at(sequence, foreign) == position
    assert sequence not in {record.sequence for record in foreign}
    assert position == 0 or position_at(sequence - 1, foreign) == position - 1


async def test_a_stopped_outbox_names_what_is_not_its_own(house: House) -> None:
    await house.sent(3)
    first_message = house.intake.messages(1, 1)[0]
    await house.plant(gone := house.successor(position=7))
    await house.plant(first_message.message, first_message.nats_subject)
    await house.plant(house.successor())
    async with house.stopped() as outbox:
        assert outbox.published == (3, house.intake.last()[1])
        assert [
            (stranger.sequence, stranger.repeats, stranger.continues, stranger.signed)
            for stranger in outbox.strangers
        ] == [
            (4, None, False, True),
            (5, 2, False, True),
            (6, None, True, True),
        ]
        assert [stranger.hash for stranger in outbox.strangers][:2] == [digest(gone), first_message.hash]
        assert "GET /intake/api/outbox" in (outbox.reason or "")


async def test_the_first_message_of_a_stream_may_be_a_stranger(house: House) -> None:
    await count(house.intake, 2)
    await house.plant(gone := house.successor())
    async with house.stopped() as outbox:
        assert outbox.published == (0, NO_PREVIOUS)
        house.ledger.declare(outbox)
        await until(lambda: outbox.reason is None and outbox.lag == 0)
    assert await published(house.sending) == [gone, *stored(house.intake)]


async def test_a_declared_forgery_lets_the_sender_go_on_and_nothing_is_published_twice(house: House) -> None:
    await house.sent(3)
    await house.plant(gone := house.successor())
    await count(house.intake, 1)
    async with house.stopped() as outbox:
        house.ledger.declare(outbox)
        await until(lambda: outbox.reason is None and outbox.lag == 0)
        assert (outbox.stopped, outbox.strangers) == (False, ())
        await count(house.intake, 700)
        await until(lambda: outbox.lag == 0)
    await house.sent(2)
    messages = stored(house.intake)
    assert await published(house.sending) == [*messages[:3], gone, *messages[3:]]
    assert len(messages) == 706


async def test_while_not_every_message_is_declared_the_sender_stands(house: House) -> None:
    await house.sent(1)
    await house.plant(house.successor())
    async with house.stopped() as outbox:
        await house.plant(house.successor(actor="another"))
        await until(lambda: len(outbox.strangers) == 2)
        for part in outbox.strangers:
            position, head = outbox.published
            only = (ForeignRecord(part.sequence, part.hash),)
            house.ledger.continuations = [
                Continuation(after_position=position, head=head, messages=only),
                Continuation(
                    after_position=position + 1,
                    head=head,
                    messages=tuple(
                        ForeignRecord(stranger.sequence, stranger.hash) for stranger in outbox.strangers
                    ),
                ),
            ]
            calls = house.ledger.calls
            await until(lambda calls=calls: house.ledger.calls > calls + 2)  # type: ignore[misc]
            assert outbox.stopped
        house.ledger.declare(outbox)
        await until(lambda: outbox.reason is None)


async def test_a_ledger_that_is_away_is_asked_again(house: House) -> None:
    await house.sent(1)
    await house.plant(house.successor())
    house.ledger.away = True
    async with house.stopped() as outbox:
        await until(lambda: house.ledger.calls > 2)
        house.ledger.declare(outbox)
        assert outbox.stopped
        house.ledger.away = False
        await until(lambda: outbox.reason is None)


async def test_forgeries_at_several_times_are_told_apart(house: House) -> None:
    for turn in range(3):
        await house.sent(2)
        await house.plant(house.successor(specversion=f"2.{turn}"))
        async with house.stopped() as outbox:
            house.ledger.declare(outbox)
            await until(lambda outbox=outbox: outbox.reason is None)  # type: ignore[misc]
    await house.sent(2)
    async with running(house.inbox.run):
        await house.all_heard(8)
    assert [len(continuation.messages) for continuation in house.ledger.continuations] == [1, 1, 1]


async def test_listeners_go_on_behind_a_forgery_that_blocked_them(house: House) -> None:
    await house.sent(3)
    await house.plant(house.successor(data={}, specversion="2.0"))
    await count(house.intake, 2)
    async with running(house.inbox.run), house.stopped() as outbox:
        await until(lambda: house.inbox.blocked)
        assert house.notify.received_position("intake") == 3
        house.ledger.declare(outbox)
        await house.all_heard(5)
        await until(lambda: house.inbox.reason is None)
    async with running(house.new_inbox().run):
        await house.sent(2)
        await house.all_heard(7)
    assert house.policies.positions == list(range(1, 8))


async def test_a_listener_that_believed_a_forgery_hears_the_true_message_too(house: House) -> None:
    await house.sent(3)
    await house.plant(house.successor())
    async with running(house.inbox.run), house.stopped() as outbox:
        await until(lambda: house.notify.received_position("intake") == 4)
        await count(house.intake, 2)
        house.ledger.declare(outbox)
        await until(lambda: house.notify.received_position("intake") == 5)
    assert house.policies.positions == [1, 2, 3, 4, 4, 5]


async def test_a_listener_that_believed_a_forgery_waits_for_no_further_message(house: House) -> None:
    await house.sent(3)
    await house.plant(house.successor())
    async with running(house.inbox.run), house.stopped() as outbox:
        await until(lambda: house.notify.received_position("intake") == 4)
        await count(house.intake, 1)
        house.ledger.declare(outbox)
        await until(lambda: house.policies.positions == [1, 2, 3, 4, 4])


async def test_a_forgery_that_was_skipped_before_costs_no_message(house: House) -> None:
    await house.sent(3)
    await house.plant(gone := house.successor(specversion="2.0"))
    async with running(house.inbox.run), house.stopped() as outbox:
        await until(lambda: house.inbox.blocked)
        await skip(house.notify, 4, digest(gone))
        await until(lambda: house.notify.received_position("intake") == 4)
        await count(house.intake, 2)
        house.ledger.declare(outbox)
        await house.all_heard(5)


async def test_a_listener_that_comes_later_is_told_by_the_ledger(house: House) -> None:
    await house.sent(3)
    await house.plant(house.successor(specversion="2.0"))
    async with house.stopped() as outbox:
        house.ledger.declare(outbox)
        await until(lambda: outbox.reason is None)
    await house.sent(300)
    async with running(house.inbox.run):
        await house.all_heard(303)


async def test_in_a_stream_that_was_lost_and_published_again_there_is_no_forgery(
    house: House, nats: NatsServer
) -> None:
    await house.sent(3)
    await house.plant(house.successor(specversion="2.0"))
    await count(house.intake, 2)
    async with running(house.inbox.run), house.stopped() as outbox:
        house.ledger.declare(outbox)
        await house.all_heard(5)
        nats.stop()
        shutil.rmtree(nats.data / "nats" / "jetstream")
        nats.start()
        await asyncio.to_thread(nats.provision)
        await count(house.intake, 3)
        await house.all_heard(8)
    assert await published(house.sending) == stored(house.intake)


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "/zi/office/notify"},
        {"source": "/zi/elsewhere/intake"},
        {"type": "zi.notify.delivery_failed"},
    ],
)
async def test_who_speaks_in_another_name_is_not_heard(house: House, fields: dict[str, object]) -> None:
    await house.sent(1)
    await house.plant(house.successor(**fields))
    async with running(house.inbox.run):
        await until(lambda: house.inbox.reason)
    assert house.policies.positions == [1]


async def test_nobody_answers_at_the_address_of_the_ledger() -> None:
    with pytest.raises(UnavailableError, match="ConnectError"):
        await declared_by("http://127.0.0.1:1")("intake")


async def test_a_ledger_that_keeps_no_such_list_declares_nothing() -> None:
    with answering() as ledger:
        assert await declared_by(ledger)("intake") == ()


@pytest.mark.parametrize("received", [0, 3, 4, 7])
async def test_what_was_heard_is_set_back_by_what_was_not_the_senders(
    tmp_path: Path, received: int, postgres: str
) -> None:
    from zi_chassis.storage.database import Database

    for place in (tmp_path / "one.db", postgres):
        store = Store(service="notify", office="office", database=Database(place), deciders=[counter])
        store.open()
        for position in range(1, received + 1):
            with store.database.transaction() as tx:
                store.event_tables.rewind(tx, "intake", position)
        await store.learn("intake", (), (ForeignRecord(2, "a"), ForeignRecord(4, "b")))
        assert store.received_position("intake") == position_at(received, store.foreign("intake"))
        await store.learn("intake", store.foreign("intake"), (ForeignRecord(4, "c"),))
        assert store.foreign("intake") == (
            ForeignRecord(2, "a"),
            ForeignRecord(4, "b"),
            ForeignRecord(4, "c"),
        )
        store.close()
