"""Read models are whole, whichever version of the program makes them anew, and whoever writes meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from tests.chassis.counter import Totals, add, counter
from tests.until import PATIENCE

from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.projections import Projection
from zi_chassis.storage.recorded import Recorded
from zi_chassis.storage.store import Store

Replica = Callable[..., Store]


@pytest_asyncio.fixture
async def replica(place: str) -> AsyncIterator[Replica]:
    """Make a store as a process of its own would; it is not open yet."""
    made: list[Store] = []

    def make(*projections: Projection, retired: Sequence[str] = ()) -> Store:
        store = Store(
            service="test",
            office="office",
            database=Database(place),
            deciders=[counter],
            projections=projections,
            retired=retired,
        )
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


class Waiting(Totals):
    """Stands still at its first event."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.begun, self.go_on = threading.Event(), threading.Event()

    def project(self, tx: Tx, recorded: Recorded) -> None:
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        super().project(tx, recorded)


async def filed(store: Store, times: int) -> list[UUID]:
    cases = [uuid4() for _ in range(times)]
    for case in cases:
        await store.handle(counter, case, add(1))
    return cases


def rows(store: Store) -> dict[str, int]:
    found = store.read(lambda tx: tx.execute("SELECT aggregate, total FROM totals"))
    return {row["aggregate"]: row["total"] for row in found}


def once_each(*cases: UUID) -> dict[str, int]:
    return {str(case): 1 for case in cases}


@pytest.mark.postgres
async def test_the_former_version_goes_on_while_the_new_one_fills_its_tables(
    replica: Replica, place: str
) -> None:
    former, waiting = replica(Totals(1)), Waiting(2)
    former.open()
    before = await filed(former, 3)
    new = replica(waiting)
    opening = asyncio.create_task(asyncio.to_thread(new.open))
    await asyncio.to_thread(waiting.begun.wait, 30)
    meanwhile = await filed(former, 4) if former.database.postgres else []
    assert len(rows(former)) == len(before) + len(meanwhile)
    waiting.go_on.set()
    await opening
    assert rows(new) == once_each(*before, *meanwhile)

    with pytest.raises(UnavailableError, match="Another version of this program"):
        await filed(former, 1)
    assert not former.can_write()
    assert "Another version of this program" in (former.reason or "")
    after = await filed(new, 2)
    assert rows(new) == once_each(*before, *meanwhile, *after)
    assert (new.last()[0], new.reason) == (len(rows(new)), None)


@pytest.mark.postgres
async def test_what_is_written_just_before_the_swap_is_not_missing(
    replica: Replica, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look at the events and the lock that keeps writers out."""
    former, new = replica(Totals(1)), replica(Totals(2))
    former.open()
    before = await filed(former, 3)
    reached, go_on, lock = threading.Event(), threading.Event(), new.event_tables.lock

    def lock_late(tx: Tx) -> None:
        reached.set()
        assert go_on.wait(PATIENCE)
        lock(tx)

    monkeypatch.setattr(new.event_tables, "lock", lock_late)
    opening = asyncio.create_task(asyncio.to_thread(new.open))
    assert await asyncio.to_thread(reached.wait, PATIENCE)
    meanwhile = await filed(former, 2) if former.database.postgres else []
    go_on.set()
    await opening
    assert rows(new) == once_each(*before, *meanwhile)


async def test_processes_that_start_together_rebuild_once(replica: Replica) -> None:
    first = replica(Totals(1))
    first.open()
    cases = await filed(first, 5)
    first.close()
    several = [replica(Totals(2)) for _ in range(3)]
    await asyncio.gather(*(asyncio.to_thread(store.open) for store in several))
    for store in several:
        cases += await filed(store, 1)
    assert rows(several[0]) == once_each(*cases)


async def test_an_older_version_leaves_what_a_newer_one_made(replica: Replica) -> None:
    newer = replica(Totals(2))
    newer.open()
    cases = await filed(newer, 2)
    with pytest.raises(NewerVersionError, match=r"read models \(totals\)"):
        replica(Totals(1)).open()
    cases += await filed(newer, 1)
    assert rows(newer) == once_each(*cases)


@pytest.mark.postgres
async def test_an_older_version_leaves_a_read_model_that_it_does_not_know(replica: Replica) -> None:
    """It removed the row at its start, the newer version ended and rebuilt at its own, the older one ended, and so on."""
    older = replica()
    older.open()
    cases = await filed(older, 1)
    if not older.database.postgres:
        older.close()
    newer = replica(Totals(1))
    newer.open()
    if older.database.postgres:
        with pytest.raises(UnavailableError, match="Another version of this program"):
            await filed(older, 1)
    with pytest.raises(NewerVersionError, match=r"read models \(totals\)"):
        replica().open()
    cases += await filed(newer, 1)
    assert rows(newer) == once_each(*cases)


@pytest.mark.postgres
async def test_a_version_that_retires_a_read_model_is_the_newer_one(replica: Replica) -> None:
    older = replica(Totals(1))
    older.open()
    await filed(older, 1)
    if not older.database.postgres:
        older.close()
    newer = replica(retired=["totals"])
    newer.open()
    if older.database.postgres:
        with pytest.raises(UnavailableError, match="Another version of this program"):
            await filed(older, 1)
    with pytest.raises(NewerVersionError, match=r"read models \(totals\)"):
        replica(Totals(1)).open()
    await filed(newer, 1)
    again = replica(retired=["totals"])
    again.open()
    await filed(again, 1)


async def test_an_older_version_does_not_begin_beside_a_new_store_without_its_read_model(
    replica: Replica,
) -> None:
    replica(retired=["totals"]).open()
    with pytest.raises(NewerVersionError, match=r"read models \(totals\)"):
        replica(Totals(1)).open()


async def test_a_read_model_that_lacks_events_is_noticed_and_made_anew(replica: Replica) -> None:
    """Whoever restores a part of a store leaves it behind."""
    behind = replica(Totals(1))
    behind.open()
    cases = await filed(behind, 2)
    with behind.database.transaction() as tx:
        tx.execute("DELETE FROM totals WHERE aggregate = ?", str(cases[1]))
        tx.execute("UPDATE read_models SET position = 1")
    with pytest.raises(UnavailableError):
        await filed(behind, 1)
    behind.close()
    again = replica(Totals(1))
    again.open()
    assert rows(again) == once_each(*cases)


async def test_positions_that_an_earlier_release_set_are_not_believed(replica: Replica) -> None:
    """It called a read model complete that another process was still filling."""
    store = replica(Totals(1))
    store.open()
    cases = await filed(store, 3)
    with store.database.transaction() as tx:
        tx.execute("DELETE FROM totals WHERE aggregate = ?", str(cases[0]))
        tx.create(
            "DROP TABLE read_models",
            "CREATE TABLE projections (name TEXT, version INTEGER, position INTEGER)",
        )
        tx.execute("INSERT INTO projections VALUES ('totals', 1, 3)")
    store.close()
    again = replica(Totals(1))
    again.open()
    assert rows(again) == once_each(*cases)
    assert not again.database.has("projections")


async def test_a_rebuild_that_fails_leaves_everything_as_it_was(replica: Replica) -> None:
    store = replica(Totals(1))
    store.open()
    cases = await filed(store, 2)
    await store.handle(counter, cases[0], add(1, "broken"))
    with pytest.raises(ZeroDivisionError):
        replica(Totals(2, broken="broken")).open()
    assert rows(store) == {str(cases[0]): 2, str(cases[1]): 1}
    cases += await filed(store, 1)
    assert len(rows(store)) == 3
