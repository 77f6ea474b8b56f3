"""Further bills of an application: for what is missing since a payment was taken back, since too little came, or since more is applied for."""

from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid5

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import IssueFurtherBill
from zi_certificates.domain.application.events import FurtherBillIssued
from zi_certificates.domain.application.payment_decisions import MissingMoney, missing_now, open_bill
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_certificates.domain.ids import request_id_of
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases.billing import Billing
from zi_certificates.use_cases.rulebook import NoTariffStatedError, Rulebook
from zi_chassis.domain import Act
from zi_chassis.storage.store import Handled, Store
from zi_contracts.certificates import FurtherBillReason
from zi_rules.certificate.deadline import payment_due

PLANNED = "planned"
NOTHING: MissingMoney = ("more_applied_for", 0, ())  # the decider refuses a bill for it


def pay_again_by(rules: Rulebook, application: Application, at: datetime) -> datetime:
    """Return until when what is missing can be paid, by the rules of the application."""
    return payment_due(at.replace(microsecond=0), rules.of(application, at), rules.calendars.current)


def missing_more(rules: Rulebook, application: Application, at: datetime) -> int:
    """Return what is applied for now costs beyond what was billed, in rupiah; 0 where it costs no more."""
    try:
        return max(0, rules.amount(application, rules.of(application, at)) - application.price)
    except NoTariffStatedError:
        return 0


class FurtherBilling:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, rules: Rulebook, billing: Billing) -> None:
        self._store = store
        self._rules = rules
        self._billing = billing

    async def issue(self, request: IntakeRequest, by: Act, key: UUID | None) -> Handled[Application]:
        """Make out a code for what is missing now; while one can still be paid there is no second."""
        version, now = await self._store.fetch(applications, request.application)
        request_id = request_id_of(key, by, "further-bill")
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        planned = self._planned(now, by, request_id)
        if not applications.decide(planned, now):
            return Handled(now, version, ())
        reference = uuid5(request.application, f"{planned.reason} {planned.amount} {len(now.owed.bills)}")
        bill = await self._billing.issue(reference, planned.amount, planned.pay_by)
        return await self._store.handle(
            applications, request.application, planned.model_copy(update={"bill": bill})
        )

    def bill_of(self, now: Application, by: Act, key: UUID | None) -> FurtherBillIssued:
        """Return the bill that was made out under the key, or the one for what is missing now. Raises ChangedMeanwhileError."""
        request_id = request_id_of(key, by, "further-bill")
        made = [each for each in now.owed.bills if request_id is not None and each.request == request_id]
        bill = made[-1] if made else open_bill(now, missing_more(self._rules, now, by.at), by.at)
        if bill is None:
            raise errors.ChangedMeanwhileError
        return bill

    def _planned(self, now: Application, by: Act, request_id: UUID | None) -> IssueFurtherBill:
        missing = missing_now(now, missing_more(self._rules, now, by.at))
        reason, amount, counting = missing or NOTHING
        return IssueFurtherBill(
            by=by,
            request=request_id,
            bill=PLANNED,
            amount=amount,
            pay_by=self._pay_by(now, reason, by.at),
            reason=reason,
            counting=counting,
        )

    def _pay_by(self, now: Application, reason: FurtherBillReason, at: datetime) -> datetime:
        """Return until when a bill for this reason can be paid."""
        if now.submission is None:
            raise errors.NotSubmittedError
        later = pay_again_by(self._rules, now, at)
        match reason:
            case "reversed":
                waits = now.status is ApplicationStatus.AWAITING_PAYMENT
                return now.owed.pay_by if waits and now.owed.pay_by is not None else later
            case "underpaid":
                return now.submission.pay_by
            case "more_applied_for":
                return min(later, now.submission.open_until)
            case _:
                assert_never(reason)
