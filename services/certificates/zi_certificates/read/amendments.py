"""Applications that take the place of an issued letter: amendments of it, and new letters that replace it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from zi_certificates.domain.application.state import OVER, SIGNED, ApplicationStatus
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_contracts.certificates import AmendmentReason, PublishedFinding

OPEN = tuple(
    each
    for each in ApplicationStatus
    if each not in (ApplicationStatus.UNKNOWN, *OVER, *SIGNED) or each is ApplicationStatus.ISSUED_UNSEALED
)

_FINDINGS: TypeAdapter[tuple[PublishedFinding, ...]] = TypeAdapter(tuple[PublishedFinding, ...])


@dataclass(frozen=True)
class Successor:
    """An application that `replaces` the letter with this number; `amendment` is its reason where it amends it."""

    application: UUID
    ticket: str
    replaces: str
    amendment: AmendmentReason | None
    status: ApplicationStatus
    updated: datetime
    rejected_for: tuple[PublishedFinding, ...]

    @property
    def refused_for(self) -> tuple[PublishedFinding, ...]:
        """Return the reasons of the last rejection as long as nothing came of it."""
        return self.rejected_for if self.status in (ApplicationStatus.REJECTED, *OVER) else ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


def open_successor(tx: Tx, number: str, but_for: UUID) -> Successor | None:
    """Return the application at work that will take the place of the letter."""
    rows = tx.execute(
        f"SELECT * FROM applications WHERE replaces = ? AND application <> ? AND status IN ({placeholders(OPEN)})"
        " ORDER BY drafted_at LIMIT 1",
        *(number, str(but_for), *(each.value for each in OPEN)),
    )
    return _successor(rows[0]) if rows else None


def successors_of(tx: Tx, numbers: Collection[str]) -> list[Successor]:
    """List all that was ever asked for in the place of these letters, the newest first."""
    if not numbers:
        return []
    rows = tx.execute(
        f"SELECT * FROM applications WHERE replaces IN ({placeholders(numbers)}) ORDER BY drafted_at DESC",
        *numbers,
    )
    return [_successor(row) for row in rows]


def _successor(row: Row) -> Successor:
    return Successor(
        application=UUID(row["application"]),
        ticket=row["ticket"],
        replaces=row["replaces"],
        amendment=row["amendment"],
        status=ApplicationStatus(row["status"]),
        updated=datetime.fromisoformat(row["updated"]),
        rejected_for=() if row["rejected_for"] is None else _FINDINGS.validate_json(row["rejected_for"]),
    )
