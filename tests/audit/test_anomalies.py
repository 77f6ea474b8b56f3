"""What people do about an entry that does not fit: they look into it under their name, and two of them let a sender go on."""

from hashlib import sha256
from typing import Any

import httpx
import orjson
import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web

from zi_audit.arrival import Arrival
from zi_audit.chain import ZEROS
from zi_audit.log import Log
from zi_chassis.foreign import Continuation, Foreign

REASON = {"reason": "A stolen key; it was changed on 1 December."}
PLANTED = b"slipped in"


def person(web: Web, sub: str, *roles: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {web.provider.token(sub=sub, roles=list(roles))}"}


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class House:
    """intake's stream with a planted message behind three of its own."""

    def __init__(self, web: Web, home: Home) -> None:
        self.web, self.home, self.intake = web, home, Sender("intake")
        self.log: Log = home.opened()
        self.log.append([*self.intake.say(3), Arrival("intake", 4, PLANTED)])

    async def post(self, path: str, sub: str, role: str, body: object) -> httpx.Response:
        headers = person(self.web, sub, role)
        return await self.web.client.post(f"/audit/api/{path}", json=body, headers=headers)

    async def acknowledge(
        self, sub: str = "auditor-1", role: str = "auditor", index: int = 3
    ) -> httpx.Response:
        return await self.post(f"anomalies/{index}/acknowledge", sub, role, REASON)

    def outbox(self, *messages: dict[str, Any]) -> dict[str, Any]:
        """What the outbox of intake would answer, with a reason."""
        named = messages or ({"sequence": 4, "hash": digest(PLANTED), "repeats": None, "continues": False},)
        head = self.intake.head
        return {"after_position": head.position, "head": head.digest, "messages": list(named), **REASON}

    async def go_on(self, body: object = None, sub: str = "operator-1", role: str = "ops") -> httpx.Response:
        return await self.post("senders/intake/continue", sub, role, body or self.outbox())

    async def declared(self) -> object:
        return (await self.web.get("/audit/api/senders/intake/continuations")).json()

    async def publish_own(self) -> None:
        """What audit has said comes into the log."""
        contents = [orjson.dumps(orjson.loads(m)) for m in self._said()]
        self.log.append([Arrival("audit", n, content) for n, content in enumerate(contents, start=1)])
        await self.web.indexed(self.log.size)

    def _said(self) -> list[bytes]:
        return [row.message for row in self.web.store.messages(0, 100)]


@pytest.fixture
async def house(web: Web, home: Home) -> House:
    house = House(web, home)
    await web.indexed(4)
    return house


async def test_who_looked_into_an_entry_is_named_with_what_they_found(house: House, web: Web) -> None:
    answer = await house.acknowledge()
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["index"], shown["sender"], shown["hash"]) == (3, "intake", digest(PLANTED))
    assert shown["found"]["kind"] == "unreadable"
    assert [(one["actor"], one["role"], one["reason"]) for one in shown["acknowledged"]] == [
        ("auditor-1", "staff:auditor", REASON["reason"])
    ]
    assert (await house.acknowledge()).json() == shown
    [told] = [message for message in web.told() if message.event == "anomaly_acknowledged"]
    assert (told.actor, told.actorrole, told.subject) == ("auditor-1", "staff:auditor", "lane-intake")
    assert told.data == {"index": 3, "sender": "intake", "hash": digest(PLANTED), **REASON}


async def test_an_entry_with_which_the_ledger_found_nothing_wrong_can_be_acknowledged(house: House) -> None:
    shown = (await house.acknowledge("operator-1", "ops", index=1)).json()
    assert (shown["found"], shown["sender"]) == (None, "intake")
    assert shown["hash"] == digest(house.intake.sent[1].content)
    assert shown["acknowledged"][0]["role"] == "staff:ops"


@pytest.mark.parametrize("role", ["officer", "head", "signer"])
async def test_others_neither_acknowledge_nor_let_go_on(house: House, role: str) -> None:
    assert (await house.acknowledge("somebody", role)).status_code == 403
    assert (await house.go_on(sub="somebody", role=role)).status_code == 403


async def test_an_auditor_alone_lets_nobody_go_on(house: House) -> None:
    assert (await house.go_on(sub="auditor-1", role="auditor")).status_code == 403


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
async def test_a_reason_has_to_be_given(house: House, reason: str) -> None:
    body = {"reason": reason}
    assert (await house.post("anomalies/3/acknowledge", "auditor-1", "auditor", body)).status_code == 422
    assert (await house.go_on(house.outbox() | body)).status_code == 422


async def test_what_is_not_in_the_ledger_is_not_acknowledged(house: House) -> None:
    assert (await house.acknowledge(index=4)).status_code == 404


async def test_two_people_let_a_sender_go_on_and_the_log_says_so_first(house: House, web: Web) -> None:
    assert (await house.go_on()).json()["type"] == "urn:zona:problem:four_eyes"
    await house.acknowledge("operator-1", "ops")
    refused = await house.go_on()
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:four_eyes")
    await house.acknowledge()
    answer = await house.go_on()
    assert answer.status_code == 200
    assert await house.declared() == []
    await house.publish_own()
    expected = [{"after_position": 3, "head": house.intake.head.digest, "messages": [[4, digest(PLANTED)]]}]
    assert await house.declared() == answer.json() == expected
    [told] = [message for message in web.told() if message.event == "sender_continued"]
    assert (told.actor, told.actorrole, told.subject) == ("operator-1", "staff:ops", "lane-intake")
    assert told.data["messages"] == [{"sequence": 4, "hash": digest(PLANTED), "index": 3}]
    assert (await house.go_on()).status_code == 200
    assert len([message for message in web.told() if message.event == "sender_continued"]) == 1


async def test_a_forgery_that_fits_is_acknowledged_and_then_declared(house: House, web: Web) -> None:
    forged = orjson.dumps({**orjson.loads(house.intake.message()), "actor": "a thief"})
    house.log.append([Arrival("intake", 5, forged)])
    await web.indexed(5)
    assert (await house.acknowledge(index=4)).json()["found"] is None
    await house.acknowledge()
    both = (
        {"sequence": 4, "hash": digest(PLANTED)},
        {"sequence": 5, "hash": digest(forged), "continues": True},
    )
    assert (await house.go_on(house.outbox(*both))).status_code == 200
    await house.publish_own()
    shown = (await web.get("/audit/api/anomalies/4", person(web, "auditor-1", "auditor"))).json()
    assert shown["found"]["kind"] == "forged"


async def test_a_repeated_message_stays_its_senders(house: House) -> None:
    own = house.intake.sent[1].content
    repeat = {"sequence": 4, "hash": digest(own), "repeats": 2}
    await house.acknowledge(index=1)
    answer = await house.go_on(house.outbox(repeat))
    assert answer.status_code == 200
    await house.publish_own()
    assert await house.declared() == [
        Continuation(
            after_position=3, head=house.intake.head.digest, messages=(Foreign(4, digest(own)),)
        ).model_dump(mode="json")
    ]
    shown = (await house.web.get("/audit/api/anomalies/1", person(house.web, "a", "auditor"))).json()
    assert shown["found"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"after_position": 2},
        {"head": ZEROS},
        {"after_position": 9},
        {"after_position": 0},
        {"messages": [{"sequence": 4, "hash": "a" * 64, "repeats": 2}]},
        {"messages": [{"sequence": 4, "hash": "a" * 64, "repeats": 99}]},
    ],
)
async def test_what_the_ledger_does_not_have_like_that_is_refused(
    house: House, fields: dict[str, Any]
) -> None:
    await house.acknowledge()
    answer = await house.go_on(house.outbox() | fields)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:zona:problem:unknown_place")


async def test_a_stream_may_begin_with_a_forgery(web: Web, home: Home) -> None:
    home.opened().append([Arrival("notify", 1, PLANTED)])
    await web.indexed(1)
    house = House.__new__(House)
    house.web, house.home = web, home
    await house.acknowledge(index=0)
    body = {
        "after_position": 0,
        "head": ZEROS,
        "messages": [{"sequence": 1, "hash": digest(PLANTED)}],
        **REASON,
    }
    assert (await house.post("senders/notify/continue", "operator-1", "ops", body)).status_code == 200


async def test_nobody_goes_on_whom_the_ledger_does_not_hear(house: House) -> None:
    path = "senders/stranger/continue"
    assert (await house.post(path, "operator-1", "ops", house.outbox())).status_code == 404
    assert (await house.web.get("/audit/api/senders/stranger/continuations")).status_code == 404


async def test_the_outbox_of_audit_itself_needs_no_entry_first(house: House, web: Web) -> None:
    """Its own stream has to go on before the entry can be in the log."""
    audit = Sender("audit")
    house.log.append([*audit.say(1), Arrival("audit", 2, b"slipped into audit's")])
    await web.indexed(6)
    await house.acknowledge(index=5)
    body = {
        "after_position": 1,
        "head": audit.head.digest,
        "messages": [{"sequence": 2, "hash": digest(b"slipped into audit's")}],
        **REASON,
    }
    answer = await house.post("senders/audit/continue", "operator-1", "ops", body)
    assert answer.status_code == 200
    assert (await web.get("/audit/api/senders/audit/continuations")).json() == answer.json() != []


async def test_the_pages_say_who_looked_into_what(house: House, web: Web) -> None:
    auditor = person(web, "auditor-1", "auditor")
    assert "Not yet" in (await web.get("/audit/?lang=en")).text
    health = (await web.get("/audit/log-health?lang=en", auditor)).text
    assert '<a href="/audit/anomalies/3">3</a>' in health
    page = await web.get("/audit/anomalies/3?lang=en", auditor)
    assert "Nobody has said yet that they looked into this entry." in page.text
    refused = await web.client.post("/audit/anomalies/3?lang=en", data={"reason": " "}, headers=auditor)
    assert refused.status_code == 422
    assert "What you found" in refused.text
    answer = await web.client.post("/audit/anomalies/3", data=REASON, headers=auditor)
    assert (answer.status_code, answer.headers["location"]) == (303, "/audit/anomalies/3")
    page = await web.get("/audit/anomalies/3?lang=en", auditor)
    assert REASON["reason"] in page.text
    assert "auditor-1" in page.text
    public = (await web.get("/audit/?lang=en")).text
    assert "Not yet" not in public
    assert "auditor-1" not in public
    assert "/audit/anomalies/" not in public
    assert (await web.get("/audit/anomalies/3?lang=id", auditor)).text.count("Sudah diperiksa") == 1
