"""Decide what a payment and its refund change: each is recorded once, whether it pays or not; and for what a further bill is made out."""

from datetime import datetime
from typing import assert_never

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import IssueFurtherBill, RecordPayment, RecordRefund
from zi_certificates.domain.application.events import (
    ApplicationEvents,
    ApplicationPaid,
    FurtherBillIssued,
    FurtherBillPaid,
    PaymentRefunded,
    PaymentRefused,
)
from zi_certificates.domain.application.state import OVER, Application, ApplicationStatus
from zi_contracts.certificates import FurtherBillReason, PaymentRefusal

MissingMoney = tuple[FurtherBillReason, int, tuple[str, ...]]


def decide_about_money(
    command: RecordPayment | RecordRefund | IssueFurtherBill, application: Application
) -> list[ApplicationEvents]:
    match command:
        case RecordPayment():
            return _record_payment(command, application)
        case RecordRefund():
            return _record_refund(command, application)
        case IssueFurtherBill():
            return _issue_further_bill(command, application)
        case _:
            assert_never(command)


def _record_payment(command: RecordPayment, application: Application) -> list[ApplicationEvents]:
    """Record each payment: one that does not pay its bill is an event too."""
    submission, further = application.submission, application.owed.bill(command.bill)
    if submission is None:
        raise errors.NotSubmittedError
    if further is None and command.bill != submission.bill:
        raise errors.AnotherBillError
    if command.payment in application.payments:
        return []
    if further is None:
        reason = _why_it_does_not_pay(command, application)
    else:
        reason = _why_it_pays_no_further_bill(command, application, further)
    fields = dict(command)
    del fields["due"], fields["more"]
    if reason is not None:
        return [PaymentRefused(**fields, reason=reason)]
    if further is not None and not _queues(application, further):
        return [FurtherBillPaid(**fields, settles=further.reason != "more_applied_for")]
    counting = () if further is None else further.counting
    return [ApplicationPaid(**fields, due=command.due, counting=counting)]


def _record_refund(command: RecordRefund, application: Application) -> list[ApplicationEvents]:
    """Record once that money was paid back: what paid for nothing, or what paid the bill and is reversed, so that it is unpaid again,
    unless the application is over and there is nothing left to pay for. What officials had paid back by hand may be back twice."""
    if not application.owed.is_news(command.payment, command.refund):
        return []
    fields = dict(command)
    pay_by = fields.pop("pay_by")
    by_hand = application.owed.refund_by_hand(command.payment)
    if by_hand is not None:
        return [PaymentRefunded(**fields, amount=by_hand.amount, by_hand=by_hand.refund)]
    amount = application.owed.amount_of(command.payment)
    if amount is not None:
        return [PaymentRefunded(**fields, amount=amount)]
    counted = dict(application.owed.counted).get(command.payment)
    if counted is None:
        raise errors.NothingOwedError
    again_by = None if application.status in OVER else pay_by
    return [PaymentRefunded(**fields, amount=counted, reversed=True, pay_by=again_by)]


def _issue_further_bill(command: IssueFurtherBill, application: Application) -> list[ApplicationEvents]:
    """Make out a further bill for what is missing now; one that says the same and can still be paid stays the only one."""
    if application.submission is None:
        raise errors.NotSubmittedError
    missing = missing_now(application, command.amount)
    if command.amount < 1 or (command.reason, command.amount, command.counting) != missing:
        raise errors.NothingMissingError
    same = open_bill(application, command.amount, command.by.at)
    return [] if same else [FurtherBillIssued(**dict(command))]


def missing_now(application: Application, more: int) -> MissingMoney | None:
    """Return reason, amount and what counts beside it. `more` is what is applied for costs beyond what was billed, by the rules."""
    owed, submission = application.owed, application.submission
    if submission is None:
        return None
    if application.is_unpaid_again:
        return "reversed", owed.short, ()
    if application.status is ApplicationStatus.AWAITING_PAYMENT and owed.partly_paid:
        return "underpaid", submission.amount - owed.sum_of(owed.partly_paid), owed.partly_paid
    open_now = application.status in (ApplicationStatus.NEED_DATA, ApplicationStatus.REJECTED)
    return ("more_applied_for", more, ()) if application.paid and open_now else None


def open_bill(application: Application, more: int, at: datetime) -> FurtherBillIssued | None:
    """Return the further bill for exactly what is missing now, if there is one that can still be paid."""
    owed, missing = application.owed, missing_now(application, more)
    same = [
        each
        for each in owed.bills
        if (each.reason, each.amount, each.counting) == missing
        and each.pay_by > at
        and each.bill not in owed.paid_bills
    ]
    return same[-1] if same else None


def _queues(application: Application, bill: FurtherBillIssued) -> bool:
    waits = application.status is ApplicationStatus.AWAITING_PAYMENT
    return waits and bill.reason != "more_applied_for"


def _why_it_does_not_pay(command: RecordPayment, application: Application) -> PaymentRefusal | None:
    submission = application.submission
    assert submission is not None
    if application.paid:
        return "already_paid"
    if application.status is not ApplicationStatus.AWAITING_PAYMENT or command.paid_at > submission.pay_by:
        return "too_late"
    missing = application.owed.short or submission.amount
    return None if command.amount == submission.amount == missing else "wrong_amount"


def _why_it_pays_no_further_bill(
    command: RecordPayment, application: Application, bill: FurtherBillIssued
) -> PaymentRefusal | None:
    if bill.bill in application.owed.paid_bills or (application.paid and bill.reason != "more_applied_for"):
        return "already_paid"
    if command.paid_at > bill.pay_by or application.status in OVER:
        return "too_late"
    return (
        None
        if command.amount == bill.amount and _is_for_what_is_missing(bill, application, command.more)
        else "wrong_amount"
    )


def _is_for_what_is_missing(bill: FurtherBillIssued, application: Application, more: int) -> bool:
    """Return whether a bill, with what counts beside it, still makes up all that is missing; more or less may be missing meanwhile."""
    owed, submission = application.owed, application.submission
    assert submission is not None
    if bill.reason == "more_applied_for":
        return bill.amount == more
    there = set(owed.partly_paid) >= set(bill.counting)
    return there and bill.amount + owed.sum_of(bill.counting) == (owed.short or submission.amount)
