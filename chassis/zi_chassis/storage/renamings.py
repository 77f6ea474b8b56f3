"""References that were replaced by others: what is known under a former one holds for whoever bears it now."""

from zi_chassis.storage.database import Tx

RENAMING_TABLES = (
    "CREATE TABLE IF NOT EXISTS renamings (former TEXT NOT NULL, reference TEXT NOT NULL,"
    " PRIMARY KEY (former, reference))",
    "CREATE INDEX IF NOT EXISTS renamings_reference ON renamings (reference)",
)


def note_renaming(tx: Tx, former: str, reference: str) -> None:
    """Note it also for those that became the former one before."""
    for each in names_of(tx, former):
        tx.execute(
            "INSERT INTO renamings (former, reference) VALUES (?, ?) ON CONFLICT (former, reference) DO NOTHING",
            *(each, reference),
        )


def names_of(tx: Tx, reference: str) -> tuple[str, ...]:
    """Return the reference and all that it replaced."""
    rows = tx.execute("SELECT former FROM renamings WHERE reference = ? ORDER BY former", reference)
    return tuple(dict.fromkeys((reference, *(row["former"] for row in rows))))


def later_names_of(tx: Tx, former: str) -> tuple[str, ...]:
    """Return the reference and all that replaced it."""
    rows = tx.execute("SELECT reference FROM renamings WHERE former = ? ORDER BY reference", former)
    return tuple(dict.fromkeys((former, *(row["reference"] for row in rows))))


def every_name_of(tx: Tx, reference: str) -> tuple[str, ...]:
    """Return the reference, all that it replaced or that replaced it, and what those replaced: a corrected one is one of them."""
    later = later_names_of(tx, reference)
    return tuple(dict.fromkeys(each for name in later for each in names_of(tx, name)))
