"""From a notice of the gateway to what is recorded of it; whatever it says, the same notice has one outcome."""

from collections.abc import Mapping
from typing import Protocol

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from zi_certificates.domain.application.errors import NoSuchBillError
from zi_certificates.use_cases.applying import Applying
from zi_certificates.use_cases.billing import Billing, Outcome, outcome_of
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_chassis.store import Store
from zi_chassis.web.problem import NotFoundError


class UnknownBillError(NotFoundError):
    """Nothing is recorded of money for a bill that the office never made out."""

    def __init__(self) -> None:
        super().__init__(
            "The office has made out no bill with this code. Check the code; nothing was recorded."
        )


class Till(Protocol):
    """What of the office takes payments."""

    store: Store
    billing: Billing
    applying: Applying


async def receive(till: Till, notice: bytes, headers: Mapping[str, str]) -> tuple[PaymentNotice, Outcome]:
    """Forged notices are refused before they are read."""
    till.billing.refuse_forged(notice, headers)
    said = _read(notice)
    try:
        await till.applying.record_payment(said.bill, said.payment, said.amount, said.paid_at)
    except NoSuchBillError:
        raise UnknownBillError from None
    outcome = await till.store.query(lambda tx: outcome_of(tx, said.bill, said.payment))
    assert outcome is not None, "a payment that was recorded has an outcome"
    return said, outcome


def _read(notice: bytes) -> PaymentNotice:
    try:
        return PaymentNotice.model_validate_json(notice)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False, include_url=False)) from None
