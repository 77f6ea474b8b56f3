"""Requests for mentoring and their files, as intake published them.

Filled by policies, so not rebuilt from the service's own events. Holds no personal data.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from pydantic import TypeAdapter

from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.renamings import RENAMING_TABLES, every_name_of, note_renaming
from zi_contracts.intake import Channel, District, Items, Language, MentoringRequested
from zi_contracts.message import Message
from zi_contracts.vault import ItemRef
from zi_umkm.domain.ids import mentoring_id

_ITEMS: TypeAdapter[Items] = TypeAdapter(Items)


@dataclass(frozen=True)
class MentoringRequest:
    """A request for mentoring; `products` counts them, their names are one item of the vault."""

    ticket: str
    case: UUID
    business_ref: str
    data_subject: UUID
    district: District
    has_nib: bool
    products: int
    language: Language
    reachable_by: tuple[Channel, ...]
    actor: str
    role: str
    items: Items
    at: datetime

    @property
    def mentoring(self) -> UUID:
        return mentoring_id(self.case)


MENTORING_REQUEST_TABLES: tuple[str, ...] = (
    "CREATE TABLE IF NOT EXISTS requests (ticket TEXT PRIMARY KEY, aggregate TEXT NOT NULL, business_ref TEXT NOT NULL,"
    " data_subject TEXT NOT NULL, district TEXT NOT NULL, has_nib INTEGER NOT NULL, products INTEGER NOT NULL,"
    " language TEXT NOT NULL, reachable_by TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, items TEXT NOT NULL,"
    " at TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS requests_actor ON requests (actor, role)",
    "CREATE INDEX IF NOT EXISTS requests_business ON requests (business_ref, role)",
    "CREATE TABLE IF NOT EXISTS files (item TEXT PRIMARY KEY, ticket TEXT NOT NULL, digest TEXT NOT NULL,"
    " media_type TEXT NOT NULL, size INTEGER NOT NULL, at TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS files_ticket ON files (ticket)",
    "CREATE TABLE IF NOT EXISTS interests (declaration TEXT PRIMARY KEY, official TEXT NOT NULL,"
    " business_ref TEXT NOT NULL, since TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS interests_business ON interests (business_ref, official)",
    "CREATE INDEX IF NOT EXISTS interests_official ON interests (official)",
    *RENAMING_TABLES,
)


def store_request(tx: Tx, message: Message, data: MentoringRequested) -> None:
    tx.execute(
        "INSERT INTO requests (ticket, aggregate, business_ref, data_subject, district, has_nib, products, language,"
        " reachable_by, actor, role, items, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(message.subject, str(message.aggregate), data.business_ref, str(data.data_subject), data.district),
        *(int(data.has_nib), data.products, data.language, json.dumps(data.reachable_by)),
        *(message.actor, message.actorrole, _ITEMS.dump_json(data.items).decode(), rfc3339(message.time)),
    )


def store_number(tx: Tx, ticket: str, business_ref: str, former_ref: str) -> None:
    """An interest that was declared under either reference holds under both."""
    note_renaming(tx, former_ref, business_ref)
    tx.execute("UPDATE requests SET business_ref = ?, has_nib = 1 WHERE ticket = ?", business_ref, ticket)


def store_file(tx: Tx, ticket: str, item: ItemRef, media_type: str, size: int, at: datetime) -> None:
    tx.execute(
        "INSERT INTO files (item, ticket, digest, media_type, size, at) VALUES (?, ?, ?, ?, ?, ?)",
        *(str(item.item), ticket, item.digest, media_type, size, rfc3339(at)),
    )


def store_interest(tx: Tx, message: Message, official: str, business_ref: str) -> None:
    """Store a declared conflict of interest; the declaration is its message's aggregate."""
    tx.execute(
        "INSERT INTO interests (declaration, official, business_ref, since) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (declaration) DO NOTHING",
        *(str(message.aggregate), official, business_ref, rfc3339(message.time)),
    )


def end_interest(tx: Tx, declaration: UUID) -> None:
    tx.execute("DELETE FROM interests WHERE declaration = ?", str(declaration))


def interested_in(tx: Tx, business_ref: str) -> frozenset[str]:
    """Return the officials with a conflict of interest that is not cleared, by any reference of the business. Whoever asked for it signed in
    has one without declaring it, also in a case of it that was opened with a code."""
    names = every_name_of(tx, business_ref)
    marks = placeholders(names)
    rows = tx.execute(
        f"SELECT official FROM interests WHERE business_ref IN ({marks})"
        f" UNION SELECT actor FROM requests WHERE role = 'applicant' AND business_ref IN ({marks})",
        *(*names, *names),
    )
    return frozenset(row["official"] for row in rows)


def request_of(tx: Tx, ticket: str) -> MentoringRequest | None:
    rows = tx.execute("SELECT * FROM requests WHERE ticket = ?", ticket)
    return _request(rows[0]) if rows else None


def requests_by(tx: Tx, actor: str, role: str) -> list[MentoringRequest]:
    """Return the requests of a signed-in person, the newest first."""
    rows = tx.execute("SELECT * FROM requests WHERE actor = ? AND role = ? ORDER BY at DESC", actor, role)
    return [_request(row) for row in rows]


def media_types(tx: Tx, ticket: str) -> dict[UUID, str]:
    """Return the media types of the files that intake has of a case."""
    rows = tx.execute("SELECT item, media_type FROM files WHERE ticket = ?", ticket)
    return {UUID(row["item"]): row["media_type"] for row in rows}


def _request(row: Row) -> MentoringRequest:
    return MentoringRequest(
        ticket=row["ticket"],
        case=UUID(row["aggregate"]),
        business_ref=row["business_ref"],
        data_subject=UUID(row["data_subject"]),
        district=row["district"],
        has_nib=bool(row["has_nib"]),
        products=row["products"],
        language=row["language"],
        reachable_by=cast(tuple[Channel, ...], tuple(json.loads(row["reachable_by"]))),
        actor=row["actor"],
        role=row["role"],
        items=_ITEMS.validate_json(row["items"]),
        at=datetime.fromisoformat(row["at"]),
    )
