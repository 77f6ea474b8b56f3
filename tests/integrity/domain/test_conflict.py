"""Conflicts of interest: declared, reported, decided, withdrawn, overdue, cleared."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zi_chassis.domain import Act, Command, WrongRoleError
from zi_contracts.configuration import Pin
from zi_contracts.integrity.register_pin import RegisterPin
from zi_integrity.domain import conflict
from zi_integrity.domain.conflict import Conflict, ConflictCommands, decide, evolve

MONDAY = datetime(2026, 12, 7, 2, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICIAL, COLLEAGUE, SUPERIOR = "evaluator-ani", "evaluator-dodi", "supervisor-sari"
BUSINESS = "ab" * 32
DAYS = Pin(id="calendar", version=1, digest="0" * 64)
RULES = RegisterPin(id="registers", version=1, digest="0" * 64, calendar=DAYS, holidays=DAYS)


def act(actor: str, role: str, at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=actor, role=role)


THEIR = act(OFFICIAL, "staff:evaluator")
SYSTEM = act("system:integrity", "system:integrity")
SUPERVISOR = act(SUPERIOR, "staff:supervisor", MONDAY + DAY)
INTEREST: dict[str, Any] = {
    "business_ref": BUSINESS,
    "kind": "actual",
    "source": "family",
    "decide_by": MONDAY + 9 * DAY,
    "rules": RULES,
}
DECLARE = conflict.DeclareConflict(by=THEIR, **INTEREST)
REPORT = conflict.ReportConflict(by=SYSTEM, official=OFFICIAL, reporter="ee" * 32, **INTEREST)
ESTABLISH = conflict.EstablishConflict(by=SUPERVISOR, official=OFFICIAL, measure="reassigned", **INTEREST)
DISMISS = conflict.DismissReport(by=SUPERVISOR, reason="unfounded")
DECIDE = conflict.DecideConflict(by=SUPERVISOR, measure="reassigned")
WITHDRAW = conflict.WithdrawDeclaration(by=THEIR)
CLEAR = conflict.ClearConflict(by=SUPERVISOR, reason="interest_ended")
REMIND = conflict.RemindOfConflict(by=SYSTEM, due=MONDAY + 9 * DAY)


def changed(command: ConflictCommands, **values: Any) -> Any:
    return command.model_copy(update=values)


def state_after(*commands: ConflictCommands) -> Conflict:
    state = conflict.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def names(command: ConflictCommands, *history: ConflictCommands) -> list[str]:
    return [type(event).__name__ for event in decide(command, state_after(*history))]


def test_a_declaration_is_about_the_official_who_makes_it() -> None:
    declared = state_after(DECLARE).declared
    assert declared is not None
    assert (declared.official, declared.business_ref) == (OFFICIAL, BUSINESS)


@pytest.mark.parametrize(
    ("again", "history"),
    [
        (DECLARE, [DECLARE]),
        (REPORT, [REPORT]),
        (ESTABLISH, [ESTABLISH]),
        (DECIDE, [DECLARE, DECIDE]),
        (WITHDRAW, [DECLARE, WITHDRAW]),
        (CLEAR, [DECLARE, CLEAR]),
        (REMIND, [DECLARE, REMIND]),
        (REMIND, [DECLARE, DECIDE]),
        (REMIND, [REPORT, DISMISS]),
        (REMIND, []),
    ],
)
def test_a_repeat_records_nothing(again: ConflictCommands, history: list[ConflictCommands]) -> None:
    assert names(again, *history) == []


@pytest.mark.parametrize("other", [DECLARE, REPORT])
def test_another_content_under_the_same_id_is_refused(other: ConflictCommands) -> None:
    with pytest.raises(conflict.DeclaredDifferentlyError):
        decide(changed(other, business_ref="cd" * 32), state_after(other))
    with pytest.raises(conflict.DeclaredDifferentlyError):
        decide(changed(other, body_digest="ef" * 32), state_after(changed(other, body_digest="ab" * 32)))
    assert (
        decide(changed(other, body_digest="ef" * 32), state_after(other)) == []
    )  # recorded without a digest


def test_a_report_is_no_declaration_of_somebody_else() -> None:
    with pytest.raises(conflict.DeclaredDifferentlyError):
        decide(REPORT, state_after(DECLARE))


def test_a_declaration_goes_on_to_hinder_after_the_decision() -> None:
    decided = state_after(DECLARE, DECIDE)
    assert (decided.measure, decided.cleared) == ("reassigned", None)


@pytest.mark.parametrize(("days", "late"), [(9, False), (10, True)])
def test_a_decision_after_its_time_is_recorded_as_late(days: int, late: bool) -> None:
    by = act(SUPERIOR, "staff:supervisor", MONDAY + days * DAY)
    [decided] = decide(changed(DECIDE, by=by), state_after(DECLARE))
    assert isinstance(decided, conflict.ConflictDecided)
    assert (decided.late, decided.due) == (late, MONDAY + 9 * DAY)


def test_another_measure_is_another_decision() -> None:
    assert names(changed(DECIDE, measure="monitored"), DECLARE, DECIDE) == ["ConflictDecided"]


def test_a_declaration_withdrawn_before_the_decision_hinders_until_it_is_cleared() -> None:
    withdrawn = state_after(DECLARE, WITHDRAW)
    assert (withdrawn.is_withdrawn, withdrawn.cleared) == (True, None)
    assert names(CLEAR, DECLARE, WITHDRAW) == ["ConflictCleared"]


@pytest.mark.parametrize("decision", [DECIDE, CLEAR])
def test_a_declaration_is_not_withdrawn_after_the_decision(decision: ConflictCommands) -> None:
    with pytest.raises(conflict.ConflictDecidedError):
        decide(WITHDRAW, state_after(DECLARE, decision))


def test_nobody_withdraws_a_declaration_for_another() -> None:
    with pytest.raises(conflict.NotYourDeclarationError):
        decide(changed(WITHDRAW, by=act(COLLEAGUE, "staff:evaluator")), state_after(DECLARE))
    with pytest.raises(conflict.NotYourDeclarationError):
        decide(WITHDRAW, state_after(ESTABLISH))


@pytest.mark.parametrize("command", [DECIDE, CLEAR])
def test_a_superior_does_not_decide_about_themselves(command: ConflictCommands) -> None:
    """Also where the declaration was made in another role."""
    with pytest.raises(conflict.ConflictOfYourselfError):
        decide(changed(command, by=act(OFFICIAL, "staff:head")), state_after(DECLARE))


@pytest.mark.parametrize("command", [ESTABLISH, DISMISS])
def test_a_reported_superior_does_not_handle_the_report(command: ConflictCommands) -> None:
    with pytest.raises(conflict.ConflictOfYourselfError):
        decide(changed(command, by=act(OFFICIAL, "staff:head")), state_after(REPORT))


@pytest.mark.parametrize("command", [DECLARE, ESTABLISH, DISMISS, DECIDE, CLEAR, WITHDRAW])
def test_a_wrong_role_is_refused(command: Command) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(command, by=act("auditor-rudi", "staff:auditor")), state_after())  # type: ignore[arg-type]


def test_a_report_hinders_once_a_superior_established_it() -> None:
    assert state_after(REPORT).declared is None
    assert names(ESTABLISH, REPORT) == ["ConflictDeclared", "ConflictDecided"]


def test_the_time_of_a_report_goes_on_when_it_is_established() -> None:
    later = changed(ESTABLISH, decide_by=MONDAY + 30 * DAY, by=act(SUPERIOR, "staff:head", MONDAY + 10 * DAY))
    _, decided = decide(later, state_after(REPORT))
    assert isinstance(decided, conflict.ConflictDecided)
    assert (decided.late, decided.due) == (True, MONDAY + 9 * DAY)


def test_what_a_superior_knows_needs_no_declaration() -> None:
    assert names(ESTABLISH) == ["ConflictDeclared", "ConflictDecided"]


def test_a_report_is_established_for_whom_it_is_about() -> None:
    with pytest.raises(conflict.DeclaredDifferentlyError):
        decide(changed(ESTABLISH, official=COLLEAGUE), state_after(REPORT))


@pytest.mark.parametrize("command", [ESTABLISH, DISMISS])
def test_a_dismissed_report_is_handled(command: ConflictCommands) -> None:
    with pytest.raises(conflict.ReportHandledError):
        decide(command, state_after(REPORT, DISMISS))


def test_an_established_report_is_not_dismissed() -> None:
    with pytest.raises(conflict.ReportHandledError):
        decide(DISMISS, state_after(REPORT, ESTABLISH))


@pytest.mark.parametrize("command", [DECIDE, CLEAR, WITHDRAW])
def test_a_report_is_first_established(command: ConflictCommands) -> None:
    with pytest.raises(conflict.OnlyReportedError):
        decide(command, state_after(REPORT))


@pytest.mark.parametrize("command", [DECIDE, CLEAR, WITHDRAW, DISMISS])
def test_nothing_is_done_about_what_was_never_declared(command: ConflictCommands) -> None:
    with pytest.raises(conflict.NoConflictError):
        decide(command, conflict.initial)


def test_a_cleared_conflict_takes_no_decision() -> None:
    with pytest.raises(conflict.ConflictClearedError):
        decide(DECIDE, state_after(DECLARE, CLEAR))


def test_a_time_that_passed_is_recorded_once() -> None:
    assert names(REMIND, DECLARE) == ["ConflictOverdue"]
    assert state_after(REPORT, REMIND).is_overdue
    assert state_after(REPORT).decide_by == state_after(DECLARE).decide_by == MONDAY + 9 * DAY
    assert conflict.initial.decide_by is None
