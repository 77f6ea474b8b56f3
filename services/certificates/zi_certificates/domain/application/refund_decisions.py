"""Decide about money that officials pay back: one records the transfer, another looks it up, and only then it counts as refunded."""

from typing import assert_never

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import (
    ConfirmRefund,
    DeclineRefund,
    RefundActs,
    ReportRefund,
)
from zi_certificates.domain.application.decision_fields import decision_fields
from zi_certificates.domain.application.events import (
    ApplicationEvents,
    RefundConfirmed,
    RefundDeclined,
    RefundReported,
)
from zi_certificates.domain.application.state import Application


def decide_about_refund(command: RefundActs, application: Application) -> list[ApplicationEvents]:
    match command:
        case ReportRefund():
            return _report(command, application)
        case ConfirmRefund():
            return _confirm(command, application)
        case DeclineRefund():
            waits = _waiting(command, application)
            return [RefundDeclined(**decision_fields(command), **_fields_of(waits))]
        case _:
            assert_never(command)


def _report(command: ReportRefund, application: Application) -> list[ApplicationEvents]:
    """Record it for what paid for nothing alone: that a payment which counts is taken back is the gateway's word."""
    amount = application.owed.amount_of(command.payment)
    if amount is None:
        raise errors.NothingOwedError
    if application.owed.report_of(command.payment) is not None:
        raise errors.RefundWaitsError
    if command.elsewhere:
        raise errors.TransferRecordedError
    fields = decision_fields(command)
    del fields["elsewhere"]
    return [RefundReported(**fields, amount=amount)]


def _confirm(command: ConfirmRefund, application: Application) -> list[ApplicationEvents]:
    waits = _waiting(command, application)
    if command.by.actor == waits.by.actor:
        raise errors.RefundFourEyesError
    return [RefundConfirmed(**decision_fields(command), **_fields_of(waits))]


def _waiting(command: ConfirmRefund | DeclineRefund, application: Application) -> RefundReported:
    """Return the record that the official looked at; another transfer may have been recorded meanwhile."""
    waits = application.owed.report_of(command.payment)
    if waits is None or waits.refund != command.refund:
        raise errors.NoRefundWaitsError
    return waits


def _fields_of(waits: RefundReported) -> dict[str, object]:
    return {"bill": waits.bill, "amount": waits.amount, "reported_by": waits.by.actor}
