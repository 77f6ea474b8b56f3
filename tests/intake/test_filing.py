from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.intake.front import COMPLAINT, CONSULTATION, Front, code, opened

from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError
from zi_contracts.message import Message
from zi_intake.domain.case.state import Case
from zi_intake.messaging.published import decider
from zi_rules.ticket import normalise_case_code, normalise_ticket
from zi_tlog.note import Verifier, parse_note, parse_vkey
from zi_tlog.promise import open_promise, parse_promise
from zi_tlog.tree import leaf_hash

KEY = "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"


def changed(**parts: Any) -> dict[str, Any]:
    return deepcopy(COMPLAINT) | parts


async def filed_case(front: Front, ticket: str) -> Case:
    return (await front.office.store.fetch(decider, front.office.names.aggregate(ticket)))[1]


async def test_a_complaint_gets_ticket_code_due_date_and_promise(front: Front) -> None:
    filed = await front.file()
    assert normalise_ticket(filed["ticket"]) == filed["ticket"]
    assert normalise_case_code(filed["code"]) == filed["code"]
    assert (filed["state"], filed["due"]) == ("filed", "2026-06-10T08:00:00Z")
    assert filed["links"]["track"] == f"http://zona.example/track?ticket={filed['ticket']}"
    assert filed["links"]["receipt"].endswith(f"/audit/api/receipts/{filed['event_id']}")


async def test_the_promise_is_over_the_message_that_is_stored(front: Front) -> None:
    filed = await front.file()
    message = front.office.store.message(filed["event_id"])
    vkey = (await front.client.get("/intake/api/promise-key")).text.strip()
    promise = open_promise(filed["promise"].encode(), Verifier(parse_vkey(vkey)))
    assert message is not None
    assert (promise.event_id, promise.leaf) == (filed["event_id"], leaf_hash(message))
    assert promise.by == promise.time + timedelta(hours=72)


async def test_the_entry_names_the_request_as_the_answer_does(front: Front) -> None:
    """So that a line of the log and an entry of the ledger can be joined; a timer's act names none."""
    answers = [await front.client.post("/intake/api/complaints", json=COMPLAINT) for _ in range(2)]
    for answer in answers:
        message = front.office.store.message(answer.json()["event_id"])
        assert message is not None
        assert Message.parse(message).request == answer.headers["x-request-id"]
    adopted = front.office.store.messages(0, 1)[0].message
    assert Message.parse(adopted).request is None


async def test_how_long_the_ledger_may_take_is_a_setting(tmp_path: Path) -> None:
    async with opened(tmp_path, promise_hours=24) as front:
        promise = parse_promise(parse_note((await front.file())["promise"].encode()).text)
    assert promise.by == promise.time + timedelta(hours=24)


@pytest.mark.parametrize("hours", [0, -1, 721])
def test_nobody_promises_at_once_or_for_another_year(hours: int) -> None:
    with pytest.raises(UnusableSettingError, match="ZI_PROMISE_HOURS"):
        Settings(service="intake", promise_hours=hours)


async def test_a_question_is_filed_the_same_way(front: Front) -> None:
    filed = await front.file(CONSULTATION, to="consultations")
    assert filed["due"] == "2026-03-09T08:00:00Z"
    assert (await front.track(filed))["kind"] == "consultation"


async def test_the_same_key_and_body_get_the_same_answer_to_the_byte(front: Front) -> None:
    headers = {"Idempotency-Key": KEY}
    first = await front.client.post("/intake/api/complaints", json=COMPLAINT, headers=headers)
    await front.handled(first.json(), ("acknowledge", None))
    front.clock.pass_days(3)
    again = await front.client.post("/intake/api/complaints", json=COMPLAINT, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
    assert len(await front.office.steps(first.json()["ticket"])) == 2


async def test_the_same_key_gets_the_same_answer_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as before:
        first = await before.file(key=KEY)
    async with opened(tmp_path) as after:
        assert await after.file(key=KEY) == first


async def test_another_body_under_the_same_key_is_refused(front: Front) -> None:
    await front.file(key=KEY)
    other = await front.client.post(
        "/intake/api/complaints", json=changed(text="Something else."), headers={"Idempotency-Key": KEY}
    )
    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")
    assert other.json()["type"].endswith("another_body")


async def test_without_a_key_every_filing_is_a_new_one(front: Front) -> None:
    tickets = {
        (await front.client.post("/intake/api/complaints", json=COMPLAINT)).json()["ticket"] for _ in range(3)
    }
    assert len(tickets) == 3


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "case-7",
        "a1e8b6d0-1f6f-11ef-8000-0242ac120002",
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        str(UUID(int=7)),
    ],
)
async def test_a_key_that_can_be_guessed_is_refused(front: Front, key: str) -> None:
    refused = await front.client.post(
        "/intake/api/complaints", json=COMPLAINT, headers={"Idempotency-Key": key}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].lower() == "idempotency-key"


BAD = {
    "kind": changed(kind="rumour"),
    "district": changed(district="jakarta"),
    "language": changed(language="fr"),
    "confidentiality": changed(confidentiality="secret"),
    "text": changed(text="x" * 20_001),
    "reporter.email": changed(reporter={"name": "Bunga Contoh", "email": "nobody@nowhere\nBcc: x@y.example"}),
    "reporter.phone": changed(reporter={"name": "Bunga Contoh", "phone": "call me"}),
    "reporter.name": changed(reporter={"name": "Bunga\r\nContoh"}),
    "reporter": changed(reporter=None),
    "product": changed(product=None),
    "product.commodity": changed(product={"commodity": "mobil"}),
    "product.expiry": changed(product={"commodity": "obat", "expiry": "31/12/2026"}),
    "place.link": changed(place={"link": "javascript:alert(1)"}),
    "nonsense": changed(nonsense=1),
}


@pytest.mark.parametrize(("field", "body"), BAD.items(), ids=BAD)
async def test_a_bad_field_is_named(front: Front, field: str, body: dict[str, Any]) -> None:
    refused = await front.client.post("/intake/api/complaints", json=body)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert all(error["detail"] for error in refused.json()["errors"])


async def test_all_missing_fields_are_named_at_once(front: Front) -> None:
    refused = await front.client.post("/intake/api/complaints", json={})
    assert {error["field"] for error in refused.json()["errors"]} == {"kind", "district", "text", "reporter"}


async def test_blank_text_is_no_text(front: Front) -> None:
    refused = await front.client.post("/intake/api/complaints", json=changed(text=" \n "))
    assert [error["field"] for error in refused.json()["errors"]] == ["text"]


@pytest.mark.parametrize("raw", [b"{", b"", b"[]", b'"text"', b'{"text": "\\ud800"}', b"\xff\xfe"])
async def test_what_is_not_a_body_is_refused_with_a_sentence(front: Front, raw: bytes) -> None:
    refused = await front.client.post(
        "/intake/api/complaints", content=raw, headers={"Content-Type": "application/json"}
    )
    assert refused.status_code == 422
    assert refused.json()["detail"]


async def test_an_anonymous_complaint_has_no_reporter(front: Front) -> None:
    anonymous = changed(confidentiality="anonymous")
    refused = await front.client.post("/intake/api/complaints", json=anonymous)
    assert [error["field"] for error in refused.json()["errors"]] == ["reporter"]
    filed = await front.file(anonymous | {"reporter": None})
    case = await filed_case(front, filed["ticket"])
    assert case.filing is not None
    assert case.filing.reachable_by == ()


async def test_a_compressed_body_is_refused(front: Front) -> None:
    refused = await front.client.post(
        "/intake/api/complaints", content=b"x", headers={"Content-Encoding": "gzip"}
    )
    assert refused.status_code == 415


async def test_a_huge_body_is_refused_and_nothing_is_kept(front: Front) -> None:
    refused = await front.client.post("/intake/api/complaints", json=changed(text="x" * 400_000))
    assert refused.status_code == 413
    assert front.recorded == 0


async def test_ticket_and_code_say_nothing_of_the_key(front: Front) -> None:
    key = str(uuid4())
    filed = await front.file(key=key)
    other = await front.file()
    assert {filed["ticket"], filed["code"]}.isdisjoint({other["ticket"], other["code"]})
    assert key not in str(filed)


async def test_the_standard_is_pinned_and_marked_as_unverified(front: Front) -> None:
    case = await filed_case(front, (await front.file())["ticket"])
    assert case.filing is not None
    assert case.filing.standard.tier == "with_inspection"
    assert case.filing.standard.source_status == "unverified"


async def test_a_service_complaint_is_due_sooner(front: Front) -> None:
    filed = await front.file(changed(kind="service", product=None))
    assert filed["due"] == "2026-03-09T08:00:00Z"
    assert (await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=code(filed))).json()[
        "kind"
    ] == "service"


async def test_the_openapi_document_describes_the_bodies(front: Front) -> None:
    document = (await front.client.get("/intake/api/openapi.json")).json()
    described = document["paths"]["/intake/api/complaints"]["post"]
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    assert {"kind", "district", "text", "reporter", "product", "place"} <= set(schema["properties"])
    assert "$ref" not in str(schema)
    assert [each["name"] for each in described["parameters"]] == ["Idempotency-Key"]
