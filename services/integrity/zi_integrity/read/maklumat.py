"""The read model of the maklumat: the texts that were proclaimed, the newest last."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_integrity.domain.maklumat import MaklumatDrafted, MaklumatProclaimed


@dataclass(frozen=True)
class PledgeRow:
    """`number`, `letter` and `proclaimed_at` are there once the head proclaimed this text; `own_draft` where that head had written an
    earlier one since the last proclamation."""

    promise: str
    promise_en: str
    compensation: str
    compensation_en: str
    written_by: str
    number: str | None
    letter: UUID | None
    proclaimed_at: datetime | None
    own_draft: bool


class Pledges:
    name = "pledges"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS pledges (position INTEGER PRIMARY KEY, promise TEXT NOT NULL, promise_en TEXT NOT NULL,"
        " compensation TEXT NOT NULL, compensation_en TEXT NOT NULL, written_by TEXT NOT NULL, number TEXT, letter TEXT,"
        " proclaimed_at TEXT, own_draft INTEGER NOT NULL DEFAULT 0)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case MaklumatDrafted() as event:
                tx.execute(
                    "INSERT INTO pledges (position, promise, promise_en, compensation, compensation_en, written_by)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    *(recorded.position, event.promise, event.promise_en),
                    *(event.compensation, event.compensation_en, event.by.actor),
                )
            case MaklumatProclaimed() as event:
                own_draft = event.by.actor in pledge_writers(tx)
                tx.execute(
                    "UPDATE pledges SET number = ?, letter = ?, proclaimed_at = ?, own_draft = ?"
                    " WHERE position = (SELECT MAX(position) FROM pledges)",
                    *(event.number, str(event.letter), rfc3339(event.by.at), int(own_draft)),
                )
            case _:
                pass


def pledge_writers(tx: Tx) -> list[str]:
    """Return whoever wrote a text since the last one that was proclaimed."""
    rows = tx.execute(
        "SELECT DISTINCT written_by FROM pledges WHERE position >"
        " coalesce((SELECT MAX(position) FROM pledges WHERE number IS NOT NULL), 0) ORDER BY written_by"
    )
    return [row["written_by"] for row in rows]


def newest_pledge(tx: Tx) -> PledgeRow | None:
    """Read the text that was written last, proclaimed or not."""
    rows = tx.execute("SELECT * FROM pledges ORDER BY position DESC LIMIT 1")
    return _row(rows[0]) if rows else None


def pledge_in_force(tx: Tx) -> PledgeRow | None:
    rows = tx.execute("SELECT * FROM pledges WHERE number IS NOT NULL ORDER BY position DESC LIMIT 1")
    return _row(rows[0]) if rows else None


def _row(row: Row) -> PledgeRow:
    return PledgeRow(
        promise=row["promise"],
        promise_en=row["promise_en"],
        compensation=row["compensation"],
        compensation_en=row["compensation_en"],
        written_by=row["written_by"],
        number=row["number"],
        letter=None if row["letter"] is None else UUID(row["letter"]),
        proclaimed_at=None if row["proclaimed_at"] is None else datetime.fromisoformat(row["proclaimed_at"]),
        own_draft=bool(row["own_draft"]),
    )
