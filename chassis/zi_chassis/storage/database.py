"""One way to talk to SQLite and PostgreSQL: short transactions, `?` placeholders, rows by name.

SQLite runs in WAL with synchronous=FULL: a commit is on disk when it returns.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import Any, Protocol

from eventsourcing.persistence import ConnectionPoolClosedError, InterfaceError, OperationalError
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool, SQLiteDatastore

AWAY = (OperationalError, InterfaceError)  # the database does not answer, or takes nothing
MACHINE = (*AWAY, ConnectionPoolClosedError, OSError)  # faults of the machine, not of a command
# A page that many commits change is copied from the log into the file once; a log of 16 MiB at most is left to replay.
CHECKPOINT_PAGES = 4000
CACHE_KIB = 16_000
SECONDS_TO_CLOSE = 10.0
SECONDS_TO_LOOK = 0.01
LOCK_SECONDS = 5
PRAGMAS: tuple[str, ...] = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    f"PRAGMA cache_size=-{CACHE_KIB}",
)


def placeholders(values: Sized) -> str:
    """Return a `?` for each value, for `IN (...)` and `VALUES (...)`."""
    return ", ".join("?" * len(values))


class Row(Protocol):
    def __getitem__(self, key: str, /) -> Any: ...


class Tx:
    """A transaction: SQL with `?` placeholders on either database; `cursor` is the driver's own."""

    def __init__(self, cursor: Any, postgres: bool) -> None:
        self.cursor = cursor
        self.postgres = postgres
        self._dialect: Callable[[str], str] = methodcaller("replace", "?", "%s") if postgres else str
        self._statement = ""
        self._rows: list[Sequence[object]] = []  # of that statement, still to be written

    def execute(self, sql: str, *values: object) -> list[Row]:
        if self._rows:
            self.settle()
        self.cursor.execute(self._dialect(sql), values)
        if self.postgres and self.cursor.description is None:
            return []
        return list(self.cursor.fetchall())

    def insert(self, sql: str, *values: object) -> None:
        """Insert a row together with the next ones of the same statement, before anything else is done and before the end."""
        if self._rows and sql != self._statement:
            self.settle()
        self._statement = sql
        self._rows.append(values)

    def settle(self) -> None:
        """Write the rows that wait."""
        rows, self._rows = self._rows, []
        if rows:
            self.cursor.executemany(self._dialect(self._statement), rows)

    def many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Execute an `INSERT` for each of the rows."""
        if self._rows:
            self.settle()
        self.cursor.executemany(self._dialect(sql), rows)

    def append(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Whole rows of a table. PostgreSQL takes them as a stream, in a third of the time that it needs for statements."""
        if not self.postgres:
            if rows:
                self.many(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            return
        self.settle()
        with self.cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def create(self, *statements: str) -> None:
        """DDL in the common tongue: BLOB becomes BYTEA, INTEGER becomes BIGINT, and only SQLite has tables WITHOUT ROWID."""
        self.settle()
        for statement in statements:
            if self.postgres:
                statement = statement.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT")
                statement = statement.replace(" WITHOUT ROWID", "")
            self.cursor.execute(statement)


class Database:
    """A SQLite file or a postgresql:// address; writers are serial, readers never wait for them."""

    def __init__(self, place: str | Path, *, secure_delete: bool = False) -> None:
        self.postgres = str(place).startswith(("postgresql://", "postgres://"))
        self.datastore: Any
        self._read: Callable[[], AbstractContextManager[Any]]
        if self.postgres:
            from zi_chassis.storage import postgres

            self.datastore = postgres.datastore(str(place))
            self._read = partial(postgres.reading, self.datastore)
        else:
            self.datastore = _sqlite(Path(place), secure_delete)
            self._read = partial(self.datastore.transaction, commit=False)

    @property
    def errors(self) -> type[Exception]:
        """The driver's errors inside a transaction; outside of it they come as eventsourcing's PersistenceError."""
        if not self.postgres:
            return sqlite3.Error
        import psycopg

        return psycopg.Error

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """On SQLite it has the write lock from its beginning, where it waits while another process has it for a moment; one that has read
        already would fail at once instead."""
        with self.datastore.transaction(commit=True) as cursor:
            if not self.postgres:
                cursor.execute("ROLLBACK")
                cursor.execute("BEGIN IMMEDIATE")
            tx = Tx(cursor, self.postgres)
            yield tx
            tx.settle()

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        with self._read() as cursor:
            yield Tx(cursor, self.postgres)

    def has(self, table: str) -> bool:
        listed = "information_schema.tables WHERE table_name" if self.postgres else "sqlite_master WHERE name"
        with self.reading() as tx:
            return bool(tx.execute(f"SELECT 1 AS found FROM {listed} = ?", table))

    def close(self) -> None:
        self.datastore.close()


class _DurablePool(SQLiteConnectionPool):
    """Connections that sync every commit, and overwrite what they delete where `secure_delete` is set."""

    def __init__(self, path: Path, *, secure_delete: bool) -> None:
        self._pragmas = (*PRAGMAS, *(("PRAGMA secure_delete=ON",) if secure_delete else ()))
        self._entrance = threading.Lock()
        self._is_closing = False
        super().__init__(db_name=str(path), pool_size=5, max_overflow=20, pool_timeout=30.0)

    def get_connection(
        self, timeout: float | None = None, *, is_writer: bool | None = None
    ) -> SQLiteConnection:
        with self._entrance:
            if self._is_closing:
                raise ConnectionPoolClosedError
            return super().get_connection(timeout, is_writer=is_writer)

    def close(self) -> None:
        """Wait for readers: closing a connection under a running statement ends the whole process."""
        with self._entrance:
            is_first, self._is_closing = not self._is_closing, True
        deadline = time.monotonic() + SECONDS_TO_CLOSE
        while is_first and self.num_in_use and time.monotonic() < deadline:
            time.sleep(SECONDS_TO_LOOK)
        if not self.num_in_use:  # those that are still in use end with the process
            super().close()

    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = sqlite3.connect(
                self.db_name, uri=True, check_same_thread=False, isolation_level=None, timeout=LOCK_SECONDS
            )
            for pragma in self._pragmas:
                connection.execute(pragma)
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(connection, self.max_age)


def _sqlite(path: Path, secure_delete: bool) -> SQLiteDatastore:
    path.parent.mkdir(parents=True, exist_ok=True)
    datastore = SQLiteDatastore(str(path))
    datastore.pool.close()
    datastore.pool = _DurablePool(path, secure_delete=secure_delete)
    return datastore
