"""Conflicts of interest in lists: of an official, for the superiors, and how many there are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_integrity.domain import conflict

PAGE = 50
OPEN = ("reported", "declared", "withdrawn")
STATES = (*OPEN, "decided", "dismissed", "cleared")


@dataclass(frozen=True)
class ConflictRow:
    conflict: UUID
    official: str
    ticket: str
    kind: str
    source: str
    state: str
    measure: str | None
    is_reported: bool
    is_overdue: bool
    decide_by: datetime
    at: datetime


class Conflicts:
    """`reporter` is a keyed reference; it is in no row that a page gets."""

    name = "conflicts"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS conflicts (conflict TEXT PRIMARY KEY, official TEXT NOT NULL, ticket TEXT NOT NULL,"
        " kind TEXT NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL, measure TEXT, is_reported INTEGER NOT NULL,"
        " is_overdue INTEGER NOT NULL, declared INTEGER NOT NULL, reporter TEXT NOT NULL, decide_by TEXT NOT NULL,"
        " at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS conflicts_official ON conflicts (official, at)",
        "CREATE INDEX IF NOT EXISTS conflicts_state ON conflicts (state, decide_by)",
        "CREATE INDEX IF NOT EXISTS conflicts_reporter ON conflicts (reporter, at)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case conflict.ConflictReported():
                _begin(tx, id, event, "reported", event.reporter)
            case conflict.ConflictDeclared():
                if not tx.execute("SELECT 1 FROM conflicts WHERE conflict = ?", id):
                    _begin(tx, id, event, "declared", "")
                tx.execute("UPDATE conflicts SET state = 'declared', declared = 1 WHERE conflict = ?", id)
            case conflict.ConflictDecided(measure=measure):
                tx.execute(
                    "UPDATE conflicts SET state = 'decided', measure = ? WHERE conflict = ?", measure, id
                )
            case conflict.ConflictWithdrawn():
                _move(tx, id, "withdrawn")
            case conflict.ConflictReportDismissed():
                _move(tx, id, "dismissed")
            case conflict.ConflictCleared():
                _move(tx, id, "cleared")
            case conflict.ConflictOverdue():
                tx.execute("UPDATE conflicts SET is_overdue = 1 WHERE conflict = ?", id)
            case _:
                pass


def _begin(
    tx: Tx, id: str, event: conflict.ConflictDeclared | conflict.ConflictReported, state: str, reporter: str
) -> None:
    tx.execute(
        "INSERT INTO conflicts (conflict, official, ticket, kind, source, state, is_reported, is_overdue, declared,"
        " reporter, decide_by, at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?)",
        *(id, event.official, event.ticket, event.kind, event.source, state, int(bool(reporter)), reporter),
        *(rfc3339(event.decide_by), rfc3339(event.by.at)),
    )


def _move(tx: Tx, id: str, state: str) -> None:
    tx.execute("UPDATE conflicts SET state = ? WHERE conflict = ?", state, id)


def conflicts_of(tx: Tx, official: str, page: int) -> tuple[list[ConflictRow], int]:
    """Return what an official declared, or a superior established of them, the newest first; never a report."""
    return _listed(tx, "official = ? AND declared = 1", [official], "at DESC", page)


def reports_by(tx: Tx, reporter: str, page: int) -> tuple[list[ConflictRow], int]:
    return _listed(tx, "reporter = ?", [reporter], "at DESC", page)


def conflicts_for(tx: Tx, superior: str, state: str, search: str, page: int) -> tuple[list[ConflictRow], int]:
    """Return those for a superior who is not the official: in a state, or all that wait, found by official or ticket."""
    states = (state,) if state else OPEN
    where = f"official <> ? AND state IN ({', '.join('?' for _ in states)})"
    values: list[object] = [superior, *states]
    if search:
        where += " AND (official = ? OR ticket = ?)"
        values += [search, search.upper()]
    return _listed(tx, where, values, "decide_by", page)


def conflict_row(tx: Tx, id: UUID) -> ConflictRow | None:
    rows = tx.execute("SELECT * FROM conflicts WHERE conflict = ?", str(id))
    return _row(rows[0]) if rows else None


def overdue_for(tx: Tx, reader: str) -> int:
    """Count those that were not decided in time, whatever became of them, without those about the reader, who may not know of a report."""
    counted = "SELECT COUNT(*) AS many FROM conflicts WHERE is_overdue = 1 AND official <> ?"
    return int(tx.execute(counted, reader)[0]["many"])


def public_conflict_counts(tx: Tx) -> dict[str, int]:
    """Count by state, reports that wait and that were dismissed together; `overdue` are the declarations among those.

    Nobody may find out from a difference that a report about themselves came or ended.
    """
    counts = dict.fromkeys((*(state for state in STATES if state != "dismissed"), "overdue"), 0)
    for row in tx.execute("SELECT state, COUNT(*) AS many FROM conflicts GROUP BY state"):
        counts["reported" if row["state"] == "dismissed" else row["state"]] += row["many"]
    [late] = tx.execute("SELECT COUNT(*) AS many FROM conflicts WHERE is_overdue = 1 AND declared = 1")
    return counts | {"overdue": late["many"]}


def _listed(tx: Tx, where: str, values: list[object], order: str, page: int) -> tuple[list[ConflictRow], int]:
    [count] = tx.execute(f"SELECT COUNT(*) AS many FROM conflicts WHERE {where}", *values)
    rows = tx.execute(
        f"SELECT * FROM conflicts WHERE {where} ORDER BY {order}, conflict LIMIT {PAGE} OFFSET ?",
        *(*values, (page - 1) * PAGE),
    )
    return [_row(row) for row in rows], count["many"]


def _row(row: Row) -> ConflictRow:
    return ConflictRow(
        conflict=UUID(row["conflict"]),
        official=row["official"],
        ticket=row["ticket"],
        kind=row["kind"],
        source=row["source"],
        state=row["state"],
        measure=row["measure"],
        is_reported=bool(row["is_reported"]),
        is_overdue=bool(row["is_overdue"]),
        decide_by=datetime.fromisoformat(row["decide_by"]),
        at=datetime.fromisoformat(row["at"]),
    )
