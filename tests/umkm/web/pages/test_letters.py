"""The public pages of a sealed letter, the health office's answer on a page of its own, and the letters at the desk."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.letters.test_referring import FIRST, PIRT, code_on, content_of
from tests.umkm.steps import MONDAY
from tests.umkm.visiting import Visiting
from tests.web.browsing import hidden

from zi_chassis.web.limits import Buckets
from zi_letters.content import digest
from zi_letters.vault_fields import FILE
from zi_umkm.domain.case.referral_state import Referral
from zi_umkm.domain.letter import SealMentoringLetter
from zi_umkm.messaging import upstream
from zi_umkm.messaging.letters_data import letter_files
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.letters import mentoring_letter_numbered
from zi_umkm.use_cases.statements import BusinessStated
from zi_umkm.web.pages.letters import answered_products

ANSWER = "/umkm/letters/answer"
PDF = b"%PDF-1.7 sealed"


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def referred(inside: Inside, *products: object) -> MentoringRequest:
    request = await inside.mentored("one", *(products or (SAMBAL,)))  # type: ignore[arg-type]
    await inside.refer(request, "Mohon dibantu")
    return request


def with_code(inside: Inside, request: MentoringRequest, **fields: str) -> dict[str, str]:
    return {"number": FIRST, "code": code_on(content_of(inside, request)), **fields}


async def sealed(inside: Inside) -> None:
    """The first letter has its file."""
    row = inside.office.store.read(lambda tx: mentoring_letter_numbered(tx, FIRST))
    assert row is not None
    [item] = inside.vault.add(row.ticket, {FILE: "JVBERi0xLjcgc2VhbGVk"})
    by = inside.staff("", "").model_copy(update={"actor": "system:umkm", "role": "system:umkm"})
    command = SealMentoringLetter(
        by=by, ticket=row.ticket, number=FIRST, letter=row.letter, file=digest(PDF), item=item
    )
    await inside.office.store.handle(letter_files, row.letter, command)


async def test_a_letter_is_looked_up_by_its_number_and_names_nobody(
    visiting: Visiting, inside: Inside
) -> None:
    await referred(inside)
    stranger = visiting.stranger()
    page = await stranger.get("/umkm/letters/?number=sr 2026 1")
    assert page.status_code == 200
    assert "There is a letter with this number" in page.text
    assert "It waits for the answer of the health office." in page.text
    for secret in ("Dapur one", "Sambal Contoh", code_on(content_of(inside, request_of(inside)))):
        assert secret not in page.text
    assert (await stranger.get("/umkm/letters/?number=x")).status_code == 422
    assert (await stranger.get("/umkm/letters/SR-2026-000009")).status_code == 404
    assert "not signed this code" in (await stranger.get(f"/umkm/letters/{FIRST}?c=AAAA")).text
    assert "BEGIN CERTIFICATE" in (await stranger.get("/umkm/letters/authority")).text


def request_of(inside: Inside) -> MentoringRequest:
    row = inside.office.store.read(lambda tx: mentoring_letter_numbered(tx, FIRST))
    assert row is not None
    request = inside.office.store.read(lambda tx: upstream.request_of(tx, row.ticket))
    assert request is not None
    return request


async def test_the_health_office_answers_without_an_account(visiting: Visiting, inside: Inside) -> None:
    request = await referred(inside)
    stranger = visiting.stranger()
    assert "You need no account" in (await stranger.get(f"{ANSWER}?number={FIRST}")).text
    page = await stranger.post(ANSWER, with_code(inside, request))
    assert page.status_code == 200
    for phrase in ("Dapur one", "1. Sambal Contoh", "Note that it arrived"):
        assert phrase in page.text, phrase
    page = await stranger.post(ANSWER, with_code(inside, request, act="received"))
    assert "It is noted that the letter arrived." in page.text
    question = with_code(inside, request, act="question", question="Berapa masa simpannya?")
    assert "Your question is with" in (await stranger.post(ANSWER, question)).text
    wrong = with_code(inside, request, act="number", product="1", **{"given.1": "MD 123456789012"})
    page = await stranger.post(ANSWER, wrong)
    assert page.status_code == 409
    assert 'value="MD 123456789012"' in page.text
    empty = with_code(inside, request, act="number", product="1")
    assert (await stranger.post(ANSWER, empty)).status_code == 422
    right = with_code(inside, request, act="number", product="1", **{"given.1": PIRT})
    page = await stranger.post(ANSWER, right)
    assert "An officer looks it up before it counts." in page.text
    page = await stranger.post(ANSWER, with_code(inside, request))
    assert page.status_code == 409
    assert "This code was used" in page.text
    owner = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}")
    for phrase in (FIRST, "Berapa masa simpannya?", "The number of product 1 came"):
        assert phrase in owner.text, phrase


async def test_each_product_has_its_own_name_in_whatever_order_it_was_stated(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.stated("one", SAMBAL, SAMBAL.model_copy(update={"name": "Sambal Kedua"}))
    known = [each.number for each in await inside.stated_products(request)]
    stated = {"district": "nunukan", "kbli": ("10213",)}
    backwards = [SAMBAL.model_copy(update={"number": each, "name": None}) for each in reversed(known)]
    anew = BusinessStated.model_validate(stated | {"products": tuple(backwards)})
    await inside.office.mentoring.restate(request, inside.business(request), None, anew)
    await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    await inside.office.mentoring.triage(request, inside.mentor(), None)
    await inside.refer(request)
    page = await visiting.stranger().post(ANSWER, with_code(inside, request))
    titles = [title for title in re.findall(r"<h2>(.*?)</h2>", page.text) if "Sambal" in title]
    assert titles == ["1. Sambal Contoh", "2. Sambal Kedua"]


def test_a_letter_that_was_sealed_in_another_order_is_answered_in_that_order() -> None:
    letter = Referral(uuid4(), FIRST, (2, 1), "0" * 64, MONDAY)
    named = answered_products(letter, frozenset({1}), ["Kedua", "Pertama"])
    assert [(each.number, each.text, each.is_open) for each in named] == [
        (2, "Kedua", False),
        (1, "Pertama", True),
    ]


async def test_nothing_that_was_typed_is_lost_while_the_vault_is_away(
    visiting: Visiting, inside: Inside
) -> None:
    request = await referred(inside, SAMBAL, SAMBAL)
    stranger, code = visiting.stranger(), with_code(inside, request)
    inside.vault.is_away = True
    page = await stranger.post(ANSWER, code)
    assert page.status_code == 200
    for phrase in ("<h2>Product 1</h2>", "can&#39;t be read just now", 'name="given.2"'):
        assert phrase in page.text, phrase
    page = await stranger.post(ANSWER, code | {"act": "question", "question": "Berapa masa simpannya?"})
    assert page.status_code == 503
    for phrase in ("Berapa masa simpannya?</textarea>", "What you sent was not recorded."):
        assert phrase in page.text, phrase
    page = await stranger.post(ANSWER, code | {"act": "number", "product": "1", "given.1": PIRT})
    assert page.status_code == 200
    assert "The number is recorded." in page.text
    assert (await inside.state(request)).referred_numbers.keys() == {1}


async def test_a_refusal_is_told_to_the_business_and_to_its_mentor(
    visiting: Visiting, inside: Inside
) -> None:
    request = await referred(inside, SAMBAL, FISH)
    fields = with_code(inside, request, act="refuse", product="1")
    page = await visiting.stranger().post(ANSWER, fields)
    assert page.status_code == 409
    assert "Write the question or the reason" in page.text
    reason = {"reason.1": "Dapur belum diperiksa"}
    page = await visiting.stranger().post(ANSWER, fields | reason)
    assert "Each product of the letter has its answer now" in page.text
    mentor = visiting.person("mentor-ani", "mentor")
    here = f"/umkm/desk/cases/{request.ticket}"
    closed = await mentor.get(here)
    assert "Open the business&#39;s data to read it." in closed.text
    assert "Dapur belum diperiksa" in (await mentor.post(f"{here}/open")).text


async def test_wrong_codes_are_counted_by_connection_and_keep_nobody_else_out(
    visiting: Visiting, inside: Inside
) -> None:
    request = await referred(inside)
    now = 0.0
    inside.office.wrong_codes = Buckets(size=3, drain=30, seconds=lambda: now)
    stranger = visiting.stranger()
    for _ in range(3):
        page = await stranger.post(ANSWER, {"number": FIRST, "code": "0" * 16})
        assert page.status_code == 409
        assert "do not belong together" in page.text
    wrong = {"number": FIRST, "code": "0" * 16}
    assert (await stranger.post(ANSWER, wrong)).status_code == 429
    there = {"X-Forwarded-For": "203.0.113.9"}
    assert (await stranger._ask("POST", ANSWER, data=wrong, headers=there)).status_code == 409
    assert (await stranger.post(ANSWER, with_code(inside, request))).status_code == 200
    now = 100.0
    assert (await stranger.post(ANSWER, wrong)).status_code == 409


async def test_what_nobody_can_type_is_refused(visiting: Visiting, inside: Inside) -> None:
    request = await referred(inside)
    stranger = visiting.stranger()
    assert (await stranger.post(ANSWER, {"number": FIRST})).status_code == 422
    assert (await stranger.post(ANSWER, with_code(inside, request, act="graduate"))).status_code == 404
    other = with_code(inside, request, act="refuse", product="2", **{"reason.2": "Tidak"})
    assert (await stranger.post(ANSWER, other)).status_code == 404
    inside.clock.at += timedelta(days=91)
    page = await stranger.post(ANSWER, with_code(inside, request))
    assert "This code is too old to answer with." in page.text


async def test_its_business_and_its_mentor_fetch_the_file_once_it_is_sealed(
    visiting: Visiting, inside: Inside
) -> None:
    request = await referred(inside)
    other = await inside.mentored("two", SAMBAL)
    at_owner, at_desk = f"/umkm/cases/{request.ticket}/letters/{FIRST}", f"/umkm/desk/cases/{request.ticket}"
    assert (await visiting.owner(request).get(at_owner)).status_code == 404
    await sealed(inside)
    answer = await visiting.owner(request).get(at_owner)
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    mentor = visiting.person("mentor-ani", "mentor")
    assert (await mentor.post(f"{at_desk}/letters/{FIRST}")).content == PDF
    elsewhere = f"/umkm/cases/{other.ticket}/letters/{FIRST}"
    assert (await visiting.owner(other).get(elsewhere)).status_code == 404
    assert (await visiting.stranger().get(at_owner)).status_code == 303


async def test_the_mentor_makes_a_new_code_that_is_shown_once(visiting: Visiting, inside: Inside) -> None:
    request = await referred(inside)
    here = f"/umkm/desk/cases/{request.ticket}"
    mentor, other = visiting.person("mentor-ani", "mentor"), visiting.person("mentor-dodi", "mentor")
    fields = {"letter": str((await inside.state(request)).referrals[0].letter)}
    refused = await other.post(f"{here}/renew-referral-code", fields)
    assert refused.status_code == 409
    page = await mentor.post(f"{here}/renew-referral-code", fields | {"key": hidden(await mentor.get(here))})
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", page.text)
    assert found is not None
    assert page.headers["cache-control"] == "no-store"
    assert found[0] not in (await mentor.get(here)).text
    answer = await visiting.stranger().post(ANSWER, {"number": FIRST, "code": found[0]})
    assert answer.status_code == 200
    old = await visiting.stranger().post(ANSWER, with_code(inside, request))
    assert "This code was replaced by a newer one." in old.text


async def test_the_desk_lists_every_letter_with_a_search_and_a_true_count(
    visiting: Visiting, inside: Inside
) -> None:
    for name in ("one", "two", "three"):
        await inside.refer(await inside.mentored(name, SAMBAL))
    mentor = visiting.person("mentor-ani", "mentor")
    page = await mentor.get("/umkm/desk/lists/letters")
    assert "3 letters" in page.text
    assert len(re.findall(r'href="/umkm/letters/SR-', page.text)) == 3
    page = await mentor.get("/umkm/desk/lists/letters?number=sr 2026 2")
    assert "1 letter<" in page.text
    assert "0 letters" in (await mentor.get("/umkm/desk/lists/letters?number=%25_x")).text
