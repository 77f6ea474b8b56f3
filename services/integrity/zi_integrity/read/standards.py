"""The read model of service standards: drafts, decrees and reviews."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_integrity.domain.standard import messages
from zi_integrity.domain.standard.state import StandardStatus
from zi_integrity.domain.standard.terms import terms_digest

PAGE = 25


@dataclass(frozen=True)
class StandardRow:
    """`terms` are the draft's, or the decree's once it is adopted; `consulted` are those that the public was last asked about."""

    standard: UUID
    service: str
    id: str
    after: int
    status: StandardStatus
    terms: str
    title: str
    begun_at: datetime
    begun_by: str
    changed_at: datetime
    follows: tuple[str, ...]
    manner: str | None
    forum: str | None
    until: date | None
    summary: str | None
    version: int | None
    effective_from: date | None
    effective_to: date | None
    number: str | None
    letter: UUID | None
    waiver: str | None
    waiver_statement: str | None
    adopted_at: datetime | None
    event_id: UUID | None
    review_due: date | None
    overdue: bool
    reason: str | None
    consulted: str | None
    changed_components: tuple[str, ...]
    unnamed_reason: str | None

    @property
    def digest(self) -> str:
        return terms_digest(self.terms)


class StandardTable:
    name = "standards"
    version = 3
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS standards (standard TEXT PRIMARY KEY, service TEXT NOT NULL, id TEXT NOT NULL, after INTEGER NOT NULL,"
        " status TEXT NOT NULL, terms TEXT NOT NULL, title TEXT NOT NULL, begun_at TEXT NOT NULL, begun_by TEXT NOT NULL, changed_at TEXT NOT NULL,"
        " follows TEXT NOT NULL, manner TEXT, forum TEXT, until TEXT, summary TEXT, version INTEGER, effective_from TEXT, effective_to TEXT,"
        " number TEXT, letter TEXT, waiver TEXT, waiver_statement TEXT, adopted_at TEXT, event_id TEXT, review_due TEXT,"
        " overdue INTEGER NOT NULL, reason TEXT, consulted TEXT, changed_components TEXT NOT NULL DEFAULT '', unnamed_reason TEXT)",
        "CREATE INDEX IF NOT EXISTS standards_service ON standards (service, version)",
        "CREATE INDEX IF NOT EXISTS standards_changed ON standards (changed_at)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case messages.StandardDrafted():
                _insert(tx, id, event)
            case messages.StandardRevised():
                [row] = tx.execute("SELECT follows FROM standards WHERE standard = ?", id)
                follows = list(dict.fromkeys([*json.loads(row["follows"]), *event.follows]))
                terms = {"terms": event.terms, "title": _title(event.terms), "after": event.after}
                _update(tx, recorded, **terms, follows=json.dumps(follows))
            case messages.StandardConsultationOpened():
                opening = {"manner": event.manner, "forum": event.forum, "until": event.until.isoformat()}
                _update(tx, recorded, **opening, status="consultation", summary=None)
                tx.execute("UPDATE standards SET consulted = terms WHERE standard = ?", id)
            case messages.StandardConsultationClosed():
                _update(tx, recorded, status="consulted", summary=event.summary)
            case messages.StandardDraftWithdrawn():
                _update(tx, recorded, status="dropped", reason=event.reason)
            case messages.StandardAdopted():
                _adopt(tx, recorded, event)
            case messages.StandardWithdrawn():
                _update(tx, recorded, status="ended", reason=event.reason, review_due=None, overdue=0)
            case messages.StandardReviewed():
                _update(tx, recorded, review_due=event.next_due.isoformat(), overdue=0)
            case messages.StandardReviewOverdue():
                _update(tx, recorded, overdue=1)
            case _:
                pass


def _insert(tx: Tx, id: str, event: messages.StandardDrafted) -> None:
    at = rfc3339(event.by.at)
    tx.execute(
        "INSERT INTO standards (standard, service, id, after, status, terms, title, begun_at, begun_by, changed_at, follows, overdue)"
        " VALUES (?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, '[]', 0)",
        *(id, event.service, event.id, event.after, event.terms, _title(event.terms)),
        *(at, event.by.actor, at),
    )


def _adopt(tx: Tx, recorded: Recorded, event: messages.StandardAdopted) -> None:
    _update(
        tx,
        recorded,
        status="adopted",
        terms=event.content,
        version=event.version,
        effective_from=event.effective_from.isoformat(),
        effective_to=event.effective_to and event.effective_to.isoformat(),
        number=event.number,
        letter=str(event.letter),
        waiver=event.waiver,
        waiver_statement=event.waiver_statement,
        adopted_at=rfc3339(event.by.at),
        event_id=str(recorded.event_id),
        review_due=event.review_due.isoformat(),
        changed_components=" ".join(event.changed_components),
        unnamed_reason=event.unnamed_reason,
    )


def _update(tx: Tx, recorded: Recorded, **changed: object) -> None:
    values = {**changed, "changed_at": rfc3339(recorded.event.by.at)}
    columns = ", ".join(f"{column} = ?" for column in values)
    tx.execute(
        f"UPDATE standards SET {columns} WHERE standard = ?", *values.values(), str(recorded.aggregate)
    )


def _title(terms: str) -> str:
    title = json.loads(terms).get("decree_title", {})
    return " / ".join(str(title[language]) for language in ("id", "en") if title.get(language))[:400]


def standard_row(tx: Tx, standard: UUID) -> StandardRow | None:
    rows = tx.execute("SELECT * FROM standards WHERE standard = ?", str(standard))
    return _row(rows[0]) if rows else None


def standard_of_letter(tx: Tx, letter: UUID) -> StandardRow | None:
    rows = tx.execute("SELECT * FROM standards WHERE letter = ?", str(letter))
    return _row(rows[0]) if rows else None


def decrees_of(tx: Tx, service: str) -> list[StandardRow]:
    """Read every version that was adopted for a service, the newest first."""
    rows = tx.execute(
        "SELECT * FROM standards WHERE service = ? AND version IS NOT NULL ORDER BY version DESC", service
    )
    return [_row(row) for row in rows]


def in_consultation(tx: Tx, service: str | None = None) -> list[StandardRow]:
    rows = tx.execute("SELECT * FROM standards WHERE status = 'consultation' ORDER BY until")
    return [_row(row) for row in rows if service is None or row["service"] == service]


def decree_in_force(tx: Tx, service: str, day: date) -> StandardRow | None:
    """Find the adopted version that services decide by on the day."""
    decrees = [each for each in decrees_of(tx, service) if each.status is StandardStatus.ADOPTED]
    in_force = [
        each
        for each in decrees
        if each.effective_from is not None
        and each.effective_from <= day
        and (each.effective_to is None or day <= each.effective_to)
    ]
    return max(in_force, key=lambda each: each.effective_from or day, default=None)


def desk_standards(tx: Tx, search: str, page: int) -> tuple[list[StandardRow], int]:
    """Return one page of drafts and decrees, the last changed first, and how many there are."""
    like = f"%{search.lower().replace('%', '').replace('_', '')}%"
    where = "WHERE lower(title) LIKE ? OR lower(service) LIKE ? OR lower(id) LIKE ?"
    [row] = tx.execute(f"SELECT COUNT(*) AS many FROM standards {where}", like, like, like)
    rows = tx.execute(
        f"SELECT * FROM standards {where} ORDER BY changed_at DESC, standard LIMIT ? OFFSET ?",
        *(like, like, like, PAGE, PAGE * (page - 1)),
    )
    return [_row(each) for each in rows], int(row["many"])


@dataclass(frozen=True)
class AcceptedReference:
    """A proposal that its forum accepted, in whole or in part, and that everybody may read."""

    reference: str
    forum: str
    at: datetime
    components: tuple[str, ...]


def accepted_proposals(tx: Tx, references: Sequence[str]) -> list[AcceptedReference]:
    """Find those of the references that name one; the others lead nowhere."""
    rows = tx.execute(
        "SELECT 'FKP-' || f.number AS forum, p.number, p.at, p.components FROM forum_proposals p JOIN forums f ON f.forum = p.forum"
        " WHERE p.outcome IN ('accepted', 'accepted_in_part') AND p.moderation = 'published'"
    )
    found = [
        AcceptedReference(
            f"{row['forum']}/{row['number']}",
            row["forum"],
            datetime.fromisoformat(row["at"]),
            tuple(row["components"].split()),
        )
        for row in rows
    ]
    return [each for each in found if each.reference in references]


def _row(row: Row) -> StandardRow:
    return StandardRow(
        standard=UUID(row["standard"]),
        service=row["service"],
        id=row["id"],
        after=row["after"],
        status=StandardStatus(row["status"]),
        terms=row["terms"],
        title=row["title"],
        begun_at=datetime.fromisoformat(row["begun_at"]),
        begun_by=row["begun_by"],
        changed_at=datetime.fromisoformat(row["changed_at"]),
        follows=tuple(json.loads(row["follows"])),
        manner=row["manner"],
        forum=row["forum"],
        until=_day(row["until"]),
        summary=row["summary"],
        version=row["version"],
        effective_from=_day(row["effective_from"]),
        effective_to=_day(row["effective_to"]),
        number=row["number"],
        letter=None if row["letter"] is None else UUID(row["letter"]),
        waiver=row["waiver"],
        waiver_statement=row["waiver_statement"],
        adopted_at=None if row["adopted_at"] is None else datetime.fromisoformat(row["adopted_at"]),
        event_id=None if row["event_id"] is None else UUID(row["event_id"]),
        review_due=_day(row["review_due"]),
        overdue=bool(row["overdue"]),
        reason=row["reason"],
        consulted=row["consulted"],
        changed_components=tuple(row["changed_components"].split()),
        unnamed_reason=row["unnamed_reason"],
    )


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)
