"""Read models, written in the transaction that appends the events, so they never lag; rebuilt when their version changes."""

from typing import Protocol

from zi_chassis.database import Database, Tx
from zi_chassis.event_tables import EventTables
from zi_chassis.recorded import Recorded


class Projection(Protocol):
    """`tables` (DDL) are dropped and filled from position 1 when `version` differs from the stored one."""

    name: str
    version: int
    tables: tuple[str, ...]

    def project(self, tx: Tx, recorded: Recorded) -> None: ...


STEP = 500  # events in one transaction of a rebuild
TABLE = "CREATE TABLE IF NOT EXISTS projections (name TEXT PRIMARY KEY, version INTEGER, position INTEGER)"


def catch_up(database: Database, tables: EventTables, projection: Projection) -> bool:
    """Project the next events; return whether there may be more."""
    with database.transaction() as tx:
        events = tables.recorded(tx, position(tx, projection), STEP)
        for recorded in events:
            projection.project(tx, recorded)
        if events:
            tx.execute(
                "UPDATE projections SET position = ? WHERE name = ?", events[-1].position, projection.name
            )
        return bool(events)


def position(tx: Tx, projection: Projection) -> int:
    """Read the position of the projection; one that another version made is emptied first."""
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
    """Set the position of all projections, which is the same once the store is open."""
    tx.execute("UPDATE projections SET position = ?", to)


def _named(statement: str) -> tuple[str, str]:
    parts = statement.replace("(", " ").split()
    kind = "INDEX" if "INDEX" in parts[:3] else "TABLE"
    at = parts.index("EXISTS") + 1 if "EXISTS" in parts else parts.index(kind) + 1
    return kind, parts[at]
