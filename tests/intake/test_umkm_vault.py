"""The fields that the mentoring desk keeps and reads in the vault, for whom, and what a business's consent lets certificates take over."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.intake.erasures import BOSS
from tests.intake.front import BUSINESS, EMAIL, KITCHEN, MENTORING, NIB, PHONE, REQUEST, Front, code
from tests.intake.test_certificates_vault import bearer, keep, last, vault
from tests.intake.test_desk_requests import signed_in
from tests.intake.test_policies import NAMED, at_mentoring

from zi_contracts.vault import VaultReply, VaultRequest

OFFICIALS = ("mentor", "supervisor", "evaluator", "officer", "head")
NOTES = {
    "note": "Bring the new label.",
    "visit.note": "The floor is wet.",
    "product.name": "Amplang Contoh",
    "action.cause": "No drain.",
    "action.correction": "Mopped.",
    "action.plan": "A drain until April.",
}
WITH_NUMBER = MENTORING["business"] | {"nib": NIB, "kbli": "10299"}
TAKEN_OVER = ("business.name", "business.address", "business.nib", "business.kbli", "products")


async def ask(front: Front, filed: Any, *fields: str, caller: str = "umkm", **more: Any) -> VaultReply:
    values = {"ticket": filed["ticket"], "fields": fields, "purpose": "mentoring"} | more
    request = VaultRequest.model_validate(values)
    return await vault(front).answer(caller, request.model_dump_json(exclude_none=True).encode())


def case_token(front: Front, filed: Any) -> str:
    return front.office.tokens.issue(filed["ticket"])


@pytest.mark.parametrize("role", OFFICIALS)
async def test_an_official_reads_what_the_business_said_under_their_own_name(front: Front, role: str) -> None:
    filed = await front.mentored()
    token = bearer(front.staff("official-7", role))
    reply = await ask(front, filed, "business.name", "products", "reporter.phone", "place", token=token)
    assert (reply.fields["business.name"], reply.fields["reporter.phone"]) == (BUSINESS, PHONE)
    assert json.loads(reply.fields["products"]) == MENTORING["products"]
    assert json.loads(reply.fields["place"]) == {"kind": "home", "address": KITCHEN}
    step, steps = await last(front, filed)
    assert (step.parsed["type"], steps) == ("zi.intake.personal_data_opened", 2)
    assert (step.parsed["actor"], step.parsed["actorrole"]) == ("official-7", f"staff:{role}")
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert case["timeline"][-1]["text"].endswith("What for: to mentor the business.")


async def test_who_mentors_and_supervises_reads_as_mentor(front: Front) -> None:
    filed = await front.mentored()
    token = bearer(front.staff("official-7", "supervisor", "mentor"))
    await ask(front, filed, "business.name", token=token)
    assert (await last(front, filed))[0].parsed["actorrole"] == "staff:mentor"


async def test_whose_case_it_is_reads_it_unrecorded(front: Front) -> None:
    mine = signed_in(front)
    filed = await front.mentored(mine)
    [item] = (await keep(front, filed, {"note": NOTES["note"]}, uuid4(), caller="umkm")).items
    for token in (case_token(front, filed), bearer(mine)):
        reply = await ask(front, filed, "business.name", purpose="own_copy", token=token)
        assert reply.fields == {"business.name": BUSINESS}
        reply = await ask(front, filed, "note", purpose="own_copy", token=token, items=(item.item,))
        assert [item.text for item in reply.items] == [NOTES["note"]]
    assert (await last(front, filed))[1] == 2


async def test_the_number_that_was_given_last_is_read(front: Front) -> None:
    filed = await front.mentored(business=MENTORING["business"] | {"nib": "9" * 13})
    assert (await front.act(filed, "nib", {"nib": NIB}, code(filed))).status_code == 200
    reply = await ask(front, filed, "business.nib", token=case_token(front, filed))
    assert reply.fields == {"business.nib": NIB}


async def test_whoever_shows_nothing_or_something_else_reads_nothing(front: Front) -> None:
    filed, other = await front.mentored(signed_in(front)), await front.mentored()
    for token in (
        case_token(front, other),
        bearer(signed_in(front, "applicant-tono", "applicant")),
        bearer(front.staff("signer-1", "signer")),
        bearer(front.staff("auditor-eka", "auditor")),
        "nonsense",
        "",
        None,
    ):
        assert await ask(front, filed, "business.name", token=token) == VaultReply(error="not_allowed")
    assert (await last(front, filed))[1] == 1


async def test_the_mentoring_desk_reads_no_other_case_no_address_and_for_no_other_purpose(
    front: Front,
) -> None:
    filed, letters, complaint = await front.mentored(), await front.request(), await front.file()
    token = bearer(front.staff("mentor-dewi", "mentor", "supervisor"))
    assert (await ask(front, filed, "reporter.email", token=token)).error == "not_allowed"
    assert (await ask(front, filed, "business.name", token=token, purpose="letter")).error == "not_allowed"
    assert (await ask(front, letters, "reporter.name", token=token)).error == "not_allowed"
    assert (await ask(front, complaint, "text", token=token)).error == "not_allowed"
    assert (await ask(front, complaint, "text", token=case_token(front, complaint))).error == "not_allowed"
    assert (await ask(front, {"ticket": "000000000"}, "text", token=token)).error == "unknown"
    for each in (filed, letters, complaint):
        assert (await last(front, each))[1] == 1


async def test_what_the_desk_keeps_is_an_event_that_names_it_and_nothing_more(front: Front) -> None:
    filed, request = await front.mentored(), uuid4()
    notes = await keep(front, filed, NOTES, request, caller="umkm")
    assert {ref.field for ref in notes.items} == set(NOTES)
    assert await keep(front, filed, NOTES, request, caller="umkm") == notes
    step, steps = await last(front, filed)
    assert (step.parsed["type"], step.parsed["actorrole"], steps) == (
        *("zi.intake.data_kept", "system:umkm"),
        2,
    )
    assert [each for each in NOTES.values() if each.encode() in step.message + front.everything_kept()] == []
    assert (await ask(front, filed, *NOTES, token=case_token(front, filed))).fields == NOTES
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert case["timeline"][-1]["text"] == "A note or a document of another desk was kept."


async def test_each_desk_keeps_in_its_own_cases(front: Front) -> None:
    filed, letters, complaint = await front.mentored(), await front.request(), await front.file()
    note = {"note": "Dear Sari."}
    assert (await keep(front, letters, note, uuid4(), caller="umkm")).error == "not_allowed"
    assert (await keep(front, complaint, note, uuid4(), caller="umkm")).error == "not_allowed"
    assert (await keep(front, filed, note, uuid4(), caller="certificates")).error == "not_allowed"
    assert (await keep(front, filed, {"letter.producer": "x"}, uuid4(), caller="umkm")).error == "not_allowed"
    assert (await keep(front, filed, {"business.name": "x"}, uuid4(), caller="umkm")).error == "not_allowed"
    for each in (filed, letters, complaint):
        assert (await last(front, each))[1] == 1


async def test_an_auditor_reads_what_was_said_and_kept_and_notify_the_contacts_alone(front: Front) -> None:
    filed = await front.mentored(business=WITH_NUMBER)
    await keep(front, filed, NOTES, uuid4(), caller="umkm")
    token = bearer(front.staff("auditor-eka", "auditor"))
    fields = (*TAKEN_OVER, "place", "text", "reporter.phone", *NOTES)
    reply = await ask(front, filed, *fields, caller="audit", purpose="court", token=token)
    assert {item.field for item in reply.items} == set(fields)
    assert {BUSINESS, KITCHEN, NIB, PHONE, *NOTES.values()} <= {item.text for item in reply.items}
    for field, contact in (("reporter.email", EMAIL), ("reporter.phone", PHONE)):
        read = await ask(front, filed, field, caller="notify", purpose="notify_status")
        assert read.fields == {field: contact}
    for field in ("reporter.name", "text", *NOTES):
        assert (
            await ask(front, filed, field, caller="notify", purpose="notify_status")
        ).error == "not_allowed"


async def test_after_an_erasure_nothing_is_read_or_kept(front: Front) -> None:
    filed = await front.mentored()
    await front.handled(filed, ("ask-erasure", {"reason": "subject_request"}))
    assert (await front.act(filed, "approve-erasure", None, front.staff(*BOSS))).status_code == 200
    assert (await keep(front, filed, NOTES, uuid4(), caller="umkm")).error == "erased"
    mentor = bearer(front.staff("mentor-dewi", "mentor"))
    for token in (mentor, case_token(front, filed)):
        assert (await ask(front, filed, "business.name", token=token)).error == "erased"


# -- data once: what a business agreed that its own request for letters takes over


async def agree(front: Front, filed: Any, to: str, position: int = 1, event: str = "consent_given") -> None:
    consent = at_mentoring(position, filed["ticket"], event, **NAMED, to=to)
    assert await front.office.store.receive("umkm", [consent], front.office.react) == position


async def take_over(front: Front, filed: Any, token: str | None, *fields: str, **more: Any) -> VaultReply:
    request = {"purpose": "prefill", "token": token} | more
    return await ask(front, filed, *(fields or TAKEN_OVER), caller="certificates", **request)


async def test_a_request_takes_over_what_its_business_agreed_to(front: Front) -> None:
    filed, letters = await front.mentored(business=WITH_NUMBER), await front.request()
    await agree(front, filed, letters["ticket"])
    reply = await take_over(front, filed, case_token(front, letters))
    assert set(reply.fields) == set(TAKEN_OVER)
    assert (reply.fields["business.name"], reply.fields["business.nib"]) == (BUSINESS, NIB)
    step, steps = await last(front, filed)
    assert (step.parsed["type"], step.parsed["actor"]) == (
        *("zi.intake.personal_data_opened", "system:certificates"),
    )
    assert (step.parsed["data"]["purpose"], steps) == ("prefill", 2)
    assert (await last(front, letters))[1] == 1
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert case["timeline"][1]["text"] == (
        "The data that the business agreed to were copied into its request for letters."
    )


async def test_who_filed_the_request_signed_in_takes_over_with_their_sign_in(front: Front) -> None:
    me = signed_in(front)
    filed, letters = await front.mentored(business=WITH_NUMBER), await front.request(me)
    await agree(front, filed, letters["ticket"])
    assert (await take_over(front, filed, bearer(me))).fields["business.name"] == BUSINESS
    other = bearer(signed_in(front, "applicant-tono", "applicant"))
    assert (await take_over(front, filed, other)).error == "not_allowed"


async def test_a_number_that_was_given_later_counts(front: Front) -> None:
    filed, letters = await front.mentored(), await front.request()
    await agree(front, filed, letters["ticket"])
    token = case_token(front, letters)
    assert (await take_over(front, filed, token)).error == "not_allowed"
    assert (await front.act(filed, "nib", {"nib": NIB}, code(filed))).status_code == 200
    assert (await take_over(front, filed, token)).fields["business.nib"] == NIB


async def test_without_consent_of_the_same_business_nothing_is_taken_over(front: Front) -> None:
    filed, letters = await front.mentored(business=WITH_NUMBER), await front.request()
    stranger = await front.request(company=REQUEST["company"] | {"nib": "9" * 13})
    nameless = await front.request(company={"name": BUSINESS, "address": KITCHEN})
    token = case_token(front, letters)
    assert (await take_over(front, filed, token)).error == "not_allowed"
    others = (stranger["ticket"], nameless["ticket"], filed["ticket"], "000000000", "no ticket")
    for position, to in enumerate(others, 1):
        await agree(front, filed, to, position)
    for each in (letters, stranger, nameless, filed):
        assert (await take_over(front, filed, case_token(front, each))).error == "not_allowed"
    assert (await last(front, filed))[1] == 1


async def test_a_consent_that_was_withdrawn_lets_nothing_be_taken_over(front: Front) -> None:
    filed, letters = await front.mentored(business=WITH_NUMBER), await front.request()
    await agree(front, filed, letters["ticket"])
    await agree(front, filed, letters["ticket"], 2, "consent_withdrawn")
    assert (await take_over(front, filed, case_token(front, letters))).error == "not_allowed"
    assert (await last(front, filed))[1] == 1


async def test_only_what_was_agreed_to_is_taken_over_and_only_by_certificates(front: Front) -> None:
    filed, letters = await front.mentored(business=WITH_NUMBER), await front.request()
    await agree(front, filed, letters["ticket"])
    token = case_token(front, letters)
    assert (await take_over(front, filed, token, "business.name", "reporter.name")).error == "not_allowed"
    assert (await take_over(front, filed, token, "text")).error == "not_allowed"
    for token in (None, "", "nonsense", bearer(front.staff("evaluator-edi", "evaluator"))):
        assert (await take_over(front, filed, token)).error == "not_allowed"
    for purpose in ("letter", "evaluation", "own_copy"):
        assert (await take_over(front, filed, token, purpose=purpose)).error == "not_allowed"
    opened = await ask(front, filed, "business.name", purpose="prefill", token=token)
    assert opened.error == "not_allowed"
    assert (await take_over(front, {"ticket": "000000000"}, token)).error == "unknown"
    assert (await last(front, filed))[1] == 1


async def test_nothing_is_taken_over_from_a_business_that_was_erased(front: Front) -> None:
    filed, letters = await front.mentored(business=WITH_NUMBER), await front.request()
    await agree(front, filed, letters["ticket"])
    await front.handled(filed, ("ask-erasure", {"reason": "consent_withdrawn"}))
    assert (await front.act(filed, "approve-erasure", None, front.staff(*BOSS))).status_code == 200
    assert (await take_over(front, filed, case_token(front, letters))).error == "erased"


async def test_every_item_that_was_kept_belongs_to_an_event(front: Front) -> None:
    filed = await front.mentored()
    await keep(front, filed, NOTES, UUID(int=7), caller="umkm")
    assert (await front.act(filed, "nib", {"nib": NIB}, code(filed))).status_code == 200
    recorded = {ref.item: ref.digest for ref in (await front.office.state(filed["ticket"])).items}
    verified = await front.office.store.query(lambda tx: front.office.vault.verify(tx, recorded))
    assert (verified.faults, verified.sound) == ((), 8 + len(NOTES) + 1)


async def test_the_desk_itself_keeps_and_reads_its_sealed_letters_and_nothing_else(front: Front) -> None:
    filed, letters = await front.mentored(), await front.request()
    texts = {"letter.content": "{}", "letter.file": "JVBERi0="}
    items = (await keep(front, filed, texts, uuid4(), caller="umkm")).items
    ids = tuple(each.item for each in items)
    reply = await ask(front, filed, *texts, purpose="letter", items=ids)
    assert {each.field: each.text for each in reply.items} == texts
    step, _ = await last(front, filed)
    assert (step.parsed["actorrole"], step.parsed["data"]["purpose"]) == ("system:umkm", "letter")
    for fields, purpose in (
        (("business.name",), "letter"),
        (("letter.content", "business.name"), "letter"),
        (("letter.content",), "mentoring"),
    ):
        assert (await ask(front, filed, *fields, purpose=purpose)).error == "not_allowed"
    token = bearer(front.staff("mentor-dewi", "mentor"))
    assert (await ask(front, filed, "letter.file", purpose="letter", token=token)).error == "not_allowed"
    assert (await ask(front, letters, "letter.content", purpose="letter")).error == "not_allowed"


async def test_its_business_and_its_mentor_read_a_sealed_letter(front: Front) -> None:
    filed = await front.mentored()
    [item] = (await keep(front, filed, {"letter.file": "JVBERi0="}, uuid4(), caller="umkm")).items
    for token, purpose in (
        (case_token(front, filed), "own_copy"),
        (bearer(front.staff("mentor-dewi", "mentor")), "mentoring"),
    ):
        reply = await ask(front, filed, "letter.file", token=token, purpose=purpose, items=(item.item,))
        assert [each.text for each in reply.items] == ["JVBERi0="]
