"""The process as it runs: over a real bus it is ready, hears intake in its order, and publishes what it says."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.nats_server import NatsServer
from tests.umkm.inside import ticket_of
from tests.umkm.steps import MONDAY, named
from tests.until import PATIENCE, until
from tests.web.provider import ISSUER

from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS, rfc3339
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.ids import mentoring_id
from zi_umkm.main import create_app
from zi_umkm.messaging.published import cases

CASE, SUBJECT = named("case"), named("subject")
STATUS: dict[str, Any] = {
    "state": "passed_on",
    "holder": "office",
    "language": "id",
    "reachable_by": ["phone"],
    "items": [],
}
REQUESTED = {
    **STATUS,
    "business_ref": "b" * 64,
    "data_subject": str(SUBJECT),
    "district": "nunukan",
    "has_nib": False,
    "products": 1,
}


def message(event: str, data: dict[str, Any], position: int) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(named(f"intake {position}")),
            "source": "/zi/balai-pom-tarakan/intake",
            "type": f"zi.intake.{event}",
            "subject": ticket_of("one"),
            "time": rfc3339(MONDAY),
            "datacontenttype": "application/json",
            "aggregate": str(CASE),
            "version": position,
            "position": position,
            "previous": NO_PREVIOUS,
            "actor": str(SUBJECT),
            "actorrole": "public",
            "commitment": NO_PREVIOUS,
            "data": data,
        }
    ).encode()


async def say(nats: NatsServer, event: str, data: dict[str, Any], position: int) -> None:
    broker = nats.broker("intake")
    broker.open()
    js = await broker.jetstream()
    content = message(event, data, position)
    await js.publish(f"zi.intake.{event}.{CASE}", content, headers=nats.proof("intake", content))
    await broker.close()


@pytest.fixture
async def running(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> AsyncIterator[tuple[MentoringOffice, httpx.AsyncClient]]:
    app = create_app(
        Settings(
            service="umkm",
            data=tmp_path / "data",
            issuer=ISSUER,
            nats_url=nats.url,
            nats_seed=nats.seed("umkm"),
            audit_url=empty_ledger,
        )
    )
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        await until(lambda: app.state.office.store.writer.paused is None)
        yield app.state.office, client


async def test_it_becomes_ready_hears_who_asks_and_says_what_it_did(
    nats: NatsServer, running: tuple[MentoringOffice, httpx.AsyncClient]
) -> None:
    office, client = running
    await say(nats, "mentoring_requested", REQUESTED, 1)
    await until(lambda: office.store.received_position("intake") == 1)
    ready = await client.get("/umkm/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True), ready.text
    number = {**STATUS, "business_ref": "c" * 64, "former_ref": "b" * 64}
    await say(nats, "business_number_given", number, 2)
    await until(lambda: office.store.received_position("intake") == 2)
    _, state = office.store.load(cases, mentoring_id(CASE))
    assert (state.status, state.business_ref) == (MentoringStatus.REGISTERED, "c" * 64)
    broker = nats.broker("umkm")
    broker.open()
    js = await broker.jetstream()
    expected = office.store.last()[0]
    async with asyncio.timeout(PATIENCE):
        while (await js.stream_info("ZI_UMKM")).state.messages < expected:
            await asyncio.sleep(0.01)
    published = [await js.get_msg("ZI_UMKM", seq=number) for number in range(1, expected + 1)]
    assert [each.data for each in published] == [row.message for row in office.store.messages(0, expected)]
    await broker.close()
