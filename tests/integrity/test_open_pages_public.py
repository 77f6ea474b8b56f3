"""Whoever comes to any public page of the zone can read and use it without a script, by a screen reader and on the narrowest phone.

A page that is added and not listed here fails."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser as Chromium
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, TERMS, ForumOffice, forum_office, named
from tests.integrity.inside import InsideIntegrity
from tests.integrity.web.test_compensation import TICKET, filed, missed
from tests.integrity.web.test_minutes import attended, drafted, signature
from tests.integrity.web.test_standards import consulted, decreed
from tests.integrity.web.test_surveys import DESK as SURVEYS
from tests.integrity.web.test_surveys import HERE as WINDOW
from tests.integrity.web.test_surveys import surveying_in
from tests.journeys.browser import Visitor, chromium
from tests.journeys.test_browser_pages import NARROW, hindrances
from tests.web.hosting import Host

from zi_integrity.main import ROUTERS

FIRST_PAGE = 40 * 1024
HERE = "/integrity"
FORUM = f"{HERE}/forum/{{number}}"
# Each public page by its route, with the address of one that has something to show.
PAGES = {
    f"{HERE}/": f"{HERE}/",
    f"{HERE}/standards": f"{HERE}/standards",
    f"{HERE}/standards/{{service}}": f"{HERE}/standards/complaint",
    f"{HERE}/standards/drafts/{{standard}}": "",
    f"{HERE}/maklumat": f"{HERE}/maklumat",
    f"{HERE}/letters": f"{HERE}/letters",
    f"{HERE}/letters/{{number}}": f"{HERE}/letters/SP-2026-000001",
    f"{HERE}/registers": f"{HERE}/registers",
    f"{HERE}/compensation": f"{HERE}/compensation",
    f"{HERE}/compensation/cases/{{ticket}}": f"{HERE}/compensation/cases/{TICKET}",
    f"{HERE}/surveys": f"{HERE}/surveys",
    f"{HERE}/surveys/answer": f"{HERE}/surveys/answer",
    f"{HERE}/surveys/thanks": f"{HERE}/surveys/thanks",
    f"{HERE}/surveys/keys": f"{HERE}/surveys/keys",
    f"{HERE}/surveys/actions": f"{HERE}/surveys/actions",
    f"{HERE}/surveys/{{quarter}}/{{kind}}": f"{HERE}/surveys/{WINDOW}",
    f"{HERE}/surveys/{{quarter}}/{{kind}}/comments": f"{HERE}/surveys/{WINDOW}/comments",
    f"{HERE}/forum": f"{HERE}/forum",
    FORUM: f"{HERE}/forum/{FIRST}",
    f"{FORUM}/code": f"{HERE}/forum/{FIRST}/code",
    f"{FORUM}/propose": f"{HERE}/forum/{FIRST}/propose",
    f"{FORUM}/proposals/{{proposal}}": f"{HERE}/forum/{FIRST}/proposals/1",
    f"{FORUM}/attendance": f"{HERE}/forum/{FIRST}/attendance",
    f"{FORUM}/minutes": f"{HERE}/forum/{FIRST}/minutes",
    f"{HERE}/forum/actions": f"{HERE}/forum/actions",
    f"{HERE}/forum/actions/{{action}}": "",
}
NO_PAGES = {
    *(HERE, f"{HERE}/standards/", f"{HERE}/surveys/", f"{HERE}/surveys/keys/", f"{HERE}/letters/"),  # lead on
    *(f"{HERE}/surveys/invitation/files/{{hash}}/{{name}}", f"{HERE}/letters/authority"),
    *(f"{HERE}/letters/{{number}}/file", f"{HERE}/surveys/{{quarter}}/{{kind}}/answers.csv"),
}
# Looked at where its case is finished, with and without a script.
ELSEWHERE = {f"{HERE}/surveys/invitation/{{ticket}}": "tests/integrity/web/test_invitation_script.py"}


def test_every_public_page_is_looked_at() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    public = {
        each.path
        for each in routes
        if "GET" in each.methods and not each.path.startswith((f"{HERE}/desk", f"{HERE}/api"))
    }
    assert public == {*PAGES, *NO_PAGES, *ELSEWHERE}
    root = Path(__file__).parents[2]
    assert all("hindrances" in (root / file).read_text() for file in ELSEWHERE.values())


@dataclass
class OpenZone:
    """A zone in which every page has something to show; `addresses` are those of all pages."""

    inside: InsideIntegrity
    addresses: list[str]


async def furnished(there: ForumOffice) -> list[str]:
    """A survey, a case that was late, a forum with signed minutes, a decree, a draft that is asked about, and a forum that is open."""
    inside, surveying = there.inside, surveying_in(there.inside)
    await surveying.open()
    await surveying.answered(11, waktu=1, biaya=2)
    await surveying.answered(1, 2, "ski", words="Kursi di ruang tunggu terlalu sedikit.")
    fields = {"item": str(surveying.comment()), "decision": "shown"}
    await surveying.officer.post(f"{SURVEYS}/{WINDOW}/comments", fields)
    await filed(inside)
    await missed(inside)
    await _with_minutes(there)
    await decreed(inside, await consulted(inside))
    await surveying.closed()
    await surveying.officer.post(f"{SURVEYS}/{WINDOW}/publish")
    draft = (await consulted(inside, **{"period.tiers.normative.amount": "9"})).rpartition("/")[2]
    open_forum = await _open_forum(there)
    [action, *_] = await inside.office.store.query(lambda tx: tx.execute("SELECT action FROM forum_actions"))
    filled = {
        f"{HERE}/standards/drafts/{{standard}}": f"{HERE}/standards/drafts/{draft}",
        f"{HERE}/forum/actions/{{action}}": f"{HERE}/forum/actions/{action['action']}",
    }
    also = [f"{HERE}/forum/{open_forum}{page}" for page in ("", "/code", "/propose")]
    return [*(PAGES | filled).values(), *also]


async def _with_minutes(there: ForumOffice) -> None:
    inside, minutes = there.inside, f"{HERE}/forum/{FIRST}/minutes"
    await there.opened()
    await there.published((await there.printed(1))[0])
    await there.pass_time(8 * DAY)
    codes = await attended(there)
    await drafted(there, inside.person("lina", "integrity"))
    for code in codes[:2]:
        page = (await inside.stranger().get(minutes)).text
        await inside.stranger().post(minutes, signature(page, forum_code=code))
    head = inside.person("ratna", "head")
    desk = f"{HERE}/desk/minutes/{FIRST}"
    signed = await head.post(f"{desk}/sign", signature((await head.get(desk)).text))
    assert "BA-2026-000001" in signed.text


async def _open_forum(there: ForumOffice) -> str:
    now, planning = there.clock.now(), there.office.forum_planning
    terms = replace(TERMS, begins=now + DAY, closes_on=now + 8 * DAY)
    number = await planning.plan(there.staff(), named("later"), terms)
    await planning.open(there.staff(), number)
    return number


@asynccontextmanager
async def visited(folder: Path) -> AsyncIterator[Any]:
    async with forum_office(folder) as there:
        yield OpenZone(there.inside, await furnished(there))


@pytest.mark.browser
def test_every_public_page_is_open_to_everybody(tmp_path: Path) -> None:
    found: list[str] = []
    with chromium() as browser, Host(visited(tmp_path)) as host:
        zone: Any = host.visiting
        assert len(zone.addresses) == len(set(zone.addresses)) == len(PAGES) + 3
        owner = zone.inside.owner(TICKET)
        visitor = host.visitor(browser, owner, "id")
        for address in zone.addresses:
            visitor.go(address)
            found += hindrances(visitor.page, address)
        visitor.context.close()
        found += list(without_script(browser, host, zone, owner.cookies))
    assert not found, "\n".join(found)


def without_script(
    browser: Chromium, host: Host[Any], zone: OpenZone, cookies: Mapping[str, str]
) -> Iterator[str]:
    """Read every page on the narrowest phone; each has its heading and its whole width there, and is small."""
    visitor = Visitor(browser, host.origin, "en")
    for name, value in cookies.items():
        visitor.context.add_cookies([{"name": name, "value": value, "url": host.origin}])
    visitor.page.set_viewport_size({"width": NARROW, "height": 740})
    for address in zone.addresses:
        answer = visitor.go(address)
        assert answer.status == 200, address
        if len(answer.body()) > FIRST_PAGE:
            yield f"{address}: {len(answer.body())} bytes"
        if not visitor.page.locator("h1").is_visible():
            yield f"{address}: no heading without a script"
        for field in visitor.page.locator(
            "main :is(input:not([type=hidden]), select, textarea, button)"
        ).all():
            box = field.bounding_box()
            if box is not None and box["x"] + box["width"] > NARROW:
                yield f"{address}: a field is outside of a phone of {NARROW} px"
    visitor.context.close()
