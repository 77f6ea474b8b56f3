"""The officials in whose hands a case came, as other services published it; filled by policies, so not rebuilt from own events."""

from zi_chassis.storage.database import Tx

CASE_HANDS_TABLES = (
    "CREATE TABLE IF NOT EXISTS case_hands (ticket TEXT NOT NULL, official TEXT NOT NULL, PRIMARY KEY (ticket, official))",
    "CREATE INDEX IF NOT EXISTS case_hands_official ON case_hands (official)",
)


def remember_hands(tx: Tx, ticket: str, official: str) -> None:
    tx.execute(
        "INSERT INTO case_hands (ticket, official) VALUES (?, ?) ON CONFLICT (ticket, official) DO NOTHING",
        *(ticket, official),
    )


def hands_of(tx: Tx, ticket: str) -> frozenset[str]:
    rows = tx.execute("SELECT official FROM case_hands WHERE ticket = ?", ticket)
    return frozenset(row["official"] for row in rows)
