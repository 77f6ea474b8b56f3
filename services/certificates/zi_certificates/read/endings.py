"""Deadlines of applicants that are near: from the planned time of the reminder to the end, while the clock can still run out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_certificates.domain.application.events import (
    ApplicationExpired,
    ApplicationPaid,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    LettersSigned,
)
from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339

NEAR = "SELECT application FROM endings WHERE soon <= ? AND ends > ?"


class Endings:
    """Read model, one row for each clock that has a reminder."""

    name = "endings"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS endings (application TEXT NOT NULL, clock TEXT NOT NULL, soon TEXT NOT NULL,"
        " ends TEXT NOT NULL, PRIMARY KEY (application, clock))",
        "CREATE INDEX IF NOT EXISTS endings_soon ON endings (soon)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case ApplicationSubmitted() as submitted:
                _plan(tx, recorded.aggregate, submitted)
            case ApplicationPaid():
                tx.execute(
                    "DELETE FROM endings WHERE application = ? AND clock = 'payment'", str(recorded.aggregate)
                )
            case LettersSigned() | ApplicationExpired() | ApplicationWithdrawn():
                tx.execute("DELETE FROM endings WHERE application = ?", str(recorded.aggregate))
            case _:
                pass


def _plan(tx: Tx, application: UUID, submitted: ApplicationSubmitted) -> None:
    ends = {"payment": submitted.pay_by, "completion": submitted.open_until}
    for each in submitted.reminders:
        if each.clock == "payment" and not submitted.amount:
            continue  # an amendment that costs nothing
        tx.execute(
            "INSERT INTO endings (application, clock, soon, ends) VALUES (?, ?, ?, ?)",
            *(str(application), each.clock, rfc3339(each.at), rfc3339(ends[each.clock])),
        )


@dataclass(frozen=True)
class NearEnd:
    clock: str
    ends: datetime


def near_ends(tx: Tx, applications: Collection[UUID], now: datetime) -> dict[UUID, NearEnd]:
    """Return what ends soon of these applications; of two clocks the one that ends first."""
    if not applications:
        return {}
    rows = tx.execute(
        "SELECT application, clock, ends FROM endings WHERE soon <= ? AND ends > ?"
        f" AND application IN ({placeholders(applications)}) ORDER BY ends DESC",
        *(rfc3339(now), rfc3339(now)),
        *map(str, applications),
    )
    return {
        UUID(row["application"]): NearEnd(row["clock"], datetime.fromisoformat(row["ends"])) for row in rows
    }
