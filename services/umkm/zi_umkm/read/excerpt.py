"""Part of a list with the length of the whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from zi_chassis.storage.database import Row, Tx

T = TypeVar("T")


@dataclass(frozen=True)
class Excerpt(Generic[T]):
    """Rows of a list, and how many the whole list has."""

    rows: list[T]
    total: int


@dataclass(frozen=True)
class ListQuery:
    """A list in SQL, with the values of its rows (FROM and WHERE). Rows that cost more to find than to remember are found once: `found` is the
    query of these, and `rows` takes them FROM found."""

    columns: str
    rows: str
    order: str
    row_values: tuple[object, ...] = ()
    found: str = ""
    found_values: tuple[object, ...] = ()

    def excerpt(self, tx: Tx, read: Callable[[Row], T], limit: int, offset: int = 0) -> Excerpt[T]:
        """Return at most `limit` rows after the first `offset`; beyond the end there are none, of a total that is still true."""
        begin = f"WITH found AS MATERIALIZED ({self.found}) " if self.found else ""
        counting = f"SELECT COUNT(*) AS whole_length{self.rows}"
        # Where nothing was found before, PostgreSQL is quicker with one pass over the rows, SQLite with two.
        one_pass = tx.postgres and not self.found
        length, counted = ("COUNT(*) OVER ()", ()) if one_pass else (f"({counting})", self.row_values)
        rows = tx.execute(
            f"{begin}SELECT {self.columns}, {length} AS whole_length{self.rows} ORDER BY {self.order} LIMIT {limit} OFFSET {offset}",
            *(*self.found_values, *counted, *self.row_values),
        )
        if not rows and not offset:
            return Excerpt([], 0)
        [first, *_] = rows or tx.execute(f"{begin}{counting}", *self.found_values, *self.row_values)
        return Excerpt([read(row) for row in rows], int(first["whole_length"]))
