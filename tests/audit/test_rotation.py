"""That the log's key was replaced is said once, by audit, in the log itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, Home, Sender
from tests.chassis.house import running, stored
from tests.until import until

from zi_audit.index import Index
from zi_audit.log_keys import listed
from zi_audit.published_log import PublishedLog
from zi_audit.rotation import LogKeyRotated, NoteRotation, Rotation, decide, evolve, rotation, rotation_id
from zi_audit.tail import Tail
from zi_audit.tile_folder import KEYS
from zi_chassis.database import Database
from zi_chassis.domain import Act
from zi_chassis.store import Store
from zi_contracts.message import Message
from zi_tlog.note import Signer

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="system:audit", role="system:audit")
CHANGE = {"by": BY, "old_vkey": "one", "new_vkey": "two"}


def test_a_new_key_becomes_one_event_that_names_both() -> None:
    assert decide(NoteRotation(**CHANGE), rotation.initial) == [LogKeyRotated(**CHANGE)]


def test_a_new_key_that_was_told_is_not_told_again() -> None:
    told = evolve(rotation.initial, LogKeyRotated(**CHANGE))
    assert told == Rotation(noted=True)
    assert decide(NoteRotation(**CHANGE), told) == []


def test_each_change_is_an_aggregate_of_its_own() -> None:
    assert rotation_id("one", "two") == rotation_id("one", "two")
    assert len({rotation_id("one", "two"), rotation_id("two", "one"), rotation_id("two", "three")}) == 3


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(service="audit", office=OFFICE, database=Database(tmp_path / "own.db"), deciders=[rotation])
    store.open()
    yield store
    store.close()


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
    told = [Message.parse(message).data for message in stored(store)]
    assert told == [{"old_vkey": old.vkey, "new_vkey": new.vkey} for old, new in pairwise(keys)]
