"""A read model that is rebuilt on PostgreSQL is in a backup whole, and a backup lets nobody wait but the next rebuild."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from zi_chassis.storage.event_tables import ONE_AT_A_TIME
from zi_operations.house import HouseDatabase, Kind
from zi_operations.moment import one_moment
from zi_operations.postgres_copy import copy_out

pytestmark = pytest.mark.postgres
REBUILD = f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})".encode()
WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def store(postgres: str) -> HouseDatabase:
    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE stored_events (a BIGINT)")
        connection.execute("CREATE TABLE listed (a BIGINT)")
    return HouseDatabase("intake/store", Kind.STORE, postgres)


def copied(store: HouseDatabase) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with one_moment([store]) as snapshots:
        copy_out(
            snapshots[store.name].connection, lambda name, pieces: files.update({name: b"".join(pieces)})
        )
    return files


def test_the_moment_is_after_the_swap_of_a_rebuild_that_was_first(store: HouseDatabase) -> None:
    empty = copied(store)["listed.copy"]
    with psycopg.connect(store.place) as rebuild, ThreadPoolExecutor(1) as operator:
        rebuild.execute(REBUILD)
        rebuild.execute("DROP TABLE listed")
        rebuild.execute("CREATE TABLE listed (a BIGINT, b TEXT)")
        rebuild.execute("INSERT INTO listed VALUES (1, 'x')")
        backup = operator.submit(copied, store)
        while not rebuild.execute(WAITING).fetchone():
            pass
        rebuild.commit()
        files = backup.result()
    assert b'"name": "b"' in files["schema.json"]
    assert len(files["listed.copy"]) > len(empty)


def test_a_rebuild_waits_before_it_holds_anything(store: HouseDatabase) -> None:
    with psycopg.connect(store.place) as rebuild:
        with one_moment([store]):
            rebuild.execute("SET lock_timeout = '50ms'")
            rebuild.commit()
            with pytest.raises(psycopg.errors.LockNotAvailable):
                rebuild.execute(REBUILD)
            rebuild.rollback()
        rebuild.execute(REBUILD)
