"""The process as it runs: over a real bus it hears that the office adopted a standard, and promises it to the next complaint."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests import adopted
from tests.intake.front import COMPLAINT
from tests.nats_server import NatsServer
from tests.proofs import proof
from tests.until import until
from tests.web.provider import ISSUER

from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS
from zi_intake.container import Office
from zi_intake.main import create_app

OFFICE = "/zi/balai-pom-tarakan"
AGGREGATE = UUID(int=7)
BROKEN = adopted.adoption(adopted.complaint(), digest="0" * 64)
DECREE = adopted.adoption(adopted.complaint(7))


async def announce(
    nats: NatsServer,
    data: dict[str, Any],
    position: int,
    *,
    sender: str = "integrity",
    named: str = "integrity",
) -> None:
    """As integrity publishes it, with its proof; or another `sender` by its own key on its own lane, as if it were `named`."""
    message = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": f"{OFFICE}/{named}",
        "type": "zi.integrity.standard_adopted",
        "subject": "standard",
        "time": "2026-12-01T02:01:00.000000Z",
        "datacontenttype": "application/json",
        "aggregate": str(AGGREGATE),
        "version": position,
        "position": position,
        "previous": NO_PREVIOUS,
        "actor": "kepala",
        "actorrole": "staff:head",
        "commitment": NO_PREVIOUS,
        "data": data,
    }
    content = json.dumps(message).encode()
    broker = nats.broker(sender)
    broker.open()
    subject = f"zi.{sender}.standard_adopted.{AGGREGATE}"
    await (await broker.jetstream()).publish(
        subject, content, headers=proof(nats.seed(sender), content, f"{OFFICE}/{sender}")
    )
    await broker.close()


@pytest.fixture
async def running(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> AsyncIterator[tuple[Office, httpx.AsyncClient]]:
    app = create_app(
        Settings(
            service="intake",
            data=tmp_path / "data",
            issuer=ISSUER,
            nats_url=nats.url,
            nats_seed=nats.seed("intake"),
            audit_url=empty_ledger,
            demo=True,
            public_url=ISSUER,
        )
    )
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        await until(lambda: app.state.office.store.writer.paused is None)
        yield app.state.office, client


async def version(client: httpx.AsyncClient) -> int:
    """File a complaint and return the version of the standard that it is promised."""
    filed = await client.post(
        "/intake/api/complaints", json=COMPLAINT, headers={"Idempotency-Key": str(uuid4())}
    )
    assert filed.status_code == 201, filed.text
    code = {"X-Case-Code": filed.json()["code"]}
    case = await client.get(f"/intake/api/cases/{filed.json()['ticket']}", headers=code)
    return int(case.json()["standard"]["version"])


async def test_the_next_complaint_is_promised_what_came_over_the_bus(
    nats: NatsServer, running: tuple[Office, httpx.AsyncClient]
) -> None:
    office, client = running
    await until(lambda: office.erasures.reason is None)
    assert await version(client) == 1
    await announce(nats, DECREE, 1)
    await until(lambda: office.store.received_position("integrity") == 1)
    await until(lambda: office.terms.standards.revision)
    assert await version(client) == 2
    assert "number SP-2026-000001" in (await client.get("/", headers={"Accept-Language": "en"})).text


async def test_a_decree_that_is_not_what_it_says_makes_the_service_unready_with_the_reason(
    nats: NatsServer, running: tuple[Office, httpx.AsyncClient]
) -> None:
    office, client = running
    await until(lambda: office.erasures.reason is None)
    await announce(nats, BROKEN, 1)
    lane = client._transport.app.state.lanes["integrity"]  # type: ignore[attr-defined]
    await until(lambda: lane.blocked is not None)
    ready = await client.get("/intake/ready")
    assert ready.status_code == 503
    assert "has not the content of its digest" in ready.text
    assert await version(client) == 1  # it goes on with the last one that it could follow


@pytest.mark.parametrize("named", ["integrity", "umkm"])
async def test_a_standard_that_another_service_announces_is_not_in_force(
    nats: NatsServer, running: tuple[Office, httpx.AsyncClient], named: str
) -> None:
    office, client = running
    await until(lambda: office.erasures.reason is None)
    await announce(nats, DECREE, 1, sender="umkm", named=named)
    lane = client._transport.app.state.lanes["umkm"]  # type: ignore[attr-defined]
    await until(lambda: lane.blocked is not None)
    assert f"zi.integrity.standard_adopted of /zi/balai-pom-tarakan/{named}" in str(lane.blocked)
    assert await version(client) == 1
