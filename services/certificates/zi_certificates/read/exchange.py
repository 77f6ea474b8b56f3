"""The read model of exchanges: whose a key is, which account has a webhook, and what the webhook tells about an account's letters.

What it tells comes into the queue in the transaction of its event. It holds nothing about a person: tickets, numbers, kinds, reasons.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zi_certificates.domain.application.events import (
    ApplicationExpired,
    ApplicationRejected,
    LetterReinstated,
    LetterRevoked,
    LetterSealed,
    LetterSuperseded,
    LetterSuspended,
)
from zi_certificates.domain.exchange import (
    ImportKeyIssued,
    ImportKeyRevoked,
    WebhookEnded,
    WebhookSubscribed,
)
from zi_certificates.domain.imported import ApplicationImported
from zi_certificates.read.import_uses import erase_uses
from zi_chassis.domain import Event
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.webhooks.queue import enqueue, erase_messages

# The message of a webhook by the event that it tells about.
TYPES: Mapping[type[Event], str] = {
    LetterSealed: "letter.issued",
    LetterSuspended: "letter.suspended",
    LetterReinstated: "letter.reinstated",
    LetterRevoked: "letter.revoked",
    LetterSuperseded: "letter.replaced",
    ApplicationRejected: "application.refused",
    ApplicationExpired: "application.expired",
}


@dataclass(frozen=True)
class ImportKeyRow:
    key: UUID
    account: UUID
    issued_at: datetime
    revoked_at: datetime | None


class Exchanges:
    """After `Applications` and `Letters`, from which it knows whose they are."""

    name = "exchanges"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS import_keys (key TEXT PRIMARY KEY, account TEXT NOT NULL, issued_at TEXT NOT NULL, revoked_at TEXT)",
        "CREATE INDEX IF NOT EXISTS import_keys_account ON import_keys (account)",
        "CREATE TABLE IF NOT EXISTS webhooks (account TEXT PRIMARY KEY)",
        "CREATE TABLE IF NOT EXISTS imports (application TEXT PRIMARY KEY, reference TEXT NOT NULL, documents TEXT NOT NULL)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case ImportKeyIssued() as event:
                tx.execute(
                    "INSERT INTO import_keys (key, account, issued_at) VALUES (?, ?, ?)",
                    *(str(event.key), str(event.account), rfc3339(event.by.at)),
                )
            case ImportKeyRevoked() as event:
                tx.execute(
                    "UPDATE import_keys SET revoked_at = ? WHERE key = ?",
                    *(rfc3339(event.by.at), str(event.key)),
                )
            case WebhookSubscribed() as event:
                tx.execute(
                    "INSERT INTO webhooks (account) VALUES (?) ON CONFLICT DO NOTHING", str(event.account)
                )
            case WebhookEnded() as event:
                tx.execute("DELETE FROM webhooks WHERE account = ?", str(event.account))
            case ApplicationImported() as event:
                documents = json.dumps([each.model_dump() for each in event.documents])
                tx.execute(
                    "INSERT INTO imports (application, reference, documents) VALUES (?, ?, ?)",
                    *(str(event.application), event.reference, documents),
                )
            case _:
                _tell(tx, recorded)


def _tell(tx: Tx, recorded: Recorded) -> None:
    """Put what happened into the queue of the account's webhook, if it has one."""
    event, type = recorded.event, TYPES.get(recorded.event.__class__)
    if type is None:
        return
    whose = tx.execute(
        "SELECT a.ticket, a.series, w.account, i.reference FROM applications a JOIN webhooks w ON w.account = a.account"
        " LEFT JOIN imports i ON i.application = a.application AND a.ticket NOT IN"
        " (SELECT ticket FROM erasure_outcomes WHERE outcome = 'erased') WHERE a.application = ?",
        str(recorded.aggregate),
    )
    if whose:
        case = {
            "ticket": whose[0]["ticket"],
            "reference": whose[0]["reference"],
            "series": whose[0]["series"],
        }
        data = {**case, **_details(tx, event)}
        body = {"type": type, "timestamp": rfc3339(event.by.at), "data": data}
        enqueue(
            tx,
            whose[0]["account"],
            f"evt_{recorded.event_id.hex}",
            type,
            data.get("number") or data["ticket"],
            json.dumps(body, separators=(",", ":")).encode(),
            event.by.at,
        )


def _details(tx: Tx, event: Event) -> dict[str, Any]:
    match event:
        case LetterSealed(letter=letter) | LetterReinstated(letter=letter):
            return _letter(tx, letter)
        case LetterSuspended(letter=letter, reason=reason) | LetterRevoked(letter=letter, reason=reason):
            return {**_letter(tx, letter), "reason": reason}
        case LetterSuperseded(letter=letter, by_number=number):
            return {**_letter(tx, letter), "replaced_by": number}
        case ApplicationRejected(reasons=reasons):
            return {"reasons": [each.model_dump() for each in reasons]}
        case ApplicationExpired(reason=reason):
            return {"reason": reason}
        case _:
            return {}


def _letter(tx: Tx, letter: UUID) -> dict[str, Any]:
    [row] = tx.execute("SELECT number, kind, valid_until FROM letters WHERE letter = ?", str(letter))
    return {"number": row["number"], "kind": row["kind"], "valid_until": row["valid_until"]}


def imported_reference(tx: Tx, application: UUID) -> str | None:
    """Return the sender's reference of an application that another system sent."""
    rows = tx.execute("SELECT reference FROM imports WHERE application = ?", str(application))
    return rows[0]["reference"] if rows else None


def announced_digests(tx: Tx, application: UUID, kind: str) -> frozenset[str]:
    """Return the keyed digests of the documents of this kind that the sender announced."""
    rows = tx.execute("SELECT documents FROM imports WHERE application = ?", str(application))
    found = [each for row in rows for each in json.loads(row["documents"])]
    return frozenset(each["digest"] for each in found if each["kind"] == kind)


def import_key(tx: Tx, key: UUID) -> ImportKeyRow | None:
    rows = tx.execute("SELECT * FROM import_keys WHERE key = ?", str(key))
    return _key(rows[0]) if rows else None


def import_keys(tx: Tx, account: UUID) -> list[ImportKeyRow]:
    """List the keys of an account, the newest first."""
    rows = tx.execute(
        "SELECT * FROM import_keys WHERE account = ? ORDER BY issued_at DESC, key", str(account)
    )
    return [_key(row) for row in rows]


def erase_exchange(tx: Tx, ticket: str) -> None:
    """Empty the lists of uses and calls of what is about this case, and of all of the account that it opened or whose person in charge
    has it. That a repeated import is known does not rest on them."""
    opened = tx.execute("SELECT account FROM accounts WHERE ticket = ? OR reference = ?", ticket, ticket)
    numbers = tx.execute("SELECT number FROM letters WHERE ticket = ? AND number IS NOT NULL", ticket)
    accounts = [row["account"] for row in opened]
    erase_uses(tx, accounts, ticket)
    erase_messages(tx, accounts, [ticket, *(row["number"] for row in numbers)])


def _key(row: Row) -> ImportKeyRow:
    return ImportKeyRow(
        key=UUID(row["key"]),
        account=UUID(row["account"]),
        issued_at=datetime.fromisoformat(row["issued_at"]),
        revoked_at=datetime.fromisoformat(row["revoked_at"]) if row["revoked_at"] else None,
    )
