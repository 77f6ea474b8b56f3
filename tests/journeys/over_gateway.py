"""Companies that pay over the gateway of a house that is not in play: it sends each notice twice, after a
forged one, and takes payments back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from tests.certificates.stand_in_gateway import StandInGateway
from tests.journeys.certificates import API, Certificates, Headers, OpenedCase

from zi_certificates.use_cases.billing import SIGNATURE


class OverGateway(Certificates):
    def __init__(
        self, client: httpx.Client, staff: Callable[[str], Headers], gateway: StandInGateway
    ) -> None:
        super().__init__(client, staff)
        self.gateway = gateway

    def pay(self, bill: Mapping[str, Any]) -> None:
        code = bill["bill"]
        self.gateway.pay(code, bill["amount"], datetime.now(UTC), f"bank-{code}")
        notice, signature = self.gateway.notice(code)
        assert self.notified(notice, "0" * 64).status_code == 403
        for _ in range(2):
            answer = self.notified(notice, signature)
            assert answer.json()["outcome"] == "paid", answer.text

    def notified(self, notice: bytes, signature: str) -> httpx.Response:
        headers = {SIGNATURE: signature, "Content-Type": "application/json"}
        return self.client.post(f"{API}/payment-notices", content=notice, headers=headers)

    def takes_back(self, case: OpenedCase) -> None:
        """The gateway takes back what had paid the bill of this case."""
        self.gateway.pay_back(self.read(case)["bill"]["bill"], datetime.now(UTC))
