"""The actions: evidence by the owner, closed by somebody else, late once and for ever."""

import pytest
from tests.integrity.minutes_steps import (
    CLOSE,
    EVIDENCE,
    LATE,
    OPEN,
    REOPEN,
    REPORT,
    TEAM,
    act,
    named,
    names_after,
    state_after,
)

from zi_chassis.domain import Command
from zi_integrity.domain import action
from zi_integrity.domain.sent_once import AnotherTextError
from zi_integrity.messaging.minutes_published import forum_actions as decider


def test_an_action_is_followed_to_its_end() -> None:
    assert names_after(decider, OPEN) == ["ForumActionOpened"]
    assert names_after(decider, OPEN, REPORT) == ["ForumActionReported"]
    assert names_after(decider, OPEN, REPORT, EVIDENCE) == ["ForumActionEvidenced"]
    assert names_after(decider, OPEN, REPORT, EVIDENCE, CLOSE) == ["ForumActionClosed"]


@pytest.mark.parametrize(
    "again", [OPEN, REPORT, EVIDENCE, REOPEN, CLOSE, LATE], ids=lambda each: type(each).__name__
)
def test_a_repeat_is_no_event(again: Command) -> None:
    history = (
        OPEN,
        REPORT,
        LATE,
        EVIDENCE,
        CLOSE,
        REOPEN,
        EVIDENCE.model_copy(update={"request": named("2")}),
        CLOSE,
    )
    assert names_after(decider, *history, again) == []


@pytest.mark.parametrize("sent", [REPORT, EVIDENCE, REOPEN], ids=lambda each: type(each).__name__)
def test_another_text_under_the_same_key_is_refused_and_not_lost(sent: Command) -> None:
    history = (OPEN, REPORT, EVIDENCE, CLOSE, REOPEN)
    with pytest.raises(AnotherTextError):
        names_after(decider, *history, sent.model_copy(update={"body_digest": "another"}))


def test_nothing_is_closed_without_evidence() -> None:
    with pytest.raises(action.NoActionEvidenceError):
        names_after(decider, OPEN, REPORT, CLOSE)


def test_the_owner_never_closes_in_whatever_role() -> None:
    both = CLOSE.model_copy(update={"roles": frozenset({"integrity", "supervisor"})})
    with pytest.raises(action.OwnerClosesActionError):
        names_after(decider, OPEN, EVIDENCE, both)


def test_whoever_gave_the_evidence_never_closes() -> None:
    for by_team in (EVIDENCE, REPORT):
        with pytest.raises(action.OwnerClosesActionError):
            names_after(decider, OPEN, by_team.model_copy(update={"by": TEAM}), CLOSE)


def test_another_role_reports_nothing() -> None:
    with pytest.raises(action.NotActionOwnerError):
        names_after(decider, OPEN, REPORT.model_copy(update={"by": act("staff:mentor")}))


def test_a_closed_action_takes_no_report_until_it_is_open_again() -> None:
    with pytest.raises(action.ActionClosedError):
        names_after(decider, OPEN, EVIDENCE, CLOSE, REPORT)
    assert names_after(decider, OPEN, EVIDENCE, CLOSE, REOPEN, REPORT) == ["ForumActionReported"]
    with pytest.raises(action.NoActionEvidenceError):
        names_after(decider, OPEN, EVIDENCE, REOPEN, CLOSE)
    with pytest.raises(action.ActionOpenError):
        names_after(decider, OPEN, REPORT, REOPEN)


def test_late_is_late_until_it_is_closed_and_after() -> None:
    assert names_after(decider, OPEN, LATE) == ["ForumActionLate"]
    assert names_after(decider, OPEN, EVIDENCE, LATE) == ["ForumActionLate"]
    assert names_after(decider, OPEN, EVIDENCE, CLOSE, LATE) == []
    closed = decider.decide(CLOSE, state_after(decider, OPEN, LATE, EVIDENCE))[0]
    assert isinstance(closed, action.ForumActionClosed)
    assert closed.late


def test_a_timer_of_another_day_marks_nothing() -> None:
    other = LATE.model_copy(update={"due": LATE.due.replace(day=1)})
    assert names_after(decider, OPEN, other) == []


@pytest.mark.parametrize("command", [REPORT, EVIDENCE, CLOSE, REOPEN, LATE])
def test_there_is_nothing_to_do_before_the_minutes_are_signed(command: Command) -> None:
    with pytest.raises(action.NoForumActionError):
        names_after(decider, command)
