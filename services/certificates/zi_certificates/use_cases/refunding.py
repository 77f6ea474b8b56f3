"""Officials pay money back that paid for nothing: one records the transfer, and another confirms it or declines it."""

from uuid import UUID

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    ConfirmRefund,
    DeclineRefund,
    ReportRefund,
)
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import request_id_of
from zi_certificates.read.bills import bill_of_payment
from zi_certificates.use_cases.billing import is_transfer_recorded
from zi_certificates.use_cases.deciding import Deciding
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled
from zi_contracts.intake import Items


class Refunding(Deciding):
    """`refund` is the bank's reference of the transfer back."""

    async def report(
        self, ticket: str, by: Act, key: UUID | None, payment: str, refund: str
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "report-refund", [payment, refund])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            bill = bill_of_payment(tx, id, payment)
            if bill is None:
                raise errors.NothingOwedError
            fields = {"by": by, "request": request_id, "known": self.known(tx, id)}
            elsewhere = is_transfer_recorded(tx, refund)
            return ReportRefund(**fields, bill=bill, payment=payment, refund=refund, elsewhere=elsewhere)

        return await self._decide(ticket, decision)

    async def confirm(
        self, ticket: str, by: Act, key: UUID | None, payment: str, refund: str
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "confirm-refund", [payment, refund])
        return await self._judge(ticket, ConfirmRefund, by, request_id, (payment, refund))

    async def decline(
        self, ticket: str, by: Act, key: UUID | None, payment: str, refund: str
    ) -> Handled[Application]:
        """Whoever recorded it may take it back too."""
        request_id = request_id_of(key, by, "decline-refund", [payment, refund])
        return await self._judge(ticket, DeclineRefund, by, request_id, (payment, refund))

    async def _judge(
        self,
        ticket: str,
        verdict: type[ConfirmRefund | DeclineRefund],
        by: Act,
        request_id: UUID | None,
        transfer: tuple[str, str],
    ) -> Handled[Application]:
        payment, refund = transfer

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            known = self.known(tx, id)
            return verdict(by=by, request=request_id, known=known, payment=payment, refund=refund)

        return await self._decide(ticket, decision)
