import hmac
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.intake.erasures import BOSS
from tests.intake.front import ADDRESS, COMPANY, EMAIL, NAME, NIB, PHONE, REQUEST, Front, code
from tests.intake.test_uploads import attach, photo

from zi_contracts import intake as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_contracts.vault import ItemRef

APPLICANT = ("applicant-sari", "applicant")


async def published(front: Front, filed: Any) -> contract.CertificateRequested:
    data = data_of(Message.parse((await front.office.steps(filed["ticket"]))[0].message))
    assert isinstance(data, contract.CertificateRequested)
    return data


def signed_in(front: Front, *who: str) -> dict[str, str]:
    return front.staff(*(who or APPLICANT))


async def test_a_company_gets_ticket_code_promise_and_where_its_application_is(front: Front) -> None:
    filed = await front.request()
    assert set(filed) == {"ticket", "code", "event_id", "state", "promise", "links"}
    assert filed["state"] == "passed_on"
    assert filed["links"]["application"] == f"http://zona.example/certificates/applications/{filed['ticket']}"
    assert filed["links"]["receipt"].endswith(filed["event_id"])


async def test_the_message_names_the_business_and_nothing_personal(front: Front) -> None:
    filed = await front.request()
    message = await published(front, filed)
    step = (await front.office.steps(filed["ticket"]))[0]
    assert (message.series, message.state, message.holder, message.account) == (
        "ski",
        "passed_on",
        "office",
        None,
    )
    assert (step.parsed["actor"], step.parsed["actorrole"]) == (str(message.data_subject), "public")
    assert {ref.field for ref in message.items} == {
        *("company.name", "company.address", "company.nib"),
        *("reporter.name", "reporter.email", "reporter.phone"),
    }
    personal = (COMPANY, ADDRESS, NIB, NAME, EMAIL, PHONE)
    assert [each for each in personal if each.encode() in step.message + front.everything_kept()] == []


async def test_a_business_has_one_name_however_its_nib_is_written(front: Front) -> None:
    other = REQUEST["company"] | {"name": "Contoh Laut", "nib": "1234.567.890-123"}
    names = {
        (await published(front, await front.request(**each))).business_ref
        for each in ({}, {"company": other})
    }
    assert len(names) == 1
    secret = front.office.settings.secret("business")
    assert names == {hmac.digest(secret, b"nib\0" + NIB.encode(), "sha256").hex()}


async def test_without_nib_each_request_is_a_business_of_its_own(front: Front) -> None:
    company = {"name": COMPANY, "address": ADDRESS}
    names = {(await published(front, await front.request(company=company))).business_ref for _ in range(2)}
    assert len(names) == 2


async def test_the_same_key_and_body_get_the_same_answer(front: Front) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await front.request(key)
    assert (await front.ask_for_letters(REQUEST, key)).json() == first
    other = await front.ask_for_letters(REQUEST | {"series": "ske"}, key)
    assert (other.status_code, other.json()["type"]) == (409, "urn:zona:problem:another_body")


BAD = {
    "series": {"series": "skx"},
    "company": {"company": None},
    "company.name": {"company": {"name": " ", "address": ADDRESS}},
    "company.address": {"company": {"name": COMPANY}},
    "company.nib": {"company": {"name": COMPANY, "address": ADDRESS, "nib": "12345"}},
    "reporter": {"reporter": None},
    "reporter.email": {"reporter": {"name": NAME, "email": "nobody"}},
    "account.ticket": {"account": {"code": "0000-0000-0000"}},
    "text": {"text": "Please."},
}


@pytest.mark.parametrize(("field", "change"), BAD.items(), ids=BAD)
async def test_a_bad_field_is_named(front: Front, field: str, change: dict[str, Any]) -> None:
    refused = await front.ask_for_letters(REQUEST | change, {})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_an_earlier_request_lends_its_account(front: Front) -> None:
    first = await front.request()
    second = await front.request(account=named(first))
    third = await front.request(account=named(second))
    assert [(await published(front, each)).account for each in (first, second, third)] == [
        None,
        first["ticket"],
        first["ticket"],
    ]


def named(filed: Any) -> dict[str, str]:
    return {"ticket": filed["ticket"], "code": filed["code"]}


async def test_an_account_without_nib_stays_one_business_and_may_get_its_nib_later(front: Front) -> None:
    company = {"name": COMPANY, "address": ADDRESS}
    first = await front.request(company=company)
    second = await front.request(company=company, account=named(first))
    assert (await published(front, second)).business_ref == (await published(front, first)).business_ref
    third = await front.request(account=named(second))
    assert (await published(front, third)).business_ref == front.office.names.business_ref(NIB)


async def test_nobody_applies_under_the_account_of_another_business(front: Front) -> None:
    first = await front.request()
    other = REQUEST["company"] | {"nib": "9" * 13}
    refused = await front.ask_for_letters(REQUEST | {"company": other, "account": named(first)}, {})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["company.nib"]


async def test_an_earlier_request_is_shown_by_its_code_alone(front: Front) -> None:
    first, complaint = await front.request(), await front.file()
    wrong = (
        {"ticket": first["ticket"], "code": "0000-0000-0000"},
        {"ticket": first["ticket"]},
        {"ticket": "nonsense"},
        named(complaint),
    )
    for account in wrong:
        refused = await front.ask_for_letters(REQUEST | {"account": account}, signed_in(front))
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["account.ticket"]


async def test_guessing_codes_of_earlier_requests_is_slowed_down(front: Front) -> None:
    guess = REQUEST | {"account": named(await front.request()) | {"code": "0000-0000-0000"}}
    tries = [(await front.ask_for_letters(guess, {})).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]


async def test_who_is_signed_in_for_a_company_files_under_that_name_and_needs_no_code(front: Front) -> None:
    me = signed_in(front)
    first = await front.request(me)
    step = (await front.office.steps(first["ticket"]))[0].parsed
    assert (step["actor"], step["actorrole"]) == APPLICANT
    where = f"/intake/api/cases/{first['ticket']}"
    tracked = (await front.client.get(where, headers=me)).json()
    assert (tracked["ticket"], tracked["timeline"][0]["by"]) == (first["ticket"], "citizen")
    token = (await front.client.post(f"{where}/token", headers=me)).json()["token"]
    front.client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await front.client.get(where, headers=bearer)).status_code == 200
    assert (await front.client.post(f"{where}/token", headers=bearer)).status_code == 401
    second = await front.request(me, account={"ticket": first["ticket"]})
    assert (await published(front, second)).account == first["ticket"]


async def test_a_session_opens_no_case_of_others(front: Front) -> None:
    mine = await front.request(signed_in(front))
    for filed, headers in (
        (mine, signed_in(front, "applicant-tono", "applicant")),
        (mine, signed_in(front, "applicant-sari", "officer")),
        (mine, {"Authorization": "Bearer nonsense"}),
        (mine, {}),
        (await front.request(), signed_in(front)),
        (await front.file(), signed_in(front)),
    ):
        where = f"/intake/api/cases/{filed['ticket']}"
        assert (await front.client.get(where, headers=headers)).status_code == 401
        assert (await front.client.post(f"{where}/token", headers=headers)).status_code == 401


async def test_an_officials_sign_in_files_for_nobody_and_a_wrong_one_is_refused(front: Front) -> None:
    filed = await front.request(front.staff())
    assert (await front.office.steps(filed["ticket"]))[0].parsed["actorrole"] == "public"
    refused = await front.ask_for_letters(REQUEST, front.staff(*APPLICANT, ttl=-600))
    assert refused.status_code == 401


async def test_the_case_says_that_it_is_worked_on_elsewhere(front: Front) -> None:
    filed = await front.request()
    message = await front.track(filed)
    assert (message["kind"], message["state"], message["holder"], message["due"]) == (
        "ski",
        "passed_on",
        "office",
        None,
    )
    assert message["application"] == {
        "address": filed["links"]["application"],
        "state": None,
        "holder": None,
        "due": None,
    }
    assert (await front.track(await front.file()))["application"] is None


async def test_intakes_officers_work_on_no_request_for_letters(front: Front) -> None:
    filed = await front.request()
    commands: list[tuple[str, Any]] = [
        ("acknowledge", None),
        ("assign", {"officer": "officer-ani"}),
        ("ask", {"text": "Which?"}),
        ("answer", {"text": "So."}),
        ("close", None),
    ]
    for command, body in commands:
        refused = await front.act(filed, command, body)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:passed_on")
    for command, body in [("reply", {"text": "So."}), ("reopen", None), ("withdraw", None)]:
        assert (await front.act(filed, command, body, code(filed))).status_code == 409
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_a_file_that_was_added_comes_with_its_reference(front: Front) -> None:
    filed = await front.request()
    key = code(filed) | {"Idempotency-Key": str(uuid4())}
    first, again = [(await attach(front, filed, photo(), key)).json() for _ in range(2)]
    ref = ItemRef.model_validate(first["item"])
    message = (await front.office.steps(filed["ticket"]))[1].parsed["data"]["items"]
    assert [ItemRef.model_validate(each) for each in message] == [ref]
    assert (first["due"], again["item"], again["event_id"]) == (None, first["item"], None)


async def test_who_filed_signed_in_adds_files_under_that_name(front: Front) -> None:
    me = signed_in(front)
    filed = await front.request(me)
    assert (await attach(front, filed, photo(), me)).status_code == 201
    assert (await front.office.steps(filed["ticket"]))[1].parsed["actor"] == APPLICANT[0]
    assert (await attach(front, filed, photo("blue"), code(filed))).status_code == 201
    assert (await front.office.steps(filed["ticket"]))[2].parsed["actorrole"] == "public"


async def listed(front: Front, show: str) -> list[str]:
    cases = await front.client.get(f"/intake/api/cases?show={show}", headers=front.staff())
    return [each["ticket"] for each in cases.json()]


async def test_the_officers_list_has_only_what_they_work_on(front: Front) -> None:
    complaint, request = await front.file(), await front.request()
    for show in ("open", "all"):
        assert await listed(front, show) == [complaint["ticket"]]
    assert await listed(front, "passed_on") == [request["ticket"]]


async def test_a_lawful_demand_erases_a_request_for_letters_and_nothing_else_does(front: Front) -> None:
    filed = await front.request()
    refused = await front.act(filed, "ask-erasure", {"reason": "subject_request"})
    assert refused.json()["type"] == "urn:zona:problem:lawful_demands_only"
    await front.handled(filed, ("ask-erasure", {"reason": "lawful_order"}))
    assert await listed(front, "erasure") == [filed["ticket"]]
    approved = await front.act(filed, "approve-erasure", None, front.staff(*BOSS))
    assert approved.status_code == 200
    assert (await front.track(filed))["words"] == "erased"
    assert await listed(front, "closed") == []
    assert await listed(front, "passed_on") == [filed["ticket"]]
    assert (await attach(front, filed, photo(), code(filed))).status_code == 409


async def test_the_openapi_document_describes_the_request(front: Front) -> None:
    document = (await front.client.get("/intake/api/openapi.json")).json()
    message = document["paths"]["/intake/api/certificate-applications"]["post"]
    schema = message["requestBody"]["content"]["application/json"]["schema"]
    assert {"series", "company", "reporter", "account"} <= set(schema["properties"])


async def test_a_case_of_each_kind_has_a_ticket_that_names_its_aggregate(front: Front) -> None:
    filed = await front.request()
    message = Message.parse((await front.office.steps(filed["ticket"]))[0].message)
    assert message.aggregate == front.office.names.aggregate(filed["ticket"])
    assert message.id == UUID(filed["event_id"])
