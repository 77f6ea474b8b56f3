"""Conflicts of interest of officials, as integrity published them: whoever has one opens nothing of a mentored business, by any
reference of it."""

from uuid import UUID

from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.renamings import every_name_of
from zi_contracts.integrity import ConflictDeclared
from zi_contracts.message import Message

INTEREST_TABLES = (
    "CREATE TABLE IF NOT EXISTS interested_officials (declaration TEXT PRIMARY KEY, official TEXT NOT NULL,"
    " business_ref TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS interested_officials_of ON interested_officials (official, business_ref)",
)


def note_conflict(tx: Tx, message: Message, conflict: ConflictDeclared) -> None:
    tx.execute(
        "INSERT INTO interested_officials (declaration, official, business_ref) VALUES (?, ?, ?)"
        " ON CONFLICT (declaration) DO NOTHING",
        *(str(message.aggregate), conflict.official, conflict.business_ref),
    )


def end_conflict(tx: Tx, declaration: UUID) -> None:
    tx.execute("DELETE FROM interested_officials WHERE declaration = ?", str(declaration))


def is_interested(tx: Tx, official: str, business_ref: str) -> bool:
    names = every_name_of(tx, business_ref)
    found = f"SELECT 1 FROM interested_officials WHERE official = ? AND business_ref IN ({placeholders(names)}) LIMIT 1"
    return bool(tx.execute(found, official, *names))
