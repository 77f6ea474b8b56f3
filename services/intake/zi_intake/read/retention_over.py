"""Cases of which the desk that works on them says that the time for which their data are kept is over, until it holds them again."""

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_contracts.message import Message

RETENTION_TABLES = ("CREATE TABLE IF NOT EXISTS retention_over (ticket TEXT PRIMARY KEY, at TEXT NOT NULL)",)


def note_retention_over(tx: Tx, message: Message) -> None:
    tx.execute(
        "INSERT INTO retention_over (ticket, at) VALUES (?, ?) ON CONFLICT (ticket) DO NOTHING",
        *(message.subject, rfc3339(message.time)),
    )


def withdraw_retention_over(tx: Tx, ticket: str) -> None:
    """The desk holds the data, or an erasure was refused, after which the word of the desk is needed anew."""
    tx.execute("DELETE FROM retention_over WHERE ticket = ?", ticket)


def is_retention_over(tx: Tx, ticket: str) -> bool:
    return bool(tx.execute("SELECT 1 FROM retention_over WHERE ticket = ?", ticket))
