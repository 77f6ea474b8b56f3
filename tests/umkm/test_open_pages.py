"""Whoever comes to a page of umkm can read and use it: with a screen reader, a keyboard, a narrow phone, without scripts."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, FilePayload, Locator
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.test_browser_pages import hindrances
from tests.journeys.tour import unfolded
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.letters.test_referring import FIRST, code_on, content_of
from tests.umkm.strangers import planned_trip
from tests.umkm.visiting import disputed, visited
from tests.web.hosting import Host

from zi_umkm.messaging.upstream import MentoringRequest

pytestmark = pytest.mark.browser

CASES = "/umkm/cases/"
DESK = "/umkm/desk/"
LETTERS = "/umkm/letters/"
PICTURE = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=b"as a phone takes it")
LARGEST_UNPACKED = (
    40_000  # bytes of the first page with its style and icon; the gateway packs them to a third
)
PARTS = ("", "/business", "/products/new", "/products/1", "/products/1/change", "/documents", "/findings")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as item:
        yield item


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Host(visited(tmp_path)) as item:
        yield item


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_business_is_open_to_everybody(browser: Browser, host: Host, language: str) -> None:
    request = host.run(host.visiting.inside.requested(nib=False))
    visitor = host.visitor(browser, host.visiting.owner(request), language)
    found = [what for name in tour(visitor, request, host) for what in hindrances(visitor.page, name)]
    visitor.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_desk_is_open_to_everybody(browser: Browser, host: Host, language: str) -> None:
    everything = ("mentor", "officer", "supervisor", "evaluator", "head")
    person = host.visiting.person("mentor-ani", *everything, name="Ani Contoh")
    visitor = host.visitor(browser, person, language)
    found = [what for name in desk(visitor, host) for what in hindrances(visitor.page, name)]
    visitor.context.close()
    assert not found, "\n".join(found)


def tour(visitor: Visitor, request: MentoringRequest, host: Host) -> Iterator[str]:
    """A request, and then one case in each state."""
    open_to_all = ("/umkm/", "/umkm/statistics", "/umkm/permits")
    for path in (*open_to_all, CASES + request.ticket, f"{CASES}{request.ticket}/business"):
        yield _page_text(visitor, path, path)
    visitor.go(f"{CASES}{request.ticket}/products/new")
    _press(visitor.page.locator("main form button").first)
    yield "a product with mistakes"
    for name, item in states(host.visiting.inside, host):
        _open(visitor, host, item)
        yield _page_text(visitor, CASES + item.ticket, name)
        if name == "referred":
            yield _page_text(visitor, f"{CASES}{item.ticket}/referral-letter", "the letter")
            yield from _letter_pages(visitor, host, item)
    yield from _parts(visitor, host)


def _letter_pages(visitor: Visitor, host: Host, request: MentoringRequest) -> Iterator[str]:
    for path in (LETTERS, f"{LETTERS}{FIRST}", f"{LETTERS}SR-2026-000009", f"{LETTERS}answer"):
        yield _page_text(visitor, path, path)
    code = code_on(content_of(host.visiting.inside, request))
    visitor.write({"number": FIRST, "code": code})
    _press(visitor.page.locator("main form button"))
    unfolded(visitor)
    yield "the answer of the health office"
    _press(visitor.page.locator("main form button").nth(1))
    unfolded(visitor)
    yield "an answer without a number"


def states(inside: Inside, host: Host) -> Iterator[tuple[str, MentoringRequest]]:
    run, mentoring = host.run, inside.office.mentoring
    yield "two ways", run(inside.mentored("ways", FISH, SAMBAL))
    referred = run(inside.mentored("referred", SAMBAL))
    run(inside.refer(referred))
    yield "referred", referred
    visited = run(inside.mentored("visited"))
    run(inside.visited(visited))
    yield "a critical finding", visited
    run(mentoring.agree(visited, inside.business(visited), None, "cuci_tangan"))
    yield "agreed", visited
    run(inside.put_right(visited))
    yield "put right, papers missing", visited
    yield "applied", run(inside.applied("applied"))
    yield "permitted", run(inside.permitted("permitted"))
    closed = run(inside.mentored("closed"))
    run(mentoring.close(closed, inside.mentor(), None, "business_stopped"))
    yield "closed", closed


def _parts(visitor: Visitor, host: Host) -> Iterator[str]:
    inside = host.visiting.inside
    request = host.run(inside.numbered("whole"))
    _open(visitor, host, request)
    for part in (*PARTS, "/findings/cuci_tangan", "/findings/fifo", "/assessment"):
        yield _page_text(visitor, CASES + request.ticket + part, part)
    for aspect in inside.checklist.aspects:
        yield _page_text(visitor, f"{CASES}{request.ticket}/assessment/{aspect.code}", aspect.code)
    visitor.go(f"{CASES}{request.ticket}/documents")
    _press(visitor.page.locator("main form button").first)
    unfolded(visitor)
    yield "a document that is none"
    yield _page_text(visitor, "/umkm/statistics", "statistics of something")
    yield _page_text(visitor, "/umkm/permits?show=all", "the register of permits")


def desk(visitor: Visitor, host: Host) -> Iterator[str]:
    inside = host.visiting.inside
    run = host.run
    free, request = run(inside.stated("free", FISH, SAMBAL)), run(inside.mentored("mine", FISH, SAMBAL))
    run(inside.assessed_itself(request, wrong=("ventilasi",)))
    run(inside.visited(request))
    run(inside.office.mentoring.assign(request, inside.mentor("mentor-joko"), None, "mentor-joko"))
    run(disputed(inside, request))
    run(inside.office.mentoring.agree(request, inside.business(request), None, "cuci_tangan"))
    run(inside.evidenced(request))
    for path in (DESK, f"{DESK}board", f"{DESK}cases/{free.ticket}", f"{DESK}cases/{request.ticket}"):
        yield _page_text(visitor, path, path)
    run(inside.refer(request, "Mohon dibantu"))
    visitor.go(f"{DESK}cases/{request.ticket}")
    _press(visitor.page.locator("form[action$='referral-letter'] button"))
    yield "the letter, at the desk"
    yield _page_text(visitor, f"{DESK}lists/letters", "the letters")
    visitor.go(f"{DESK}cases/{request.ticket}")
    _press(visitor.page.locator("form[action$='renew-referral-code'] button"))
    yield "a new code"
    visitor.go(f"{DESK}cases/{request.ticket}")
    _press(visitor.page.locator("form[action*='open#'] button"))
    unfolded(visitor)
    yield "the business's data"
    visitor.go(f"{DESK}cases/{request.ticket}")
    unfolded(visitor)
    _press(visitor.page.locator("form[action$=close] button"))
    unfolded(visitor)
    yield "closed without a reason"
    yield _page_text(visitor, f"{DESK}cases/{request.ticket}/products/new", "a product")
    applied = run(inside.applied("applied"))
    yield _page_text(visitor, f"{DESK}cases/{applied.ticket}", "a permit of one's own case")
    visitor.go(f"{DESK}trainings")
    unfolded(visitor)
    _press(visitor.page.locator("main form button").last)
    unfolded(visitor)
    yield "a training with mistakes"
    visitor.write({"topic": "label", "district": "nunukan", "begins": "2026-12-20T09:00", "places": "20"})
    _press(visitor.page.locator("main form button").last)
    visitor.write({"ticket": request.ticket})
    _press(visitor.page.locator("form[action$=enrol] button"))
    unfolded(visitor)
    yield "a training"
    yield from _trips(visitor, host, applied)
    yield _page_text(visitor, f"{DESK}find?wanted=nothing", "nothing found")


def _trips(visitor: Visitor, host: Host, request: MentoringRequest) -> Iterator[str]:
    trip = host.run(planned_trip(host.visiting.inside, request))
    yield _page_text(visitor, f"{DESK}trips", "the trips")
    yield _page_text(visitor, f"{DESK}trips/{trip}", "a trip")
    yield _page_text(visitor, f"{DESK}trips/plan?where=nunukan", "a plan")
    _press(visitor.page.locator("main form button").last)
    yield "a plan with mistakes"
    for name in ("findings", "numbers", "visits"):
        yield _page_text(visitor, f"{DESK}lists/{name}", f"the list of {name}")


def _open(visitor: Visitor, host: Host, request: MentoringRequest) -> None:
    [(name, value)] = host.visiting.owner(request).cookies.items()
    visitor.context.add_cookies([{"name": name, "value": value, "url": host.origin}])


def _press(button: Locator) -> None:
    """Whoever looks at the page looks at the next one."""
    with button.page.expect_navigation():
        button.click()


def _page_text(visitor: Visitor, path: str, name: str) -> str:
    visitor.go(path)
    unfolded(visitor)
    return name


def test_a_phone_without_scripts_goes_the_way_to_its_visit_and_puts_right_what_was_found(
    browser: Browser, host: Host
) -> None:
    inside = host.visiting.inside
    request = host.run(inside.requested())
    visitor = Visitor(browser, host.origin, "en")
    _open(visitor, host, request)
    visitor.go(CASES + request.ticket)
    visitor.follow("Add a product")
    visitor.write({"name": "Nugget Ikan Ibu", "kind": "frozen_fish"})
    visitor.page.locator('[name="traits.frozen_meat_or_fish"]').check()
    visitor.press("Save")
    assert "Nugget Ikan Ibu" in visitor.text
    host.run(inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani"))
    host.run(inside.office.mentoring.triage(request, inside.mentor(), None))
    visitor.go(CASES + request.ticket)
    visitor.follow("To the list")
    visitor.follow("Begin")
    for aspect in inside.checklist.aspects:
        for item in inside.checklist.items:
            if item.aspect == aspect.code:
                visitor.choose(f"said.{item.code}", "yes")
        visitor.press("Save and go on")
    visitor.press("Finish, and show my result")
    assert "100 of 100 points" in visitor.text
    host.run(inside.visited(request))
    visitor.go(CASES + request.ticket)
    visitor.follow("See what was found")
    visitor.page.locator(".card h2 a").first.click()
    visitor.write({"plan": "Pasang pipa", "due": "2026-12-20"})
    visitor.press("Agree")
    visitor.page.set_input_files("[name=file]", files=PICTURE)
    visitor.press("Send it")
    assert "1 photo or document was sent." in visitor.text
    visitor.context.close()


def test_a_phone_without_scripts_takes_along_the_letter_and_the_dossier(browser: Browser, host: Host) -> None:
    inside = host.visiting.inside
    permitted, referred = host.run(inside.permitted("one")), host.run(inside.mentored("two", SAMBAL))
    host.run(inside.refer(referred))
    visitor = Visitor(browser, host.origin, "id")
    _open(visitor, host, permitted)
    visitor.go(f"{CASES}{permitted.ticket}/products/1")
    with visitor.page.expect_download() as download:
        visitor.follow("Unduh berkas")
    with ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert "Lengkap: semua yang diminta sudah ada" in archive.read("index.html").decode()
    _open(visitor, host, referred)
    visitor.go(CASES + referred.ticket)
    visitor.follow("Buka suratnya")
    assert "Kepala Dinas Kesehatan Kabupaten Nunukan" in visitor.text
    visitor.context.close()


def test_the_index_of_a_dossier_is_open_to_everybody_without_a_network(
    browser: Browser, host: Host, tmp_path: Path
) -> None:
    inside = host.visiting.inside
    request = host.run(inside.mentored())
    paper = host.run(inside.attached(request, "layout"))
    by = inside.business(request)
    host.run(inside.office.mentoring.add_document(request, by, None, "layout", paper))
    business = host.visiting.owner(request)
    answer = host.run(business.get(f"{CASES}{request.ticket}/products/1/dossier.zip?lang=id"))
    with ZipFile(BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path / "zip")
    visitor = Visitor(browser, (tmp_path / "zip").as_uri(), "id", examines=True)
    visitor.go("/index.html")
    assert not list(hindrances(visitor.page, "the index"))
    visitor.context.close()


def test_the_first_page_is_light_with_all_that_it_loads(browser: Browser, host: Host) -> None:
    visitor = Visitor(browser, host.origin)
    sizes: list[int] = []
    visitor.page.on("response", lambda answer: sizes.append(len(answer.body())))
    visitor.page.goto(f"{host.origin}/umkm/", wait_until="networkidle")
    assert len(sizes) >= 3  # page, style, icon
    assert sum(sizes) < LARGEST_UNPACKED
    visitor.context.close()
