"""The script that takes an invitation, in a real browser against the real pages; the network between is the test's own."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route
from tests.integrity.survey_house import names, ticket_of
from tests.integrity.survey_pages import SurveyPages, page_of, receipt_of, visited
from tests.journeys.axe import prepare
from tests.journeys.browser import LANGUAGES, PATIENCE_MS, chromium
from tests.journeys.test_browser_pages import hindrances

from zi_integrity.domain.survey_token import SurveyToken

pytestmark = pytest.mark.browser
ORIGIN = "http://localhost:8080"
TEN = names(10)


class Network:
    """Carries the page's requests to the service, which runs in a thread of its own; `lost` answers are carried out and not brought back."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever)
        self.thread.start()
        self.stack = AsyncExitStack()
        self.pages: SurveyPages = self.run(self.stack.enter_async_context(visited(folder)))
        self.run(self._invite())
        self.place = (3, 7)  # of the entry in the log, and the log's size
        self.sent: list[str] = []
        self.lost = 0
        self.forged: bytes | None = None

    async def _invite(self) -> None:
        await self.pages.house.finished(*TEN)
        await self.pages.house.next_day()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def close(self) -> None:
        self.run(self.stack.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def carry(self, route: Route) -> None:
        request = route.request
        path = urlsplit(request.url).path
        if path.startswith("/audit/api/receipts/"):
            entry = self.run(self._entry())
            route.fulfill(body=receipt_of(self.forged or entry, *self.place), content_type="text/plain")
            return
        headers = {"Accept": request.headers.get("accept", "*/*"), "Accept-Language": "en"}
        headers["Cookie"] = f"zi_case={self.pages.tokens.issue(ticket_of(TEN[0]))}"
        if request.post_data is not None:
            headers["Content-Type"] = request.headers["content-type"]
            self.sent.append(request.post_data)
        answer: httpx.Response = self.run(
            self.pages.client.request(request.method, path, content=request.post_data_buffer, headers=headers)
        )
        if request.method == "POST" and self.lost:
            self.lost -= 1
            route.abort()
            return
        plain = {name: text for name, text in answer.headers.items() if name != "content-length"}
        route.fulfill(status=answer.status_code, headers=plain, body=answer.content)

    async def _entry(self) -> bytes:
        rows = self.pages.house.office.store.messages(0, 1000)
        return next(row.message for row in rows if b"survey_key_published" in row.message)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with ThreadPoolExecutor(1) as beside:
        network = beside.submit(Network, tmp_path).result()
    yield network
    network.close()


@pytest.fixture
def page(browser: Browser, network: Network) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="en")
    prepare(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.route("**/*", network.carry)
    yield page
    context.close()


def take(page: Page) -> None:
    page.goto(ORIGIN + page_of(TEN[0]))
    page.get_by_role("button", name="Take my invitation").click()


def token_in(page: Page) -> str:
    page.locator("[data-slot=token]").wait_for(state="visible")
    return page.locator("[name=token]").input_value()


@pytest.mark.parametrize("place", [(0, 1), (6, 7), (5, 8)])
def test_the_browser_takes_a_valid_token_that_was_never_sent(
    page: Page, network: Network, place: tuple[int, int]
) -> None:
    network.place = place
    take(page)
    token = token_in(page)
    assert network.run(network.pages.house.office.answering.checked(token)).text == token
    read = SurveyToken.read(token)
    assert len(network.sent) == 1
    assert not re.search(f"{read.message.hex()}|{read.signature.hex()}", network.sent[0])
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.reload()
    assert token_in(page) == token


def test_a_lost_answer_is_asked_for_again_and_gives_the_same_token(page: Page, network: Network) -> None:
    network.lost = 1
    take(page)
    page.get_by_role("alert").filter(has_text="There was no answer.").wait_for()
    page.reload()
    page.get_by_role("button", name="Take my invitation").click()
    assert network.run(network.pages.house.office.answering.checked(token_in(page)))
    assert network.sent[0] == network.sent[1]


def test_a_key_that_is_not_in_the_ledger_gets_nothing_signed(page: Page, network: Network) -> None:
    network.forged = b"another entry"
    take(page)
    page.get_by_role("alert").filter(has_text="not the one in the public ledger").wait_for()
    assert network.sent == []


def test_the_form_without_script_is_hidden_where_scripts_run(page: Page) -> None:
    page.goto(ORIGIN + page_of(TEN[0]))
    page.get_by_role("button", name="Take my invitation").wait_for()
    assert not page.get_by_role("button", name="Hand over my invitation").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_open_to_everybody(page: Page, network: Network, language: str) -> None:
    network.run(network.pages.house.open_survey())
    found: list[str] = []
    for path in (page_of(TEN[0]), "/integrity/surveys/keys", "/integrity/surveys/answer"):
        page.goto(f"{ORIGIN}{path}?lang={language}")
        found += hindrances(page, path)
    page.goto(ORIGIN + page_of(TEN[0]))
    page.locator("[data-slot=button]").click()
    token_in(page)
    found += hindrances(page, "the token")
    page.locator("[data-slot=token] button").click()
    page.locator("input[type=radio]").first.wait_for()
    found += hindrances(page, "the questions")
    assert not found, "\n".join(found)
