"""The read model of letters: signed for, numbered, sealed, and how they stand since."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import orjson

from zi_certificates.domain.application.events import (
    LetterNumbered,
    LetterReinstated,
    LetterRenewed,
    LetterRevoked,
    LetterSealed,
    LetterSignatureLapsed,
    LetterSignedPersonally,
    LettersSigned,
    LetterSuperseded,
    LetterSuspended,
)
from zi_certificates.domain.register import CertificateIssued
from zi_certificates.domain.standing import Standing
from zi_certificates.read.applications import PAGE
from zi_certificates.read.stored import stored_item, update_row
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_contracts.intake import Series
from zi_contracts.vault import ItemRef

# A personal signature: promised by the letter, wanted of its signatory once the letter has its number, and made.
PersonalSignatureStep = Literal["promised", "wanted", "made"]


@dataclass(frozen=True)
class LetterRow:
    """`event_id` and `issued_at` are of the register's event; `standing` is None until the letter is sealed. `signature` is None for a
    letter without a personal one; `signed` and `signed_item` are the page that has it, `lapses` counts the signatures that ended before
    the seal."""

    letter: UUID
    application: UUID
    ticket: str
    account: UUID
    business_ref: str
    series: Series
    kind: str
    goods: str
    countries: tuple[str, ...]
    content: str
    template: str
    item: ItemRef | None
    valid_until: date | None
    signed_at: datetime
    signer: str
    number: str | None
    event_id: UUID | None
    issued_at: datetime | None
    year: int | None
    file: str | None
    file_item: ItemRef | None
    holds_until: datetime | None
    sealed_at: datetime | None
    standing: Standing | None
    since: datetime | None
    reason: str | None
    by_number: str | None
    signature: PersonalSignatureStep | None
    signed: str | None
    signed_item: ItemRef | None
    lapses: int


class Letters:
    """After `Applications`, from which it knows whose letter it is."""

    name = "letters"
    version = 6
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS letters (letter TEXT PRIMARY KEY, application TEXT NOT NULL, ticket TEXT NOT NULL,"
        " account TEXT NOT NULL, business_ref TEXT NOT NULL, series TEXT NOT NULL, kind TEXT NOT NULL, goods TEXT NOT NULL,"
        " countries TEXT NOT NULL, content TEXT NOT NULL, template TEXT NOT NULL, item TEXT, valid_until TEXT, signed_at TEXT NOT NULL,"
        " signer TEXT NOT NULL, number TEXT, event_id TEXT, issued_at TEXT, year INTEGER, file TEXT, file_item TEXT,"
        " sealed_at TEXT, standing TEXT, since TEXT, reason TEXT, by_number TEXT, holds_until TEXT,"
        " signature TEXT, signed TEXT, signed_item TEXT, lapses INTEGER NOT NULL)",
        # Every digest that the file of a letter has had: an older one is the same letter with fewer timestamps.
        "CREATE TABLE IF NOT EXISTS letter_files (file TEXT PRIMARY KEY, letter TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS letters_application ON letters (application)",
        "CREATE UNIQUE INDEX IF NOT EXISTS letters_number ON letters (number)",
        "CREATE INDEX IF NOT EXISTS letters_account ON letters (account, series, standing)",
        "CREATE INDEX IF NOT EXISTS letters_sealed ON letters (sealed_at)",
        "CREATE INDEX IF NOT EXISTS letters_issued ON letters (issued_at)",
        "CREATE INDEX IF NOT EXISTS letters_standing ON letters (standing, issued_at, number)",
        "CREATE INDEX IF NOT EXISTS letters_holds ON letters (holds_until)",
        "CREATE INDEX IF NOT EXISTS letters_signature ON letters (signature, application)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case LettersSigned() as signed:
                _sign(tx, recorded, signed)
            case CertificateIssued() as issued:
                number = orjson.loads(recorded.message)["data"]["number"]
                where = {"event_id": str(recorded.event_id), "issued_at": rfc3339(issued.by.at)}
                _letter(tx, issued.letter, {"number": number, "year": issued.year, **where})
            case LetterNumbered(letter=letter):
                wanted = "UPDATE letters SET signature = 'wanted' WHERE letter = ? AND signature = 'promised'"
                tx.execute(wanted, str(letter))
            case LetterSignedPersonally(letter=letter, file=file, item=page):
                made = {"signature": "made", "signed": file, "signed_item": page.model_dump_json()}
                _letter(tx, letter, made)
            case LetterSignatureLapsed(letter=letter):
                lapsed = "signature = 'wanted', signed = NULL, signed_item = NULL, lapses = lapses + 1"
                tx.execute(f"UPDATE letters SET {lapsed} WHERE letter = ?", str(letter))
            case LetterSealed() as sealed:
                item = None if sealed.item is None else sealed.item.model_dump_json()
                at = rfc3339(sealed.by.at)
                stands = {"standing": Standing.VALID.value, "since": at}
                _file(tx, sealed.letter, sealed.file, item, sealed.holds_until)
                _letter(tx, sealed.letter, {"sealed_at": at, **stands})
            case LetterRenewed() as renewed:
                item = renewed.item.model_dump_json()
                _file(tx, renewed.letter, renewed.file, item, renewed.holds_until)
            case LetterSuspended() as event:
                _stand(tx, event.letter, event.by.at, Standing.SUSPENDED, reason=event.reason)
            case LetterReinstated() as event:
                _stand(tx, event.letter, event.by.at, Standing.VALID)
            case LetterRevoked() as event:
                _stand(tx, event.letter, event.by.at, Standing.REVOKED, reason=event.reason)
            case LetterSuperseded() as event:
                _stand(tx, event.letter, event.by.at, Standing.SUPERSEDED, by_number=event.by_number)
            case _:
                pass


def _sign(tx: Tx, recorded: Recorded, event: LettersSigned) -> None:
    [whose] = tx.execute(
        "SELECT ticket, account, business_ref, series, goods, countries, item_countries FROM applications WHERE application = ?",
        str(recorded.aggregate),
    )
    refused = {str(each.item) for each in event.refused}
    by_item: dict[str, str] = json.loads(whose["item_countries"])
    approved = {country for number, country in by_item.items() if number not in refused}
    countries = " ".join(sorted(approved)) if by_item else whose["countries"]
    for each in event.letters:
        tx.execute(
            "INSERT INTO letters (letter, application, ticket, account, business_ref, series, kind, goods, countries,"
            " content, template, item, valid_until, signed_at, signer, signature, lapses)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            str(each.letter),
            str(recorded.aggregate),
            *(whose[column] for column in ("ticket", "account", "business_ref", "series")),
            each.kind,
            whose["goods"],
            countries,
            each.content,
            each.template,
            None if each.item is None else each.item.model_dump_json(),
            None if each.valid_until is None else each.valid_until.isoformat(),
            rfc3339(event.by.at),
            event.by.actor,
            "promised" if each.personal_signature else None,
        )


def _stand(
    tx: Tx,
    letter: UUID,
    at: datetime,
    standing: Standing,
    reason: str | None = None,
    by_number: str | None = None,
) -> None:
    since = {"standing": standing.value, "since": rfc3339(at)}
    _letter(tx, letter, {**since, "reason": reason, "by_number": by_number})


def _file(tx: Tx, letter: UUID, file: str, item: str | None, holds_until: datetime | None) -> None:
    until = None if holds_until is None else rfc3339(holds_until)
    _letter(tx, letter, {"file": file, "file_item": item, "holds_until": until})
    tx.execute(
        "INSERT INTO letter_files (file, letter) VALUES (?, ?) ON CONFLICT (file) DO NOTHING",
        file,
        str(letter),
    )


def _letter(tx: Tx, letter: UUID, changed: Mapping[str, object]) -> None:
    update_row(tx, "letters", "letter", letter, changed)


def letter(tx: Tx, id: UUID) -> LetterRow | None:
    rows = tx.execute("SELECT * FROM letters WHERE letter = ?", str(id))
    return _letter_row(rows[0]) if rows else None


def letter_numbered(tx: Tx, number: str) -> LetterRow | None:
    rows = tx.execute("SELECT * FROM letters WHERE number = ?", number)
    return _letter_row(rows[0]) if rows else None


def letter_with_file(tx: Tx, file: str) -> LetterRow | None:
    """The one whose sealed file has this digest, or had it before a renewal."""
    rows = tx.execute(
        "SELECT l.* FROM letters l JOIN letter_files f ON f.letter = l.letter WHERE f.file = ?", file
    )
    return _letter_row(rows[0]) if rows else None


def letters_of(tx: Tx, application: UUID) -> list[LetterRow]:
    rows = tx.execute("SELECT * FROM letters WHERE application = ? ORDER BY kind", str(application))
    return [_letter_row(row) for row in rows]


def valid_letters_of(
    tx: Tx, account: UUID, series: str, day: date, first: int, limit: int
) -> tuple[list[LetterRow], int]:
    """List the valid letters of a company in one series, the newest first, and count all."""
    where = "account = ? AND series = ? AND standing = 'valid' AND (valid_until IS NULL OR valid_until >= ?)"
    values = (str(account), series, day.isoformat())
    [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM letters WHERE {where}", *values)
    rows = tx.execute(
        f"SELECT * FROM letters WHERE {where} ORDER BY issued_at DESC, number DESC LIMIT {limit} OFFSET {first}",
        *values,
    )
    return [_letter_row(row) for row in rows], int(counted["many"])


def letters_to_seal(tx: Tx, limit: int = PAGE) -> list[LetterRow]:
    """Signed for, and without their file; the oldest first. One that waits for its signatory is not the program's to finish."""
    rows = tx.execute(
        "SELECT * FROM letters WHERE sealed_at IS NULL AND COALESCE(signature, '') <> 'wanted'"
        f" ORDER BY signed_at, letter LIMIT {limit}"
    )
    return [_letter_row(row) for row in rows]


def letters_to_renew(tx: Tx, before: datetime, limit: int) -> list[LetterRow]:
    """Sealed, and without a timestamp that holds beyond `before`; the one that ends first is the first."""
    rows = tx.execute(
        "SELECT * FROM letters WHERE file_item IS NOT NULL AND (holds_until IS NULL OR holds_until <= ?)"
        f" ORDER BY holds_until, sealed_at, letter LIMIT {limit}",
        rfc3339(before),
    )
    return [_letter_row(row) for row in rows]


def _letter_row(row: Row) -> LetterRow:
    return LetterRow(
        letter=UUID(row["letter"]),
        application=UUID(row["application"]),
        ticket=row["ticket"],
        account=UUID(row["account"]),
        business_ref=row["business_ref"],
        series=row["series"],
        kind=row["kind"],
        goods=row["goods"],
        countries=tuple(row["countries"].split()),
        content=row["content"],
        template=row["template"],
        item=stored_item(row["item"]),
        valid_until=None if row["valid_until"] is None else date.fromisoformat(row["valid_until"]),
        signed_at=datetime.fromisoformat(row["signed_at"]),
        signer=row["signer"],
        number=row["number"],
        event_id=None if row["event_id"] is None else UUID(row["event_id"]),
        issued_at=stored_time(row["issued_at"]),
        year=row["year"],
        file=row["file"],
        file_item=stored_item(row["file_item"]),
        holds_until=stored_time(row["holds_until"]),
        sealed_at=stored_time(row["sealed_at"]),
        standing=None if row["standing"] is None else Standing(row["standing"]),
        since=stored_time(row["since"]),
        reason=row["reason"],
        by_number=row["by_number"],
        signature=row["signature"],
        signed=row["signed"],
        signed_item=stored_item(row["signed_item"]),
        lapses=row["lapses"],
    )
