"""The API for staff, its roles, and that no answer names an address."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from tests.chassis.provider import OwnProvider
from tests.ports import free_port

from zi_chassis.domain import Act
from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import RequestDelivery
from zi_notify.main import create_app
from zi_notify.messaging.published import decider
from zi_notify.read import work_table

TICKET = "0EXAMP1E0"
BY = Act(at=datetime(2026, 12, 1, 4, tzinfo=UTC), actor="system:notify", role="system:notify")


class Web:
    def __init__(self, client: httpx.AsyncClient, provider: OwnProvider, store: Store) -> None:
        self.client, self.provider, self.store = client, provider, store

    async def get(self, path: str, *roles: str) -> httpx.Response:
        token = self.provider.token(roles=list(roles))
        return await self.client.get(path, headers={"Authorization": f"Bearer {token}"})

    async def requested(self) -> None:
        command = RequestDelivery(
            by=BY,
            ticket=TICKET,
            channel="email",
            template="answered",
            template_version=1,
            language="id",
            cause=UUID(int=7),
        )
        await self.store.handle(decider, uuid4(), command)


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    provider_ = OwnProvider()
    yield provider_
    provider_.close()


@pytest_asyncio.fixture
async def web(provider: OwnProvider, tmp_path: Path) -> AsyncIterator[Web]:
    nowhere = f"nats://127.0.0.1:{free_port()}"
    app = create_app(Settings(service="notify", data=tmp_path, issuer=provider.url, nats_url=nowhere))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        app.state.store.writer.paused = None  # nothing was ever published here
        yield Web(client, provider, app.state.store)


async def test_counts_are_told_by_state(web: Web) -> None:
    await web.requested()
    answer = await web.get("/notify/api/counts", "ops")
    assert answer.json() == [{"state": "requested", "reason": None, "deliveries": 1}]


async def test_an_officer_sees_how_far_the_deliveries_of_a_case_came(web: Web) -> None:
    await web.requested()
    facts = CaseFacts(service="intake", ticket=TICKET, kind="product", is_confidential=False)
    with web.store.database.transaction() as tx:
        work_table._write(tx, facts)
    answer = await web.get(f"/notify/api/cases/{TICKET}/deliveries", "officer")
    (delivery,) = answer.json()
    assert (delivery["template"], delivery["state"], delivery["attempt"]) == ("answered", "requested", 0)
    assert set(delivery) == {"channel", "template", "language", "state", "attempt", "reason", "at"}


async def test_a_case_without_deliveries_has_an_empty_list(web: Web) -> None:
    assert (await web.get("/notify/api/cases/0EXAMP1E1/deliveries", "officer")).json() == []


@pytest.mark.parametrize("path", ["/notify/api/counts", f"/notify/api/cases/{TICKET}/deliveries"])
async def test_without_the_role_nothing_is_told(web: Web, path: str) -> None:
    assert (await web.get(path, "applicant")).status_code == 403
    assert (await web.client.get(path)).status_code == 401


async def test_what_can_t_be_a_ticket_is_refused(web: Web) -> None:
    answer = await web.get("/notify/api/cases/'%20OR%201=1/deliveries", "officer")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_nats_the_service_lives_and_is_not_ready(web: Web) -> None:
    assert (await web.client.get("/notify/health")).status_code == 200
    ready = await web.client.get("/notify/ready")
    assert ready.status_code == 503
    assert "NATS is away" in ready.json()["checks"]["broker"]["reason"]
