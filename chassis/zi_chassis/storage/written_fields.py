"""The fields that events of a store may have, by type: an older version of the program does not begin to read what a newer one has written.

A type's fields are noted with the first event of it that a process records, so that an upgrade which recorded nothing new can be taken back.
"""

from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from zi_chassis.domain import Event
from zi_chassis.storage.database import Tx
from zi_chassis.storage.newer_version import NewerVersionError

TABLE = "CREATE TABLE IF NOT EXISTS written_fields (type TEXT NOT NULL, field TEXT NOT NULL, PRIMARY KEY (type, field))"
MOST_NAMED = 5


class WrittenFields:
    """`kinds`: the class of each type of event that this version knows."""

    def __init__(self, kinds: Mapping[str, type[Event]]) -> None:
        self._kinds = kinds
        self._noted: set[str] = set()
        self._count = -1

    def refuse_unknown(self, tx: Tx) -> None:
        """Raises NewerVersionError where the store has types or fields of events that this version does not know."""
        count = int(tx.execute("SELECT COUNT(*) AS count FROM written_fields")[0]["count"])
        if count == self._count:
            return
        self._noted.clear()  # a store that was restored may lack them
        rows = tx.execute("SELECT type, field FROM written_fields ORDER BY type, field")
        unknown = [
            f"{row['type']} {row['field']}" for row in rows if not self._knows(row["type"], row["field"])
        ]
        if unknown:
            more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
            raise NewerVersionError(f"events ({', '.join(unknown[:MOST_NAMED])}{more})")
        self._count = count

    def note(self, tx: Tx, types: Set[str]) -> None:
        """Write the fields of these types, in the transaction that records events of them."""
        for type in sorted(types - self._noted):
            for field in sorted(fields_of(self._kinds[type])):
                tx.insert("INSERT INTO written_fields VALUES (?, ?) ON CONFLICT DO NOTHING", type, field)

    def noted(self, types: Set[str]) -> None:
        """To be called when that transaction was committed."""
        self._noted |= types

    def _knows(self, type: str, field: str) -> bool:
        return type in self._kinds and field in fields_of(self._kinds[type])


@cache
def fields_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the paths of all fields, `by.actor`; of a model within itself only those of the outer one."""
    return frozenset(_paths(model, "", ()))


def _paths(model: type[BaseModel], before: str, within: tuple[type[BaseModel], ...]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{before}{name}"
        yield path
        for inner in _models(field.annotation):
            if inner not in (*within, model):
                yield from _paths(inner, f"{path}.", (*within, model))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a value of this annotation may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
