"""Tables beside the events, written in the transaction that allows an access: the repeated accesses of each hour, and the used part of
the limit of each official. Neither follows from the events, so no rebuild empties them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.vault.requests import TooManyOpeningsError
from zi_intake.domain.data_access_hour import HOUR, AccessHour, DataReader

LARGEST_BATCH = 200
NOTHING, MICROSECOND = timedelta(), timedelta(microseconds=1)


@dataclass(frozen=True)
class RepeatedHour:
    """An hour in which items were opened again: its reader, its case, and the version of the case with which the hour began."""

    aggregate: UUID
    opening: int
    reader: DataReader
    since: datetime


class RepeatedAccesses:
    """A row for each such hour, until it is counted in an event."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS repeated_looks (aggregate TEXT NOT NULL, opening INTEGER NOT NULL, official TEXT NOT NULL,"
        " role TEXT NOT NULL, purpose TEXT NOT NULL, since TEXT NOT NULL, count INTEGER NOT NULL,"
        " PRIMARY KEY (aggregate, opening))",
        "CREATE INDEX IF NOT EXISTS repeated_looks_since ON repeated_looks (since)",
    )

    @staticmethod
    def add(tx: Tx, aggregate: UUID, reader: DataReader, window: AccessHour) -> None:
        tx.execute(
            "INSERT INTO repeated_looks (aggregate, opening, official, role, purpose, since, count)"
            " VALUES (?, ?, ?, ?, ?, ?, 1)"
            " ON CONFLICT (aggregate, opening) DO UPDATE SET count = repeated_looks.count + 1",
            *(str(aggregate), window.opening),
            *(reader.official, reader.role, reader.purpose),
            rfc3339(window.since),
        )

    @staticmethod
    def over(tx: Tx, at: datetime) -> list[RepeatedHour]:
        """Return the hours that are over by then, the earliest first."""
        rows = tx.execute(
            "SELECT aggregate, opening, official, role, purpose, since FROM repeated_looks WHERE since <= ?"
            " ORDER BY since LIMIT ?",
            rfc3339(at - HOUR),
            LARGEST_BATCH,
        )
        return [_repeats(row) for row in rows]

    @staticmethod
    def take(tx: Tx, repeats: RepeatedHour) -> int:
        """Delete the row and return its count; 0 where another process was faster."""
        where = "FROM repeated_looks WHERE aggregate = ? AND opening = ?"
        key = str(repeats.aggregate), repeats.opening
        rows = tx.execute(f"SELECT count {where}", *key)
        tx.execute(f"DELETE {where}", *key)
        return int(rows[0]["count"]) if rows else 0


def _repeats(row: Row) -> RepeatedHour:
    return RepeatedHour(
        aggregate=UUID(row["aggregate"]),
        opening=row["opening"],
        reader=DataReader(row["official"], row["role"], row["purpose"]),
        since=datetime.fromisoformat(row["since"]),
    )


class AccessRates:
    """A bucket for each official: `limit` accesses fill it, and a full one is empty after an hour. `fill` is how long it takes to drain,
    in microseconds, by the clock's time `at`."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS opening_rates (official TEXT PRIMARY KEY, fill INTEGER NOT NULL, at TEXT NOT NULL)",
    )

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._access = HOUR // limit

    def spend(self, tx: Tx, official: str, at: datetime) -> None:
        """Spend one access, or raise TooManyOpeningsError."""
        fill = _drained(tx, official, at)
        excess = fill + self._access - HOUR
        tx.execute(
            "INSERT INTO opening_rates (official, fill, at) VALUES (?, ?, ?)"
            " ON CONFLICT (official) DO UPDATE SET fill = excluded.fill, at = excluded.at",
            *(official, (fill if excess > NOTHING else fill + self._access) // MICROSECOND, rfc3339(at)),
        )
        if excess > NOTHING:
            raise TooManyOpeningsError(ceil(excess.total_seconds()))


def _drained(tx: Tx, official: str, at: datetime) -> timedelta:
    """Return the fill of the bucket now; while the clock is set back nothing drains."""
    rows = tx.execute("SELECT fill, at FROM opening_rates WHERE official = ?", official)
    if not rows:
        return NOTHING
    fill = timedelta(microseconds=rows[0]["fill"])
    passed = max(at - datetime.fromisoformat(rows[0]["at"]), NOTHING)
    return max(fill - passed, NOTHING)
