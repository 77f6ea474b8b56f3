"""Two stories of integrity that take days, in one running house whose clock is moved on.

A survey: ten finished cases, their invitations and answers, and a result that follows from the ledger alone. And the office of Tarakan holds its
forum of 19 July 2022 again: it asks about its standard of complaints, hears twelve proposals, answers each, adopts the standard as it was agreed,
and follows every action to the end. Whoever filed before keeps what was promised to them.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, opened
from tests.journeys.forum_story import (
    COMPLAINT,
    DEADLINE,
    DRAFT_DAYS,
    ENGLISH,
    ON_PAPER,
    OUTCOMES,
    PROPOSALS,
    Forum,
)
from tests.journeys.house import House, await_
from tests.journeys.survey_story import CASES, SurveyStory

from zi_rules.calendar import load_calendars
from zi_rules.period import WorkingDays

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The clock of this house is moved by its tests, and only forward."""
    instance = House(tmp_path_factory.mktemp("days") / "var")
    instance.restart_later(0)
    yield instance
    instance.abandon()


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def test_ten_finished_cases_become_a_published_index(house: House, client: httpx.Client) -> None:
    survey = SurveyStory(house, client)
    filed = [survey.finished(Citizen(number, "s")) for number in range(CASES)]
    house.later(days=1)
    survey.opened_for(survey.today + timedelta(days=1))
    tokens = [survey.token(each) for each in filed]
    house.later(days=1)
    for number, token in enumerate(tokens):
        assert survey.answered(token, 3 if number % 2 else 4) == "/integrity/surveys/thanks"
    assert survey.answered(tokens[0], 1) == ""
    house.later(days=1)
    await_(lambda: f"{CASES}, wanted" in client.get("/integrity/surveys", headers=ENGLISH).text)
    assert survey.publish() == 409
    house.later(days=3)
    await_(lambda: survey.publish() == 303)
    survey.is_published()


def test_the_forum_of_tarakan_from_its_proposals_to_its_last_action(
    house: House, client: httpx.Client
) -> None:
    forum, door = Forum(house, client), Door(client, house.staff)
    forum.planned_and_opened()
    draft = forum.consults()
    codes = [*forum.codes("users", 2), *forum.codes("media", 1)]
    forum.hears_all(codes)
    for code in codes:
        assert "You have signed the attendance" in forum.post(f"{forum.here}/attendance", forum_code=code)
    assert forum.sent(f"{draft}/close", "zone", summary="Terlalu dini.").status_code == 409

    house.later(days=2)
    filed_before = door.file(COMPLAINT)
    before, promise_before = door.track(filed_before), answered_by(client, filed_before)[1]
    forum.answers_all()
    everybody_reads_the_answers(forum)
    minutes_are_signed(forum, codes)
    with forum.amended_standard(draft) as decree:
        filed_after = await_(lambda: under(door, decree), pause=0.2)
        after, (page_after, promise_after) = door.track(filed_after), answered_by(client, filed_after)
        page_before, kept_promise = answered_by(client, filed_before)
        assert door.track(filed_before) | {"timeline": []} == before | {"timeline": []}
        assert (kept_promise, decree in page_before, decree in page_after) == (promise_before, False, True)
        assert after["standard"]["version"] > before["standard"]["version"]
        assert (is_due_in(DRAFT_DAYS, before), is_due_in(DEADLINE, after)) == (True, True)
        assert promise_after != promise_before
        the_public_reads_what_became_of_it(forum, decree)
        forum.follows_actions(decree)
    shipped = before["standard"]
    await_(lambda: door.track(door.file(COMPLAINT))["standard"] == shipped, pause=0.2)
    assert door.track(filed_after)["due"] == after["due"]
    await_(lambda: "The sealed file, and how to verify it" in forum.get(f"{forum.here}/minutes"))


def answered_by(client: httpx.Client, filed: Filed) -> tuple[str, str]:
    """The tracking page, and the time until which it promises the answer."""
    headers = opened(client, filed) | ENGLISH
    page = unescape(client.get(f"/track/{filed['ticket']}", headers=headers).text)
    return page, re.findall(r"You get the answer by (.*?)\.</p>", page)[0]


def the_public_reads_what_became_of_it(forum: Forum, decree: str) -> None:
    public = forum.get("/integrity/standards/complaint")
    assert decree in public
    assert f"FKP-{forum.number}/{DEADLINE}" in public
    assert "The public was asked about this text in a public consultation forum:" in public
    assert "was not asked" not in public
    assert f"from {DRAFT_DAYS} working days to {DEADLINE} working days." in public


def is_due_in(working_days: int, tracked: Any) -> bool:
    """Counted by the office's calendar from the filing on."""
    received = datetime.fromisoformat(tracked["timeline"][0]["at"])
    due = load_calendars().current.add(WorkingDays(working_days), received)
    return due == datetime.fromisoformat(tracked["due"])


def under(door: Door, decree: str) -> Filed | None:
    """The next complaint, once it is promised what the decree says."""
    filed = door.file(COMPLAINT)
    return filed if door.track(filed)["standard"]["number"] == decree else None


def everybody_reads_the_answers(forum: Forum) -> None:
    page = forum.get(forum.here)
    assert (
        f"12 proposals, of which {len(ON_PAPER)} from paper; 0 wait for moderation, 0 for an answer." in page
    )
    cards = page.split('<section class="card">')[1:]
    outcomes = [next(word for word in ("in part", "Accepted", "Refused") if word in card) for card in cards]
    assert [outcomes.count(word) for word in ("Accepted", "in part", "Refused")] == [3, 1, 8]
    for nth, title in enumerate(PROPOSALS, start=1):
        grounds = f"{title}: {OUTCOMES.get(nth, 'refused')}, menurut anggaran."
        assert grounds in forum.get(f"{forum.here}/proposals/{nth}")


def minutes_are_signed(forum: Forum, codes: list[str]) -> None:
    """With one dissent, and anew after a change; by the head and two of the public."""
    first, *_, last = codes
    for proposal in OUTCOMES:
        forum.point(0, proposal, f"{PROPOSALS[proposal - 1]}: setuju.")
    forum.post(
        f"{forum.minutes}/dissent", "zone", **{"point": "1", "group.1": "media", "dissent.1": "Minggu juga."}
    )
    forum.post(f"{forum.minutes}/attendance", "zone")
    signed = forum.signature(forum.get(f"{forum.here}/minutes"))
    forum.post(f"{forum.here}/minutes", forum_code=first, **signed)
    forum.point(DEADLINE, DEADLINE, "Dijawab dalam 3 hari kerja.")
    assert "these are void, and everybody signs again" in forum.get(f"{forum.here}/minutes")
    signed = forum.signature(forum.get(f"{forum.here}/minutes"))
    for code in (first, last):
        forum.post(f"{forum.here}/minutes", forum_code=code, **signed)
    assert "BA-" in forum.post(f"{forum.minutes}/sign", "head", **signed)
    public = forum.get(f"{forum.here}/minutes")
    assert "Signed by the head and by the public" in public
    assert "Minggu juga." in public
