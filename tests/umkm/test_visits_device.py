"""A device that goes where no connection is: what is filled in stays on it, sealed, and arrives once."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Playwright, Route, expect
from tests.journeys.axe import prepare, violations
from tests.journeys.browser import ARGUMENTS, PATIENCE_MS, program
from tests.journeys.device import VISITS, Device, picture, playing
from tests.journeys.house import await_
from tests.journeys.test_browser_pages import NARROW
from tests.umkm.device_host import ANI, BUDI, Host
from tests.umkm.steps import MONDAY

from zi_chassis.access.identity import COOKIE
from zi_umkm.web.pages import visits as visits_page

pytestmark = pytest.mark.browser

BEGUN = 1
NOTE = "Dinding dekat tungku mengelupas"
FIRST, SECOND, THIRD, GRADED = "saluran_air", "dinding_utuh", "cuci_tangan", "lingkungan_bersih"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with playing() as opened_item:
        yield opened_item


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """An office whose version of the checklist offers a choice of grades for the first item."""
    office_folder = tmp_path / "office" / "rules" / "mentoring" / "checklists"
    office_folder.mkdir(parents=True)
    form = str(files("zi_rules").joinpath("data/mentoring/checklists/penilaian_cppob.toml").read_text())
    choosing = form.replace(
        'aspect = "lokasi", grades = ["major"]', 'aspect = "lokasi", grades = ["major", "critical"]'
    )
    newer = choosing.replace("version = 1", "version = 2").replace("2024-01-01", "2024-06-01")
    (office_folder / "penilaian_cppob_2.toml").write_text(newer)
    with Host(tmp_path / "office") as opened_item:
        yield opened_item


Devices = Callable[..., Device]


@pytest.fixture
def device(playwright: Playwright, host: Host, tmp_path: Path) -> Iterator[Devices]:
    """Each with a mentor who is signed in, and ready to go out."""
    made: list[Device] = []

    def ready(who: str = ANI, prepared: bool = True) -> Device:
        opened_item = Device(playwright, tmp_path / f"device {len(made)}", host.origin)
        made.append(opened_item)
        opened_item.has_cookie(COOKIE, host.token(who))
        if prepared:
            opened_item.prepare()
        return opened_item

    yield ready
    for each in made:
        each.close()


def test_a_whole_assessment_without_connection_arrives_once(device: Devices, host: Host) -> None:
    phone = device()
    items = phone.items()
    phone.connect(False)
    for item in items[:25]:
        phone.answer(item)
    phone.answer(items[2], "no", note=NOTE)
    phone.add_photos(items[2], [picture(number) for number in range(6)])
    phone.restart(connected=False)
    phone.open_visit()
    for item in items[25:]:
        phone.answer(item)
    phone.add_photos(items[30], [picture(number) for number in range(6, 10)])
    phone.sign("business")
    phone.sign("office", name="Ani Rekaan")
    assert phone.waiting == "Waiting to be sent: 40 answers, 10 photos, 2 signatures."
    assert not phone.readable(NOTE, host.case, "Ani Rekaan")
    phone.has_cookie(COOKIE, host.token(ANI, expired=True))
    phone.connect(True)
    expect(phone.page.locator("#signed-out")).to_be_visible(timeout=PATIENCE_MS)
    assert host.events() == BEGUN
    assert phone.stored() == {
        "answer": 40,
        "photo": 10,
        "signature": 2,
        "file": 12,
        "visit": 1,
        "checklist": 1,
    }
    phone.page.locator("#signed-out a").click()
    expect(phone.page.locator("#state")).to_have_text("Everything was sent.", timeout=PATIENCE_MS)
    assert phone.report() == {"taken": 52, "wiped": 1}
    assert host.events() == BEGUN + 52
    assert host.visit().is_signed
    assert not host.visit().unsigned
    assert host.notes() == [NOTE]
    assert phone.stored() == {"file": 0}
    assert len(host.files) == 12
    for content in host.files.values():
        photo = Image.open(BytesIO(content))
        assert max(photo.size) <= 1600
        assert dict(photo.getexif()) == {}


def test_an_acknowledgement_that_was_lost_brings_nothing_twice(device: Devices, host: Host) -> None:
    phone = device()
    phone.answer(FIRST)
    phone.answer(SECOND, "no")
    phone.context.route("**/sync**", lost)
    phone.send()
    assert "The connection broke off" in phone.page.locator("#trouble").inner_text()
    assert host.events() == BEGUN + 2
    phone.context.unroute("**/sync**")
    assert phone.stored()["answer"] == 2
    phone.send()
    assert phone.report() == {"known": 2}
    assert host.events() == BEGUN + 2


def test_a_connection_that_breaks_between_two_photos_loses_none(device: Devices, host: Host) -> None:
    phone = device()
    phone.add_photos(FIRST, [picture(number) for number in range(4)])
    sent: list[Route] = []

    def breaking(route: Route) -> None:
        sent.append(route)
        route.continue_() if len(sent) <= 2 else route.abort("internetdisconnected")

    phone.context.route("**/files**", breaking)
    phone.send()
    assert "The connection broke off" in phone.page.locator("#trouble").inner_text()
    assert phone.report() == {"taken": 2}
    assert phone.waiting == "Waiting to be sent: 0 answers, 2 photos, 0 signatures."
    phone.context.unroute("**/files**")
    phone.restart()
    expect(phone.page.locator("#report")).to_be_visible()
    phone.settled()
    assert phone.report() == {"taken": 2}
    assert host.events() == BEGUN + 4


def test_what_waits_is_sent_although_nothing_says_that_the_connection_is_back(
    device: Devices, host: Host
) -> None:
    phone = device()
    phone.answer(FIRST)
    phone.context.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    phone.send()
    assert "The connection broke off" in phone.page.locator("#trouble").inner_text()
    assert host.events() == BEGUN
    phone.context.unroute("**/api/**")
    expect(phone.page.locator("#state")).to_have_text("Everything was sent.", timeout=PATIENCE_MS)
    assert host.events() == BEGUN + 1


def test_what_finds_no_room_on_the_device_is_said_not_to_be_kept(device: Devices, host: Host) -> None:
    phone = device()
    phone.context.close()
    phone.start()
    phone.connect(False)
    limits = {"origin": host.origin, "quotaSize": 1}
    phone.context.new_cdp_session(phone.page).send("Storage.overrideQuotaForOrigin", limits)
    phone.open()
    phone.open_visit()
    photo: Any = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture(1)}
    phone.form(FIRST).locator('input[type="file"]').set_input_files(photo)
    expect(phone.page.locator("#state")).to_contain_text("There is no room left on this device")
    assert "photo" not in phone.stored()


def test_a_picture_that_this_device_can_t_read_is_said(device: Devices) -> None:
    phone = device()
    file: Any = {"name": "1.heic", "mimeType": "image/heic", "buffer": b"not a picture"}
    phone.form(FIRST).locator('input[type="file"]').set_input_files(file)
    expect(phone.page.locator("#state")).to_have_text("This device can't read that picture. Take it as JPEG.")


def test_what_the_device_holds_is_removed_only_after_a_second_word(device: Devices) -> None:
    phone = device()
    phone.answer(FIRST)
    requested: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        requested.append(dialog.message)
        dialog.dismiss()

    phone.page.once("dialog", dismissed)
    phone.page.get_by_role("button", name="Remove this visit from the device").click()
    assert requested == [
        "1 things of this visit were not sent and would be lost for good. Remove them all the same?"
    ]
    assert phone.stored()["answer"] == 1
    phone.page.once("dialog", lambda dialog: dialog.accept())
    phone.page.get_by_role("button", name="Remove this visit from the device").click()
    expect(phone.page.locator("#state")).to_have_text("Removed from this device.")
    assert phone.stored() == {"file": 0}


def lost(route: Route) -> None:
    """The office takes it, and its word gets lost on the way back."""
    route.fetch()
    route.abort()


def test_an_answer_that_was_changed_before_it_was_sent_is_sent_as_it_is_now(
    device: Devices, host: Host
) -> None:
    phone = device()
    phone.answer(FIRST)
    phone.answer(FIRST, "no")
    phone.send()
    visit = host.visit()
    assert [each.said for each in visit.standing[FIRST]] == ["no"]
    assert host.events() == BEGUN + 1


def test_an_answer_that_was_changed_after_it_was_sent_takes_its_place(device: Devices, host: Host) -> None:
    phone = device()
    phone.answer(FIRST)
    phone.send()
    phone.answer(FIRST, "no")
    phone.send()
    visit = host.visit()
    assert [each.said for each in visit.standing[FIRST]] == ["no"]
    assert not visit.in_dispute


@pytest.mark.parametrize("second", [BUDI, ANI])
def test_two_devices_on_one_visit_lose_nothing_and_a_person_decides(
    device: Devices, host: Host, second: str
) -> None:
    opened_item = device()
    host.assign(second)
    other = device(second)
    other.connect(False)
    other.answer(FIRST, "no", note=NOTE)
    other.answer(SECOND)
    opened_item.answer(FIRST)
    opened_item.answer(THIRD)
    opened_item.send()
    other.connect(True)
    expect(other.page.locator("#report")).to_be_visible()
    other.settled()
    assert other.report() == {"dispute": 1, "taken": 1}
    visit = host.visit()
    assert visit.in_dispute == (FIRST,)
    assert sorted(each.said for each in visit.standing[FIRST]) == ["no", "yes"]
    assert host.events() == BEGUN + 4
    opened_item.send()
    dispute = opened_item.form(FIRST).locator('[data-slot="dispute"]')
    expect(dispute).to_be_visible()
    dispute.locator("li", has_text="No").get_by_role("button").click()
    expect(dispute).to_be_hidden()
    visit = host.visit()
    assert not visit.in_dispute
    assert [each.said for each in visit.standing[FIRST]] == ["no"]


def test_what_belongs_to_a_case_that_is_gone_is_kept_and_said(device: Devices, host: Host) -> None:
    phone = device()
    phone.add_photos(FIRST, [picture(1), picture(2)])
    with host.without_the_case():
        phone.send()
        assert phone.report() == {"refused": 2}
        assert "There is no mentoring with this ticket." in phone.page.locator("#report").inner_text()
        phone.answer(FIRST)
        phone.send()
        assert phone.report() == {"refused": 3}
        phone.restart()
        expect(phone.page.locator("#report")).to_be_visible()
        phone.settled()
    phone.open_visit()
    assert phone.stored()["file"] == 2
    with phone.page.expect_download() as saved:
        phone.form(FIRST).locator(".photos a").first.click()
    assert Image.open(saved.value.path()).size == (1600, 1200)
    phone.send()
    assert phone.report() == {"taken": 3}


@pytest.mark.parametrize(("days", "year"), [(1, 1970), (22_314, 2031), (2_932_800, 9998)])
def test_a_wrong_clock_is_a_claim_and_is_said(device: Devices, host: Host, days: int, year: int) -> None:
    phone = device()
    phone.page.clock.set_fixed_time(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days))
    phone.answer(FIRST)
    phone.send()
    assert "clock is wrong" in phone.page.locator("#trouble").inner_text()
    [answer] = host.visit().standing[FIRST]
    assert answer.claimed_at.year == year
    assert answer.by.at.year == MONDAY.year


def test_what_one_person_filled_in_is_not_sent_as_somebody_else_s(device: Devices, host: Host) -> None:
    phone = device()
    host.assign(BUDI)
    phone.connect(False)
    phone.answer(FIRST)
    phone.has_cookie(COOKIE, host.token(BUDI))
    phone.connect(True)
    expect(phone.page.locator("#trouble")).to_contain_text("filled in with another account")
    assert host.events() == BEGUN
    assert phone.stored()["answer"] == 1


def test_a_finding_without_its_grade_is_kept_and_not_sent(device: Devices, host: Host) -> None:
    phone = device()
    form = phone.form(GRADED)
    form.locator('input[value="no"]').check()
    expect(form.locator('[data-slot="state"]').first).to_contain_text("Choose how serious it is")
    phone.send()
    assert host.events() == BEGUN
    phone.answer(GRADED, "no", grade="critical")
    phone.send()
    visit = host.visit()
    assert [each.grade for each in visit.standing[GRADED]] == ["critical"]


def test_the_other_language_is_there_without_connection(device: Devices) -> None:
    phone = device()
    phone.connect(False)
    phone.page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(phone.page.locator("#list h1")).to_have_text("Kunjungan luring")
    expect(phone.page.locator("#kept")).to_have_text("Bekerja luring")
    phone.restart(connected=False)
    expect(phone.page.locator("#list h1")).to_have_text("Kunjungan luring")


def test_a_newer_page_takes_the_place_of_the_one_that_is_kept(
    device: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = device()
    known = visits_page._file

    def newer(name: str) -> tuple[str, bytes]:
        hash, content = known(name)
        return ("0123456789ab", content + b"\n") if name == "visits.css" else (hash, content)

    monkeypatch.setattr(visits_page, "_file", newer)

    def is_listed() -> bool:
        phone.open()
        return phone.page.locator('link[href*="0123456789ab/visits.css"]').count() == 1

    await_(is_listed, pause=4)  # a browser looks for a newer worker only some seconds after a page was opened
    phone.connect(False)
    assert is_listed()
    assert phone.stored()["visit"] == 1

    def is_alone() -> bool:
        names = phone.page.evaluate("caches.keys()")
        assert len(names) == 2, names  # the other one is the language
        return True

    # The one of before goes when the newer worker takes over, which may be after it has listed the page.
    await_(is_alone)


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_is_open_to_everybody(playwright: Playwright, host: Host, tmp_path: Path, language: str) -> None:
    browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
    context = browser.new_context(bypass_csp=True, locale=language, viewport={"width": NARROW, "height": 740})
    prepare(context)
    context.add_cookies([{"name": COOKIE, "value": host.token(ANI), "url": host.origin}])
    page = context.new_page()
    page.goto(host.origin + VISITS)
    found = violations(page)
    page.locator('#list [data-slot="more"] button').first.click()
    page.locator("#visit h1").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.locator('#visit input[value="no"]').first.check()
    page.locator('#visit input[type="file"]').first.set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture(1)}
    )
    page.locator(".photos img").wait_for()
    found += violations(page)
    assert not found
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    browser.close()


def test_an_answer_is_given_by_keyboard_alone(device: Devices) -> None:
    phone = device()
    keys = phone.page.keyboard
    phone.form(FIRST).locator("input").first.focus()
    keys.press("Space")
    phone.await_stored(FIRST)
    keys.press("ArrowDown")
    expect(phone.form(FIRST).locator('input[value="no"]')).to_be_checked()
    keys.press("Tab")
    keys.type(NOTE)
    expect(phone.page.locator("#state")).to_have_text("Kept on this device.")
    assert phone.form(FIRST).locator("textarea").input_value() == NOTE


def test_off_localhost_it_says_that_it_needs_https(playwright: Playwright, host: Host) -> None:
    away = [*ARGUMENTS, "--host-resolver-rules=MAP zona.example 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=program(), args=away)
    page = browser.new_page(locale="en")
    page.goto(f"http://zona.example:{host.port}{VISITS}")
    expect(page.locator("#unable")).to_contain_text("HTTPS")
    expect(page.locator("#able")).to_be_hidden()
    browser.close()


def test_the_key_can_be_used_and_not_taken_out(device: Devices) -> None:
    phone = device()
    found = phone.page.evaluate("""async () => {
      const done = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result) })
      const db = await done(indexedDB.open("zi-visits", 1))
      const key = await done(db.transaction("keys").objectStore("keys").get("key"))
      return [key.extractable, key.algorithm.name, await crypto.subtle.exportKey("raw", key).catch(error => error.name)]
    }""")
    assert found == [False, "AES-GCM", "InvalidAccessError"]


def test_the_cases_of_a_trip_are_taken_along_together(device: Devices, host: Host) -> None:
    host.travels()
    phone = device(prepared=False)
    phone.open()
    taking = phone.page.get_by_role("button", name="Take the trip of")
    expect(taking).to_have_text(
        re.compile(r"Take the trip of \d{1,2} [A-Z][a-z]{2,3} 2\d{3} to Nunukan along \(cases: 2\)")
    )
    taking.click()
    expect(phone.page.locator("[data-slot=own] li")).to_have_count(2, timeout=PATIENCE_MS)
    assert phone.stored()["visit"] == 2
    expect(phone.page.get_by_role("button", name="Take the trip of")).to_have_count(0, timeout=PATIENCE_MS)
