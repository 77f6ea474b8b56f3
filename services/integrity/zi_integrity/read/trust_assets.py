"""Assets of trust by official and year, and how many officials have each."""

from dataclasses import dataclass
from datetime import date

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded
from zi_integrity.domain.trust_asset import TrustAssetRecorded

PAGE = 50


@dataclass(frozen=True)
class TrustRow:
    official: str
    kind: str
    year: int
    done_on: date | None


class TrustAssets:
    name = "trust_assets"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS trust_assets (official TEXT NOT NULL, kind TEXT NOT NULL, year INTEGER NOT NULL,"
        " done_on TEXT, PRIMARY KEY (year, official, kind))",
        "CREATE INDEX IF NOT EXISTS trust_assets_official ON trust_assets (official, year)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, TrustAssetRecorded):
            tx.execute(
                "INSERT INTO trust_assets (official, kind, year, done_on) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (year, official, kind) DO UPDATE SET done_on = excluded.done_on",
                *(event.official, event.kind, event.year, event.done_on and event.done_on.isoformat()),
            )


def trust_assets_of(tx: Tx, official: str) -> list[TrustRow]:
    """Return what is recorded of an official, the newest year first."""
    return _rows(tx, "official = ? ORDER BY year DESC, kind LIMIT ?", official, PAGE)


def trust_list(tx: Tx, year: int, search: str, page: int) -> tuple[list[TrustRow], int]:
    """Return what is recorded of a year, by official."""
    where, values = "year = ?", [year]
    named = [search] if search else []
    where += " AND official = ?" if search else ""
    [count] = tx.execute(f"SELECT COUNT(*) AS many FROM trust_assets WHERE {where}", *values, *named)
    order = f"{where} ORDER BY official, kind LIMIT ? OFFSET ?"
    return _rows(tx, order, *values, *named, PAGE, (page - 1) * PAGE), count["many"]


def trust_counts(tx: Tx, year: int) -> dict[str, int]:
    """Count the officials who have done it in the year, by kind."""
    rows = tx.execute(
        "SELECT kind, COUNT(*) AS many FROM trust_assets WHERE year = ? AND done_on IS NOT NULL GROUP BY kind",
        year,
    )
    return {row["kind"]: row["many"] for row in rows}


def _rows(tx: Tx, where: str, *values: object) -> list[TrustRow]:
    return [
        TrustRow(
            row["official"],
            row["kind"],
            row["year"],
            None if row["done_on"] is None else date.fromisoformat(row["done_on"]),
        )
        for row in tx.execute(f"SELECT * FROM trust_assets WHERE {where}", *values)
    ]
