"""Every list of umkm has pages, a search and a true count, over HTTP and on pages; a new list without them fails here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.umkm.calling import Calling
from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.steps import DAY, HOUR, named
from tests.umkm.strangers import planned_trip

import zi_umkm
from zi_umkm.domain.rule_evaluation import version_of
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.web.api import permits as permits_api
from zi_umkm.web.pages import case_letters, desk, desk_lists, trainings, trips

TEMPLATES = Path(zi_umkm.__file__).parent / "templates"
LISTS = "/umkm/desk/lists/"
TICKET, TOPIC = "{ticket}", "hygiene"


@dataclass(frozen=True)
class ListPage:
    """A page of the desk, who reads it, the field of its search and what finds one row; `counted` is its word for a row."""

    template: str
    role: str
    field: str
    finds: str
    counted: str


@dataclass(frozen=True)
class ListRoute:
    """A list of the API; `finds` is a search that finds one row of two."""

    rows: str
    role: str
    finds: str = TICKET
    pages: str = "page"


PAGES: Mapping[str, ListPage] = {
    f"{LISTS}cases?scope=mine&": ListPage("desk_cases.html", "mentor", "ticket", TICKET, "case"),
    f"{LISTS}findings?": ListPage("desk_findings.html", "officer", "ticket", TICKET, "thing"),
    f"{LISTS}numbers?": ListPage("desk_numbers.html", "officer", "ticket", TICKET, "number"),
    f"{LISTS}visits?": ListPage("desk_visits.html", "mentor", "ticket", TICKET, "visit"),
    "/umkm/desk/trainings?": ListPage("trainings.html", "mentor", "about", TOPIC, "training"),
    "/umkm/desk/trips?": ListPage("trips.html", "mentor", "q", TICKET, "trip"),
}
LETTERS = "desk_letters.html"  # a list of cases that go another way, so it has a test of its own
PERMITS = "desk_permits.html"  # and so has the list of cases that wait for a step of their permit
ROUTES: Mapping[str, ListRoute] = {
    "/umkm/api/board": ListRoute("cases", "supervisor", pages="cursor"),
    "/umkm/api/desk/cases": ListRoute("cases", "mentor"),
    "/umkm/api/desk/findings": ListRoute("findings", "officer"),
    "/umkm/api/desk/numbers": ListRoute("numbers", "officer"),
    "/umkm/api/desk/visits": ListRoute("visits", "mentor"),
    "/umkm/api/trainings": ListRoute("", "mentor", TOPIC),
    "/umkm/api/trips": ListRoute("trips", "mentor"),
}
# They have lists in them and are none: the beginnings of the lists above, what a device takes along, and sums by district.
NO_LISTS = {
    "/umkm/api/desk",
    "/umkm/api/visits",
    "/umkm/api/statistics",
    "/umkm/api/trips/statistics",
    "/umkm/api/configurations",
}
PUBLIC_LISTS = {"/umkm/api/permits"}  # searched by number, district and way
PERMITS_TO_DECIDE = "/umkm/api/desk/permits"  # their own test makes what is to be decided


@pytest.fixture
async def two(calling: Calling, monkeypatch: pytest.MonkeyPatch) -> MentoringRequest:
    """The first of two cases; of everything that is listed there are two rows, and a page has room for one."""
    for module in (desk_lists, trainings, trips):
        monkeypatch.setattr(module, "SIZE", 1)
    monkeypatch.setattr(desk, "MOST_STUCK", 1)
    requests = [await _listed(calling.inside, name) for name in ("one", "two")]
    for topic in (TOPIC, "label"):
        begins = calling.inside.clock.now() + DAY
        await calling.inside.office.teaching.plan(calling.inside.mentor(), None, "nunukan", topic, begins, 9)
    return requests[0]


async def _listed(inside: Inside, name: str) -> MentoringRequest:
    """A case with evidence to verify, a business number to look up, an unfinished visit and a trip."""
    request = await inside.mentored(name)
    await inside.given_number(request, name)
    await inside.visited(request)
    await inside.office.mentoring.agree(request, inside.mentor(), None, "fifo")
    await inside.evidenced(request, "fifo")
    visit = named(f"unfinished {name}")
    await inside.office.visiting.sync(request, inside.mentor(), visit, version_of(inside.checklist), [])
    await planned_trip(inside, request)
    inside.clock.at += HOUR
    return request


def person(role: str) -> str:
    return {"mentor": "mentor-ani", "officer": "officer-budi"}.get(role, "supervisor-eka")


def test_every_page_that_has_pages_is_looked_at_here() -> None:
    paged = {path.name for path in TEMPLATES.glob("*.html") if "{{ pager(" in path.read_text()}
    assert paged == {each.template for each in PAGES.values()} | {LETTERS, PERMITS}


async def test_letters_are_paged_searched_and_counted(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (desk_lists, case_letters):
        monkeypatch.setattr(module, "SIZE", 1)
    for name in ("one", "two"):
        await calling.inside.refer(await calling.inside.mentored(name, SAMBAL))
    mentor = calling.visiting.person("mentor-ani", "mentor")
    whole = (await mentor.get(f"{LISTS}letters")).text
    assert ("2 letters" in whole, "Page 1 of 2" in whole) == (True, True)
    assert "SR-2026-000001" in (await mentor.get(f"{LISTS}letters?page=2")).text
    assert "1 letter<" in (await mentor.get(f"{LISTS}letters?number=SR-2026-000002")).text


@pytest.mark.parametrize("address", PAGES)
async def test_a_page_is_paged_searched_and_counted(
    calling: Calling, two: MentoringRequest, address: str
) -> None:
    listed = PAGES[address]
    browser = calling.visiting.person(person(listed.role), listed.role)
    whole = (await browser.get(address)).text
    assert re.search(rf"\b2 {listed.counted}", whole), whole
    assert "Page 1 of 2" in whole
    assert "Page 2 of 2" in (await browser.get(f"{address}page=2")).text
    finds = listed.finds.format(ticket=two.ticket)
    found = (await browser.get(f"{address}{listed.field}={finds}")).text
    assert re.search(rf"\b1 {listed.counted}", found)
    assert f'name="{listed.field}"' in found
    nothing = (await browser.get(f"{address}{listed.field}=ZZZZ")).text
    assert re.search(rf"\b0 {listed.counted}", nothing)
    assert "The list ends here." not in nothing
    beyond = (await browser.get(f"{address}page=9")).text
    assert "The list ends here." in beyond
    assert "page=2" in beyond
    assert "Page 9" not in beyond


async def test_the_board_is_searched_and_counted(calling: Calling, two: MentoringRequest) -> None:
    supervisor = calling.visiting.person("supervisor-eka", "supervisor")
    whole = (await supervisor.get("/umkm/desk/board")).text
    assert "2 cases" in whole
    assert "after=" in whole
    assert "1 case<" in (await supervisor.get(f"/umkm/desk/board?ticket={two.ticket.lower()}")).text


def lists_of(document: Mapping[str, Any]) -> set[str]:
    """Return the addresses without a name in them whose answer is a list, or has one."""
    found = set()
    for path, methods in document["paths"].items():
        if "{" in path or "get" not in methods or not path.startswith("/umkm/api/"):
            continue
        content = methods["get"]["responses"]["200"].get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        fields = schema.get("properties", {}).values()
        if schema.get("type") == "array" or any(each.get("type") == "array" for each in fields):
            found.add(path)
    return found


def test_every_list_of_the_api_is_looked_at_here(calling: Calling) -> None:
    document = calling.inside.service.app.openapi()
    assert lists_of(document) - NO_LISTS - PUBLIC_LISTS - {PERMITS_TO_DECIDE} == set(ROUTES)
    for path, listed in ROUTES.items():
        parameters = {each["name"] for each in document["paths"][path]["get"]["parameters"]}
        assert {"q", "limit", listed.pages} <= parameters, path


@pytest.mark.parametrize("path", ROUTES)
async def test_a_list_of_the_api_is_paged_searched_and_counted(
    calling: Calling, two: MentoringRequest, path: str
) -> None:
    listed = ROUTES[path]
    headers = calling.person(person(listed.role), listed.role)

    async def query_list(**query: str) -> tuple[list[Any], int, Any]:
        answer = await calling.get(path.removeprefix("/umkm/api"), headers, **query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        if not listed.rows:
            return body, int(answer.headers["x-total-count"]), None
        return body[listed.rows], body["total"], body.get("next")

    first, total, onward = await query_list(limit="1")
    assert (len(first), total) == (1, 2)
    second, total, _ = await query_list(limit="1", **{listed.pages: onward or "2"})
    assert (len(second), total) == (1, 2)
    assert first != second
    found, total, _ = await query_list(q=listed.finds.format(ticket=two.ticket))
    assert (len(found), total) == (1, 1)
    assert (await query_list(q="ZZZZ"))[:2] == ([], 0)


async def test_what_was_typed_stays_one_field_of_the_next_page(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (desk_lists, case_letters):
        monkeypatch.setattr(module, "SIZE", 1)
    for name in ("one", "two"):
        await calling.inside.refer(await calling.inside.mentored(name, SAMBAL))
    mentor = calling.visiting.person("mentor-ani", "mentor")
    page = (await mentor.get(f"{LISTS}letters?number=%23%26sr-2026")).text
    assert "number=%23%26SR-2026&amp;page=2" in page


async def test_permits_are_paged_searched_and_counted(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_lists, "SIZE", 1)
    monkeypatch.setattr(permits_api, "PAGE", 1)
    waiting = [await calling.inside.applied(name) for name in ("one", "two")]
    officer = calling.visiting.person("officer-budi", "officer")
    assert "Page 1 of 2" in (await officer.get(f"{LISTS}permits")).text
    found = (await officer.get(f"{LISTS}permits?ticket={waiting[1].ticket}")).text
    assert (waiting[1].ticket in found, waiting[0].ticket in found) == (True, False)
    headers, here = calling.person("officer-budi", "officer"), PERMITS_TO_DECIDE.removeprefix("/umkm/api")
    halves = [(await calling.get(here, headers, limit="1", page=page)).json() for page in ("1", "2")]
    listed = [each["ticket"] for half in halves for each in half["permits"]]
    assert sorted(listed) == sorted(each.ticket for each in waiting)
    assert {(half["total"], half["permits"][0]["task"]) for half in halves} == {(2, "account")}
    only = (await calling.get(here, headers, q=waiting[0].ticket)).json()
    assert ([each["ticket"] for each in only["permits"]], only["total"]) == ([waiting[0].ticket], 1)
    for name in ("three", "four"):
        await calling.inside.permitted(name)
    whole = (await officer.get("/umkm/api/permits")).json()
    assert (len(whole["permits"]), whole["total"], whole["pages"]) == (1, 2, 2)
    answer = (await officer.get("/umkm/api/permits?number=000002")).json()
    assert ([each["number"] for each in answer["permits"]], answer["total"]) == (["IPC-2026-000002"], 1)
