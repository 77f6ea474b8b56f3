"""The event store on both databases."""

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from tests.chassis.counter import Add, Added, Count, TooHighError, Totals, add, counter
from tests.chassis.house import running
from tests.databases import limit_pages
from tests.until import until

from zi_chassis.bus.lanes import BlockedLaneError, LaneMessage, Reaction, Skip
from zi_chassis.bus.process import probing
from zi_chassis.domain import Act, MessageTooLargeError, UnavailableError
from zi_chassis.storage.database import MACHINE, Database, Tx
from zi_chassis.storage.recorded import NO_PREVIOUS, Recorded, commitment
from zi_chassis.storage.store import Handled, Store
from zi_contracts.message import Message

Open = Callable[..., Store]


@pytest_asyncio.fixture
async def open_store(place: str) -> AsyncIterator[Open]:
    opened: list[Store] = []

    def make(**options: Any) -> Store:
        projections = options.pop("projections", [Totals()])
        store = Store(
            service="test",
            office="office",
            database=Database(place),
            deciders=[counter],
            projections=projections,
            **options,
        )
        store.open()
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


def lane_message(
    position: int, amount: int = 1, type: str = "zi.other.counted", request: str | None = None
) -> LaneMessage:
    raw = json.dumps(
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/zi/office/other",
            "type": type,
            "subject": "T",
            "time": "2026-01-02T00:00:00.000000Z",
            "datacontenttype": "application/json",
            "aggregate": str(UUID(int=5)),
            "version": position,
            "position": position,
            "previous": NO_PREVIOUS,
            "actor": "a",
            "actorrole": "public",
            "request": request,
            "commitment": NO_PREVIOUS,
            "data": {"amount": amount},
        }
    ).encode()
    return LaneMessage(position, raw, Message.parse(raw))


def react(tx: Tx, message: Message) -> Iterable[Reaction]:
    yield Reaction(counter, UUID(int=message.version), add(1))
    if message.data["amount"] == 13:
        raise ValueError("no thirteen")


async def test_a_command_is_decided_recorded_and_read_back(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    handled = await store.handle(counter, case, add(4))
    assert (handled.state.total, handled.version) == (4, 1)
    assert (await store.fetch(counter, case))[1].total == 4
    assert store.read(lambda tx: Totals.total(tx, case)) == 4
    assert store.message(handled.recorded[0].event_id) == handled.recorded[0].message


async def test_what_happened_to_one_aggregate_is_read_in_its_order(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    for amount in (4, 2):
        await store.handle(counter, case, add(amount))
    await store.handle(counter, uuid4(), add(9))
    assert [event.amount for event in await store.events(case) if isinstance(event, Added)] == [4, 2]


async def test_a_repeated_command_records_nothing(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    await store.handle(counter, case, add(4, "k"))
    assert (await store.handle(counter, case, add(4, "k"))).recorded == ()
    assert store.last()[0] == 1


async def test_concurrent_commands_see_each_other_and_a_refused_one_fails_alone(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    answers = await asyncio.gather(
        *(store.handle(counter, case, add(1)) for _ in range(12)), return_exceptions=True
    )
    assert sum(isinstance(a, TooHighError) for a in answers) == 3
    assert (await store.fetch(counter, case))[1].total == 9


async def test_positions_have_no_gaps_and_each_message_carries_the_hash_before_it(open_store: Open) -> None:
    store = open_store()
    cases = [uuid4() for _ in range(20)]
    await asyncio.gather(
        *(store.handle(counter, c, add(n)) for c in cases for n in (3, 20, 4)), return_exceptions=True
    )
    previous = NO_PREVIOUS
    rows = store.messages(0, 1000)
    assert [r.position for r in rows] == list(range(1, 41))
    for row in rows:
        message = json.loads(row.message)
        assert (message["position"], message["previous"]) == (row.position, previous)
        previous = hashlib.sha256(row.message).hexdigest()
        assert row.hash == previous
        assert row.nats_subject == f"zi.test.added.{message['aggregate']}"


async def test_the_commitment_binds_the_stored_bytes(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    handled = await store.handle(counter, case, add(2))
    stored = store.read(lambda tx: tx.execute("SELECT state FROM stored_events"))
    assert json.loads(handled.recorded[0].message)["commitment"] == commitment(bytes(stored[0]["state"]))


async def test_a_message_over_32_kib_is_refused_alone(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    answers = await asyncio.gather(
        store.handle(counter, case, add(1, "x" * 40_000)),
        store.handle(counter, case, add(2)),
        return_exceptions=True,
    )
    assert isinstance(answers[0], MessageTooLargeError)
    assert (await store.fetch(counter, case))[1].total == 2


async def test_a_fault_in_a_read_model_fails_only_the_command_that_meets_it(open_store: Open) -> None:
    store = open_store(projections=[Totals(broken="bad")])
    cases = [uuid4() for _ in range(5)]
    keys = ["a", "b", "bad", "c", "d"]
    answers = await asyncio.gather(
        *(store.handle(counter, c, add(1, k)) for c, k in zip(cases, keys, strict=True)),
        return_exceptions=True,
    )
    assert [isinstance(a, ZeroDivisionError) for a in answers] == [False, False, True, False, False]
    assert [r.position for r in store.messages(0, 10)] == [1, 2, 3, 4]


async def test_what_was_recorded_survives_a_restart(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    await store.handle(counter, case, add(4))
    last = store.last()
    store.close()
    again = open_store()
    assert again.last() == last
    assert (await again.handle(counter, case, add(5))).state.total == 9


async def test_a_read_model_of_another_version_is_rebuilt_from_the_first_event(open_store: Open) -> None:
    store, case = open_store(), uuid4()
    for _ in range(3):
        await store.handle(counter, case, add(2))
    with store.database.transaction() as tx:
        tx.execute("UPDATE totals SET total = 99")
    store.close()
    assert open_store(projections=[Totals()]).read(lambda tx: Totals.total(tx, case)) == 99
    assert open_store(projections=[Totals(version=2)]).read(lambda tx: Totals.total(tx, case)) == 6


TRIES = "CREATE TABLE IF NOT EXISTS tries (aggregate TEXT PRIMARY KEY, count INTEGER NOT NULL)"


def tries(store: Store) -> list[int]:
    rows = store.read(lambda tx: tx.execute("SELECT count FROM tries ORDER BY aggregate"))
    return [row["count"] for row in rows]


def tried(case: UUID, fault: Exception | None = None) -> Any:
    def around(tx: Tx, decide: Callable[[], Handled[Count]]) -> Handled[Count]:
        tx.execute(
            "INSERT INTO tries VALUES (?, 1) ON CONFLICT (aggregate) DO UPDATE SET count = tries.count + 1",
            str(case),
        )
        handled = decide()
        if fault is not None:
            raise fault
        return handled

    return around


async def test_what_is_written_around_a_command_is_kept_with_an_event_and_without_one(
    open_store: Open,
) -> None:
    store, case = open_store(), uuid4()
    with store.database.transaction() as tx:
        tx.create(TRIES)
    commands = (store.handle(counter, case, add(1, "once"), around=tried(case)) for _ in range(5))
    handled = await asyncio.gather(*commands)
    assert (sum(len(each.recorded) for each in handled), tries(store)) == (1, [5])


async def test_what_is_written_around_a_refused_command_is_kept_and_its_events_are_not(
    open_store: Open,
) -> None:
    store, case = open_store(), uuid4()
    with store.database.transaction() as tx:
        tx.create(TRIES)
    with pytest.raises(TooHighError):
        await store.handle(counter, case, add(10), around=tried(case))
    assert (tries(store), store.last()[0]) == ([1], 0)


async def test_a_fault_around_a_command_leaves_nothing_of_it_and_all_of_the_others(open_store: Open) -> None:
    store, case, other = open_store(), uuid4(), uuid4()
    with store.database.transaction() as tx:
        tx.create(TRIES)
    done = await asyncio.gather(
        store.handle(counter, other, add(1), around=tried(other)),
        store.handle(counter, case, add(1), around=tried(case, ZeroDivisionError())),
        return_exceptions=True,
    )
    assert isinstance(done[1], ZeroDivisionError)
    assert (tries(store), store.last()[0]) == ([1], 1)


async def test_two_replicas_never_decide_on_a_stale_state(open_store: Open, place: str) -> None:
    if not place.startswith("postgresql"):
        return  # a SQLite file has one process, kept by the lease
    first, second, case = open_store(), open_store(), uuid4()
    answers = await asyncio.gather(
        *(s.handle(counter, case, add(1)) for _ in range(10) for s in (first, second)), return_exceptions=True
    )
    assert sum(isinstance(a, TooHighError) for a in answers) == 11
    assert [r.position for r in first.messages(0, 100)] == list(range(1, 10))


async def test_a_command_made_under_the_write_lock_sees_all_that_was_recorded_before_it(
    open_store: Open,
) -> None:
    store = open_store()
    first, second = UUID(int=1), UUID(int=2)

    def as_many_as_the_first(tx: Tx) -> tuple[Any, UUID, Add]:
        [row] = tx.execute("SELECT total FROM totals WHERE aggregate = ?", str(first))
        return counter, second, add(row["total"])

    answers = await asyncio.gather(
        *(store.handle(counter, first, add(1)) for _ in range(3)), store.decide(as_many_as_the_first)
    )
    assert answers[-1].state.total == 3


async def test_of_commands_that_belong_together_all_are_recorded_or_none(open_store: Open) -> None:
    store, first, second = open_store(), uuid4(), uuid4()

    def both(amount: int) -> Callable[[Tx], Sequence[Reaction]]:
        return lambda tx: [Reaction(counter, first, add(1)), Reaction(counter, second, add(amount))]

    with pytest.raises(TooHighError):
        await store.decide_all(both(10))
    assert (store.load(counter, first), store.last()[0]) == ((0, counter.initial), 0)
    handled = await store.decide_all(both(2))
    assert [each.state.total for each in handled] == [1, 2]
    await store.handle(counter, first, add(1))
    assert [row.position for row in store.messages(0, 10)] == [1, 2, 3]


async def test_a_closed_store_says_that_it_is_unavailable(open_store: Open) -> None:
    store = open_store()
    store.close()
    with pytest.raises(UnavailableError):
        await store.handle(counter, uuid4(), add(1))


async def test_a_companion_writes_what_is_of_its_kind_and_an_item_without_companion_is_refused(
    open_store: Open,
) -> None:
    class WordTable:
        kind: type[Any] = str
        tables: tuple[str, ...] = ("CREATE TABLE IF NOT EXISTS kept (word TEXT)",)

        def __init__(self) -> None:
            self.prepared: list[Any] = []

        def prepare(self, items: Sequence[Any]) -> None:
            self.prepared += items

        def write(self, tx: Tx, items: Sequence[Any]) -> None:
            tx.many("INSERT INTO kept VALUES (?)", [(word,) for word in items])

    class Numbers(WordTable):
        kind = int
        tables = ()

        def write(self, tx: Tx, items: Sequence[Any]) -> None:
            pass

    class Word(str):
        """Companions go by the exact type."""

    words, numbers = WordTable(), Numbers()
    store, case = open_store(companions=[words, numbers]), uuid4()
    await store.handle(counter, case, add(1, "k"), keep=("first", 2))
    await store.handle(counter, case, add(1, "k"), keep="again")
    unknown: tuple[object, ...] = (b"bytes", ["a list"], Word("derived"), ("second", b"bytes"))
    refused = await asyncio.gather(
        *(store.handle(counter, case, add(1), keep=item) for item in unknown),
        store.handle(counter, case, add(1), keep="third"),
        return_exceptions=True,
    )
    assert [type(answer) for answer in refused] == [TypeError] * len(unknown) + [Handled]
    assert (words.prepared, numbers.prepared) == (["first", "third"], [2])
    assert store.last()[0] == 2
    assert [r["word"] for r in store.read(lambda tx: tx.execute("SELECT word FROM kept"))] == [
        "first",
        "third",
    ]


async def test_each_message_that_is_heard_has_its_effects_once(open_store: Open) -> None:
    store = open_store()
    batch = [lane_message(n) for n in (1, 2, 3)]
    assert await store.receive("other", batch, react) == 3
    assert await store.receive("other", [*batch, lane_message(4)], react) == 4
    assert store.last()[0] == 4
    assert store.received_position("other") == 4


@pytest.mark.parametrize(
    ("request_id", "causation", "recorded"),
    [("0a" * 16, "e", "0a" * 16), ("0a" * 16, None, None), ("Siti Rekaan", "e", None), (None, "e", None)],
)
async def test_a_reaction_carries_the_request_of_its_cause_where_its_act_names_one(
    open_store: Open, request_id: str | None, causation: str | None, recorded: str | None
) -> None:
    """A notice to an official names none, so that nobody finds by it whom a case was shown to. What is no id of ours goes nowhere."""

    def owed(tx: Tx, message: Message) -> Iterable[Reaction]:
        command = add(1)
        yield Reaction(
            counter,
            UUID(int=1),
            command.model_copy(update={"by": command.by.model_copy(update={"causation": causation})}),
        )

    store = open_store()
    await store.receive("other", [lane_message(1, request=request_id)], owed)
    await store.handle(counter, UUID(int=2), add(1))
    first, second = (Message.parse(row.message) for row in store.messages(0, 9))
    assert (first.request, second.request) == (recorded, None)


async def test_the_event_that_blocks_a_lane_is_known_by_its_id(open_store: Open) -> None:
    message = lane_message(1, 13)
    with pytest.raises(BlockedLaneError) as blocked:
        await open_store().receive("other", [message], react)
    assert blocked.value.event == str(message.message.id)


async def test_a_message_that_cannot_be_handled_blocks_its_lane_after_those_before_it(
    open_store: Open,
) -> None:
    store = open_store()
    with pytest.raises(BlockedLaneError, match="no thirteen"):
        await store.receive("other", [lane_message(1), lane_message(2, 13), lane_message(3)], react)
    assert store.received_position("other") == 1
    assert store.last()[0] == 1


async def test_a_message_that_a_read_model_or_the_database_refuses_blocks_its_lane_and_can_be_skipped(
    open_store: Open,
) -> None:
    def refused(tx: Tx, message: Message) -> Iterable[Reaction]:
        if message.data["amount"] == 13:
            tx.many("INSERT INTO totals VALUES ('the same', ?)", [(1,), (2,)])
        yield Reaction(
            counter, UUID(int=message.version), add(1, "odd" if message.data["amount"] == 14 else "")
        )

    store = open_store(projections=[Totals(broken="odd")])
    batch = [lane_message(1), lane_message(2, 13), lane_message(3), lane_message(4, 14), lane_message(5)]
    act = Act(at=datetime(2026, 1, 2, tzinfo=UTC), actor="o", role="staff:ops")
    for position in (2, 4):
        with pytest.raises(BlockedLaneError) as blocked:
            await store.receive("other", batch, refused)
        assert (blocked.value.position, store.received_position("other")) == (position, position - 1)
        assert blocked.value.hash == hashlib.sha256(batch[position - 1].raw).hexdigest()
        skip = Skip(by=act, sender="other", position=position, hash=NO_PREVIOUS, reason="test")
        await store.skip("other", position, skip)
    assert await store.receive("other", batch, refused) == 5


async def test_who_comes_when_too_much_is_waiting_is_sent_away(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, going = threading.Event(), threading.Event()

    class Slow(Totals):
        def project(self, tx: Tx, recorded: Recorded) -> None:
            begun.set()
            going.wait()

    monkeypatch.setattr("zi_chassis.storage.batch.MOST_WAITING", 3)
    store = open_store(projections=[Slow()])
    tasks = [asyncio.create_task(store.handle(counter, uuid4(), add(1)))]
    try:
        await asyncio.to_thread(begun.wait)
        tasks += [asyncio.create_task(store.handle(counter, uuid4(), add(1))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError):
            await store.handle(counter, uuid4(), add(1))
    finally:
        going.set()
    await asyncio.gather(*tasks)
    assert store.last()[0] == 4


async def test_what_waits_or_runs_when_the_writer_is_paused_is_refused(open_store: Open) -> None:
    begun, going = threading.Event(), threading.Event()

    class Slow(Totals):
        def project(self, tx: Tx, recorded: Recorded) -> None:
            begun.set()
            going.wait()

    store, permitted = open_store(projections=[Slow()]), uuid4()
    refused = [asyncio.create_task(store.handle(counter, uuid4(), add(1)))]
    try:
        await asyncio.to_thread(begun.wait)
        refused += [asyncio.create_task(store.handle(counter, uuid4(), add(1))) for _ in range(2)]
        task = asyncio.create_task(
            store.writer.submit(lambda batch: batch.decide(counter, permitted, add(2)), while_paused=True)
        )
        await asyncio.sleep(0)
        store.writer.paused = "not compared"
    finally:
        going.set()
    for each in refused:
        with pytest.raises(UnavailableError, match="not compared"):
            await each
    assert [(each.aggregate, each.version) for each in (await task).recorded] == [(permitted, 1)]
    assert store.last()[0] == 1
    store.writer.paused = None
    await store.handle(counter, permitted, add(1))
    assert (await store.fetch(counter, permitted))[1].total == 3


async def test_a_gap_blocks_the_lane(open_store: Open) -> None:
    store = open_store()
    with pytest.raises(BlockedLaneError, match="never came"):
        await store.receive("other", [lane_message(2)], react)
    assert store.received_position("other") == 0


async def test_an_operator_skips_a_message_by_a_recorded_command(open_store: Open) -> None:
    store = open_store()
    with pytest.raises(BlockedLaneError):
        await store.receive("other", [lane_message(1, 13)], react)
    act = Act(at=datetime(2026, 1, 2, tzinfo=UTC), actor="o", role="staff:ops")
    await store.skip("other", 1, Skip(by=act, sender="other", position=1, hash=NO_PREVIOUS, reason="test"))
    assert await store.receive("other", [lane_message(1, 13), lane_message(2)], react) == 2
    assert [r.nats_subject.rsplit(".", 1)[0] for r in store.messages(0, 9)] == [
        "zi.test.message_skipped",
        "zi.test.added",
    ]


async def test_commands_given_one_by_one_when_group_commit_is_off(open_store: Open) -> None:
    store, case = open_store(group_commit=False), uuid4()
    await asyncio.gather(*(store.handle(counter, case, add(1)) for _ in range(9)))
    assert (await store.fetch(counter, case))[1].total == 9


def test_the_command_is_frozen() -> None:
    with pytest.raises(ValueError):
        add(1).amount = 2  # type: ignore[misc]
    assert isinstance(add(1), Add)


async def test_a_store_that_refuses_every_command_for_want_of_space_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody reads that it can't store, and the operator alone why: an error may name hosts and accounts."""
    store = Store(
        service="test", office="office", database=Database(str(tmp_path / "store.db")), deciders=[counter]
    )
    store.open()
    try:
        await store.handle(counter, uuid4(), add(1))
        assert store.reason is None
        limit_pages(store.database, more=0)
        with pytest.raises(UnavailableError):
            await asyncio.gather(*(store.handle(counter, uuid4(), add(1)) for _ in range(200)))
        assert store.reason == "nothing can be stored (OperationalError)"
        assert "disk is full" in caplog.text
        with pytest.raises(MACHINE):
            store.probe()
        async with running(lambda: probing(store, 0.01)):
            assert store.reason == "nothing can be stored (OperationalError)"
            limit_pages(store.database, more=1_000)
            await until(lambda: store.reason is None)
    finally:
        store.close()


class FullDisk(Totals):
    """Let PostgreSQL answer as it does when its disk is full."""

    def project(self, tx: Tx, recorded: Recorded) -> None:
        if isinstance(recorded.event, Added) and recorded.event.key == "too much":
            tx.execute("DO 'BEGIN RAISE disk_full; END'")


@pytest.mark.postgres
async def test_a_postgresql_without_space_is_told_the_same_way(postgres: str) -> None:
    store = Store(
        service="test",
        office="office",
        database=Database(postgres),
        deciders=[counter],
        projections=[FullDisk()],
    )
    store.open()
    try:
        for _ in range(2):
            with pytest.raises(UnavailableError):
                await store.handle(counter, uuid4(), add(1, "too much"))
            assert store.reason == "nothing can be stored (OperationalError)"
        await store.handle(counter, uuid4(), add(1))
        assert store.reason is None
    finally:
        store.close()
