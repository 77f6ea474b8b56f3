"""Integrity over a real store, as the routes and pages use it, with browsers in front of it; no broker, no network."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
from tests.certificates.inside import SetClock
from tests.web.browsing import Browser
from tests.web.provider import ISSUER, Provider

from zi_chassis.access import case_token, identity
from zi_chassis.access.case_token import CaseTokens
from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.domain import Act
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS, rfc3339
from zi_contracts.message import Message
from zi_integrity.container import IntegrityOffice
from zi_integrity.main import front

MONDAY = datetime(2026, 12, 7, 2, tzinfo=UTC)
NAMES = UUID("3b1c8d5e-8f0e-4a77-9d7f-0a9f5f3f7c10")


def named(name: str) -> UUID:
    return uuid5(NAMES, name)


@dataclass
class InsideIntegrity:
    service: Service
    office: IntegrityOffice
    clock: SetClock
    client: httpx.AsyncClient
    tokens: CaseTokens
    provider: Provider
    positions: dict[str, int] = field(default_factory=dict)

    def act(self, sub: str, role: str) -> Act:
        return Act(at=self.clock.now(), actor=sub, role=role)

    # -- who comes

    def person(self, sub: str, *roles: str) -> Browser:
        return self._browser({identity.COOKIE: self.provider.token(sub, *roles)})

    def owner(self, ticket: str) -> Browser:
        """With the token of the case."""
        return self._browser({case_token.COOKIE: self.tokens.issue(ticket)})

    def stranger(self) -> Browser:
        return self._browser({})

    def _browser(self, cookies: dict[str, str]) -> Browser:
        return Browser(self.client, "/integrity", cookies)

    # -- what others say

    async def hear(
        self,
        sender: str,
        event: str,
        data: Mapping[str, Any],
        *,
        subject: str,
        aggregate: UUID,
        actor: str = "",
        role: str = "",
    ) -> None:
        position = self.positions.get(sender, 0) + 1
        self.positions[sender] = position
        raw = json.dumps(
            {
                "specversion": "1.0",
                "id": str(uuid5(aggregate, f"{sender} {position}")),
                "source": f"/zi/contoh/{sender}",
                "type": f"zi.{sender}.{event}",
                "subject": subject,
                "time": rfc3339(self.clock.now()),
                "datacontenttype": "application/json",
                "aggregate": str(aggregate),
                "version": position,
                "position": position,
                "previous": NO_PREVIOUS,
                "actor": actor or f"system:{sender}",
                "actorrole": role or f"system:{sender}",
                "commitment": NO_PREVIOUS,
                "data": dict(data),
            }
        ).encode()
        received = [LaneMessage(position, raw, Message.parse(raw))]
        await self.office.store.receive(sender, received, self.office.react)


@asynccontextmanager
async def opened(folder: Path, database: str = "", keys: str = "") -> AsyncIterator[InsideIntegrity]:
    """With its vault unlocked, as it is once the recorded erasures were applied."""
    clock = SetClock(MONDAY)
    settings = Settings(
        service="integrity",
        data=folder,
        database=database,
        keys_database=keys,
        issuer=ISSUER,
        public_url="http://zona.example",
    )
    service = front(settings, clock)
    office: IntegrityOffice = service.app.state.office
    tokens, provider = CaseTokens(Settings(service="intake", data=folder, issuer=ISSUER)), Provider()
    provider.serve(service)
    office.case_tokens = tokens
    transport = httpx.ASGITransport(app=service.app, client=("192.0.2.7", 1))
    async with (
        office,
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        office.vault.unlock()
        yield InsideIntegrity(service, office, clock, client, tokens, provider)
