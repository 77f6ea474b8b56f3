"""A look is on disk before anything is shown; what follows within ten minutes is counted, through restarts too."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.audit.log_home import OFFICE, SetClock
from tests.chassis.house import running, stored
from tests.until import until

from zi_audit.messaging.published import looks
from zi_audit.messaging.timers import Counting, timers
from zi_audit.read.projections import AccessCounts
from zi_audit.web.access_log import AccessLog, AccessPurpose, Kind
from zi_chassis.access.identity import Staff
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import TimerLoop
from zi_contracts.message import Message
from zi_contracts.registry import data_of

SECRET = bytes(range(32))
CASE = "7K3M9Q2XA"
AUDITOR = Staff(
    sub="invented-auditor", name=None, roles=frozenset({"auditor"}), token="invented", expires=2**31
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    store = Store(
        service="audit",
        office=OFFICE,
        database=Database(place),
        deciders=[looks],
        projections=[timers(), AccessCounts()],
    )
    store.open()
    yield store
    store.close()


@pytest.fixture
def book(store: Store, clock: SetClock) -> AccessLog:
    return AccessLog(store, clock, SECRET)


async def look(
    book: AccessLog,
    case: str | None = CASE,
    kind: Kind = "timeline",
    purpose: AccessPurpose = AccessPurpose.AUDIT,
) -> None:
    await book.record(AUDITOR, "auditor", purpose, case, kind)


async def counted(store: Store, clock: SetClock, seconds: float = 606) -> int:
    """Run what the timers do when so much time has passed."""
    clock.pass_by(seconds)
    return await TimerLoop(store, clock, Counting(store)).tick()


def published(store: Store) -> list[Message]:
    return [Message.parse(content) for content in stored(store)]


async def test_the_first_look_is_kept_before_it_is_answered(book: AccessLog, store: Store) -> None:
    await look(book)
    [message] = published(store)
    assert (message.type, message.subject) == ("zi.audit.looked", CASE)
    assert (message.actor, message.actorrole) == ("invented-auditor", "staff:auditor")
    assert message.data == {"purpose": "audit", "kind": "timeline"}


async def test_a_look_at_no_case_is_at_the_ledger(book: AccessLog, store: Store) -> None:
    await look(book, None, "entries")
    assert published(store)[0].subject == "ledger"


async def test_each_purpose_and_each_case_is_a_look_of_its_own(book: AccessLog, store: Store) -> None:
    for case in (CASE, "ANOTHER00", None):
        for purpose in (AccessPurpose.AUDIT, AccessPurpose.COURT):
            await look(book, case, purpose=purpose)
            await look(book, case, purpose=purpose)
    assert len(published(store)) == 6


async def test_what_follows_within_ten_minutes_is_told_once_when_they_are_over(
    book: AccessLog, store: Store, clock: SetClock
) -> None:
    began = clock.now()
    await asyncio.gather(*(look(book) for _ in range(5)), look(book, kind="export"))
    await book.keep()
    assert await counted(store, clock, 600) == 0
    assert await counted(store, clock, 6) == 1
    first, closing = published(store)
    data = data_of(closing)
    assert (closing.subject, closing.actor, closing.aggregate) == (CASE, "system:audit", first.aggregate)
    assert data is not None
    assert data.model_dump() == {
        "auditor": "invented-auditor",
        "purpose": "audit",
        "since": began,
        "counts": {"export": 1, "timeline": 4},
    }
    assert await counted(store, clock) == 0


async def test_where_nothing_followed_nothing_more_is_told(
    book: AccessLog, store: Store, clock: SetClock
) -> None:
    await look(book)
    await book.keep()
    await counted(store, clock)
    assert len(published(store)) == 1


async def test_after_ten_minutes_a_look_is_an_event_again_and_both_counts_are_told(
    book: AccessLog, store: Store, clock: SetClock
) -> None:
    for _ in range(2):
        for _ in range(3):
            await look(book)
        await book.keep()
        clock.pass_by(601)
    assert await counted(store, clock, 10) == 2
    assert [message.type for message in published(store)] == [
        "zi.audit.looked",
        "zi.audit.looked",
        "zi.audit.looks_counted",
        "zi.audit.looks_counted",
    ]
    assert [message.data["counts"] for message in published(store)[2:]] == [{"timeline": 2}] * 2


async def test_after_a_restart_the_counting_goes_on(book: AccessLog, store: Store, clock: SetClock) -> None:
    await look(book)
    await look(book)
    await book.keep()
    clock.pass_by(60)
    restarted = AccessLog(store, clock, SECRET)
    await look(restarted)
    await restarted.keep()
    await counted(store, clock)
    assert [message.data.get("counts") for message in published(store)] == [None, {"timeline": 2}]


async def test_a_look_that_the_database_may_have_lost_is_asked_of_the_store_again(
    book: AccessLog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled, handle = list[bool](), store.handle

    async def counted(*command: Any) -> Any:
        done = await handle(*command)
        handled.append(bool(done.recorded))
        if len(handled) == 2:
            book.forget()  # while its answer was on the way
        return done

    monkeypatch.setattr(store, "handle", counted)
    await look(book)
    await look(book)
    assert len(handled) == 1
    book.forget()
    await look(book)
    await look(book)
    await look(book)
    assert handled == [True, False, False]


async def test_nobody_outside_can_try_out_who_looked_at_what(store: Store, clock: SetClock) -> None:
    await look(AccessLog(store, clock, SECRET))
    await look(AccessLog(store, clock, bytes(32)))
    assert len({message.aggregate for message in published(store)}) == 2


async def test_a_look_that_can_t_be_kept_is_refused(book: AccessLog, store: Store) -> None:
    store.close()
    with pytest.raises(UnavailableError):
        await look(book)


async def test_while_counts_can_t_be_written_nothing_is_shown_and_none_is_lost(
    book: AccessLog, store: Store, clock: SetClock
) -> None:
    await look(book)
    await look(book)
    with store.database.transaction() as tx:
        tx.create("ALTER TABLE look_counts RENAME TO elsewhere")
    await book.keep()
    assert book.reason is not None
    with pytest.raises(UnavailableError):
        await look(book)
    with store.database.transaction() as tx:
        tx.create("ALTER TABLE elsewhere RENAME TO look_counts")
    await book.keep()
    assert book.reason is None
    await look(book)
    await book.keep()
    await counted(store, clock)
    assert published(store)[1].data["counts"] == {"timeline": 2}


async def test_counts_are_written_by_themselves(book: AccessLog, store: Store, clock: SetClock) -> None:
    await look(book)
    await look(book)
    [message] = published(store)
    async with running(book.run):
        await until(
            lambda: (
                store.read(lambda tx: AccessCounts.of(tx, message.aggregate, message.time)) == {"timeline": 1}
            )
        )
