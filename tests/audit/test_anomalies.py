"""Officials look into an entry that does not fit, under their name; the entry stays as it is."""

from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.outbox_host import GOING, OutboxHost, hosted
from tests.audit.web import Web

from zi_audit.domain.arrival import Arrival
from zi_audit.read.acknowledgements import acknowledgements_of
from zi_audit.web.anomalies import MOST

REASON = {"reason": "A stolen key; it was changed on 1 December."}
PLANTED = b"slipped in"


def person(web: Web, sub: str, *roles: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {web.provider.token(sub=sub, roles=list(roles))}"}


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class House:
    """intake's stream with a planted message behind three of its own."""

    def __init__(self, web: Web, home: Home, host: OutboxHost) -> None:
        self.web, self.home, self.host, self.intake = web, home, host, Sender("intake")
        web.app.state.outboxes = host.outboxes
        self.log = home.opened()
        self.log.append([*self.intake.say(3), Arrival("intake", 4, PLANTED)])

    async def post(self, path: str, sub: str, role: str, body: object) -> httpx.Response:
        headers = person(self.web, sub, role)
        return await self.web.client.post(f"/audit/api/{path}", json=body, headers=headers)

    async def acknowledge(
        self, sub: str = "auditor-1", role: str = "auditor", index: int = 3
    ) -> httpx.Response:
        return await self.post(f"anomalies/{index}/acknowledge", sub, role, REASON)

    async def page(self, path: str, sub: str = "auditor-1", *roles: str) -> httpx.Response:
        return await self.web.get(path, person(self.web, sub, *(roles or ("auditor",))))

    async def send(self, path: str, sub: str, role: str, **fields: str) -> httpx.Response:
        return await self.web.client.post(path, data=fields, headers=person(self.web, sub, role))


@pytest.fixture
async def house(web: Web, home: Home) -> AsyncIterator[House]:
    with hosted() as host:
        house = House(web, home, host)
        await web.indexed(4)
        yield house


async def test_who_looked_into_an_entry_is_named_with_what_they_found(house: House, web: Web) -> None:
    answer = await house.acknowledge()
    assert answer.status_code == 200
    examined = answer.json()
    assert (examined["index"], examined["sender"], examined["hash"]) == (3, "intake", digest(PLANTED))
    assert examined["found"]["kind"] == "unreadable"
    assert [(each["actor"], each["role"], each["reason"]) for each in examined["acknowledged"]] == [
        ("auditor-1", "staff:auditor", REASON["reason"])
    ]
    assert (await house.acknowledge()).json() == examined
    [message] = [message for message in web.published() if message.event == "anomaly_acknowledged"]
    assert (message.actor, message.actorrole, message.subject) == (
        "auditor-1",
        "staff:auditor",
        "lane-intake",
    )
    assert message.data == {"index": 3, "sender": "intake", "hash": digest(PLANTED), **REASON}


async def test_an_entry_with_which_the_ledger_found_nothing_wrong_can_be_acknowledged(house: House) -> None:
    examined = (await house.acknowledge("operator-1", "ops", index=1)).json()
    assert (examined["found"], examined["sender"]) == (None, "intake")
    assert examined["hash"] == digest(house.intake.sent[1].content)
    assert examined["acknowledged"][0]["role"] == "staff:ops"


async def test_an_entry_of_another_log_is_another_entry(house: House, web: Web) -> None:
    """After a new origin the numbers begin again."""
    await house.acknowledge()
    assert list(await acknowledgements_of(web.store, web.tail.origin, [3])) == [3]
    assert await acknowledgements_of(web.store, "log.example/another", [3]) == {}


@pytest.mark.parametrize("role", ["officer", "head", "signer"])
async def test_others_acknowledge_nothing(house: House, role: str) -> None:
    assert (await house.acknowledge("somebody", role)).status_code == 403
    assert (await house.page("/audit/anomalies", "somebody", role)).status_code == 403


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "a\u202eb", "a\u200bb", "a\nb"])
async def test_a_reason_has_to_be_given(house: House, reason: str) -> None:
    body = {"reason": reason}
    assert (await house.post("anomalies/3/acknowledge", "auditor-1", "auditor", body)).status_code == 422


async def test_what_is_not_in_the_ledger_is_not_acknowledged(house: House) -> None:
    assert (await house.acknowledge(index=4)).status_code == 404


async def test_the_pages_say_who_looked_into_what(house: House, web: Web) -> None:
    assert "Not yet" in (await web.get("/audit/?lang=en")).text
    health = (await house.page("/audit/log-health?lang=en")).text
    assert '<a href="/audit/anomalies/3">3</a>' in health
    page = await house.page("/audit/anomalies/3?lang=en")
    assert "No official has confirmed yet that they examined this entry." in page.text
    refused = await house.send("/audit/anomalies/3?lang=en", "auditor-1", "auditor", reason=" ")
    assert refused.status_code == 422
    assert "What you found" in refused.text
    answer = await house.send("/audit/anomalies/3", "auditor-1", "auditor", **REASON)
    assert (answer.status_code, answer.headers["location"]) == (303, "/audit/anomalies/3")
    page = await house.page("/audit/anomalies/3?lang=en")
    assert REASON["reason"] in page.text
    assert "auditor-1" in page.text
    assert "<form method" not in page.text.partition("<main")[2]
    public = (await web.get("/audit/?lang=en")).text
    assert "Not yet" not in public
    assert "auditor-1" not in public
    assert "/audit/anomalies/" not in public
    assert (await house.page("/audit/anomalies/3?lang=id")).text.count("Sudah diperiksa") == 1


async def test_the_list_says_how_many_there_are_and_gives_them_all(house: House, web: Web) -> None:
    house.log.append([Arrival("notify", n, f"slipped in {n}".encode()) for n in range(1, 121)])
    await web.indexed(124)
    found, before = list[int](), ""
    while True:
        page = (await house.page(f"/audit/api/anomalies{before}")).json()
        assert page["total"] == 121
        assert len(page["anomalies"]) <= MOST
        found += [each["found"]["index"] for each in page["anomalies"]]
        if page["next"] is None:
            break
        before = f"?before={page['next']}"
    assert found == [*range(123, 3, -1), 3]
    first = (await house.page("/audit/anomalies?lang=en")).text
    assert "121 entries, the newest first." in first
    assert '<a href="/audit/anomalies?before=74">Older ones</a>' in first
    last = (await house.page("/audit/anomalies?before=4&lang=en")).text
    assert '<a href="/audit/anomalies">The newest</a>' in last
    assert "The list ends here." in (await house.page("/audit/anomalies?before=3&lang=en")).text
    assert "Older ones" not in last


async def test_the_list_says_which_service_stands(house: House) -> None:
    house.host.states |= dict.fromkeys(("umkm", "certificates", "audit"), GOING)
    house.host.stop("notify", 0, "0" * 64)
    page = (await house.page("/audit/anomalies?lang=en", "operator-1", "ops")).text
    assert page.count("publishes") == 3
    assert page.count("does not answer") == 1  # intake
    assert '<a href="/audit/senders/notify">Mail to citizens</a>' in page
    assert "0 messages are not its own" in page
    assert all(token and token.startswith("Bearer ") for token in house.host.tokens)
