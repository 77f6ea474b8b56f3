"""The lists of the desk: whole, page by page, with counts that say how many there are."""

import re

import pytest
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY
from tests.umkm.visiting import Visiting
from tests.web.browsing import Browser

from zi_umkm.read.trainings import count_trainings, trainings

LISTS = "/umkm/desk/lists/"
TICKET = re.compile(r'href="/umkm/desk/cases/([0-9A-Z*~$=]+)')


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


@pytest.fixture
def mentor(visiting: Visiting) -> Browser:
    return visiting.person("mentor-ani", "mentor")


async def whole(browser: Browser, address: str) -> list[str]:
    """Follow the links to the next page; return the tickets in their order."""
    page = await browser.get(address)
    assert page.status_code == 200, page.text
    found = TICKET.findall(page.text)
    onward = re.search(r'href="([^"]+)" rel="next"', page.text)
    return found + (await whole(browser, onward[1].replace("&amp;", "&")) if onward else [])


async def test_no_case_is_beyond_the_end_of_a_list(inside: Inside, mentor: Browser) -> None:
    tickets = {"malinau": set[str](), "nunukan": set[str]()}
    for number in range(60):
        district = "malinau" if number % 2 else "nunukan"
        request = await inside.requested(f"case {number}", district=district)
        await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
        tickets[district].add(request.ticket)
    page = await mentor.get(f"{LISTS}cases")
    assert "60 cases" in page.text
    assert "Page 1 of 3" in page.text
    assert len(page.content) < 60_000
    listed = await whole(mentor, f"{LISTS}cases")
    assert (len(listed), set(listed)) == (60, tickets["malinau"] | tickets["nunukan"])
    assert set(await whole(mentor, f"{LISTS}cases?district=malinau")) == tickets["malinau"]
    some = min(tickets["malinau"])
    assert some in await whole(mentor, f"{LISTS}cases?ticket={some[:4].lower()}")
    assert await whole(mentor, f"{LISTS}cases?ticket=%25") == listed
    assert await whole(mentor, f"{LISTS}cases?scope=free") == []
    assert len(await whole(mentor, f"{LISTS}cases?scope=all&mentor=mentor-ani&holder=office")) == 60
    for strange in ("page=0", "page=x", "page=99999999", "page=50", "status=nothing", "scope=nothing"):
        assert (await mentor.get(f"{LISTS}cases?{strange}")).status_code == 200


async def test_a_list_leaves_out_what_is_not_its_reader_s(visiting: Visiting, inside: Inside) -> None:
    request = await inside.applied()
    evaluator = visiting.person("evaluator-citra", "evaluator")
    both = visiting.person("mentor-ani", "mentor", "evaluator")
    assert await whole(evaluator, f"{LISTS}cases") == [request.ticket]
    await inside.office.permits.verify_account(request, inside.staff("officer-budi", "officer"), None)
    assert await whole(both, f"{LISTS}permits") == []
    assert "None waits." in (await both.get("/umkm/desk/")).text
    assert await whole(evaluator, f"{LISTS}permits") == [request.ticket]
    assert await whole(evaluator, f"{LISTS}permits?ticket={request.ticket[:3].lower()}") == [request.ticket]
    assert await whole(evaluator, f"{LISTS}permits?ticket=0000") == []
    await inside.declared("evaluator-citra", (await inside.state(request)).business_ref)
    assert "0 cases" in (await evaluator.get(f"{LISTS}cases")).text


async def test_evidence_is_listed_for_whoever_may_verify_it(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request, wrong=("air_diuji", "fifo"))
    for item in ("air_diuji", "fifo"):
        await inside.office.mentoring.agree(request, inside.business(request), None, item)
        await inside.evidenced(request, item)
    officer, raiser = visiting.person("officer-budi", "officer"), visiting.person("mentor-ani", "mentor")
    assert "2 things wait" in (await officer.get(f"{LISTS}findings")).text
    page = (await raiser.get(f"{LISTS}findings")).text  # whoever raised a critical one never clears it
    assert "1 thing waits" in page
    assert "#finding-fifo" in page
    assert "#finding-air_diuji" not in (await raiser.get("/umkm/desk/")).text
    head = visiting.person("head-hadi", "head")
    for name in ("findings", "numbers", "visits"):
        assert (await head.get(f"{LISTS}{name}")).status_code == 403


async def test_numbers_and_visits_are_listed_whole(visiting: Visiting, inside: Inside) -> None:
    for number in range(45):
        await inside.requested(f"case {number}")
    officer = visiting.person("officer-budi", "officer")
    page = await officer.get(f"{LISTS}numbers")
    assert "45 numbers wait" in page.text
    assert len(await whole(officer, f"{LISTS}numbers")) == 45
    assert "These are 5 of 45." in (await officer.get("/umkm/desk/")).text
    mentor = visiting.person("mentor-ani", "mentor")
    assert "0 visits" in (await mentor.get(f"{LISTS}visits")).text


async def test_trainings_are_listed_by_district_and_topic(inside: Inside, mentor: Browser) -> None:
    teaching, begins = inside.office.teaching, inside.clock.now() + DAY
    for number in range(45):
        topic, district = ("label", "nunukan") if number % 3 else ("hygiene", "malinau")
        await teaching.plan(inside.mentor(), None, district, topic, begins + number * DAY, 10)
    page = await mentor.get("/umkm/desk/trainings")
    assert "45 trainings" in page.text
    assert "Page 1 of 2" in page.text
    page = await mentor.get("/umkm/desk/trainings?about=hygiene&where=malinau")
    assert "15 trainings" in page.text
    page = await mentor.get("/umkm/desk/trainings?about=additives")
    assert ("No such training." in page.text, "No training is planned yet." in page.text) == (True, False)
    query = inside.office.store.query
    assert await query(lambda tx: count_trainings(tx, "nunukan")) == 30
    assert len(await query(lambda tx: trainings(tx, 20, 40))) == 5


async def test_the_device_takes_every_case_along(visiting: Visiting, inside: Inside) -> None:
    for number in range(205):
        request = await inside.requested(f"case {number}")
        await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    mentor = visiting.person("mentor-ani", "mentor")
    answer = (await mentor.get("/umkm/api/visits")).json()
    assert len(answer["cases"]) == 205
    desk = (await mentor.get("/umkm/api/desk")).json()
    assert (desk["totals"]["own"], desk["trips"][0]["total"], desk["trips"][0]["with_office"]) == (
        205,
        205,
        205,
    )
