"""The process as it runs: over a real bus it is ready, hears the others in their order, and publishes what it says."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.certificates.inside import DEMO_RULES
from tests.certificates.officials import BUSINESS, MONDAY, head, named
from tests.nats_server import NatsServer
from tests.until import PATIENCE, until
from tests.web.provider import ISSUER

from zi_certificates.container import CertificatesOffice
from zi_certificates.main import create_app
from zi_certificates.messaging.upstream import interests_of
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS, rfc3339


def message(sender: str, event: str, data: dict[str, str], position: int = 1) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(named(f"{sender} {position}")),
            "source": f"/zi/balai-pom-tarakan/{sender}",
            "type": f"zi.{sender}.{event}",
            "subject": "-",
            "time": rfc3339(MONDAY),
            "datacontenttype": "application/json",
            "aggregate": str(named("declaration")),
            "version": position,
            "position": position,
            "previous": NO_PREVIOUS,
            "actor": "somebody",
            "actorrole": "staff:integrity",
            "commitment": NO_PREVIOUS,
            "data": data,
        }
    ).encode()


async def say(nats: NatsServer, sender: str, event: str, data: dict[str, str], position: int = 1) -> None:
    broker = nats.broker(sender)
    broker.open()
    subject = f"zi.{sender}.{event}.{named('declaration')}"
    content = message(sender, event, data, position)
    await (await broker.jetstream()).publish(subject, content, headers=nats.proof(sender, content))
    await broker.close()


@pytest.fixture
async def running(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> AsyncIterator[tuple[CertificatesOffice, httpx.AsyncClient]]:
    app = create_app(
        Settings(
            service="certificates",
            data=tmp_path / "data",
            issuer=ISSUER,
            nats_url=nats.url,
            nats_seed=nats.seed("certificates"),
            audit_url=empty_ledger,
            rules=DEMO_RULES,
            demo=True,
            public_url=ISSUER,
        )
    )
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        await until(lambda: app.state.office.store.writer.paused is None)
        yield app.state.office, client


async def test_it_becomes_ready_and_hears_who_may_not_decide(
    nats: NatsServer, running: tuple[CertificatesOffice, httpx.AsyncClient]
) -> None:
    office, client = running
    fields = {"official": "ani", "business_ref": BUSINESS, "kind": "actual", "source": "family"}
    await say(nats, "integrity", "conflict_declared", fields)
    await say(nats, "umkm", "mentoring_recorded", {"mentor": "ani", "business_ref": BUSINESS})
    await until(
        lambda: office.store.received_position("integrity") and office.store.received_position("umkm")
    )
    assert {each.kind for each in office.store.read(lambda tx: interests_of(tx, "ani"))} == {
        "conflict",
        "mentorship",
    }
    ready = await client.get("/certificates/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True), ready.text
    cleared = {"official": "ani", "business_ref": BUSINESS, "reason": "no_conflict"}
    await say(nats, "integrity", "conflict_cleared", cleared, position=2)
    await until(lambda: office.store.received_position("integrity") == 2)
    [left] = office.store.read(lambda tx: interests_of(tx, "ani"))
    assert left.kind == "mentorship"


async def test_what_it_says_goes_out_on_its_own_stream(
    nats: NatsServer, running: tuple[CertificatesOffice, httpx.AsyncClient]
) -> None:
    office, _ = running
    begins, ends = office.clock.now(), office.clock.now() + timedelta(days=3)
    await office.officials.note(office.store.database, "officer-ira", ["officer"])
    await office.appointing.appoint(head(at=begins), None, "officer-ira", begins, ends)
    broker = nats.broker("certificates")
    broker.open()
    js = await broker.jetstream()

    async with asyncio.timeout(PATIENCE):
        while (await js.stream_info("ZI_CERTIFICATES")).state.messages <= len(office.configurations):
            await asyncio.sleep(0.01)
    answer = await js.get_msg("ZI_CERTIFICATES", seq=len(office.configurations) + 1)
    assert answer.data == office.store.messages(len(office.configurations), 1)[0].message
    await broker.close()
