"""Intake over a real store in a folder of the test, asked as a browser or a program would; no broker, no network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from tests.web.provider import ISSUER, Provider

from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_contracts.message import Message
from zi_intake.container import Office
from zi_intake.main import front
from zi_intake.vault_answers import VaultAnswers

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NAME = "Bunga Contoh"
EMAIL = "bunga.contoh@warga.example"
PHONE = "+62 811 0000 1234"
TEXT = "Sambal Rahasia di Kios Melati sudah berjamur."
COMPLAINT: dict[str, Any] = {
    "kind": "product",
    "confidentiality": "named",
    "language": "id",
    "district": "tarakan",
    "text": TEXT,
    "reporter": {"name": NAME, "email": EMAIL, "phone": PHONE},
    "product": {
        "commodity": "pangan_olahan",
        "name": "Sambal Rahasia",
        "registration_number": "MD 123456789012",
        "batch": "B-77",
        "expiry": "2026-12-01",
    },
    "place": {"name": "Kios Melati", "address": "Jalan Contoh 1", "link": "https://toko.example/sambal"},
}
CONSULTATION: dict[str, Any] = {
    "confidentiality": "anonymous",
    "language": "en",
    "district": "nunukan",
    "topic": "registration",
    "text": "How do I register a sambal?",
}


COMPANY, ADDRESS, NIB = "PT Contoh Laut Makmur", "Jalan Contoh 7, Tarakan", "1234567890123"
REQUEST: dict[str, Any] = {
    "language": "id",
    "series": "ski",
    "company": {"name": COMPANY, "address": ADDRESS, "nib": NIB},
    "reporter": {"name": NAME, "email": EMAIL, "phone": PHONE},
    "account": None,
}


BUSINESS, KITCHEN = "Dapur Ibu Contoh", "Jalan Contoh 9, Nunukan"
MENTORING: dict[str, Any] = {
    "language": "id",
    "district": "nunukan",
    "business": {"name": BUSINESS, "nib": None, "address": KITCHEN, "kbli": None},
    "products": [{"name": "Amplang Contoh", "description": "Dari ikan tenggiri."}, {"name": "Abon Contoh"}],
    "place": {"kind": "home", "address": KITCHEN},
    "text": "Saya ingin menjual ke toko.",
    "reporter": {"name": NAME, "email": EMAIL, "phone": PHONE},
}


class SetClock(Clock):
    def __init__(self, at: datetime = MONDAY) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_days(self, days: float) -> None:
        self.at += timedelta(days=days)

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Front:
    office: Office
    client: httpx.AsyncClient
    clock: SetClock
    provider: Provider
    folder: Path
    reading: VaultAnswers
    app: FastAPI
    ledger: dict[str, httpx.Response] = field(default_factory=dict)
    asked_of_ledger: list[httpx.Request] = field(default_factory=list)

    @property
    def recorded(self) -> int:
        """The number of events beside those about configurations."""
        return self.office.store.last()[0] - len(self.office.configurations)

    def staff(self, sub: str = "officer-ani", *roles: str, ttl: int = 600, **claims: Any) -> dict[str, str]:
        token = self.provider.token(sub, *(roles or ("officer",)), ttl=ttl, **claims)
        return {"Authorization": f"Bearer {token}"}

    async def file(
        self, body: dict[str, Any] = COMPLAINT, key: str | None = None, to: str = "complaints"
    ) -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer = await self.client.post(f"/intake/api/{to}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def request(self, headers: Mapping[str, str] = MappingProxyType({}), **changes: Any) -> Any:
        """Of a certificate."""
        answer = await self.ask_for_letters(REQUEST | changes, headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def ask_for_letters(self, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        return await self.client.post("/intake/api/certificate-applications", json=body, headers=headers)

    async def ask_for_mentoring(
        self, headers: Mapping[str, str] = MappingProxyType({}), **changes: Any
    ) -> httpx.Response:
        body = MENTORING | changes
        return await self.client.post("/intake/api/mentoring-requests", json=body, headers=headers)

    async def mentored(self, headers: Mapping[str, str] = MappingProxyType({}), **changes: Any) -> Any:
        answer = await self.ask_for_mentoring(headers, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def act(self, filed: Any, command: str, body: Any = None, headers: Any = None) -> httpx.Response:
        where = f"/intake/api/cases/{filed['ticket']}/{command}"
        return await self.client.post(where, json=body, headers=headers or self.staff())

    async def handled(self, filed: Any, *commands: tuple[str, Any]) -> None:
        for command, body in commands:
            answer = await self.act(filed, command, body)
            assert answer.status_code == 200, answer.text

    async def track(self, filed: Any, **headers: str) -> Any:
        answer = await self.client.get(f"/intake/api/cases/{filed['ticket']}", headers=code(filed) | headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def everything_kept(self) -> bytes:
        """All bytes of the store's files; the keys are not among them."""
        return b"".join(path.read_bytes() for path in self.folder.glob("intake/store.db*"))

    def _answer_of_ledger(self, request: httpx.Request) -> httpx.Response:
        self.asked_of_ledger.append(request)
        path = request.url.path.removeprefix("/audit/api/")
        if path == "indexes":
            events = request.url.params.get_list("event")
            return httpx.Response(200, json={event: 40 + n for n, event in enumerate(events)})
        known = self.ledger.get(path)
        return httpx.Response(404) if known is None else httpx.Response(200, content=known.content)


def code(filed: Any) -> dict[str, str]:
    return {"X-Case-Code": filed["code"]}


@asynccontextmanager
async def opened(folder: Path, ledger_away: bool = False, **more: Any) -> AsyncIterator[Front]:
    settings = Settings(
        service="intake", data=folder, issuer=ISSUER, public_url="http://zona.example", **more
    )
    clock = SetClock()
    service = front(settings, clock)
    office: Office = service.app.state.office
    provider = Provider()
    provider.serve(service)
    transport = httpx.ASGITransport(app=service.app, client=("192.0.2.7", 1))
    async with office, httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
        assert await office.erasures.unlock(nothing())
        inside = Front(
            office, client, clock, provider, folder, VaultAnswers(office, service.identity), service.app
        )
        office.ledger._client = _ledger(inside, ledger_away)
        yield inside


async def nothing() -> AsyncIterator[Message]:
    """The messages of a stream without erasures."""
    return
    yield


def _ledger(inside: Front, away: bool) -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        if away:
            raise httpx.ConnectError("away", request=request)
        return inside._answer_of_ledger(request)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def questions_to(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list to which every question that the store is asked from now on is added; each is a transaction."""
    questions: list[Any] = []

    def read(question: Any) -> Any:
        questions.append(question)
        return Store.read(store, question)

    monkeypatch.setattr(store, "read", read)
    return questions
