"""The money of an application: what paid it, what came and paid for nothing, what was paid back, and the further bills. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from zi_certificates.domain.application.events import (
    ApplicationPaid,
    FurtherBillIssued,
    FurtherBillPaid,
    PaymentRefunded,
    PaymentRefused,
    RefundConfirmed,
    RefundDeclined,
    RefundEvents,
    RefundReported,
)

PaymentEvents = ApplicationPaid | PaymentRefused | PaymentRefunded | FurtherBillIssued | FurtherBillPaid
MoneyEvents = PaymentEvents | RefundEvents
Amounts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class OwedMoney:
    """Amounts by payment; a payment is `refunded` once. `too_little` paid less than the bill, and a further bill may ask for the rest.
    `reported` are refunds that wait for a second person, `by_hand` those that one has confirmed; `repeated` is what the gateway says
    of these besides: perhaps the same transfer, perhaps a second one.

    `counted` pay the application. `short` is missing of it since a payment was reversed, and is to be paid by `pay_by`. `added` is what it
    costs more than its first bill."""

    amounts: Amounts = ()
    refunded: frozenset[str] = frozenset()
    too_little: tuple[str, ...] = ()
    counted: Amounts = ()
    short: int = 0
    pay_by: datetime | None = None
    added: int = 0
    bills: tuple[FurtherBillIssued, ...] = ()
    paid_bills: frozenset[str] = frozenset()
    reported: tuple[RefundReported, ...] = ()
    by_hand: tuple[RefundConfirmed, ...] = ()
    repeated: tuple[PaymentRefunded, ...] = ()

    @property
    def is_unpaid_again(self) -> bool:
        return self.short > 0

    @property
    def partly_paid(self) -> tuple[str, ...]:
        """List the payments that came for the bill, paid too little and are not paid back."""
        there = dict(self.amounts)
        return tuple(each for each in self.too_little if each in there)

    def amount_of(self, payment: str) -> int | None:
        return dict(self.amounts).get(payment)

    def report_of(self, payment: str) -> RefundReported | None:
        return next((each for each in self.reported if each.payment == payment), None)

    def refund_by_hand(self, payment: str) -> RefundConfirmed | None:
        return next((each for each in self.by_hand if each.payment == payment), None)

    def is_news(self, payment: str, refund: str) -> bool:
        """Tell whether the gateway's word that a payment was paid back says something that is not recorded."""
        by_hand = self.refund_by_hand(payment)
        is_other = by_hand is not None and by_hand.refund != refund
        return payment not in self.refunded or (
            is_other and payment not in {each.payment for each in self.repeated}
        )

    def sum_of(self, payments: tuple[str, ...]) -> int:
        return sum(amount for payment, amount in self.amounts if payment in payments)

    def bill(self, code: str) -> FurtherBillIssued | None:
        return next((each for each in self.bills if each.bill == code), None)

    def after(self, event: MoneyEvents) -> "OwedMoney":
        match event:
            case PaymentRefused(payment=payment, amount=amount):
                little = (payment,) if event.reason == "wrong_amount" else ()
                amounts = (*self.amounts, (payment, amount))
                return replace(self, amounts=amounts, too_little=(*self.too_little, *little))
            case FurtherBillIssued():
                return replace(self, bills=(*self.bills, event))
            case ApplicationPaid() | FurtherBillPaid():
                return self._paid(event)
            case PaymentRefunded() if event.by_hand is not None:
                return replace(self, repeated=(*self.repeated, event))
            case RefundConfirmed():
                return replace(self._refunded(event), by_hand=(*self.by_hand, event))
            case PaymentRefunded():
                return self._refunded(event)
            case RefundReported():
                return replace(self, reported=(*self.reported, event))
            case RefundDeclined():
                return self._without_reports({event.payment})
            case _:
                assert_never(event)

    def _paid(self, event: ApplicationPaid | FurtherBillPaid) -> "OwedMoney":
        bill = self.bill(event.bill)
        joined = () if bill is None else bill.counting
        left = tuple(each for each in self.amounts if each[0] not in joined)
        counting = tuple(each for each in self.amounts if each[0] in joined)
        counted = (*self.counted, *counting, (event.payment, event.amount))
        more = event.amount if bill is not None and bill.reason == "more_applied_for" else 0
        paid = replace(self._without_reports(set(joined)), amounts=left, counted=counted)
        paid = replace(paid, added=self.added + more)
        paid = replace(paid, paid_bills=self.paid_bills | {event.bill})
        if more:
            return paid
        short = max(0, self.short - event.amount - sum(amount for _, amount in counting))
        return replace(paid, short=short, pay_by=self.pay_by if short else None)

    def _without_reports(self, payments: set[str]) -> "OwedMoney":
        return replace(self, reported=tuple(each for each in self.reported if each.payment not in payments))

    def _refunded(self, event: PaymentRefunded | RefundConfirmed) -> "OwedMoney":
        """Leave as it was a payment that was reversed before there were further bills: it has no new day to pay, and officials judged it."""
        left = tuple(each for each in self.amounts if each[0] != event.payment)
        refunded = replace(self._without_reports({event.payment}), amounts=left)
        refunded = replace(refunded, refunded=self.refunded | {event.payment})
        if isinstance(event, RefundConfirmed) or event.pay_by is None:
            return refunded
        counted = tuple(each for each in self.counted if each[0] != event.payment)
        return replace(refunded, counted=counted, short=self.short + event.amount, pay_by=event.pay_by)


NOTHING_OWED = OwedMoney()
