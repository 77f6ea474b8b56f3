"""The read model of the office's letters: numbered by their register, and sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_contracts.vault import ItemRef
from zi_integrity.domain.office_letter import (
    LetterFileEvents,
    OfficeLetterIssued,
    OfficeLetterRenewed,
    OfficeLetterSealed,
)

PAGE = 25


@dataclass(frozen=True)
class OfficeLetterRow:
    """`event_id` is of the register's event; `file` and `sealed_at` are there once the letter is sealed."""

    letter: UUID
    number: str
    series: str
    kind: str
    matter: UUID
    content: str
    template: str
    item: ItemRef
    event_id: UUID
    issued_at: datetime
    signer: str
    file: str | None
    file_item: ItemRef | None
    sealed_at: datetime | None
    holds_until: datetime | None


class OfficeLetters:
    name = "office_letters"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS office_letters (letter TEXT PRIMARY KEY, number TEXT NOT NULL, series TEXT NOT NULL,"
        " kind TEXT NOT NULL, matter TEXT NOT NULL, content TEXT NOT NULL, template TEXT NOT NULL, item TEXT NOT NULL,"
        " event_id TEXT NOT NULL, issued_at TEXT NOT NULL, signer TEXT NOT NULL, file TEXT, file_item TEXT, sealed_at TEXT, holds_until TEXT)",
        "CREATE UNIQUE INDEX IF NOT EXISTS office_letters_number ON office_letters (number)",
        "CREATE INDEX IF NOT EXISTS office_letters_issued ON office_letters (issued_at)",
        "CREATE INDEX IF NOT EXISTS office_letters_matter ON office_letters (matter)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case OfficeLetterIssued() as issued:
                _insert(tx, recorded, issued)
            case OfficeLetterSealed() as sealed:
                _file(tx, sealed)
                at = rfc3339(sealed.by.at)
                tx.execute("UPDATE office_letters SET sealed_at = ? WHERE letter = ?", at, str(sealed.letter))
            case OfficeLetterRenewed() as renewed:
                _file(tx, renewed)
            case _:
                pass


def _file(tx: Tx, event: LetterFileEvents) -> None:
    tx.execute(
        "UPDATE office_letters SET file = ?, file_item = ?, holds_until = ? WHERE letter = ?",
        event.file,
        event.item.model_dump_json(),
        None if event.holds_until is None else rfc3339(event.holds_until),
        str(event.letter),
    )


def _insert(tx: Tx, recorded: Recorded, issued: OfficeLetterIssued) -> None:
    number = orjson.loads(recorded.message)["data"]["number"]
    tx.execute(
        "INSERT INTO office_letters (letter, number, series, kind, matter, content, template, item, event_id, issued_at, signer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(str(issued.letter), number, issued.series, issued.kind, str(issued.matter), issued.content),
        *(issued.template, issued.item.model_dump_json(), str(recorded.event_id), rfc3339(issued.by.at)),
        issued.by.actor,
    )


def office_letter(tx: Tx, letter: UUID) -> OfficeLetterRow | None:
    rows = tx.execute("SELECT * FROM office_letters WHERE letter = ?", str(letter))
    return _row(rows[0]) if rows else None


def letter_by_number(tx: Tx, number: str) -> OfficeLetterRow | None:
    rows = tx.execute("SELECT * FROM office_letters WHERE number = ?", number)
    return _row(rows[0]) if rows else None


def letters_of_matter(tx: Tx, matter: UUID) -> list[OfficeLetterRow]:
    """Read the letters about one aggregate, the newest first."""
    rows = tx.execute("SELECT * FROM office_letters WHERE matter = ? ORDER BY issued_at DESC", str(matter))
    return [_row(row) for row in rows]


def letters_to_seal(tx: Tx, limit: int) -> list[UUID]:
    """Find the letters without a file, the oldest first."""
    rows = tx.execute(
        "SELECT letter FROM office_letters WHERE file IS NULL ORDER BY issued_at, letter LIMIT ?", limit
    )
    return [UUID(row["letter"]) for row in rows]


def letters_to_renew(tx: Tx, before: datetime, limit: int) -> list[OfficeLetterRow]:
    """Find letters with a file whose timestamp does not hold beyond `before`; the one that ends first is the first."""
    rows = tx.execute(
        "SELECT * FROM office_letters WHERE file_item IS NOT NULL AND (holds_until IS NULL OR holds_until <= ?)"
        " ORDER BY holds_until, letter LIMIT ?",
        rfc3339(before),
        limit,
    )
    return [_row(row) for row in rows]


def letter_page(tx: Tx, page: int) -> list[OfficeLetterRow]:
    """Read one page of the register, the newest first; the first page is 1."""
    rows = tx.execute(
        "SELECT * FROM office_letters ORDER BY issued_at DESC, letter LIMIT ? OFFSET ?",
        PAGE,
        PAGE * (page - 1),
    )
    return [_row(row) for row in rows]


def letter_count(tx: Tx) -> int:
    return int(tx.execute("SELECT COUNT(*) AS many FROM office_letters")[0]["many"])


def _row(row: Row) -> OfficeLetterRow:
    return OfficeLetterRow(
        letter=UUID(row["letter"]),
        number=row["number"],
        series=row["series"],
        kind=row["kind"],
        matter=UUID(row["matter"]),
        content=row["content"],
        template=row["template"],
        item=ItemRef.model_validate_json(row["item"]),
        event_id=UUID(row["event_id"]),
        issued_at=datetime.fromisoformat(row["issued_at"]),
        signer=row["signer"],
        file=row["file"],
        file_item=None if row["file_item"] is None else ItemRef.model_validate_json(row["file_item"]),
        sealed_at=None if row["sealed_at"] is None else datetime.fromisoformat(row["sealed_at"]),
        holds_until=None if row["holds_until"] is None else datetime.fromisoformat(row["holds_until"]),
    )
