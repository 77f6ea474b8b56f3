import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.intake.erasures import approve, with_erasure_request
from tests.intake.front import ADDRESS, COMPANY, EMAIL, NAME, NIB, TEXT, Front
from tests.intake.test_desk_requests import signed_in
from tests.intake.test_evidence import logged
from tests.intake.test_uploads import photo
from tests.web import browsing

from zi_intake.read.labels import BADGES, BADGES_ELSEWHERE, STATES

FORM = {
    "kind": "product",
    "text": TEXT,
    "district": "tarakan",
    "product.commodity": "pangan_olahan",
    "product.name": "Sambal Rahasia",
    "reporter.name": NAME,
    "reporter.email": EMAIL,
}
FORMS = (
    *("/complaints/new", "/consultations/new"),
    *("/certificate-applications/new", "/mentoring-requests/new"),
)
HTML = {"Accept": "text/html", "Accept-Language": "en"}


def hidden_key(page: httpx.Response) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page.text)
    assert found
    return found[1]


async def get(front: Front, path: str, **headers: str) -> httpx.Response:
    return await front.client.get(path, headers=HTML | headers, follow_redirects=True)


async def post(front: Front, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
    return await front.client.post(path, data=form, headers=HTML | headers, follow_redirects=True)


async def file(front: Front, **changes: str) -> httpx.Response:
    page = await get(front, "/complaints/new")
    return await post(front, "/complaints/new", FORM | {"key": hidden_key(page)} | changes)


@pytest.mark.parametrize("switch", ["anonymous", "confidential"])
@pytest.mark.parametrize("changes", [{"district": ""}, {"kind": "topic:conduct"}])
async def test_a_refused_page_of_a_former_form_keeps_its_protection(
    front: Front, switch: str, changes: dict[str, str]
) -> None:
    for address in ("/complaints/new", "/consultations/new"):
        refused = await post(front, address, FORM | {"confidentiality": switch} | changes)
        ticked = re.findall(r'name="protection\.([a-z]+)"[^>]* checked', refused.text)
        carried = re.findall(r'type="hidden" name="confidentiality" value="([a-z]+)"', refused.text)
        assert [*ticked, *carried] == [switch], address


def value_of(page: httpx.Response, label: str) -> str:
    found = re.search(rf"<dt>{label}</dt><dd>([^<]+)</dd>", page.text)
    assert found
    return found[1]


async def test_the_first_page_offers_five_things_and_says_how_long_they_take(front: Front) -> None:
    page = await get(front, "/")
    assert page.status_code == 200
    for address in (*FORMS, "/track"):
        assert f'href="{address}"' in page.text
    assert "60 working days" in page.text
    assert "not decided yet" in page.text


async def test_the_first_page_is_small_and_has_no_script(front: Front) -> None:
    page = await get(front, "/")
    assert "<script" not in page.text
    style = re.search(r'href="([^"]+style.css)"', page.text)
    assert style
    assert len(page.content) + len((await get(front, style[1])).content) < 100_000


async def test_pages_speak_indonesian_unless_asked_otherwise(front: Front) -> None:
    page = await front.client.get("/", headers={"Accept": "text/html"})
    assert '<html lang="id">' in page.text
    assert "60 hari kerja" in page.text


async def test_a_complaint_filed_in_the_browser_shows_ticket_and_code(front: Front) -> None:
    page = await file(front)
    assert page.url.path.endswith("/receipt")
    case = await front.track({"ticket": value_of(page, "Ticket"), "code": value_of(page, "Code")})
    assert case["messages"][0]["text"] == TEXT


async def test_the_receipt_says_by_when_the_record_has_it(front: Front) -> None:
    page = await file(front)
    assert "by 5 March 2026, 10:00 WITA at the latest this stands in the public record" in page.text
    assert "\nby 2026-03-05T02:00:00.000000Z\n" in page.text


async def test_the_receipt_keeps_the_code_out_of_the_address(front: Front) -> None:
    page = await file(front)
    addresses = [str(each.url) for each in (*page.history, page)]
    assert not any(value_of(page, "Code") in address for address in addresses)


async def test_the_code_is_shown_for_half_an_hour_and_not_to_every_later_token(front: Front) -> None:
    page = await file(front)
    code, ticket = value_of(page, "Code"), value_of(page, "Ticket")
    assert code in (await get(front, f"/track/{ticket}/receipt")).text
    front.clock.pass_days(1 / 24)
    later = await get(front, f"/track/{ticket}/receipt")
    assert (later.url.path, code in later.text) == (f"/track/{ticket}", False)


async def test_sending_the_form_twice_files_once(front: Front) -> None:
    key = hidden_key(await get(front, "/complaints/new"))
    first = await post(front, "/complaints/new", FORM | {"key": key})
    second = await post(front, "/complaints/new", FORM | {"key": key})
    assert value_of(first, "Ticket") == value_of(second, "Ticket")
    assert front.recorded == 1


async def test_a_refused_form_keeps_all_that_was_typed_and_says_what_is_wrong(front: Front) -> None:
    key = hidden_key(await get(front, "/complaints/new"))
    page = await post(
        front, "/complaints/new", FORM | {"key": key, "district": "", "reporter.email": "no address"}
    )
    assert page.status_code == 422
    assert hidden_key(page) == key
    for typed in (TEXT, NAME, "no address", "Sambal Rahasia"):
        assert typed in page.text
    assert 'href="#field-district"' in page.text
    assert 'href="#field-reporter-email"' in page.text


async def test_a_text_that_is_pasted_too_long_is_shown_whole_and_its_length_is_said(front: Front) -> None:
    pasted = "panjang " * 2501
    page = await file(front, text=pasted)
    assert page.status_code == 422
    assert "Write at most 20000 characters; there are 20007 now." in page.text
    assert pasted in page.text
    assert not re.search(r"<textarea[^>]* maxlength", page.text)


async def test_a_name_is_missed_at_its_field(front: Front) -> None:
    page = await file(front, **{"reporter.name": "", "reporter.email": ""})
    assert 'href="#field-reporter-name"' in page.text
    assert "Give your name, or choose anonymous." in page.text


async def test_a_complaint_about_the_service_needs_no_product(front: Front) -> None:
    page = await file(front, **{"kind": "service", "product.commodity": ""})
    assert page.url.path.endswith("/receipt")


async def test_another_text_under_a_used_form_is_refused_on_the_form(front: Front) -> None:
    key = hidden_key(await get(front, "/complaints/new"))
    await post(front, "/complaints/new", FORM | {"key": key})
    page = await post(front, "/complaints/new", FORM | {"key": key, "text": "Other words."})
    assert page.status_code == 422
    assert "Other words." in page.text


async def test_a_question_is_asked_in_the_browser(front: Front) -> None:
    form = {
        "topic": "labelling",
        "text": "What must stand on it?",
        "district": "nunukan",
        "protection.anonymous": "yes",
    }
    key = hidden_key(await get(front, "/consultations/new"))
    page = await post(front, "/consultations/new", form | {"key": key})
    assert page.url.path.endswith("/receipt")
    assert "You left no e-mail address" in page.text
    refused = await post(front, "/consultations/new", form | {"topic": ""})
    assert refused.status_code == 422


async def test_a_case_is_followed_with_ticket_and_code(front: Front) -> None:
    filed = await front.file()
    page = await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})
    assert page.url.path == f"/track/{filed['ticket']}"
    assert TEXT in page.text
    assert "Ledger entry 40" in page.text
    assert f"/audit/api/receipts/{filed['event_id']}" in page.text


async def test_a_wrong_code_is_told_on_the_form(front: Front) -> None:
    filed = await front.file()
    page = await post(front, "/track", {"ticket": filed["ticket"], "code": "0000-0000-0000"})
    assert page.status_code == 404
    assert "No case has this ticket and this code." in page.text
    assert filed["ticket"] in page.text


async def test_without_a_token_the_page_asks_for_the_code(front: Front) -> None:
    filed = await front.file()
    for path in ("", "/receipt", "/evidence"):
        page = await get(front, f"/track/{filed['ticket']}{path}")
        assert page.url.path == "/track"
        assert filed["ticket"] in page.text
        assert TEXT not in page.text


async def browse(front: Front, *commands: tuple[str, Any]) -> Any:
    filed = await front.file()
    await front.handled(filed, *commands)
    await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})
    return filed


ACKNOWLEDGE, ASSIGN = ("acknowledge", None), ("assign", {"officer": "officer-ani"})
ASK, ANSWER = ("ask", {"text": "Which batch?"}), ("answer", {"text": "Done."})


async def test_the_citizen_replies_on_the_page(front: Front) -> None:
    filed = await browse(front, ACKNOWLEDGE, ASSIGN, ASK)
    where = f"/track/{filed['ticket']}"
    assert "Which batch?" in (await get(front, where)).text
    empty = await post(front, f"{where}/reply", {"text": " "})
    assert (empty.status_code, "Tell us in your own words." in empty.text) == (422, True)
    page = await post(front, f"{where}/reply", {"text": "B-77"})
    assert "B-77" in page.text
    assert "Your reply has arrived." in page.text
    assert "Your reply" not in (await get(front, f"{where}?done=case_reopened")).text
    front.clock.pass_days(1)
    assert "Your reply has arrived." not in (await get(front, f"{where}?done=citizen_replied")).text
    again = await post(front, f"{where}/reply", {"text": "B-78"})
    assert (again.status_code, "nothing to reply to now" in again.text) == (422, True)


async def test_the_citizen_reopens_on_the_page(front: Front) -> None:
    filed = await browse(front, ACKNOWLEDGE, ASSIGN, ANSWER)
    page = await post(front, f"/track/{filed['ticket']}/reopen", {"text": ""})
    assert STATES["assigned"] in page.text
    assert "The case is open again." in page.text
    refused = await post(front, f"/track/{filed['ticket']}/reopen", {"text": "x"})
    assert refused.status_code == 422


async def test_the_citizen_withdraws_on_the_page(front: Front) -> None:
    filed = await browse(front)
    page = await post(front, f"/track/{filed['ticket']}/withdraw", {})
    assert STATES["withdrawn"] in page.text
    assert f"/track/{filed['ticket']}/withdraw" not in page.text
    assert f"/track/{filed['ticket']}/attachments" not in page.text


async def test_a_closed_case_is_not_withdrawn(front: Front) -> None:
    filed = await browse(front, ACKNOWLEDGE, ASSIGN, ANSWER, ("close", None))
    assert (await post(front, f"/track/{filed['ticket']}/withdraw", {})).status_code == 409


async def test_an_empty_photo_is_said_to_be_empty_on_the_receipt(front: Front) -> None:
    form = FORM | {"key": hidden_key(await get(front, "/complaints/new"))}
    files = {"file": ("x.jpg", b"", "image/jpeg")}
    page = await front.client.post("/complaints", data=form, files=files, headers=HTML, follow_redirects=True)
    assert "an empty one of 0 bytes" in page.text
    assert "We have your complaint, only the file is missing" in page.text
    assert "Please check what you filled in" not in page.text
    assert front.recorded == 1


async def test_a_photo_follows_on_the_receipt(front: Front) -> None:
    filed = await browse(front)
    where = f"/track/{filed['ticket']}/attachments"
    for content, status in ((photo(), 200), (b"MZ", 422), (b"", 422)):
        files = {"file": ("x.jpg", content, "image/jpeg")}
        page = await front.client.post(where, files=files, headers=HTML, follow_redirects=True)
        assert page.status_code == status
        assert ("Your file has arrived" in page.text) == (status == 200)
    assert (await post(front, where, {})).status_code == 422
    assert len(await front.office.steps(filed["ticket"])) == 2


@pytest.mark.parametrize(
    ("acts", "sentence"),
    [
        ((ACKNOWLEDGE, ASSIGN), "is with the case"),
        ((ACKNOWLEDGE, ASSIGN, ASK), "A file alone is no reply"),
        ((ACKNOWLEDGE, ASSIGN, ANSWER), "reopen the case if we should look at the file"),
    ],
)
async def test_a_file_alone_is_taken_for_no_reply(front: Front, acts: Any, sentence: str) -> None:
    """Whoever is asked for a photo, sends it and goes away would have their case closed."""
    filed = await browse(front, *acts)
    files = {"file": ("x.jpg", photo(), "image/jpeg")}
    where = f"/track/{filed['ticket']}/attachments"
    page = await front.client.post(where, files=files, headers=HTML, follow_redirects=True)
    assert sentence in page.text


async def test_the_proof_is_downloaded_from_the_page(front: Front) -> None:
    filed = await browse(front)
    await logged(front, filed["ticket"])
    answer = await get(front, f"/track/{filed['ticket']}/evidence")
    assert answer.headers["content-type"] == "application/zip"


async def test_a_form_of_another_website_does_nothing(front: Front) -> None:
    refused = await post(front, "/complaints/new", FORM, Origin="http://elsewhere.example")
    assert refused.status_code == 403
    assert front.recorded == 0


@pytest.mark.parametrize("path", [*FORMS, "/track"])
async def test_a_form_of_nonsense_is_refused_kindly(front: Front, path: str) -> None:
    page = await post(
        front, path, {"reporter": "x", "reporter.name": "\x00", "text.a.b.c.d.e.f": "x", "key": "1"}
    )
    assert page.status_code in (404, 422)


async def test_what_was_typed_cannot_break_out_of_the_page(front: Front) -> None:
    page = await file(front, text='</textarea><script>alert("x")</script>', district="")
    assert "<script>" not in page.text


async def test_the_page_of_a_case_says_that_its_data_is_to_be_erased_and_was(front: Front) -> None:
    filed = await with_erasure_request(front)
    await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})
    waiting = await get(front, f"/track/{filed['ticket']}")
    assert "If this is not your wish, tell the office now." in waiting.text
    assert TEXT in waiting.text
    await approve(front, filed)
    erased = await get(front, f"/track/{filed['ticket']}")
    assert "The personal data of this case was erased" in erased.text
    assert "Your own words are no longer in it" in erased.text
    assert "Reopen the case" not in erased.text
    assert TEXT not in erased.text


async def the_only_ticket(front: Front) -> str:
    [case] = (await front.client.get("/intake/api/cases", headers=front.staff())).json()
    return str(case["ticket"])


async def test_a_locked_vault_does_not_look_like_an_erasure(front: Front) -> None:
    await file(front)
    ticket = await the_only_ticket(front)
    front.office.vault.locked = True
    page = await get(front, f"/track/{ticket}")
    assert "Look again in a minute." in page.text
    assert "were erased" not in page.text


async def test_on_a_shared_telephone_a_case_is_left_with_a_button(front: Front) -> None:
    await file(front)
    ticket = await the_only_ticket(front)
    assert "Done: close the complaint on this device" in (await get(front, f"/track/{ticket}")).text
    assert "Ticket" in (await post(front, f"/track/{ticket}/leave", {})).text
    assert (
        (await front.client.get(f"/track/{ticket}", headers=HTML)).headers["location"].startswith("/track?")
    )


async def test_what_was_typed_when_the_page_had_closed_is_kept_to_be_sent_again(front: Front) -> None:
    await file(front)
    ticket = await the_only_ticket(front)
    await post(front, f"/track/{ticket}/leave", {})
    typed = {"key": "11111111-1111-4111-8111-111111111111", "text": "Ada <lagi> hari ini."}
    page = await post(front, f"/track/{ticket}/reply", typed)
    assert (page.status_code, browsing.hidden_fields(page)) == (401, typed)
    assert f'href="/track?ticket={quote(ticket)}" target="_blank"' in page.text
    assert f'action="/track/{ticket}/reply"' in page.text


LETTERS = "/certificate-applications/new"
REQUEST_FORM = {
    "series": "ski",
    "company.name": COMPANY,
    "company.address": ADDRESS,
    "company.nib": NIB,
    "reporter.name": NAME,
    "reporter.email": EMAIL,
}


async def request(front: Front, changes: dict[str, str] | None = None, **headers: str) -> httpx.Response:
    page = await get(front, LETTERS)
    return await post(front, LETTERS, REQUEST_FORM | {"key": hidden_key(page)} | (changes or {}), **headers)


async def test_a_company_asks_for_letters_in_the_browser(front: Front) -> None:
    page = await request(front)
    assert page.url.path.endswith("/receipt")
    ticket = value_of(page, "Ticket")
    assert f'href="http://zona.example/certificates/applications/{ticket}"' in page.text
    case = await get(front, f"/track/{ticket}")
    assert "This is worked on at the certificates desk" in case.text
    assert f'href="http://zona.example/certificates/applications/{ticket}"' in case.text
    for form in ("reply", "reopen", "withdraw", "attachments"):
        assert f"/track/{ticket}/{form}" not in case.text
    assert COMPANY not in case.text


async def test_an_empty_request_for_letters_is_missed_at_every_field_it_needs(front: Front) -> None:
    page = await post(front, LETTERS, {"key": hidden_key(await get(front, LETTERS))})
    assert page.status_code == 422
    for field in ("series", "company-name", "company-address", "reporter-name"):
        assert f'href="#field-{field}"' in page.text


async def test_a_refused_request_for_letters_keeps_what_was_typed(front: Front) -> None:
    page = await request(front, {"company.nib": "12", "company.address": "", "series": ""})
    assert page.status_code == 422
    for typed in (COMPANY, 'value="12"', NAME, EMAIL):
        assert typed in page.text
    for field in ("company-nib", "company-address", "series"):
        assert f'href="#field-{field}"' in page.text


async def test_an_earlier_request_is_named_on_the_form(front: Front) -> None:
    first = await front.request()
    wrong = await request(front, {"account.ticket": first["ticket"], "account.code": "0000-0000-0000"})
    assert (wrong.status_code, 'href="#field-account-ticket"' in wrong.text) == (422, True)
    assert first["ticket"] in wrong.text
    named = {"account.ticket": first["ticket"], "account.code": first["code"]}
    other = await request(front, named | {"company.nib": "9" * 13})
    assert (other.status_code, 'href="#field-company-nib"' in other.text) == (422, True)
    assert (await request(front, named)).url.path.endswith("/receipt")


async def test_guessing_on_the_form_is_slowed_down_and_said(front: Front) -> None:
    guess = {"account.ticket": "000000000", "account.code": "0000-0000-0000"}
    pages = [await request(front, guess) for _ in range(11)]
    assert {page.status_code for page in pages} == {422}
    assert "Too many" in pages[-1].text or "wait" in pages[-1].text.lower()


async def test_who_is_signed_in_for_a_company_follows_the_case_without_code(front: Front) -> None:
    me = signed_in(front)
    assert "You are signed in" in (await get(front, LETTERS, **me)).text
    assert "You are signed in" not in (await get(front, LETTERS)).text
    page = await request(front, None, **me)
    ticket = value_of(page, "Ticket")
    front.client.cookies.clear()
    assert (await get(front, f"/track/{ticket}", **me)).url.path == f"/track/{ticket}"
    assert (await get(front, f"/track/{ticket}")).url.path == "/track"


async def test_what_was_passed_on_takes_no_reply_on_the_page(front: Front) -> None:
    ticket = value_of(await request(front), "Ticket")
    for form in ("reply", "reopen"):
        refused = await post(front, f"/track/{ticket}/{form}", {"text": "Hello."})
        assert (refused.status_code, "certificates desk" in refused.text) == (422, True)
    assert (await post(front, f"/track/{ticket}/withdraw", {})).status_code == 409


def test_only_what_ended_well_has_a_green_badge() -> None:
    green = [each for badges in (BADGES, BADGES_ELSEWHERE) for each in badges if badges[each] == "done"]
    assert green == ["closed", "issued", "graduated"]
