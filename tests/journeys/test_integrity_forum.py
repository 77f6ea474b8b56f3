"""A forum over real processes: planned, opened, a code by e-mail and codes from the counter, proposals, support, and no name in the ledger."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from tests.journeys.browser import Visitor, chromium
from tests.journeys.house import House, await_
from tests.journeys.test_browser_pages import hindrances

pytestmark = pytest.mark.journey

DESK, PUBLIC = "/integrity/desk/forum", "/integrity/forum"
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
# Where they are told: elsewhere three groups of a UUID may look like a code.
PRINTED = re.compile(r"<code>([0-9A-Z-]{14})</code>")
MAILED = re.compile(r"Your code: ([0-9A-Z-]{14})")
ADDRESS = "peserta.forum@warga.example"


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def posted(client: httpx.Client, house: House, path: str, **fields: str) -> httpx.Response:
    headers = house.staff("zone") | ENGLISH
    return client.post(path, data={"key": str(uuid4())} | fields, headers=headers)


def opened(client: httpx.Client, house: House, theme: str) -> str:
    """Plan and open a forum and return its number."""
    now = datetime.now(UTC) + timedelta(hours=8)
    shape = "%Y-%m-%dT%H:%M"
    planned = posted(
        client,
        house,
        DESK,
        theme=theme,
        begins=(now + timedelta(days=1)).strftime(shape),
        closes_on=(now + timedelta(days=2)).strftime(shape),
        forum_place="Aula contoh",
        **{"target.users": "20", "target.media": "2", "quorum": "2"},
    )
    assert planned.status_code == 303, planned.text
    number = planned.headers["location"].rpartition("/")[2]
    assert posted(client, house, f"{DESK}/{number}/open").status_code == 303
    return number


def proposed(client: httpx.Client, number: str, code: str, title: str) -> str:
    fields = {"key": str(uuid4()), "proposal_title": title, "proposal_text": "Alasannya.", "forum_code": code}
    answer = client.post(f"{PUBLIC}/{number}/propose", data=fields, headers=ENGLISH)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def mailed_code(client: httpx.Client, number: str) -> str:
    fields = {"key": str(uuid4()), "forum_email": ADDRESS, "group": "users"}
    answer = client.post(f"{PUBLIC}/{number}/code", data=fields, headers=ENGLISH)
    assert answer.status_code == 303, answer.text

    def code() -> str | None:
        rows = [row for row in client.get("/notify/mailbox").text.split("<tr>") if ADDRESS in row]
        links = [found[1] for row in rows if (found := re.search(r'href="(/notify/mailbox/[^"]+)"', row))]
        found = [MAILED.search(client.get(link).text) for link in links]
        return next((each[1] for each in found if each), None)

    return await_(code)


def test_the_public_takes_part_by_mail_and_from_the_counter(client: httpx.Client, house: House) -> None:
    number = opened(client, house, "Standar pelayanan contoh")
    code = mailed_code(client, number)
    printed = posted(client, house, f"{DESK}/{number}/codes", kind="counter", group="media", count="2")
    counter = PRINTED.findall(printed.text)
    assert len(counter) == 2
    first = proposed(client, number, code, "Buka hari Sabtu")
    second = proposed(client, number, counter[0], "Papan tarif")
    for place, decision in ((first, "publish"), (second, "hide")):
        desk = place.replace(PUBLIC, DESK)
        assert posted(client, house, f"{desk}/{decision}", reason="off_topic").status_code == 303
    page = client.get(f"{PUBLIC}/{number}", headers=ENGLISH).text
    assert "Buka hari Sabtu" in page
    assert "Papan tarif" not in page
    assert "It is not about the theme of the forum" in page
    for voice, status in ((counter[1], 303), (counter[1], 409), ("0000-0000-0000", 409)):
        answer = client.post(f"{first}/support", data={"forum_code": voice}, headers=ENGLISH)
        assert answer.status_code == status
    assert ADDRESS not in client.get("/audit/search", headers=house.staff("auditor") | ENGLISH).text


@pytest.mark.browser
def test_the_pages_of_a_forum_are_open_to_everybody(client: httpx.Client, house: House) -> None:
    number = opened(client, house, "Keterbukaan halaman")
    [code] = PRINTED.findall(
        posted(client, house, f"{DESK}/{number}/codes", kind="counter", group="users", count="1").text
    )
    place = proposed(client, number, code, "Kursi roda di loket")
    assert posted(client, house, f"{place.replace(PUBLIC, DESK)}/publish").status_code == 303
    here = f"{PUBLIC}/{number}"
    pages = (PUBLIC, here, f"{here}/code", f"{here}/propose", place)
    with chromium() as browser:
        found = []
        for language in ("id", "en"):
            visitor = Visitor(browser, house.public_url, language, examines=True)
            for path in pages:
                visitor.go(path)
                found += hindrances(visitor.page, path)
            visitor.context.close()
    assert not found, "\n".join(found)
