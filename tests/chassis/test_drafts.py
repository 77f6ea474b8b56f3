"""Drafts outlive a reload of their page, in Chromium: the ways in which that could lose a text, or show it to another person.

A second person at the same computer; a form whose fields another version changed; two windows of one page; a store that is full; a form that
was refused, a line that broke and a sign-in that ended while it was sent; a page that shows something newer than when the draft was written.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.responses import RedirectResponse, Response
from tests.chassis.sample_service import service
from tests.journeys.beside import beside, serving
from tests.journeys.browser import chromium
from tests.journeys.house import await_

from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.access.identity import Staff
from zi_chassis.web.form import Form
from zi_chassis.web.page import Pages

pytestmark = pytest.mark.browser

PAGE = """{% extends "frame.html" %}{% import "forms.html" as forms with context %}
{% block content %}<h1>Task</h1>{{ forms.error_summary(form) }}
<form method="post" action="/tasks/{{ number }}/note" novalidate>{{ forms.hidden("key", "k") }}
{{ forms.textarea(form, "note", "Note") }}
{% if version == "1" %}{{ forms.textarea(form, "older", "Older", required=false) }}{% endif %}
{{ forms.select(form, "kind", "Kind", kinds) }}
{{ forms.field(form, "state", "State", maxlength=60) }}
{{ forms.field(form, "name", "Name", autocomplete="name") }}
{{ forms.field(form, "code", "Code", autocomplete="off", secret=true) }}
{{ forms.field(form, "passphrase", "Passphrase", type="password") }}
<label><input type="checkbox" name="urgent" value="yes"{% if form.value("urgent") %} checked{% endif %}>Urgent</label>
{{ forms.submit("Send the note") }}</form>
<form method="post" action="/tasks/{{ number }}/note" novalidate>{{ forms.textarea(form, "reason", "Reason") }}{{ forms.submit("Send the reason") }}</form>
{% endblock %}"""
DONE = """{% extends "frame.html" %}{% block content %}<h1>Taken</h1>{% endblock %}"""
KINDS = {"1": ("red", "green", "blue"), "2": ("red", "blue")}
TEXT = "Ditulis lama sekali.\nBaris kedua."


class Office:
    """Hold what the pages show: which version, whose, and the state that somebody else changes."""

    def __init__(self) -> None:
        self.version, self.person, self.state = "1", "ani", "old"
        self.is_case_open, self.is_signed_in = False, True
        self.taken: list[str] = []


def house_of(office: Office, data: Path) -> FastAPI:
    made = service(data)
    pages: Pages = made.app.state.pages
    pages._templates = pages._templates.overlay(
        loader=ChoiceLoader(
            [DictLoader({"task.html": PAGE, "done.html": DONE}), pages._templates.loader or DictLoader({})]
        )
    )

    def task(request: Request, number: int, form: Form, status: int = 200) -> Response:
        if office.person:
            request.state.staff = Staff(
                sub=office.person, name=None, roles=frozenset(), token="", expires=2**40
            )
        request.state.is_case_open = office.is_case_open
        context: Mapping[str, Any] = {"number": number, "form": form, "version": office.version}
        kinds = [(each, each) for each in KINDS[office.version]]
        return pages.render(request, "task.html", status, kinds=kinds, **context)

    @made.app.get("/tasks/{number}")
    async def form_page(request: Request, number: int) -> Response:
        return task(request, number, Form({"state": office.state}))

    @made.app.post("/tasks/{number}/note")
    async def note(request: Request, number: int) -> Response:
        form = Form.of(await request.form())
        if not office.is_signed_in:
            raise CaseTokenError
        if "not" in form.value("note"):
            return task(request, number, form.refused({"note": "No."}), 422)
        office.taken.append(form.value("note") or form.value("reason"))
        if "stay" in form.value("note"):
            return task(request, number, Form())
        if "more" in form.value("note"):
            return task(request, number, form)
        return RedirectResponse("/done", 303)

    @made.app.get("/done")
    async def done(request: Request) -> Response:
        return pages.render(request, "done.html")

    return made.app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str]]:
    office = Office()
    with beside(serving(house_of(office, tmp_path_factory.mktemp("drafts")))) as address:
        yield office, address


@pytest.fixture
def office(running: tuple[Office, str]) -> Office:
    """As it begins, in the service that runs for all tests."""
    vars(running[0]).update(vars(Office()))
    return running[0]


@pytest.fixture
def context(browser: Browser, running: tuple[Office, str], office: Office) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=running[1])
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/tasks/1")
    return page


def write(page: Page, name: str, text: str) -> None:
    page.locator(f'[name="{name}"]').fill(text)


def value(page: Page, name: str) -> str:
    return page.locator(f'[name="{name}"]').input_value()


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state("domcontentloaded")


def drafts(page: Page) -> int:
    return int(page.evaluate("sessionStorage.length"))


def test_texts_and_choices_are_kept_and_nothing_secret_until_they_were_taken(
    page: Page, office: Office
) -> None:
    """As on the page of a case; also where the page that follows has no script."""
    office.person, office.is_case_open = "", True
    page.goto("/tasks/1")
    for name in ("note", "reason", "name", "code", "passphrase"):
        write(page, name, TEXT.partition("\n")[0])
    page.locator('[name="kind"]').select_option("green")
    page.locator('[name="urgent"]').check()
    page.reload()
    assert [value(page, name) for name in ("note", "kind", "name", "code", "passphrase")] == [
        *(TEXT.partition("\n")[0], "green"),
        *("", "", ""),
    ]
    assert page.locator('[name="urgent"]').is_checked()
    assert page.locator(".draft").count() == 2
    press(page, "Send the note")
    assert page.locator("script").count() == 0
    page.goto("/tasks/1")
    assert (value(page, "note"), value(page, "reason")) == ("", TEXT.partition("\n")[0])
    assert (office.taken, drafts(page)) == ([TEXT.partition("\n")[0]], 1)
    press(page, "Hapus")
    assert (value(page, "reason"), drafts(page)) == ("", 0)


def test_somebody_who_could_not_end_a_draft_has_none(page: Page, office: Office) -> None:
    """A citizen without a case, as with a survey: whoever holds the telephone next would be shown it."""
    office.person = ""
    page.goto("/tasks/1")
    assert page.locator("script, template").count() == 0
    write(page, "note", TEXT)
    page.reload()
    assert (value(page, "note"), drafts(page)) == ("", 0)


def test_nobody_else_at_the_same_computer_finds_it(page: Page, office: Office) -> None:
    """An official who signs in next, also without a sign-out; after a sign-out on any page nothing is there at all."""
    write(page, "note", TEXT)
    office.person = ""
    page.goto("/tasks/1")
    assert (value(page, "note"), drafts(page)) == ("", 1)
    office.person = "ani"
    page.reload()
    assert value(page, "note") == TEXT
    office.person = "budi"
    page.reload()
    assert (value(page, "note"), drafts(page)) == ("", 0)
    write(page, "note", TEXT)
    page.goto("/tasks/2")
    assert drafts(page) == 1
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    page.locator('form[action="/sign-out"] button').click()
    await_(lambda: drafts(page) == 0)
    page.reload()
    assert value(page, "note") == ""


def test_a_newer_form_takes_what_it_still_asks_for(page: Page, office: Office) -> None:
    """A choice that is gone falls back to the first, and what it no longer asks for waits for the day's end: a step back finds it."""
    write(page, "note", TEXT)
    write(page, "older", "Older text")
    page.locator('[name="kind"]').select_option("green")
    office.version = "2"
    page.reload()
    assert (value(page, "note"), page.locator('[name="kind"]').evaluate("each => each.selectedIndex")) == (
        TEXT,
        0,
    )
    write(page, "note", f"{TEXT}!")
    office.version = "1"
    page.reload()
    assert (value(page, "note"), value(page, "older")) == (f"{TEXT}!", "Older text")


def test_what_is_newer_on_the_page_stays(page: Page, office: Office) -> None:
    write(page, "note", TEXT)
    office.state = "changed by a colleague"
    page.reload()
    assert (value(page, "note"), value(page, "state")) == (TEXT, "changed by a colleague")
    write(page, "state", "mine")
    page.reload()
    assert value(page, "state") == "mine"


def test_two_windows_of_one_page_keep_a_text_each(
    page: Page, context: BrowserContext, office: Office
) -> None:
    """A text that was sent without success is not over because another one succeeded at the same address."""
    other = context.new_page()
    other.goto("/tasks/1")
    write(page, "note", TEXT)
    write(other, "note", "The other")
    office.is_signed_in = False
    press(page, "Send the note")
    office.is_signed_in = True
    press(other, "Send the note")
    assert office.taken == ["The other"]
    for each, text in ((page, TEXT), (other, "")):
        each.goto("/tasks/1")
        assert value(each, "note") == text


def test_a_full_store_promises_nothing_and_loses_nothing_that_it_had(page: Page) -> None:
    write(page, "note", "short")
    page.reload()
    page.evaluate("""() => {
        let chunk = "x".repeat(2 ** 20)
        for (let number = 0; chunk; number++)
            try { sessionStorage.setItem(`full-${number}`, chunk) } catch { chunk = chunk.slice(chunk.length / 2 + 1) }
    }""")
    assert page.locator(".draft").count() == 1
    write(page, "note", "long " * 1000)
    expect(page.locator(".draft")).to_have_count(0)
    page.reload()
    assert value(page, "note") == "short"


def test_a_refused_form_is_shown_as_it_was_sent_and_is_a_draft_again(page: Page, office: Office) -> None:
    write(page, "note", "not yet")
    write(page, "state", "")
    write(page, "reason", "unsent")
    press(page, "Send the note")
    assert [value(page, name) for name in ("note", "state", "reason")] == ["not yet", "", "unsent"]
    page.goto("/tasks/2")
    page.goto("/tasks/1")
    assert [value(page, name) for name in ("note", "state", "reason")] == ["not yet", "", "unsent"]
    write(page, "note", "now")
    press(page, "Send the note")
    page.goto("/tasks/1")
    assert [value(page, name) for name in ("note", "state", "reason")] == ["", "old", "unsent"]
    assert office.taken == ["now"]


def test_a_line_that_breaks_and_a_sign_in_that_ends_take_nothing(
    page: Page, context: BrowserContext, office: Office
) -> None:
    """The draft waits where somebody comes back to the form, and is over when the page of the ended sign-in sent it."""
    write(page, "note", TEXT)
    context.set_offline(True)
    page.get_by_role("button", name="Send the note").click()
    page.wait_for_url("chrome-error://**")
    context.set_offline(False)
    page.goto("/tasks/1")
    assert value(page, "note") == TEXT
    office.is_signed_in = False
    press(page, "Send the note")
    page.goto("/tasks/1")
    assert value(page, "note") == TEXT
    press(page, "Send the note")
    office.is_signed_in = True
    page.locator("main form button").click()
    page.wait_for_url("**/done")
    page.goto("/tasks/1")
    assert (value(page, "note"), [each.replace("\r", "") for each in office.taken]) == ("", [TEXT])


def test_a_page_that_answers_a_form_at_once_says_by_what_it_shows_whether_it_took_it(page: Page) -> None:
    """With what was sent, as where a row was added, it is a draft still; without, it was taken."""
    write(page, "note", "one more row")
    press(page, "Send the note")
    assert (value(page, "note"), drafts(page)) == ("one more row", 1)
    page.goto("/tasks/1")
    assert value(page, "note") == "one more row"
    write(page, "note", "stay here")
    press(page, "Send the note")
    assert (value(page, "note"), drafts(page)) == ("", 0)
