"""A reporter says that somebody is ill: what to do comes first, the case is on top with a clock of its own, and an officer judges the claim."""

from datetime import timedelta
from typing import Any

import pytest
from tests.intake import acts
from tests.intake.acts import MONDAY, after, events, officer
from tests.intake.front import COMPLAINT, Front
from tests.intake.test_complaint_steps import checked, hidden
from tests.intake.test_desk import desk
from tests.intake.test_pages import get, post, value_of

from zi_contracts import intake as contract
from zi_intake.domain.case import messages
from zi_intake.domain.case.filings import ComplaintFiled
from zi_intake.messaging.published import publish

HOUR = timedelta(hours=1)
SOON = MONDAY + 2 * HOUR
CLAIMED = acts.complaint().model_copy(update={"judge_by": SOON})
ILL = COMPLAINT | {"illness": True}


def test_the_claim_has_a_clock_until_it_is_judged_or_the_case_ends() -> None:
    assert after(CLAIMED).judge_by == SOON
    assert after(CLAIMED, acts.ACKNOWLEDGE, acts.ASSIGN).judge_by == SOON
    assert after(CLAIMED, acts.ACKNOWLEDGE, acts.TRIAGE).judge_by is None
    assert after(CLAIMED, acts.WITHDRAW).judge_by is None
    before = (CLAIMED, acts.ACKNOWLEDGE, acts.ASSIGN, acts.ASK)
    assert after(*before, acts.UNANSWERED).judge_by is None, "closed, as in the lists"
    assert after(acts.complaint()).judge_by is None
    assert after(acts.consultation()).judge_by is None


def test_it_is_a_claim_and_no_emergency_before_the_judgement() -> None:
    assert not after(CLAIMED).emergency
    confirmed = acts.TRIAGE.model_copy(update={"emergency": True})
    assert after(CLAIMED, acts.ACKNOWLEDGE, confirmed).emergency


def test_the_message_says_it_and_one_of_before_says_nothing() -> None:
    [filed] = events(CLAIMED)
    data = publish(filed, after(CLAIMED)).data
    assert isinstance(data, contract.ComplaintFiled)
    assert (data.illness_claimed, data.judge_by) == (True, SOON)
    [other] = events(acts.complaint())
    data = publish(other, after(acts.complaint())).data
    assert isinstance(data, contract.ComplaintFiled)
    assert (data.illness_claimed, data.judge_by) == (None, None)


def test_an_event_of_before_is_read() -> None:
    stored = events(acts.complaint())[0].model_dump(exclude={"judge_by"})
    assert ComplaintFiled.model_validate(stored).judge_by is None


UNJUDGED = messages.ReportMissedDeadline(by=acts.timer(SOON + HOUR), clock="judge", due=SOON)


def missed(*commands: messages.CaseCommands) -> list[str]:
    return [each.clock for each in events(*commands) if isinstance(each, messages.DeadlineMissed)]


def test_a_claim_that_nobody_judged_in_time_is_reported_once() -> None:
    again = UNJUDGED.model_copy(update={"by": acts.timer(SOON + 2 * HOUR)})
    assert missed(CLAIMED, UNJUDGED, again) == ["judge"]
    assert missed(CLAIMED, UNJUDGED.model_copy(update={"by": acts.timer(SOON)})) == []
    assert missed(acts.complaint(), UNJUDGED) == []


def test_a_question_to_the_reporter_does_not_stop_its_clock() -> None:
    """Else an officer would have time by asking anything."""
    assert missed(CLAIMED, acts.ACKNOWLEDGE, acts.ASSIGN, acts.ASK, UNJUDGED) == ["judge"]


def late(command: Any) -> Any:
    return command.model_copy(update={"by": command.by.model_copy(update={"at": SOON + HOUR})})


@pytest.mark.parametrize(
    "commands",
    [
        (acts.ACKNOWLEDGE, late(acts.TRIAGE)),
        (acts.ACKNOWLEDGE, acts.ASSIGN, late(acts.ANSWER)),
        (late(acts.WITHDRAW),),
        (*acts.CLARIFICATION_ASKED[1:], late(acts.UNANSWERED)),
    ],
)
def test_being_quick_after_an_outage_hides_no_missed_judgement(commands: Any) -> None:
    assert "judge" in missed(CLAIMED, *commands)


def test_a_judgement_in_time_or_an_answer_ends_the_clock_for_good() -> None:
    judged = acts.TRIAGE.model_copy(update={"by": officer(at=SOON - HOUR)})
    answered = acts.ANSWER.model_copy(update={"by": officer(at=SOON - HOUR)})
    worked = (CLAIMED, acts.ACKNOWLEDGE, acts.ASSIGN)
    for end in ((judged,), (answered, acts.REOPEN)):
        assert missed(*worked, *end, UNJUDGED) == []
        assert after(*worked, *end).judge_by is None


async def test_a_missed_judgement_is_an_event_that_the_supervisor_hears_of(front: Front) -> None:
    claimed, other = await front.file(ILL), await front.file(ILL)
    front.clock.pass_by(hours=1)
    await front.act(other, "acknowledge")
    judged = {"tier": "normative", "reason": "Tidak ada yang sakit.", "subject": "Sambal botol berjamur"}
    assert (await front.act(other, "triage", judged)).status_code == 200
    assert await front.office.deadlines.tick() == 0
    front.clock.pass_by(hours=2)
    assert [await front.office.deadlines.tick() for _ in range(2)] == [1, 0]
    step = (await front.office.steps(claimed["ticket"]))[-1]
    assert step.parsed["type"] == contract.DeadlineMissed.type
    assert step.parsed["data"]["clock"] == "judge"
    entry = (await front.track(claimed, **{"Accept-Language": "en"}))["timeline"][-1]
    assert "no officer judged it in time" in entry["text"]


async def test_it_stands_on_top_until_an_officer_takes_the_claim_back(front: Front) -> None:
    await front.file()
    front.clock.pass_by(minutes=5)
    claimed = await front.file(ILL)
    tickets = await listed(front)
    assert tickets[0] == claimed["ticket"]
    page = await get(front, desk(claimed), **front.staff())
    assert "The reporter says that somebody is ill or has died." in page.text
    assert 'name="emergency" value="yes" checked' not in page.text  # nobody has taken it up yet
    await front.act(claimed, "acknowledge")
    assert (await listed(front))[0] == claimed["ticket"]
    assert 'name="emergency" value="yes" checked' in (await get(front, desk(claimed), **front.staff())).text
    judged = {"tier": "normative", "reason": "Tidak ada yang sakit.", "subject": "Sambal botol berjamur"}
    assert (await front.act(claimed, "triage", judged)).status_code == 200
    assert "Somebody ill?" not in (await get(front, desk(claimed), **front.staff())).text
    assert (await front.office.state(claimed["ticket"])).judge_by is None


async def test_a_claim_that_nobody_judges_is_late_after_its_own_time(front: Front) -> None:
    claimed = await front.file(ILL)
    assert claimed["ticket"] not in await listed(front, "late")
    front.clock.pass_by(hours=3)
    assert claimed["ticket"] in await listed(front, "late")
    await front.act(claimed, "acknowledge")
    assert claimed["ticket"] in await listed(front, "late")


async def listed(front: Front, show: str = "open") -> list[str]:
    answer = await front.client.get(f"/intake/api/cases?show={show}", headers=front.staff())
    return [each["ticket"] for each in answer.json()]


async def test_what_to_do_comes_before_the_form_goes_on(front: Front) -> None:
    chosen = await get(front, "/complaints/new?illness=yes")
    assert 'name="illness" value="yes" checked' in chosen.text
    for words in ("tel:1500533", "Keep what is left of the product", "See a doctor"):
        assert words in chosen.text
    page = await checked(front, illness="yes")
    assert "This comes first" in page.text
    receipt = await post(front, "/complaints", hidden(page))
    assert "an officer judges it by 2 March 2026, 12:00 WITA" in receipt.text
    assert (await front.office.state(value_of(receipt, "Ticket"))).judge_by == SOON


@pytest.mark.parametrize("kind", ["service", "topic:conduct"])
async def test_only_a_product_makes_somebody_ill(front: Front, kind: str) -> None:
    page = await checked(front, kind=kind, illness="yes")
    assert "This comes first" not in page.text
    receipt = await post(front, "/complaints", hidden(page))
    assert (await front.office.state(value_of(receipt, "Ticket"))).judge_by is None


async def test_what_appointed_officials_see_alerts_nobody_else(front: Front) -> None:
    hidden_topic = ILL | {"kind": "service", "appointed_topic": "conduct", "product": None}
    filed = await front.file(hidden_topic)
    assert (await front.office.state(filed["ticket"])).judge_by is None


async def test_a_complaint_of_before_has_the_digest_of_before(front: Front) -> None:
    key = "5f0c2f3e-6f5d-4a52-9f11-0a4a52d0d001"
    first = await front.file(COMPLAINT, key)
    assert (await front.file(COMPLAINT | {"illness": None}, key))["ticket"] == first["ticket"]
