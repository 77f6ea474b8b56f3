"""Whoever comes to a page of surveys can read and use it: with a screen reader, a keyboard, a narrow phone, without scripts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.integrity.inside import opened
from tests.integrity.web.test_surveys import DESK, HERE, PUBLIC, Surveying, surveying_in
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.test_browser_pages import hindrances
from tests.web.hosting import Host

pytestmark = pytest.mark.browser

FIRST_PAGE = 40_000
PAGES = (PUBLIC, f"{PUBLIC}/{HERE}", f"{PUBLIC}/{HERE}/comments", f"{PUBLIC}/actions")
DESKS = (DESK, f"{DESK}/{HERE}", f"{DESK}/{HERE}/paper", f"{DESK}/{HERE}/comments")


@asynccontextmanager
async def visited(folder: Path) -> AsyncIterator[Any]:
    async with opened(folder) as inside:
        yield surveying_in(inside)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as item:
        yield item


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host[Any]]:
    with Host(visited(tmp_path)) as item:
        yield item


async def prepared(surveying: Surveying) -> None:
    """A published survey with flags, actions, and a comment; then one that is open."""
    await surveying.open()
    await surveying.answered(11, waktu=1, biaya=2)
    await surveying.answered(1, 2, "ski", words="Kursi di ruang tunggu terlalu sedikit.")
    comments, item = f"{DESK}/{HERE}/comments", {"item": str(surveying.comment()), "decision": "shown"}
    await surveying.officer.post(comments, item)
    await surveying.closed()
    await surveying.officer.post(f"{DESK}/{HERE}/publish")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_surveys_is_open_to_everybody(browser: Browser, host: Host[Any], language: str) -> None:
    surveying: Any = host.visiting
    visitor = host.visitor(browser, surveying.officer, language)
    found = [what for name in tour(visitor, host) for what in hindrances(visitor.page, name)]
    visitor.context.close()
    assert not found, "\n".join(found)


def tour(visitor: Visitor, host: Host[Any]) -> Iterator[str]:
    surveying: Any = host.visiting
    for path in (PUBLIC, DESK):
        yield _page(visitor, path)
    host.run(surveying.open())
    for path in (f"{PUBLIC}/{HERE}", *DESKS):
        yield _page(visitor, path)
    host.run(prepared(surveying))
    for path in (*PAGES, *DESKS[:2]):
        yield _page(visitor, path)


def _page(visitor: Visitor, path: str) -> str:
    answer = visitor.go(path)
    assert answer.status == 200, path
    assert len(answer.body()) < FIRST_PAGE, path
    return path
