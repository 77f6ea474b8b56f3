"""The page of the pledge, and the desk where it is written."""

from html import unescape
from pathlib import Path

from tests.integrity.domain.test_maklumat import TEXTS
from tests.integrity.inside import opened
from tests.web.browsing import hidden

PUBLIC, DESK = "/integrity/maklumat", "/integrity/desk/maklumat"


async def test_before_it_is_proclaimed_the_page_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        page = unescape((await inside.stranger().get(PUBLIC)).text)
        assert "has not proclaimed" in page
        assert "can't be reached" in page


async def test_a_text_is_saved_and_kept_when_it_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team = inside.person("team-rini", "integrity")
        texts = TEXTS.model_dump()
        refused = await team.post(DESK, {**texts, "promise_en": ""})
        assert refused.status_code == 422
        assert TEXTS.promise in unescape(refused.text)
        assert (await team.post(DESK, texts)).status_code == 200
        head = inside.person("head-dewi", "head")
        page = await head.get(DESK)
        assert TEXTS.compensation_en in unescape(page.text)
        assert hidden(page, "digest") == TEXTS.digest
        assert "were written by team-rini." in page.text
        assert (await team.post(f"{DESK}/proclaim", {"digest": TEXTS.digest})).status_code == 403
        assert (await inside.person("mentor-ani", "mentor").get(DESK)).status_code == 403
        away = await head.post(f"{DESK}/proclaim", {"digest": TEXTS.digest})
        assert away.status_code == 503
        assert TEXTS.promise not in (await inside.stranger().get(PUBLIC)).text
