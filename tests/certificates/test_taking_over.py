"""What a business told in its mentoring case fills in an application of its own, as long as it agrees; nothing is kept of it before it
is sent.
"""

import json
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.certificates import both
from tests.certificates.calling import Calling
from tests.certificates.inside import OUTLINE, Inside, sample_item, ticket_of
from tests.certificates.visiting import Visiting
from tests.intake.front import MENTORING
from tests.intake.test_policies import NAMED, at_mentoring
from tests.web.browsing import Browser, hidden

from zi_certificates.messaging.upstream import IntakeRequest, mentoring_of
from zi_certificates.use_cases import taking_over
from zi_certificates.use_cases.taking_over import ADDRESS, PRODUCTS
from zi_chassis.domain import DomainError
from zi_contracts.vault import VaultRefusal

CASE = ticket_of("mentoring")
TEXTS = {
    "business.name": "Dapur Contoh",
    ADDRESS: "Jalan Dapur 7\nTarakan",
    PRODUCTS: json.dumps([{"name": "Sambal Contoh"}, {"name": "Keripik  Contoh", "description": "pedas"}]),
}
REFUSALS: list[tuple[VaultRefusal, type[DomainError], int, str]] = [
    ("not_allowed", taking_over.NotTheSameBusinessError, 409, "the same business by its number (NIB)"),
    ("unknown", taking_over.NoMentoringCaseError, 409, "no such mentoring case any more"),
    ("erased", taking_over.MentoringErasedError, 409, "The personal data of the mentoring case was erased"),
    ("unavailable", taking_over.OutOfReachError, 503, "can&#39;t be read just now"),
]


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def agreed(inside: Inside, texts: dict[str, str] = TEXTS) -> IntakeRequest:
    request = await inside.requested(series="ske")
    inside.vault.add(CASE, texts)
    await inside.consented(request.ticket, CASE)
    return request


# -- what is known of consents


async def test_a_consent_holds_for_its_application_until_it_is_withdrawn(either: Inside) -> None:
    first, two = await either.requested("one"), await either.requested("two")
    await either.consented(first.ticket, CASE)
    cases = [
        await either.office.store.query(lambda tx, request=each: mentoring_of(tx, request.ticket))
        for each in (first, two)
    ]  # type: ignore[misc]
    assert cases == [[CASE], []]
    await either.consented(first.ticket, CASE, withdrawn=True)
    assert await either.office.store.query(lambda tx: mentoring_of(tx, first.ticket)) == []


async def test_a_consent_may_be_heard_before_the_request_that_it_is_for(either: Inside) -> None:
    await either.consented(ticket_of("one"), CASE)
    request = await either.requested("one")
    either.vault.add(CASE, TEXTS)
    answer = await either.office.taking_over.read_fields(request, CASE, "token", ADDRESS)
    assert answer.address == "Jalan Dapur 7 Tarakan"


async def test_the_case_agreed_to_last_is_offered_first_and_a_few_are_enough(either: Inside) -> None:
    cases = [ticket_of(f"mentoring {number}") for number in range(6)]
    for case in cases:
        await either.consented(ticket_of("one"), case)
        either.clock.pass_hours(1)
    offered = await either.office.store.query(lambda tx: mentoring_of(tx, ticket_of("one")))
    assert offered == cases[:0:-1]


async def test_a_consent_given_again_counts_again(either: Inside) -> None:
    for withdrawn in (False, True, False):
        await either.consented(ticket_of("one"), CASE, withdrawn=withdrawn)
    assert await either.office.store.query(lambda tx: mentoring_of(tx, ticket_of("one"))) == [CASE]


# -- what the vault is asked


async def test_the_vault_is_asked_with_the_applicants_own_token_for_what_is_filled_in_and_no_more(
    inside: Inside,
) -> None:
    request = await agreed(inside)
    answer = await inside.office.taking_over.read_fields(
        request, CASE.lower(), "the applicant's token", PRODUCTS
    )
    assert (answer.case, answer.address, answer.products) == (CASE, None, ("Sambal Contoh", "Keripik Contoh"))
    [requested] = inside.vault.reads
    assert (requested.ticket, requested.fields, requested.purpose) == (CASE, (PRODUCTS,), "prefill")
    assert (requested.token, requested.items) == ("the applicant's token", None)


@pytest.mark.parametrize("case", [ticket_of("another"), "", "no ticket", "0" * 5_000, "<script>"])
async def test_without_a_consent_the_vault_is_not_asked(inside: Inside, case: str) -> None:
    request = await agreed(inside)
    with pytest.raises(taking_over.NoConsentError):
        await inside.office.taking_over.read_fields(request, case, "token", ADDRESS)
    assert inside.vault.reads == []


async def test_a_consent_for_another_application_is_none_for_this_one(inside: Inside) -> None:
    await agreed(inside)
    other = await inside.requested("other")
    with pytest.raises(taking_over.NoConsentError):
        await inside.office.taking_over.read_fields(other, CASE, "token", ADDRESS)


async def test_nothing_is_looked_up_for_an_application_that_can_not_be_changed(inside: Inside) -> None:
    request = await inside.submitted()
    await inside.consented(request.ticket, CASE)
    with pytest.raises(taking_over.NotChangeableError):
        await inside.office.taking_over.read_fields(request, CASE, "token", ADDRESS)
    assert inside.vault.reads == []


@pytest.mark.parametrize(("refusal", "error", "status", "sentence"), REFUSALS)
async def test_what_the_vault_says_against_it_is_told_apart(
    inside: Inside, refusal: VaultRefusal, error: type[DomainError], status: int, sentence: str
) -> None:
    request = await agreed(inside)
    inside.vault.refusal = refusal
    with pytest.raises(error):
        await inside.office.taking_over.read_fields(request, CASE, "token", ADDRESS)


@pytest.mark.parametrize(
    ("products", "names"),
    [
        ("", ()),
        ("Sambal", ()),
        ('"Sambal"', ()),
        ('{"name": "Sambal"}', ()),
        ('["Sambal", null, 7, {"description": "pedas"}, {"name": null}, {"name": " "}]', ()),
        ('[{"name": "Sambal"}, {"name": "Sambal "}, {"name": 7}]', ("Sambal", "7")),
    ],
)
async def test_what_is_no_list_of_products_names_none(
    inside: Inside, products: str, names: tuple[str, ...]
) -> None:
    request = await agreed(inside, {PRODUCTS: products, ADDRESS: " \n"})
    answer = await inside.office.taking_over.read_fields(request, CASE, "token", PRODUCTS, ADDRESS)
    assert (answer.products, answer.address) == (names, None)


# -- by the pages


def here(request: IntakeRequest) -> str:
    return f"/certificates/applications/{request.ticket}"


async def taken_over(browser: Browser, request: IntakeRequest, part: str, **typed: str) -> httpx.Response:
    page = await browser.get(f"{here(request)}/{part}")
    assert "Take over" in page.text
    return await browser.post(f"{here(request)}/{part}/take-over", {"case": CASE, **typed})


async def drafted(visiting: Visiting) -> tuple[IntakeRequest, Browser]:
    inside = visiting.inside
    request = await agreed(inside)
    outline = OUTLINE.model_copy(update={"kinds": ("ske_health",), "country": "MY"})
    await inside.office.applying.draft(request, inside.citizen(request), None, outline)
    return request, visiting.owner(request)


@pytest.mark.parametrize("part", ["account", "items"])
async def test_it_is_offered_where_the_business_agreed_and_nowhere_else(
    visiting: Visiting, inside: Inside, part: str
) -> None:
    request, browser = await drafted(visiting)
    assert CASE in (await browser.get(f"{here(request)}/{part}")).text
    await inside.consented(request.ticket, CASE, withdrawn=True)
    assert CASE not in (await browser.get(f"{here(request)}/{part}")).text


async def test_it_is_not_offered_once_the_office_is_at_work_on_the_application(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.paid()
    await inside.consented(request.ticket, CASE)
    browser = visiting.owner(request)
    for part in ("account", "items"):
        assert CASE not in (await browser.get(f"{here(request)}/{part}")).text


async def test_the_address_comes_filled_in_beside_what_was_typed_and_is_saved_only_when_it_is_sent(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await drafted(visiting)
    typed = {"hs_codes": "2103.90.12", "acts_for_others": "yes", "warehouse": "Jalan Lain"}
    page = await taken_over(browser, request, "account", **typed)
    assert page.status_code == 200
    assert f"Taken over from mentoring case {CASE}" in page.text
    assert 'name="warehouse" type="text" value="Jalan Dapur 7 Tarakan"' in page.text
    assert "2103.90.12</textarea>" in page.text
    assert 'value="yes" checked' in page.text
    _, version, _ = await inside.office.applying.account(request)
    assert (version, inside.vault.texts(request.ticket, "account.warehouse")) == (0, [])
    sent = {**typed, "key": hidden(page), "warehouse": "Jalan Dapur 7 Tarakan"}
    assert (await browser.post(f"{here(request)}/account", sent)).status_code == 200
    assert inside.vault.texts(request.ticket, "account.warehouse") == ["Jalan Dapur 7 Tarakan"]


async def test_the_products_come_one_by_one_the_first_that_is_not_listed_yet(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await drafted(visiting)
    page = await taken_over(browser, request, "items")
    assert 'name="product" type="text" value="Sambal Contoh"' in page.text
    assert '<button class="button quiet" name="picked" value="Keripik Contoh">' in page.text
    assert f'action="{here(request)}/items/new"' in page.text
    state = await inside.state(request)
    assert (state.revision, state.statement and state.statement.products) == (1, ())
    item = sample_item().model_copy(update={"product": "Sambal Contoh"})
    await inside.office.applying.add_items(request, inside.citizen(request), None, [item])
    page = await taken_over(browser, request, "items")
    assert 'name="product" type="text" value="Keripik Contoh"' in page.text


@pytest.mark.parametrize(
    ("picked", "filled_in"),
    [("Keripik Contoh", "Keripik Contoh"), ("not of this business", "Sambal Contoh"), ("", "Sambal Contoh")],
)
async def test_another_product_can_be_picked_of_those_that_the_business_makes(
    visiting: Visiting, picked: str, filled_in: str
) -> None:
    request, browser = await drafted(visiting)
    page = await taken_over(browser, request, "items", picked=picked)
    assert f'name="product" type="text" value="{filled_in}"' in page.text
    assert "not of this business" not in page.text


async def test_what_a_business_told_is_shown_as_text(visiting: Visiting) -> None:
    inside, name = visiting.inside, '"Sambal" <script>alert(1)</script>'
    request = await agreed(inside, {PRODUCTS: json.dumps([{"name": name}, {"name": "<b>"}]), ADDRESS: name})
    await inside.office.applying.draft(
        request, inside.citizen(request), None, OUTLINE.model_copy(update={"kinds": ("ske_health",)})
    )
    browser = visiting.owner(request)
    for part in ("account", "items"):
        page = await taken_over(browser, request, part)
        assert "<script>alert" not in page.text
        assert name in unescape(page.text)


@pytest.mark.parametrize("part", ["account", "items"])
@pytest.mark.parametrize(("refusal", "error", "status", "sentence"), REFUSALS)
async def test_what_is_against_it_is_said_on_the_page_and_what_was_typed_stays(
    visiting: Visiting, part: str, refusal: VaultRefusal, error: type[DomainError], status: int, sentence: str
) -> None:
    request, browser = await drafted(visiting)
    visiting.inside.vault.refusal = refusal
    page = await taken_over(browser, request, part, hs_codes="2103.90.12")
    assert page.status_code == status
    assert page.text.count(sentence) == 2
    assert "2103.90.12" in page.text or part == "items"
    assert f'href="#field-{ {"account": "warehouse", "items": "case"}[part] }"' in page.text


@pytest.mark.parametrize("part", ["account", "items"])
async def test_a_consent_that_was_withdrawn_meanwhile_is_said(visiting: Visiting, part: str) -> None:
    request, browser = await drafted(visiting)
    await visiting.inside.consented(request.ticket, CASE, withdrawn=True)
    page = await browser.post(f"{here(request)}/{part}/take-over", {"case": CASE})
    assert page.status_code == 409
    assert "Nothing of this mentoring case may be taken over here" in page.text


@pytest.mark.parametrize("part", ["account", "items"])
async def test_what_the_case_does_not_say_is_said(visiting: Visiting, part: str) -> None:
    inside = visiting.inside
    request = await agreed(inside, {"business.name": "Dapur Contoh"})
    await inside.office.applying.draft(
        request, inside.citizen(request), None, OUTLINE.model_copy(update={"kinds": ("ske_health",)})
    )
    page = await taken_over(visiting.owner(request), request, part)
    assert page.status_code == 409
    assert "The mentoring case does not say this." in page.text


async def test_before_the_vault_was_reached_it_is_said_too(visiting: Visiting) -> None:
    request, browser = await drafted(visiting)
    visiting.inside.office._vault = None
    page = await taken_over(browser, request, "account", hs_codes="2103.90.12")
    assert page.status_code == 503
    assert "2103.90.12" in page.text


@pytest.mark.parametrize("form", [{}, {"case": "x" * 500}, {"case": "%00"}, {"case": "\x00"}])
@pytest.mark.parametrize("part", ["account", "items"])
async def test_whatever_is_sent_as_a_case_takes_nothing_over(
    visiting: Visiting, part: str, form: dict[str, str]
) -> None:
    request, browser = await drafted(visiting)
    page = await browser.post(f"{here(request)}/{part}/take-over", form)
    assert page.status_code == 409
    assert visiting.inside.vault.reads == []


async def test_products_are_taken_over_after_the_letters_were_chosen(visiting: Visiting) -> None:
    request = await agreed(visiting.inside)
    answer = await visiting.owner(request).send(f"{here(request)}/items/take-over", {"case": CASE})
    assert answer.headers["location"] == f"{here(request)}/particulars"
    assert visiting.inside.vault.reads == []


@pytest.mark.parametrize("part", ["account", "items"])
async def test_somebody_elses_case_is_not_opened(visiting: Visiting, part: str) -> None:
    request, _ = await drafted(visiting)
    other = await visiting.inside.requested("other")
    answer = await visiting.owner(other).send(f"{here(request)}/{part}/take-over", {"case": CASE})
    assert answer.status_code == 401
    assert visiting.inside.vault.reads == []


async def test_who_filed_it_signed_in_takes_over_with_that_sign_in(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await inside.requested(series="ske", actor="company-1", role="applicant")
    inside.vault.add(CASE, TEXTS)
    await inside.consented(request.ticket, CASE)
    browser = visiting.person("company-1", "applicant", name="PT Contoh")
    page = await browser.post(f"{here(request)}/account/take-over", {"case": CASE})
    assert "Jalan Dapur 7 Tarakan" in page.text
    assert [each.token for each in inside.vault.reads] == list(browser.cookies.values())


# -- from the front door's own vault


@pytest.mark.parametrize("same", [True, False])
async def test_intake_tells_only_what_a_business_agreed_that_an_application_of_its_own_takes_over(
    tmp_path: Path, same: bool
) -> None:
    async with both.opened(tmp_path) as house:
        nib = both.REQUEST["company"]["nib"] if same else "9" * 13
        mentored = await house.intake.mentored(business=MENTORING["business"] | {"nib": nib})
        filed = await house.requested(series="ske")
        text = [at_mentoring(1, mentored["ticket"], "consent_given", **NAMED, to=filed["ticket"])]
        await house.intake.office.store.receive("umkm", text, house.intake.office.react)
        await house.office.store.receive("umkm", text, house.office.react)
        answer = await house.post(filed, "take-over", {"case": mentored["ticket"]})
        result = await house.intake.track(mentored, **{"Accept-Language": "en"})
        opened = "The data that the business agreed to were copied into its request for letters."
        assert [each["text"] for each in result["timeline"]].count(opened) == same
    if same:
        names = [each["name"] for each in MENTORING["products"]]
        address = MENTORING["business"]["address"]
        assert answer.json() == {"case": mentored["ticket"], "warehouse": address, "products": names}
    else:
        assert answer.json()["type"] == "urn:zona:problem:not_the_same_business"


# -- by programs


async def take_over(
    calling: Calling, request: IntakeRequest, body: Any = None, **headers: str
) -> httpx.Response:
    return await calling.tell(request, "take-over", {"case": CASE} if body is None else body, **headers)


async def test_a_program_is_told_what_the_case_says_in_the_words_of_the_api(calling: Calling) -> None:
    request = await agreed(calling.inside)
    assert (await calling.read(request))["mentoring_cases"] == [CASE]
    answer = await take_over(calling, request)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "case": CASE,
            "warehouse": "Jalan Dapur 7 Tarakan",
            "products": ["Sambal Contoh", "Keripik Contoh"],
        },
    )
    [requested] = calling.inside.vault.reads
    assert requested.fields == (ADDRESS, PRODUCTS)
    assert (await calling.visiting.tokens.claims(requested.token)).ticket == request.ticket


async def test_officials_are_not_told_which_mentoring_cases_there_are(calling: Calling) -> None:
    request = await agreed(calling.inside)
    found = (await calling.get(f"/applications/{request.ticket}", calling.evaluator)).json()
    assert found["mentoring_cases"] == []
    refused = await calling.post(
        f"/applications/{request.ticket}/take-over", {"case": CASE}, calling.evaluator
    )
    assert refused.status_code == 401


@pytest.mark.parametrize(("refusal", "error", "status", "sentence"), REFUSALS)
async def test_a_program_is_told_why_not(
    calling: Calling, refusal: VaultRefusal, error: type[DomainError], status: int, sentence: str
) -> None:
    request = await agreed(calling.inside)
    calling.inside.vault.refusal = refusal
    answer = await take_over(calling, request, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert unescape(sentence) in answer.json()["detail"]
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_why_not_is_said_in_indonesian(calling: Calling) -> None:
    request = await agreed(calling.inside)
    calling.inside.vault.refusal = "not_allowed"
    answer = await take_over(calling, request, **{"Accept-Language": "id"})
    assert "NIB" in answer.json()["detail"]
    assert "pendampingan" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [{}, {"case": ""}, {"case": 7}, {"case": "x" * 33}, {"case": CASE, "to": "x"}, []]
)
async def test_a_body_that_names_no_case_is_refused_at_its_field(calling: Calling, body: Any) -> None:
    request = await agreed(calling.inside)
    assert (await take_over(calling, request, body)).status_code == 422
    assert calling.inside.vault.reads == []


async def test_a_case_without_consent_is_a_conflict(calling: Calling) -> None:
    request = await calling.inside.requested()
    answer = await take_over(calling, request)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:zona:problem:no_consent")
