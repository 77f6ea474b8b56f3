from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.intake.erasures import BOSS
from tests.intake.front import BUSINESS, EMAIL, KITCHEN, MENTORING, NAME, NIB, PHONE, Front, code
from tests.intake.test_desk_requests import APPLICANT, listed, signed_in
from tests.intake.test_uploads import attach, photo

from zi_contracts import intake as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_rules.ticket import normalise_case_code, normalise_ticket

BARE = {
    "district": "tarakan",
    "business": {"name": BUSINESS},
    "products": [{"name": "Amplang"}],
    "reporter": {"name": NAME},
}


async def published(front: Front, filed: Any, step: int = 0) -> Any:
    return data_of(Message.parse((await front.office.steps(filed["ticket"]))[step].message))


async def give(front: Front, filed: Any, nib: Any, headers: Any = None) -> httpx.Response:
    return await front.act(filed, "nib", {"nib": nib}, headers or code(filed))


async def test_a_business_gets_ticket_code_promise_and_where_its_mentoring_is(front: Front) -> None:
    filed = await front.mentored()
    assert set(filed) == {"ticket", "code", "event_id", "state", "promise", "links"}
    assert normalise_ticket(filed["ticket"]) == filed["ticket"]
    assert normalise_case_code(filed["code"]) == filed["code"]
    assert filed["state"] == "passed_on"
    assert filed["links"]["mentoring"] == f"http://zona.example/umkm/cases/{filed['ticket']}"
    assert filed["links"]["receipt"].endswith(filed["event_id"])


async def test_a_name_and_what_it_makes_is_enough(front: Front) -> None:
    answer = await front.client.post("/intake/api/mentoring-requests", json=BARE)
    assert answer.status_code == 201
    message = await published(front, answer.json())
    assert {ref.field for ref in message.items} == {"business.name", "products", "reporter.name"}
    assert (message.has_nib, message.products, message.reachable_by, message.language) == (False, 1, (), "id")


async def test_the_message_names_the_business_and_nothing_personal(front: Front) -> None:
    filed = await front.mentored(business=MENTORING["business"] | {"nib": NIB, "kbli": "10 299"})
    message, step = await published(front, filed), (await front.office.steps(filed["ticket"]))[0]
    assert isinstance(message, contract.MentoringRequested)
    assert (message.state, message.holder, message.district, message.products) == (
        "passed_on",
        "office",
        "nunukan",
        2,
    )
    assert (message.has_nib, message.business_ref) == (True, front.office.names.business_ref(NIB))
    assert (step.parsed["actor"], step.parsed["actorrole"]) == (str(message.data_subject), "public")
    assert {ref.field for ref in message.items} == {
        *("business.name", "business.address", "business.nib", "business.kbli"),
        *("products", "place", "text", "reporter.name", "reporter.email", "reporter.phone"),
    }
    personal = (BUSINESS, KITCHEN, NIB, NAME, EMAIL, PHONE, "Amplang Contoh", "tenggiri", "ke toko")
    assert [each for each in personal if each.encode() in step.message + front.everything_kept()] == []


async def test_a_business_without_number_is_one_of_its_own_until_it_gives_one(front: Front) -> None:
    filed, other = await front.mentored(), await front.mentored()
    first = await published(front, filed)
    assert first.business_ref == front.office.names.temporary_business_ref(filed["ticket"])
    assert first.business_ref != (await published(front, other)).business_ref


async def test_the_same_key_and_body_get_the_same_answer(front: Front) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await front.mentored(key)
    assert await front.mentored(key) == first
    other = await front.ask_for_mentoring(key, district="malinau")
    assert (other.status_code, other.json()["type"]) == (409, "urn:zona:problem:another_body")
    assert len(await front.office.steps(first["ticket"])) == 1


@pytest.mark.parametrize("key", ["1", str(UUID(int=7)), "a1e8b6d0-1f6f-11ef-8000-0242ac120002"])
async def test_a_key_that_can_be_guessed_is_refused(front: Front, key: str) -> None:
    refused = await front.ask_for_mentoring({"Idempotency-Key": key})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].lower() == "idempotency-key"
    filed = await front.mentored()
    assert (await give(front, filed, NIB, code(filed) | {"Idempotency-Key": key})).status_code == 422


MADE = {"name": "Amplang"}
BAD = {
    "district": {"district": "jakarta"},
    "language": {"language": "fr"},
    "business": {"business": None},
    "business.name": {"business": {"name": " "}},
    "business.nib": {"business": {"name": BUSINESS, "nib": "12345"}},
    "business.kbli": {"business": {"name": BUSINESS, "kbli": "1029"}},
    "business.address": {"business": {"name": BUSINESS, "address": "x" * 401}},
    "products": {"products": []},
    "products ": {"products": [MADE] * 21},
    "products  ": {"products": None},
    "products.0.name": {"products": [{"name": "x" * 201}]},
    "products.1.description": {"products": [MADE, MADE | {"description": "x" * 1001}]},
    "products.0.name ": {"products": [{"name": "Amplang\nContoh"}]},
    "products.0.price": {"products": [MADE | {"price": 5}]},
    "place.kind": {"place": {"kind": "street"}},
    "place.address": {"place": {"address": "x" * 401}},
    "text": {"text": "x" * 20_001},
    "reporter": {"reporter": None},
    "reporter.name": {"reporter": {"email": EMAIL}},
    "reporter.email": {"reporter": {"name": NAME, "email": "nobody"}},
    "reporter.phone": {"reporter": {"name": NAME, "phone": "call me"}},
    "nonsense": {"nonsense": 1},
}


@pytest.mark.parametrize(("field", "change"), BAD.items(), ids=BAD)
async def test_a_bad_field_is_named(front: Front, field: str, change: dict[str, Any]) -> None:
    refused = await front.ask_for_mentoring(**change)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field.strip()]
    assert all(error["detail"] for error in refused.json()["errors"])
    assert front.recorded == 0


async def test_twenty_products_are_taken(front: Front) -> None:
    assert (await published(front, await front.mentored(products=[MADE] * 20))).products == 20


async def test_who_is_signed_in_for_a_business_files_under_that_name_and_needs_no_code(front: Front) -> None:
    me = signed_in(front)
    filed = await front.mentored(me)
    step = (await front.office.steps(filed["ticket"]))[0].parsed
    assert (step["actor"], step["actorrole"]) == APPLICANT
    tracked = await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=me)
    assert tracked.json()["kind"] == "mentoring"
    assert (await give(front, filed, NIB, me)).status_code == 200
    assert (await front.office.steps(filed["ticket"]))[1].parsed["actor"] == APPLICANT[0]
    assert (await front.ask_for_mentoring(front.staff(*APPLICANT, ttl=-600))).status_code == 401


async def test_the_case_says_that_it_is_worked_on_at_the_mentoring_desk(front: Front) -> None:
    filed = await front.mentored()
    message = await front.track(filed, **{"Accept-Language": "en"})
    assert (message["kind"], message["state"], message["holder"], message["due"]) == (
        *("mentoring", "passed_on", "office", None),
    )
    nothing_yet = {"state": None, "holder": None, "due": None}
    assert message["mentoring"] == {"address": filed["links"]["mentoring"]} | nothing_yet
    assert message["application"] is None
    assert [each["text"] for each in message["messages"]] == ["Saya ingin menjual ke toko."]
    assert (await front.track(await front.request()))["mentoring"] is None


async def test_a_number_that_is_given_later_names_the_business(front: Front) -> None:
    filed = await front.mentored()
    done = await give(front, filed, "1234.567.890-123")
    assert (done.status_code, done.json()["state"]) == (200, "passed_on")
    assert done.json()["event_id"] in done.json()["promise"]
    message = await published(front, filed, 1)
    assert isinstance(message, contract.BusinessNumberGiven)
    assert message.former_ref == front.office.names.temporary_business_ref(filed["ticket"])
    assert message.business_ref == front.office.names.business_ref(NIB)
    assert [ref.field for ref in message.items] == ["business.nib"]
    assert (
        NIB.encode() not in (await front.office.steps(filed["ticket"]))[1].message + front.everything_kept()
    )


async def test_the_same_number_again_is_nothing_new_and_another_one_is(front: Front) -> None:
    filed = await front.mentored(business={"name": BUSINESS, "nib": NIB})
    assert (await give(front, filed, NIB)).json()["event_id"] is None
    once = code(filed) | {"Idempotency-Key": str(uuid4())}
    first = [(await give(front, filed, "9" * 13, once)).json()["event_id"] for _ in range(2)]
    assert (first[0] is not None, first[1]) == (True, None)
    assert (await published(front, filed, 1)).former_ref == front.office.names.business_ref(NIB)
    assert len(await front.office.steps(filed["ticket"])) == 2


@pytest.mark.parametrize("nib", ["", "123", "12345678901234", "123456789012x", "x" * 50, None, 1234567890123])
async def test_what_is_no_number_is_refused(front: Front, nib: Any) -> None:
    filed = await front.mentored()
    refused = await give(front, filed, nib)
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, ["nib"])
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_nobody_else_gives_a_number(front: Front) -> None:
    filed = await front.mentored(signed_in(front))
    others: list[tuple[dict[str, str], int]] = [
        ({"X-Case-Code": "0000-0000-0000"}, 404),
        ({"Authorization": "Bearer nonsense"}, 401),
        (front.staff(), 401),
        (front.staff("mentor-dewi", "mentor"), 401),
        (signed_in(front, "applicant-tono", "applicant"), 401),
        ({"Authorization": f"Bearer {front.office.tokens.issue((await front.mentored())['ticket'])}"}, 401),
    ]
    for headers, status in others:
        assert (await give(front, filed, NIB, headers)).status_code == status
    assert len(await front.office.steps(filed["ticket"])) == 1
    headers = {"Authorization": f"Bearer {front.office.tokens.issue(filed['ticket'])}"}
    assert (await give(front, filed, NIB, headers)).status_code == 200


async def test_only_a_mentored_business_gives_its_number(front: Front) -> None:
    for filed in (await front.file(), await front.request()):
        refused = await give(front, filed, NIB)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:not_mentored")
        assert len(await front.office.steps(filed["ticket"])) == 1


async def test_intakes_officers_work_on_no_mentoring(front: Front) -> None:
    filed = await front.mentored()
    for command in ("acknowledge", "close"):
        refused = await front.act(filed, command)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:passed_on")
    assert (await front.act(filed, "withdraw", None, code(filed))).status_code == 409
    assert await listed(front, "open") == []
    assert await listed(front, "passed_on") == [filed["ticket"]]


async def test_a_mentored_business_is_erased_on_its_wish_and_nothing_is_taken_after_that(
    front: Front,
) -> None:
    filed = await front.mentored()
    await front.handled(filed, ("ask-erasure", {"reason": "consent_withdrawn"}))
    assert await listed(front, "erasure") == [filed["ticket"]]
    assert (await front.act(filed, "approve-erasure", None, front.staff(*BOSS))).status_code == 200
    assert (await front.track(filed))["words"] == "erased"
    for refused in (await give(front, filed, NIB), await attach(front, filed, photo(), code(filed))):
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:erased")


async def test_mentors_add_files_to_the_cases_they_mentor_and_to_no_others(front: Front) -> None:
    filed, letters, complaint = await front.mentored(), await front.request(), await front.file()
    mentor = front.staff("mentor-dewi", "mentor")
    assert (await attach(front, filed, photo(), mentor)).status_code == 201
    step = (await front.office.steps(filed["ticket"]))[1].parsed
    assert (step["actor"], step["actorrole"]) == ("mentor-dewi", "staff:mentor")
    assert (await attach(front, filed, photo("blue"), front.staff())).status_code == 201
    for other in (letters, complaint):
        assert (await attach(front, other, photo(), mentor)).status_code == 403
    for role in ("evaluator", "head", "signer", "auditor"):
        assert (await attach(front, filed, photo(), front.staff("eka", role))).status_code == 403
    assert (await attach(front, {"ticket": "000000000"}, photo(), mentor)).status_code == 404


async def test_the_openapi_document_describes_the_request_and_the_number(front: Front) -> None:
    document = (await front.client.get("/intake/api/openapi.json")).json()
    message = document["paths"]["/intake/api/mentoring-requests"]["post"]
    schema = message["requestBody"]["content"]["application/json"]["schema"]
    assert {"business", "products", "place", "text", "reporter", "district"} <= set(schema["properties"])
    assert "$ref" not in str(schema)
    assert [each["name"] for each in message["parameters"]] == ["Idempotency-Key"]
    assert "/intake/api/cases/{ticket}/nib" in document["paths"]
