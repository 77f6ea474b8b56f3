"""Intake and certificates side by side in one process, asked as programs would ask them; NATS and the network are function calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
from nats.aio.client import Client
from tests.certificates.inside import ACCOUNT_DOCUMENTS, DEMO_RULES
from tests.intake import front as intake
from tests.intake.front import Front
from tests.intake.sample_files import encoded, halves
from tests.web.provider import ISSUER

from zi_certificates.container import CertificatesOffice
from zi_certificates.main import front
from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.settings import Settings
from zi_chassis.vault.requests import KEEP, VaultClient, VaultService
from zi_contracts.message import Message
from zi_intake.vault_answers import KEEPABLE, READABLE

API = "/certificates/api"
REQUEST: dict[str, Any] = {
    "language": "id",
    "series": "ski",
    "company": {"name": "PT Contoh Rasa", "address": "Jalan Contoh 1, Tarakan", "nib": "1234567890123"},
    "reporter": {"name": "Bunga Contoh", "email": "bunga.contoh@warga.example", "phone": None},
    "account": None,
}
ACCOUNT = {"acts_for_others": False, "hs_codes": ["2103.90.12"], "warehouse": "Jalan Gudang 3, Tarakan"}
STATEMENT = {"kinds": ["ski_post_border"], "goods": "pangan_olahan"}
ITEM: dict[str, Any] = {
    "product": "Kecap Contoh",
    "registration_number": "ML123456789012",
    "hs_code": "21039012",
    "batch": "B-001",
    "manufactured": "2025-12-01",
    "expires": "2027-12-01",
    "quantity": "1200.5",
    "unit": "kg",
    "pack": "botol",
    "country": "MY",
    "port": "Tarakan",
    "invoice": "INV-CONTOH-1",
    "analysis": {
        "dated": "2025-12-03",
        "batch": "B-001",
        "manufactured": "2025-12-01",
        "results": [{"parameter": "timbal", "result": "0,1 mg/kg", "method": "AAS"}],
    },
}


class Bus:
    """Stands for NATS between the vault and who asks it."""

    def __init__(self, vault: VaultService) -> None:
        self._vault = vault

    async def request(
        self, subject: str, content: bytes, timeout: float, headers: dict[str, str] | None = None
    ) -> Any:
        _, what, caller = subject.split(".")
        answer = await (self._vault.keep if what == KEEP else self._vault.answer)(caller, content)
        return type("Answered", (), {"data": answer.model_dump_json(exclude_none=True).encode()})


@dataclass
class Both:
    intake: Front
    office: CertificatesOffice
    client: httpx.AsyncClient
    positions: dict[str, int] = field(default_factory=dict)

    async def hear(self) -> None:
        """All that intake has said since."""
        rows = self.intake.office.store.messages(self.positions.get("intake", 0), 500)
        messages = [LaneMessage(row.position, row.message, Message.parse(row.message)) for row in rows]
        if messages:
            await self.office.store.receive("intake", messages, self.office.react)
            self.positions["intake"] = messages[-1].position

    def staff(self, sub: str, *roles: str) -> dict[str, str]:
        return self.intake.staff(sub, *roles, name=sub.title())

    async def requested(self, **changes: Any) -> dict[str, str]:
        """Ticket, and the header that opens the case."""
        filed = await self.intake.file(REQUEST | changes, to="certificate-applications")
        answer = await self.intake.act(filed, "token", None, intake.code(filed))
        self.intake.client.cookies.clear()
        await self.hear()
        return {"ticket": filed["ticket"], "Authorization": f"Bearer {answer.json()['token']}"}

    async def post(self, application: Any, command: str, body: Any = None, **headers: str) -> httpx.Response:
        """A command about the application."""
        where = f"{API}/applications/{application['ticket']}/{command}"
        sent_headers = {"Authorization": application["Authorization"], **headers}
        return await self.client.post(where, json=body, headers=sent_headers)

    async def upload(
        self,
        application: Any,
        kind: str,
        *products: int,
        file: bytes | None = None,
        to: str = "documents",
        **more: str,
    ) -> httpx.Response:
        content = encoded(halves(), "PNG") if file is None else file
        return await self.client.post(
            f"{API}/applications/{application['ticket']}/{to}",
            data={"kind": kind, "products": [str(each) for each in products]},
            files={"file": ("file.pdf", content)},
            headers={"Authorization": application["Authorization"], **more},
        )

    async def read(self, application: Any, **headers: str) -> Any:
        where = f"{API}/applications/{application['ticket']}"
        answer = await self.client.get(
            where, headers={"Authorization": application["Authorization"], **headers}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def done(self, application: Any, command: str, body: Any = None, **headers: str) -> Any:
        answer = await self.post(application, command, body, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # -- the usual way

    async def verified(self) -> dict[str, str]:
        """A request whose company has an account in order."""
        application = await self.requested()
        await self.done(application, "account", ACCOUNT)
        for kind in ACCOUNT_DOCUMENTS:
            assert (await self.upload(application, kind, to="account/documents")).status_code == 201
        await self.hear()
        account = (await self.read(application))["account"]
        officer = self.staff("officer-ira", "officer")
        where = f"{API}/accounts/{account['reference']}/verify"
        verified = await self.client.post(where, json={"revision": account["revision"]}, headers=officer)
        assert verified.json()["check"] == "verified", verified.text
        return application

    async def complete(self) -> dict[str, str]:
        """Nothing is missing."""
        application = await self.verified()
        await self.done(application, "statement", STATEMENT)
        await self.done(application, "items", {"items": [ITEM]})
        for found in (await self.read(application))["findings"]:
            kind = found["where"].removeprefix("documents.").partition("/")[0]
            numbers = () if found["item"] is None else (found["item"],)
            added = await self.upload(application, kind, *numbers)
            assert added.status_code == 201, added.text
        await self.hear()
        return application

    async def submitted(self) -> Any:
        """With the bill."""
        application = await self.complete()
        answer = await self.done(
            application, "submit", {"revision": (await self.read(application))["statement"]["revision"]}
        )
        return application | {"bill": answer["bill"]["bill"], "amount": answer["bill"]["amount"]}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Both]:
    """With the demonstration's rules, because they have tariffs, and the simulator of billing."""
    settings = Settings(
        service="certificates",
        data=folder,
        issuer=ISSUER,
        public_url="http://zona.example",
        rules=DEMO_RULES,
        billing="simulator",
    )
    async with intake.opened(folder) as house:
        service = front(settings, house.clock)
        office: CertificatesOffice = service.app.state.office
        service.identity._keys = house.app.state.identity._keys
        office.access._tokens._keys = house.office.tokens._keys
        office.uploads._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=house.app))
        office.ledger._client = house.office.ledger._client
        bus = Bus(VaultService(READABLE, house.reading.answer, KEEPABLE, house.reading.keep))
        office.connect(VaultClient(cast(Client, bus), "certificates"))
        transport = httpx.ASGITransport(app=service.app, client=("192.0.2.7", 1))
        async with office, httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
            yield Both(house, office, client)
