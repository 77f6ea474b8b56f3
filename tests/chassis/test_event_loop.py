"""While a database hangs, the process answers whatever needs no database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import pytest_asyncio
from tests.chassis.counter import Count, add, counter
from tests.chassis.sample_service import service
from tests.chassis.test_store import lane_message, react
from tests.until import PATIENCE

from zi_chassis.bus.lanes import Skip
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, UnavailableError
from zi_chassis.storage import in_time as answer_time
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Due, Set, TimerLoop, Timers

pytestmark = pytest.mark.postgres
CASE = uuid4()


@pytest_asyncio.fixture
async def store(postgres: str) -> AsyncIterator[Store]:
    timers = Timers(lambda event: [Set("again", datetime(2026, 1, 1, tzinfo=UTC))])
    store = Store(
        service="sample",
        office="office",
        database=Database(postgres),
        deciders=[counter],
        projections=[timers],
    )
    store.open()
    await store.handle(counter, CASE, add(1))
    yield store
    store.close()


@contextmanager
def hanging(postgres: str) -> Iterator[None]:
    """Every table is locked, so that each question to the store waits until the end."""
    with psycopg.connect(postgres) as blocker:
        # Ends by itself where the process does stand still, so that the test fails instead of standing still too.
        blocker.execute("SET idle_in_transaction_session_timeout = '120s'")
        rows = blocker.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        blocker.execute(f"LOCK TABLE {', '.join(name for (name,) in rows)} IN ACCESS EXCLUSIVE MODE".encode())
        yield
        blocker.rollback()


async def test_the_process_answers_while_all_that_asks_the_database_waits(
    store: Store, postgres: str, tmp_path: Path
) -> None:
    def command_of(due: Due, act: Act) -> tuple[Decider[Count], Command]:
        store.load(counter, due.aggregate)
        return counter, add(1)

    due = Due(CASE, "again", datetime(2026, 1, 1, tzinfo=UTC))
    timers = TimerLoop(store, Clock(), command_of)
    skip = Skip(by=add(1).by, sender="other", position=1, hash="", reason="seen")
    asking: list[Callable[[], Awaitable[object]]] = [
        lambda: store.handle(counter, CASE, add(1)),
        lambda: store.fetch(counter, uuid4()),
        lambda: store.events(CASE),
        lambda: store.receive("other", [lane_message(1)], react),
        lambda: store.skip("other", 1, skip),
        timers.tick,
        lambda: timers._issue(due),
    ]
    transport = httpx.ASGITransport(service(tmp_path).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sample") as client:
        with hanging(postgres):
            for ask in asking:
                waits = asyncio.ensure_future(ask())
                async with asyncio.timeout(PATIENCE):
                    for _ in range(3):
                        assert (await client.get("/sample/health")).status_code == 200
                        await asyncio.sleep(0.02)
                assert not waits.done()
                waits.cancel()
                await asyncio.gather(waits, return_exceptions=True)


async def test_whoever_asks_a_database_that_hangs_gets_an_answer(
    store: Store, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hanging(postgres), monkeypatch.context() as patch:
        patch.setattr(answer_time, "ANSWER_SECONDS", 0.05)
        refused = await asyncio.gather(
            *(store.fetch(counter, UUID(int=n)) for n in range(5)),
            return_exceptions=True,
        )
    assert [type(each) for each in refused] == [UnavailableError] * 5
    assert (await store.fetch(counter, CASE))[1].total == 1
