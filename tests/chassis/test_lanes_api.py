"""An operator sees where a lane stands and passes over exactly the message that blocks it, on record."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest_asyncio
from tests.chassis.house import Policies, count, open_store, opened, running
from tests.chassis.provider import OwnProvider
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.store import Store
from zi_chassis.web.lanes import lanes_router


@dataclass
class BlockedLane:
    """notify hears intake and can't handle its second message of three."""

    notify: Store
    inbox: Inbox
    poison: bytes
    client: httpx.AsyncClient
    provider: OwnProvider

    def operator(self, role: str = "ops") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.provider.token(roles=[role])}"}

    async def skip(
        self, position: int, sender: str = "intake", role: str = "ops", reason: str = "looked at by hand"
    ) -> httpx.Response:
        body = {"position": position, "reason": reason}
        where = f"/notify/api/lanes/{sender}/skip"
        return await self.client.post(where, json=body, headers=self.operator(role))

    async def state(self) -> Any:
        return (await self.client.get("/notify/api/lanes", headers=self.operator())).json()[0]


@pytest_asyncio.fixture
async def blocked(nats: NatsServer, tmp_path: Path) -> AsyncIterator[BlockedLane]:
    intake, notify = (
        open_store("intake", tmp_path / "intake.db"),
        open_store("notify", tmp_path / "notify.db"),
    )
    sending, hearing = nats.broker("intake"), nats.broker("notify")
    provider = OwnProvider()
    service = Service(
        Settings(service="notify", data=tmp_path, issuer=provider.issuer), package="zi_chassis.web"
    )
    inbox = Inbox(notify, hearing, "intake", Policies(poison=2))
    service.app.include_router(lanes_router(notify, {"intake": inbox}, Outbox(notify, hearing)))
    transport = httpx.ASGITransport(app=service.app)
    await count(intake, 3)
    async with (
        opened(sending, hearing),
        running(Outbox(intake, sending).run, inbox.run),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        await until(lambda: inbox.blocked)
        yield BlockedLane(notify, inbox, intake.messages(1, 1)[0].message, client, provider)
    provider.close()
    intake.close()
    notify.close()


async def test_a_blocked_lane_says_at_which_message_it_stands(blocked: BlockedLane) -> None:
    state = await blocked.state()
    assert (state["heard"], state["blocked_at"], state["hash"]) == (1, 2, digest(blocked.poison))
    assert "ValueError: not this one" in state["reason"]


async def test_a_skip_is_an_event_and_the_lane_goes_on(blocked: BlockedLane) -> None:
    answer = await blocked.skip(2)
    assert (answer.status_code, answer.json()["blocked_at"]) == (200, None)
    await until(lambda: blocked.notify.received_position("intake") == 3)
    await until(lambda: blocked.inbox.reason is None)
    messages = [orjson.loads(row.message) for row in blocked.notify.messages(0, 10)]
    skips = [message for message in messages if message["type"] == "zi.notify.message_skipped"]
    assert [(skip["actorrole"], skip["data"]) for skip in skips] == [
        (
            "staff:ops",
            {
                "sender": "intake",
                "position": 2,
                "hash": digest(blocked.poison),
                "reason": "looked at by hand",
            },
        )
    ]


async def test_only_the_message_that_blocks_can_be_skipped(blocked: BlockedLane) -> None:
    for position in (1, 3):
        refused = await blocked.skip(position)
        assert refused.status_code == 409
        assert refused.json()["type"] == "urn:zona:problem:not_blocked"
    assert blocked.notify.received_position("intake") == 1
    assert (await blocked.skip(2)).status_code == 200
    await until(lambda: blocked.inbox.reason is None)
    assert (await blocked.skip(2)).status_code == 409


async def test_a_reason_that_nobody_can_see_skips_nothing(blocked: BlockedLane) -> None:
    refused = await blocked.skip(2, reason="by\u202enA")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")
    assert (await blocked.skip(2)).status_code == 200


async def test_nobody_else_skips_and_no_lane_is_invented(blocked: BlockedLane) -> None:
    assert (await blocked.skip(2, role="officer")).status_code == 403
    assert (await blocked.skip(2, sender="nobody")).status_code == 404
    assert (await blocked.client.get("/notify/api/lanes")).status_code == 401
    assert blocked.notify.received_position("intake") == 1


async def test_a_skip_needs_a_position_and_a_reason(blocked: BlockedLane) -> None:
    where = "/notify/api/lanes/intake/skip"
    refused = await blocked.client.post(
        where, json={"position": 0, "reason": " "}, headers=blocked.operator()
    )
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} == {"position", "reason"}
