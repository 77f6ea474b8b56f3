"""Every list of certificates has pages, a search and a true count, over HTTP and on pages; a new list without them fails here."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import STATED, Inside
from tests.certificates.officials import DAY, named
from tests.certificates.test_master_data import PRODUCER, added
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.web.browsing import hidden

import zi_certificates
from zi_certificates.messaging import upstream
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read import appointments as read_appointments
from zi_certificates.read.accounts import accounts_to_verify
from zi_certificates.read.desk_lists import desk_page
from zi_certificates.read.retentions import retention_page
from zi_certificates.use_cases import master_data as use_master_data
from zi_certificates.web.pages import appointments, home, master_data

TEMPLATES = Path(zi_certificates.__file__).parent / "templates"
DESK = "/certificates/desk/"
TICKET, OFFICIAL = "{ticket}", "mentor-joko"


@dataclass(frozen=True)
class ListPage:
    """A page of the desk, who reads it, its word for a row, and what finds one row of two."""

    template: str
    role: str
    counted: str
    finds: str = TICKET


PAGES: Mapping[str, ListPage] = {
    f"{DESK}applications?": ListPage("desk_list.html", "supervisor", "application"),
    f"{DESK}accounts?": ListPage("desk_accounts.html", "officer", "account"),
    f"{DESK}appointments?": ListPage("appointments.html", "head", "appointment", OFFICIAL),
    f"{DESK}retention?view=all&": ListPage("retention_list.html", "supervisor", "application"),
}
# Their rows are looked at in tests of their own: of the company, of its person, of everybody, and of officials who have signed.
ELSEWHERE = {
    *("company_products.html", "exchange.html", "home.html", "master_data.html"),
    *("amendment.html", "hs_codes.html", "signatories.html", "verify_register.html"),
}
# Beginnings of lists, figures by month, what the office's own data name, and what one application or letter has of something.
NO_LISTS = {
    *("desk.html", "desk_rows.html", "fairness.html", "statistics.html", "units.html"),
    *("application.html", "rules.html", "verify.html"),
}
ROUTES: Mapping[str, tuple[str, str, str]] = {  # rows, role, what finds one of two
    "/certificates/api/accounts": ("", "officer", TICKET),
    "/certificates/api/applications": ("applications", "supervisor", TICKET),
    "/certificates/api/appointments": ("", "head", OFFICIAL),
    "/certificates/api/retention": ("applications", "supervisor", TICKET),
}
# The public lists, and the queue, in which nobody looks for what they like: they have pages and counts. So has that of officials who have
# signed, whose rows only a signature makes (test_personal_signing.py).
PAGED = {
    *("/certificates/api/queue", "/certificates/api/register", "/certificates/api/hs-codes"),
    "/certificates/api/signatories",
}
BY_MONTH = {
    *("/certificates/api/overtakings", "/certificates/api/parking", "/certificates/api/statistics"),
    *("/certificates/api/data-requests", "/certificates/api/data-requests/officials"),
}
WITHOUT_PAGES = {"/certificates/api/units", "/certificates/api/configurations"}


def test_every_page_with_a_list_has_pages() -> None:
    texts = {path.name: path.read_text() for path in TEMPLATES.glob("*.html")}
    listing = {name for name, text in texts.items() if 'class="list"' in text or "listed(" in text}
    paged = {name for name, text in texts.items() if 'rel="next"' in text or "parts.paging(" in text} - {
        "desk_rows.html"
    }
    assert listing - NO_LISTS <= paged
    assert paged == {each.template for each in PAGES.values()} | ELSEWHERE


@pytest.fixture
async def two(calling: Calling) -> IntakeRequest:
    """The first of two applications, of companies whose accounts are to be verified, and two appointments."""
    inside = calling.inside
    requests = [await _waiting(inside, name) for name in ("one", "two")]
    begins, head = inside.clock.now(), inside.staff("head-dewi", "head")
    for official in (OFFICIAL, "officer-gita"):
        await inside.known(official, official.partition("-")[0])
        await inside.office.appointing.appoint(head, None, official, begins, begins + DAY)
    return requests[0]


async def _waiting(inside: Inside, name: str) -> IntakeRequest:
    request = await inside.submitted(name, business=named(name).hex * 2)
    changed = STATED.model_copy(update={"hs_codes": ("2103.90.13",)})
    await inside.office.applying.change_account(request, inside.citizen(request), None, changed)
    return request


async def test_a_page_is_searched_and_counted(calling: Calling, two: IntakeRequest) -> None:
    for address, listed in PAGES.items():
        browser = calling.visiting.person(f"{listed.role}-eka", listed.role)
        whole = (await browser.get(address)).text
        assert re.search(rf"\b2 {listed.counted}", whole), address
        assert 'name="text"' in whole
        found = (await browser.get(f"{address}text={listed.finds.format(ticket=two.ticket)}")).text
        assert re.search(rf"\b1 {listed.counted}", found), address
        nothing = (await browser.get(f"{address}text=ZZZZZ")).text
        assert not re.search(rf"\b[12] {listed.counted}", nothing), address


@pytest.mark.parametrize(
    "address", [f"{DESK}applications?queue=all&", f"{DESK}accounts?", f"{DESK}retention?view=all&"]
)
async def test_a_list_that_is_read_on_leads_back_to_its_beginning(
    calling: Calling, two: IntakeRequest, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for read in (desk_page, accounts_to_verify, retention_page):
        monkeypatch.setattr(read, "__defaults__", (None, 1))
    officer = calling.visiting.person("officer-eka", "officer")
    first = (await officer.get(f"{address}text=")).text
    [following] = re.findall('href="([^"]+)" rel="next"', first)
    second = (await officer.get(html.unescape(following))).text
    [back] = re.findall('href="([^"]+)">Start of the list<', second)
    assert "Start of the list" not in first
    assert 'rel="next"' not in second
    again = (await officer.get(html.unescape(back))).text
    rows = [re.findall('<th scope="row"><a href="([^"]+)"', each) for each in (first, second, again)]
    assert (len(rows[0]), len(rows[1])) == (1, 1)
    assert rows[0] != rows[1]
    assert rows[2] == rows[0]


async def test_appointments_are_paged(
    calling: Calling, two: IntakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (read_appointments, appointments):
        monkeypatch.setattr(module, "APPOINTMENTS", 1)
    head = calling.visiting.person("head-dewi", "head")
    pages = [(await head.get(f"{DESK}appointments?page={number}")).text for number in (1, 2)]
    named = [re.findall('<th scope="row">([^<]+)</th>', each) for each in pages]
    assert sorted(name for names in named for name in names) == ["mentor-joko", "officer-gita"]
    assert ["page=2" in pages[0], "page=1" in pages[1], "page=3" in pages[1]] == [True, True, False]
    assert all("2 appointments" in each for each in pages)


async def test_the_applications_of_a_person_are_paged_and_counted(
    visiting: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (upstream, home):
        monkeypatch.setattr(module, "REQUESTS", 1)
    tickets = [
        (await visiting.inside.requested(name, actor="tono", role="applicant")).ticket
        for name in ("one", "two")
    ]
    tono = visiting.person("tono", "applicant")
    pages = [(await tono.get(f"/certificates/?page={number}")).text for number in (1, 2)]
    assert all("2 applications" in each for each in pages)
    assert sorted(each for page in pages for each in tickets if each in page) == sorted(tickets)


async def test_a_party_beyond_the_choices_is_found_and_what_was_typed_stays(
    visiting: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (use_master_data, master_data):
        monkeypatch.setattr(module, "MOST_CHOICES", 1)
    request, owner = await visiting.inside.requested(), visiting.owner
    last = [
        await added(visiting.inside, request, PRODUCER.model_copy(update={"label": each})) for each in "AB"
    ][-1]
    page = f"{here(request)}/master-data/new"
    first = await owner(request).get(f"{page}?kind=product")
    assert str(last) not in first.text
    form = {"key": hidden(first), "kind": "product", "label": "Kecap Contoh", "party": "b", "find": "yes"}
    found = await owner(request).post(page, form)
    assert str(last) in found.text
    assert 'value="Kecap Contoh"' in found.text
    answer = await owner(request).post(page, form | {"producer": str(last), "party": "", "find": ""})
    assert "Kecap Contoh" in answer.text
    assert answer.url.path != page


def lists_of(document: Mapping[str, Any]) -> set[str]:
    """Return the addresses without a name in them whose answer is a list, or has one."""
    found = set()
    for path, methods in document["paths"].items():
        if "{" in path or "get" not in methods:
            continue
        content = methods["get"]["responses"]["200"].get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        fields = schema.get("properties", {}).values()
        if schema.get("type") == "array" or any(each.get("type") == "array" for each in fields):
            found.add(path)
    return found


async def test_every_list_of_the_api_is_paged_searched_and_counted(
    calling: Calling, two: IntakeRequest
) -> None:
    document = calling.inside.service.app.openapi()
    assert lists_of(document) == {*ROUTES, *PAGED, *BY_MONTH, *WITHOUT_PAGES}
    for path in (*ROUTES, *PAGED, *BY_MONTH):
        parameters = {each["name"] for each in document["paths"][path]["get"]["parameters"]}
        assert parameters & {"before"} if path in BY_MONTH else parameters & {"page", "after"}, path
        assert path not in ROUTES or "text" in parameters, path
    for path, (rows, role, finds) in ROUTES.items():
        headers = calling.person(f"{role}-eka", role)
        for text, count in (("", 2), (finds.format(ticket=two.ticket), 1), ("ZZZZZ", 0)):
            query = {"text": text} | ({"view": "all"} if path.endswith("/retention") else {})
            answer = await calling.get(path.removeprefix(calling.api), headers, **query)
            assert answer.status_code == 200, answer.text
            body = answer.json()
            total = body["total"] if rows else int(answer.headers["Total-Count"])
            assert (len(body[rows] if rows else body), total) == (count, count), (path, text)
