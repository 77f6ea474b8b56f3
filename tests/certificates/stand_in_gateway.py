"""A payment gateway that behaves as one does: bills by reference, late and double payments, silence, and answers that are wrong."""

import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response

from zi_certificates.use_cases.billing import SIGNATURE
from zi_certificates.use_cases.billing_gateway import REQUEST_SIGNATURE, BillingGateway

SECRET, URL = b"shared with the office", "http://gateway.example/v1"


@dataclass
class StandInGateway:
    """`lie` is laid over every answer; `admits` that it does not know a bill with a signed answer."""

    bills: dict[str, dict[str, Any]] = field(default_factory=dict)
    silent: bool = False
    secret: bytes = SECRET
    lie: dict[str, Any] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    admits: bool = False

    def adapter(self, secret: bytes = SECRET) -> BillingGateway:
        transport = httpx.ASGITransport(app=self.app())
        return BillingGateway(URL, secret, httpx.AsyncClient(transport=transport))

    def pay(self, bill: str, amount: int, at: datetime, payment: str = "bank-1") -> None:
        paid = {"payment": payment, "amount": amount, "paid_at": at.isoformat()}
        self.bills[bill]["payments"].append(paid)

    def pay_back(self, bill: str, at: datetime, payment: int = 0) -> None:
        refunded = {"refund": f"refund-{payment}", "refunded_at": at.isoformat()}
        self.bills[bill]["payments"][payment]["refunded"] = refunded

    def notice(self, bill: str, payment: int = 0) -> tuple[bytes, str]:
        body = json.dumps({"bill": bill, **self.bills[bill]["payments"][payment]}).encode()
        return body, self.signed(body)

    def signed(self, body: bytes) -> str:
        return hmac.new(self.secret, body, sha256).hexdigest()

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/v1/bills", self._issue, methods=["POST"])
        app.add_api_route("/v1/bills/{bill}", self._look, methods=["GET"])
        return app

    async def _issue(self, request: Request) -> Response:
        body = await request.body()
        if not self._is_genuine(request, body):
            return Response(status_code=403)
        wanted = json.loads(body)
        same = [each for each in self.bills.values() if each["reference"] == wanted["reference"]]
        if not same:
            bill = f"82{len(self.bills):013}"
            self.bills[bill] = wanted | {"bill": bill, "payments": []}
        return self._say(same[0] if same else self.bills[bill])

    async def _look(self, request: Request, bill: str) -> Response:
        self.queries.append(bill)
        if not self._is_genuine(request, b""):
            return Response(status_code=403)
        if bill in self.bills:
            return self._say(self.bills[bill])
        return self._say({"bill": bill, "unknown": True}, 404) if self.admits else Response(status_code=404)

    def _is_genuine(self, request: Request, body: bytes) -> bool:
        expected = self.signed(f"{request.method} {request.url.path.removeprefix('/v1')} ".encode() + body)
        return request.headers.get(REQUEST_SIGNATURE) == expected

    def _say(self, bill: dict[str, Any], status: int = 200) -> Response:
        if self.silent:
            return Response(status_code=503)
        body = json.dumps(bill | {"bank": "not ours to judge"} | self.lie).encode()
        return Response(body, status, headers={SIGNATURE: self.signed(body)})
