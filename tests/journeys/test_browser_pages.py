"""Whoever comes to any page can read and use it: with a screen reader, a keyboard, a narrow phone, a slow line."""

from collections.abc import Iterator
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page, Request, Response, ViewportSize
from tests.journeys.axe import violations
from tests.journeys.browser import LANGUAGES, PHONE, Visitor, chromium
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import House, await_
from tests.journeys.kinds_tour import ELSEWHERE, OF_CASES, citizens_tour, desk_tour, prepare_kinds
from tests.journeys.seen_pages import unseen_pages
from tests.journeys.tour import AREAS, prepare, tour, unfolded
from tests.web.identities import note_in

pytestmark = [pytest.mark.journey, pytest.mark.browser]

NARROW = 320
WIDE = DESKTOP = 1366
FIRST_PAGE = 20_000
COLUMN = 4  # the least width of a text, in sizes of its letters
HEADER, ROW = 56, 40
FIELDS = {"select": "<option>1</option></select>", "input": "", "textarea": "</textarea>"}
DIM = "".join(
    f'<{name} aria-label="{name}" style="color: #555; background: #666">{rest}'
    for name, rest in FIELDS.items()
)

# Where drafts are, write into each form of the page, leave it, and return the forms whose text drafts.js has not kept; all is as before then.
UNKEPT = """() => {
    if (!document.querySelector("template[data-author]")) return ""
    const texts = [...document.querySelectorAll('main form[method="post"]:not([data-draft]) textarea[name]:not([data-secret])')]
    const firsts = texts.filter((each) => each === each.form.querySelector("textarea[name]"))
    const before = firsts.map((each) => each.value)
    const drafts = () => Object.keys(sessionStorage).filter((each) => each.startsWith("zona-form:"))
    const forget = () => drafts().forEach((each) => sessionStorage.removeItem(each))
    forget()
    firsts.forEach((each) => {
        each.value = "Ditulis"
        each.dispatchEvent(new Event("input", { bubbles: true }))
    })
    dispatchEvent(new Event("pagehide"))
    const isKept = drafts().length === firsts.length
    forget()
    firsts.forEach((each, number) => (each.value = before[number]))
    document.querySelectorAll("main form > .draft").forEach((each) => each.remove())
    return isKept ? "" : firsts.map((each) => each.form.action + " " + each.name).join(", ")
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody(browser: Browser, house: House, language: str) -> None:
    cases = prepare(house, f"tour {language}")
    visitor = Visitor(browser, house.public_url, language, examines=True)
    found: list[str] = []
    paths = set()
    for name in tour(visitor, cases):
        paths.add(visitor.path.partition("?")[0])
        found += hindrances(visitor.page, name, columns=True)
    visitor.context.close()
    assert not found, "\n".join(found)
    left_to_this = {page for page, reason in ELSEWHERE.items() if reason == OF_CASES}
    assert left_to_this.isdisjoint(unseen_pages("intake", paths))


@pytest.mark.parametrize(("language", "of_desk"), [("id", False), ("en", True)])
def test_every_page_of_the_front_door_is_looked_at(
    browser: Browser, house: House, language: str, of_desk: bool
) -> None:
    """The pages of citizens at night, those of the desk by day; a route with a page on which no tour stands fails."""
    kinds = prepare_kinds(house, f"kinds {language}")
    visitor = Visitor(browser, house.public_url, language, examines=True)
    found: list[str] = []
    paths = set(ELSEWHERE)
    for name in (desk_tour if of_desk else citizens_tour)(visitor, kinds):
        paths.add(visitor.path.partition("?")[0])
        found += hindrances(visitor.page, name, columns=True)
    visitor.context.close()
    assert not found, "\n".join(found)
    assert [each for each in unseen_pages("intake", paths) if each.startswith("/desk") is of_desk] == []


def hindrances(page: Page, name: str, *, columns: bool = False) -> Iterator[str]:
    """axe looks at one half of the pages by night on a phone and at the other by day on a wide screen, in English the other way round; each
    width has to hold every page.

    `columns` also looks for texts that a narrow phone squeezes (`_columns`)."""
    page.wait_for_load_state()
    if "/audit/" not in page.url and (note := note_in(page.content())):
        yield f"{name} shows a note of whoever looked for a source: {note}"
    if unkept := page.evaluate(UNKEPT):
        yield f"{name}: what is written here is not kept: {unkept}"
    language = page.evaluate("document.documentElement.lang")
    by_night = (crc32(name.encode()) % 2 == 1) is (language == "id")
    page.emulate_media(color_scheme="dark" if by_night else "light")
    for width in (PHONE["width"], WIDE, NARROW):
        _widen(page, width)
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            yield f"{name}: {needed} px wide on a phone of {width}"
        if width == (PHONE["width"] if by_night else WIDE):
            for violation in violations(page):
                yield f"{name} at {width} px: {violation.help}: {violation.nodes}"
    yield from _of_twice_the_size(page, name)
    if columns and language == "id":
        yield from _columns(page, name)
    _widen(page, PHONE["width"])


def outlives_a_reload(visitor: Visitor, path: str) -> None:
    """Write into the first text area of the page, under the policy that the page has, and find it again."""
    visitor.read(path)
    unfolded(visitor)
    name = visitor.page.locator("main form textarea").first.get_attribute("name") or ""
    visitor.write({name: "Ditulis, belum dikirim."})
    visitor.page.reload()
    assert visitor.values([name]) == {name: "Ditulis, belum dikirim."}
    assert "disimpan di jendela ini" in visitor.text


def _widen(page: Page, width: int) -> None:
    """Most pages are met as wide as a phone; to set a width anew that a page has takes as long as another one."""
    size: ViewportSize = {"width": width, "height": PHONE["height"]}
    if page.viewport_size != size:
        page.set_viewport_size(size)


def _of_twice_the_size(page: Page, name: str) -> Iterator[str]:
    """WCAG 1.4.4 on the narrowest phone: whoever reads large letters moves a page up and down, never sideways."""
    needed, widest = page.evaluate(
        """() => {
            document.documentElement.style.fontSize = "200%"
            const needed = document.documentElement.scrollWidth
            const wide = needed <= innerWidth ? [] : [...document.querySelectorAll("body *")].filter(
                each => each.getBoundingClientRect().right > innerWidth && !each.closest(".scroll, .unseen"))
            document.documentElement.style.fontSize = ""
            return [needed, wide.slice(0, 3).map(each => each.outerHTML.slice(0, 120))]
        }"""
    )
    if needed > NARROW:
        yield f"{name}: {needed} px wide on a phone of {NARROW} with letters of twice the size: {widest}"


def _columns(page: Page, name: str) -> Iterator[str]:
    """Return what is no row of words but a column of letters, of twice the size on the narrowest phone, in Indonesian, which has the longer words."""
    narrow = page.evaluate(
        """least => {
            document.documentElement.style.fontSize = "200%"
            const isWritten = each => [...each.childNodes].some(
                node => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 12)
            const narrow = [...document.querySelectorAll("main *, header *, footer *")].filter(
                each => isWritten(each) && each.checkVisibility() && !each.closest(".scroll, .unseen, table, option, svg")
                    && each.getBoundingClientRect().width < least * parseFloat(getComputedStyle(each).fontSize))
            document.documentElement.style.fontSize = ""
            return narrow.slice(0, 3).map(each => each.outerHTML.slice(0, 120))
        }""",
        COLUMN,
    )
    if narrow:
        yield f"{name}: a column of under {COLUMN} letters on a phone of {NARROW} with letters of twice the size: {narrow}"


def test_what_is_not_open_to_everybody_is_found(browser: Browser, house: House) -> None:
    """The examiner at work on a page that was spoiled, and that it has seen before."""
    visitor = Visitor(browser, house.public_url, examines=True)
    visitor.go("/")
    assert not list(hindrances(visitor.page, "whole", columns=True))
    spoil = "fields => document.querySelector('main').insertAdjacentHTML('beforeend', `<p>${fields}</p>`)"
    visitor.page.evaluate(spoil, DIM)
    dim = [node for each in violations(visitor.page) if "contrast" in each.help for node in each.nodes]
    assert [each.split()[0] for each in dim] == [f"<{each}" for each in FIELDS]
    visitor.page.evaluate("document.querySelector('main').lastElementChild.remove()")
    visitor.page.evaluate("document.querySelector('main p').style.color = '#777'")  # by night and by day
    visitor.page.evaluate("document.querySelector('img').removeAttribute('alt')")
    visitor.page.evaluate("document.querySelector('h1').style.width = '400px'")
    visitor.page.evaluate("document.querySelector('main p').style.width = '40px'")
    found = "\n".join(hindrances(visitor.page, "spoiled", columns=True))
    assert "alternative text" in found
    assert "minimum color contrast ratio" in found
    assert f"px wide on a phone of {NARROW}" in found
    assert "a column of under" in found
    visitor.context.close()


@pytest.mark.parametrize("path", AREAS)
def test_a_first_page_is_light(browser: Browser, house: House, path: str) -> None:
    """Everything that a browser without anything stored loads, its scripts too, as the gateway packs it, with its headers."""
    visitor = Visitor(browser, house.public_url, script=True)
    requests: list[Request] = []
    visitor.page.on("requestfinished", lambda request: requests.append(request))

    def looks() -> Response | None:
        requests.clear()
        return visitor.page.goto(house.public_url + path, wait_until="networkidle")

    await_(looks)
    sizes = [request.sizes() for request in requests]
    assert len(sizes) >= 3  # page, style, icon
    assert sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes) < FIRST_PAGE
    visitor.context.close()


@pytest.mark.parametrize("width", [PHONE["width"], WIDE])
def test_the_header_is_one_low_row_in_every_service(browser: Browser, house: House, width: int) -> None:
    visitor = Visitor(browser, house.public_url)
    visitor.page.set_viewport_size({"width": width, "height": PHONE["height"]})
    for path in AREAS:
        visitor.go(path)
        rows = [visitor.page.locator(f".top {each}").bounding_box() for each in (".office", ".languages")]
        heights = {box["y"] + box["height"] / 2 for box in rows if box}
        assert (len(rows), len(heights)) == (2, 1), path
        assert rows[0]
        assert rows[0]["height"] == HEADER, path
        assert path == "/" or visitor.page.locator(".top .back").is_visible()
    visitor.context.close()


def test_a_row_of_the_desk_is_low(browser: Browser, house: House) -> None:
    with house.client() as client:
        ticket = Door(client, house.staff).file(Citizen(0, "low rows").body)["ticket"]
    visitor = Visitor(browser, house.public_url)
    visitor.page.set_viewport_size({"width": DESKTOP, "height": PHONE["height"]})
    visitor.sign_in("officer")
    visitor.go(f"/desk/?show=all&text={ticket}")
    row = visitor.page.locator("table.list tbody tr").bounding_box()
    assert row
    assert ROW <= row["height"] <= ROW + 1
    visitor.context.close()


PLACES: dict[str, list[str]] = {
    "/": ["Buat pengaduan", "Ajukan pertanyaan", "Lacak tiket"],
    "/track": ["Tampilkan tiket"],
    "/complaints/new": ["Lanjut"],
    "/information-requests/new": ["Kirim permintaan"],
    "/suggestions/new": ["Kirim saran"],
    "/statistics": ["Catatan publik"],
    "/audit/": ["Tanda pengesahan catatan", "Untuk auditor"],
}


@pytest.mark.parametrize("path", PLACES)
def test_a_keyboard_reaches_everything(browser: Browser, house: House, path: str) -> None:
    visitor = Visitor(browser, house.public_url)
    visitor.go(path)
    visitor.page.keyboard.press("Tab")
    assert focused(visitor.page) == "Langsung ke isi"
    assert visitor.page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**#content")
    reached = [tabbed(visitor.page) for _ in range(30)]
    places = [reached.index(action) for action in PLACES[path]]
    assert places == sorted(places)
    visitor.context.close()


def test_an_auditor_searches_by_keyboard(browser: Browser, house: House) -> None:
    visitor = Visitor(browser, house.public_url)
    visitor.sign_in("auditor")
    visitor.go("/audit/entries")
    keys = visitor.page.keyboard
    for folded in ("Apa yang terjadi", "Meja depan"):
        unfold(visitor.page, folded)
    reach(visitor.page, "type")
    keys.press("Space")
    reach(visitor.page, "purpose")
    keys.press("ArrowDown")
    keys.press("Tab")
    assert focused(visitor.page) == "Cari"
    keys.press("Enter")
    visitor.page.wait_for_url("**/audit/entries?**type=zi.intake.complaint_filed**purpose=audit**")
    visitor.context.close()


def unfold(page: Page, label: str) -> None:
    """By the Tab key, to what is folded away under this label."""
    reached = [tabbed(page)]
    while reached[-1] != label and len(reached) < 60:
        reached.append(tabbed(page))
    assert reached[-1] == label, reached
    page.keyboard.press("Enter")


def reach(page: Page, field: str) -> None:
    """By the Tab key, to the field of this name; each kind of event that is unfolded on the way is a stop."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == field:
            return
    raise AssertionError(f"the keyboard does not come to {field}")


def tabbed(page: Page) -> str:
    page.keyboard.press("Tab")
    return focused(page)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText"))


def test_the_mistakes_are_where_the_reader_is_taken_to(browser: Browser, house: House) -> None:
    visitor = Visitor(browser, house.public_url)
    visitor.go("/complaints/new")
    visitor.go_on()
    visitor.page.locator("[role=alert]:focus").wait_for()
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**#field-text")
    visitor.context.close()
