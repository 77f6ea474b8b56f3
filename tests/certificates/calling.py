"""Programs in front of the API of certificates, in process."""

import httpx
from tests.certificates.inside import Inside
from tests.web import calling

from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import Bill, bill_for

STATEMENT = {"kinds": ["ski_post_border"], "goods": "pangan_olahan"}
ACCOUNT = {"acts_for_others": False, "hs_codes": ["2103.90.12"], "warehouse": "Jalan Gudang 3, Tarakan"}


class Calling(calling.Calling[Inside]):
    cases = "applications"

    @property
    def evaluator(self) -> dict[str, str]:
        return self.person("evaluator-ani", "evaluator")

    @property
    def signer(self) -> dict[str, str]:
        return self.person("signer-budi", "signer", name="Budi Contoh")

    async def upload(
        self, request: IntakeRequest, kind: str, *products: int, to: str = "documents", **headers: str
    ) -> httpx.Response:
        form = {"kind": kind, "products": [str(each) for each in products]}
        return await self.send(
            f"/applications/{request.ticket}/{to}", form, self.owner_headers(request, **headers)
        )

    async def send_list(self, request: IntakeRequest, content: bytes, **headers: str) -> httpx.Response:
        all_headers = self.owner_headers(request) | {"Content-Type": "text/csv; charset=utf-8"} | headers
        where = f"{self.api}/applications/{request.ticket}/items/csv"
        return await self.visiting.client.post(where, content=content, headers=all_headers)

    async def notify(self, body: bytes, signature: str | bytes) -> httpx.Response:
        signature_bytes = signature if isinstance(signature, bytes) else signature.encode()
        headers = {b"X-Notice-Signature": signature_bytes, b"Content-Type": b"application/json"}
        where = f"{self.api}/payment-notices"
        return await self.visiting.client.post(where, content=body, headers=headers)

    async def bill(self, request: IntakeRequest) -> Bill:
        bill = await self.inside.office.store.query(lambda tx: bill_for(tx, request.application))
        assert bill is not None
        return bill
