import re
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.intake.erasures import closed, with_erasure_request
from tests.intake.front import COMPANY, EMAIL, NAME, TEXT, Front, code, questions_to
from tests.intake.test_certificates_vault import keep
from tests.intake.test_uploads import attach, photo
from tests.web.browsing import hidden_fields

HTML = {"Accept": "text/html", "Accept-Language": "en"}
BOSS = ("supervisor-budi", "supervisor")


async def get(front: Front, path: str, *who: str) -> httpx.Response:
    return await front.client.get(path, headers=HTML | front.staff(*who))


async def post(front: Front, path: str, form: dict[str, str], *who: str) -> httpx.Response:
    return await front.client.post(path, data=form, headers=HTML | front.staff(*who), follow_redirects=True)


def desk(filed: Any, command: str = "") -> str:
    return f"/desk/cases/{filed['ticket']}" + (f"/{command}" if command else "")


async def test_who_is_not_signed_in_is_sent_to_sign_in(front: Front) -> None:
    answer = await front.client.get("/desk/", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fdesk%2F")


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("signer", "/certificates/desk/"),
        ("mentor", "/umkm/desk/"),
        ("auditor", "/audit/"),
        ("ops", "/notify/desk/deliveries"),
    ],
)
async def test_whoever_has_one_other_desk_is_shown_there(front: Front, role: str, place: str) -> None:
    answer = await get(front, "/desk/", "somebody", role)
    assert (answer.status_code, answer.headers["location"]) == (303, place)


@pytest.mark.parametrize("role", ["officer", "supervisor", "head"])
async def test_the_letters_to_print_are_found_from_the_desk(front: Front, role: str) -> None:
    page = (await get(front, "/desk/", "somebody", role)).text
    assert 'href="/notify/desk/letters"' in page
    assert 'href="/notify/desk/deliveries"' not in page


async def test_citizens_and_auditors_see_no_desk(front: Front) -> None:
    filed = await front.file()
    assert (await get(front, desk(filed), "auditor-eka", "auditor")).status_code == 403


async def test_the_list_has_due_dates_and_nobodys_name(front: Front) -> None:
    filed = await front.file()
    page = await get(front, "/desk/")
    assert filed["ticket"] in page.text
    assert "10 Jun 2026" in page.text
    for personal in (NAME, EMAIL, TEXT):
        assert personal not in page.text
    assert "Overdue" not in page.text
    front.clock.pass_days(120)
    assert "Overdue" in (await get(front, "/desk/")).text


async def test_the_list_is_filtered(front: Front) -> None:
    filed = await front.file()
    for query, found in (
        ("?show=closed", False),
        ("?officer=&district=", True),
        ("?district=malinau", False),
    ):
        assert (filed["ticket"] in (await get(front, f"/desk/{query}")).text) is found
    assert (await front.client.get("/desk", headers=HTML)).headers["location"] == "/desk/"


async def test_a_search_that_finds_nothing_in_its_list_leads_to_the_others(front: Front) -> None:
    """An official who looks for a closed ticket among the open ones is not told that there is none."""
    filed = await closed(front)
    page = await get(front, f"/desk/?text={filed['ticket']}")
    assert "There is no such case in this list." in page.text
    there = re.findall(r'href="(/desk/\?show=(?:all|passed_on)&amp;text=[^"]*)"', page.text)
    found = [
        filed["ticket"] in (await get(front, unescape(each))).text.partition("<table")[2] for each in there
    ]
    assert found == [True, False]
    assert "Look in:" not in (await get(front, "/desk/?show=mine")).text


async def test_an_officer_handles_a_case_on_the_pages(front: Front) -> None:
    filed = await front.file()
    assert "Take it up" in (await get(front, desk(filed))).text
    assert "Assign it to me" in (await post(front, desk(filed, "acknowledge"), {})).text
    assert "Ask the citizen" in (await post(front, desk(filed, "assign"), {"officer": "officer-ani"})).text
    with_erasure_request = await post(front, desk(filed, "ask"), {"question": "Which batch?"})
    assert "Waiting for the citizen" in with_erasure_request.text
    assert (await front.act(filed, "reply", {"text": "B-77"}, code(filed))).status_code == 200
    assert "Close the case" in (await post(front, desk(filed, "answer"), {"answer": "Done."})).text
    assert "Closed" in (await post(front, desk(filed, "close"), {})).text
    assert (await front.track(filed))["state"] == "closed"


async def test_the_page_of_a_case_is_read_in_one_transaction(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await front.file()
    await post(front, desk(filed, "acknowledge"), {})
    questions = questions_to(front.office.store, monkeypatch)
    assert "Assign to another officer" in (await get(front, desk(filed), *BOSS)).text
    assert len(questions) == 1


async def test_personal_data_shows_only_after_a_recorded_opening(front: Front) -> None:
    filed = await front.file()
    await attach(front, filed, photo(), code(filed))
    closed = await get(front, desk(filed))
    assert not any(personal in closed.text for personal in (NAME, EMAIL, TEXT, "data:image"))
    opened = await post(front, desk(filed, "open"), {"purpose": "handling"})
    contents = (
        NAME,
        EMAIL,
        TEXT,
        "Sambal Rahasia",
        "MD 123456789012",
        "Kios Melati",
        "data:image/jpeg;base64,",
    )
    assert all(personal in opened.text for personal in contents)
    assert opened.headers["cache-control"] == "no-store"
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert (last["type"], last["actor"]) == ("zi.intake.personal_data_opened", "officer-ani")


async def test_personal_data_is_not_opened_without_a_purpose(front: Front) -> None:
    filed = await front.file()
    page = await post(front, desk(filed, "open"), {"purpose": ""})
    assert (page.status_code, NAME in page.text) == (422, False)
    assert 'href="#field-purpose"' in page.text


async def test_what_was_typed_when_the_sign_in_had_ended_is_kept_to_be_sent_again(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    typed = {"key": str(uuid4()), "answer": 'Sudah "diperiksa",\nlalu <ditarik>.'}
    page = await front.client.post(desk(filed, "answer"), data=typed, headers=HTML)
    assert (page.status_code, hidden_fields(page)) == (401, typed)
    assert "Sign in again, then send it again" in page.text
    assert (await post(front, desk(filed, "answer"), hidden_fields(page))).status_code == 200
    assert (await front.track(filed))["state"] == "answered"


REFUSED = [
    ("ask", {"question": "Which?"}, "field-question"),
    ("answer", {"answer": ""}, "field-answer"),
    ("close", {}, "field-command"),
    ("assign", {"officer": "officer-cici"}, "field-officer"),
]


@pytest.mark.parametrize(("command", "form", "field"), REFUSED)
async def test_what_can_not_be_done_now_is_told_on_the_page(
    front: Front, command: str, form: dict[str, str], field: str
) -> None:
    filed = await front.file()
    page = await post(front, desk(filed, command), form)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_a_supervisor_assigns_to_an_officer(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    await get(front, "/desk/", "officer-cici", "officer")
    page = await post(front, desk(filed, "assign"), {"officer": "officer-cici"}, *BOSS)
    assert "officer-cici" in page.text


async def test_unknown_cases_and_commands_are_not_found(front: Front) -> None:
    filed = await front.file()
    assert (await get(front, "/desk/cases/000000000")).status_code == 404
    assert (await post(front, desk(filed, "burn"), {})).status_code == 404


async def test_a_list_is_not_asked_for_what_no_database_can_hold(front: Front) -> None:
    for name in ("officer", "district"):
        refused = await front.client.get(f"/intake/api/cases?{name}=%00", headers=front.staff())
        assert refused.status_code == 422


async def test_two_officials_erase_a_case_on_the_pages(front: Front) -> None:
    filed = await closed(front)
    assert "Ask for the erasure" in (await get(front, desk(filed))).text
    refused = await post(front, desk(filed, "ask-erasure"), {"erasure": ""})
    assert (refused.status_code, 'href="#field-erasure"' in refused.text) == (422, True)
    with_erasure_request = await post(front, desk(filed, "ask-erasure"), {"erasure": "subject_request"})
    assert (
        "A supervisor who did not ask for it decides; where there is none, the head."
        in with_erasure_request.text
    )
    assert "Erase for good" not in with_erasure_request.text
    assert filed["ticket"] in (await get(front, "/desk/?show=erasure", *BOSS)).text
    assert "Erase for good" in (await get(front, desk(filed), *BOSS)).text
    erased = await post(front, desk(filed, "approve-erasure"), {}, *BOSS)
    assert "The personal data of this case was erased" in erased.text
    assert "Open the personal data" not in erased.text
    opened = await post(front, desk(filed, "open"), {"purpose": "handling"})
    assert (opened.status_code, "can&#39;t be read, and none can be added" in opened.text) == (422, True)


async def test_a_supervisor_refuses_an_erasure_on_the_page_with_a_reason(front: Front) -> None:
    filed = await with_erasure_request(front)
    without = await post(front, desk(filed, "refuse-erasure"), {"refusal": ""}, *BOSS)
    assert (without.status_code, 'href="#field-refusal"' in without.text) == (422, True)
    refused = await post(front, desk(filed, "refuse-erasure"), {"refusal": "still_needed"}, *BOSS)
    assert "the data is still needed to deal with the case" in refused.text
    assert "Ask for the erasure" in refused.text


async def test_who_asked_is_not_offered_the_decision_and_is_refused_it(front: Front) -> None:
    filed = await closed(front)
    await post(front, desk(filed, "ask-erasure"), {"erasure": "no_longer_needed"}, *BOSS)
    page = await post(front, desk(filed, "approve-erasure"), {}, *BOSS)
    assert (page.status_code, "Erase for good" in page.text) == (422, False)
    assert "another supervisor has to decide" in page.text


async def test_an_open_case_is_offered_lawful_demands_only(front: Front) -> None:
    page = (await get(front, desk(await front.file()))).text
    assert "A court or an authority ordered it" in page
    assert "The person asked for it" not in page


async def test_a_request_for_letters_is_looked_at_and_worked_on_elsewhere(front: Front) -> None:
    filed = await front.request()
    assert filed["ticket"] not in (await get(front, "/desk/")).text
    listed = (await get(front, "/desk/?show=passed_on")).text
    assert filed["ticket"] in listed
    assert "Overdue" not in listed
    page = await get(front, desk(filed))
    assert page.status_code == 200
    assert f"/certificates/desk/applications/{filed['ticket']}" in page.text
    for form in ("acknowledge", "assign", "ask", "answer", "close"):
        assert f'action="{desk(filed, form)}"' not in page.text
    assert COMPANY not in page.text
    opened = await post(front, desk(filed, "open"), {"purpose": "evaluation"})
    assert COMPANY in opened.text
    refused = await post(front, desk(filed, "acknowledge"), {})
    assert (refused.status_code, "certificates desk" in refused.text) == (422, True)


async def test_a_kept_letter_is_opened_as_a_document(front: Front) -> None:
    filed = await front.request()
    await keep(front, filed, {"letter.file": "JVBERi0xLjcK", "note": "Dear Sari."}, uuid4())
    opened = (await post(front, desk(filed, "open"), {"purpose": "supervision"})).text
    assert "data:application/pdf;base64,JVBERi0xLjcK" in opened
    assert "Dear Sari." in opened


async def test_only_what_was_passed_on_is_opened_to_be_evaluated(front: Front) -> None:
    assert "To evaluate the application" in (await get(front, desk(await front.request()))).text
    assert "To evaluate the application" not in (await get(front, desk(await front.file()))).text
