"""Decide what a payment and its refund change: each is recorded once, whether it pays or not."""

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import RecordPayment, RecordRefund
from zi_certificates.domain.application.events import (
    ApplicationEvents,
    ApplicationPaid,
    ApplicationSubmitted,
    PaymentRefunded,
    PaymentRefused,
)
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_contracts.certificates import PaymentRefusal


def record_payment(command: RecordPayment, application: Application) -> list[ApplicationEvents]:
    """Record each payment: one that does not pay the bill is an event too."""
    submission = application.submission
    if submission is None:
        raise errors.NotSubmittedError
    if command.bill != submission.bill:
        raise errors.AnotherBillError
    if command.payment in application.payments:
        return []
    reason = _why_it_does_not_pay(command, application, submission)
    if reason is None:
        return [ApplicationPaid(**dict(command))]
    fields = dict(command)
    del fields["due"]
    return [PaymentRefused(**fields, reason=reason)]


def record_refund(command: RecordRefund, application: Application) -> list[ApplicationEvents]:
    """Record once that money was paid back: what paid for nothing, or what paid the bill and is reversed. Officials judge what follows from that."""
    if command.payment in application.owed.refunded:
        return []
    amount = application.owed.amount_of(command.payment)
    if amount is not None:
        return [PaymentRefunded(**dict(command), amount=amount)]
    submission = application.submission
    if submission is None or command.payment not in application.payments:
        raise errors.NothingOwedError
    return [PaymentRefunded(**dict(command), amount=submission.amount, reversed=True)]


def _why_it_does_not_pay(
    command: RecordPayment, application: Application, submission: ApplicationSubmitted
) -> PaymentRefusal | None:
    if application.paid:
        return "already_paid"
    if application.status is not ApplicationStatus.AWAITING_PAYMENT or command.paid_at > submission.pay_by:
        return "too_late"
    return None if command.amount == submission.amount else "wrong_amount"
