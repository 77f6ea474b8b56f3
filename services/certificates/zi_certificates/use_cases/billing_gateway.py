"""A payment gateway over HTTP, built like the state's: it makes a billing code for a reference, tells the state of the bill when polled, and lets it expire.

Both sides sign the bodies that they send with one secret. An answer that is not about the bill that was asked for is no answer.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID, uuid5

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from zi_certificates.use_cases.billing import Billing, NoGateway, Simulator, refuse_unsigned, signature_of
from zi_certificates.use_cases.payment_notice import Moment, PaymentNotice, Reference, Rupiah
from zi_chassis.settings import Settings
from zi_chassis.web.problem import RefusedError

REQUEST_SIGNATURE = "X-Request-Signature"
NOT_FOUND = 404


class GatewayAwayError(RefusedError):
    """Raised where the gateway gives no answer that can be used; nothing is submitted then, and nothing expires."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The payment gateway gives no usable answer now, so nothing was submitted. Try again in a few minutes."
        )

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "120"}


class NoStatementError(Exception):
    """Raised where the gateway answers, but says nothing usable about this bill; it may well answer about others."""


class _Answer(BaseModel):
    """Ignores what else the gateway says."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class IssuedBill(_Answer):
    bill: Reference
    amount: Rupiah
    expires: Moment


class GatewayRefund(_Answer):
    refund: Reference
    refunded_at: Moment


class GatewayPayment(_Answer):
    payment: Reference
    amount: Rupiah
    paid_at: Moment
    refunded: GatewayRefund | None = None


class BillStatement(_Answer):
    """All that was ever paid for a bill, also what does not pay it."""

    bill: Reference
    payments: tuple[GatewayPayment, ...]

    def notices(self) -> list[PaymentNotice]:
        """List the notices that would have come for these payments; money that is back with its payer pays nothing."""
        return [
            PaymentNotice(bill=self.bill, payment=each.payment, amount=each.amount, paid_at=each.paid_at)
            for each in self.payments
            if each.refunded is None
        ]


class UnknownBill(_Answer):
    """The gateway's word that it has no such bill (any more): nothing can be paid for it."""

    bill: Reference
    unknown: Literal[True]


_Read = TypeVar("_Read", bound=_Answer)


class BillingGateway:
    def __init__(self, url: str, secret: bytes, client: httpx.AsyncClient) -> None:
        self._url, self._secret, self._client = url.rstrip("/"), secret, client

    async def issue(self, application: UUID, amount: int, pay_by: datetime) -> str:
        """Make out a bill; the same one for the same amount and day. One that is not what was asked for is none.

        Raises GatewayAwayError.
        """
        wanted = {"amount": amount, "expires": pay_by.isoformat()}
        reference = uuid5(application, json.dumps(wanted, sort_keys=True))
        asked_for = json.dumps({"reference": str(reference), **wanted}).encode()
        answer = await self._send("POST", "/bills", asked_for)
        issued = self._read(answer, IssuedBill) if answer.is_success else None
        if issued is None or (issued.amount, issued.expires) != (amount, pay_by):
            raise GatewayAwayError
        return issued.bill

    def pay_at(self, bill: str) -> str:
        return f"{self._url}/pay/{bill}"

    def refuse_forged(self, notice: bytes, headers: Mapping[str, str]) -> None:
        refuse_unsigned(self._secret, notice, headers)

    async def statement(self, bill: str) -> BillStatement:
        """Return what was paid for a bill: nothing for one that is unknown by the gateway's signed word. A 404 without a signature says nothing.

        Raises GatewayAwayError, NoStatementError.
        """
        answer = await self._send("GET", f"/bills/{bill}", b"")
        is_unknown = answer.status_code == NOT_FOUND
        if not (answer.is_success or is_unknown):
            raise GatewayAwayError
        wanted: type[BillStatement | UnknownBill] = UnknownBill if is_unknown else BillStatement
        read = self._read(answer, wanted)
        if read is None or read.bill != bill:
            raise NoStatementError
        return read if isinstance(read, BillStatement) else BillStatement(bill=bill, payments=())

    async def _send(self, method: str, path: str, body: bytes) -> httpx.Response:
        signed = signature_of(self._secret, f"{method} {path} ".encode() + body)
        headers: dict[str, Any] = {REQUEST_SIGNATURE: signed, "Content-Type": "application/json"}
        try:
            return await self._client.request(method, f"{self._url}{path}", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise GatewayAwayError from error

    def _read(self, answer: httpx.Response, read: type[_Read]) -> _Read | None:
        try:
            refuse_unsigned(self._secret, answer.content, answer.headers)
            return read.model_validate_json(answer.content)
        except (RefusedError, ValidationError):
            return None


def billing_of(settings: Settings, client: httpx.AsyncClient) -> Billing:
    match settings.billing:
        case "simulator":
            return Simulator(settings.secret("billing"), settings.public_url)
        case "gateway":
            return BillingGateway(settings.billing_url, settings.secret("billing"), client)
        case "":
            return NoGateway()
