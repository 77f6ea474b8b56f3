"""Part of a list with the length of the whole, in one query: to find out who may see which row costs more than to read the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from zi_chassis.database import Row, Tx

T = TypeVar("T")


@dataclass(frozen=True)
class Excerpt(Generic[T]):
    """Rows of a list, and how many the whole list has."""

    rows: list[T]
    total: int


@dataclass(frozen=True)
class ListQuery:
    """A list in SQL, with the values of its columns and of its rows (FROM and WHERE)."""

    columns: str
    rows: str
    order: str
    row_values: tuple[object, ...]
    column_values: tuple[object, ...] = ()

    def excerpt(self, tx: Tx, read: Callable[[Row], T], limit: int, offset: int = 0) -> Excerpt[T]:
        """Return at most `limit` rows after the first `offset`; beyond the end there are none, of a total that is still true."""
        rows = tx.execute(
            f"SELECT {self.columns}, COUNT(*) OVER () AS total{self.rows} ORDER BY {self.order}"
            f" LIMIT {limit} OFFSET {offset}",
            *(*self.column_values, *self.row_values),
        )
        if not rows and offset:
            counted = tx.execute(f"SELECT COUNT(*) AS total{self.rows}", *self.row_values)
            return Excerpt([], int(counted[0]["total"]))
        return Excerpt([read(row) for row in rows], int(rows[0]["total"]) if rows else 0)
