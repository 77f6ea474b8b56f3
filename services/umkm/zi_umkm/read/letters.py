"""The letters of mentoring with their numbers and files. No text and nothing personal."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_contracts.vault import ItemRef
from zi_umkm.domain import letter
from zi_umkm.read.columns import set_columns


@dataclass(frozen=True)
class MentoringLetterRow:
    """`event_id` is of the event that numbered it; what is of its file is there once it is sealed."""

    letter: UUID
    ticket: str
    number: str
    kind: str
    signer: str
    issued_at: datetime
    event_id: UUID
    template: str
    content: str
    item: ItemRef
    file: str | None
    file_item: ItemRef | None
    sealed_at: datetime | None
    holds_until: datetime | None


class MentoringLetters:
    name = "mentoring_letters"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS mentoring_letters (letter TEXT PRIMARY KEY, ticket TEXT NOT NULL, number TEXT NOT NULL,"
        " kind TEXT NOT NULL, signer TEXT NOT NULL, issued_at TEXT NOT NULL, event_id TEXT NOT NULL, template TEXT NOT NULL,"
        " content TEXT NOT NULL, item TEXT NOT NULL, file TEXT, file_item TEXT, sealed_at TEXT, holds_until TEXT)",
        "CREATE UNIQUE INDEX IF NOT EXISTS mentoring_letters_number ON mentoring_letters (number)",
        "CREATE INDEX IF NOT EXISTS mentoring_letters_ticket ON mentoring_letters (ticket, issued_at)",
        "CREATE INDEX IF NOT EXISTS mentoring_letters_issued ON mentoring_letters (issued_at, letter)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case letter.MentoringLetterIssued() as issued:
                _insert(tx, recorded, issued)
            case letter.MentoringLetterSealed() as sealed:
                _note_file(tx, sealed, sealed_at=rfc3339(sealed.by.at))
            case letter.MentoringLetterRenewed() as renewed:
                _note_file(tx, renewed)
            case _:
                pass


def _insert(tx: Tx, recorded: Recorded, issued: letter.MentoringLetterIssued) -> None:
    columns = {
        "letter": str(issued.letter),
        "ticket": issued.ticket,
        "number": json.loads(recorded.message)["data"]["number"],
        "kind": issued.kind,
        "signer": issued.by.actor,
        "issued_at": rfc3339(issued.by.at),
        "event_id": str(recorded.event_id),
        "template": issued.template,
        "content": issued.content,
        "item": issued.item.model_dump_json(),
    }
    marks = ", ".join("?" * len(columns))
    tx.execute(f"INSERT INTO mentoring_letters ({', '.join(columns)}) VALUES ({marks})", *columns.values())


def _note_file(tx: Tx, event: letter.MentoringLetterFiles, **more: str) -> None:
    until = None if event.holds_until is None else rfc3339(event.holds_until)
    changed = {"file": event.file, "file_item": event.item.model_dump_json(), "holds_until": until} | more
    set_columns(tx, "mentoring_letters", "letter", str(event.letter), changed)


def mentoring_letter(tx: Tx, id: UUID) -> MentoringLetterRow | None:
    rows = tx.execute("SELECT * FROM mentoring_letters WHERE letter = ?", str(id))
    return _row(rows[0]) if rows else None


def mentoring_letter_numbered(tx: Tx, number: str) -> MentoringLetterRow | None:
    rows = tx.execute("SELECT * FROM mentoring_letters WHERE number = ?", number)
    return _row(rows[0]) if rows else None


def letters_of_case(tx: Tx, ticket: str) -> list[MentoringLetterRow]:
    """Return the letters of a case, the newest first."""
    rows = tx.execute(
        "SELECT * FROM mentoring_letters WHERE ticket = ? ORDER BY issued_at DESC, number DESC", ticket
    )
    return [_row(row) for row in rows]


def unsealed_letters(tx: Tx, limit: int) -> list[UUID]:
    """Return letters without a file, the oldest first."""
    found = tx.execute(
        "SELECT letter FROM mentoring_letters WHERE file IS NULL ORDER BY issued_at, letter LIMIT ?", limit
    )
    return [UUID(each["letter"]) for each in found]


def letters_that_end(tx: Tx, before: datetime, limit: int) -> list[MentoringLetterRow]:
    """Return sealed letters whose timestamps do not hold beyond `before`, the first to end first."""
    found = tx.execute(
        "SELECT * FROM mentoring_letters WHERE file_item IS NOT NULL AND (holds_until <= ? OR holds_until IS NULL)"
        " ORDER BY holds_until, letter LIMIT ?",
        *(rfc3339(before), limit),
    )
    return [_row(row) for row in found]


def _row(row: Row) -> MentoringLetterRow:
    file_item, at = row["file_item"], stored_time(row["issued_at"])
    assert at is not None
    return MentoringLetterRow(
        letter=UUID(row["letter"]),
        ticket=row["ticket"],
        number=row["number"],
        kind=row["kind"],
        signer=row["signer"],
        issued_at=at,
        event_id=UUID(row["event_id"]),
        template=row["template"],
        content=row["content"],
        item=ItemRef.model_validate_json(row["item"]),
        file=row["file"],
        file_item=ItemRef.model_validate_json(file_item) if file_item else None,
        sealed_at=stored_time(row["sealed_at"]),
        holds_until=stored_time(row["holds_until"]),
    )


def listed_letters(tx: Tx, begin: str, limit: int, offset: int) -> list[MentoringLetterRow]:
    """Return letters whose number begins so, the newest first."""
    found = tx.execute(
        "SELECT * FROM mentoring_letters WHERE number LIKE ? ORDER BY issued_at DESC, number DESC LIMIT ? OFFSET ?",
        *(_beginning(begin), limit, offset),
    )
    return [_row(row) for row in found]


def count_letters(tx: Tx, begin: str) -> int:
    [row] = tx.execute(
        "SELECT COUNT(*) AS many FROM mentoring_letters WHERE number LIKE ?", _beginning(begin)
    )
    return int(row["many"])


def _beginning(typed: str) -> str:
    """Return the pattern of the numbers that begin so, without any sign that a pattern gives another meaning."""
    plain = "".join(each for each in typed if each.isascii() and (each.isalnum() or each == "-"))
    return f"{plain.upper()}%"
