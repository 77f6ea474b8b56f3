"""Forums: planned, changed, invited to, opened, closed with and without quorum, extended, cancelled."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.integrity.domain.test_conflict import DAY, MONDAY, act

from zi_chassis.domain import Command, DomainError, WrongRoleError
from zi_contracts.configuration import Pin
from zi_contracts.integrity.forum import AgendaEntry, GroupReached, GroupTarget
from zi_contracts.vault import ItemRef
from zi_integrity.domain import forum
from zi_integrity.domain.forum import Forum, decide, evolve

TEAM, HEAD = act("integrity-lina", "staff:integrity"), act("head-umar", "staff:head")
SYSTEM = act("system:integrity", "system:integrity", MONDAY + 15 * DAY)
USERS, MEDIA = GroupTarget(group="users", target=20), GroupTarget(group="media", target=3)
TERMS: dict[str, Any] = {
    "theme": "Standar pelayanan",
    "begins": MONDAY + 7 * DAY,
    "closes_on": MONDAY + 14 * DAY,
    "place": "Aula",
    "link": None,
    "groups": (USERS, MEDIA),
    "quorum": 2,
}
PLAN = forum.PlanForum(
    by=TEAM,
    number="2026-1",
    rules=Pin(id="r", version=1, digest="0" * 64),
    quorum_counts=("code", "attendance"),
    **TERMS,
)
CHANGE = forum.ChangeForum(by=TEAM, **TERMS | {"place": "Balai desa"})
ADDRESSEE = ItemRef(item=UUID(int=7), field="invitation.addressee", digest="0" * 64)
INVITE = forum.WriteInvitation(by=TEAM, group="media", items=(ADDRESSEE,), request=UUID(int=1))
OPEN = forum.OpenForum(by=TEAM, agenda=(AgendaEntry(source="complaints", subject="product", count=3),))
REACHED = (GroupReached(group="users", count=4), GroupReached(group="media", count=1))
CLOSE = forum.CloseForum(by=SYSTEM, reached=REACHED, proposals=12)
TOO_FEW = forum.CloseForum(
    by=SYSTEM, reached=(REACHED[0], GroupReached(group="media", count=0)), proposals=12
)
EXTEND = forum.ExtendForum(by=TEAM, begins=MONDAY + 20 * DAY, closes_on=MONDAY + 30 * DAY)
CANCEL = forum.CancelForum(by=HEAD, reason="disaster")


def changed(command: Any, **values: Any) -> Any:
    return type(command)(**dict(command) | values)


def state_after(*commands: Any) -> Forum:
    state = forum.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def refused(error: type[DomainError], *commands: Any) -> None:
    state = state_after(*commands[:-1])
    with pytest.raises(error):
        decide(commands[-1], state)


def test_a_forum_is_planned_once() -> None:
    assert state_after(PLAN, PLAN).number == "2026-1"
    refused(forum.ForumPlannedAlreadyError, PLAN, changed(PLAN, theme="Lain"))


def test_a_forum_that_was_never_planned_has_no_steps() -> None:
    refused(forum.ForumNotPlannedError, OPEN)
    assert (forum.initial.number, forum.initial.groups) == ("", frozenset())
    with pytest.raises(forum.ForumNotPlannedError):
        forum.initial.refuse_contribution(None, MONDAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"groups": ()},
        {"groups": (USERS, USERS)},
        {"place": None},
        {"quorum": 3},
        {"closes_on": MONDAY},
        {"begins": MONDAY + 15 * DAY},
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    refused(forum.ForumTermsError, changed(PLAN, **wrong))
    refused(forum.ForumTermsError, PLAN, changed(CHANGE, **wrong))


def test_a_plan_can_be_changed_as_a_whole_until_it_is_open() -> None:
    terms = state_after(PLAN, changed(CHANGE, theme="Lain", quorum=1)).terms
    assert terms is not None
    assert (terms.theme, terms.quorum, terms.place) == ("Lain", 1, "Balai desa")
    assert decide(forum.ChangeForum(by=TEAM, **TERMS), state_after(PLAN)) == []


def test_an_open_forum_keeps_theme_groups_quorum_and_its_promised_end() -> None:
    terms = state_after(PLAN, OPEN, changed(CHANGE, closes_on=MONDAY + 16 * DAY)).terms
    assert terms is not None
    assert terms.place == "Balai desa"
    for wrong in ({"theme": "Lain"}, {"quorum": 1}, {"groups": (USERS,), "quorum": 1}):
        refused(forum.ForumFixedError, PLAN, OPEN, changed(CHANGE, **wrong))
    refused(forum.ForumFixedError, PLAN, OPEN, changed(CHANGE, closes_on=MONDAY + 13 * DAY))


def test_a_forum_that_is_over_is_not_changed() -> None:
    refused(forum.ForumNotPlannableError, PLAN, OPEN, CLOSE, CHANGE)
    refused(forum.ForumNotPlannableError, PLAN, CANCEL, OPEN)
    refused(forum.ForumNotPlannableError, PLAN, OPEN, CLOSE, CANCEL)
    refused(forum.ForumNotPlannableError, PLAN, CANCEL, INVITE)


def test_invitations_are_numbered_and_a_repeat_writes_none() -> None:
    second = changed(INVITE, request=UUID(int=2), group="users")
    written = state_after(PLAN, INVITE, INVITE, second).invitations
    assert [each.invitation for each in written] == ["UND-001/FKP-2026-1", "UND-002/FKP-2026-1"]
    refused(forum.ForumTermsError, PLAN, changed(INVITE, group="experts"))


def test_contributions_are_taken_while_the_forum_is_open_and_of_its_groups() -> None:
    state = state_after(PLAN, OPEN, OPEN)
    state.refuse_contribution("users", MONDAY + DAY)
    state.refuse_contribution(None, MONDAY + DAY)
    with pytest.raises(forum.ForumTermsError):
        state.refuse_contribution("experts", MONDAY + DAY)
    with pytest.raises(forum.ForumOverError):
        state.refuse_contribution("users", MONDAY + 14 * DAY)
    with pytest.raises(forum.ForumOverError):
        state_after(PLAN, OPEN, CLOSE).refuse_contribution("users", MONDAY + DAY)
    for closed in ((PLAN,), (PLAN, CANCEL)):
        with pytest.raises(forum.ForumNotOpenError):
            state_after(*closed).refuse_contribution("users", MONDAY + DAY)


def test_a_forum_does_not_open_after_its_end() -> None:
    refused(
        forum.ForumTermsError,
        PLAN,
        changed(OPEN, by=act("integrity-lina", "staff:integrity", MONDAY + 14 * DAY)),
    )


def test_nobody_closes_a_forum_before_the_promised_end() -> None:
    early = act("integrity-lina", "staff:integrity", MONDAY + 14 * DAY - timedelta(seconds=1))
    refused(forum.ForumStillOpenError, PLAN, OPEN, changed(CLOSE, by=early))
    refused(forum.ForumNotOpenError, PLAN, CLOSE)
    assert state_after(PLAN, OPEN, CLOSE, CLOSE).status == "closed"


def test_a_forum_without_quorum_can_be_extended_and_no_other() -> None:
    assert state_after(PLAN, OPEN, TOO_FEW).status == "no_quorum"
    extended = state_after(
        PLAN, OPEN, TOO_FEW, changed(EXTEND, by=SYSTEM.model_copy(update={"role": "staff:head"}))
    )
    assert extended.status == "open"
    assert extended.terms is not None
    assert extended.terms.closes_on == MONDAY + 30 * DAY
    refused(forum.ForumHasQuorumError, PLAN, OPEN, CLOSE, EXTEND)
    refused(forum.ForumTermsError, PLAN, OPEN, TOO_FEW, changed(EXTEND, closes_on=MONDAY))


def test_a_forum_without_a_decided_quorum_always_has_it() -> None:
    nobody = changed(CLOSE, reached=())
    assert state_after(changed(PLAN, quorum=0), OPEN, nobody).status == "closed"


def test_groups_that_were_not_invited_make_no_quorum() -> None:
    others = changed(CLOSE, reached=(REACHED[0], GroupReached(group="experts", count=9)))
    assert state_after(PLAN, OPEN, others).status == "no_quorum"


def test_the_head_alone_cancels_a_forum_once() -> None:
    assert state_after(PLAN, OPEN, CANCEL, CANCEL).status == "cancelled"
    assert state_after(PLAN, OPEN, TOO_FEW, CANCEL).status == "cancelled"
    refused(WrongRoleError, PLAN, changed(CANCEL, by=TEAM))


def test_the_public_plans_nothing() -> None:
    commands: tuple[Command, ...] = (PLAN, CHANGE, INVITE, OPEN, CLOSE, EXTEND, CANCEL)
    for command in commands:
        refused(WrongRoleError, PLAN, changed(command, by=act("x", "public")))


def test_a_forum_says_who_counts_for_its_quorum() -> None:
    assert state_after(PLAN).quorum_counts == ("code", "attendance")
    assert forum.initial.quorum_counts == ("code",)
    assert (state_after(PLAN).counts_once, forum.initial.counts_once) == (True, False)


def test_a_plan_of_before_the_quorum_was_written_down_counts_codes_and_is_repeated_as_it_was() -> None:
    [planned] = forum.decide(PLAN, forum.initial)
    stored = {name: value for name, value in planned.model_dump().items() if name != "quorum_counts"}
    state = forum.evolve(forum.initial, forum.ForumPlanned.model_validate(stored))
    assert (state.quorum_counts, state.counts_once) == (("code",), False)
    assert forum.decide(PLAN, state) == []
