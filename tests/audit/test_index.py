"""The index is made from the published files alone, on either database, and every break in a chain becomes one event."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Home, Sender
from tests.chassis.house import running, stored
from tests.databases import is_anybody_waiting
from tests.until import until

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import Break
from zi_audit.domain.question import EntryFilter, Question
from zi_audit.files.log_keys import listed
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import KEYS
from zi_audit.messaging.published import anomaly, rotation
from zi_audit.messaging.tail import Tail
from zi_audit.read.index import STEPS, Index
from zi_audit.read.indexing import NAMES, TABLES
from zi_chassis.storage.database import Database
from zi_chassis.storage.event_tables import one_at_a_time
from zi_chassis.storage.store import Store
from zi_contracts.message import Message
from zi_tlog.error import LogError
from zi_tlog.note import Signer


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(
        service="audit", office=OFFICE, database=Database(tmp_path / "own.db"), deciders=[anomaly, rotation]
    )
    store.open()
    yield store
    store.close()


def index_at(place: str, home: Home) -> Index:
    index = Index(Database(place), OFFICE)
    home.open_databases.append(index.database)
    return index


@pytest.fixture
def tail(home: Home, store: Store, place: str) -> Tail:
    return Tail(PublishedLog(home.tiles), index_at(place, home), store, home.clock)


def follow(tail: Tail) -> Index:
    while tail.step():
        pass
    return tail._index


def at(minutes: float) -> datetime:
    return datetime(2026, 12, 1, 8, 0, tzinfo=UTC) + timedelta(minutes=minutes)


def saying(sender: Sender, minutes: float, **attributes: object) -> Arrival:
    return sender.send(sender.message(time=at(minutes).isoformat(), **attributes))


def found(index: Index, **fields: object) -> list[int]:
    """A single name may stand for a list of one."""
    named = {name: (value,) if isinstance(value, str) else value for name, value in fields.items()}
    return [entry.index for entry in index.page(Question.model_validate(named)).entries]


async def test_an_event_is_found_where_it_is(home: Home, intake: Sender, tail: Tail) -> None:
    home.opened().append(intake.say(300))
    index = follow(tail)
    first, last, unknown = (str(intake.event_id(position)) for position in (1, 300, 301))
    assert index.indexes([first, last, unknown]) == {first: 0, last: 299, unknown: None}
    assert index.breaks() == []


async def test_erasures_are_listed_behind_a_position_and_nobody_elses(
    home: Home, intake: Sender, tail: Tail
) -> None:
    erased, notify = "zi.intake.data_subject_erased", Sender("notify")
    arrivals = [intake.send(intake.message(type=type)) for type in (erased, "zi.intake.x", erased, erased)]
    home.opened().append([*arrivals, notify.send(notify.message(type=erased))])
    index = follow(tail)
    ids = [str(intake.event_id(position)) for position in (1, 3, 4)]
    assert index.erasures("intake", erased, 0, 9) == (4, [(ids[0], 1), (ids[1], 3), (ids[2], 4)])
    assert index.erasures("intake", erased, 1, 1) == (4, [(ids[1], 3)])
    assert index.erasures("umkm", erased, 0, 9) == (0, [])


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


async def test_an_index_that_was_thrown_away_is_made_anew_from_the_files_and_says_the_same(
    home: Home, intake: Sender, tail: Tail, store: Store
) -> None:
    log = home.opened()
    log.append([*intake.say(3), Arrival("intake", 4, b"junk"), *Sender("notify", actor="mailer").say(2)])
    log.append([saying(intake, n, data={"holder": "citizen"}) for n in range(600)])

    def answers(index: Index) -> list[object]:
        return [
            index.entries(EntryFilter(), 1000),
            index.breaks(),
            index.timeline(intake.case),
            index.activity("mailer"),
            index.growth(),
            index.find(str(intake.event_id(2))),
        ]

    before = answers(follow(tail))
    index = tail._index
    with index.database.transaction() as tx:
        tx.create(*(f"DROP TABLE {name}" for name in NAMES))
    anew = Tail(PublishedLog(home.tiles), index, store, home.clock)
    assert answers(follow(anew)) == before


async def test_an_index_of_an_earlier_version_is_made_anew(home: Home, intake: Sender, tail: Tail) -> None:
    home.opened().append(intake.say(3))
    with tail._index.database.transaction() as tx:
        tx.create(
            "CREATE TABLE progress (version INTEGER, origin TEXT, size INTEGER)",
            "CREATE TABLE entries (idx INTEGER)",
        )
        tx.execute("INSERT INTO progress VALUES (1, ?, 3)", ORIGIN)
        tx.execute("INSERT INTO entries VALUES (0)")
    assert found(follow(tail), case=intake.case) == [0, 1, 2]


async def test_of_two_processes_on_one_index_each_goes_on_where_the_other_ended(
    home: Home, intake: Sender, tail: Tail, store: Store, place: str
) -> None:
    log = home.opened()
    log.append(intake.say(10))
    other = Tail(PublishedLog(home.tiles), index_at(place, home), store, home.clock)
    assert (tail.step(), other.step()) == (False, False)
    log.append(intake.say(10))
    follow(tail)
    assert other._index.add(10, [b"what the slower one read"]) == 20
    follow(other)
    assert (tail.size, other.size) == (20, 20)
    assert found(tail._index) == list(range(20))
    assert tail._index.breaks() == []


async def test_a_damaged_bundle_holds_up_only_what_stands_behind_it(
    home: Home, intake: Sender, tail: Tail
) -> None:
    home.opened().append(intake.say(700))
    (home.folder / "tiles/tile/entries/001").write_bytes(b"damaged")
    assert tail.step() is True
    assert tail.size == 256
    with pytest.raises(LogError):
        tail.step()


async def test_an_auditor_finds_entries_by_all_that_they_say_together(home: Home, tail: Tail) -> None:
    intake, notify = Sender("intake"), Sender("notify", case="ANOTHER00", type="delivery_requested")
    log = home.opened()
    log.append(
        [
            saying(intake, 0),
            saying(notify, 1),
            saying(intake, 2, actor="officer-1", actorrole="staff:officer"),
        ]
    )
    log.append([saying(notify, 3, actor="officer-1"), saying(intake, 4, type="zi.intake.case_closed")])
    index = follow(tail)
    assert found(index, case="ANOTHER00") == [1, 3]
    assert found(index, service="intake") == [0, 2, 4]
    assert found(index, actor="officer-1") == [2, 3]
    assert found(index, actor="officer-1", role="staff:officer") == [2]
    assert found(index, case="ANOTHER00", actor="officer-1", service="notify") == [3]
    assert found(index, case="ANOTHER00", service="intake") == []
    assert found(index, type="zi.intake.case_closed", role="public") == [4]
    assert found(index, case="7K3M9Q2XA", cursor=0, since=at(2), until=at(4)) == [2]
    assert found(index, role="staff:officer", until=at(2)) == []


async def test_a_time_is_found_wherever_entries_claim_to_lie_in_it(
    home: Home, intake: Sender, tail: Tail
) -> None:
    """Far from its neighbours in time, in no time at all, and written in another zone's hours."""
    log = home.opened()
    log.append([saying(intake, n) for n in range(600)])
    log.append(
        [saying(intake, 300.5), intake.send(intake.message(time="soon")), intake.send(intake.message(time=7))]
    )
    log.append([intake.send(intake.message(time="2026-12-01T21:01:00+08:00"))])
    index = follow(tail)
    assert found(index, since=at(300), until=at(302)) == [300, 301, 600, 603]
    assert found(index, since=at(599)) == [599]
    assert found(index, until=at(1)) == [0]
    assert found(index, since=at(601)) == found(index, until=at(0)) == []
    assert found(index, since=at(598), until=at(601), cursor=598) == [599]


async def test_pages_follow_each_other_until_the_last_says_that_it_is(
    home: Home, intake: Sender, tail: Tail
) -> None:
    home.opened().append(intake.say(7))
    index = follow(tail)
    first = index.page(Question(case=(intake.case,), limit=3))
    second = index.page(Question(case=(intake.case,), limit=3, cursor=2))
    last = index.page(Question(case=(intake.case,), limit=1, cursor=5))
    assert [entry.index for entry in (*first.entries, *second.entries, *last.entries)] == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
    ]
    assert (first.next, second.next, last.next) == (2, 5, None)


async def test_an_export_holds_what_is_indexed_when_it_begins(home: Home, intake: Sender, tail: Tail) -> None:
    log = home.opened()
    log.append(intake.say(5))
    index = follow(tail)
    chunks = index.export(Question(case=(intake.case,)), chunk=2)
    published = next(chunks)
    log.append(intake.say(4))
    follow(tail)
    published += [entry for chunk in chunks for entry in chunk]
    assert [entry.index for entry in published] == [0, 1, 2, 3, 4]


async def test_the_steps_of_a_long_case_go_on_behind_the_cursor(
    home: Home, intake: Sender, tail: Tail
) -> None:
    log = home.opened()
    log.append(
        [
            saying(intake, 0, data={"holder": "citizen"}),
            *(saying(intake, n, data={}) for n in range(1, STEPS + 1)),
        ]
    )
    log.append([saying(intake, STEPS + 30, data={"holder": "office"})])
    index = follow(tail)
    first = index.timeline(intake.case)
    assert (len(first.steps), first.next, first.waiting) == (STEPS, STEPS - 1, {"citizen": (STEPS - 1) * 60})
    rest = index.timeline(intake.case, STEPS - 1)
    assert [(step.waited, step.waited_for) for step in rest.steps] == [(60, "citizen"), (30 * 60, "citizen")]
    assert (rest.next, rest.steps[-1].holder) == (None, "office")
    assert index.timeline("UNKNOWN00").steps == []


async def test_an_actors_deeds_are_counted_by_role_and_type(home: Home, intake: Sender, tail: Tail) -> None:
    log = home.opened()
    log.append([saying(intake, n, actor="officer-1", actorrole="staff:officer") for n in range(3)])
    follow(tail)
    log.append(
        [
            saying(intake, 9, actor="officer-1", actorrole="staff:officer"),
            saying(intake, 10, actor="officer-1"),
        ]
    )
    activity = follow(tail).activity("officer-1")
    assert [(deed.role, deed.count, deed.first_index, deed.last_index) for deed in activity.deeds] == [
        ("staff:officer", 4, 0, 3),
        ("public", 1, 4, 4),
    ]
    assert (activity.deeds[0].first_time, activity.deeds[0].last_time, activity.total) == (at(0), at(9), 5)
    assert index_knows_nobody(tail)


def index_knows_nobody(tail: Tail) -> bool:
    return not tail._index.activity("nobody").deeds and not tail._index.knows_case("UNKNOWN00")


async def test_the_growth_is_told_by_the_times_of_the_entries(home: Home, intake: Sender, tail: Tail) -> None:
    index = tail._index
    index.prepare()
    assert index.growth() == []
    home.opened().append([saying(intake, n) for n in range(1000)])
    marks = [(mark.size, mark.at) for mark in follow(tail).growth()]
    assert marks == [(256, at(255)), (512, at(511)), (768, at(767)), (1000, at(999))]
    assert [mark.size for mark in index.growth(marks=2)] == [256, 768, 1000]


async def test_what_no_database_keeps_is_shown_without_it(home: Home, intake: Sender, tail: Tail) -> None:
    odd = {
        "actor": "a\0b",
        "actorrole": "r" * 300,
        "type": 7,
        "subject": None,
        "data": [],
        "id": str(uuid4()),
    }
    home.opened().append([saying(intake, 0, **odd), saying(intake, 1, data={"holder": "nobody"})])
    first, second = follow(tail).entries(EntryFilter())
    assert (first.actor, first.role, first.type, first.case) == ("a\ufffdb", "r" * 200, None, None)
    assert second.holder is None


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
            await until(lambda: not index.unreported())
        index.clear(ORIGIN)
        tail.size = 0
    published = [Message.parse(content) for content in stored(store)]
    assert [message.type for message in published] == ["zi.audit.chain_break_found"] * 2
    assert published[0].data["sender"] == "intake"
    assert (published[0].data["index"], published[0].data["kind"], published[0].data["position"]) == (
        1,
        "missing",
        3,
    )


async def test_a_break_in_the_lane_of_audit_itself_is_shown_and_not_told(home: Home, tail: Tail) -> None:
    first, _, third = Sender("audit").say(3)
    home.opened().append([first, third])
    index = follow(tail)
    assert [found.kind for found in index.breaks()] == [Break.MISSING]
    assert index.unreported() == []


async def test_each_key_on_the_published_list_is_told_once_however_often_it_is_read(
    home: Home, intake: Sender, store: Store, tmp_path: Path
) -> None:
    home.opened().append(intake.say())
    keys = [Signer(home.signer.key.name, bytes([n]) * 32).key for n in range(3)]
    index = Index(Database(tmp_path / "index.db"), OFFICE)
    home.open_databases.append(index.database)
    index.prepare()
    for count in (1, 2, 3):
        home.tiles.replace(KEYS, listed(keys[:count]))
        tail = Tail(PublishedLog(home.tiles), index, store, home.clock)
        async with running(tail.tell):
            await until(lambda count=count: len(stored(store)) == count - 1)  # type: ignore[misc]
            await asyncio.sleep(0)
    published = [Message.parse(message).data for message in stored(store)]
    assert published == [{"old_vkey": old.vkey, "new_vkey": new.vkey} for old, new in pairwise(keys)]


async def test_without_published_files_the_tail_waits(tail: Tail) -> None:
    assert tail.step() is False


async def test_a_sender_that_a_newer_version_heard_stops_the_index_and_nothing_is_told(
    home: Home, intake: Sender, tail: Tail, store: Store
) -> None:
    home.opened().append([*intake.say(2), *Sender("permits").say(3)])
    async with running(tail.run, tail.tell):
        await until(lambda: "does not know: the sender of entry 2" in (tail.reason or ""))
    assert (tail._index.size(), tail._index.breaks(), store.last()[0]) == (0, [], 0)


async def test_an_index_that_another_version_took_over_is_left_to_it(
    home: Home, intake: Sender, tail: Tail, place: str
) -> None:
    log = home.opened()
    log.append(intake.say(2))
    assert follow(tail).size() == 2
    with tail._index.database.transaction() as tx:
        tx.execute("UPDATE progress SET version = version + 1, size = 1")
    log.append(intake.say(1))
    with pytest.raises(LogError, match="Another version"):
        tail.step()
    assert index_at(place, home).size() == 1


@pytest.mark.postgres
async def test_processes_that_share_an_index_make_its_tables_once(postgres: str) -> None:
    first, second = Database(postgres), Database(postgres)
    with ThreadPoolExecutor(1) as other:
        with first.transaction() as tx:
            one_at_a_time(tx)
            tx.create(*TABLES)
            begun = other.submit(Index(second, OFFICE).prepare)
            await until(lambda: is_anybody_waiting(postgres) or begun.done())
        begun.result()
    for database in (first, second):
        database.close()
