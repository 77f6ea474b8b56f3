"""The table of actions that forums agreed on, for the public list, the desk and the agenda of the next forum."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_contracts.integrity.forum import AgendaEntry
from zi_integrity.domain import action as events
from zi_integrity.domain.action import ActionStatus

ACTIONS_A_PAGE = 20
MOST_AGENDA_ENTRIES = 10
ActionFilter = Literal["all", "open", "late", "evidenced", "closed"]
CONDITIONS: dict[ActionFilter, str] = {
    "all": "1 = 1",
    "open": "a.status <> 'closed'",
    "late": "a.status <> 'closed' AND a.late = 1",
    "evidenced": "a.status = 'evidenced'",
    "closed": "a.status = 'closed'",
}
_JOINED = "FROM forum_actions a LEFT JOIN forums f ON f.forum = a.forum"


@dataclass(frozen=True)
class ForumActionRow:
    """`text` is the item of the agreement; `number` is that of its forum."""

    action: UUID
    forum: UUID
    number: str
    point: int
    owner: str
    due: date
    status: ActionStatus
    late: bool
    text: UUID
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class ForumActionNote:
    """A step of an action's story; `text` is the item of what was written, `standard` the standard that was amended for it."""

    kind: Literal["reported", "evidenced", "closed", "reopened", "late"]
    at: datetime
    role: str
    text: UUID | None
    standard: str | None


class ForumActions:
    name = "forum_actions"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS forum_actions (action TEXT PRIMARY KEY, forum TEXT NOT NULL, point INTEGER NOT NULL,"
        " owner TEXT NOT NULL, due TEXT NOT NULL, status TEXT NOT NULL, late INTEGER NOT NULL, text TEXT NOT NULL,"
        " opened_at TEXT NOT NULL, closed_at TEXT)",
        "CREATE INDEX IF NOT EXISTS forum_actions_due ON forum_actions (due)",
        "CREATE INDEX IF NOT EXISTS forum_actions_forum ON forum_actions (forum)",
        "CREATE TABLE IF NOT EXISTS forum_action_notes (event TEXT PRIMARY KEY, action TEXT NOT NULL, kind TEXT NOT NULL,"
        " at TEXT NOT NULL, role TEXT NOT NULL, text TEXT, standard TEXT, place INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS forum_action_notes_action ON forum_action_notes (action, place)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        id = str(recorded.aggregate)
        match recorded.event:
            case events.ForumActionOpened() as opened:
                _insert(tx, id, opened)
            case events.ForumActionReported() as reported:
                _note(tx, recorded, "reported", str(reported.items[0].item))
            case events.ForumActionEvidenced() as evidenced:
                _set(tx, id, "evidenced")
                _note(tx, recorded, "evidenced", str(evidenced.items[0].item), evidenced.standard)
            case events.ForumActionClosed() as closed:
                _set(tx, id, "closed", rfc3339(closed.by.at))
                _note(tx, recorded, "closed")
            case events.ForumActionReopened() as reopened:
                _set(tx, id, "open")
                _note(tx, recorded, "reopened", str(reopened.items[0].item))
            case events.ForumActionLate():
                tx.execute("UPDATE forum_actions SET late = 1 WHERE action = ?", id)
                _note(tx, recorded, "late")
            case _:
                pass


def _insert(tx: Tx, id: str, opened: events.ForumActionOpened) -> None:
    tx.execute(
        "INSERT INTO forum_actions (action, forum, point, owner, due, status, late, text, opened_at)"
        " VALUES (?, ?, ?, ?, ?, 'open', 0, ?, ?)",
        *(id, str(opened.forum), opened.point, opened.owner, opened.due.isoformat()),
        *(str(opened.items[0].item), rfc3339(opened.by.at)),
    )


def _set(tx: Tx, id: str, status: str, closed_at: str | None = None) -> None:
    tx.execute("UPDATE forum_actions SET status = ?, closed_at = ? WHERE action = ?", status, closed_at, id)


def _note(
    tx: Tx, recorded: Recorded, kind: str, text: str | None = None, standard: str | None = None
) -> None:
    by = recorded.event.by
    tx.execute(
        "INSERT INTO forum_action_notes (event, action, kind, at, role, text, standard, place)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(str(recorded.event_id), str(recorded.aggregate), kind, rfc3339(by.at), by.role, text, standard),
        recorded.version,
    )


def action_page(tx: Tx, wanted: ActionFilter, page: int, number: str = "") -> list[ForumActionRow]:
    """Return one page, those due first before the others, `page` counted from 1; `number` narrows down to a forum."""
    rows = tx.execute(
        f"SELECT a.*, f.number AS forum_number {_JOINED} WHERE {CONDITIONS[wanted]} AND (? = '' OR f.number = ?)"
        f" ORDER BY a.due, a.action LIMIT {ACTIONS_A_PAGE} OFFSET ?",
        *(number, number, (page - 1) * ACTIONS_A_PAGE),
    )
    return _actions(rows)


def all_actions(tx: Tx, wanted: ActionFilter, number: str = "") -> list[ForumActionRow]:
    """Return every action, for a search in their texts."""
    rows = tx.execute(
        f"SELECT a.*, f.number AS forum_number {_JOINED} WHERE {CONDITIONS[wanted]} AND (? = '' OR f.number = ?)"
        " ORDER BY a.due, a.action",
        *(number, number),
    )
    return _actions(rows)


def action_counts(tx: Tx, number: str = "") -> dict[ActionFilter, int]:
    """Count the actions under each filter, of all forums or of the one with this number."""
    sums = ", ".join(
        f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS n_{name}" for name, condition in CONDITIONS.items()
    )
    [row] = tx.execute(f"SELECT {sums} {_JOINED} WHERE (? = '' OR f.number = ?)", number, number)
    return {name: int(row[f"n_{name}"] or 0) for name in CONDITIONS}


def action_row(tx: Tx, action: UUID) -> ForumActionRow | None:
    found = _actions(
        tx.execute(f"SELECT a.*, f.number AS forum_number {_JOINED} WHERE a.action = ?", str(action))
    )
    return found[0] if found else None


def action_notes(tx: Tx, action: UUID) -> list[ForumActionNote]:
    rows = tx.execute("SELECT * FROM forum_action_notes WHERE action = ? ORDER BY place", str(action))
    return [
        ForumActionNote(
            kind=row["kind"],
            at=datetime.fromisoformat(row["at"]),
            role=row["role"],
            text=None if row["text"] is None else UUID(row["text"]),
            standard=row["standard"],
        )
        for row in rows
    ]


def open_actions_of_forums(tx: Tx, _: datetime) -> list[AgendaEntry]:
    """Return the earlier forums with actions that are not closed, for the agenda of the next."""
    rows = tx.execute(
        f"SELECT f.number AS forum_number, COUNT(*) AS n {_JOINED} WHERE a.status <> 'closed' AND f.number IS NOT NULL"
        f" GROUP BY f.number ORDER BY n DESC, f.number LIMIT {MOST_AGENDA_ENTRIES}"
    )
    return [
        AgendaEntry(source="open_actions", subject=f"FKP-{row['forum_number']}", count=int(row["n"]))
        for row in rows
    ]


def _actions(rows: Iterable[Row]) -> list[ForumActionRow]:
    return [
        ForumActionRow(
            action=UUID(row["action"]),
            forum=UUID(row["forum"]),
            number=row["forum_number"] or "",
            point=row["point"],
            owner=row["owner"],
            due=date.fromisoformat(row["due"]),
            status=ActionStatus(row["status"]),
            late=bool(row["late"]),
            text=UUID(row["text"]),
            opened_at=datetime.fromisoformat(row["opened_at"]),
            closed_at=None if row["closed_at"] is None else datetime.fromisoformat(row["closed_at"]),
        )
        for row in rows
    ]
