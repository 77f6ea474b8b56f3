"""Assessments without connection over the whole house: a phone is filled in, restarted, signed out, and everything arrives once."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect
from tests.journeys import records
from tests.journeys.browser import PATIENCE_MS
from tests.journeys.device import VISITS, Device, picture, playing
from tests.journeys.house import House
from tests.journeys.mentoring import MENTOR, SECOND_MENTOR, Mentoring, OpenedCase

pytestmark = [pytest.mark.journey, pytest.mark.browser]

STAFF = "zi_staff"
NOTE = "Dinding dekat tungku mengelupas"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with playing() as driver:
        yield driver


Devices = Callable[..., Device]


@pytest.fixture
def device(playwright: Playwright, house: House, tmp_path: Path) -> Iterator[Devices]:
    """Each with the visit to this case on it, whose mentor has signed in at the provider."""
    made: list[Device] = []

    def ready(ticket: str, person: str = MENTOR) -> Device:
        phone = Device(playwright, tmp_path / f"device {len(made)}", house.public_url)
        made.append(phone)
        phone.open(f"/sign-in?next={VISITS}")
        phone.page.get_by_role("button", name=person, exact=True).click()
        phone.prepare(ticket)
        return phone

    yield ready
    for each in made:
        each.close()


@pytest.fixture
def mentoring(house: House) -> Iterator[Mentoring]:
    with house.client() as client:
        yield Mentoring(client, house.staff)


def happened(house: House, case: OpenedCase) -> Counter[str]:
    messages = map(records.parse, records.stored(house.data, "umkm"))
    return Counter(
        str(each["type"]).removeprefix("zi.umkm.") for each in messages if each["subject"] == case["ticket"]
    )


def test_a_whole_assessment_without_connection_arrives_once(
    device: Devices, house: House, mentoring: Mentoring
) -> None:
    case = mentoring.mentored("Kenari")
    phone = device(case["ticket"])
    phone.connect(False)
    items = phone.items()
    for item in items[:30]:
        phone.answer(item)
    phone.answer(items[2], "no", note=NOTE)
    phone.add_photos(items[2], [picture(number) for number in range(10)])
    phone.restart(connected=False)
    phone.open_visit()
    for item in items[30:]:
        phone.answer(item)
    phone.sign("business")
    phone.sign("office", name="Ani Rekaan")
    phone.has_cookie(STAFF, None)
    phone.connect(True)
    expect(phone.page.locator("#signed-out")).to_be_visible(timeout=PATIENCE_MS)
    assert not phone.readable(NOTE, case["ticket"], "Ani Rekaan")
    assert happened(house, case)["item_answered"] == 0
    phone.page.locator("#signed-out a").click()
    phone.page.get_by_role("button", name=MENTOR, exact=True).click()
    expect(phone.page.locator("#state")).to_have_text("Everything was sent.", timeout=PATIENCE_MS)
    assert phone.report() == {"taken": len(items) + 12, "wiped": 1}
    assert phone.stored() == {"file": 0}
    there = mentoring.visit(case)
    assert (there["photos"], there["signed"]) == (10, ["business", "office"])
    assert not there["unanswered"] + there["in_dispute"] + there["unsigned"]
    done = happened(house, case)
    assert done["item_answered"] == len(items)
    assert (done["photo_added"], done["visit_signed"]) == (10, 2)


def test_two_devices_on_one_visit_lose_nothing(device: Devices, house: House, mentoring: Mentoring) -> None:
    case = mentoring.mentored("Langsat")
    mentoring.done(case, "assign", {"mentor": SECOND_MENTOR}, SECOND_MENTOR)
    tablet = device(case["ticket"], SECOND_MENTOR)
    other = device(case["ticket"], SECOND_MENTOR)
    for phone in (tablet, other):
        phone.connect(False)
    first, second, third = tablet.items()[:3]
    tablet.answer(first)
    tablet.answer(second)
    other.answer(first, "no", note=NOTE)
    other.answer(third)
    for phone in (tablet, other):
        phone.connect(True)
        expect(phone.page.locator("#report")).to_be_visible()
        phone.settled()
    assert tablet.report() == {"taken": 2}
    assert other.report() == {"dispute": 1, "taken": 1}
    assert happened(house, case)["item_answered"] == 4
    dispute = other.form(first).locator('[data-slot="dispute"]')
    dispute.locator("li", has_text="No").get_by_role("button").click()
    expect(dispute).to_be_hidden()
    assert happened(house, case)["answers_settled"] == 1
