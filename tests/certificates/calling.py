"""Programs in front of the API, in process; what stands around is as it is for browsers."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from tests.certificates.inside import Inside
from tests.certificates.visiting import Visiting

from zi_certificates.heard import Request
from zi_certificates.projections import Bill, bill_for

API = "/certificates/api"
STATEMENT = {"kinds": ["ski_post_border"], "goods": "pangan_olahan"}
ACCOUNT = {"acts_for_others": False, "hs_codes": ["2103.90.12"], "warehouse": "Jalan Gudang 3, Tarakan"}


class Calling:
    def __init__(self, visiting: Visiting) -> None:
        self.visiting = visiting
        self.inside: Inside = visiting.inside

    # -- who calls

    def own(self, request: Request, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visiting.tokens.issue(request.ticket)}"} | headers

    def person(self, sub: str, *roles: str, name: str | None = None) -> dict[str, str]:
        [token] = self.visiting.person(sub, *roles, name=name).cookies.values()
        return {"Authorization": f"Bearer {token}"}

    @property
    def evaluator(self) -> dict[str, str]:
        return self.person("evaluator-ani", "evaluator")

    @property
    def signer(self) -> dict[str, str]:
        return self.person("signer-budi", "signer", name="Budi Contoh")

    # -- what is called

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return await self.visiting.client.get(API + path, headers=headers)

    async def post(
        self, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return await self.visiting.client.post(API + path, json=body, headers=headers)

    async def told(self, request: Request, **headers: str) -> Any:
        answer = await self.get(f"/applications/{request.ticket}", self.own(request, **headers))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tell(self, request: Request, command: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.post(
            f"/applications/{request.ticket}/{command}", body, self.own(request, **headers)
        )

    async def upload(
        self, request: Request, kind: str, *products: int, to: str = "documents", **headers: str
    ) -> httpx.Response:
        return await self.visiting.client.post(
            f"{API}/applications/{request.ticket}/{to}",
            data={"kind": kind, "products": [str(each) for each in products]},
            files={"file": ("file.pdf", b"%PDF-1.7 example")},
            headers=self.own(request, **headers),
        )

    async def send_list(self, request: Request, content: bytes, **headers: str) -> httpx.Response:
        told = self.own(request) | {"Content-Type": "text/csv; charset=utf-8"} | headers
        where = f"{API}/applications/{request.ticket}/items/csv"
        return await self.visiting.client.post(where, content=content, headers=told)

    async def notify(self, body: bytes, signature: str | bytes) -> httpx.Response:
        shown = signature if isinstance(signature, bytes) else signature.encode()
        headers = {b"X-Notice-Signature": shown, b"Content-Type": b"application/json"}
        return await self.visiting.client.post(f"{API}/payment-notices", content=body, headers=headers)

    async def bill(self, request: Request) -> Bill:
        bill = await self.inside.office.store.query(lambda tx: bill_for(tx, request.application))
        assert bill is not None
        return bill


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}
