"""The pages of the registers in a real browser: axe finds nothing, the narrowest phone holds them, and their first page is small."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.gifts import GIFT
from tests.journeys.house import House
from tests.journeys.test_browser_pages import hindrances

pytestmark = [pytest.mark.journey, pytest.mark.browser]

PUBLIC = "/integrity/registers"
DESK = "/integrity/desk/"
SUPERIOR = ("conflicts", "conflicts/report", "conflicts/all", "gifts", "trust")
LARGEST = 40_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def size(visitor: Visitor, path: str) -> int:
    return len(visitor.go(path).body())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_the_registers_are_open_to_everybody(
    browser: Browser, house: House, language: str
) -> None:
    visitor = Visitor(browser, house.public_url, language, examines=True)
    assert size(visitor, PUBLIC) < LARGEST
    found = list(hindrances(visitor.page, PUBLIC))
    visitor.sign_in("supervisor")
    for path in SUPERIOR:
        assert size(visitor, f"{DESK}{path}") < LARGEST
        found += hindrances(visitor.page, path)
    visitor.go(f"{DESK}conflicts/report")
    visitor.page.locator("main form button").click()
    found += hindrances(visitor.page, "a refused report")
    visitor.go(f"{DESK}gifts")
    visitor.write(GIFT)
    visitor.page.locator("main form[method=post] button").click()
    visitor.page.locator("main li a").first.click()
    found += hindrances(visitor.page, "an own report of a gift")
    visitor.context.close()

    unit = Visitor(browser, house.public_url, language, examines=True)
    unit.sign_in("upg")
    unit.go(f"{DESK}gifts/unit")
    found += hindrances(unit.page, "the unit's desk")
    unit.page.locator("main th a").first.click()
    found += hindrances(unit.page, "a gift at the unit")
    unit.page.locator('form[action$="/print"] button').click()
    found += hindrances(unit.page, "the form of a gift")
    unit.context.close()
    assert not found, "\n".join(found)
