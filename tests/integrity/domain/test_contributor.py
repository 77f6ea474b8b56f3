"""A contributor's data: who may open it, and the erasure on which two officials agree."""

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

import zi_integrity
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
from zi_letters.vault_fields import CONTENT, FILE

MONDAY = datetime(2026, 12, 7, 2, tzinfo=UTC)


def act(actor: str, role: str) -> Act:
    return Act(at=MONDAY, actor=actor, role=role)


TEAM, HEAD = act("zone-wulan", "staff:integrity"), act("head-umar", "staff:head")
OPEN = OpenContributorData(by=TEAM, items=(UUID(int=1),), purpose="handling")
PERSONAL = frozenset({"contact.email", "proposal.title", "proposal.text"})
REQUEST = RequestContributorErasure(by=TEAM, reason="subject_request", fields=PERSONAL)
APPROVE = ApproveContributorErasure(by=HEAD, fields=PERSONAL)
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


# -- what is a person's own

OF_THE_OFFICE = {
    *("letter.content", "letter.file", "letter.signer", "attendance.scan", "compensation.cause"),
    *("minutes.issue", "minutes.agreement", "minutes.dissent"),
    *("action.note", "action.evidence", "action.reason"),
}
SEALING = ("domain", "use_cases", "letters", "read", "messaging", "web")
FIELD = re.compile(r'"((?!period\.|title\.|store\.|keys\.)[a-z]+\.[a-z_]+)"')


def test_every_field_of_the_vault_is_erasable_or_the_offices() -> None:
    service = Path(zi_integrity.__file__).parent
    sources = [file for room in SEALING for file in sorted((service / room).rglob("*.py"))]
    found = {name for file in sources for name in FIELD.findall(file.read_text())}
    pages_and_scripts = {name for name in found if name.endswith((".html", ".js", ".py"))}
    assert found - pages_and_scripts | {CONTENT, FILE} == domain.ERASABLE | OF_THE_OFFICE
    assert not domain.ERASABLE & OF_THE_OFFICE


@pytest.mark.parametrize("field", sorted(OF_THE_OFFICE | {"unheard.of"}))
def test_what_the_office_wrote_is_not_erased_as_a_person(field: str) -> None:
    fields = PERSONAL | {field}
    with pytest.raises(domain.NotOfPersonError):
        kinds(REQUEST.model_copy(update={"fields": fields}))
    with pytest.raises(domain.NotOfPersonError):
        kinds(APPROVE.model_copy(update={"fields": fields}), REQUEST)
    assert kinds(REFUSE, REQUEST) == ["ContributorErasureRefused"]


def test_a_reference_under_which_nothing_lies_is_nobodys() -> None:
    for command, before in ((REQUEST, ()), (APPROVE, (REQUEST,))):
        with pytest.raises(domain.NotOfPersonError):
            kinds(command.model_copy(update={"fields": frozenset()}), *before)
