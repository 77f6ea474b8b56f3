"""Read models, written in the transaction that appends the events, so they never lag; rebuilt from the first event when their version changes.

Invariant: a read model whose row in `read_models` stands at the last event has every event, projected by the version in that row. A process
that finds the rows otherwise records nothing: another version of the program has taken its place, or has written beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.event_tables import EventTables, one_at_a_time
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.recorded import Recorded


class Projection(Protocol):
    """`tables` (DDL) are dropped and filled from position 1 when `version` differs from the stored one, which never goes down."""

    name: str
    version: int
    tables: tuple[str, ...]

    def project(self, tx: Tx, recorded: Recorded) -> None: ...


class OutdatedReadModelsError(UnavailableError):
    """Another version of the program keeps the read models of this store."""

    def __init__(self) -> None:
        super().__init__(
            "Another version of this program has written this store's read models. This process records nothing more and ends; its next"
            " start rebuilds them, or names the version that is needed."
        )


STEP = 500  # events that are read at once
TABLE = (
    "CREATE TABLE IF NOT EXISTS read_models"
    " (name TEXT PRIMARY KEY, version INTEGER NOT NULL, position INTEGER NOT NULL)"
)
FORMER_TABLE = "projections"  # of versions that set every position, also of what they did not project
ASIDE = "zi_rebuild"
RETIRED, NOWHERE = 2**31 - 1, -1  # version and position of a retired read model: above each, and at no event


def bring_up(
    database: Database, tables: EventTables, projections: Sequence[Projection], retired: Sequence[str]
) -> None:
    """Rebuild what another version made, or what lacks an event, in one transaction: all of it or nothing.

    On PostgreSQL one process rebuilds and the others wait for it. It fills new tables beside the old ones, which processes of the former
    version use and write until the swap, for which the write lock is taken. Raises NewerVersionError for what a newer version made or retired,
    and for a read model that is neither in `projections` nor in `retired`. A retired name is not used again.
    """
    with database.transaction() as tx:
        one_at_a_time(tx)
        stale = _stale(tx, projections, retired)
        if stale:
            _rebuild(tx, tables, stale)
        for name in retired:
            _stand(tx, name, RETIRED, NOWHERE)


def advance(tx: Tx, versions: Mapping[str, int], before: int, to: int) -> None:
    """Set the position of all read models, which have these versions, from `before`, under the write lock. Raises OutdatedReadModelsError
    unless they are all there."""
    rows = tx.execute(
        "UPDATE read_models SET position = ? WHERE position = ? RETURNING name, version", to, before
    )
    if {row["name"]: row["version"] for row in rows} != versions:
        raise OutdatedReadModelsError


def _stale(tx: Tx, projections: Sequence[Projection], retired: Sequence[str]) -> list[Projection]:
    """One statement reads rows and head, so that both are of one moment."""
    head = "(SELECT COALESCE(MAX(position), 0) FROM messages) AS head"
    rows = {
        row["name"]: row for row in tx.execute(f"SELECT name, version, position, {head} FROM read_models")
    }
    known = {each.name: each.version for each in projections} | dict.fromkeys(retired, RETIRED)
    newer = sorted(name for name, row in rows.items() if row["version"] > known.get(name, NOWHERE))
    if newer:
        raise NewerVersionError(f"read models ({', '.join(newer)})")
    return [
        each
        for each in projections
        if each.name not in rows
        or (rows[each.name]["version"], rows[each.name]["position"])
        != (each.version, rows[each.name]["head"])
    ]


def _rebuild(tx: Tx, tables: EventTables, stale: Sequence[Projection]) -> None:
    home = _step_aside(tx) if tx.postgres else ""
    for projection in stale:
        if not home:
            drop(tx, projection)
        tx.create(*projection.tables)
    position = _fill(tx, tables, stale, 0)
    tables.lock(tx)
    position = _fill(tx, tables, stale, position)
    if home:
        _swap(tx, home, stale)
    tx.create(f"DROP TABLE IF EXISTS {FORMER_TABLE}")
    for each in stale:
        _stand(tx, each.name, each.version, position)


def _stand(tx: Tx, name: str, version: int, position: int) -> None:
    tx.execute("DELETE FROM read_models WHERE name = ?", name)
    tx.execute("INSERT INTO read_models VALUES (?, ?, ?)", name, version, position)


def drop(tx: Tx, projection: Projection) -> None:
    for kind, name in reversed(list(_named(projection))):
        tx.create(f"DROP {kind} IF EXISTS {name}")


def _fill(tx: Tx, tables: EventTables, projections: Sequence[Projection], after: int) -> int:
    """Project the events after this position; return the position of the last."""
    while events := tables.recorded(tx, after, STEP):
        for recorded in events:
            for projection in projections:
                projection.project(tx, recorded)
        after = events[-1].position
    return after


def _step_aside(tx: Tx) -> str:
    """From here to the swap, new tables are made, and found first, in a schema of their own. Return the name of the store's schema."""
    home = str(tx.execute("SELECT quote_ident(current_schema()) AS home")[0]["home"])
    tx.execute(f"CREATE SCHEMA {ASIDE}")
    tx.execute(f"SET LOCAL search_path TO {ASIDE}, {home}")
    return home


def _swap(tx: Tx, home: str, projections: Sequence[Projection]) -> None:
    for projection in projections:
        for kind, name in _named(projection):
            if kind == "TABLE":
                tx.execute(f"DROP TABLE IF EXISTS {home}.{name}")
                tx.execute(f"ALTER TABLE {name} SET SCHEMA {home}")
    tx.execute(f"SET LOCAL search_path TO {home}")
    tx.execute(f"DROP SCHEMA {ASIDE}")


def _named(projection: Projection) -> Iterator[tuple[str, str]]:
    """Yield the kind and name of each table and index."""
    for statement in projection.tables:
        parts = statement.replace("(", " ").split()
        kind = "INDEX" if "INDEX" in parts[:3] else "TABLE"
        at = parts.index("EXISTS") + 1 if "EXISTS" in parts else parts.index(kind) + 1
        yield kind, parts[at]
