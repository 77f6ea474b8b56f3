"""Numbers on the pages: the business writes the health office's number down, somebody who never mentored it looks it up."""

import httpx
import pytest
from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import Browser, hidden

from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.messaging.upstream import MentoringRequest

DESK = "/umkm/desk/"
THEIRS = "P-IRT 2093471010001-29"


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


@pytest.fixture
def officer(visiting: Visiting) -> Browser:
    return visiting.person("officer-budi", "officer")


async def referred(inside: Inside) -> MentoringRequest:
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    return request


async def at_desk(browser: Browser, request: MentoringRequest, command: str, **form: str) -> httpx.Response:
    where = f"{DESK}cases/{request.ticket}"
    key = hidden(await browser.get(where))
    return await browser.post(f"{where}/{command}", {"key": key, **form})


async def test_a_referral_ends_well_for_the_business(
    visiting: Visiting, inside: Inside, officer: Browser
) -> None:
    request = await referred(inside)
    owner, here = visiting.owner(request), f"/umkm/cases/{request.ticket}"
    page = await owner.get(f"{here}/products/1")
    refused = await owner.post(f"{here}/products/1/record-number", {"key": hidden(page), "number": "MD 12"})
    assert refused.status_code == 409
    assert 'value="MD 12"' in refused.text
    page = await owner.post(f"{here}/products/1/record-number", {"key": hidden(page), "number": THEIRS})
    assert "An officer has not looked it up yet." in page.text
    assert "You have your number!" in (await owner.get(here)).text
    page = await owner.post(
        f"{here}/products/1/correct-number", {"key": hidden(page), "number": "P-IRT 2093471010002-29"}
    )
    assert "P-IRT2093471010002-29" in page.text
    desk = await officer.get(DESK)
    assert "Registration number of product 1" in desk.text
    number = "P-IRT2093471010002-29"
    page = await at_desk(officer, request, "check-number", product="1", number=number, outcome="confirmed")
    assert "Confirmed." in page.text
    assert "Registration number of product 1" not in (await officer.get(DESK)).text
    mentor = visiting.person("mentor-ani", "mentor")
    assert "Graduated" in (await at_desk(mentor, request, "graduate")).text
    assert "It has its number" not in (await mentor.get(f"{DESK}cases/{request.ticket}")).text


async def test_a_mentor_records_and_corrects_what_the_health_office_gave(
    visiting: Visiting, inside: Inside
) -> None:
    request, mentor = await referred(inside), visiting.person("mentor-ani", "mentor")
    page = await at_desk(mentor, request, "record-number", product="1", **{"number.1": THEIRS})
    assert "Not looked up yet." in page.text
    page = await at_desk(mentor, request, "correct-number", product="1", **{"number.1": "2093471010002-29"})
    assert "2093471010002-29" in page.text
    refused = await at_desk(mentor, request, "check-number", product="1", number="x", outcome="confirmed")
    assert refused.status_code in (403, 422)
    assert (await inside.state(request)).unchecked_numbers == {1}


async def test_a_wrong_business_number_goes_back_to_the_business(
    visiting: Visiting, inside: Inside, officer: Browser
) -> None:
    request = await inside.mentored()
    assert "Business number (NIB)" in (await officer.get(DESK)).text
    business_ref = (await inside.state(request)).business_ref
    page = await at_desk(
        officer, request, "check-business-number", business_ref=business_ref, outcome="refuted"
    )
    assert "Wrong: the business has to correct it" in page.text
    owners_page = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}")
    assert "Give the right number" in owners_page.text
    await inside.given_number(request)
    assert (await inside.state(request)).business_number == "unchecked"
    stale = await at_desk(
        officer, request, "check-business-number", business_ref=business_ref, outcome="confirmed"
    )
    assert stale.status_code == 409


async def test_a_case_that_has_ended_waits_for_nobody(inside: Inside, officer: Browser) -> None:
    request = await inside.mentored()
    await inside.office.mentoring.close(request, inside.business(request), None, "business_stopped")
    assert request.ticket not in (await officer.get(DESK)).text


async def test_a_product_that_is_not_made_any_more_waits_for_nobody(
    visiting: Visiting, inside: Inside, officer: Browser
) -> None:
    request = await referred(inside)
    await inside.office.numbers.record(request, inside.business(request), None, 1, THEIRS)
    owner, here = visiting.owner(request), f"/umkm/cases/{request.ticket}"
    key = hidden(await owner.get(f"{here}/products/1/change"))
    await owner.post(f"{here}/products/1/remove", {"key": key})
    assert "Registration number of product 1" not in (await officer.get(DESK)).text
    assert (await inside.state(request)).status is MentoringStatus.REGISTERED


async def test_a_number_that_is_refuted_after_graduation_is_asked_for_again(
    visiting: Visiting, inside: Inside, officer: Browser
) -> None:
    request = await referred(inside)
    owner, here = visiting.owner(request), f"/umkm/cases/{request.ticket}"
    number = "P-IRT2093471010001-29"
    await inside.office.numbers.record(request, inside.business(request), None, 1, number)
    await at_desk(officer, request, "check-number", product="1", number=number, outcome="confirmed")
    await inside.office.mentoring.graduate(request, inside.mentor(), None)
    assert "is not right" not in (await owner.get(here)).text
    page = await at_desk(officer, request, "check-number", product="1", number=number, outcome="refuted")
    assert "At the health office" in page.text
    assert f"The number {number} is not right" in (await owner.get(here)).text
    page = await owner.get(f"{here}/products/1")
    assert "Write the right one below." in page.text
    right = {"key": hidden(page), "number": "P-IRT 2093471010002-29"}
    page = await owner.post(f"{here}/products/1/record-number", right)
    assert "is not right" not in page.text
    assert (await inside.state(request)).unchecked_numbers == {1}


async def test_a_business_number_waits_for_its_check_after_graduation_and_can_be_corrected(
    visiting: Visiting, inside: Inside, officer: Browser
) -> None:
    request = await referred(inside)
    await inside.given_number(request)
    number = "P-IRT2093471010001-29"
    await inside.office.numbers.record(request, inside.business(request), None, 1, number)
    checker = inside.staff("officer-budi", "officer")
    await inside.office.numbers.check(request, checker, None, 1, number, "confirmed")
    await inside.office.mentoring.graduate(request, inside.mentor(), None)
    waiting = await officer.get(f"{DESK}lists/numbers")
    assert request.ticket in waiting.text
    business_ref = (await inside.state(request)).business_ref
    page = await at_desk(
        officer, request, "check-business-number", business_ref=business_ref, outcome="refuted"
    )
    assert "Wrong: the business has to correct it" in page.text
    await inside.given_number(request, "another")
    state = await inside.state(request)
    assert (state.status, state.business_number) == (MentoringStatus.GRADUATED, "unchecked")
