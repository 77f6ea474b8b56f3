"""Gifts: reported in time or late, completed, deposited, sent on, decided; what passed is recorded and nothing is refused for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.integrity.domain.test_conflict import RULES

from zi_chassis.domain import Act, WrongRoleError
from zi_contracts.vault import ItemRef
from zi_integrity.domain import gratification
from zi_integrity.domain.gratification import Gift, GiftCommands, decide, evolve

MONDAY = datetime(2026, 12, 7, 2, tzinfo=UTC)
DAY = timedelta(days=1)
REPORTER, COLLEAGUE = "ab" * 32, "cd" * 32


def act(actor: str, role: str, at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=actor, role=role)


def unit(at: datetime = MONDAY) -> dict[str, Any]:
    return {"by": act("upg-hadi", "staff:upg", at), "reader": COLLEAGUE}


def item(field: str) -> ItemRef:
    return ItemRef(item=f"00000000-0000-4000-8000-{len(field):012d}", field=field, digest="0" * 64)  # type: ignore[arg-type]


SYSTEM = act("system:integrity", "system:integrity")
REPORT = gratification.ReportGift(
    by=SYSTEM,
    kind="received",
    happened_on=date(2026, 12, 4),
    reporter=REPORTER,
    rules=RULES,
    to_unit_by=MONDAY + 10 * DAY,
    forward_by=MONDAY + 14 * DAY,
    report_by=MONDAY + 40 * DAY,
    items=(item("gift.giver"),),
)
REFUSED = gratification.ReportGift(
    by=SYSTEM, kind="refused", happened_on=date(2026, 12, 4), reporter=REPORTER, rules=RULES, items=()
)
FOUND = gratification.MarkFoundFirst(**unit())
ASK = gratification.AskGiftCompletion(**unit(), due=MONDAY + 28 * DAY)
COMPLETE = gratification.CompleteGiftReport(by=SYSTEM, reporter=REPORTER, items=(item("gift.more"),))
DEPOSIT = gratification.DepositGift(**unit(), number="UPG/0001/2026")
FORWARD = gratification.ForwardGift(**unit())
DECIDE = gratification.DecideGift(**unit(), outcome="state_property")
CLOSE = gratification.CloseGift(**unit())
REMIND = gratification.RemindOfGift(by=SYSTEM, clock="forwarding", due=MONDAY + 14 * DAY)
REMIND_OF_COMPLETION = gratification.RemindOfGift(by=SYSTEM, clock="completion", due=MONDAY + 28 * DAY)


def changed(command: GiftCommands, **values: Any) -> Any:
    return command.model_copy(update=values)


def state_after(*commands: GiftCommands) -> Gift:
    state = gratification.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def names(command: GiftCommands, *history: GiftCommands) -> list[str]:
    return [type(event).__name__ for event in decide(command, state_after(*history))]


@pytest.mark.parametrize(
    ("days", "late", "after_limit"), [(10, False, False), (11, True, False), (41, True, True)]
)
def test_a_late_report_is_taken_and_marked(days: int, late: bool, after_limit: bool) -> None:
    by = act("system:integrity", "system:integrity", MONDAY + days * DAY)
    [reported] = decide(changed(REPORT, by=by), gratification.initial)
    assert isinstance(reported, gratification.GiftReported)
    assert (reported.late, reported.after_limit) == (late, after_limit)


def test_a_refused_gift_has_no_time() -> None:
    [reported] = decide(REFUSED, gratification.initial)
    assert isinstance(reported, gratification.GiftReported)
    assert (reported.late, reported.after_limit) == (False, False)


@pytest.mark.parametrize(
    ("again", "history"),
    [
        (REPORT, [REPORT]),
        (FOUND, [REPORT, FOUND]),
        (ASK, [REPORT, ASK]),
        (DEPOSIT, [REPORT, DEPOSIT]),
        (FORWARD, [REPORT, FORWARD]),
        (DECIDE, [REPORT, FORWARD, DECIDE]),
        (CLOSE, [REFUSED, CLOSE]),
        (REMIND, [REPORT, REMIND]),
        (REMIND, [REPORT, FORWARD]),
        (REMIND, []),
        (REMIND_OF_COMPLETION, [REPORT]),
        (REMIND_OF_COMPLETION, [REPORT, ASK, COMPLETE]),
        (REMIND, [REFUSED, CLOSE]),
    ],
)
def test_a_repeat_records_nothing(again: GiftCommands, history: list[GiftCommands]) -> None:
    assert names(again, *history) == []


def test_another_report_under_the_same_id_is_refused() -> None:
    with pytest.raises(gratification.GiftReportedDifferentlyError):
        decide(changed(REPORT, happened_on=date(2026, 12, 5)), state_after(REPORT))
    with pytest.raises(gratification.GiftReportedDifferentlyError):
        decide(changed(REPORT, body_digest="ef" * 32), state_after(changed(REPORT, body_digest="ab" * 32)))
    assert names(changed(REPORT, body_digest="ef" * 32), REPORT) == []  # of a report without a digest


@pytest.mark.parametrize("command", [FOUND, ASK, DEPOSIT, FORWARD, DECIDE, CLOSE, COMPLETE])
def test_nothing_is_done_about_what_was_not_reported(command: GiftCommands) -> None:
    with pytest.raises(gratification.NoGiftError):
        decide(command, gratification.initial)


@pytest.mark.parametrize("command", [FOUND, ASK, DEPOSIT, FORWARD, DECIDE, CLOSE])
def test_nobody_of_the_unit_handles_their_own_report(command: GiftCommands) -> None:
    with pytest.raises(gratification.OwnGiftError):
        decide(changed(command, reader=REPORTER), state_after(REPORT))


@pytest.mark.parametrize("role", ["staff:head", "staff:auditor", "staff:integrity", "public"])
def test_only_the_unit_handles_a_gift(role: str) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(FORWARD, by=act("somebody", role)), state_after(REPORT))


@pytest.mark.parametrize(("days", "late"), [(28, False), (29, True)])
def test_a_report_is_completed_late_as_well(days: int, late: bool) -> None:
    by = act("system:integrity", "system:integrity", MONDAY + days * DAY)
    [completed] = decide(changed(COMPLETE, by=by), state_after(REPORT, ASK))
    assert isinstance(completed, gratification.GiftReportCompleted)
    assert completed.late is late


def test_only_its_reporter_completes_what_was_asked_for() -> None:
    with pytest.raises(gratification.NotYourGiftError):
        decide(changed(COMPLETE, reporter=COLLEAGUE), state_after(REPORT, ASK))
    with pytest.raises(gratification.CompletionNotAskedError):
        decide(COMPLETE, state_after(REPORT))
    with pytest.raises(gratification.GiftOverError):
        decide(COMPLETE, state_after(REFUSED, ASK, CLOSE))


@pytest.mark.parametrize(
    ("days", "late", "after_limit"), [(14, False, False), (15, True, False), (41, True, True)]
)
def test_it_is_sent_on_late_as_well(days: int, late: bool, after_limit: bool) -> None:
    forward = gratification.ForwardGift(**unit(MONDAY + days * DAY))
    [forwarded] = decide(forward, state_after(REPORT))
    assert isinstance(forwarded, gratification.GiftForwarded)
    assert (forwarded.late, forwarded.after_limit) == (late, after_limit)


@pytest.mark.parametrize("command", [DEPOSIT, FORWARD])
def test_what_was_refused_is_not_deposited_or_sent(command: GiftCommands) -> None:
    with pytest.raises(gratification.NotReceivedError):
        decide(command, state_after(REFUSED))


def test_the_decision_follows_the_sending_and_stands() -> None:
    with pytest.raises(gratification.NotForwardedError):
        decide(DECIDE, state_after(REPORT))
    with pytest.raises(gratification.GiftOverError):
        decide(changed(DECIDE, outcome="not_a_gift"), state_after(REPORT, FORWARD, DECIDE))
    with pytest.raises(gratification.GiftOverError):
        decide(ASK, state_after(REPORT, FORWARD))
    assert state_after(REPORT, DEPOSIT, FORWARD, DECIDE) == Gift(
        reported=state_after(REPORT).reported,
        receipt="UPG/0001/2026",
        is_forwarded=True,
        outcome="state_property",
    )


def test_the_unit_closes_no_received_gift_that_was_complete() -> None:
    late = gratification.CloseGift(**unit(MONDAY + 29 * DAY))
    unripe = [REPORT, ASK]
    for history in ([REPORT], [REPORT, FORWARD], [REPORT, ASK, REMIND_OF_COMPLETION, COMPLETE]):
        with pytest.raises(gratification.GiftNeedsDecisionError):
            decide(late, state_after(*history))
    with pytest.raises(gratification.GiftNeedsDecisionError):
        decide(CLOSE, state_after(*unripe))
    assert names(late, *unripe) == ["GiftClosed"]
    with pytest.raises(gratification.GiftOverError):
        decide(FORWARD, state_after(*unripe, late))


def test_a_second_request_has_a_time_of_its_own() -> None:
    again = changed(ASK, due=MONDAY + 50 * DAY)
    second = [REPORT, ASK, REMIND_OF_COMPLETION, COMPLETE, again]
    assert state_after(*second).overdue == frozenset()
    with pytest.raises(gratification.GiftNeedsDecisionError):
        decide(gratification.CloseGift(**unit(MONDAY + 29 * DAY)), state_after(*second))
    assert names(changed(REMIND_OF_COMPLETION, due=again.due), *second) == ["GiftOverdue"]


def test_each_time_that_passed_is_recorded_once() -> None:
    assert state_after(REPORT, REMIND, ASK, REMIND_OF_COMPLETION).overdue == {"forwarding", "completion"}
    assert state_after(REPORT, FOUND).is_found_first
