"""The texts that must be found nowhere but in the vault: searched for in the bytes of every file that intake keeps."""

import logging
from base64 import b64decode
from typing import Any

import pytest
from tests.intake.front import COMPLAINT, EMAIL, NAME, PHONE, TEXT, Front, code

from zi_chassis.vault.requests import UnknownTicketError, VaultService
from zi_chassis.vault.vault import digest
from zi_contracts.vault import VaultReply, VaultRequest
from zi_intake.vault_answers import READABLE

QUESTION, REPLY, ANSWER = (
    "Which shelf was it, dear Bunga?",
    "The one behind Budi.",
    "We took it off the shelf.",
)
PERSONAL = [
    NAME,
    EMAIL,
    PHONE,
    TEXT,
    QUESTION,
    REPLY,
    ANSWER,
    "Sambal Rahasia",
    "MD 123456789012",
    "B-77",
    "Kios Melati",
    "Jalan Contoh 1",
    "toko.example",
]


async def whole_way(front: Front) -> str:
    filed = await front.file()
    assigned = ("assign", {"officer": "officer-ani"})
    await front.handled(filed, ("acknowledge", None), assigned, ("ask", {"text": QUESTION}))
    assert (await front.act(filed, "reply", {"text": REPLY}, code(filed))).status_code == 200
    await front.handled(filed, ("answer", {"text": ANSWER}), ("personal-data", {"purpose": "handling"}))
    await front.track(filed)
    return str(filed["ticket"])


async def test_no_personal_data_is_kept_outside_of_the_vaults_ciphertext(front: Front) -> None:
    await whole_way(front)
    stored = front.everything_kept()
    assert b"zi.intake.case_answered" in stored
    assert [each for each in PERSONAL if each.encode() in stored] == []


async def test_no_message_discloses_personal_data(front: Front) -> None:
    await whole_way(front)
    sent = b"".join(row.message for row in front.office.store.messages(0, 100))
    assert [each for each in PERSONAL if each.encode() in sent] == []


async def test_nothing_personal_is_logged(front: Front, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ticket = await whole_way(front)
        await front.client.post(
            "/intake/api/complaints", json={**COMPLAINT, "kind": NAME, "text": "x" * 20_001}
        )
    logged = [
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name != "httpx"
    ]
    assert [each for each in [*PERSONAL, ticket] if any(each in line for line in logged)] == []


async def test_a_refusal_does_not_repeat_what_was_sent(front: Front) -> None:
    refused = await front.client.post("/intake/api/complaints", json={**COMPLAINT, "district": NAME})
    assert NAME not in refused.text


def vault_of(front: Front) -> VaultService:
    return VaultService(READABLE, front.reading.answer)


def vault_request(ticket: str, *fields: str) -> bytes:
    cause = "3f0e9a57-0000-4000-8000-000000000001"
    request = VaultRequest(ticket=ticket, fields=fields, purpose="notify_status", causation=cause)
    return request.model_dump_json().encode()


async def test_notify_reads_the_address_and_that_is_recorded_first(front: Front) -> None:
    filed = await front.file()
    vault = vault_of(front)
    reply = await vault.answer("notify", vault_request(filed["ticket"], "reporter.email"))
    assert reply.fields == {"reporter.email": EMAIL}
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert (last["actor"], last["actorrole"]) == ("system:notify", "system:notify")
    assert last["causation"].startswith("3f0e9a57")
    assert len(last["data"]["items"]) == 1


@pytest.mark.parametrize(
    ("caller", "field"), [("notify", "reporter.name"), ("notify", "text"), ("audit", "reporter.email")]
)
async def test_nobody_reads_what_its_policy_does_not_name(front: Front, caller: str, field: str) -> None:
    filed = await front.file()
    reply = await vault_of(front).answer(caller, vault_request(filed["ticket"], field))
    assert (reply.error, reply.fields) == ("not_allowed", {})
    assert len(await front.office.steps(filed["ticket"])) == 1


def auditors_question(front: Front, ticket: str, *fields: str, role: str = "auditor", **more: Any) -> bytes:
    token = front.staff("auditor-1", role)["Authorization"].removeprefix("Bearer ")
    request = {
        "ticket": ticket,
        "fields": fields or tuple(READABLE["audit"]),
        "purpose": "court",
        "token": token,
    }
    return VaultRequest.model_validate(request | more).model_dump_json(exclude_none=True).encode()


async def test_an_auditor_gets_the_words_with_their_salts_and_that_is_recorded_first(front: Front) -> None:
    filed = await front.file()
    reply = await vault_of(front).answer("audit", auditors_question(front, filed["ticket"]))
    filing, opening = (step.parsed for step in await front.office.steps(filed["ticket"]))
    digests = {ref["item"]: ref["digest"] for ref in filing["data"]["items"]}
    assert {str(item.item) for item in reply.items} == set(digests)
    assert all(
        digest(b64decode(item.salt), item.text.encode()) == digests[str(item.item)] for item in reply.items
    )
    assert TEXT in [item.text for item in reply.items]
    assert (opening["actor"], opening["actorrole"]) == ("auditor-1", "staff:auditor")
    assert opening["data"]["purpose"] == "court"
    assert (
        "An auditor looked" in (await front.track(filed, **{"Accept-Language": "en"}))["timeline"][-1]["text"]
    )


async def test_an_auditor_gets_no_more_than_the_items_named(front: Front) -> None:
    filed = await front.file()
    item = (await front.office.steps(filed["ticket"]))[0].parsed["data"]["items"][0]["item"]
    reply = await vault_of(front).answer("audit", auditors_question(front, filed["ticket"], items=(item,)))
    assert [str(item.item) for item in reply.items] == [item]
    assert len((await front.office.steps(filed["ticket"]))[-1].parsed["data"]["items"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"role": "supervisor"}, {"token": "forged"}, {"token": None}, {"purpose": "curiosity"}],
)
async def test_the_vault_sees_for_itself_whether_an_auditor_asks(front: Front, wrong: dict[str, Any]) -> None:
    filed = await front.file()
    reply = await vault_of(front).answer("audit", auditors_question(front, filed["ticket"], **wrong))
    assert (reply.error, reply.items) == ("not_allowed", ())
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_nothing_is_opened_where_no_address_was_left(front: Front) -> None:
    filed = await front.file({**COMPLAINT, "reporter": {"name": NAME}})
    request = VaultRequest.model_validate_json(vault_request(filed["ticket"], "reporter.email"))
    assert await front.reading.answer("notify", request) == VaultReply()
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_the_vault_knows_no_unfiled_ticket(front: Front) -> None:
    with pytest.raises(UnknownTicketError):
        await front.reading.answer(
            "notify", VaultRequest.model_validate_json(vault_request("000000000", "reporter.email"))
        )


async def test_nothing_is_told_when_the_opening_cannot_be_recorded(front: Front) -> None:
    filed = await front.file()
    front.office.store.close()
    reply = await vault_of(front).answer("notify", vault_request(filed["ticket"], "reporter.email"))
    assert (reply.error, reply.fields) == ("unavailable", {})


async def test_an_erased_case_is_still_tracked_without_its_words(front: Front) -> None:
    filed = await front.file()
    front.office.vault.erase(
        front.office.names.data_subject(filed["ticket"]), front.clock.now(), front.office.names.aggregate("x")
    )
    case = await front.track(filed)
    assert (case["messages"], len(case["timeline"])) == ([], 1)
