"""The minutes: frozen by the first signature, void after a change, in force with the head's and the public's; no dissent is ever lost."""

import pytest
from hypothesis import given as property_of
from hypothesis import strategies
from tests.integrity.minutes_steps import (
    AGREED,
    ENOUGH,
    NO_QUORUM,
    RULE,
    TEAM,
    WRITTEN,
    citizen_signs,
    counted,
    dissent,
    head_signs,
    names_after,
    point,
    state_after,
)

from zi_chassis.domain import WrongRoleError
from zi_integrity.domain.minutes import errors
from zi_integrity.domain.minutes import messages as minutes
from zi_integrity.domain.minutes.decide import has_quorum
from zi_integrity.domain.sent_once import AnotherTextError
from zi_integrity.messaging.minutes_published import minutes_of_forums as decider

WITHDRAW = minutes.WithdrawPoint(by=TEAM, point=2)
WITHOUT = minutes.RecordWithoutQuorum(by=TEAM)


def test_the_head_and_two_of_the_public_bring_the_minutes_into_force() -> None:
    assert names_after(decider, *AGREED) == ["MinutesSigned", "MinutesAgreed"]
    agreed = state_after(decider, *AGREED).agreed
    assert (agreed.public_signatures, agreed.actions) == (2, 2)
    assert agreed.content.item == citizen_signs("sari").content.item


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1)])
def test_the_order_of_signatures_is_free(order: tuple[int, ...]) -> None:
    signatures = (citizen_signs("sari"), head_signs(), citizen_signs("budi"))
    assert state_after(decider, *WRITTEN, *(signatures[place] for place in order)).agreed is not None


def test_the_public_alone_or_the_head_alone_agrees_on_nothing() -> None:
    three = (citizen_signs("sari"), citizen_signs("budi"), citizen_signs("tono"))
    assert state_after(decider, *WRITTEN, *three).agreed is None
    assert state_after(decider, *WRITTEN, head_signs(), citizen_signs("sari")).agreed is None


def test_a_second_signature_of_the_same_person_is_no_event() -> None:
    assert names_after(decider, *WRITTEN, citizen_signs("sari"), citizen_signs("sari")) == []
    assert names_after(decider, *WRITTEN, head_signs(), head_signs()) == []


def test_the_office_may_demand_more_signatures_and_never_fewer_than_two() -> None:
    three = RULE.model_copy(update={"public_signatures": 3})
    before = (point("a"), counted(5, 1, rule=three), head_signs(2), citizen_signs("sari", 2))
    assert names_after(decider, *before, citizen_signs("budi", 2)) == ["MinutesSigned"]
    none = RULE.model_copy(update={"public_signatures": 0})
    before = (point("a"), counted(5, 1, rule=none), head_signs(2))
    assert names_after(decider, *before, citizen_signs("sari", 2)) == ["MinutesSigned"]


@pytest.mark.parametrize(
    "change",
    [point("c"), point("d", 1), dissent("late", 2), WITHDRAW, counted(9, 2)],
    ids=lambda each: type(each).__name__,
)
def test_a_change_between_the_signatures_voids_them(change: minutes.MinutesCommands) -> None:
    signed = (*WRITTEN, citizen_signs("sari"), head_signs())
    assert names_after(decider, *signed, change)[0] == "MinutesSignaturesVoided"
    after = state_after(decider, *signed, change)
    assert (after.signatures, after.voided[0].signatures) == ((), 2)
    with pytest.raises(errors.MinutesChangedError):
        names_after(decider, *signed, change, citizen_signs("budi"))
    again = (citizen_signs("sari", 5, "new"), head_signs(5, "new"), citizen_signs("budi", 5, "new"))
    assert state_after(decider, *signed, change, *again).agreed is not None


def test_a_signature_for_another_text_is_refused() -> None:
    with pytest.raises(errors.MinutesChangedError):
        names_after(decider, *WRITTEN, head_signs(), citizen_signs("sari", text="another"))


@pytest.mark.parametrize("change", [point("c"), dissent("late"), WITHDRAW, counted(9, 2)])
def test_nothing_changes_once_the_minutes_are_in_force(change: minutes.MinutesCommands) -> None:
    with pytest.raises(errors.MinutesAgreedError):
        names_after(decider, *AGREED, change)
    with pytest.raises(errors.MinutesAgreedError):
        names_after(decider, *AGREED, citizen_signs("tono"))
    with pytest.raises(errors.MinutesAgreedError):
        names_after(decider, *AGREED, WITHOUT)


def test_a_dissent_survives_every_edit_of_its_point() -> None:
    after = state_after(decider, *WRITTEN, point("again", 1), point("without", 1, agreed=False))
    assert [each.revision for each in after.points[1].dissents] == [1]
    assert after.points[1].text.revision == 3
    with pytest.raises(errors.PointHasDissentError):
        names_after(decider, *WRITTEN, minutes.WithdrawPoint(by=TEAM, point=1))


@property_of(
    strategies.lists(strategies.sampled_from(["point", "edit", "dissent", "withdraw", "count"]), max_size=12)
)
def test_no_history_loses_a_dissent(kinds: list[str]) -> None:
    state = state_after(decider, *WRITTEN)
    dissents = 1
    for place, kind in enumerate(kinds):
        command = {
            "point": point(f"p{place}"),
            "edit": point(f"e{place}", 1, agreed=place % 2 == 0),
            "dissent": dissent(f"d{place}"),
            "withdraw": WITHDRAW,
            "count": counted(place, 2),
        }[kind]
        for event in decider.decide(command, state):
            state = decider.evolve(state, event)
        dissents += kind == "dissent"
        assert len(state.points[1].dissents) == dissents


def test_a_repeat_is_no_event() -> None:
    for again in (point("a"), dissent(), ENOUGH):
        assert names_after(decider, *WRITTEN, again) == []
    assert names_after(decider, *WRITTEN, WITHDRAW, WITHDRAW) == []
    assert names_after(decider, *NO_QUORUM, WITHOUT) == []


@pytest.mark.parametrize("sent", [point("a"), dissent()], ids=["point", "dissent"])
def test_another_text_under_the_same_key_is_refused_and_not_lost(
    sent: minutes.RecordPoint | minutes.RecordDissent,
) -> None:
    with pytest.raises(AnotherTextError):
        names_after(decider, *WRITTEN, sent.model_copy(update={"body_digest": "another"}))


def test_a_withdrawn_point_takes_no_text_and_becomes_no_action() -> None:
    after = state_after(decider, *WRITTEN, WITHDRAW)
    assert [each.text.point for each in after.standing_points] == [1]
    assert [each.text.point for each in after.agreed_points] == [1]
    for change in (point("again", 2), dissent("late", 2), point("far", 9)):
        with pytest.raises(errors.NoPointError):
            names_after(decider, *WRITTEN, WITHDRAW, change)
    with pytest.raises(errors.NoPointError):
        names_after(decider, minutes.WithdrawPoint(by=TEAM, point=1))


@pytest.mark.parametrize(
    "half",
    [
        point().model_copy(update={"owner": None}),
        point().model_copy(update={"due": None}),
        point().model_copy(update={"owner": None, "due": None}),
        point().model_copy(update={"items": point(agreed=False).items}),
    ],
)
def test_an_agreement_says_who_acts_and_until_when(half: minutes.RecordPoint) -> None:
    with pytest.raises(errors.HalfAgreementError):
        names_after(decider, half)


def test_an_issue_without_agreement_is_recorded_and_becomes_no_action() -> None:
    after = state_after(decider, point("a", agreed=False))
    assert (len(after.standing_points), after.agreed_points) == (1, [])


def test_minutes_without_quorum_are_recorded_and_not_signed() -> None:
    few = (point("a"), counted(2))
    with pytest.raises(errors.NoQuorumError):
        names_after(decider, *few, head_signs(2))
    assert names_after(decider, *few, WITHOUT) == ["ForumWithoutQuorum"]
    ended = state_after(decider, *NO_QUORUM)
    assert ended.is_final
    assert ended.without_quorum.people == 2
    with pytest.raises(errors.ForumEndedError):
        names_after(decider, *NO_QUORUM, counted(9, 9))


def test_officials_make_no_quorum() -> None:
    assert not has_quorum(counted(1, 0, provider=30))
    assert has_quorum(counted(4, 1, provider=0))
    assert not has_quorum(counted(9, 0))  # of one group alone


def test_minutes_have_the_verdict_with_which_the_forum_closed() -> None:
    one_group, both = counted(9, 0), counted(4, 1)
    assert has_quorum(one_group.model_copy(update={"forum_quorum": True}))
    assert not has_quorum(both.model_copy(update={"forum_quorum": False}))
    assert not has_quorum(counted(1).model_copy(update={"forum_quorum": True}))  # nobody to sign
    online = one_group.model_copy(update={"groups_reached": 2})
    assert has_quorum(online)
    assert state_after(decider, point("a"), online).attendance.groups_reached == 2


def test_groups_that_were_not_recorded_are_those_on_the_attendance() -> None:
    before = counted(4, 1).model_copy(update={"groups_reached": None})
    assert has_quorum(before)
    assert not has_quorum(counted(9, 0).model_copy(update={"groups_reached": None}))
    assert names_after(decider, point("a"), before, citizen_signs("sari", 2), counted(4, 1)) == []
    changed = ["MinutesSignaturesVoided", "AttendanceTaken"]
    assert names_after(decider, point("a"), before, citizen_signs("sari", 2), counted(4, 2)) == changed
    fewer = counted(4, 1).model_copy(update={"groups_reached": 1})
    assert names_after(decider, point("a"), before, citizen_signs("sari", 2), fewer) == changed
    assert names_after(decider, point("a"), counted(4, 1), fewer) == ["AttendanceTaken"]


def test_a_quorum_that_the_office_has_not_decided_still_wants_those_who_sign() -> None:
    undecided = RULE.model_copy(update={"groups": 0})
    assert not has_quorum(counted(1, rule=undecided))
    assert has_quorum(counted(2, rule=undecided))


def test_a_forum_with_quorum_is_not_recorded_as_without() -> None:
    with pytest.raises(errors.QuorumReachedError):
        names_after(decider, *WRITTEN, WITHOUT)
    with pytest.raises(errors.NoAttendanceError):
        names_after(decider, point("a"), WITHOUT)


def test_nobody_signs_before_the_attendance_and_a_point_are_there() -> None:
    with pytest.raises(errors.NoAttendanceError):
        names_after(decider, point("a"), head_signs(1))
    with pytest.raises(errors.NoPointsError):
        names_after(decider, ENOUGH, head_signs(1))


def test_an_official_does_not_sign_for_the_public() -> None:
    with pytest.raises(errors.OfficialSignsError):
        names_after(decider, *WRITTEN, citizen_signs(group="provider"))
    head = head_signs()
    for pretended in (
        citizen_signs().model_copy(update={"by": head.by}),
        head.model_copy(update={"by": citizen_signs().by}),
        citizen_signs().model_copy(update={"group": None}),
        citizen_signs().model_copy(update={"by": citizen_signs("budi").by}),
    ):
        with pytest.raises(errors.SignatureRoleError):
            names_after(decider, *WRITTEN, pretended)
    with pytest.raises(WrongRoleError):
        names_after(decider, *WRITTEN, head.model_copy(update={"by": TEAM}))


def test_final_is_neither_a_draft_nor_a_half_signed_text() -> None:
    assert not state_after(decider, *WRITTEN, head_signs()).is_final
    assert state_after(decider, *AGREED).is_final
