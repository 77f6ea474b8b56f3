"""The payment gateway as the office sees it: bills go out, notices of payment come in, and only the gateway can make one.

No money lies here. Each notice is recorded, whether it pays or not, and the same notice always gets the same answer.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, Protocol
from uuid import UUID

from zi_certificates.domain.application.events import (
    ApplicationPaid,
    FurtherBillPaid,
    PaymentRefunded,
    PaymentRefused,
    RefundConfirmed,
    RefundDeclined,
    RefundReported,
)
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_chassis.domain import DomainError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded
from zi_chassis.web.problem import ForbiddenError
from zi_contracts.certificates import PaymentRefusal

SIGNATURE = "X-Notice-Signature"
PREFIX = "82"
DIGITS = 13


class NoBillingError(DomainError):
    """Raised where no bill can be made out: an application that can't be paid is not submitted."""

    def __init__(self) -> None:
        super().__init__(
            "The office can't make out a bill at the moment, so nothing was submitted: ask the office, and submit it then."
        )


class ForgedNoticeError(ForbiddenError):
    """Raised for a notice that is not signed with the gateway's secret."""

    def __init__(self) -> None:
        super().__init__(
            "This notice is not signed by the payment gateway. Sign the body as it is sent, with the secret that you share."
        )


class Billing(Protocol):
    """Port of a payment gateway. `issue` gives an application the same bill however often it is called."""

    async def issue(self, application: UUID, amount: int, pay_by: datetime) -> str: ...

    def pay_at(self, bill: str) -> str:
        """Return the address at which the applicant pays."""
        ...

    def refuse_forged(self, notice: bytes, headers: Mapping[str, str]) -> None:
        """Raise ForgedNoticeError unless the gateway itself has sent exactly these bytes."""
        ...


class NoGateway:
    """None is configured: nothing can be billed, and no notice is genuine."""

    async def issue(self, application: UUID, amount: int, pay_by: datetime) -> str:
        raise NoBillingError

    def pay_at(self, bill: str) -> str:
        raise NoBillingError

    def refuse_forged(self, notice: bytes, headers: Mapping[str, str]) -> None:
        raise ForgedNoticeError


class Simulator:
    """Stands in for the gateway in a demo: no money moves, everything else is as with a real one."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._secret = secret
        self._public_url = public_url

    async def issue(self, application: UUID, amount: int, pay_by: datetime) -> str:
        """Return fifteen digits, as billing codes of the state have; nobody can guess them."""
        number = int.from_bytes(self._keyed(b"bill " + application.bytes)[:8]) % 10**DIGITS
        return f"{PREFIX}{number:0{DIGITS}}"

    def pay_at(self, bill: str) -> str:
        return f"{self._public_url}/certificates/billing-simulator/{bill}"

    def refuse_forged(self, notice: bytes, headers: Mapping[str, str]) -> None:
        refuse_unsigned(self._secret, notice, headers)

    def signature(self, notice: bytes) -> str:
        return signature_of(self._secret, notice)

    def notice(self, bill: str, amount: int, at: datetime) -> tuple[bytes, dict[str, str]]:
        """(body, headers) of the notice that the bill was paid; paying it again is another payment."""
        payment = f"simulator-{self._keyed(f'payment {bill} {at.isoformat()}'.encode()).hex()[:16]}"
        notice = PaymentNotice(bill=bill, payment=payment, amount=amount, paid_at=at)
        body = notice.model_dump_json().encode()
        return body, {SIGNATURE: self.signature(body)}

    def _keyed(self, message: bytes) -> bytes:
        return _keyed(self._secret, message)


def signature_of(secret: bytes, message: bytes) -> str:
    return _keyed(secret, message).hex()


def refuse_unsigned(secret: bytes, message: bytes, headers: Mapping[str, str]) -> None:
    """Raise ForgedNoticeError."""
    if not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), signature_of(secret, message).encode()):
        raise ForgedNoticeError


def _keyed(secret: bytes, message: bytes) -> bytes:
    return hmac.new(secret, message, sha256).digest()


@dataclass(frozen=True)
class PaymentOutcome:
    """The recorded outcome of a payment; `refunded` is one that was paid back since, whatever it had paid for."""

    outcome: Literal["paid", "refused", "refunded"]
    reason: PaymentRefusal | None = None


class Payments:
    """Read model of the outcome of each payment, so that a repeated notice is answered as the first time, and of what was paid back, or
    is by one official's word alone."""

    name = "payments"
    version = 5
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS payments (bill TEXT NOT NULL, payment TEXT NOT NULL, outcome TEXT NOT NULL,"
        " reason TEXT, PRIMARY KEY (bill, payment))",
        "CREATE TABLE IF NOT EXISTS refunds (bill TEXT NOT NULL, payment TEXT NOT NULL, transfer TEXT NOT NULL,"
        " PRIMARY KEY (bill, payment, transfer))",
        "CREATE INDEX IF NOT EXISTS refunds_transfer ON refunds (transfer)",
        "CREATE TABLE IF NOT EXISTS reported_refunds (application TEXT NOT NULL, payment TEXT NOT NULL,"
        " transfer TEXT NOT NULL, PRIMARY KEY (application, payment))",
        "CREATE INDEX IF NOT EXISTS payments_refused ON payments (bill, payment) WHERE outcome = 'refused'",
        # Payments that paid too little, until a further bill was paid beside them.
        "CREATE TABLE IF NOT EXISTS counted_payments (payment TEXT PRIMARY KEY)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case ApplicationPaid(bill=bill, payment=payment, counting=counting):
                _keep(tx, bill, payment, "paid", None)
                for each in counting:
                    tx.execute(
                        "INSERT INTO counted_payments (payment) VALUES (?) ON CONFLICT DO NOTHING", each
                    )
                    _forget_report(tx, recorded, each)
            case FurtherBillPaid(bill=bill, payment=payment):
                _keep(tx, bill, payment, "paid", None)
            case PaymentRefused(bill=bill, payment=payment, reason=reason):
                _keep(tx, bill, payment, "refused", reason)
            case PaymentRefunded(payment=payment) | RefundConfirmed(payment=payment):
                tx.execute(
                    "INSERT INTO refunds (bill, payment, transfer) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    *(recorded.event.bill, payment, _written_alike(recorded.event.refund)),
                )
                _forget_report(tx, recorded, payment)
            case RefundReported(payment=payment, refund=refund):
                tx.execute(
                    "INSERT INTO reported_refunds (application, payment, transfer) VALUES (?, ?, ?)",
                    *(str(recorded.aggregate), payment, _written_alike(refund)),
                )
            case RefundDeclined(payment=payment):
                _forget_report(tx, recorded, payment)
            case _:
                pass


def _forget_report(tx: Tx, recorded: Recorded, payment: str) -> None:
    tx.execute(
        "DELETE FROM reported_refunds WHERE application = ? AND payment = ?",
        *(str(recorded.aggregate), payment),
    )


def _keep(tx: Tx, bill: str, payment: str, outcome: str, reason: str | None) -> None:
    tx.execute("INSERT INTO payments VALUES (?, ?, ?, ?)", bill, payment, outcome, reason)


def _written_alike(transfer: str) -> str:
    """Leave out of a bank's reference what one writes and another does not: case, dots and dashes."""
    return "".join(each for each in transfer.casefold() if each.isalnum())


def is_transfer_recorded(tx: Tx, transfer: str) -> bool:
    """Tell whether the transfer has paid back a payment, or waits for a second person to say so."""
    rows = tx.execute(
        "SELECT 1 FROM refunds WHERE transfer = ? UNION ALL SELECT 1 FROM reported_refunds WHERE transfer = ?",
        *(_written_alike(transfer),) * 2,
    )
    return bool(rows)


def outcome_of(tx: Tx, bill: str, payment: str) -> PaymentOutcome | None:
    rows = tx.execute("SELECT outcome, reason FROM payments WHERE bill = ? AND payment = ?", bill, payment)
    if rows and tx.execute("SELECT 1 FROM refunds WHERE bill = ? AND payment = ?", bill, payment):
        return PaymentOutcome("refunded")
    return PaymentOutcome(rows[0]["outcome"], rows[0]["reason"]) if rows else None


def payments_of(tx: Tx, bill: str) -> list[PaymentOutcome]:
    """Return all payments for a bill, first the one that paid it."""
    rows = tx.execute("SELECT outcome, reason FROM payments WHERE bill = ? ORDER BY outcome, payment", bill)
    return [PaymentOutcome(row["outcome"], row["reason"]) for row in rows]
