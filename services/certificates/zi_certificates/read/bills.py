"""Bills of applications."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.database import Row, Tx


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
    return _bill(tx.execute("SELECT * FROM bills WHERE application = ?", str(application)))


def _bill(rows: list[Row]) -> Bill | None:
    if not rows:
        return None
    row = rows[0]
    pay_by = datetime.fromisoformat(row["pay_by"])
    return Bill(row["bill"], UUID(row["application"]), row["ticket"], row["amount"], pay_by)
