"""Bills of applications."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_certificates.domain.application.state import ApplicationStatus
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339

# Payments for which money came that paid for nothing and was not paid back yet.
OWING = (
    "payments p JOIN bills b ON b.bill = p.bill LEFT JOIN refunds r ON r.bill = p.bill AND r.payment = p.payment"
    " WHERE p.outcome = 'refused' AND r.payment IS NULL AND p.payment NOT IN (SELECT payment FROM counted_payments)"
)


@dataclass(frozen=True)
class Bill:
    bill: str
    application: UUID
    ticket: str
    amount: int
    pay_by: datetime


def bill_of(tx: Tx, bill: str) -> Bill | None:
    return _bill(tx.execute("SELECT * FROM bills WHERE bill = ?", bill))


def bill_for(tx: Tx, application: UUID) -> Bill | None:
    """Return the last one that was made out."""
    rows = tx.execute(
        "SELECT * FROM bills WHERE application = ? ORDER BY number DESC LIMIT 1", str(application)
    )
    return _bill(rows)


def open_bills(tx: Tx) -> list[Bill]:
    """List bills that can still be paid, or that nobody has found unpaid yet."""
    rows = tx.execute(
        "SELECT bills.* FROM bills JOIN applications ON applications.application = bills.application"
        " WHERE applications.status = ? ORDER BY bills.pay_by, bills.bill",
        ApplicationStatus.AWAITING_PAYMENT.value,
    )
    return [found for row in rows if (found := _bill([row])) is not None]


def owing_bills(tx: Tx) -> list[Bill]:
    """List bills for which money came that paid for nothing and was not paid back yet."""
    rows = tx.execute(f"SELECT DISTINCT b.* FROM {OWING} ORDER BY b.pay_by, b.bill")
    return [found for row in rows if (found := _bill([row])) is not None]


def bill_of_payment(tx: Tx, application: UUID, payment: str) -> str | None:
    """Return the bill that a payment came for, whether it paid it or not."""
    rows = tx.execute(
        "SELECT p.bill FROM payments p JOIN bills b ON b.bill = p.bill WHERE b.application = ? AND p.payment = ?",
        *(str(application), payment),
    )
    return rows[0]["bill"] if rows else None


def recent_bills(tx: Tx, since: datetime) -> list[Bill]:
    """List bills whose last day to pay is not before `since`, whatever became of their applications."""
    rows = tx.execute("SELECT * FROM bills WHERE pay_by >= ? ORDER BY pay_by, bill", rfc3339(since))
    return [found for row in rows if (found := _bill([row])) is not None]


def _bill(rows: list[Row]) -> Bill | None:
    if not rows:
        return None
    row = rows[0]
    pay_by = datetime.fromisoformat(row["pay_by"])
    return Bill(row["bill"], UUID(row["application"]), row["ticket"], row["amount"], pay_by)
