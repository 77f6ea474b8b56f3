"""The clocks of the office: reported once when they pass, never while they stand, and never hidden by a quick act."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.intake import acts
from tests.intake.acts import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    ANSWER,
    ANSWERED,
    ASK,
    ASSIGN,
    ASSIGNED,
    CLARIFICATION_ASKED,
    DAY,
    DUE,
    FILED,
    LATE,
    MONDAY,
    PASSED_ON,
    REOPEN,
    REPLY,
    WITHDRAW,
    after,
    events,
    officer,
    timer,
)
from tests.intake.front import CONSULTATION, Front, code

from zi_contracts import intake as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.deadlines import is_overdue, running_clocks
from zi_intake.domain.case.decide import decide
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.domain.case.state import initial

UNCONFIRMED = messages.ReportMissedDeadline(by=timer(DUE + DAY), clock="acknowledge", due=MONDAY + 3 * DAY)


def missed(*commands: CaseCommands) -> list[str]:
    return [each.clock for each in events(*commands) if isinstance(each, messages.DeadlineMissed)]


def test_a_passed_clock_is_reported_once() -> None:
    again = LATE.model_copy(update={"by": timer(DUE + 3 * DAY)})
    assert missed(*ASSIGNED, LATE, again) == ["answer"]


def test_each_clock_has_a_report_of_its_own() -> None:
    assert missed(*FILED, UNCONFIRMED, LATE) == ["acknowledge", "answer"]


def test_the_page_of_a_case_is_late_as_the_lists_are() -> None:
    """A reply moves the due date, and makes up for no promise that was broken before."""
    moved = REPLY.model_copy(update={"due": DUE + 40 * DAY})
    broken = after(*ASSIGNED, LATE, ASK.model_copy(update={"by": officer(at=DUE + 2 * DAY)}), moved)
    assert is_overdue(broken, DUE + 3 * DAY)
    assert not is_overdue(after(*ASSIGNED, LATE, ASK), DUE + 3 * DAY), "the citizen is asked"
    assert [is_overdue(after(*ASSIGNED), DUE + days * DAY) for days in (0, 1)] == [False, True]
    assert not is_overdue(after(*PASSED_ON), DUE + DAY)


def test_nothing_is_late_at_the_due_second_itself() -> None:
    assert missed(*ASSIGNED, LATE.model_copy(update={"by": timer(DUE)})) == []


@pytest.mark.parametrize("before", [CLARIFICATION_ASKED, ANSWERED, (*ASSIGNED, WITHDRAW)])
def test_a_clock_that_stands_is_not_late(before: tuple[CaseCommands, ...]) -> None:
    assert missed(*before, LATE) == []


def test_a_confirmed_case_has_no_clock_of_confirming() -> None:
    assert missed(*ACKNOWLEDGED, UNCONFIRMED) == []


def test_a_clock_that_has_moved_is_not_late_at_its_old_date() -> None:
    moved = (*CLARIFICATION_ASKED, REPLY)
    assert missed(*moved, LATE) == []
    assert missed(*moved, LATE.model_copy(update={"due": REPLY.due, "by": timer(REPLY.due + DAY)})) == [
        "answer"
    ]


def test_a_pause_after_the_breach_does_not_make_a_second_one() -> None:
    reply = REPLY.model_copy(update={"due": DUE + 9 * DAY})
    second = LATE.model_copy(update={"due": reply.due, "by": timer(reply.due + DAY)})
    ask = ASK.model_copy(update={"by": officer(at=DUE + 2 * DAY)})
    assert missed(*ASSIGNED, LATE, ask, reply, second) == ["answer"]


def test_a_reopened_case_has_a_new_promise() -> None:
    late_answer = ANSWER.model_copy(update={"by": officer(at=DUE + 2 * DAY)})
    second = LATE.model_copy(update={"due": REOPEN.due, "by": timer(REOPEN.due + DAY)})
    assert missed(*ASSIGNED, LATE, late_answer, REOPEN, second) == ["answer", "answer"]


@pytest.mark.parametrize("quick", [ACKNOWLEDGE, WITHDRAW])
def test_being_quick_after_an_outage_hides_nothing(quick: CaseCommands) -> None:
    late = quick.model_copy(update={"by": quick.by.model_copy(update={"at": DUE + DAY})})
    recorded = events(*FILED, late)
    assert [type(each).__name__ for each in recorded[1:3]] == ["DeadlineMissed", "DeadlineMissed"]
    assert {each.by.actor for each in recorded[1:3]} == {"system:intake"}
    assert missed(*FILED, late, late) == ["acknowledge", "answer"]


def test_a_quick_answer_reports_the_clock_that_the_loop_has_not_seen() -> None:
    late_answer = ANSWER.model_copy(update={"by": officer(at=DUE + DAY)})
    assert missed(*ASSIGNED, late_answer) == ["answer"]
    assert missed(*ASSIGNED, LATE, late_answer) == ["answer"]


def test_who_works_in_time_reports_nothing() -> None:
    assert missed(*ANSWERED) == []


def test_a_case_of_another_desk_has_no_clock_here() -> None:
    assert list(running_clocks(after(*PASSED_ON))) == list(running_clocks(initial)) == []
    with pytest.raises(refusals.PassedOnError):
        decide(LATE, after(*PASSED_ON))


def test_a_case_without_a_changed_due_date_runs_to_the_one_of_its_filing() -> None:
    assert dict(running_clocks(replace(after(*ASSIGNED), due=None))) == {"answer": DUE}


def test_all_who_had_the_case_are_known_once_each() -> None:
    to_cici = ASSIGN.model_copy(update={"by": acts.supervisor(), "officer": "officer-cici"})
    back = ASSIGN.model_copy(update={"by": acts.supervisor()})
    assert after(*ASSIGNED, to_cici, back).officers == ("officer-cici", "officer-ani")


# -- over a real store


def reported(front: Front) -> list[contract.DeadlineMissed]:
    messages = (Message.parse(row.message) for row in front.office.store.messages(0, 1_000))
    return [data for each in messages if isinstance(data := data_of(each), contract.DeadlineMissed)]


async def test_a_case_that_nobody_confirms_breaks_two_promises_once_each(front: Front) -> None:
    await front.file()
    assert await front.office.deadlines.tick() == 0
    front.clock.pass_days(120)
    assert await front.office.deadlines.tick() == 2
    assert await front.office.deadlines.tick() == 0
    assert [(each.clock, each.service, each.officials) for each in reported(front)] == [
        ("acknowledge", "complaint", ()),
        ("answer", "complaint", ()),
    ]


async def test_the_page_of_the_citizen_says_what_was_due(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    front.clock.pass_days(120)
    await front.office.deadlines.tick()
    due = (await front.track(filed))["due"]
    [breach] = reported(front)
    assert (breach.officials, breach.due.isoformat()[:19]) == (("officer-ani",), due[:19])
    assert "did not answer in time" in str(await front.track(filed, **{"Accept-Language": "en"}))


async def test_a_question_keeps_its_own_name_of_the_service(front: Front) -> None:
    await front.file(CONSULTATION, to="consultations")
    front.clock.pass_days(120)
    await front.office.deadlines.tick()
    assert {each.service for each in reported(front)} == {"consultation"}


async def test_an_asked_citizen_stops_the_clock_and_it_goes_on_later(front: Front) -> None:
    filed = await front.file()
    assigned = ("assign", {"officer": "officer-ani"})
    await front.handled(filed, ("acknowledge", None), assigned, ("ask", {"text": "Which batch?"}))
    old = (await front.track(filed))["due"]
    front.clock.pass_days(10)
    assert (await front.act(filed, "reply", {"text": "B-77"}, code(filed))).status_code == 200
    new = (await front.track(filed))["due"]
    assert new > old
    front.clock.at = datetime.fromisoformat(old) + timedelta(hours=1)
    assert await front.office.deadlines.tick() == 0
    front.clock.at = datetime.fromisoformat(new) + timedelta(hours=1)
    assert await front.office.deadlines.tick() == 1
    assert reported(front)[0].due == datetime.fromisoformat(new)


async def test_a_reopened_case_is_reported_for_its_new_promise(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    front.clock.pass_days(120)
    await front.office.deadlines.tick()
    await front.handled(filed, ("answer", {"text": "Done."}))
    assert (await front.act(filed, "reopen", {"text": "It is not."}, code(filed))).status_code == 200
    front.clock.pass_days(120)
    assert await front.office.deadlines.tick() == 1
    assert len(reported(front)) == 2


async def test_what_was_late_before_deadlines_were_reported_is_marked(front: Front) -> None:
    await front.file()
    front.clock.pass_days(120)
    with front.office.store.database.transaction() as tx:
        tx.execute("DELETE FROM deadline_reports")
    await front.office.deadlines.begin()
    assert [each.reported_late for each in reported(front)] == [True, True]
    await front.file()
    front.clock.pass_days(120)
    await front.office.deadlines.begin()
    assert await front.office.deadlines.tick() == 2
    assert [each.reported_late for each in reported(front)] == [True, True, False, False]
