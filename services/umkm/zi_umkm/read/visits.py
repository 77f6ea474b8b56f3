"""The table of visits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_chassis.storage.searching import begins_with
from zi_contracts.umkm import Assessor, RuleVersion
from zi_umkm.domain import visit as visits
from zi_umkm.read.columns import MOST_ROWS, set_columns
from zi_umkm.read.excerpt import Excerpt, ListQuery


@dataclass(frozen=True)
class VisitRow:
    """`visit` was made by the device; `actor` is who began it."""

    id: UUID
    visit: UUID
    case: UUID
    ticket: str
    assessor: Assessor
    actor: str
    checklist: RuleVersion
    begun: datetime
    last: datetime
    answers: int
    photos: int
    finished: datetime | None
    rating: str | None
    points: int | None
    critical: int | None


class Visits:
    name = "visits"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS visits (id TEXT PRIMARY KEY, visit TEXT NOT NULL, case_id TEXT NOT NULL, ticket TEXT NOT NULL,"
        " assessor TEXT NOT NULL, actor TEXT NOT NULL, checklist TEXT NOT NULL, checklist_version INTEGER NOT NULL,"
        " begun TEXT NOT NULL, last TEXT NOT NULL, answers INTEGER NOT NULL, photos INTEGER NOT NULL, finished TEXT,"
        " rating TEXT, points INTEGER, critical INTEGER)",
        "CREATE INDEX IF NOT EXISTS visits_case ON visits (case_id, begun)",
        "CREATE INDEX IF NOT EXISTS visits_actor ON visits (actor, finished)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, visits.VisitBegun):
            _begin(tx, recorded, event)
        elif isinstance(event, visits.VisitEvent):
            _go_on(tx, recorded, event)


def _begin(tx: Tx, recorded: Recorded, event: visits.VisitBegun) -> None:
    at = rfc3339(event.by.at)
    tx.execute(
        "INSERT INTO visits (id, visit, case_id, ticket, assessor, actor, checklist, checklist_version, begun, last,"
        " answers, photos) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
        *(str(recorded.aggregate), str(event.visit), str(event.case), event.ticket, event.assessor),
        *(event.by.actor, event.checklist.id, event.checklist.version, at, at),
    )


def _go_on(tx: Tx, recorded: Recorded, event: visits.VisitEvent) -> None:
    changed: dict[str, object] = {"last": rfc3339(event.by.at)}
    counted = {visits.ItemAnswered: "answers", visits.PhotoAdded: "photos"}.get(type(event))
    if counted is not None:
        tx.execute(f"UPDATE visits SET {counted} = {counted} + 1 WHERE id = ?", str(recorded.aggregate))
    if isinstance(event, visits.VisitFinished):
        result = event.result
        changed |= {"finished": rfc3339(event.by.at), "rating": result.rating, "points": result.points}
        changed["critical"] = result.critical
    set_columns(tx, "visits", "id", str(recorded.aggregate), changed)


def visits_of(tx: Tx, case: UUID) -> list[VisitRow]:
    """Return the visits of a case, the newest first."""
    return _visits(tx.execute("SELECT * FROM visits WHERE case_id = ? ORDER BY begun DESC, id", str(case)))


def visits_under_way(
    tx: Tx, actor: str, limit: int = MOST_ROWS, offset: int = 0, ticket: str = ""
) -> Excerpt[VisitRow]:
    """Return the unfinished visits that this person began, the newest first; `ticket` is how that of the case begins."""
    found, signs = begins_with("ticket", ticket)
    wanted = ListQuery(
        columns="*",
        rows=f" FROM visits WHERE actor = ? AND finished IS NULL{found}",
        order="begun DESC, id",
        row_values=(actor, *signs),
    )
    return wanted.excerpt(tx, _visit, limit, offset)


def visits_among(tx: Tx, mentor: str) -> list[VisitRow]:
    """Return the unfinished visits by officials to the open cases of a mentor, whoever began them."""
    rows = tx.execute(
        "SELECT v.* FROM visits v JOIN cases c ON c.case_id = v.case_id WHERE c.mentor = ? AND c.is_over = 0"
        " AND v.finished IS NULL AND v.assessor = 'official' ORDER BY c.since, c.ticket, v.begun DESC, v.id",
        mentor,
    )
    return _visits(rows)


def _visits(rows: Iterable[Row]) -> list[VisitRow]:
    return [_visit(row) for row in rows]


def _visit(row: Row) -> VisitRow:
    return VisitRow(
        id=UUID(row["id"]),
        visit=UUID(row["visit"]),
        case=UUID(row["case_id"]),
        ticket=row["ticket"],
        assessor=row["assessor"],
        actor=row["actor"],
        checklist=RuleVersion(id=row["checklist"], version=row["checklist_version"]),
        begun=datetime.fromisoformat(row["begun"]),
        last=datetime.fromisoformat(row["last"]),
        answers=row["answers"],
        photos=row["photos"],
        finished=stored_time(row["finished"]),
        rating=row["rating"],
        points=row["points"],
        critical=row["critical"],
    )
