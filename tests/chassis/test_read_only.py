"""Who only looks changes nothing and leaves nothing behind, whether the service works or stands still."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.databases import reader_of

from zi_chassis.storage.database import Database
from zi_chassis.storage.read_only import ReadOnlyDatabase, ReadOnlyError

CHANGES = [
    "INSERT INTO things VALUES (2)",
    "UPDATE things SET number = 3",
    "DELETE FROM things",
    "CREATE TABLE others (number INTEGER)",
    "DROP TABLE things",
]


@pytest.fixture
def written(place: str) -> Iterator[Database]:
    database = Database(place)
    with database.transaction() as tx:
        tx.create("CREATE TABLE things (number INTEGER)")
        tx.execute("INSERT INTO things VALUES (1)")
    yield database
    database.close()


def numbers(database: Database) -> list[int]:
    with database.reading() as tx:
        return [row["number"] for row in tx.execute("SELECT number FROM things")]


def test_what_is_written_is_seen(written: Database, place: str) -> None:
    looking = ReadOnlyDatabase(place)
    assert numbers(looking) == [1]
    with written.transaction() as tx:
        tx.execute("INSERT INTO things VALUES (2)")
    assert numbers(looking) == [1, 2]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_refused_by_the_database_itself(written: Database, place: str, change: str) -> None:
    looking = ReadOnlyDatabase(place)
    with pytest.raises(written.errors), looking.reading() as tx:
        tx.execute(change)
    with pytest.raises(ReadOnlyError), looking.transaction():
        pass
    assert numbers(written) == [1]


def test_one_reading_has_one_view(written: Database, place: str) -> None:
    with ReadOnlyDatabase(place).reading() as tx:
        before = tx.execute("SELECT number FROM things")
        with written.transaction() as other:
            other.execute("INSERT INTO things VALUES (2)")
        assert len(tx.execute("SELECT number FROM things")) == len(before)


def test_looking_at_a_store_that_stands_still_leaves_no_file_behind(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.db")
    with database.transaction() as tx:
        tx.create("CREATE TABLE things (number INTEGER)")
    database.close()
    assert numbers(ReadOnlyDatabase(tmp_path / "store.db")) == []
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), ReadOnlyDatabase(tmp_path / "none.db").reading():
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
@pytest.mark.parametrize("change", CHANGES)
def test_the_reading_account_can_change_nothing_even_where_it_tries_to(postgres: str, change: str) -> None:
    """The account that deploy/postgres makes; what its owner makes later it can read as well."""
    reader = reader_of(postgres)
    with psycopg.connect(postgres) as owner:
        owner.execute("CREATE TABLE things (number INTEGER)")
        owner.execute("INSERT INTO things VALUES (1)")
    assert numbers(ReadOnlyDatabase(reader)) == [1]
    with psycopg.connect(reader, autocommit=True) as session:
        session.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(change.encode())
