"""A deadline passes while everything is down; the office says so when it is up, and the citizen gets the compensation it owes."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_
from tests.journeys.test_browser_pages import hindrances

from zi_chassis.access.case_token import CaseTokens
from zi_chassis.settings import Settings

pytestmark = pytest.mark.journey

PUBLIC, DESK = "/integrity/compensation", "/integrity/desk/compensation"
TEXT, PROOF, WHY = (
    "Maaf atas keterlambatan rekaan ini.",
    "Surat rekaan 12",
    "Penjaga cadangan rekaan ditunjuk.",
)
LARGEST = 40_000


@dataclass(frozen=True)
class LateHouse:
    """A house whose clock has passed every due date of two cases while it was down."""

    house: House
    client: httpx.Client
    filed: Filed
    other: Filed

    def page(self, path: str, who: dict[str, str]) -> str:
        answer = self.client.get(path, headers=html(who))
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, person: str, path: str, **form: str) -> None:
        headers = html(self.house.staff(person))
        answer = self.client.post(path, data=form, headers=headers, follow_redirects=True)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LateHouse]:
    house = House(tmp_path_factory.mktemp("late") / "var")
    house.restart_later(0)
    with house.client() as client:
        door = Door(client, house.staff)
        filed, other = (door.file(Citizen(number, "breach").body) for number in range(2))
        house.restart_later(150)
        yield LateHouse(house, client, filed, other)
    house.abandon()


def html(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Accept": "text/html", "Accept-Language": "en"}


def test_a_breach_while_the_house_is_down_becomes_a_given_compensation(late: LateHouse) -> None:
    ticket, owner = late.filed["ticket"], opened(late.client, late.filed)
    mine = f"{PUBLIC}/cases/{ticket}"
    await_(lambda: late.page(mine, owner).count("A letter of apology") == 2)
    listed = late.page(f"{DESK}?ticket={ticket}", late.house.staff("zone"))
    assert "2 compensations" in listed
    assert "reported late" not in listed
    addresses = sorted({part.partition('"')[0] for part in listed.split(f'href="{DESK}/')[1:]})
    await_(lambda: "Compensation: what the office owes you" in late.page(f"/track/{ticket}", owner))

    for each in addresses:
        late.send("zone", f"{DESK}/{each}/offer", offer_text=TEXT)
        assert TEXT in late.page(mine, owner)
        late.client.post(f"{mine}/{each}", data={"answer": "accept"}, headers=html(owner))
        late.send("zone", f"{DESK}/{each}/give", proof="letter_sent", proof_text=PROOF)
        late.send("head", f"{DESK}/{each}/cause", cause="absence", cause_text=WHY)
    assert late.page(mine, owner).count(PROOF) == 2
    assert "2 compensations" in late.page(f"{DESK}?ticket={ticket}&show=closed", late.house.staff("head"))
    assert ticket not in late.page(PUBLIC, {})
    assert "Nothing is overdue." in late.page(PUBLIC, {})


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_compensation_are_open_to_everybody(late: LateHouse, language: str) -> None:
    ticket, origin = late.other["ticket"], late.house.public_url
    await_(lambda: ticket in late.page(DESK, late.house.staff("head")))
    token = CaseTokens(Settings(service="intake", data=late.house.data)).issue(ticket)
    with chromium() as browser:
        visitor = Visitor(browser, origin, language, examines=True)
        visitor.context.add_cookies([{"name": "zi_case", "value": token, "url": origin}])
        found: list[str] = []
        for path in (PUBLIC, f"{PUBLIC}/cases/{ticket}"):
            assert len(visitor.go(path).body()) < LARGEST
            found += hindrances(visitor.page, path)
        visitor.context.clear_cookies()
        visitor.sign_in("head")
        assert len(visitor.go(f"{DESK}?ticket={ticket}").body()) < LARGEST
        found += hindrances(visitor.page, "the list at the desk")
        visitor.page.locator("main th a").first.click()
        found += hindrances(visitor.page, "a compensation at the desk")
        visitor.page.locator('form[action$="/offer"] button').click()
        found += hindrances(visitor.page, "a refused offer")
        visitor.context.close()
    assert not found, "\n".join(found)
