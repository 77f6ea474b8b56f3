"""What an address asks for is what the connection gets."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Thread

import pytest
from eventsourcing.persistence import PersistenceError
from tests.until import PATIENCE

from zi_chassis.storage.database import AWAY, LOCK_SECONDS, Database, Tx
from zi_chassis.storage.postgres import MOST_CONNECTIONS


@pytest.mark.postgres
def test_a_postgres_address_keeps_all_that_it_asks_for(postgres: str) -> None:
    database = Database(f"{postgres}{'&' if '?' in postgres else '?'}application_name=zona-test")
    try:
        with database.reading() as tx:
            [row] = tx.execute("SELECT current_setting('application_name') AS name")
        assert row["name"] == "zona-test"
    finally:
        database.close()


@pytest.mark.postgres
def test_what_is_often_asked_stays_prepared_on_the_server(postgres: str) -> None:
    database = Database(postgres)
    try:
        database.datastore.pool.open(wait=True)  # a connection that came late would be asked too seldom
        for _ in range(40):  # over the few connections of the pool
            with database.reading() as tx:
                tx.execute("SELECT 1 AS found")
        with database.reading() as tx:
            assert tx.execute("SELECT name FROM pg_prepared_statements")
    finally:
        database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("begin", [Database.reading, Database.transaction])
def test_a_table_that_a_newer_version_replaced_is_away_and_not_a_fault(
    postgres: str, begin: Callable[[Database], AbstractContextManager[Tx]]
) -> None:
    database, faults = Database(postgres), []
    try:
        database.datastore.pool.open(wait=True)
        with database.transaction() as tx:
            tx.create("CREATE TABLE numbers (number INTEGER)")
        for _ in range(40):
            with begin(database) as tx:
                tx.execute("SELECT * FROM numbers")
        with database.transaction() as tx:
            tx.create("ALTER TABLE numbers ADD COLUMN name TEXT")
            tx.execute("INSERT INTO numbers VALUES (1, 'one')")
        for _ in range(40):  # each connection of the pool learns of it by itself
            try:
                with begin(database) as tx:
                    rows = tx.execute("SELECT * FROM numbers")
            except AWAY as fault:
                faults.append(fault)
        assert faults
        assert [row["name"] for row in rows] == ["one"]
        assert len(faults) <= MOST_CONNECTIONS
    finally:
        database.close()


@pytest.mark.postgres
def test_the_server_writes_nothing_where_reading_is_meant(postgres: str) -> None:
    database = Database(postgres)
    try:
        with database.transaction() as tx:
            tx.create("CREATE TABLE numbers (number INTEGER)")
        with pytest.raises(PersistenceError), database.reading() as tx:
            tx.execute("INSERT INTO numbers VALUES (1)")
        with database.reading() as tx:
            assert tx.execute("SELECT number FROM numbers") == []
    finally:
        database.close()


def test_a_demand_for_encryption_is_not_dropped() -> None:
    database = Database("postgresql://zi@db.example/intake?sslmode=verify-full")
    assert database.datastore.pool.kwargs["sslmode"] == "verify-full"


def test_nobody_waits_longer_for_a_connection_than_for_the_lock_of_a_file() -> None:
    """A server that is away or full of work is told to a person as soon on either database."""
    database = Database("postgresql://zi@db.example/intake")
    assert database.datastore.pool.timeout == LOCK_SECONDS


def test_a_house_on_sqlite_carries_no_other_driver() -> None:
    """Ten megabytes in each of its processes."""
    loaded = "import sys, zi_chassis.storage.store, zi_chassis.service, zi_chassis.storage.read_only; print('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout == "False\n"


def test_closing_waits_for_who_still_reads(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.db")
    closing = Thread(target=database.close)
    with database.reading() as tx:
        closing.start()
        closing.join(timeout=0.2)
        assert tx.execute("SELECT 1 AS found")[0]["found"] == 1
        assert closing.is_alive()
    closing.join(PATIENCE)
    assert not closing.is_alive()


def test_a_writer_waits_for_another_process_although_it_reads_first(tmp_path: Path) -> None:
    """A transaction that has read and then finds the file locked would otherwise be refused at once."""
    database = Database(tmp_path / "store.db")
    with database.transaction() as tx:
        tx.create("CREATE TABLE numbers (number INTEGER)")
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def write() -> None:
        with database.transaction() as tx:
            tx.execute("SELECT number FROM numbers")
            tx.execute("INSERT INTO numbers VALUES (1)")

    with ThreadPoolExecutor(1) as somebody:
        writing = somebody.submit(write)
        with pytest.raises(TimeoutError):
            writing.result(0.2)
        other.execute("ROLLBACK")
        writing.result()
    other.close()
    database.close()
