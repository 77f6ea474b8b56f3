"""An older version of the program does not read what a newer one has written, and says so before it changes anything."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import create_model
from tests.chassis import counter as counters
from tests.chassis.counter import Add, Count, Totals, add, counter

from zi_chassis.domain import Act, Decider, Event, UnavailableError
from zi_chassis.storage.database import Database
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.store import Store
from zi_chassis.storage.written_fields import fields_of

# The next version: its event has a field more, and there is another event.
AddedWithNote: type[counters.Added] = create_model("Added", __base__=counters.Added, note=(str, ""))
Emptied: type[Event] = create_model("Emptied", __base__=Event)


def decide(command: Add, state: Count) -> Sequence[Event]:
    if command.key == "empty":
        return [Emptied(by=command.by)]
    return [AddedWithNote(by=command.by, amount=command.amount, key=command.key)]


def evolve(state: Count, event: Event) -> Count:
    return counters.evolve(state, event) if isinstance(event, counters.Added) else Count()


newer = replace(
    counter,
    decide=decide,
    evolve=evolve,
    events=(AddedWithNote, Emptied),
    publish=lambda event, state: counters.publish(counters.Added(by=event.by, amount=0, key=""), state),
)
Begin = Callable[[Decider[Count]], Store]


@pytest_asyncio.fixture
async def begin(place: str) -> AsyncIterator[Begin]:
    begun: list[Store] = []

    def store_of(decider: Decider[Count]) -> Store:
        store = Store(
            service="test",
            office="office",
            database=Database(place),
            deciders=[decider],
            projections=[Totals()],
        )
        begun.append(store)
        store.open()
        return store

    yield store_of
    for store in begun:
        store.close()


async def test_an_upgrade_reads_the_old_and_a_rollback_is_refused(begin: Begin) -> None:
    case = uuid4()
    await begin(counter).handle(counter, case, add(2))
    upgraded = begin(newer)
    assert (await upgraded.handle(newer, case, add(3))).state.total == 5
    with pytest.raises(NewerVersionError, match=r"events \(zi.test.added note\)"):
        begin(counter)
    assert begin(newer).load(newer, case)[1].total == 5


async def test_a_type_that_is_not_known_is_named(begin: Begin) -> None:
    await begin(newer).handle(newer, uuid4(), add(1, "empty"))
    with pytest.raises(
        NewerVersionError, match=r"zi.test.emptied by, zi.test.emptied by.actor, .* and 1 more"
    ):
        begin(counter)


async def test_an_upgrade_that_recorded_nothing_can_be_taken_back(begin: Begin) -> None:
    case = uuid4()
    await begin(counter).handle(counter, case, add(2))
    begin(newer)
    assert (await begin(counter).handle(counter, case, add(2))).state.total == 4


async def test_a_process_that_runs_still_records_nothing_after_a_newer_one_has(begin: Begin) -> None:
    older, upgraded = begin(counter), begin(newer)
    await older.handle(counter, uuid4(), add(1))
    await upgraded.handle(newer, uuid4(), add(1))
    last = upgraded.last()
    with pytest.raises(UnavailableError, match="does not know: events"):
        await older.handle(counter, uuid4(), add(1))
    assert (older.can_write(), older.last()) == (False, last)
    assert "Start the newer version again" in (older.reason or "")


async def test_the_fields_of_a_type_are_written_once_it_is_stored(begin: Begin) -> None:
    store = begin(counter)
    question = "SELECT field FROM written_fields ORDER BY field"

    def written() -> list[str]:
        return [row["field"] for row in store.read(lambda tx: tx.execute(question))]

    assert written() == []
    for _ in range(2):
        await store.handle(counter, uuid4(), add(1))
        assert written() == sorted(["amount", "key", "by", *(f"by.{name}" for name in Act.model_fields)])


def test_fields_are_named_however_deep_they_are() -> None:
    inner = create_model("Inner", a=(int, 1))
    outer = create_model("Outer", b=(tuple[inner, ...], ()), c=(dict[str, inner | None], {}))
    assert fields_of(outer) == {"b", "b.a", "c", "c.a"}
