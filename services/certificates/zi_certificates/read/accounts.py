"""The read model of accounts, which companies apply with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from zi_certificates.domain import account as accounts
from zi_certificates.domain.account import Check
from zi_certificates.read.stored import update_row
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import like_escaped
from zi_rules.crockford import tidied

PAGE = 50


@dataclass(frozen=True)
class AccountRow:
    """`reference` is the ticket that the account was opened with, `ticket` that of the person in charge now; `businesses` are those
    of both.
    """

    account: UUID
    reference: str
    ticket: str
    businesses: frozenset[str]
    opened_by: str
    check: Check
    revision: int
    is_verified: bool
    updated: datetime


class Accounts:
    name = "accounts"
    version = 3
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS accounts (account TEXT PRIMARY KEY, reference TEXT NOT NULL, ticket TEXT NOT NULL,"
        " business_ref TEXT NOT NULL, opened_by TEXT NOT NULL, checked TEXT NOT NULL, revision INTEGER NOT NULL,"
        " verified INTEGER NOT NULL, updated TEXT NOT NULL)",
        "CREATE UNIQUE INDEX IF NOT EXISTS accounts_reference ON accounts (reference)",
        "CREATE INDEX IF NOT EXISTS accounts_business ON accounts (business_ref)",
        "CREATE INDEX IF NOT EXISTS accounts_ticket ON accounts (ticket)",
        "CREATE INDEX IF NOT EXISTS accounts_checked ON accounts (checked, updated)",
        "CREATE TABLE IF NOT EXISTS accounts_decided (account TEXT NOT NULL, official TEXT NOT NULL,"
        " PRIMARY KEY (official, account))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, accounts.AccountOpened):
            tx.execute(
                "INSERT INTO accounts (account, reference, ticket, business_ref, opened_by, checked, revision, verified,"
                " updated) VALUES (?, ?, ?, ?, ?, ?, 1, 0, ?)",
                *(str(recorded.aggregate), event.reference, event.reference, event.business_ref),
                *(event.by.actor, Check.WAITING.value, rfc3339(event.by.at)),
            )
        elif isinstance(event, accounts.AccountEvent):
            changed = {"updated": rfc3339(event.by.at), **_account_change(recorded, event)}
            update_row(tx, "accounts", "account", recorded.aggregate, changed)
            if isinstance(event, accounts.AccountVerified | accounts.AccountRefused):
                tx.execute(
                    "INSERT INTO accounts_decided (account, official) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    *(str(recorded.aggregate), event.by.actor),
                )


def _account_change(recorded: Recorded, event: accounts.AccountEvent) -> Mapping[str, object]:
    if isinstance(event, accounts.AccountFlagged):
        return {}
    revision = orjson.loads(recorded.message)["data"]["revision"]
    match event:
        case accounts.AccountMoved():
            changed = {"checked": Check.WAITING.value, "revision": revision}
            return changed | {"ticket": event.ticket, "verified": 0}
        case accounts.AccountVerified():
            return {"checked": Check.VERIFIED.value, "verified": 1}
        case accounts.AccountRefused():
            return {"checked": Check.REFUSED.value}
        case _:
            return {"checked": Check.WAITING.value, "revision": revision}


_ACCOUNTS = "SELECT c.*, r.business_ref AS charged_business FROM accounts c LEFT JOIN requests r ON r.ticket = c.ticket"


def account_referred(tx: Tx, reference: str) -> AccountRow | None:
    rows = tx.execute(f"{_ACCOUNTS} WHERE c.reference = ?", reference)
    return _account(rows[0]) if rows else None


def account_row(tx: Tx, id: UUID) -> AccountRow | None:
    rows = tx.execute(f"{_ACCOUNTS} WHERE c.account = ?", str(id))
    return _account(rows[0]) if rows else None


def accounts_decided_by(tx: Tx, official: str, business_ref: str) -> list[UUID]:
    """Accounts of this business that this official has verified or refused."""
    rows = tx.execute(
        "SELECT d.account FROM accounts_decided d JOIN accounts c ON c.account = d.account"
        " LEFT JOIN requests r ON r.ticket = c.ticket"
        " WHERE d.official = ? AND ? IN (c.business_ref, r.business_ref) ORDER BY d.account",
        *(official, business_ref),
    )
    return [UUID(row["account"]) for row in rows]


@dataclass(frozen=True)
class AccountPage:
    """`total` counts all pages; `after` is the reference that the next page begins after, None on the last one."""

    rows: tuple[AccountRow, ...]
    total: int
    after: str | None


def accounts_to_verify(
    tx: Tx,
    conflicts: Collection[str] = (),
    text: str = "",
    after: str | None = None,
    size: int = PAGE,
) -> AccountPage:
    """List accounts to verify whose references begin so, the longest waiting first, without those of companies that are closed to the
    reader."""
    marks = placeholders(conflicts)
    closed = (
        f" AND c.business_ref NOT IN ({marks}) AND COALESCE(r.business_ref, '') NOT IN ({marks})"
        if conflicts
        else ""
    )
    begins = f"{like_escaped(tidied(text))}%"
    where = f" WHERE c.checked = ? AND c.reference LIKE ? ESCAPE '!'{closed}"
    values = (Check.WAITING.value, begins, *conflicts, *conflicts)
    [counted] = tx.execute(
        "SELECT COUNT(*) AS many FROM accounts c LEFT JOIN requests r ON r.ticket = c.ticket" + where, *values
    )
    known = tx.execute("SELECT updated FROM accounts WHERE reference = ?", after) if after else []
    beyond = " AND (c.updated > ? OR (c.updated = ? AND c.reference > ?))" if known else ""
    rows = tx.execute(
        f"{_ACCOUNTS}{where}{beyond} ORDER BY c.updated, c.reference LIMIT {size + 1}",
        *values,
        *((known[0]["updated"], known[0]["updated"], after) if known else ()),
    )
    listed = tuple(map(_account, rows[:size]))
    return AccountPage(listed, int(counted["many"]), listed[-1].reference if len(rows) > size else None)


def _account(row: Row) -> AccountRow:
    return AccountRow(
        account=UUID(row["account"]),
        reference=row["reference"],
        ticket=row["ticket"],
        businesses=frozenset({row["business_ref"], row["charged_business"]} - {None}),
        opened_by=row["opened_by"],
        check=Check(row["checked"]),
        revision=row["revision"],
        is_verified=bool(row["verified"]),
        updated=datetime.fromisoformat(row["updated"]),
    )
