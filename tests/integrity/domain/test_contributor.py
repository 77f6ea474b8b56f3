"""A contributor's data: who may open it, and the erasure on which two officials agree."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from zi_chassis.domain import Act, WrongRoleError
from zi_integrity.domain import contributor as domain
from zi_integrity.domain.contributor import (
    ApproveContributorErasure,
    Contributor,
    ContributorCommands,
    OpenContributorData,
    RefuseContributorErasure,
    RequestContributorErasure,
    decide,
    evolve,
)

MONDAY = datetime(2026, 12, 7, 2, tzinfo=UTC)


def act(actor: str, role: str) -> Act:
    return Act(at=MONDAY, actor=actor, role=role)


TEAM, HEAD = act("zone-wulan", "staff:integrity"), act("head-umar", "staff:head")
OPEN = OpenContributorData(by=TEAM, items=(UUID(int=1),), purpose="handling")
REQUEST = RequestContributorErasure(by=TEAM, reason="subject_request")
APPROVE = ApproveContributorErasure(by=HEAD)
REFUSE = RefuseContributorErasure(by=HEAD, reason="still_needed")


def after(*commands: ContributorCommands) -> Contributor:
    state = domain.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def kinds(command: ContributorCommands, *before: ContributorCommands) -> list[str]:
    return [type(event).__name__ for event in decide(command, after(*before))]


def test_each_opening_is_an_event() -> None:
    assert kinds(OPEN) == kinds(OPEN, OPEN) == ["ContributorDataOpened"]


@pytest.mark.parametrize("role", ["public", "staff:officer", "staff:signer", "system:umkm"])
def test_others_open_nothing(role: str) -> None:
    with pytest.raises(WrongRoleError):
        kinds(OpenContributorData(by=act("who", role), items=(), purpose="handling"))


def test_the_team_asks_and_the_head_approves() -> None:
    [erased] = decide(APPROVE, after(REQUEST))
    assert erased == domain.ContributorErased(by=HEAD, reason="subject_request", asked_by="zone-wulan")
    assert kinds(APPROVE, REQUEST, APPROVE) == []


def test_a_repeated_request_changes_nothing_and_another_one_is_refused() -> None:
    assert kinds(REQUEST, REQUEST) == []
    with pytest.raises(domain.ContributorErasurePendingError):
        kinds(REQUEST.model_copy(update={"reason": "lawful_order"}), REQUEST)


def test_after_a_refusal_it_can_be_asked_for_again() -> None:
    assert kinds(REFUSE, REQUEST) == ["ContributorErasureRefused"]
    assert kinds(REQUEST, REQUEST, REFUSE) == ["ContributorErasureRequested"]


@pytest.mark.parametrize("decision", [APPROVE, REFUSE])
def test_nothing_is_decided_that_nobody_asked_for(decision: ContributorCommands) -> None:
    with pytest.raises(domain.NoContributorErasureError):
        kinds(decision)


@pytest.mark.parametrize("decision", [APPROVE, REFUSE])
def test_who_asked_does_not_decide_in_another_role(decision: ContributorCommands) -> None:
    also_head = decision.model_copy(update={"by": act(TEAM.actor, "staff:head")})
    with pytest.raises(domain.SameContributorOfficialError):
        kinds(also_head, REQUEST)


@pytest.mark.parametrize("command", [OPEN, REQUEST, REFUSE])
def test_once_erased_nothing_is_done_any_more(command: ContributorCommands) -> None:
    with pytest.raises(domain.ContributorErasedError):
        kinds(command, REQUEST, APPROVE)
