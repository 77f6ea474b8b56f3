"""Money that came and paid for nothing, until it was paid back; and what was paid back."""

from dataclasses import dataclass, replace

from zi_certificates.domain.application.events import PaymentRefunded, PaymentRefused


@dataclass(frozen=True)
class OwedMoney:
    """Amounts by payment; a payment is `refunded` once."""

    amounts: tuple[tuple[str, int], ...] = ()
    refunded: frozenset[str] = frozenset()

    def amount_of(self, payment: str) -> int | None:
        return dict(self.amounts).get(payment)

    def after(self, event: PaymentRefused | PaymentRefunded) -> "OwedMoney":
        if isinstance(event, PaymentRefused):
            return replace(self, amounts=(*self.amounts, (event.payment, event.amount)))
        left = tuple(each for each in self.amounts if each[0] != event.payment)
        return OwedMoney(left, self.refunded | {event.payment})


NOTHING_OWED = OwedMoney()
