"""Tables of messages from other services: intake's requests and files, interests and mentorships of officials, consents of businesses.

Policies fill them, so they are not rebuilt from the service's own events. They hold no personal data.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from pydantic import TypeAdapter

from zi_certificates.domain.ids import account_id, application_id
from zi_certificates.domain.impartiality import Fact, Interest
from zi_certificates.messaging.offers import OFFER_TABLES
from zi_chassis.storage.database import Database, Row, Tx, placeholders
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.renamings import RENAMING_TABLES, every_name_of
from zi_contracts.intake import CertificateRequested, Channel, Items, Language, Series
from zi_contracts.message import Message
from zi_contracts.vault import ItemRef

MOST_MENTORINGS = 5
REQUESTS = 20  # of a page

_ITEMS: TypeAdapter[Items] = TypeAdapter(Items)


@dataclass(frozen=True)
class IntakeRequest:
    """A request for letters, as intake passed it on; `account` is the ticket of the request that opened the company's account."""

    ticket: str
    case: UUID
    series: Series
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    actor: str
    role: str
    account: str | None
    items: Items
    at: datetime

    @property
    def application(self) -> UUID:
        return application_id(self.case)


UPSTREAM_TABLES: tuple[str, ...] = (
    "CREATE TABLE IF NOT EXISTS requests (ticket TEXT PRIMARY KEY, aggregate TEXT NOT NULL, series TEXT NOT NULL,"
    " business_ref TEXT NOT NULL, data_subject TEXT NOT NULL, language TEXT NOT NULL, reachable_by TEXT NOT NULL,"
    " actor TEXT NOT NULL, role TEXT NOT NULL, account TEXT, items TEXT NOT NULL, at TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS requests_actor ON requests (actor, role)",
    "CREATE INDEX IF NOT EXISTS requests_account ON requests (account)",
    "CREATE INDEX IF NOT EXISTS requests_business ON requests (business_ref)",
    "CREATE TABLE IF NOT EXISTS files (item TEXT PRIMARY KEY, ticket TEXT NOT NULL, digest TEXT NOT NULL,"
    " media_type TEXT NOT NULL, size INTEGER NOT NULL, at TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS files_ticket ON files (ticket)",
    "CREATE TABLE IF NOT EXISTS facts (event TEXT PRIMARY KEY, official TEXT NOT NULL, business_ref TEXT NOT NULL,"
    " kind TEXT NOT NULL, origin TEXT NOT NULL, position INTEGER NOT NULL, ended TEXT)",
    "CREATE INDEX IF NOT EXISTS facts_official ON facts (official)",
    "CREATE INDEX IF NOT EXISTS facts_business ON facts (business_ref)",
    "CREATE INDEX IF NOT EXISTS facts_origin ON facts (origin)",
    "CREATE TABLE IF NOT EXISTS erasure_outcomes (ticket TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS clearings (official TEXT NOT NULL, business_ref TEXT NOT NULL, at TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS clearings_official ON clearings (official, business_ref)",
    "CREATE TABLE IF NOT EXISTS consents (ticket TEXT NOT NULL, mentoring TEXT NOT NULL, at TEXT NOT NULL,"
    " PRIMARY KEY (ticket, mentoring))",
    *OFFER_TABLES,
    *RENAMING_TABLES,
)


def keep_request(tx: Tx, message: Message, data: CertificateRequested) -> None:
    tx.execute(
        "INSERT INTO requests (ticket, aggregate, series, business_ref, data_subject, language, reachable_by, actor, role,"
        " account, items, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        message.subject,
        str(message.aggregate),
        data.series,
        data.business_ref,
        str(data.data_subject),
        data.language,
        json.dumps(data.reachable_by),
        message.actor,
        message.actorrole,
        _root(tx, data.account),
        _ITEMS.dump_json(data.items).decode(),
        rfc3339(message.time),
    )


def _root(tx: Tx, account: str | None) -> str | None:
    """Return the request that opened the account, whichever later one of the company was named."""
    named = request_of(tx, account) if account is not None else None
    return account if named is None or named.account is None else named.account


def keep_file(tx: Tx, ticket: str, item: ItemRef, media_type: str, size: int, at: datetime) -> None:
    tx.execute(
        "INSERT INTO files (item, ticket, digest, media_type, size, at) VALUES (?, ?, ?, ?, ?, ?)",
        str(item.item),
        ticket,
        item.digest,
        media_type,
        size,
        rfc3339(at),
    )


def keep_fact(tx: Tx, fact: Fact, business_ref: str, origin: UUID) -> None:
    """`origin` is the aggregate whose message can end it: the declaration."""
    tx.execute(
        "INSERT INTO facts (event, official, business_ref, kind, origin, position) VALUES (?, ?, ?, ?, ?, ?)",
        *(str(fact.event), fact.official, business_ref, fact.kind, str(origin), fact.position),
    )


def end_conflicts(tx: Tx, origin: UUID, at: datetime) -> None:
    """End the conflicts of a declaration; nothing ends a mentorship."""
    tx.execute(
        "UPDATE facts SET ended = ? WHERE origin = ? AND kind = 'conflict' AND ended IS NULL",
        rfc3339(at),
        str(origin),
    )


def keep_clearing(tx: Tx, official: str, business: str, at: datetime) -> None:
    """Record that a superior found no conflict, or none any more: by every reference of the business."""
    for name in every_name_of(tx, business):
        tx.execute(
            "INSERT INTO clearings (official, business_ref, at) VALUES (?, ?, ?)",
            *(official, name, rfc3339(at)),
        )


def keep_earlier_clearings(database: Database) -> None:
    """Record what superiors cleared before clearings were kept, each once: an ended conflict says when its declaration was cleared."""
    with database.transaction() as tx:
        for row in tx.execute(
            "SELECT DISTINCT f.official, f.business_ref, f.ended FROM facts f WHERE f.kind = 'conflict' AND f.ended IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM clearings e WHERE e.official = f.official AND e.business_ref = f.business_ref"
            " AND e.at = f.ended)"
        ):
            keep_clearing(tx, row["official"], row["business_ref"], datetime.fromisoformat(row["ended"]))


def keep_consent(tx: Tx, ticket: str, mentoring: str, at: datetime) -> None:
    """Record that a mentoring case may be taken over into the application with this ticket, known or not."""
    tx.execute(
        "INSERT INTO consents (ticket, mentoring, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        *(ticket, mentoring, rfc3339(at)),
    )


def keep_outcome(tx: Tx, message: Message, outcome: Literal["refused", "erased"]) -> None:
    """Keep what became of a request to erase the data of a case; what is erased stays so."""
    tx.execute(
        "INSERT INTO erasure_outcomes (ticket, outcome, at) VALUES (?, ?, ?) ON CONFLICT (ticket) DO UPDATE"
        " SET outcome = excluded.outcome, at = excluded.at WHERE erasure_outcomes.outcome <> 'erased'",
        *(message.subject, outcome, rfc3339(message.time)),
    )


def end_consent(tx: Tx, ticket: str, mentoring: str) -> None:
    tx.execute("DELETE FROM consents WHERE ticket = ? AND mentoring = ?", ticket, mentoring)


def request_of(tx: Tx, ticket: str) -> IntakeRequest | None:
    rows = tx.execute("SELECT * FROM requests WHERE ticket = ?", ticket)
    return _request(rows[0]) if rows else None


def requests_by(tx: Tx, actor: str, role: str, page: int = 1) -> tuple[list[IntakeRequest], int]:
    """Return a page of the requests of a signed-in person, the newest first, and the count of all."""
    whose = "FROM requests WHERE actor = ? AND role = ?"
    [counted] = tx.execute(f"SELECT COUNT(*) AS many {whose}", actor, role)
    rows = tx.execute(
        f"SELECT * {whose} ORDER BY at DESC, ticket LIMIT {REQUESTS} OFFSET {(page - 1) * REQUESTS}",
        *(actor, role),
    )
    return [_request(row) for row in rows], int(counted["many"])


def account_of(tx: Tx, request: IntakeRequest) -> UUID:
    """Return the account that its company applies with; the request's own if it names none that is known."""
    named = request_of(tx, request.account) if request.account is not None else None
    return account_id((named or request).case)


def files_of(tx: Tx, ticket: str) -> dict[UUID, str]:
    """Return the digests of the files that intake has of a case."""
    rows = tx.execute("SELECT item, digest FROM files WHERE ticket = ?", ticket)
    return {UUID(row["item"]): row["digest"] for row in rows}


def mentoring_of(tx: Tx, ticket: str) -> list[str]:
    """Return the mentoring cases that may be taken over into the application with this ticket, the last consent first."""
    rows = tx.execute(
        f"SELECT mentoring FROM consents WHERE ticket = ? ORDER BY at DESC, mentoring LIMIT {MOST_MENTORINGS}",
        ticket,
    )
    return [row["mentoring"] for row in rows]


def may_take_over(tx: Tx, ticket: str, mentoring: str) -> bool:
    return bool(tx.execute("SELECT 1 FROM consents WHERE ticket = ? AND mentoring = ?", ticket, mentoring))


# Officials who gave an application back for a conflict of interest, and whom no superior has cleared since, by its references.
_RECUSALS = (
    "FROM recusals u JOIN applications a ON a.application = u.application LEFT JOIN accounts c ON c.account = a.account"
    " LEFT JOIN requests q ON q.ticket = c.ticket WHERE NOT EXISTS (SELECT 1 FROM clearings e"
    " WHERE e.official = u.official AND e.at >= u.at AND e.business_ref IN (a.business_ref, c.business_ref, q.business_ref))"
)


def facts_about(tx: Tx, businesses: Collection[str]) -> tuple[Fact, ...]:
    """Return the facts that hinder now, under every reference of them. A signed-in person who applied for a company has an interest in
    it without declaring it, and so has whoever gave an application of it back for a conflict of interest."""
    names = [name for each in sorted(businesses) for name in every_name_of(tx, each)]
    marks = placeholders(names)
    rows = tx.execute(
        "SELECT official, kind, event, position FROM facts"
        f" WHERE ended IS NULL AND business_ref IN ({marks})"
        " UNION SELECT actor, 'conflict', aggregate, 0 FROM requests"
        f" WHERE role = 'applicant' AND business_ref IN ({marks})"
        f" UNION SELECT u.official, 'conflict', u.event, 0 {_RECUSALS}"
        f" AND (a.business_ref IN ({marks}) OR c.business_ref IN ({marks}) OR q.business_ref IN ({marks}))"
        " ORDER BY kind, position",
        *(name for _ in range(5) for name in names),
    )
    return tuple(
        Fact(official=row["official"], kind=row["kind"], event=UUID(row["event"]), position=row["position"])
        for row in rows
    )


def interests_of(tx: Tx, official: str) -> tuple[Interest, ...]:
    rows = tx.execute(
        "SELECT kind, business_ref FROM facts WHERE official = ? AND ended IS NULL"
        " UNION SELECT 'conflict', business_ref FROM requests WHERE actor = ? AND role = 'applicant'"
        f" UNION SELECT 'conflict', a.business_ref {_RECUSALS} AND u.official = ?"
        f" UNION SELECT 'conflict', c.business_ref {_RECUSALS} AND u.official = ? AND c.business_ref IS NOT NULL"
        f" UNION SELECT 'conflict', q.business_ref {_RECUSALS} AND u.official = ? AND q.business_ref IS NOT NULL",
        *(official for _ in range(5)),
    )
    return tuple(
        Interest(kind=row["kind"], business_ref=name)
        for row in rows
        for name in every_name_of(tx, row["business_ref"])
    )


def with_conflict(tx: Tx, business: str) -> frozenset[str]:
    return frozenset(each.official for each in facts_about(tx, {business}) if each.kind == "conflict")


def conflicts_of(tx: Tx, official: str) -> frozenset[str]:
    """Return the businesses with which the official has a conflict of interest."""
    return frozenset(each.business_ref for each in interests_of(tx, official) if each.kind == "conflict")


def _request(row: Row) -> IntakeRequest:
    return IntakeRequest(
        ticket=row["ticket"],
        case=UUID(row["aggregate"]),
        series=row["series"],
        business_ref=row["business_ref"],
        data_subject=UUID(row["data_subject"]),
        language=row["language"],
        reachable_by=cast(tuple[Channel, ...], tuple(json.loads(row["reachable_by"]))),
        actor=row["actor"],
        role=row["role"],
        account=row["account"],
        items=_ITEMS.validate_json(row["items"]),
        at=datetime.fromisoformat(row["at"]),
    )
