"""The record of each use of an import key, also of those that were refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import rfc3339

PAGE = 20
LIFETIME = timedelta(days=400)
TABLES = (
    "CREATE TABLE IF NOT EXISTS import_uses (use_id TEXT PRIMARY KEY, account TEXT NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL,"
    " outcome TEXT NOT NULL, ticket TEXT)",
    "CREATE INDEX IF NOT EXISTS import_uses_account ON import_uses (account, at)",
    "CREATE INDEX IF NOT EXISTS import_uses_at ON import_uses (at)",
)


@dataclass(frozen=True)
class ImportUse:
    """`outcome` is `taken`, or the kind of the refusal."""

    key: UUID
    at: datetime
    outcome: str
    ticket: str | None


@dataclass(frozen=True)
class ImportUsePage:
    uses: Sequence[ImportUse]
    total: int


def record_use(tx: Tx, id: UUID, account: UUID, use: ImportUse) -> None:
    """Record it without a ticket whose data are erased: a repeated import is answered after that too."""
    erased = tx.execute("SELECT 1 FROM erasure_outcomes WHERE ticket = ? AND outcome = 'erased'", use.ticket)
    tx.execute("DELETE FROM import_uses WHERE at < ?", rfc3339(use.at - LIFETIME))
    tx.execute(
        "INSERT INTO import_uses (use_id, account, key, at, outcome, ticket) VALUES (?, ?, ?, ?, ?, ?)",
        *(str(id), str(account), str(use.key), rfc3339(use.at), use.outcome, None if erased else use.ticket),
    )


def erase_uses(tx: Tx, accounts: Sequence[str], ticket: str) -> None:
    tx.execute(
        f"DELETE FROM import_uses WHERE ticket = ? OR account IN ({placeholders(accounts) or 'NULL'})",
        *(ticket, *accounts),
    )


def count_uses_since(tx: Tx, key: UUID, since: datetime) -> int:
    [row] = tx.execute(
        "SELECT COUNT(*) AS total FROM import_uses WHERE key = ? AND at >= ?", str(key), rfc3339(since)
    )
    return int(row["total"])


def import_uses(tx: Tx, account: UUID, page: int = 1) -> ImportUsePage:
    """List the uses of an account's keys, the newest first."""
    [counted] = tx.execute("SELECT COUNT(*) AS total FROM import_uses WHERE account = ?", str(account))
    rows = tx.execute(
        f"SELECT * FROM import_uses WHERE account = ? ORDER BY at DESC, use_id LIMIT {PAGE} OFFSET ?",
        *(str(account), (page - 1) * PAGE),
    )
    uses = [
        ImportUse(UUID(row["key"]), datetime.fromisoformat(row["at"]), row["outcome"], row["ticket"])
        for row in rows
    ]
    return ImportUsePage(uses, int(counted["total"]))
