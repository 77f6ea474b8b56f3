"""A complaint can't be filed with a name that is not what it looks like; the citizen reads at which field, and what was kept before is shown."""

from typing import Any
from uuid import uuid4

import pytest
from tests.intake.front import COMPLAINT, MENTORING, NAME, REQUEST, Front
from tests.intake.test_pages import FORM, get, hidden_key, post

from zi_chassis.domain import UnseenSignError
from zi_contracts.text import STORED
from zi_contracts.vault import VaultKeepRequest
from zi_intake.bodies.filings import ComplaintBody

REVERSED, HIDDEN = "PT Asli\u202egnuplaP", "Bunga\u200bContoh"
ENGLISH = "There is a sign here that nobody can see (number 6, U+200B). Delete this text and type it again instead of pasting it."
INDONESIAN = "Di sini ada tanda yang tidak terlihat (tanda ke-6, U+200B)."


@pytest.mark.parametrize(("language", "sentence"), [("en", ENGLISH), ("id", INDONESIAN)])
async def test_a_form_says_at_its_field_what_nobody_can_see(
    front: Front, language: str, sentence: str
) -> None:
    key = hidden_key(await get(front, "/complaints/new"))
    typed = FORM | {"key": key, "reporter.name": HIDDEN}
    page = await post(front, "/complaints/new", typed, **{"Accept-Language": language})
    assert page.status_code == 422
    assert sentence in page.text
    assert 'href="#field-reporter-name"' in page.text
    assert 'id="field-reporter-name-error"' in page.text
    assert front.recorded == 0


@pytest.mark.parametrize(
    ("where", "body", "field"),
    [
        ("complaints", COMPLAINT | {"reporter": {"name": HIDDEN}}, "reporter.name"),
        ("complaints", COMPLAINT | {"text": REVERSED}, "text"),
        ("complaints", COMPLAINT | {"place": {"name": "Kios", "address": REVERSED}}, "place.address"),
        ("complaints", COMPLAINT | {"place": {"link": "https://toko.example/\u202e"}}, "place.link"),
        (
            "certificate-applications",
            REQUEST | {"company": {"name": REVERSED, "address": "Jalan 1"}},
            "company.name",
        ),
        (
            "certificate-applications",
            REQUEST | {"company": {"name": "PT", "address": REVERSED}},
            "company.address",
        ),
        ("mentoring-requests", MENTORING | {"products": [{"name": REVERSED}]}, "products.0.name"),
    ],
)
async def test_the_api_names_the_field(front: Front, where: str, body: Any, field: str) -> None:
    refused = await front.client.post(f"/intake/api/{where}", json=body, headers={"Accept-Language": "en"})
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["field"] == field
    assert error["detail"].startswith("There is a sign here that nobody can see")
    assert front.recorded == 0


async def test_an_answer_of_the_office_is_what_it_looks_like_too(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    refused = await front.act(filed, "answer", {"text": f"Done by {HIDDEN}"})
    assert [error["field"] for error in refused.json()["errors"]] == ["text"]


async def test_names_as_people_write_them_are_filed_in_one_spelling(front: Front) -> None:
    filed = await front.file(COMPLAINT | {"reporter": {"name": "شركة المثال · Gde\u0301 & Ma'mun"}})
    opened = await front.act(filed, "personal-data", {"purpose": "handling"})
    assert "شركة المثال · Gdé & Ma'mun" in str(opened.json())


async def test_the_vault_keeps_nothing_of_another_service_that_nobody_can_see(front: Front) -> None:
    filed = await front.request()
    request = VaultKeepRequest(ticket=filed["ticket"], fields={"note": REVERSED}, request=uuid4())
    with pytest.raises(UnseenSignError, match="note"):
        await front.reading.keep("certificates", request)


async def test_what_was_filed_before_is_shown_as_it_was(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = COMPLAINT | {"text": f"Dari {REVERSED}", "reporter": {"name": HIDDEN}}
    body = ComplaintBody.model_validate(old, context=STORED)
    with monkeypatch.context() as before:
        before.setattr("zi_chassis.vault.vault.refuse_unseen", lambda *_, **__: None)
        receipt = await front.office.front_door.file(uuid4(), body)
    case = await front.track({"ticket": receipt.ticket, "code": receipt.code})
    assert case["messages"][0]["text"] == f"Dari {REVERSED}"
    page = await get(front, f"/track/{receipt.ticket}", **{"X-Case-Code": receipt.code})
    assert "Dari PT Asli\ufffdgnuplaP" in page.text
    assert "\u202e" not in page.text
    opened = await front.act({"ticket": receipt.ticket}, "personal-data", {"purpose": "handling"})
    assert HIDDEN in opened.text or HIDDEN.encode("unicode_escape").decode() in opened.text
    assert NAME not in opened.text
