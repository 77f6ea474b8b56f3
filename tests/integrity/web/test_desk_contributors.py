"""The desk's pages about contributors, as officials see them."""

from html import unescape
from pathlib import Path
from uuid import UUID, uuid5

from tests.integrity.inside import opened
from tests.integrity.use_cases.test_personal_data import EMAIL, TEXT, WHO, stored, types
from tests.integrity.web.test_standards import adopted

PATH = "/integrity/desk/contributors"


async def test_the_team_opens_the_data_and_the_head_erases_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await stored(inside)
        team, head = inside.person("zone-wulan", "integrity"), inside.person("head-umar", "head")
        waiting = await team.get(PATH)
        assert f"{PATH}/{WHO}" in waiting.text
        assert "1 wait for a decision" in waiting.text
        page = await team.get(f"{PATH}/{WHO}")
        assert TEXT not in page.text
        refused = await team.post(f"{PATH}/{WHO}/open", {"purpose": "curiosity"})
        assert refused.status_code == 422
        assert types(inside)[-1] == "contributor_erasure_requested"
        data = await team.post(f"{PATH}/{WHO}/open", {"purpose": "handling"})
        assert TEXT in data.text
        assert EMAIL in data.text
        assert "Erase for good" not in page.text
        assert (await team.post(f"{PATH}/{WHO}/approve-erasure")).status_code == 403
        done = await head.post(f"{PATH}/{WHO}/approve-erasure")
        assert "It was erased for good." in done.text
        assert "Nobody waits for a decision." in (await head.get(PATH)).text
        assert (await team.post(f"{PATH}/{WHO}/open", {"purpose": "handling"})).status_code == 409


async def test_an_erasure_is_asked_for_with_a_reason_and_refused_with_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await stored(inside)
        head, gifts = inside.person("head-umar", "head"), inside.person("upg-hadi", "upg")
        assert (await head.post(f"{PATH}/{WHO}/refuse-erasure", {"refusal": ""})).status_code == 422
        page = await head.post(f"{PATH}/{WHO}/refuse-erasure", {"refusal": "still_needed"})
        assert "Decide about the erasure" not in page.text
        assert (await gifts.post(f"{PATH}/{WHO}/request-erasure", {"reason": ""})).status_code == 422
        asked_again = await gifts.post(f"{PATH}/{WHO}/request-erasure", {"reason": "lawful_order"})
        assert "A court or an authority ordered it" in asked_again.text
        assert (await gifts.post(f"{PATH}/{WHO}/open", {"purpose": "handling"})).status_code == 403


async def test_a_decree_is_not_erased_from_the_desk(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        draft = UUID((await adopted(inside)).rpartition("/")[2])
        letter, team = uuid5(draft, "letter"), inside.person("zone-wulan", "integrity")
        assert "Ask for the erasure" not in (await team.get(f"{PATH}/{letter}")).text
        page = await team.post(f"{PATH}/{letter}/request-erasure", {"reason": "subject_request"})
        assert page.status_code == 409
        assert "Letters, minutes and what the office did stay." in unescape(page.text)
        head = inside.person("head-umar", "head")
        assert (await head.post(f"{PATH}/{letter}/approve-erasure")).status_code == 409
        assert inside.office.keys.destroyed(letter) is None


async def test_other_officials_and_strangers_see_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await stored(inside)
        for browser in (inside.person("officer-ani", "officer"), inside.person("signer-intan", "signer")):
            assert (await browser.get(PATH)).status_code == 403
            assert (await browser.get(f"{PATH}/{WHO}")).status_code == 403
        assert (await inside.stranger().get(f"{PATH}/{WHO}")).status_code in (303, 401)
