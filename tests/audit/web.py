"""The ledger's web part as people reach it, with an identity provider and case tokens of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from tests.audit.log_home import OFFICE, Home
from tests.chassis.house import stored
from tests.chassis.provider import OwnProvider
from tests.ports import free_port
from tests.until import until

from zi_audit.main import create_app
from zi_audit.messaging.tail import Tail
from zi_chassis.access.case_token import CaseTokens, CaseVerifier
from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_contracts.message import Message

POLICY_ADOPTED = "witness_policy_adopted"


@dataclass
class Web:
    app: FastAPI
    client: httpx.AsyncClient
    provider: OwnProvider
    tail: Tail
    tokens: CaseTokens

    def auditor(self, *roles: str) -> dict[str, str]:
        token = self.provider.token(sub="auditor-1", roles=list(roles or ("auditor",)))
        return {"Authorization": f"Bearer {token}"}

    def case(self, ticket: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.issue(ticket)}"}

    async def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    @property
    def store(self) -> Store:
        store: Store = self.app.state.store
        return store

    def published(self) -> list[Message]:
        """Return what audit itself has published, but for the policy of the log, which it tells by itself at any moment."""
        return [message for message in self._messages() if message.event != POLICY_ADOPTED]

    def policies(self) -> list[Message]:
        return [message for message in self._messages() if message.event == POLICY_ADOPTED]

    def _messages(self) -> list[Message]:
        return [Message.parse(content) for content in stored(self.store)]

    async def indexed(self, size: int) -> None:
        await until(lambda: self.tail.size == size)


def settings_of(home: Home, provider: OwnProvider, **more: object) -> Settings:
    away = {"nats_url": f"nats://127.0.0.1:{free_port()}"}
    return Settings(
        service="audit",
        office=OFFICE,
        data=home.folder,
        tiles=str(home.folder / "tiles"),
        issuer=provider.url,
        **(away | more),  # type: ignore[arg-type]
    )


async def served(home: Home, provider: OwnProvider, **more: object) -> AsyncIterator[Web]:
    app = create_app(settings_of(home, provider, **more))
    tokens = CaseTokens(Settings(service="intake", data=home.folder))

    async def published() -> object:
        return tokens.jwks()

    app.state.cases = CaseVerifier(published)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        yield Web(app, client, provider, app.state.tail, tokens)
