"""The pages of a business, from the first question to the number."""

import re
from importlib.resources import files
from pathlib import Path
from uuid import uuid4, uuid5

import httpx
import pytest
from tests.umkm.inside import FISH, SAMBAL, Inside, ticket_of
from tests.umkm.steps import DAY
from tests.umkm.visiting import Visiting, visited
from tests.web.browsing import PDF, Browser, hidden, hidden_fields

from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.rule_evaluation import version_of
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.statements import BusinessStated
from zi_umkm.use_cases.sync import SentAnswer
from zi_umkm.web.page_context import readable, stated_names

LIMIT = 100_000


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


def here(request: MentoringRequest, part: str = "") -> str:
    return f"/umkm/cases/{request.ticket}{part}"


async def sent(
    browser: Browser, page: str, to: str, form: dict[str, str], file: bool = False
) -> httpx.Response:
    """As a person does: opens the page, fills in its form, sends it to where it goes."""
    key = hidden(await browser.get(page))
    return await browser.post(to, {"key": key, **form}, files={"file": PDF} if file else None)


# -- for everybody


async def test_the_first_page_tells_the_ways_and_the_costs_and_what_is_no_law(visiting: Visiting) -> None:
    page = await visiting.stranger().get("/umkm/")
    assert page.status_code == 200
    assert "P-IRT: made at home" in page.text
    assert "It costs Rp 100,000 to Rp 1,500,000, by kind of product." in page.text
    assert "half of the full price" in page.text
    assert page.text.count("not decided yet") > 3
    for address in ("/mentoring-requests/new", "/umkm/statistics", "/track", "/complaints/new"):
        assert f'href="{address}"' in page.text


async def test_the_first_page_speaks_indonesian_unless_asked_otherwise(visiting: Visiting) -> None:
    page = await visiting.client.get("/umkm/", headers={"Accept": "text/html"})
    assert '<html lang="id">' in page.text
    assert "Biayanya Rp 100.000 sampai Rp 1.500.000" in page.text
    assert "Jangan pernah membayar petugas" in page.text


async def test_statistics_are_open_to_everybody_and_name_nobody(visiting: Visiting, inside: Inside) -> None:
    numbered = await inside.numbered("one")
    for number in range(5):
        await inside.mentored(f"two {number}", SAMBAL, district="tarakan")
        await inside.mentored(f"three {number}", SAMBAL)
    page = await visiting.stranger().get("/umkm/statistics")
    assert "<svg" in page.text
    assert "Nunukan Regency" in page.text
    assert "Tarakan City" in page.text
    assert numbered.ticket not in page.text
    assert "mentor-ani" not in page.text
    stuck = page.text.partition("Where the open ones stand")[2].partition("How long it took")[0]
    assert re.search("<svg.*?Small groups together", stuck, re.DOTALL)


async def test_statistics_of_nothing_say_so(visiting: Visiting) -> None:
    page = await visiting.stranger().get("/umkm/statistics")
    assert "Fewer than five businesses have asked for help so far." in page.text


# -- whose it is


async def test_without_the_code_the_browser_is_asked_for_it(visiting: Visiting, inside: Inside) -> None:
    request = await inside.requested()
    answer = await visiting.stranger().get(here(request))
    assert answer.headers["location"] == f"/track?ticket={request.ticket}"


async def test_what_was_typed_when_the_page_had_closed_is_kept_to_be_sent_again(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    where, typed = (
        here(request, "/return"),
        {"key": str(uuid4()), "note": 'Mereka bilang "belum",\nlalu <tutup>.'},
    )
    page = await visiting.stranger().post(where, typed)
    assert (page.status_code, hidden_fields(page)) == (401, typed)
    assert f'href="/track?ticket={request.ticket}" target="_blank"' in page.text
    assert f'action="{where}"' in page.text


async def test_the_token_of_another_case_opens_nothing(visiting: Visiting, inside: Inside) -> None:
    first_case, two = await inside.requested("one"), await inside.requested("two")
    assert (await visiting.owner(two).get(here(first_case))).status_code == 303


async def test_who_asked_signed_in_finds_and_opens_it(visiting: Visiting, inside: Inside) -> None:
    request = await inside.requested(actor="owner-1", role="applicant")
    browser = visiting.person("owner-1", "applicant", name="Bunga Contoh")
    assert f'href="{here(request)}"' in (await browser.get("/umkm/")).text
    assert (await browser.get(here(request))).status_code == 200
    assert (await visiting.person("owner-2", "applicant").get(here(request))).status_code == 404


# -- what it makes


async def test_whoever_has_asked_says_what_it_makes_and_then_waits_for_its_way(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested(nib=False)
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "Next: say what you make" in page.text
    form = {"name": "Nugget Ikan Ibu", "kind": "frozen_fish", "traits.frozen_meat_or_fish": "yes"}
    page = await sent(browser, here(request, "/products/new"), here(request, "/products/new"), form)
    assert page.status_code == 200
    assert "Nugget Ikan Ibu" in page.text
    assert inside.vault.texts(request.ticket, "product.name") == ["Nugget Ikan Ibu"]
    page = await browser.get(here(request))
    assert "An officer decides which way your products go" in page.text
    assert "no business number yet" in page.text


async def test_what_was_told_at_the_front_door_is_shown_and_not_asked_again(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested(nib=False)
    page = await visiting.owner(request).get(here(request, "/business"))
    assert "Dapur one" in page.text
    assert "oss.go.id" in page.text


def test_what_was_told_at_the_front_door_is_shown_in_words() -> None:
    def say(msgid: str, /, **values: object) -> str:
        return msgid

    made = '[{"name": "Abon Tuna", "description": "Pedas"}, {"name": "Sambal"}]'
    assert readable("products", made, say) == "Abon Tuna: Pedas\nSambal"
    assert stated_names(made) == ["Abon Tuna", "Sambal"]
    assert readable("place", '{"kind": "home", "address": "RT 2"}', say) == "In the house where we live. RT 2"
    for text in ("Abon Tuna", "[1]", "{}", "nul", '{"kind": []}'):
        assert readable("products", text, say)
        assert readable("place", text, say)
    assert readable("text", "{}", say) == "{}"


async def test_the_first_product_has_the_name_that_was_told_at_the_front_door(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested()
    [item] = [each for each in request.items if each.field == "products"]
    inside.vault.plain[item.item] = (request.ticket, "products", '[{"name": "Abon Tuna"}]')
    browser = visiting.owner(request)
    path = here(request, "/products/new")
    assert 'value="Abon Tuna"' in (await browser.get(path)).text
    await sent(browser, path, path, {"name": "Abon Tuna", "kind": "dried_fish"})
    assert 'value="Abon Tuna"' not in (await browser.get(path)).text


async def test_a_product_is_changed_and_taken_out(visiting: Visiting, inside: Inside) -> None:
    request = await inside.stated()
    browser = visiting.owner(request)
    change = here(request, "/products/1/change")
    assert 'value="frozen_fish" selected' in (await browser.get(change)).text
    await sent(browser, change, change, {"kind": "crackers", "name": ""})
    state = await inside.state(request)
    assert state.business is not None
    assert [(each.number, each.kind) for each in state.business.products] == [(1, "crackers")]
    assert inside.vault.texts(request.ticket, "product.name") == [FISH.name]
    await sent(browser, change, here(request, "/products/1/remove"), {})
    state = await inside.state(request)
    assert state.business is not None
    assert state.business.products == ()


async def test_a_product_without_a_name_or_a_kind_is_asked_for_them_and_keeps_the_rest(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested()
    browser = visiting.owner(request)
    path = here(request, "/products/new")
    page = await sent(browser, path, path, {"name": "", "kind": "sambal", "traits.additives": "yes"})
    assert page.status_code == 422
    assert "This field is needed." in page.text
    assert 'name="traits.additives" value="yes" checked' in page.text
    page = await sent(browser, path, path, {"name": "Sambal Roa", "kind": ""})
    assert page.status_code == 422
    assert 'value="Sambal Roa"' in page.text


async def test_where_it_works_and_its_kbli_codes_are_corrected(visiting: Visiting, inside: Inside) -> None:
    request = await inside.stated()
    browser = visiting.owner(request)
    path = here(request, "/business")
    page = await sent(browser, path, path, {"district": "malinau", "kbli": "1077"})
    assert page.status_code == 422
    assert "A KBLI code has five figures" in page.text
    await sent(browser, path, path, {"district": "malinau", "kbli": "10772, 10391"})
    state = await inside.state(request)
    assert state.business is not None
    assert (state.business.district, state.business.kbli) == ("malinau", ("10772", "10391"))
    assert len(state.business.products) == 1


# -- its way


async def test_the_way_of_a_product_is_told_with_its_reason_and_that_it_is_not_decided_yet(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored("one", FISH, SAMBAL)
    page = await visiting.owner(request).get(here(request))
    assert "MD, registered at BPOM" in page.text
    assert "its number is MD, from BPOM" in page.text
    assert "P-IRT, registered at the district" in page.text
    assert "efataregulatory.blogspot.com" not in page.text
    assert "(not decided yet)" in page.text
    assert "Next: look at your own place with our list" in page.text


async def test_whoever_goes_to_the_health_office_finds_the_letter_and_the_way_back(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored("one", SAMBAL)
    browser = visiting.owner(request)
    assert "We write you a letter" in (await browser.get(here(request))).text
    await inside.refer(request)
    page = await browser.get(here(request))
    assert "Next: take our letter to the health office" in page.text
    assert f'href="{here(request)}/referral-letter"' in page.text
    page = await sent(browser, here(request), here(request, "/return"), {})
    assert "An officer decides which way your products go" in page.text
    assert "came back from the health office" in page.text


# -- its own look at its place


async def test_a_business_goes_through_the_list_part_by_part_with_drawings(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    browser = visiting.owner(request)
    for aspect in inside.checklist.aspects:
        path = here(request, f"/assessment/{aspect.code}")
        page = await browser.get(path)
        assert 'class="drawing"' in page.text
        items = [each.code for each in inside.checklist.items if each.aspect == aspect.code]
        form = {f"said.{code}": "no" if code == "fifo" else "yes" for code in items}
        page = await sent(browser, path, path, form)
        assert page.status_code == 200
    page = await browser.get(here(request, "/assessment"))
    assert "Everything is answered" in page.text
    page = await sent(browser, here(request, "/assessment"), here(request, "/finish-assessment"), {})
    assert "1 thing to put right" in page.text
    assert "An officer comes with the next trip" in (await browser.get(here(request))).text
    assert "You found this yourself." in (await browser.get(here(request, "/findings"))).text


async def test_what_is_not_answered_stays_open_and_the_rest_is_kept(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    browser = visiting.owner(request)
    path = here(request, "/assessment/lokasi")
    await sent(browser, path, path, {"said.lingkungan_bersih": "no"})
    page = await browser.get(here(request, "/assessment"))
    assert "Answered: 1 of 40." in page.text
    assert "1 of 2" in page.text
    assert re.search(r'name="said.lingkungan_bersih" value="no"[^>]* checked', (await browser.get(path)).text)


async def test_a_list_that_is_not_complete_is_not_finished(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    browser = visiting.owner(request)
    path = here(request, "/assessment/lokasi")
    await sent(browser, path, path, {"said.lingkungan_bersih": "no"})
    page = await browser.post(here(request, "/finish-assessment"), {})
    assert page.status_code == 409
    assert "39 items are not answered" in page.text


async def test_the_list_waits_for_the_way(visiting: Visiting, inside: Inside) -> None:
    request = await inside.stated()
    browser = visiting.owner(request)
    assert "The list opens when" in (await browser.get(here(request, "/assessment/lokasi"))).text


async def test_doing_it_again_begins_with_the_answers_of_the_last_time(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    await inside.assessed_itself(request, wrong=("fifo",))
    page = await visiting.owner(request).get(here(request, "/assessment/penyimpanan"))
    assert re.search(r'name="said.fifo" value="no"[^>]* checked', page.text)
    assert "Answered: 0 of 40." in (await visiting.owner(request).get(here(request, "/assessment"))).text


async def test_what_a_business_says_with_its_code_takes_the_place_of_what_it_said_signed_in(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested("one", actor="owner-1", role="applicant")
    stated = BusinessStated(district="nunukan", products=(FISH,))
    await inside.office.mentoring.restate(request, inside.business(request), None, stated)
    await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    await inside.office.mentoring.triage(request, inside.mentor(), None)
    path = here(request, "/assessment/lokasi")
    with_code, signed_in = visiting.owner(request), visiting.person("owner-1", "applicant")
    await sent(signed_in, path, path, {"said.saluran_air": "no"})
    await sent(with_code, path, path, {"said.saluran_air": "yes"})
    page = await signed_in.get(here(request, "/assessment"))
    assert "There are different answers." not in page.text
    assert "Answered: 1 of 40." in page.text
    page = await signed_in.get(path)
    assert re.search(r'name="said.saluran_air" value="yes"[^>]* checked', page.text)


async def test_of_two_phones_that_knew_nothing_of_each_other_somebody_decides_which_answer_counts(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    by, visit = inside.business(request), uuid5(request.mentoring, "own assessment 1")
    for outcome in ("no", "yes"):
        answer = SentAnswer(id=uuid4(), item="saluran_air", outcome=outcome, device_time=inside.clock.now())
        await inside.office.visiting.sync(request, by, visit, version_of(inside.checklist), [answer])
    browser = visiting.owner(request)
    page = await browser.get(here(request, "/assessment"))
    assert "There are different answers." in page.text
    chosen = re.search(r'name="answer" value="([^"]+)"', page.text)
    assert chosen
    form = {"item": "saluran_air", "answer": chosen[1]}
    page = await browser.post(here(request, "/settle-assessment"), form)
    assert "There are different answers." not in page.text
    assert "Answered: 1 of 40." in page.text
    assert (await browser.post(here(request, "/settle-assessment"), {"answer": "x"})).status_code == 404


async def test_the_older_form_asks_what_is_wrong_and_how_bad_it_is(tmp_path: Path) -> None:
    """Another checklist is another data file, and no other code."""
    shipped = files("zi_rules") / "data" / "mentoring" / "rules" / "rancangan.toml"
    folder = tmp_path / "rules" / "mentoring" / "rules"
    folder.mkdir(parents=True)
    chosen = shipped.read_text().replace('checklist = "penilaian_cppob"', 'checklist = "psb_2013"')
    (folder / "rancangan.toml").write_text(chosen)
    async with visited(tmp_path) as visiting:
        request = await visiting.inside.mentored()
        browser = visiting.owner(request)
        path = here(request, "/assessment/bangunan")
        page = await sent(browser, path, path, {"said.satu_dengan_dapur": "yes"})
        assert page.status_code == 422
        assert "Choose one from the list." in page.text
        form = {"said.satu_dengan_dapur": "yes", "grade.satu_dengan_dapur": "critical"}
        page = await sent(browser, path, path, form)
        assert page.status_code == 200
        assert 'value="critical" selected' in (await browser.get(path)).text


# -- what was found


async def test_a_critical_finding_stands_first_until_somebody_else_has_looked(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    browser = visiting.owner(request)
    assert "Next: 1 critical thing has to be put right" in (await browser.get(here(request))).text
    finding = here(request, "/findings/cuci_tangan")
    phrase = {"cause": "Belum ada keran", "correction": "Ember berkeran", "plan": "Pasang pipa", "due": ""}
    page = await sent(browser, finding, f"{finding}/agree", phrase)
    assert "Belum ada keran" in page.text
    assert inside.vault.texts(request.ticket, "action.cause") == ["Belum ada keran"]
    page = await browser.get(here(request))
    assert "Next: put right what was agreed" in page.text
    assert "Until" in page.text
    page = await sent(browser, finding, f"{finding}/evidence", {"note": "Sudah ada keran"}, file=True)
    assert "1 photo or document was sent." in page.text
    assert "Another officer looks at what you put right" in (await browser.get(here(request))).text
    officer = inside.staff("officer-budi", "officer")
    await inside.office.mentoring.verify(request, officer, None, "cuci_tangan", "on_site")
    page = await browser.get(here(request))
    assert "Next: 11 things are missing for the permit" in page.text
    assert (
        f'<li><a href="{here(request)}/assessment">Self-assessment of good production, at least B</a></li>'
        in page.text
    )


async def test_what_is_missing_and_no_document_leads_to_where_it_is_given(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested(nib=False)
    stated = BusinessStated(district="nunukan", products=(FISH,))
    await inside.office.mentoring.restate(request, inside.business(request), None, stated)
    await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    await inside.office.mentoring.triage(request, inside.mentor(), None)
    page = await visiting.owner(request).get(here(request, "/documents"))
    parts = ("/business#field-kbli", "/findings", "/assessment")
    for place in (f"/track/{request.ticket}#field-nib", *(here(request, each) for each in parts)):
        assert f'</span> <a href="{place}">' in page.text


async def test_a_file_that_is_refused_leaves_the_words_and_records_nothing(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await inside.office.mentoring.agree(request, inside.business(request), None, "cuci_tangan")
    visiting.refuses_files = True
    finding = here(request, "/findings/cuci_tangan")
    browser = visiting.owner(request)
    page = await sent(browser, finding, f"{finding}/evidence", {"note": "Sudah ada keran"}, file=True)
    assert page.status_code == 422
    assert "This is no picture and no PDF." in page.text
    assert "Sudah ada keran" in page.text
    assert inside.vault.texts(request.ticket, "note") == []


async def test_a_day_that_has_passed_is_refused_at_its_field(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    finding = here(request, "/findings/fifo")
    page = await sent(visiting.owner(request), finding, f"{finding}/agree", {"due": "2026-12-01"})
    assert page.status_code == 409
    assert 'value="2026-12-01"' in page.text
    assert 'href="#field-due"' in page.text


async def test_what_both_saw_differently_is_shown_side_by_side(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    await inside.assessed_itself(request)
    await inside.visited(request)
    page = await visiting.owner(request).get(here(request, "/findings"))
    assert "Where you and the officer saw different things" in page.text


# -- papers


async def test_a_document_is_sent_once_and_counts_where_it_is_asked_for(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    browser = visiting.owner(request)
    path = here(request, "/documents")
    page = await sent(browser, path, path, {"document": "layout"}, file=True)
    assert page.status_code == 200
    await sent(browser, path, path, {"document": "composition.1"}, file=True)
    state = await inside.state(request)
    assert state.documents == {(None, "layout"), (1, "composition")}


async def test_no_document_is_taken_without_saying_what_it_is_or_without_a_file(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    browser = visiting.owner(request)
    path = here(request, "/documents")
    page = await sent(browser, path, path, {"document": ""}, file=True)
    assert page.status_code == 422
    page = await sent(browser, path, path, {"document": "layout"})
    assert "Choose a file first." in page.text
    page = await sent(browser, path, path, {"document": "never_heard_of"}, file=True)
    assert page.status_code == 409
    assert (await inside.state(request)).documents == frozenset()


# -- to the number


async def test_the_last_steps_go_by_the_pages_alone(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await inside.put_right(request)
    await inside.complete(request)
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "Next: apply for the permit" in page.text
    assert "It costs nothing." in page.text
    page = await sent(browser, here(request), here(request, "/apply-for-permit"), {})
    assert "The office looks at your application" in page.text
    officer, evaluator = (
        inside.staff(name, role) for name, role in (("budi", "officer"), ("citra", "evaluator"))
    )
    await inside.office.permits.verify_account(request, officer, None)
    await inside.office.permits.find_fit(request, evaluator, None)
    await inside.signed(request)
    page = await browser.get(here(request))
    assert "Next: register your product" in page.text
    assert "It costs Rp 100,000 to Rp 1,500,000" in page.text
    product = here(request, "/products/1")
    page = await browser.get(product)
    assert f'href="{product}/dossier.zip"' in page.text
    page = await sent(browser, product, f"{product}/send-registration", {})
    page = await sent(browser, product, f"{product}/record-number", {"number": "P-IRT 12"})
    assert page.status_code == 409
    assert "P-IRT 12" in page.text
    page = await sent(browser, product, f"{product}/record-number", {"number": "MD 123456789012"})
    assert "Number MD" in page.text
    assert "You have your number!" in (await browser.get(here(request))).text


async def test_what_is_missing_is_named_and_nothing_is_applied_for(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    await inside.visited(request, wrong=())
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "Map of where it is" in page.text
    page = await browser.post(here(request, "/apply-for-permit"), {"key": hidden(page)})
    assert page.status_code == 422
    assert (await inside.state(request)).status is MentoringStatus.ASSESSED


async def test_a_registration_that_came_back_can_be_sent_again(visiting: Visiting, inside: Inside) -> None:
    request = await inside.permitted()
    by = inside.business(request)
    await inside.office.mentoring.send_registration(request, by, None, 1)
    product = here(request, "/products/1")
    browser = visiting.owner(request)
    page = await sent(browser, product, f"{product}/return-registration", {"note": "Label kurang jelas"})
    assert "I have sent it at e-reg.pom.go.id" in page.text
    assert inside.vault.texts(request.ticket, "note") == ["Label kurang jelas"]


async def test_consent_is_given_for_one_application_and_taken_back(
    visiting: Visiting, inside: Inside
) -> None:
    request, to = await inside.stated(), ticket_of("an application")
    browser = visiting.owner(request)
    page = await sent(browser, here(request), here(request, "/give-consent"), {"to": "nonsense"})
    assert page.status_code == 422
    assert 'value="nonsense"' in page.text
    page = await sent(browser, here(request), here(request, "/give-consent"), {"to": request.ticket})
    assert page.status_code == 409
    assert "This is the ticket of the mentoring itself" in page.text
    page = await sent(browser, here(request), here(request, "/give-consent"), {"to": to.lower()})
    assert f"7 December 2026 that application {to} takes over what you told here." in page.text
    assert f"its application {to} uses its data from here" in page.text
    page = await sent(browser, here(request), here(request, "/withdraw-consent"), {"to": to})
    assert f"that application {to} takes over" not in page.text
    assert f"took back its consent for application {to}" in page.text


async def test_before_it_agrees_a_business_is_told_what_is_taken_over_and_that_it_needs_its_number(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.requested(nib=False)
    page = await visiting.owner(request).get(here(request))
    for phrase in (
        "What one application of yours, and no other",
        "Nothing is sent by that",
        "known as yours by",
    ):
        assert phrase in page.text
    await inside.given_number(request)
    assert "known as yours by" not in (await visiting.owner(request).get(here(request))).text


async def test_a_business_stops_and_may_ask_again(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    page = await sent(visiting.owner(request), here(request), here(request, "/close"), {})
    assert "This mentoring is closed" in page.text
    assert "the business asked for it" in page.text


async def test_every_step_is_told_with_its_entry_in_the_ledger(visiting: Visiting, inside: Inside) -> None:
    request = await inside.numbered()
    page = await visiting.owner(request).get(here(request))
    assert "Ledger entry 40" in page.text
    for phrase in ("The permit (IP CPPOB) was issued", "Somebody else confirmed the correction"):
        assert phrase in page.text
    assert "mentor-ani" not in page.text


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_page_of_a_business_is_light(visiting: Visiting, inside: Inside, language: str) -> None:
    request = await inside.numbered()
    browser = visiting.owner(request)
    parts = ("", "/business", "/products/new", "/products/1", "/assessment", "/documents", "/findings")
    more = ("/findings/cuci_tangan", "/assessment/bangunan", "/products/1/change")
    for path in ("/umkm/", "/umkm/statistics", *(here(request, part) for part in (*parts, *more))):
        page = await browser.get(f"{path}?lang={language}")
        assert page.status_code == 200, path
        assert len(page.content) < LIMIT, path


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "tomorrow"])
async def test_a_day_that_is_none_of_ours_is_refused_at_its_field(
    visiting: Visiting, inside: Inside, day: str
) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    finding = here(request, "/findings/fifo")
    page = await sent(visiting.owner(request), finding, f"{finding}/agree", {"due": day})
    assert page.status_code == 422
    assert 'href="#field-due"' in page.text


@pytest.mark.parametrize("path", ["/nonsense", "/findings/nonsense", "/products/9", "/assessment/nonsense"])
async def test_there_is_nothing_at_other_addresses(visiting: Visiting, inside: Inside, path: str) -> None:
    request = await inside.mentored()
    browser = visiting.owner(request)
    assert (await browser.get(here(request, path))).status_code in (404, 405)
    assert (await browser.post(here(request, path))).status_code in (404, 405)


# -- trainings


async def test_a_business_takes_part_in_a_training_of_its_district_and_reads_what_it_learned(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    teaching, by, now = inside.office.teaching, inside.mentor(), inside.clock.now()
    here_soon, _ = await teaching.plan(by, None, "nunukan", "hygiene", now + 5 * DAY, 1)
    await teaching.plan(by, None, "tarakan", "label", now + 5 * DAY, 10)
    await teaching.plan(by, None, "nunukan", "additives", now - DAY, 10)
    browser = visiting.owner(request)
    page = await browser.get(here(request))
    assert "Clean hands, tools and rooms" in page.text
    assert "1 place is left." in page.text
    for phrase in ("The label and what it has to say", "Food additives and their limits"):
        assert phrase not in page.text
    page = await browser.post(here(request, "/enrol"), {"training": str(here_soon)})
    assert "Trainings in your district" not in page.text
    assert "My trainings" in page.text
    inside.clock.at += 5 * DAY
    await teaching.attend(here_soon, request, inside.mentor(), 40, 85)
    assert "before 40, after 85" in (await browser.get(here(request))).text


async def test_a_training_that_filled_up_meanwhile_is_told_so(visiting: Visiting, inside: Inside) -> None:
    first_case, two = await inside.mentored("one"), await inside.mentored("two")
    begins = inside.clock.now() + 5 * DAY
    training, _ = await inside.office.teaching.plan(inside.mentor(), None, "nunukan", "label", begins, 1)
    await visiting.owner(first_case).post(here(first_case, "/enrol"), {"training": str(training)})
    page = await visiting.owner(two).post(here(two, "/enrol"), {"training": str(training)})
    assert page.status_code == 409
    assert "The training is full" in page.text
    page = await visiting.owner(two).post(here(two, "/enrol"), {"training": "nonsense"})
    assert page.status_code == 404


async def test_at_a_product_everything_that_its_score_counts_is_named(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    paper = await inside.attached(request, "layout")
    await inside.office.mentoring.add_document(request, inside.business(request), None, "layout", paper)
    page = await visiting.owner(request).get(here(request, "/products/1"))
    listed = re.findall(r'<li><span class="badge (\w+)">[^<]*</span> (?:<a [^>]*>)?([^<*]+)', page.text)
    there = [name for kind, name in listed if kind == "done"]
    assert len(there) * 100 // len(listed) == int(re.findall(r"Ready: (\d+) %", page.text)[0])
    assert there == [
        "Business number (NIB), free at OSS",
        "The KBLI code that fits the product",
        "Plan of the rooms: use, order of the process, doors, compass, scale",
    ]
