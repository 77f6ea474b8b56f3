"""HS codes and units of products: only what the office lists, and what was stored before stays readable."""

import re
from pathlib import Path

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside, opened, sample_item
from tests.certificates.test_pages import PRODUCT, begun, filled, here
from tests.certificates.visiting import Visiting
from tests.web.browsing import hidden

from zi_certificates.domain.application.commands import ChangeApplication
from zi_certificates.domain.printed_product import printed_quantity
from zi_certificates.domain.statement import Statement
from zi_certificates.messaging.published import applications
from zi_certificates.use_cases.statement_checks import product_of
from zi_certificates.use_cases.trade_lists import TradeLists, UnlistedProductsError
from zi_rules.certificate.hs_list import load_hs_list
from zi_rules.certificate.units import load_units

ELSEWHERE = "21039099"


async def test_a_code_that_the_office_does_not_list_is_refused_and_nothing_is_taken(calling: Calling) -> None:
    request = await calling.inside.requested()
    await calling.inside.verified(request)
    await calling.inside.drafted(request)
    before = (await calling.inside.state(request)).revision
    bodies = [sample_item(f"B-{n}").model_dump(mode="json") for n in range(3)]
    bodies[1] |= {"hs_code": ELSEWHERE, "unit": "fathom"}
    where, headers = f"/applications/{request.ticket}/items", calling.owner_headers(request)
    refused = await calling.post(where, {"items": bodies}, {**headers, "Accept-Language": "en"})
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"] == "urn:zona:problem:unlisted_products"
    assert [each["field"] for each in problem["errors"]] == ["items.1.hs_code", "items.1.unit"]
    assert ELSEWHERE in problem["errors"][0]["detail"]
    assert "fathom" in problem["detail"]
    assert (await calling.inside.state(request)).revision == before


async def test_the_form_shows_the_sentence_at_its_field_with_all_that_was_typed(visiting: Visiting) -> None:
    request, browser = await begun(visiting)
    await visiting.inside.drafted(request)
    page = await filled(browser, f"{here(request)}/items/new", {**PRODUCT, "hs_code": ELSEWHERE})
    assert page.status_code == 422
    assert page.text.count(f"The HS code {ELSEWHERE} isn&#39;t in the list") == 2  # the summary and the field
    assert 'value="INV-CONTOH-1"' in page.text
    assert '<option value="KGM" selected>' in page.text


async def test_a_unit_is_stored_as_letters_print_it_with_its_code(inside: Inside) -> None:
    request = await inside.requested()
    await inside.drafted(request)
    carton = sample_item("B-2").model_copy(update={"unit": "CARTON"})
    await inside.office.applying.add_items(request, inside.citizen(request), None, [carton])
    stated = (await inside.state(request)).statement
    assert stated is not None
    assert [(each.unit, each.unit_code) for each in stated.products] == [("kg", "KGM"), ("karton", "XCT")]
    assert printed_quantity(stated.products[1]) == "1200,5 karton (botol)"


async def test_a_unit_that_was_stored_before_stays_readable_and_is_chosen_anew_when_it_is_changed(
    visiting: Visiting,
) -> None:
    request, browser = await begun(visiting)
    inside = visiting.inside
    await inside.drafted(request)
    stated = (await inside.state(request)).statement
    assert stated is not None
    old = product_of(sample_item().model_copy(update={"unit": "krat besar"}), 1)
    assert old.unit_code is None
    before = Statement(**{**dict(stated), "products": (old,)})
    change = ChangeApplication(by=inside.citizen(request), statement=before)
    await inside.office.store.handle(applications, request.application, change)
    assert "krat besar" in (await browser.get(f"{here(request)}/items")).text
    page = await browser.get(f"{here(request)}/items/1")
    assert '<option value="krat besar" selected>' in page.text
    refused = await filled(browser, f"{here(request)}/items/1", {**PRODUCT, "unit": "krat besar"})
    assert "The unit “krat besar” isn" in refused.text
    saved = await filled(browser, f"{here(request)}/items/1", {**PRODUCT, "unit": "XBX"})
    assert saved.status_code == 200
    now = (await inside.state(request)).statement
    assert now is not None
    assert now.products[0].unit_code == "XBX"


async def test_a_code_is_picked_from_the_list_without_losing_what_was_typed(visiting: Visiting) -> None:
    request, browser = await begun(visiting)
    await visiting.inside.drafted(request)
    form = await browser.get(f"{here(request)}/items/new")
    typed = {**PRODUCT, "key": hidden(form), "hs_code": "2103"}
    where = f"{here(request)}/items/new/hs-codes"
    found = await browser.post(where, typed)
    codes = re.findall(r"<h2>(\d{8})</h2>", found.text)
    assert codes == ["21032000", "21039000", "21039012", "21039013"]
    assert "4 codes are found." in found.text
    searched = await browser.post(where, {**typed, "text": "saus cabai"})
    assert re.findall(r"<h2>(\d{8})</h2>", searched.text) == ["21039013"]
    picked = await browser.post(where, {**typed, "text": "saus", "picked": "21039013"})
    assert 'value="21039013"' in picked.text
    assert 'value="Kecap Contoh"' in picked.text
    assert hidden(picked) == hidden(form)
    back = await browser.post(where, {**typed, "back": "1"})
    assert 'value="2103"' in back.text
    assert "20 codes are found." in (await browser.post(where, {**typed, "text": "", "page": "1"})).text


async def test_anybody_searches_the_list_and_reads_the_units(calling: Calling) -> None:
    found = (await calling.get("/hs-codes", text="2103.9")).json()
    assert (found["listed"], found["total"], len(found["codes"])) == (True, 3, 3)
    assert (await calling.get("/hs-codes", text="sabun mandi")).json()["codes"][0]["code"] == "34011140"
    assert (await calling.get("/hs-codes", page="0")).status_code == 422
    units = (await calling.get("/units")).json()["units"]
    assert units[0]["code"] == "KGM"
    assert len({each["code"] for each in units}) == len(units)
    stranger = calling.visiting.stranger()
    page = await stranger.get("/certificates/hs-codes?text=soya")
    assert "1 code is found." in page.text
    assert "21039012" in page.text
    assert "KGM" in (await stranger.get("/certificates/units")).text


async def test_an_office_without_a_list_checks_the_shape_alone(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "hs_codes.toml").write_text('version = 1\nsource = "none"\nsource_status = "unverified"\n')
    tariffs = (Path(__file__).parents[2] / "rules/zi_rules/data/demo/certificate_tariffs.toml").read_text(
        "utf-8"
    )
    (rules / "certificate_tariffs.toml").write_text(tariffs, "utf-8")
    async with opened(tmp_path / "house", rules=rules) as inside:
        request = await inside.requested()
        await inside.verified(request)
        await inside.drafted(request)
        other = sample_item("B-2").model_copy(update={"hs_code": ELSEWHERE})
        await inside.office.applying.add_items(request, inside.citizen(request), None, [other])
        reasons = {each.reason for each in (await inside.office.applying.examination(request)).findings}
        assert reasons == {"hs_code_not_on_account"}


async def test_an_application_is_judged_by_the_list_that_it_was_submitted_under(inside: Inside) -> None:
    request = await inside.submitted()
    state = await inside.state(request)
    assert state.submission is not None
    assert state.submission.rules.hs_codes is not None
    rules = inside.office.rules
    assert rules.hs_list(state) is rules.hs_lists[0]
    names = [each.kind for each in rules.configurations]
    assert {"hs_codes", "units"} <= set(names)


def test_all_that_the_lists_lack_is_named_at_once() -> None:
    lists = TradeLists(load_hs_list(demo=True)[0], load_units()[0])
    wrong = sample_item().model_copy(update={"hs_code": ELSEWHERE, "unit": "fathom"})
    with pytest.raises(UnlistedProductsError) as refused:
        lists.products([sample_item(), wrong, wrong])
    assert [(each.place, each.field) for each in refused.value.parts] == [
        *((1, "hs_code"), (1, "unit"), (2, "hs_code"), (2, "unit"))
    ]
