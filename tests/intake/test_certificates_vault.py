"""The fields that certificates keeps and reads in the vault, for whom, and which of it is recorded."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.intake.erasures import BOSS
from tests.intake.front import COMPANY, EMAIL, Front
from tests.intake.test_desk_requests import signed_in

from zi_chassis.vault.requests import VaultService
from zi_chassis.vault.vault import Vault
from zi_contracts.vault import ItemRef, VaultKeepRequest, VaultKept, VaultReply, VaultRequest
from zi_intake.read.projections import CaseStep
from zi_intake.vault_answers import KEEPABLE, READABLE

CAUSE = "3f0e9a57-0000-4000-8000-000000000001"
OFFICIALS = ("evaluator", "signer", "head", "supervisor", "officer")
LETTER = {"letter.content": '{"holder": "PT Contoh Laut Makmur"}', "note": "Dear Sari, page two is missing."}


def vault(front: Front) -> VaultService:
    return VaultService(READABLE, front.reading.answer, KEEPABLE, front.reading.keep)


def bearer(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


async def ask(front: Front, filed: Any, *fields: str, **more: Any) -> VaultReply:
    fields_of_request = {
        "ticket": filed["ticket"],
        "fields": fields,
        "purpose": "letter",
        "causation": CAUSE,
    } | more
    request = VaultRequest.model_validate(fields_of_request)
    return await vault(front).answer("certificates", request.model_dump_json(exclude_none=True).encode())


async def keep(front: Front, filed: Any, fields: dict[str, str], request: UUID, **more: Any) -> VaultKept:
    keep_request = VaultKeepRequest(ticket=filed["ticket"], fields=fields, request=request, causation=CAUSE)
    caller = more.get("caller", "certificates")
    return await vault(front).keep(caller, keep_request.model_dump_json(exclude_none=True).encode())


async def last(front: Front, filed: Any) -> tuple[CaseStep, int]:
    steps = await front.office.steps(filed["ticket"])
    return steps[-1], len(steps)


async def test_the_desk_itself_reads_what_a_letter_needs_and_that_is_recorded(front: Front) -> None:
    filed = await front.request()
    reply = await ask(front, filed, "company.name", "company.address")
    assert reply.fields["company.name"] == COMPANY
    step, steps = await last(front, filed)
    assert (step.parsed["type"], step.parsed["actor"]) == (
        "zi.intake.personal_data_opened",
        "system:certificates",
    )
    assert (step.parsed["data"]["purpose"], step.parsed["causation"], steps) == ("letter", CAUSE, 2)
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert case["timeline"][-1]["text"].endswith("What for: to write the letter.")


@pytest.mark.parametrize("role", OFFICIALS)
async def test_an_official_reads_under_their_own_name(front: Front, role: str) -> None:
    filed = await front.request()
    token = bearer(front.staff("official-7", role))
    reply = await ask(front, filed, "company.name", purpose="evaluation", token=token)
    assert reply.fields == {"company.name": COMPANY}
    step, _ = await last(front, filed)
    assert (step.parsed["actor"], step.parsed["actorrole"]) == ("official-7", f"staff:{role}")
    assert step.parsed["causation"] == CAUSE


async def test_whose_case_it_is_reads_it_unrecorded(front: Front) -> None:
    mine = signed_in(front)
    filed = await front.request(mine)
    for token in (front.office.tokens.issue(filed["ticket"]), bearer(mine)):
        reply = await ask(front, filed, "company.name", purpose="own_copy", token=token)
        assert reply.fields == {"company.name": COMPANY}
    assert (await last(front, filed))[1] == 1


async def test_a_token_that_is_no_officials_and_not_of_this_case_reads_nothing(front: Front) -> None:
    filed, other = await front.request(signed_in(front)), await front.request()
    for token in (
        front.office.tokens.issue(other["ticket"]),
        bearer(signed_in(front, "applicant-tono", "applicant")),
        bearer(front.staff("applicant-sari", "auditor")),
        bearer(front.staff("mentor-1", "mentor")),
        "nonsense",
        "",
    ):
        reply = await ask(front, filed, "company.name", token=token)
        assert reply == VaultReply(error="not_allowed")
    assert (await last(front, filed))[1] == 1


async def test_certificates_reads_no_complaint_no_contact_and_for_no_other_purpose(front: Front) -> None:
    complaint, filed = await front.file(), await front.request()
    assert (await ask(front, complaint, "reporter.name")).error == "not_allowed"
    assert (await ask(front, filed, "reporter.email")).error == "not_allowed"
    assert (await ask(front, filed, "company.name", purpose="curiosity")).error == "not_allowed"
    assert (await ask(front, {"ticket": "000000000"}, "company.name")).error == "unknown"
    assert (await ask(front, filed, "note")) == VaultReply()
    for each in (complaint, filed):
        assert (await last(front, each))[1] == 1


async def test_what_is_kept_is_an_event_that_names_it_and_nothing_more(front: Front) -> None:
    filed = await front.request()
    letter = await keep(front, filed, LETTER, uuid4())
    step, steps = await last(front, filed)
    assert (step.parsed["type"], step.parsed["actorrole"]) == ("zi.intake.data_kept", "system:certificates")
    assert [ItemRef.model_validate(ref) for ref in step.parsed["data"]["items"]] == list(letter.items)
    assert (step.parsed["causation"], steps) == (CAUSE, 2)
    stored = step.message + front.everything_kept()
    assert [each for each in LETTER.values() if each.encode() in stored] == []
    assert (await ask(front, filed, *LETTER)).fields == LETTER


async def test_the_same_request_again_keeps_nothing_and_gets_the_same_items(front: Front) -> None:
    filed, request = await front.request(), uuid4()
    first = await keep(front, filed, LETTER, request)
    assert await keep(front, filed, LETTER, request) == first
    assert await keep(front, filed, {"note": "Other words."}, request) == first
    assert await keep(front, filed, LETTER, uuid4()) != first
    assert (await last(front, filed))[1] == 3


async def test_of_many_notes_each_is_read_by_its_item(front: Front) -> None:
    filed = await front.request()
    [note] = (await keep(front, filed, {"note": "The first."}, uuid4())).items
    [two] = (await keep(front, filed, {"note": "The second."}, uuid4())).items
    assert (await ask(front, filed, "note")).fields == {"note": "The second."}
    reply = await ask(front, filed, "note", items=(note.item,))
    assert [(item.item, item.text) for item in reply.items] == [(note.item, "The first.")]
    token = front.office.tokens.issue(filed["ticket"])
    reply = await ask(front, filed, "note", items=(two.item,), token=token)
    assert [item.text for item in reply.items] == ["The second."]


async def test_nobody_else_keeps_and_nothing_is_kept_elsewhere(front: Front) -> None:
    filed, complaint = await front.request(), await front.file()
    assert (await keep(front, filed, LETTER, uuid4(), caller="notify")).error == "not_allowed"
    assert (await keep(front, filed, {"company.name": "PT Lain"}, uuid4())).error == "not_allowed"
    assert (await keep(front, complaint, LETTER, uuid4())).error == "not_allowed"
    assert (await keep(front, {"ticket": "000000000"}, LETTER, uuid4())).error == "unknown"
    for each in (complaint, filed):
        assert (await last(front, each))[1] == 1


async def test_after_an_erasure_nothing_is_read_or_kept(front: Front) -> None:
    filed = await front.request()
    await keep(front, filed, LETTER, uuid4())
    await front.handled(filed, ("ask-erasure", {"reason": "lawful_order"}))
    assert (await front.act(filed, "approve-erasure", None, front.staff(*BOSS))).status_code == 200
    assert (await keep(front, filed, LETTER, uuid4())).error == "erased"
    assert (await ask(front, filed, "company.name")).error == "erased"
    token = front.office.tokens.issue(filed["ticket"])
    assert (await ask(front, filed, "note", token=token)).error == "erased"


async def test_every_item_that_was_kept_belongs_to_an_event(front: Front) -> None:
    filed = await front.request()
    for _ in range(2):
        await keep(front, filed, LETTER, UUID(int=7))
    recorded = {ref.item: ref.digest for ref in (await front.office.state(filed["ticket"])).items}
    reader: Vault = front.office.vault
    verified = await front.office.store.query(lambda tx: reader.verify(tx, recorded))
    assert (verified.faults, verified.sound) == ((), 8)


async def test_an_auditor_reads_what_the_company_said_and_notify_its_address_alone(front: Front) -> None:
    filed = await front.request()
    await keep(front, filed, LETTER, uuid4())
    fields = ("company.name", "note", "letter.content")
    fields_of_request = VaultRequest(
        ticket=filed["ticket"], fields=fields, purpose="audit", token=bearer(front.staff("eka", "auditor"))
    )
    reply = await vault(front).answer("audit", fields_of_request.model_dump_json().encode())
    assert {item.text for item in reply.items} == {COMPANY, *LETTER.values()}
    mail = VaultRequest(ticket=filed["ticket"], fields=("reporter.email",), purpose="notify_status")
    assert (await front.reading.answer("notify", mail)).fields == {"reporter.email": EMAIL}
