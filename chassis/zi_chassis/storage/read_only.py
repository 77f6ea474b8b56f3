"""A database that is only looked at: its own engine refuses every change, and what looks leaves no file behind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from zi_chassis.storage.database import Database, Tx


class ReadOnlyError(Exception):
    """Something was to be written where only reading was asked for."""


class ReadOnlyDatabase(Database):
    """A SQLite file or a postgresql:// address; each reading has a connection and one view of the data of its own."""

    def __init__(self, place: str | Path) -> None:
        self.postgres = str(place).startswith(("postgresql://", "postgres://"))
        self._place = place

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        with closing(self._connect()) as connection:
            yield Tx(connection.cursor(), self.postgres)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        raise ReadOnlyError("This database was opened for reading.")
        yield

    def close(self) -> None:
        """No connection outlives its reading."""

    def _connect(self) -> Any:
        if not self.postgres:
            return _sqlite(Path(self._place))
        from zi_chassis.storage import postgres

        return postgres.read_only(str(self._place))


def _sqlite(file: Path) -> sqlite3.Connection:
    """While a service works on it there is a write-ahead log beside it. Without one the file is whole, and SQLite, which
    would make a log even to read, is told that it may not."""
    at_work = file.with_name(f"{file.name}-wal").exists()
    how = "mode=ro" if at_work else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only=ON")
    connection.execute("BEGIN")
    return connection
