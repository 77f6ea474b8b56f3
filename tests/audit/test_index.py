"""The index is made from the published files alone, and every break in a chain becomes one event."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Home, Sender
from tests.chassis.house import running, stored
from tests.until import until

from zi_audit.anomaly import anomaly
from zi_audit.arrival import Arrival
from zi_audit.chain import Break
from zi_audit.index import Index, Question
from zi_audit.published_log import PublishedLog
from zi_audit.tail import Tail
from zi_chassis.database import Database
from zi_chassis.store import Store
from zi_contracts.message import Message


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(
        service="audit", office=OFFICE, database=Database(tmp_path / "store.db"), deciders=[anomaly]
    )
    store.open()
    yield store
    store.close()


@pytest.fixture
def tail(home: Home, store: Store) -> Tail:
    index = Index(Database(home.folder / "index.db"), OFFICE)
    home.open_databases.append(index.database)
    return Tail(PublishedLog(home.tiles), index, store, home.clock)


def follow(tail: Tail) -> Index:
    while tail.step():
        pass
    return tail._index


async def test_an_event_is_found_where_it_is(home: Home, intake: Sender, tail: Tail) -> None:
    home.opened().append(intake.say(300))
    index = follow(tail)
    first, last, unknown = (str(intake.event_id(position)) for position in (1, 300, 301))
    assert index.indexes([first, last, unknown]) == {first: 0, last: 299, unknown: None}
    assert index.breaks() == []


async def test_the_index_goes_on_after_a_restart(
    home: Home, intake: Sender, tail: Tail, store: Store
) -> None:
    log = home.opened()
    log.append(intake.say(10))
    follow(tail)
    log.append(intake.say(500))
    later = Tail(PublishedLog(home.tiles), tail._index, store, home.clock)
    assert follow(later).find(str(intake.event_id(510))) is not None
    assert later.size == 510


async def test_an_index_made_anew_says_the_same(home: Home, intake: Sender, tail: Tail) -> None:
    home.opened().append([*intake.say(3), Arrival("intake", 4, b"junk")])
    index = follow(tail)
    before = (index.entries(Question()), index.breaks())
    index.clear(ORIGIN)
    tail.size = 0
    assert (follow(tail).entries(Question()), index.breaks()) == before


async def test_an_auditor_finds_entries_by_what_they_say(home: Home, tail: Tail) -> None:
    intake, notify = Sender("intake"), Sender("notify", case="ANOTHER00", type="delivery_requested")
    home.opened().append([*intake.say(3), *notify.say(2)])
    index = follow(tail)
    asked = index.entries(Question(case="ANOTHER00"))
    assert [each.index for each in asked] == [3, 4]
    assert len(index.entries(Question(service="intake", type="zi.intake.complaint_filed"))) == 3
    assert index.entries(Question(since=datetime(2027, 1, 1, tzinfo=UTC))) == []
    assert [each.index for each in index.entries(Question(cursor=2, actor="sub-of-an-invented-person"))] == [
        3,
        4,
    ]


async def test_each_kind_of_break_is_found_from_the_files_alone(
    home: Home, intake: Sender, tail: Tail
) -> None:
    first, second, third, _, fifth = intake.say(5)
    forged = orjson.dumps(orjson.loads(second.content) | {"actor": "somebody-else"})
    elsewhere = orjson.dumps(orjson.loads(fifth.content) | {"source": "/zi/another-office/intake"})
    log = home.opened()
    log.append([first, third, second, fifth])
    log.append(
        [Arrival("intake", 9, forged), Arrival("intake", 10, b"junk"), Arrival("intake", 11, elsewhere)]
    )
    kinds = {found.index: found.kind for found in follow(tail).breaks()}
    assert kinds == {
        1: Break.MISSING,
        2: Break.OUT_OF_ORDER,
        3: Break.MISSING,
        4: Break.REPEATED,
        5: Break.UNREADABLE,
        6: Break.UNKNOWN_SENDER,
    }


async def test_a_break_is_told_once_though_the_index_is_made_anew(
    home: Home, intake: Sender, tail: Tail, store: Store
) -> None:
    first, _, third = intake.say(3)
    home.opened().append([first, third, Arrival("intake", 4, b"junk")])
    index = tail._index
    for _ in range(2):
        follow(tail)
        async with running(tail.tell):
            await until(lambda: not index.untold())
        index.clear(ORIGIN)
        tail.size = 0
    told = [Message.parse(content) for content in stored(store)]
    assert [message.type for message in told] == ["zi.audit.chain_break_found"] * 2
    assert told[0].data["sender"] == "intake"
    assert (told[0].data["index"], told[0].data["kind"], told[0].data["position"]) == (1, "missing", 3)


async def test_a_break_in_the_lane_of_audit_itself_is_shown_and_not_told(home: Home, tail: Tail) -> None:
    first, _, third = Sender("audit").say(3)
    home.opened().append([first, third])
    index = follow(tail)
    assert [found.kind for found in index.breaks()] == [Break.MISSING]
    assert index.untold() == []


async def test_without_published_files_the_tail_waits(tail: Tail) -> None:
    assert tail.step() is False
