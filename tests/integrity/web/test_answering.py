"""The page on which a token answers a survey, as somebody without account and without script sees it."""

from pathlib import Path

import httpx
import pytest
from tests.integrity.survey_house import names
from tests.integrity.survey_pages import SurveyPages, visited
from tests.integrity.survey_steps import SKM
from tests.integrity.use_cases.test_survey_rounds import messages_of
from tests.web.browsing import hidden

from zi_integrity.domain.survey_token import SurveyToken

HERE = "/integrity/surveys/answer"
TEN = names(10)
ANSWERS = {f"skm.{code}": "4" for code in SKM.codes}


async def tokens(pages: SurveyPages) -> list[SurveyToken]:
    await pages.house.open_survey()
    await pages.house.finished(*TEN)
    await pages.house.next_day()
    return [await pages.house.blinded(name) for name in TEN]


async def sent(pages: SurveyPages, token: SurveyToken, **more: str) -> httpx.Response:
    return await pages.stranger().send(HERE, {"token": token.text, "send": "1", **ANSWERS, **more})


async def test_ten_citizens_answer_and_everybody_sees_ten_answers(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        issued = await tokens(pages)
        page = await pages.stranger().post(HERE, {"token": issued[0].text})
        assert page.status_code == 200
        assert hidden(page, "token") == issued[0].text
        assert page.text.count('type="radio"') == sum(len(SKM.answers_of(each)) for each in SKM.elements)
        assert "at least 9 others" in page.text
        assert len(page.content) < 40_000
        assert "<script" not in page.text
        open_case = await pages.citizen(TEN[0]).post(HERE, {"token": issued[0].text})
        assert "<script" not in open_case.text  # a draft would tell the next person, and whose case it was
        for each in issued:
            answer = await sent(pages, each, words="Terima kasih")
            assert (answer.status_code, answer.headers["location"]) == (303, "/integrity/surveys/thanks")
        assert "Your answer is safe" in (await pages.stranger().get("/integrity/surveys/thanks")).text
        await pages.house.next_day()
        recorded = await messages_of(pages.house, "survey_answer_recorded")
        assert len(recorded) == 10
        assert "on_paper" in recorded[0].data
        keys = await pages.stranger().get("/integrity/surveys/keys")
        assert '<td data-heading="Used"><span>10</span>' in keys.text


async def test_a_question_without_answer_shows_the_form_again_with_all_that_was_chosen(
    tmp_path: Path,
) -> None:
    async with visited(tmp_path) as pages:
        [token, *_] = await tokens(pages)
        last = f"skm.{SKM.codes[-1]}"
        page = await sent(pages, token, **{last: "", "words": "Ruang tunggu panas"})
        assert page.status_code == 422
        assert page.text.count(" checked required") == len(SKM.codes) - 1
        assert "Ruang tunggu panas" in page.text
        assert (await sent(pages, token)).status_code == 303


async def test_nothing_chosen_is_no_answer(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        [token, *_] = await tokens(pages)
        page = await pages.stranger().send(HERE, {"token": token.text, "send": "1"})
        assert page.status_code == 422


async def test_a_second_answer_with_a_token_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        [token, *_] = await tokens(pages)
        assert (await sent(pages, token)).status_code == 303
        assert (await sent(pages, token)).status_code == 303  # a double click
        page = await sent(pages, token, **{f"skm.{SKM.codes[0]}": "1"})
        assert page.status_code == 409
        assert "was used already" in page.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [("", "This is no invitation"), ("hello", "This is no invitation"), ("forged", "not one of this office")],
)
async def test_what_is_no_token_is_refused_with_a_sentence(tmp_path: Path, wrong: str, sentence: str) -> None:
    async with visited(tmp_path) as pages:
        [token, *_] = await tokens(pages)
        text = (
            SurveyToken(token.service, token.quarter, bytes(64), token.signature).text
            if wrong == "forged"
            else wrong
        )
        page = await pages.stranger().send(HERE, {"token": text})
        assert page.status_code == 409
        assert sentence in page.text


async def test_outside_of_the_survey_the_invitation_stays_valid(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        [token, *_] = await tokens(pages)
        pages.house.clock.pass_hours(24 * 80)
        page = await pages.stranger().send(HERE, {"token": token.text})
        assert "No survey takes answers today" in page.text
        assert (await sent(pages, token)).status_code == 409
        pages.house.clock.pass_hours(24 * 60)
        page = await pages.stranger().send(HERE, {"token": token.text})
        assert "It is over." in page.text


async def test_the_first_page_asks_for_the_invitation(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        page = await pages.stranger().get(HERE)
        assert 'name="token"' in page.text


async def test_of_the_offices_own_network_only_the_number_is_recorded(tmp_path: Path) -> None:
    async with visited(tmp_path) as pages:
        networks = pages.house.office.survey_rounds._rules
        pages.house.office.invitation_rules._in_files = (networks,)
        issued = await tokens(pages)
        for number, token in enumerate(issued):
            browser = pages.stranger()
            headers = {"X-Forwarded-For": "203.0.113.9" if number < 3 else "198.51.100.7"}
            form = {"token": token.text, "send": "1", **ANSWERS}
            answer = await browser.client.post(HERE, data=form, headers=headers)
            assert answer.status_code == 303
        await pages.house.next_day()
        [origins] = await messages_of(pages.house, "survey_origins_counted")
        assert (origins.data["answers"], origins.data["from_office"]) == (10, 3)
