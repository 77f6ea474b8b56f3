"""Decisions about applications, and the applications that were taken before others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_certificates.read.applications import application_of
from zi_chassis.storage.database import Row, Tx
from zi_contracts.certificates import OvertakingReason


@dataclass(frozen=True)
class Decided:
    """A decision of an official, with the positions of the facts that the service knew then."""

    application: UUID
    official: str
    role: str
    event: UUID
    what: str
    at: datetime
    seen_umkm: int
    seen_integrity: int


@dataclass(frozen=True)
class Overtaking:
    """`ticket` was taken while `passed`, complete earlier, went on waiting."""

    at: datetime
    ticket: str
    passed: str
    official: str
    reason: OvertakingReason


def decisions_about(tx: Tx, application: UUID) -> list[Decided]:
    rows = tx.execute("SELECT * FROM decisions WHERE application = ? ORDER BY at", str(application))
    return [
        Decided(
            application=UUID(row["application"]),
            official=row["official"],
            role=row["role"],
            event=UUID(row["event"]),
            what=row["what"],
            at=datetime.fromisoformat(row["at"]),
            seen_umkm=row["seen_umkm"],
            seen_integrity=row["seen_integrity"],
        )
        for row in rows
    ]


def taken_for(tx: Tx, official: str, request: UUID) -> UUID | None:
    """Return the application that this request of this official took from the queue before."""
    rows = tx.execute(
        "SELECT application FROM decisions WHERE request = ? AND official = ? AND what = 'application_taken'",
        *(str(request), official),
    )
    return UUID(rows[0]["application"]) if rows else None


def decided_by(tx: Tx, official: str, business_ref: str) -> list[UUID]:
    """Applications of this business about which this official has decided."""
    rows = tx.execute(
        "SELECT DISTINCT d.application FROM decisions d JOIN applications a ON a.application = d.application"
        " LEFT JOIN accounts c ON c.account = a.account LEFT JOIN requests r ON r.ticket = c.ticket"
        " WHERE d.official = ? AND ? IN (a.business_ref, c.business_ref, r.business_ref) ORDER BY d.application",
        *(official, business_ref),
    )
    return [UUID(row["application"]) for row in rows]


def held_by(tx: Tx, official: str, business_ref: str) -> list[UUID]:
    """Applications of this business that this official has in hand, or asked for data."""
    rows = tx.execute(
        "SELECT a.application FROM applications a LEFT JOIN accounts c ON c.account = a.account"
        " LEFT JOIN requests r ON r.ticket = c.ticket"
        " WHERE a.officer = ? AND ? IN (a.business_ref, c.business_ref, r.business_ref) ORDER BY a.application",
        *(official, business_ref),
    )
    return [UUID(row["application"]) for row in rows]


def held_of_company(tx: Tx, ticket: str, official: str) -> set[UUID]:
    """Applications of the company of this one, from which they have recused themselves, that this official has."""
    row = application_of(tx, ticket)
    if row is None or official not in row.recused:
        return set()
    return {id for business in row.businesses for id in held_by(tx, official, business)}


def overtakings_of(tx: Tx, ticket: str) -> list[Overtaking]:
    """List applications that were taken while this one, complete earlier, waited."""
    rows = tx.execute("SELECT * FROM overtakings WHERE passed = ? ORDER BY at", ticket)
    return [_overtaking(row) for row in rows]


def _overtaking(row: Row) -> Overtaking:
    at = datetime.fromisoformat(row["at"])
    return Overtaking(at, row["ticket"], row["passed"], row["official"], row["reason"])
