"""Messages about the money of an application: amounts and days, and never a billing code, because whoever has it can pay the bill."""

from typing import assert_never

from zi_certificates.domain.application import events
from zi_certificates.domain.application.owed import PaymentEvents
from zi_certificates.messaging.application_fields import ApplicationFields
from zi_contracts import certificates as contract
from zi_contracts.data import Data


def payment_data(event: PaymentEvents, status: ApplicationFields) -> Data:
    match event:
        case events.ApplicationPaid(amount=amount, due=due):
            return contract.ApplicationPaid(**status, amount=amount, due=due)
        case events.PaymentRefused(reason=reason, amount=amount):
            return contract.PaymentRefused(**status, reason=reason, amount=amount)
        case events.PaymentRefunded(amount=amount):
            repeats = event.by_hand is not None or None
            back = {"reversed": event.reversed or None, "pay_by": event.pay_by, "repeats": repeats}
            return contract.PaymentRefunded(**status, amount=amount, **back)
        case events.FurtherBillIssued(amount=amount, pay_by=pay_by, reason=further):
            return contract.FurtherBillIssued(**status, amount=amount, pay_by=pay_by, reason=further)
        case events.FurtherBillPaid(amount=amount):
            return contract.FurtherBillPaid(**status, amount=amount)
        case _:
            assert_never(event)


def refund_data(event: events.RefundEvents, status: ApplicationFields) -> Data:
    """Without the bank's references, which lead to the payer."""
    match event:
        case events.RefundReported(seen=known, amount=amount):
            return contract.RefundReported(**status, seen=known, amount=amount)
        case events.RefundConfirmed(seen=known, amount=amount, reported_by=by):
            return contract.RefundConfirmed(**status, seen=known, amount=amount, reported_by=by)
        case events.RefundDeclined(seen=known, amount=amount, reported_by=by):
            return contract.RefundDeclined(**status, seen=known, amount=amount, reported_by=by)
        case _:
            assert_never(event)
