"""Chromium without a window, as people hold it: a small phone that runs no script."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect, sync_playwright
from tests.journeys import axe
from tests.journeys.house import await_

# The first is the same engine without windows, and shows a page in half the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: ViewportSize = {"width": 360, "height": 740}
PATIENCE_MS = 60_000
# What is expected of a page is waited for as long as the page itself: by default five seconds, which a busy machine needs.
expect.set_options(timeout=PATIENCE_MS)
# The same pages with other words, which are longer in Indonesian: whoever walks through all of them in English does it in the long run.
LANGUAGES = ("id", pytest.param("en", marks=pytest.mark.long))
# The fields of a complaint, step by step, by the first part of their names.
COMPLAINT_STEPS = (("kind", "text"), ("district", "product", "place"), ("reporter",))


def program() -> str:
    """Return the path of the browser; without it the pages stay untested, which is a failure wherever it is required."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        sentence = "There is no Chromium here, so nobody looked at the pages: install chromium."
        if os.environ.get("ZONA_REQUIRE_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    path = program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """One person with a browser of their own, who reads labels and presses buttons.

    `examines`: axe runs as a script of each page, which the pages themselves neither need nor allow.
    """

    def __init__(
        self,
        browser: Browser,
        origin: str,
        language: str = "id",
        *,
        script: bool = False,
        examines: bool = False,
        **more: Any,
    ) -> None:
        self.origin = origin
        self.context = browser.new_context(
            viewport=PHONE,
            java_script_enabled=script or examines,
            bypass_csp=examines,
            locale=language,
            accept_downloads=True,
            **more,
        )
        if examines:
            axe.prepare(self.context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()

    def go(self, path: str) -> Response:
        return await_(lambda: self.page.goto(self.origin + path))

    def read(self, path: str) -> None:
        """Go to a page that is there: a refusal in its place would be looked at as well, and nobody would miss the page."""
        answer = self.go(path)
        assert answer.ok, f"{answer.status} at {path}"

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.origin)

    @property
    def text(self) -> str:
        """All that can be read in the page's own part."""
        return self.page.locator("main").inner_text()

    def write(self, fields: Mapping[str, str]) -> None:
        """By field name."""
        lists = self.page.locator("select").evaluate_all("lists => lists.map(each => each.name)")
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name}"]')
            if name in lists:
                field.select_option(value)
            else:
                field.fill(value)

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()
        self.page.wait_for_load_state("domcontentloaded")

    def follow(self, label: str) -> None:
        self.page.get_by_role("link", name=label, exact=True).click()
        self.page.wait_for_load_state("domcontentloaded")

    def unfold(self, label: str) -> None:
        self.page.locator("summary", has_text=label).click()

    def values(self, names: Iterable[str]) -> dict[str, str]:
        """Return what stands now in the fields of these names."""
        return {name: self.page.locator(f'[name="{name}"]').input_value() for name in names}

    def write_step(self, fields: Mapping[str, str], step: int) -> None:
        """Write those of the fields that this step of a complaint has."""
        self.write(
            {name: text for name, text in fields.items() if name.partition(".")[0] in COMPLAINT_STEPS[step]}
        )

    def go_on(self) -> None:
        """To the next step of a form, or to the check of its answers."""
        self.page.locator(".step:visible .button:not(.quiet):visible").last.click()
        self.page.wait_for_load_state("domcontentloaded")

    # -- what people do again and again

    def answer(self, fields: Mapping[str, str]) -> None:
        """Fill in a complaint step by step, up to the check of the answers."""
        for step in range(len(COMPLAINT_STEPS)):
            self.write_step(fields, step)
            self.go_on()

    def sign_in(self, person: str) -> None:
        """At the provider of the demo, whose page asks for the account alone; ends at the desk."""
        self.go("/desk/")
        self.press(person)

    def open_case(self, ticket: str, code: str) -> None:
        self.go("/track")
        self.write({"ticket": ticket, "code": code})
        self.page.locator("main form button").click()
        self.page.wait_for_load_state("domcontentloaded")
