"""The pages of invitations, without script."""

import re
from pathlib import Path

import httpx
from tests.integrity.survey_house import names, ticket_of
from tests.integrity.survey_pages import SurveyPages, page_of, visited
from tests.integrity.use_cases.test_survey_rounds import messages_of
from tests.web.browsing import hidden

TEN = names(10)


async def invited(pages: SurveyPages) -> None:
    await pages.house.finished(*TEN)
    await pages.house.next_day()


def token_on(page: httpx.Response) -> str:
    return hidden(page, "token")


async def test_a_finished_case_waits_for_others_and_is_told_why(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await pages.house.finished(TEN[0])
        page = await pages.citizen(TEN[0]).get(page_of(TEN[0]))
        assert page.status_code == 200
        assert "at least 10 people at the same time" in page.text
        assert "<script" not in page.text


async def test_only_the_citizen_of_the_case_sees_its_invitation(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await invited(pages)
        for browser in (pages.stranger(), pages.citizen(TEN[1])):
            closed = await browser.get(page_of(TEN[0]))
            assert (closed.status_code, closed.headers["location"][:6]) == (303, "/track")
            assert (await browser.send(page_of(TEN[0]), {"seed": ""})).status_code == 401
        unknown = ticket_of("unknown")
        assert (await pages.by_ticket(unknown).get(page_of("unknown"))).status_code == 404


async def test_without_script_the_office_hands_over_a_token_and_says_what_it_could_do(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await invited(pages)
        citizen = pages.citizen(TEN[0])
        page = await citizen.get(page_of(TEN[0]))
        assert "could link the two in the memory of its computer" in page.text
        assert len(page.content) < 40_000
        seed = hidden(page, "seed")
        first, again = [await citizen.post(page_of(TEN[0]), {"seed": seed}) for _ in range(2)]
        token = token_on(first)
        assert token == token_on(again)
        assert (await pages.house.office.answering.checked(token)).text == token
        other = await citizen.post(page_of(TEN[0]), {"seed": hidden(page, "seed")[::-1]})
        assert other.status_code == 409
        assert "was taken already" in other.text
        taken = await citizen.get(page_of(TEN[0]))
        assert "The invitation of this case was taken" in taken.text
        assert token not in taken.text
        assert token not in str(await messages_of(pages.house, "invitation_signed"))


async def test_a_tampered_seed_gives_another_token_and_no_mistake(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await invited(pages)
        for name, seed in zip(TEN[:3], ("", "é", "QUJD"), strict=True):
            answer = await pages.citizen(name).post(page_of(name), {"seed": seed})
            assert answer.status_code == 200
            assert await pages.house.office.answering.checked(token_on(answer))


async def test_the_page_runs_our_own_script_and_no_other(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await invited(pages)
        page = await pages.citizen(TEN[0]).get(page_of(TEN[0]))
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        [script] = re.findall(r'<script src="([^"]+)" defer></script>', page.text)
        assert page.text.count("<script") == 1
        served = await pages.stranger().get(script)
        assert served.headers["content-type"].startswith("text/javascript")
        assert "immutable" in served.headers["cache-control"]
        older = await pages.stranger().get(re.sub(r"files/\w+/", "files/older/", script))
        assert older.headers["cache-control"] == "no-cache"
        assert (await pages.stranger().get(script.replace("survey_", "x"))).status_code == 404


async def test_until_the_key_is_in_the_ledger_nothing_is_offered(tmp_path: Path) -> None:
    async def nowhere(_: object) -> dict[object, int]:
        return {}

    async with visited(tmp_path) as pages:
        await invited(pages)
        pages.house.office.inviting._indexes = nowhere  # type: ignore[assignment]
        citizen = pages.citizen(TEN[0])
        page = await citizen.get(page_of(TEN[0]))
        assert "not in the ledger yet" in page.text
        refused = await citizen.post(page_of(TEN[0]), {"seed": ""})
        assert refused.status_code == 503


async def test_after_its_last_day_the_page_says_so(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await invited(pages)
        pages.house.clock.pass_hours(24 * 200)
        page = await pages.citizen(TEN[0]).get(page_of(TEN[0]))
        assert "This survey is over" in page.text


async def test_everybody_counts_invitations_and_answers(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        assert "0 keys" in (await pages.stranger().get("/integrity/surveys/keys")).text
        assert "There is none." in (await pages.stranger().get("/integrity/surveys/keys?page=x")).text
        await invited(pages)
        await pages.house.blinded(TEN[0])
        page = await pages.stranger().get("/integrity/surveys/keys")
        cells = re.findall(r"<td data-heading=\"([^\"]+)\"><span>([^<]*)</span>", page.text)
        assert {"Invited": "10", "Taken": "1", "Used": "0"}.items() <= dict(cells).items()
        [entry] = re.findall(r'"(/integrity/api/surveys/keys/[^"]+)"', page.text)
        [published] = await messages_of(pages.house, "survey_key_published")
        assert (await pages.client.get(entry)).json()["data"] == published.data
        assert (await pages.client.get(entry[:-1] + "0")).status_code in (200, 404)


async def test_the_interface_signs_once_and_refuses_what_it_cannot_sign(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        await invited(pages)
        path = f"/integrity/api/surveys/invitations/{ticket_of(TEN[0])}"
        headers = {"Authorization": f"Bearer {pages.tokens.issue(ticket_of(TEN[0]))}"}

        async def sent(blinded: str) -> httpx.Response:
            return await pages.client.post(path, json={"blinded": blinded}, headers=headers)

        assert (await sent("xyz")).status_code == 422
        assert (await sent("00" * 384)).json()["type"] == "urn:zona:problem:blinded_message"
        first, again = await sent("01" * 384), await sent("01" * 384)
        assert first.json() == again.json()
        assert (await sent("02" * 384)).json()["type"] == "urn:zona:problem:invitation_taken"
        assert (await pages.client.post(path, json={"blinded": "01" * 384})).status_code == 401
