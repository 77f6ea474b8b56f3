"""The businesses of cases, as intake published them: an official names a case, and its business is what an interest is declared in.

Filled by policies, so not rebuilt from the service's own events.
"""

from zi_chassis.storage.database import Tx
from zi_contracts import intake
from zi_contracts.data import Data
from zi_contracts.message import Message

HANDLED = (intake.CertificateRequested, intake.MentoringRequested, intake.BusinessNumberGiven)
BUSINESS_TABLES = (
    "CREATE TABLE IF NOT EXISTS case_businesses (ticket TEXT PRIMARY KEY, business_ref TEXT NOT NULL)",
)


def note_business(tx: Tx, message: Message, data: Data | None) -> None:
    """Take in whose case it is; a number that is given later replaces the temporary reference."""
    if isinstance(data, HANDLED):
        tx.execute(
            "INSERT INTO case_businesses (ticket, business_ref) VALUES (?, ?)"
            " ON CONFLICT (ticket) DO UPDATE SET business_ref = excluded.business_ref",
            *(message.subject, data.business_ref),
        )


def business_of(tx: Tx, ticket: str) -> str | None:
    rows = tx.execute("SELECT business_ref FROM case_businesses WHERE ticket = ?", ticket)
    return rows[0]["business_ref"] if rows else None
