import re

import httpx
import pytest
from tests.certificates.inside import EXPORT, OUTLINE, Inside, sample_item
from tests.certificates.visiting import Visiting
from tests.web.browsing import PDF, Browser, hidden, hidden_fields, scripts_of

from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.web import labels
from zi_contracts.certificates import PublishedFinding

PRODUCT = {
    "product": "Kecap Contoh",
    "registration_number": "ML 123456789012",
    "hs_code": "2103.90.12",
    "batch": "B-001",
    "manufactured": "2026-06-01",
    "expires": "2028-06-01",
    "quantity": "1200,5",
    "unit": "kg",
    "pack": "botol",
    "country": "MY",
    "port": "Tarakan",
    "invoice": "INV-CONTOH-1",
    "analysis.dated": "2026-06-03",
    "analysis.batch": "B-001",
    "analysis.manufactured": "2026-06-01",
    "analysis.results": "timbal = 0,1 mg/kg @ AAS\r\n\r\ngaram = 12 % @ titrasi",
}
UNREADABLE = (PublishedFinding(reason="document_unreadable", where="documents.invoice"),)
LIMIT = 100_000


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


def here(request: IntakeRequest) -> str:
    return f"/certificates/applications/{request.ticket}"


async def filled(browser: Browser, path: str, form: dict[str, str]) -> httpx.Response:
    """As a person does: opens the form, fills it in, sends it to where it goes."""
    page = await browser.get(path)
    sent = {"key": hidden(page), **form}
    if 'name="revision"' in page.text:
        sent = {"revision": hidden(page, "revision"), **sent}
    return await browser.post(path, sent)


async def begun(visiting: Visiting, series: str = "ski") -> tuple[IntakeRequest, Browser]:
    request = await visiting.inside.requested(series=series)
    return request, visiting.owner(request)


# -- for everybody


async def test_the_first_page_says_what_it_costs_and_how_long_it_takes_and_what_is_no_law(
    visiting: Visiting,
) -> None:
    page = await visiting.stranger().get("/certificates/")
    assert page.status_code == 200
    assert "6 working hours" in page.text
    assert "Rp 50,000" in page.text
    assert page.text.count("not decided yet") > 3
    for address in (
        "/certificate-applications/new",
        "/certificates/verify",
        "/certificates/register",
        "/track",
    ):
        assert f'href="{address}"' in page.text


async def test_the_first_page_speaks_indonesian_unless_asked_otherwise(visiting: Visiting) -> None:
    page = await visiting.client.get("/certificates/", headers={"Accept": "text/html"})
    assert '<html lang="id">' in page.text
    assert "6 jam kerja" in page.text
    assert "Rp 50.000" in page.text


async def test_a_source_is_shown_by_its_host_and_leads_to_the_whole_address(visiting: Visiting) -> None:
    page = await visiting.stranger().get("/certificates/")
    assert re.search(
        r'<a href="https://istanaumkm\.pom\.go\.id/[^"]+"[^>]*>istanaumkm\.pom\.go\.id</a>', page.text
    )


async def test_the_empty_table_has_headings_in_the_readers_language(visiting: Visiting) -> None:
    english = await visiting.stranger().get("/certificates/products.csv")
    indonesian = await visiting.client.get("/certificates/products.csv")
    assert english.text.startswith("\ufeffproduct,registration_number,")
    assert indonesian.text.startswith("\ufeffproduk,nomor_izin_edar,")
    assert "attachment" in english.headers["content-disposition"]


async def test_how_the_queue_was_kept_is_open_to_everybody_and_names_nobody(
    visiting: Visiting, inside: Inside
) -> None:
    await inside.declared("evaluator-ani", "1" * 64)
    passed = await inside.paid("one", business="1" * 64)
    await inside.paid("two", business="2" * 64)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    page = await visiting.stranger().get("/certificates/fairness")
    assert "December 2026" in page.text
    assert "conflict of interest" in page.text
    assert "evaluator-ani" not in page.text
    assert passed.ticket not in page.text


# -- whose it is


async def test_without_the_code_the_browser_is_asked_for_it(visiting: Visiting, inside: Inside) -> None:
    request = await inside.requested()
    answer = await visiting.stranger().get(here(request))
    assert answer.headers["location"] == f"/track?ticket={request.ticket}"


async def test_the_token_of_another_case_opens_nothing(visiting: Visiting, inside: Inside) -> None:
    first, two = await inside.requested("one"), await inside.requested("two")
    answer = await visiting.owner(two).get(here(first))
    assert answer.status_code == 303


async def test_who_filed_it_signed_in_finds_and_opens_it(visiting: Visiting, inside: Inside) -> None:
    request = await inside.requested(actor="company-1", role="applicant")
    browser = visiting.person("company-1", "applicant", name="PT Contoh")
    assert f'href="{here(request)}"' in (await browser.get("/certificates/")).text
    assert (await browser.get(here(request))).status_code == 200
    other = await visiting.person("company-2", "applicant").get(here(request))
    assert other.status_code == 404


async def test_a_request_that_was_not_heard_of_yet_is_waited_for(visiting: Visiting) -> None:
    page = await visiting.person("company-1", "applicant").get("/certificates/applications/3C7K9M2Q5")
    assert page.status_code == 404
    assert "try again in a moment" in page.text


# -- from the request to the submission, by the pages alone


async def test_the_whole_way_to_the_submission_goes_by_the_pages_alone(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    assert "Next: fill in the company" in (await browser.get(here(request))).text
    account = {"acts_for_others": "no", "hs_codes": "2103.90.12\r\n19059010", "warehouse": "Jalan Gudang 3"}
    assert (await filled(browser, f"{here(request)}/account", account)).status_code == 200
    assert inside.vault.texts(request.ticket, "account.warehouse") == ["Jalan Gudang 3"]
    page = await browser.get(here(request))
    assert "Next: 5 things are missing in the account" in page.text
    assert "Not complete yet" in page.text
    await _attach_first(5, browser, request, "account/documents")
    page = await filled(
        browser, f"{here(request)}/particulars", {"kind": "ski_post_border", "goods": "pangan_olahan"}
    )
    assert "Next: list the products" in page.text
    assert "1 product is listed" in (await filled(browser, f"{here(request)}/items/new", PRODUCT)).text
    await _attach_first(6, browser, request, "documents")
    assert "An officer verifies the account first" in (await browser.get(here(request))).text
    officer = inside.staff("officer-ira", "officer")
    _, _, stated = await inside.office.applying.account(request)
    await inside.office.deciding.verify_account(request.ticket, officer, None, stated.revision)
    page = await browser.get(here(request))
    assert "It costs Rp 50,000." in page.text
    sent = {"key": hidden(page), "revision": hidden(page, "revision")}
    page = await browser.post(f"{here(request)}/submit", sent)
    assert "Next: pay Rp 50,000" in page.text
    assert "/certificates/billing-simulator/" in page.text


async def _attach_first(many: int, browser: Browser, request: IntakeRequest, part: str) -> None:
    """Of the documents in the list, in which those that are missing come first."""
    path = f"{here(request)}/{part}"
    page = await browser.get(path.replace("account/documents", "account"))
    for kind in re.findall(r'<option value="(\w+)"', page.text)[:many]:
        products = {"products.1": "yes"} if part == "documents" else {}
        form = {"key": hidden(await browser.get(f"{here(request)}/account")), "kind": kind, **products}
        answer = await browser.post(path, form, files={"file": PDF})
        assert answer.status_code == 200, answer.text


async def test_an_application_for_export_names_several_letters_and_what_the_country_wants(
    visiting: Visiting,
) -> None:
    request, browser = await begun(visiting, "ske")
    path = f"{here(request)}/particulars"
    form = {
        "kinds.ske_health": "yes",
        "kinds.ske_free_sale": "yes",
        "goods": "pangan_olahan",
        "country": "cn",
    }
    page = await filled(browser, path, form)
    assert "Health Certificate" in page.text
    page = await browser.get(path)
    assert "registration number in China" in page.text
    await filled(
        browser,
        path,
        {**form, "annex_fields.gacc_registration": "CN-77", "circumstances.not_registered": "yes"},
    )
    state = await visiting.inside.state(request)
    assert state.statement is not None
    assert state.statement.kinds == ("ske_health", "ske_free_sale")
    assert state.statement.country == "CN"
    assert state.statement.circumstances == ("not_registered",)
    assert state.statement.annex_fields == {"gacc_registration": "CN-77"}


async def test_a_country_is_chosen_by_its_name_and_what_is_no_country_is_refused_with_a_sentence(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting, "ske")
    path = f"{here(request)}/particulars"
    page = await browser.get(path)
    assert '<option value="MY">Malaysia</option>' in page.text
    assert '<option value="MA">Morocco</option>' in page.text
    form = {"kinds.ske_health": "yes", "goods": "pangan_olahan"}
    for typed in ("Malaysia", "QQ", "EU"):
        refused = await filled(browser, path, {**form, "country": typed})
        assert refused.status_code == 422
        assert "Choose a country from the list." in refused.text
    await inside.office.applying.draft(request, inside.citizen(request), None, EXPORT)
    refused = await filled(browser, f"{here(request)}/items/new", {**PRODUCT, "country": "QQ"})
    assert refused.status_code == 422
    assert "Choose a country from the list." in refused.text
    assert '<option value="MY">Malaysia</option>' in refused.text


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("amend", "Your account has no valid letter that could be amended."),
        ("company-products", "There is no such product."),
    ],
)
async def test_an_empty_list_says_so(visiting: Visiting, part: str, sentence: str) -> None:
    request, browser = await begun(visiting)
    assert sentence in (await browser.get(f"{here(request)}/{part}")).text


async def test_a_day_that_is_in_no_calendar_is_refused_with_a_sentence(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    page = await filled(browser, f"{here(request)}/items/new", {**PRODUCT, "expires": "31-02-2028"})
    assert page.status_code == 422
    assert "There is no such day in the calendar" in page.text


async def test_an_empty_file_is_told_from_none(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    path = f"{here(request)}/items/upload"
    page = await browser.post(path, {}, files={"list": ("list.csv", b"", "text/csv")})
    assert page.status_code == 422
    assert "This file is empty (0 bytes)." in page.text
    page = await browser.post(path, {})
    assert "Choose a file first." in page.text


async def test_the_same_form_sent_twice_does_it_once(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    page = await browser.get(f"{here(request)}/items/new")
    for _ in range(2):
        await browser.post(f"{here(request)}/items/new", {**PRODUCT, "key": hidden(page)})
    state = await inside.state(request)
    assert state.statement is not None
    assert len(state.statement.products) == 1


async def test_a_product_typed_by_hand_is_read_as_a_line_of_a_table(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    await filled(browser, f"{here(request)}/items/new", PRODUCT)
    state = await inside.state(request)
    assert state.statement is not None
    [product] = state.statement.products
    assert str(product.quantity) == "1200.5"
    assert product.analysis is not None
    assert [(each.parameter, each.result, each.method) for each in product.analysis.results] == [
        ("timbal", "0,1 mg/kg", "AAS"),
        ("garam", "12 %", "titrasi"),
    ]
    page = await browser.get(f"{here(request)}/items/1")
    assert "timbal = 0,1 mg/kg @ AAS\ngaram = 12 % @ titrasi" in page.text


async def test_a_product_is_changed_and_removed(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    by = inside.citizen(request)
    await inside.office.applying.draft(request, by, None, OUTLINE)
    await inside.office.applying.add_items(request, by, None, [sample_item(), sample_item("B-002")])
    page = await filled(browser, f"{here(request)}/items/1", {**PRODUCT, "batch": "B-077"})
    assert "batch B-077" in page.text
    page = await browser.post(f"{here(request)}/items/2/remove", {"key": hidden(page)})
    assert "1 product is listed" in page.text


# -- refused, and everything typed still there


async def test_a_refused_product_keeps_what_was_typed_and_says_what_is_wrong_at_its_field(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    page = await filled(browser, f"{here(request)}/items/new", {**PRODUCT, "quantity": "many", "invoice": ""})
    assert page.status_code == 422
    assert 'value="many"' in page.text
    assert "Kecap Contoh" in page.text
    assert 'href="#field-quantity"' in page.text
    assert 'href="#field-invoice"' in page.text


async def test_an_empty_product_is_missed_at_every_field_it_needs(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    page = await filled(browser, f"{here(request)}/items/new", {})
    assert page.status_code == 422
    assert page.text.count("This field is needed.") == 2 * 11
    assert 'href="#field-product"' in page.text
    assert 'href="#field-port"' in page.text


async def test_a_refused_account_keeps_what_was_typed(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    page = await filled(
        browser, f"{here(request)}/account", {"hs_codes": "21039012 rice", "warehouse": "Jalan 3"}
    )
    assert page.status_code == 422
    assert "21039012 rice" in page.text
    assert "Jalan 3" in page.text
    assert 'href="#field-hs-codes"' in page.text
    assert inside.vault.texts(request.ticket, "account.warehouse") == []


async def test_letters_of_no_kind_are_missed_at_their_field(visiting: Visiting) -> None:
    request, browser = await begun(visiting)
    page = await filled(browser, f"{here(request)}/particulars", {"goods": "pangan_olahan"})
    assert page.status_code == 422
    assert 'href="#field-kind"' in page.text
    assert '<option value="pangan_olahan" selected>' in page.text


@pytest.mark.parametrize(("series", "fields"), [("ski", ["kind", "goods"]), ("ske", ["kinds", "goods"])])
async def test_what_was_not_chosen_is_missed_and_no_code_of_it_is_shown(
    visiting: Visiting, series: str, fields: list[str]
) -> None:
    request, browser = await begun(visiting, series)
    page = await filled(browser, f"{here(request)}/particulars", {})
    assert page.status_code == 422
    assert (
        re.findall(r'<li><a href="#field-([\w-]+)">[^<:]+: This field is needed\.</a>', page.text) == fields
    )
    assert "pangan_olahan&#39;" not in page.text


async def test_an_account_without_hs_codes_is_not_taken(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    page = await filled(browser, f"{here(request)}/account", {"hs_codes": " ,", "warehouse": "Jalan 3"})
    assert page.status_code == 422
    assert "HS codes: This field is needed." in page.text
    assert "Jalan 3" in page.text
    assert inside.vault.texts(request.ticket, "account.warehouse") == []


async def test_only_circumstances_on_which_a_rule_for_these_letters_hangs_are_asked_about(
    visiting: Visiting,
) -> None:
    pages = []
    for series in ("ski", "ske"):
        request = await visiting.inside.requested(series, series=series)
        pages.append(await visiting.owner(request).get(f"{here(request)}/particulars"))
    imports, exports = [page.text for page in pages]
    assert "circumstances.special_import" in imports
    assert "circumstances.export_label_differs" not in imports
    assert "circumstances.export_label_differs" in exports
    assert "circumstances.special_import" not in exports


async def test_a_letter_that_cannot_be_replaced_is_refused_where_it_was_named(visiting: Visiting) -> None:
    request, browser = await begun(visiting)
    form = {"kind": "ski_post_border", "goods": "pangan_olahan", "replaces": "SKI-2026-000999"}
    page = await filled(browser, f"{here(request)}/particulars", form)
    assert page.status_code == 409
    assert re.findall(r'href="#field-([\w-]+)"', page.text) == ["replaces"]


async def test_what_was_typed_when_the_page_had_closed_is_kept_until_the_code_was_entered(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    path = f"{here(request)}/items/new"
    typed = {**PRODUCT, "product": '"Kecap" <Contoh>', "key": hidden(await browser.get(path))}
    page = await visiting.stranger().post(path, typed)
    assert page.status_code == 401
    assert f'href="/track?ticket={request.ticket}" target="_blank"' in page.text
    assert hidden_fields(page) == typed
    assert f'action="{path}"' in page.text
    assert "1 product is listed" in (await browser.post(path, hidden_fields(page))).text


async def test_a_file_that_came_when_the_page_had_closed_is_chosen_again(
    visiting: Visiting, inside: Inside
) -> None:
    request, _ = await begun(visiting)
    answer = await visiting.stranger().send(
        f"{here(request)}/documents", {"kind": "invoice"}, files={"file": PDF}
    )
    assert (answer.status_code, "The file was not taken" in answer.text) == (401, True)
    assert f'href="/track?ticket={request.ticket}"' in answer.text


async def test_while_the_vault_is_away_the_form_stays_filled_in(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    inside.office._vault = None
    page = await filled(browser, f"{here(request)}/account", {"hs_codes": "21039012", "warehouse": "Jalan 3"})
    assert page.status_code == 503
    assert "Jalan 3" in page.text
    assert "was not recorded" in page.text


async def test_a_table_that_cannot_be_read_is_reported_line_by_line(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    head = "product,hs_code,batch,manufactured,expires,quantity,unit,pack,country,port,invoice\n"
    wrong = head + "Kecap,21039012,B-1,yesterday,2028-01-01,5,kg,botol,MY,Tarakan,I-1\n"
    path = f"{here(request)}/items/upload"
    page = await browser.post(path, {}, files={"list": ("list.csv", wrong.encode(), "text/csv")})
    assert page.status_code == 422
    assert "Line 2, Date of manufacture" in page.text
    assert "yesterday" in page.text
    assert "no such day" not in page.text
    unreal = wrong.replace("yesterday", "31/02/2026")
    page = await browser.post(path, {}, files={"list": ("list.csv", unreal.encode(), "text/csv")})
    assert "There is no such day in the calendar" in page.text
    right = wrong.replace("yesterday", "2026-06-01")
    page = await browser.post(path, {}, files={"list": ("list.csv", right.encode(), "text/csv")})
    assert "1 product is listed" in page.text


async def test_no_table_and_no_file_are_asked_for(visiting: Visiting, inside: Inside) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    page = await browser.post(f"{here(request)}/items/upload", {}, files={"list": ("", b"", "text/csv")})
    assert (page.status_code, "Choose a file first." in page.text) == (422, True)
    page = await browser.post(
        f"{here(request)}/documents", {"kind": "invoice"}, files={"file": ("", b"", "")}
    )
    assert (page.status_code, "Choose a file first." in page.text) == (422, True)
    page = await browser.post(f"{here(request)}/documents", {"kind": "x"}, files={"file": PDF})
    assert (page.status_code, 'href="#field-kind"' in page.text) == (422, True)


async def test_what_intake_has_against_a_file_is_said_at_the_field(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    visiting.refuses_files = True
    page = await browser.post(f"{here(request)}/documents", {"kind": "invoice"}, files={"file": PDF})
    assert page.status_code == 422
    assert "This is no picture and no PDF." in page.text
    assert '<option value="invoice" selected>' in page.text


async def test_a_document_is_added_for_its_products_and_taken_out_again(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    by = inside.citizen(request)
    await inside.office.applying.draft(request, by, None, OUTLINE)
    await inside.office.applying.add_items(request, by, None, [sample_item(), sample_item("B-002")])
    form = {"kind": "certificate_of_analysis", "products.2": "yes"}
    page = await browser.post(f"{here(request)}/documents", form, files={"file": PDF})
    assert "Of product 2" in page.text
    state = await inside.state(request)
    assert state.statement is not None
    [document] = state.statement.documents
    page = await browser.post(f"{here(request)}/documents/{document.file.item}/remove", {"key": hidden(page)})
    assert "None yet." in page.text


# -- the one next step


async def test_what_is_missing_is_listed_with_its_rule_and_what_is_no_law(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    by = inside.citizen(request)
    await inside.verified(request)
    await inside.office.applying.draft(request, by, None, OUTLINE)
    await inside.office.applying.add_items(request, by, None, [sample_item()])
    page = await browser.get(here(request))
    assert re.search(r"Next: \d+ things are missing or wrong", page.text)
    assert "Packing list" in page.text
    assert "not decided yet" in page.text
    assert "isn&#39;t on your account" not in page.text


async def test_what_the_office_asks_for_stands_on_top_with_its_own_words(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(
        request.ticket, inside.evaluator(), None, UNREADABLE, "Page two is dark."
    )
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "Next: send what the office asks for" in page.text
    assert "The document can&#39;t be read." in page.text
    assert "Page two is dark." in page.text
    above, _, _ = page.text.partition("What you have filled in")
    assert above.count("The document can&#39;t be read.") == 1
    assert "1 thing is still to be attached or corrected." in page.text
    assert f'<a class="button" href="{here(request)}/documents">' in page.text
    await inside.office.applying.change_item(request, inside.citizen(request), None, 1, sample_item("B-9"))
    page = await browser.get(here(request))
    assert "1 thing is still to be attached or corrected." in page.text
    assert "/send-data" not in page.text
    file = await inside.attached(request, "a clear invoice")
    document = Document(kind="invoice", file=file)
    await inside.office.applying.attach(request, inside.citizen(request), None, document)
    page = await browser.get(here(request))
    sent = {"key": hidden(page), "revision": hidden(page, "revision")}
    await browser.post(f"{here(request)}/send-data", sent)
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION


async def test_what_stays_as_it_is_is_answered_in_words_that_the_evaluator_opens(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.paid()
    wanted = PublishedFinding(reason="name_differs", where="product", item=1)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (wanted,))
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "say here why it stays as it is" in page.text
    sent = {"key": hidden(page), "revision": hidden(page, "revision")}
    refused = await browser.post(f"{here(request)}/send-data", {**sent, "answers.0": " "})
    assert (refused.status_code, "Nothing has changed since the office asked" in refused.text) == (409, True)
    stale = await browser.post(
        f"{here(request)}/send-data", {**sent, "revision": "99", "answers.0": "So be it."}
    )
    assert "So be it.</textarea>" in stale.text
    await browser.post(f"{here(request)}/send-data", {**sent, "answers.0": "It is the approved name."})
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    desk = visiting.person("evaluator-ani", "evaluator")
    path = f"/certificates/desk/applications/{request.ticket}"
    page = await desk.get(path)
    assert "Answered in words" in page.text
    assert "It is the approved name." not in page.text
    page = await desk.post(f"{path}/open", {"key": hidden(page)})
    assert "It is the approved name." in page.text


async def test_a_rejected_application_is_submitted_again(visiting: Visiting, inside: Inside) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, UNREADABLE)
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "It can be submitted again 3 times" in page.text
    assert "Correct it first: as it is, it would be rejected again." in page.text
    await inside.office.applying.change_item(request, inside.citizen(request), None, 1, sample_item("B-9"))
    page = await browser.get(here(request))
    sent = {"key": hidden(page), "revision": hidden(page, "revision")}
    page = await browser.post(f"{here(request)}/resubmit", sent)
    assert "Place 1 of 1." in page.text


async def test_what_was_changed_in_another_window_is_not_submitted_unseen(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.verified(request)
    await inside.drafted(request)
    page = await browser.post(f"{here(request)}/submit", {"revision": "1"})
    assert page.status_code == 409
    assert "has changed since you looked" in page.text


async def test_it_is_withdrawn_for_good(visiting: Visiting, inside: Inside) -> None:
    request = await inside.submitted()
    browser = visiting.owner(request)
    page = await browser.post(f"{here(request)}/withdraw", {"key": hidden(await browser.get(here(request)))})
    assert "This application has ended" in page.text
    assert "Withdraw it for good" not in page.text


async def test_no_command_that_nobody_knows(visiting: Visiting) -> None:
    request, browser = await begun(visiting)
    assert (await browser.post(f"{here(request)}/issue", {})).status_code == 404


async def test_what_can_no_longer_be_changed_is_shown_without_its_form(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.submitted()
    browser = visiting.owner(request)
    for part in ("particulars", "items", "documents"):
        page = await browser.get(f"{here(request)}/{part}")
        assert "It waits for its payment" in page.text
        assert f'action="{here(request)}' not in page.text
    await inside.office.applying.withdraw(request, inside.citizen(request), None)
    assert "Nothing can be changed any more" in (await browser.get(f"{here(request)}/documents")).text
    at_work = await inside.paid("two")
    page = await visiting.owner(at_work).get(f"{here(at_work)}/documents")
    assert "The office is at work on it" in page.text


async def test_an_account_of_another_request_is_changed_there_or_taken_over_here(
    visiting: Visiting, inside: Inside
) -> None:
    first = await inside.requested("one")
    await inside.verified(first)
    second = await inside.requested("two", account=first.ticket)
    browser = visiting.owner(second)
    page = await browser.get(f"{here(second)}/account")
    assert "another request of it is in charge" in page.text
    form = {"key": hidden(page), "move": "yes", "acts_for_others": "no", "hs_codes": "21039012"}
    await browser.post(f"{here(second)}/account", form)
    _, _, account = await inside.office.applying.account(second)
    assert account.ticket == second.ticket


# -- fairness, and the letters


async def test_an_applicant_sees_who_decided_by_number_and_role_and_no_name(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.signed()
    await inside.sealed(request)
    page = await visiting.owner(request).get(here(request))
    assert "Person 4, The signer" in page.text
    for name in ("evaluator-ani", "evaluator-eko", "signer-budi", "officer-ira"):
        assert name not in page.text
    assert "Nobody who was complete later has been taken before you." in page.text


async def test_an_applicant_sees_who_was_taken_before_and_why(visiting: Visiting, inside: Inside) -> None:
    await inside.declared("evaluator-ani", "1" * 64)
    passed = await inside.paid("one", business="1" * 64)
    other = await inside.paid("two", business="2" * 64)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    page = await visiting.owner(passed).get(here(passed))
    assert "1 application was taken before yours" in page.text
    assert "conflict of interest" in page.text
    assert other.ticket not in page.text


async def test_a_flagged_decision_is_shown_to_the_applicant(visiting: Visiting, inside: Inside) -> None:
    request = await inside.passed()
    await inside.mentored("evaluator-eko")
    page = await visiting.owner(request).get(here(request))
    assert "A decision is flagged" in page.text
    assert "has mentored this business" in page.text


async def test_an_issued_letter_is_offered_for_download_and_verification(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.signed()
    [number] = await inside.sealed(request)
    page = await visiting.owner(request).get(here(request))
    [letter] = (await inside.state(request)).letters
    assert f'href="/certificates/api/letters/{letter.id}/file"' in page.text
    assert f'href="/certificates/verify/{number}"' in page.text


async def test_each_step_leads_to_its_entry_in_the_ledger(visiting: Visiting, inside: Inside) -> None:
    request = await inside.submitted()
    page = await visiting.owner(request).get(here(request))
    assert "http://zona.example/audit/api/receipts/" in page.text
    assert "Ledger entry 40" in page.text


# -- how they are made


@pytest.mark.parametrize("series", ["ski", "ske"])
async def test_every_page_is_small_and_runs_drafts_alone(
    visiting: Visiting, inside: Inside, series: str
) -> None:
    request, browser = await begun(visiting, series)
    await inside.office.applying.draft(
        request, inside.citizen(request), None, OUTLINE if series == "ski" else EXPORT
    )
    products = [sample_item(f"B-{n}") for n in range(20)]
    await inside.office.applying.add_items(request, inside.citizen(request), None, products)
    for part in ("", "/account", "/particulars", "/items", "/items/new", "/items/1", "/documents"):
        page = await browser.get(here(request) + part)
        assert page.status_code == 200
        assert scripts_of(page) == ["drafts.js"]
        assert len(page.content) < LIMIT, part


async def test_nothing_personal_is_on_the_pages_or_in_their_addresses(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.passed()
    browser = visiting.owner(request)
    for part in ("", "/account", "/items", "/documents"):
        page = await browser.get(here(request) + part)
        assert "PT one" not in page.text
        assert "Jalan" not in page.text


async def test_producer_and_consignee_go_into_the_vault_and_can_be_withdrawn(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    path = f"{here(request)}/particulars"
    assert "Producer and consignee" in (await browser.get(path)).text
    key = hidden(await browser.get(path))
    both = {"key": key, "producer": "CV Contoh, Jalan 4", "consignee": "Example Trading, Tawau"}
    for _ in range(2):
        page = await browser.post(path.replace("particulars", "parties"), both)
        assert page.status_code == 200, page.text
    assert "CV Contoh" not in page.text
    assert inside.vault.texts(request.ticket, "letter.producer") == ["CV Contoh, Jalan 4"]
    state = await inside.state(request)
    assert state.statement is not None
    assert [each.field for each in state.statement.parties] == ["letter.producer", "letter.consignee"]
    dash = {"key": hidden(await browser.get(path)), "producer": "-", "consignee": ""}
    await browser.post(path.replace("particulars", "parties"), dash)
    await inside.office.applying.change(request, inside.citizen(request), None, OUTLINE)
    state = await inside.state(request)
    assert state.statement is not None
    assert [each.field for each in state.statement.parties] == ["letter.consignee"]


async def test_parties_that_cannot_be_kept_are_refused_with_what_was_typed(
    visiting: Visiting, inside: Inside
) -> None:
    request, browser = await begun(visiting)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    path = f"{here(request)}/particulars"
    for typed, field in (({"producer": "x" * 201}, "producer"), ({"producer": ""}, "producer")):
        form = {"key": hidden(await browser.get(path)), "consignee": "", **typed}
        page = await browser.post(path.replace("particulars", "parties"), form)
        assert page.status_code == 422
        assert re.findall(r'href="#field-([\w-]+)"', page.text) == [field]
        assert typed["producer"] in page.text
        assert '<option value="pangan_olahan" selected>' in page.text
    assert inside.vault.texts(request.ticket, "letter.producer") == []


@pytest.mark.parametrize("about", ["data", "letter"])
async def test_a_note_that_cannot_be_read_is_missed_and_says_why(
    visiting: Visiting, inside: Inside, about: str
) -> None:
    request, deciding = await (inside.paid() if about == "data" else inside.signed()), inside.office.deciding
    if about == "data":
        await deciding.take_next(inside.evaluator(), None)
        await deciding.ask_data(request.ticket, inside.evaluator(), None, UNREADABLE, "Mohon CoA.")
    else:
        await inside.sealed(request)
        letter = (await inside.state(request)).letters[0].id
        await deciding.suspend(request.ticket, inside.signer(), None, letter, "issued_in_error", "Mohon CoA.")
    browser = visiting.owner(request)
    assert "Mohon CoA." in (await browser.get(here(request))).text
    inside.vault.is_away = True
    assert (
        "The office wrote something here. It can&#39;t be read now" in (await browser.get(here(request))).text
    )
    inside.vault.is_away, inside.vault.refusal = False, "erased"
    assert "It was erased with your data." in (await browser.get(here(request))).text


def test_only_what_ended_well_has_a_green_badge() -> None:
    assert [each for each, colour in labels.BADGES.items() if colour == "done"] == ["issued"]
