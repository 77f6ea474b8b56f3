"""Receive notices of the payment gateway; the same notice has the same outcome, until its payment is paid back."""

from collections.abc import Mapping
from typing import Protocol

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from zi_certificates.domain.application.commands import RecordPayment
from zi_certificates.domain.application.errors import NoSuchBillError
from zi_certificates.domain.application.state import Application
from zi_certificates.messaging.published import applications
from zi_certificates.read.bills import bill_of
from zi_certificates.use_cases.billing import Billing, PaymentOutcome, outcome_of
from zi_certificates.use_cases.further_bills import missing_more
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.rulebook import Rulebook
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError
from zi_chassis.storage.store import Handled, Store
from zi_chassis.web.problem import NotFoundError

SYSTEM = "system:certificates"


class UnknownBillError(NotFoundError):
    """Raised for a bill that the office never made out; nothing is recorded."""

    def __init__(self) -> None:
        super().__init__(
            "The office has made out no bill with this code. Check the code; nothing was recorded."
        )


class KnownPaymentError(DomainError):
    """Raised for a payment that was recorded for another bill of the application; it counts once."""

    def __init__(self) -> None:
        super().__init__(
            "This payment is recorded for another bill already, so nothing was recorded. Report each payment under a reference of its own."
        )


class Till(Protocol):
    """The parts of the office that take payments."""

    store: Store
    billing: Billing
    rules: Rulebook
    clock: Clock


async def receive(
    till: Till, notice: bytes, headers: Mapping[str, str]
) -> tuple[PaymentNotice, PaymentOutcome]:
    """Record the payment of a notice. Raises ForgedNoticeError before it is parsed, UnknownBillError, KnownPaymentError."""
    till.billing.refuse_forged(notice, headers)
    read = _read(notice)
    try:
        await record_payment(till, read)
    except NoSuchBillError:
        raise UnknownBillError from None
    outcome = await till.store.query(lambda tx: outcome_of(tx, read.bill, read.payment))
    if outcome is None:
        raise KnownPaymentError
    return read, outcome


async def record_payment(till: Till, notice: PaymentNotice) -> Handled[Application]:
    """Record a payment of a genuine notice; the same payment again changes nothing. Raises NoSuchBillError."""
    billed = await till.store.query(lambda tx: bill_of(tx, notice.bill))
    if billed is None:
        raise NoSuchBillError
    id, by = billed.application, Act(at=till.clock.now(), actor=SYSTEM, role=SYSTEM)
    _, now = await till.store.fetch(applications, id)
    command = RecordPayment(
        by=by,
        bill=notice.bill,
        payment=notice.payment,
        amount=notice.amount,
        paid_at=notice.paid_at,
        due=till.rules.due(now, by.at),
        more=missing_more(till.rules, now, by.at),
    )
    return await till.store.handle(applications, id, command)


def _read(notice: bytes) -> PaymentNotice:
    try:
        return PaymentNotice.model_validate_json(notice)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None
