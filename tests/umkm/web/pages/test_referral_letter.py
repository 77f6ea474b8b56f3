"""The letter to the health office: there once there is a referral, complete, and closed to everybody else."""

import re

import pytest
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import hidden

from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.statements import BusinessStated, ProductStated

CHIPS = ProductStated(kind="crackers", traits=("additives",), name="Keripik Contoh")


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


def letter(request: MentoringRequest) -> str:
    return f"/umkm/cases/{request.ticket}/referral-letter"


def at_desk(request: MentoringRequest) -> str:
    return f"/umkm/desk/cases/{request.ticket}"


async def referred(inside: Inside, note: str | None = None) -> MentoringRequest:
    request = await inside.mentored("one", SAMBAL, CHIPS, FISH)
    await inside.refer(request, note)
    return request


async def test_it_says_whose_products_why_what_to_bring_and_where_the_ledger_has_it(
    visiting: Visiting, inside: Inside
) -> None:
    request = await referred(inside, "Mohon dibantu")
    page = await visiting.owner(request).get(letter(request))
    assert page.status_code == 200
    for phrase in (
        *("Dapur one", "Bunga Contoh", "Nunukan Regency", request.ticket, "7 December 2026"),
        *("Sambal Contoh", "Keripik Contoh", "With colour, preservative, sweetener"),
        "A dry or lasting product made at home is registered as P-IRT",
        *("(not decided yet)", "Mohon dibantu"),
        "The label design",
        "The business was given a letter to the health office. Products: 1, 2.",
        "/audit/api/receipts/",
    ):
        assert phrase in page.text, phrase
    assert FISH.name is not None
    assert FISH.name not in page.text


async def test_that_there_is_no_business_number_yet_stands_in_it(visiting: Visiting, inside: Inside) -> None:
    request, mentoring = await inside.requested(nib=False), inside.office.mentoring
    stated = BusinessStated(district="nunukan", products=(SAMBAL,))
    await mentoring.restate(request, inside.business(request), None, stated)
    await mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    await mentoring.triage(request, inside.mentor(), None)
    await inside.refer(request)
    page = await visiting.owner(request).get(letter(request))
    assert re.search(r"Business number \(NIB\)</dt><dd[^>]*>none yet</dd>", page.text)


async def test_it_is_written_in_indonesian_for_the_health_office(visiting: Visiting, inside: Inside) -> None:
    request = await referred(inside)
    english = await visiting.owner(request).get(letter(request))
    assert f'href="{letter(request)}?lang=id"' in english.text
    page = await visiting.owner(request).get(f"{letter(request)}?lang=id")
    assert "Kepala Dinas Kesehatan Kabupaten Nunukan" in page.text
    assert "2 produk" in page.text


async def test_where_there_is_none_a_sentence_says_why(visiting: Visiting, inside: Inside) -> None:
    stated = await inside.stated("stated")
    ours = await inside.mentored("ours")
    waits = await inside.mentored("waits", SAMBAL)
    back = await referred(inside)
    await inside.office.mentoring.return_(back, inside.business(back), None)
    for request, sentence in (
        (stated, "Which way the products go is not decided yet."),
        (ours, "No product here goes to the health office"),
        (waits, "The letter is not written yet."),
        (back, "The letter does not hold any more"),
    ):
        page = await visiting.owner(request).get(letter(request))
        assert page.status_code == 404
        assert sentence in page.text


async def test_a_product_that_changed_stands_in_it_no_more(visiting: Visiting, inside: Inside) -> None:
    request = await referred(inside)
    browser = visiting.owner(request)
    change = f"/umkm/cases/{request.ticket}/products/2/change"
    form = {"key": hidden(await browser.get(change)), "kind": "drink"}
    await browser.post(change, form)
    page = await browser.get(letter(request))
    assert "Sambal Contoh" in page.text
    assert "Keripik Contoh" not in page.text


async def test_without_the_vault_there_is_no_half_letter(visiting: Visiting, inside: Inside) -> None:
    request = await referred(inside)
    inside.vault.is_away = True
    page = await visiting.owner(request).get(letter(request))
    assert page.status_code == 503
    assert "can&#39;t be read just now" in page.text


async def test_an_official_opens_it_from_the_desk_as_an_act_of_its_own(
    visiting: Visiting, inside: Inside
) -> None:
    request = await referred(inside)
    mentor = visiting.person("mentor-ani", "mentor")
    page = await mentor.get(at_desk(request))
    assert f'action="{at_desk(request)}/referral-letter"' in page.text
    opened = await mentor.post(f"{at_desk(request)}/referral-letter", {"key": hidden(page)})
    assert opened.status_code == 200
    assert "Bunga Contoh" in opened.text
    assert (await mentor.get(f"{at_desk(request)}/referral-letter")).status_code == 405
    assert {each.purpose for each in inside.vault.reads} == {"mentoring"}


async def test_nobody_else_opens_it(visiting: Visiting, inside: Inside) -> None:
    request, other = await referred(inside), await inside.requested("other")
    assert (await visiting.owner(other).get(letter(request))).status_code == 303
    assert (await visiting.person("owner-2", "applicant").get(letter(request))).status_code == 404
    refused = await visiting.person("somebody", "signer").post(f"{at_desk(request)}/referral-letter", {})
    assert refused.status_code == 403
