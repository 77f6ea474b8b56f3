"""Suggestions: no clock, thanked, answered where the sender wants it, counted."""

from typing import Any

import pytest
from tests.intake import acts
from tests.intake.acts import MONDAY, after, events
from tests.intake.front import Front
from tests.intake.test_own_case import opened
from tests.intake.test_pages import get, hidden_key, post

from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.deadlines import is_overdue, running_clocks
from zi_intake.domain.case.state import Status, kind_of
from zi_intake.messaging.published import publish

SUGGESTION: dict[str, Any] = {
    "confidentiality": "anonymous",
    "district": "tarakan",
    "text": "Buka loket pada hari Sabtu.",
}


def test_no_time_runs_for_a_suggestion() -> None:
    case = after(*acts.SUGGESTED)
    assert (kind_of(case), case.due, list(running_clocks(case))) == ("suggestion", None, [])
    assert not is_overdue(case, MONDAY + 900 * acts.DAY)


def test_it_is_closed_when_it_was_read_unless_an_answer_is_wanted() -> None:
    assert after(*acts.SUGGESTED, acts.CLOSE).status is Status.CLOSED
    with pytest.raises(refusals.NotAnsweredError):
        after(*acts.SUGGESTED[:2], acts.CLOSE)
    wanting = (acts.suggestion(wants_answer=True), *acts.SUGGESTED[1:])
    with pytest.raises(refusals.NotAnsweredError):
        after(*wanting, acts.CLOSE)
    assert after(*wanting, acts.ANSWER, acts.CLOSE).status is Status.CLOSED


def test_the_message_about_its_answer_says_that_nothing_can_be_done_about_it() -> None:
    wanting = (acts.suggestion(wants_answer=True), *acts.SUGGESTED[1:], acts.ANSWER)
    assert publish(events(*wanting)[-1], after(*wanting)).data.model_dump()["final"] is True


@pytest.mark.parametrize("command", [acts.TRIAGE, acts.ASK, acts.REOPEN])
def test_nothing_that_has_a_time_is_done_with_it(command: messages.CommandsOfFiled) -> None:
    with pytest.raises(refusals.SuggestionError):
        after(*acts.SUGGESTED, command)


async def test_a_suggestion_is_thanked_counted_and_closed(front: Front) -> None:
    page = await get(front, "/suggestions/new")
    form = {
        "key": hidden_key(page),
        "district": "tarakan",
        "text": "Buka loket pada hari Sabtu.",
        "protection.anonymous": "yes",
    }
    receipt = await post(front, "/suggestions", form)
    assert "You wanted no answer." in receipt.text
    ticket = receipt.url.path.split("/")[2]
    filed = {"ticket": ticket, "code": front.office.names.code(ticket)}
    assert "We have your suggestion. Thank you." in (await opened(front, filed)).text
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    desk = await get(front, f"/desk/cases/{ticket}", **front.staff())
    assert ("Close the case" in desk.text, "Judge what it needs" in desk.text) == (True, False)
    assert ticket in (await get(front, "/desk/?show=mine", **front.staff())).text
    await front.handled(filed, ("close", None))
    case_page = await opened(front, filed)
    assert "Reopen the case" not in case_page.text
    statistics = await get(front, "/intake/api/statistics", **front.staff("supervisor-budi", "supervisor"))
    counts = statistics.json()["counts"]
    assert (counts["kind"], counts["outcome"]) == ({"suggestion": 1}, {"resolved": 1})
    assert (counts["acknowledged"], counts["answered"]) == ({}, {})


async def test_a_suggestion_by_program_stands_after_what_has_a_time(front: Front) -> None:
    made = await front.file(SUGGESTION | {"wants_answer": True}, to="suggestions")
    assert "due" not in made
    complaint = await front.file()
    listed = await front.client.get("/intake/api/cases", headers=front.staff())
    assert [each["ticket"] for each in listed.json()] == [complaint["ticket"], made["ticket"]]
    assert listed.json()[1]["due"] is None
    await front.handled(made, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    await front.handled(made, ("answer", {"text": "Mulai bulan depan."}))
    assert "Mulai bulan depan." in (await opened(front, made)).text
