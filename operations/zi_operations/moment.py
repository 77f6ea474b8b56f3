"""All databases of a house at one moment: every writer is kept out for some milliseconds, in which each database gets a reader whose view
stays as it is; then the writers go on, and the readers are copied at leisure.

So no copy is of another moment than the others: nobody has a message that its sender has not, the ledger has nothing that a store lacks, and
each sealed item has its key.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zi_chassis.storage.database import Tx
from zi_chassis.storage.event_tables import ONE_AT_A_TIME
from zi_operations.house import HouseDatabase
from zi_operations.outcome import OperationError, OperationStatus

LOCK_SECONDS = 3
TRIES = 5


@dataclass(frozen=True)
class Snapshot:
    """A connection on which everything that is read is of the moment."""

    database: HouseDatabase
    connection: Any

    @property
    def tx(self) -> Tx:
        return Tx(self.connection.cursor(), self.database.is_postgres)

    def close(self) -> None:
        """End the view before the others: as long as it is open, what is deleted stays in the file."""
        self.connection.close()


@contextmanager
def one_moment(
    databases: Sequence[HouseDatabase], meanwhile: Callable[[], None] = lambda: None
) -> Iterator[Mapping[str, Snapshot]]:
    """Give a snapshot of each database; `meanwhile` is called once while no writer can commit."""
    with ExitStack() as readers:
        yield _taken(databases, readers, meanwhile)


def _taken(
    databases: Sequence[HouseDatabase], readers: ExitStack, meanwhile: Callable[[], None]
) -> Mapping[str, Snapshot]:
    for pause in range(1, TRIES + 1):
        try:
            with ExitStack() as opened, ExitStack() as gates:
                snapshots = {
                    each.name: Snapshot(each, opened.enter_context(closing(_reader(each))))
                    for each in databases
                }
                for database in databases:
                    gates.enter_context(_gate(database))
                for snapshot in snapshots.values():
                    _look(snapshot)
                meanwhile()
                readers.enter_context(opened.pop_all())
                return snapshots
        except _busy():
            time.sleep(pause / 5)
    raise OperationError(
        OperationStatus.REFUSED,
        "A database was locked by somebody else all the time, so no moment of the whole house could be taken. Try again.",
        "Sebuah basis data terus dikunci pihak lain, sehingga keadaan seluruh rumah pada satu saat tidak dapat diambil. Coba lagi.",
    )


def database_faults() -> tuple[type[Exception], ...]:
    """The errors of the drivers; a house on SQLite needs no other driver."""
    try:
        import psycopg
    except ImportError:
        return (sqlite3.Error,)
    return sqlite3.Error, psycopg.Error


def _busy() -> tuple[type[Exception], ...]:
    try:
        import psycopg
    except ImportError:
        return (sqlite3.OperationalError,)
    return sqlite3.OperationalError, psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected


@contextmanager
def _gate(database: HouseDatabase) -> Iterator[None]:
    """Keep the writers of a database out; those who read are not disturbed."""
    if database.is_postgres:
        import psycopg

        with psycopg.connect(database.place) as connection:
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
            connection.execute(f"LOCK TABLE {database.kind.value} IN EXCLUSIVE MODE".encode())
            yield
            connection.rollback()
        return
    with closing(_connect(database.place)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def _reader(database: HouseDatabase) -> Any:
    """Connect. On PostgreSQL the connection shares the lock of rebuilds until it ends: no table is replaced under its view, and a rebuild
    waits for it before it holds what others need. It is taken before the view, which would be older than what was waited for."""
    if not database.is_postgres:
        return _connect(database.place)
    from zi_chassis.storage import postgres

    connection = postgres.read_only(database.place)
    try:
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (ONE_AT_A_TIME,))
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _look(snapshot: Snapshot) -> None:
    """Begin the view, which is of the first statement."""
    if snapshot.database.is_postgres:
        snapshot.connection.execute("SELECT 1")
        return
    snapshot.connection.execute("BEGIN")
    snapshot.connection.execute("SELECT count(*) FROM sqlite_master").fetchall()


def _connect(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{Path(place).absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=LOCK_SECONDS
    )
    connection.row_factory = sqlite3.Row
    return connection
