"""The read model of the certificates that officials sign with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_certificates.domain import signatory
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_chassis.storage.searching import pattern_of

PAGE = 50


@dataclass(frozen=True)
class SignatoryRow:
    """`certificate` is recorded since `since`; `offered` waits since `offered_at` for a second person."""

    signatory: UUID
    official: str
    certificate: str
    since: datetime
    offered: str | None
    offered_at: datetime | None


@dataclass(frozen=True)
class SignatoryPage:
    """`total` counts all pages."""

    rows: tuple[SignatoryRow, ...]
    total: int


class Signatories:
    name = "signatories"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS signatories (signatory TEXT PRIMARY KEY, official TEXT NOT NULL,"
        " certificate TEXT NOT NULL, since TEXT NOT NULL, offered TEXT, offered_at TEXT)",
        "CREATE INDEX IF NOT EXISTS signatories_offered ON signatories (offered_at, official)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case signatory.SignatoryCertificatePinned():
                tx.execute(
                    "INSERT INTO signatories (signatory, official, certificate, since) VALUES (?, ?, ?, ?)",
                    *(id, event.official, event.certificate, rfc3339(event.by.at)),
                )
            case signatory.SignatoryCertificateOffered():
                tx.execute(
                    "UPDATE signatories SET offered = ?, offered_at = ? WHERE signatory = ?",
                    *(event.certificate, rfc3339(event.by.at), id),
                )
            case signatory.SignatoryCertificateChanged():
                tx.execute(
                    "UPDATE signatories SET certificate = ?, since = ?, offered = NULL, offered_at = NULL WHERE signatory = ?",
                    *(event.certificate, rfc3339(event.by.at), id),
                )
            case signatory.SignatoryCertificateDeclined():
                tx.execute("UPDATE signatories SET offered = NULL, offered_at = NULL WHERE signatory = ?", id)
            case _:
                pass


def certificates_of_others(tx: Tx, id: UUID) -> frozenset[str]:
    """Return the certificates that are recorded for anybody else."""
    rows = tx.execute("SELECT certificate FROM signatories WHERE signatory <> ?", str(id))
    return frozenset(row["certificate"] for row in rows)


def signatories_page(tx: Tx, text: str = "", page: int = 1) -> SignatoryPage:
    """List officials in whose names this stands: those who wait for a second person first."""
    found = "FROM signatories WHERE LOWER(official) LIKE ? ESCAPE '!'"
    [counted] = tx.execute(f"SELECT COUNT(*) AS many {found}", pattern_of(text))
    rows = tx.execute(
        f"SELECT * {found} ORDER BY CASE WHEN offered IS NULL THEN 1 ELSE 0 END, offered_at, official LIMIT {PAGE} OFFSET ?",
        *(pattern_of(text), (page - 1) * PAGE),
    )
    return SignatoryPage(tuple(map(_row, rows)), int(counted["many"]))


def count_offered(tx: Tx) -> int:
    [counted] = tx.execute("SELECT COUNT(*) AS many FROM signatories WHERE offered_at IS NOT NULL")
    return int(counted["many"])


def _row(row: Row) -> SignatoryRow:
    return SignatoryRow(
        signatory=UUID(row["signatory"]),
        official=row["official"],
        certificate=row["certificate"],
        since=datetime.fromisoformat(row["since"]),
        offered=row["offered"],
        offered_at=stored_time(row["offered_at"]),
    )
