"""Everybody can read and use the pages of a forum that takes place: axe finds nothing, and the narrowest phone holds them."""

import pytest
from tests.journeys.browser import Visitor, chromium
from tests.journeys.forum_story import DESK, PUBLIC, Forum
from tests.journeys.house import House
from tests.journeys.test_browser_pages import hindrances

pytestmark = [pytest.mark.journey, pytest.mark.browser]


def test_the_pages_of_minutes_and_actions_are_open_to_everybody(house: House) -> None:
    with house.client() as client, chromium() as browser:
        forum = Forum(house, client)
        forum.planned_and_opened()
        here, desk = f"{PUBLIC}/{forum.number}", f"{DESK}/minutes/{forum.number}"
        for code in forum.codes("users", 2):
            forum.post(f"{here}/attendance", forum_code=code)
        point = {
            "issue.0": "Jam layanan",
            "agreement.0": "Sabtu",
            "owner.0": "supervisor",
            "due.0": "2030-01-01",
        }
        forum.post(f"{desk}/point", "zone", point="0", **point)
        forum.post(f"{desk}/attendance", "zone")
        found: list[str] = []
        for language in ("id", "en"):
            visitor = Visitor(browser, house.public_url, language, examines=True)
            for path in (f"{here}/minutes", f"{here}/attendance", f"{PUBLIC}/actions"):
                visitor.go(path)
                found += hindrances(visitor.page, path)
            visitor.sign_in("zone")
            for path in (f"{DESK}/minutes", desk, f"{DESK}/attendance/{forum.number}", f"{DESK}/actions"):
                visitor.go(path)
                found += hindrances(visitor.page, path)
            visitor.context.close()
        assert not found, "\n".join(found)
