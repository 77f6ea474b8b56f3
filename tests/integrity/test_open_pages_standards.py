"""Whoever comes to a page of standards, of the pledge or of letters can read and use it: by a screen reader, on a narrow phone."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.integrity.domain.test_maklumat import TEXTS
from tests.integrity.inside import InsideIntegrity, opened
from tests.integrity.sealed_office import LogBeside
from tests.integrity.web.test_standards import DESK, PUBLIC, begun, consulted, decreed, step
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.test_browser_pages import hindrances
from tests.letters.in_process import InProcessWorker
from tests.web.browsing import hidden
from tests.web.hosting import Host

pytestmark = pytest.mark.browser

FIRST_PAGE = 40_000
LETTERS, PLEDGE, PLEDGE_DESK = "/integrity/letters", "/integrity/maklumat", "/integrity/desk/maklumat"
DECREE = f"{LETTERS}/SP-2026-000001"
# What people write without a space, in a component and in a title.
ADDRESS = f"https://balai-pom.example/{'pelayanan-publik/' * 6}"
LONG = {"component.dasar_hukum.id": ADDRESS, "component.dasar_hukum.en": ADDRESS, "title.id": "Standar" * 12}


@dataclass
class Office:
    inside: InsideIntegrity
    beside: LogBeside

    async def seal(self) -> None:
        assert await self.beside.rounds(self.inside.office) == 1

    async def pledged(self) -> None:
        head = self.inside.person("head-dewi", "head")
        digest = hidden(await head.get(PLEDGE_DESK), "digest")
        answer = await head.post(f"{PLEDGE_DESK}/proclaim", {"digest": digest})
        assert "MP-2026-000001" in unescape(answer.text)

    async def wrote(self) -> None:
        team = self.inside.person("team-rini", "integrity")
        long = {"promise": ADDRESS, "promise_en": ADDRESS}
        assert (await team.post(PLEDGE_DESK, TEXTS.model_dump() | long)).status_code == 200

    async def withdrawn(self, draft: str) -> None:
        head = self.inside.person("head-dewi", "head")
        await step(head, draft, "withdraw", {"standard_end": "issued_in_error"})


@asynccontextmanager
async def visited(folder: Path) -> AsyncIterator[Any]:
    async with opened(folder) as inside:
        beside = LogBeside(folder / "log")
        beside.join(inside.office, InProcessWorker())
        yield Office(inside, beside)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as item:
        yield item


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host[Any]]:
    with Host(visited(tmp_path)) as item:
        yield item


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_standards_is_open_to_everybody(
    browser: Browser, host: Host[Any], language: str
) -> None:
    head = host.visiting.inside.person("head-dewi", "head")
    visitor = host.visitor(browser, head, language)
    found = [what for name in tour(visitor, host) for what in hindrances(visitor.page, name)]
    visitor.context.close()
    assert not found, "\n".join(found)


def tour(visitor: Visitor, host: Host[Any]) -> Iterator[str]:
    """From an office that has decided nothing to a decree that was withdrawn, then to the pledge."""
    office: Any = host.visiting
    inside = office.inside
    for path in (PUBLIC, f"{PUBLIC}/complaint", f"{PUBLIC}/ski"):
        yield _page(visitor, path)
    mentoring = host.run(begun(inside.person("team-rini", "integrity"), "mentoring"))
    _page(visitor, mentoring)
    visitor.write({"title.id": ""})
    visitor.page.locator('form[action$="/text"] button').click()
    yield "a refused draft"
    draft = host.run(consulted(inside, **LONG))
    for path in (draft.replace(DESK, f"{PUBLIC}/drafts"), draft):
        yield _page(visitor, path)
    host.run(decreed(inside, draft))
    yield _page(visitor, DECREE)
    host.run(office.seal())
    for path in (PUBLIC, LETTERS, draft):
        yield _page(visitor, path)
    host.run(office.withdrawn(draft))
    for path in (f"{PUBLIC}/complaint", DECREE):
        yield _page(visitor, path)
    yield from _pledge(visitor, host)


def _pledge(visitor: Visitor, host: Host[Any]) -> Iterator[str]:
    office: Any = host.visiting
    yield _page(visitor, PLEDGE)
    _page(visitor, PLEDGE_DESK)
    visitor.page.locator("main form button").click()
    yield "a refused pledge"
    host.run(office.wrote())
    yield _page(visitor, PLEDGE_DESK)
    host.run(office.pledged())
    for path in (PLEDGE, DESK):
        yield _page(visitor, path)


def _page(visitor: Visitor, path: str) -> str:
    answer = visitor.go(path)
    assert answer.status == 200, path
    assert len(answer.body()) < FIRST_PAGE, path
    return f"{path} {visitor.page.title()}"
