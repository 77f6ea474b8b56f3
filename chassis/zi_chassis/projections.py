"""Read models, written in the transaction that appends the events, so they never lag; rebuilt when their version changes."""

from typing import Protocol

from zi_chassis.database import Tx
from zi_chassis.recorded import Recorded


class Projection(Protocol):
    """`tables` (DDL) are dropped and filled from position 1 when `version` differs from the kept one."""

    name: str
    version: int
    tables: tuple[str, ...]

    def project(self, tx: Tx, recorded: Recorded) -> None: ...


TABLE = "CREATE TABLE IF NOT EXISTS projections (name TEXT PRIMARY KEY, version INTEGER, position INTEGER)"


def position(tx: Tx, projection: Projection) -> int:
    """Where the projection stands; it is emptied first if it was made by another version."""
    rows = tx.execute("SELECT version, position FROM projections WHERE name = ?", projection.name)
    if rows and rows[0]["version"] == projection.version:
        return int(rows[0]["position"])
    for statement in reversed(projection.tables):
        kind, name = _named(statement)
        tx.create(f"DROP {kind} IF EXISTS {name}")
    tx.create(*projection.tables)
    tx.execute("DELETE FROM projections WHERE name = ?", projection.name)
    tx.execute("INSERT INTO projections VALUES (?, ?, 0)", projection.name, projection.version)
    return 0


def advance(tx: Tx, to: int) -> None:
    """All projections of a store stand at the same position once the store is open."""
    tx.execute("UPDATE projections SET position = ?", to)


def _named(statement: str) -> tuple[str, str]:
    words = statement.replace("(", " ").split()
    kind = "INDEX" if "INDEX" in words[:3] else "TABLE"
    at = words.index("EXISTS") + 1 if "EXISTS" in words else words.index(kind) + 1
    return kind, words[at]
