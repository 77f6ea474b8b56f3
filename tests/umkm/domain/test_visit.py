"""Visits without connection: nothing is lost, nothing counts twice, and people decide where two of them disagree."""

from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.umkm.steps import (
    CHECKLIST,
    DAY,
    FLOOR,
    MONDAY,
    TICKET,
    changed,
    item,
    mentor,
    named,
    owner,
    result,
    system,
)

from zi_chassis.domain import Act, DomainError, WrongRoleError
from zi_contracts.umkm import RuleVersion
from zi_umkm.domain import errors, visit
from zi_umkm.domain.visit import Visit, VisitCommands, VisitEvents, decide, evolve

OTHER = mentor("mentor-dodi")
BEGIN = visit.BeginVisit(
    by=mentor(),
    visit=named("first"),
    case=named("case"),
    ticket=TICKET,
    assessor="official",
    checklist=CHECKLIST,
)
SELF = changed(BEGIN, by=owner(), assessor="business")


def answer(
    name: str, outcome: str = "yes", by: Act = BEGIN.by, on: str = "fifo", replaces: tuple[str, ...] = ()
) -> visit.AnswerItem:
    return visit.AnswerItem.model_validate(
        {
            "by": by,
            "answer": named(name),
            "item": on,
            "said": outcome,
            "replaces": tuple(named(each) for each in replaces),
            "claimed_at": MONDAY - 400 * DAY,
        }
    )


def sign(side: str, *answers: str) -> visit.SignVisit:
    return visit.SignVisit.model_validate(
        {
            "by": BEGIN.by,
            "signature": named(f"{side} {answers}"),
            "side": side,
            "answers": tuple(named(each) for each in answers),
            "claimed_at": MONDAY,
            "file": item("signature"),
        }
    )


YES = answer("yes")
NO = answer("no", "no", OTHER)
PHOTO = visit.AddPhoto(
    by=BEGIN.by, photo=named("photo"), item="fifo", claimed_at=MONDAY, file=item("attachment")
)
SETTLE = visit.SettleAnswers(by=OTHER, item="fifo", answer=named("no"))
SIGNED = (sign("business", "yes"), sign("office", "yes"))
FINISH = visit.FinishVisit(by=BEGIN.by, result=result(FLOOR))


def after(*commands: VisitCommands) -> Visit:
    state = visit.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def last(*commands: VisitCommands) -> VisitEvents:
    [event] = decide(commands[-1], after(*commands[:-1]))
    return event


def standing(state: Visit) -> dict[str, set[UUID]]:
    return {on: {each.answer for each in answers} for on, answers in state.standing.items()}


def test_an_answer_is_kept_with_what_the_device_claims_and_when_it_was_received() -> None:
    event = last(BEGIN, YES)
    assert isinstance(event, visit.ItemAnswered)
    assert (event.claimed_at, event.by.at) == (MONDAY - 400 * DAY, MONDAY)
    assert standing(after(BEGIN, YES)) == {"fifo": {named("yes")}}


@pytest.mark.parametrize("command", [BEGIN, YES, PHOTO, SIGNED[0]])
def test_the_same_sync_twice_changes_nothing(command: VisitCommands) -> None:
    later = changed(command, by=changed(command.by, at=MONDAY + DAY))
    assert decide(later, after(BEGIN, command)) == []


@pytest.mark.parametrize(
    ("command", "other"),
    [
        (YES, changed(YES, said="no")),
        (YES, changed(YES, by=OTHER)),
        (PHOTO, changed(PHOTO, item=None)),
        (YES, changed(PHOTO, photo=YES.answer)),
    ],
)
def test_one_id_is_not_used_for_two_things(command: VisitCommands, other: VisitCommands) -> None:
    with pytest.raises(errors.AnotherAnswerError):
        decide(other, after(BEGIN, command))


@pytest.mark.parametrize("command", [YES, PHOTO, SETTLE, SIGNED[0], FINISH])
def test_nothing_comes_to_a_visit_that_was_not_begun(command: VisitCommands) -> None:
    with pytest.raises(errors.NoVisitError):
        decide(command, visit.initial)


@pytest.mark.parametrize("other", [{"case": named("other")}, {"checklist": RuleVersion(id="x", version=2)}])
def test_a_visit_keeps_its_case_and_its_checklist(other: dict[str, Any]) -> None:
    with pytest.raises(errors.AnotherVisitError):
        decide(changed(BEGIN, **other), after(BEGIN))


def test_a_visit_that_was_begun_before_digests_were_pinned_is_the_same_visit() -> None:
    pinned = RuleVersion(id=BEGIN.checklist.id, version=1, digest="d" * 64)
    assert decide(changed(BEGIN, checklist=pinned), after(BEGIN)) == []
    assert decide(BEGIN, after(changed(BEGIN, checklist=pinned))) == []


def test_a_visit_is_begun_by_whose_assessment_it_is() -> None:
    assert after(SELF).begun
    for wrong in (changed(SELF, by=mentor()), changed(BEGIN, by=owner())):
        with pytest.raises(errors.NotTheAssessorError):
            decide(wrong, visit.initial)


# -- two answers to one item


def test_two_answers_to_one_item_are_both_kept_and_shown() -> None:
    both = after(BEGIN, YES, NO)
    assert standing(both) == {"fifo": {named("yes"), named("no")}}
    assert both.in_dispute == ("fifo",)
    assert after(BEGIN, YES, answer("same", by=OTHER)).in_dispute == ()


def test_a_person_decides_which_counts_and_the_other_stays_to_be_seen() -> None:
    settled = after(BEGIN, YES, NO, SETTLE)
    assert standing(settled) == {"fifo": {named("no")}}
    assert settled.in_dispute == ()
    assert named("yes") in settled.sent
    third = mentor("mentor-three")
    by_third = after(BEGIN, YES, NO, changed(SETTLE, by=third))
    assert set(by_third.officials) == {YES.by.actor, NO.by.actor, third.actor}
    with pytest.raises(WrongRoleError):
        decide(changed(SETTLE, by=system()), after(BEGIN, YES, NO))


def test_what_does_not_stand_can_not_be_chosen() -> None:
    for before in ((BEGIN,), (BEGIN, YES), (BEGIN, YES, NO, SETTLE, answer("third", by=OTHER))):
        with pytest.raises(errors.NoSuchAnswerError):
            decide(changed(SETTLE, answer=named("yes" if NO in before else "no")), after(*before))


def test_where_there_is_nothing_to_decide_nothing_happens() -> None:
    assert decide(SETTLE, after(BEGIN, NO)) == []


def test_somebody_corrects_their_own_answer_only() -> None:
    replacement = answer("again", "no", replaces=("yes",))
    assert standing(after(BEGIN, YES, replacement)) == {"fifo": {named("again")}}
    foreign = answer("again", "no", OTHER, replaces=("yes",))
    assert standing(after(BEGIN, YES, foreign)) == {"fifo": {named("yes"), named("again")}}
    elsewhere = answer("again", "no", on="ventilasi", replaces=("yes",))
    assert standing(after(BEGIN, YES, elsewhere)) == {"fifo": {named("yes")}, "ventilasi": {named("again")}}


def test_a_business_with_its_code_and_signed_in_is_one_and_the_same() -> None:
    signed_in = Act(at=MONDAY, actor="owner-1", role="applicant")
    outcome = answer("yes", by=owner())
    corrected = answer("again", "no", signed_in, replaces=("yes",))
    assert standing(after(SELF, outcome, corrected)) == {"fifo": {named("again")}}
    assert decide(changed(outcome, by=signed_in), after(SELF, outcome)) == []
    with pytest.raises(errors.NotTheAssessorError):
        decide(answer("again", "no", mentor(), replaces=("yes",)), after(SELF, outcome))


def test_an_answer_that_comes_late_is_not_lost_and_opens_the_dispute_again() -> None:
    finished = (BEGIN, YES, *SIGNED, FINISH)
    late = after(*finished, NO)
    assert late.in_dispute == ("fifo",)
    with pytest.raises(errors.InDisputeError) as refused:
        decide(FINISH, late)
    assert refused.value.items == ("fifo",)
    changed_result = changed(FINISH, result=result())
    assert after(*finished, NO, SETTLE, changed_result).result == result()


ARRIVING = (YES, NO, answer("again", "no", replaces=("yes",)), PHOTO, *SIGNED)


def test_the_order_of_arrival_does_not_matter() -> None:
    states = [after(BEGIN, *order, *order) for order in permutations(ARRIVING)]
    assert all(state == states[0] for state in states)


answers = st.builds(
    answer,
    st.sampled_from("abcdef"),
    st.sampled_from(["yes", "no"]),
    st.sampled_from([BEGIN.by, OTHER]),
    st.sampled_from(["fifo", "ventilasi"]),
    st.lists(st.sampled_from("abcdef"), max_size=2).map(tuple),
)


@given(st.lists(answers, max_size=12, unique_by=lambda each: each.answer), st.randoms())
def test_whatever_devices_send_in_whatever_order_comes_to_the_same(
    sent: list[visit.AnswerItem], chance: Any
) -> None:
    shuffled = [*sent, *sent]
    chance.shuffle(shuffled)
    state = after(BEGIN, *sent)
    assert after(BEGIN, *shuffled) == state
    assert set(state.sent) == {each.answer for each in sent}
    for on, those in state.standing.items():
        assert (len({each.said for each in those}) > 1) == (on in state.in_dispute)


# -- finishing


def test_a_visit_that_is_whole_and_signed_is_finished() -> None:
    event = last(BEGIN, YES, *SIGNED, FINISH)
    assert isinstance(event, visit.VisitFinished)
    assert (event.result, event.unsigned) == (result(FLOOR), ())
    assert decide(FINISH, after(BEGIN, YES, *SIGNED, FINISH)) == []


def test_what_a_side_has_not_signed_for_is_named() -> None:
    ventilation = answer("fresh", on="ventilasi")
    signed = (sign("business", "yes"), sign("office", "yes", "fresh"))
    event = last(BEGIN, YES, ventilation, *signed, FINISH)
    assert isinstance(event, visit.VisitFinished)
    assert event.unsigned == ("ventilasi",)


def test_an_officials_visit_is_signed_by_both_sides_and_a_self_assessment_by_nobody() -> None:
    for signed in ((), SIGNED[:1], SIGNED[1:]):
        with pytest.raises(errors.NotSignedError):
            decide(FINISH, after(BEGIN, YES, *signed))
    assert after(SELF, changed(YES, by=owner()), changed(FINISH, by=owner())).result == result(FLOOR)


def test_a_visit_with_open_items_is_not_finished() -> None:
    with pytest.raises(errors.UnansweredError, match="2 items are not answered") as refused:
        decide(changed(FINISH, unanswered=("a", "b")), after(BEGIN, *SIGNED))
    assert refused.value.items == ("a", "b")


def test_a_visit_is_judged_by_its_own_checklist() -> None:
    newer = changed(result(), checklist=RuleVersion(id="test-checklist", version=2))
    with pytest.raises(errors.OtherChecklistError):
        decide(changed(FINISH, result=newer), after(BEGIN, *SIGNED))


commands = st.sampled_from([BEGIN, SELF, *ARRIVING, SETTLE, FINISH, changed(FINISH, result=result())])


@given(st.lists(commands, max_size=20))
def test_what_happened_replays_to_the_same_visit(tried: list[VisitCommands]) -> None:
    state, replayed = visit.initial, visit.initial
    for command in tried:
        try:
            events = decide(command, state)
        except DomainError:
            continue
        for event in events:
            state = evolve(state, event)
            replayed = evolve(replayed, type(event).model_validate_json(event.model_dump_json()))
    assert replayed == state
