"""Scores of answers to a checklist, for any form."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.mentoring.forms import FORMS, NEWER, OLDER, THIRD, all_well, with_finding, wrong

from zi_rules.mentoring.assessment import (
    AnswerError,
    Answers,
    ChecklistAnswer,
    Score,
    corrected,
    differences,
    score,
)
from zi_rules.mentoring.checklist import Checklist, ChecklistItem

NOT_APPLICABLE = ChecklistAnswer(said="not_applicable")


def found(scored: Score) -> list[tuple[str, str, bool]]:
    return [(each.item, each.grade, each.critical) for each in scored.findings]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_where_all_is_well_the_rating_is_the_best(form: Checklist) -> None:
    scored = score(form, all_well(form))
    assert (scored.points, scored.findings, scored.rating) == (1, (), form.ratings[0].code)
    assert scored.enough
    assert not scored.blocked


@pytest.mark.parametrize(
    ("form", "item", "grade"),
    [
        (NEWER, "air_diuji", None),
        (OLDER, "bangunan_rusak", "critical"),
        (THIRD, "wet_floor", "grave"),
    ],
)
def test_a_critical_finding_blocks_by_every_form(form: Checklist, item: str, grade: str | None) -> None:
    scored = score(form, with_finding(form, item, grade))
    assert found(scored) == [(item, form.critical, True)]
    assert scored.blocked
    assert not scored.enough


def test_it_blocks_also_where_the_rating_would_be_enough() -> None:
    """No threshold lets it pass."""
    lenient = THIRD.model_copy(update={"enough": THIRD.enough.model_copy(update={"rating": "tin"})})
    scored = score(lenient, with_finding(lenient, "bad_water"))
    assert (scored.rating, scored.blocked, scored.enough) == ("bronze", True, False)


def test_a_positive_sentence_is_a_finding_when_denied_and_a_negative_one_when_affirmed() -> None:
    assert found(score(NEWER, {**all_well(NEWER), "fifo": ChecklistAnswer(said="no")})) == [
        ("fifo", "minor", False)
    ]
    assert found(score(OLDER, {**all_well(OLDER), "angkutan_kotor": ChecklistAnswer(said="yes")})) == [
        ("angkutan_kotor", "minor", False)
    ]


def test_who_finds_it_picks_one_of_the_grades() -> None:
    serious = score(OLDER, with_finding(OLDER, "bangunan_rusak", "serious"))
    assert found(serious) == [("bangunan_rusak", "serious", False)]
    for grade in (None, "minor"):
        with pytest.raises(AnswerError, match="one of its grades: major, serious, critical"):
            score(OLDER, with_finding(OLDER, "bangunan_rusak", grade))


def test_what_does_not_apply_is_not_scored() -> None:
    without = score(THIRD, {**with_finding(THIRD, "wet_floor", "small"), "no_ice": NOT_APPLICABLE})
    assert without.points == Fraction(12, 14)
    assert score(THIRD, with_finding(THIRD, "wet_floor", "small")).points == Fraction(14, 16)


def test_what_applies_to_everybody_can_not_be_left_out() -> None:
    with pytest.raises(AnswerError, match="bad_water applies to everybody"):
        score(THIRD, {**all_well(THIRD), "bad_water": NOT_APPLICABLE})


def test_there_is_no_rating_before_everything_is_answered() -> None:
    some = score(THIRD, {"bad_water": wrong(THIRD)})
    assert (some.rating, some.unanswered) == (None, ("wet_floor", "no_ice"))
    assert some.blocked
    assert not some.enough


def test_a_question_of_another_version_is_refused() -> None:
    with pytest.raises(AnswerError, match=r"does not ask for another, unheard_of\.$"):
        score(THIRD, {"unheard_of": wrong(THIRD), "another": wrong(THIRD)})


def test_a_form_of_which_nothing_applies_costs_no_points() -> None:
    nothing = THIRD.model_copy(update={"items": THIRD.items[2:]})
    assert score(nothing, {"no_ice": NOT_APPLICABLE}).points == 1


@pytest.mark.parametrize(
    ("majors", "rating", "enough"), [(1, "a", True), (4, "b", True), (5, "c", False), (14, "c", False)]
)
def test_ratings_follow_the_thresholds_of_the_data(majors: int, rating: str, enough: bool) -> None:
    items = [item.code for item in NEWER.items if item.grades == ("major",)][:majors]
    scored = score(NEWER, {**all_well(NEWER), **dict.fromkeys(items, wrong(NEWER))})
    assert (scored.rating, scored.enough) == (rating, enough)


def test_the_last_rating_is_for_everybody() -> None:
    assert score(NEWER, {item.code: wrong(NEWER) for item in NEWER.items}).rating == "d"


def test_the_business_and_the_official_are_compared_item_by_item() -> None:
    business = {**all_well(OLDER), "bangunan_rusak": wrong(OLDER, "major")}
    official: dict[str, Any] = {**business, "bangunan_rusak": wrong(OLDER, "critical")}
    del official["label_salah"]
    compared = differences(OLDER, business, official)
    assert {each.item: (each.business, each.official) for each in compared} == {
        "bangunan_rusak": (business["bangunan_rusak"], official["bangunan_rusak"]),
        "label_salah": (business["label_salah"], None),
    }


def test_a_grade_that_goes_without_saying_is_no_difference() -> None:
    assert differences(NEWER, with_finding(NEWER, "fifo"), with_finding(NEWER, "fifo", "minor")) == ()


def test_what_was_put_right_counts_as_fulfilled() -> None:
    bad = with_finding(NEWER, "air_diuji")
    assert score(NEWER, corrected(NEWER, bad, ["air_diuji"])) == score(NEWER, all_well(NEWER))


def test_only_what_was_put_right_is_answered_anew() -> None:
    bad = {"bad_water": wrong(THIRD), "wet_floor": wrong(THIRD)}
    assert corrected(THIRD, bad, ["wet_floor"]) == {
        "bad_water": wrong(THIRD),
        "wet_floor": ChecklistAnswer(said=THIRD.fulfilled),
    }


# -- properties


def answer(form: Checklist, item: ChecklistItem) -> st.SearchStrategy[ChecklistAnswer]:
    possible = [ChecklistAnswer(said=form.fulfilled), *(wrong(form, grade) for grade in item.grades)]
    return st.sampled_from([*possible, NOT_APPLICABLE] if item.may_not_apply else possible)


def answers(form: Checklist) -> st.SearchStrategy[Answers]:
    return st.fixed_dictionaries({}, optional={item.code: answer(form, item) for item in form.items})


forms_and_answers = st.sampled_from(FORMS).flatmap(lambda form: st.tuples(st.just(form), answers(form)))


@given(forms_and_answers, st.randoms())
def test_score_and_rating_depend_on_checklist_and_answers_alone(
    form_and_answers: tuple[Checklist, Answers], chance: Any
) -> None:
    form, replies = form_and_answers
    shuffled = list(replies.items())
    chance.shuffle(shuffled)
    again = Checklist.model_validate_json(form.model_dump_json())
    assert score(again, dict(shuffled)) == score(form, replies)


@given(forms_and_answers)
def test_nothing_passes_with_a_critical_finding(form_and_answers: tuple[Checklist, Answers]) -> None:
    form, replies = form_and_answers
    scored = score(form, replies)
    assert scored.blocked == any(each.grade == form.critical for each in scored.findings)
    assert not (scored.blocked and scored.enough)
    assert (scored.rating is None) == bool(scored.unanswered)
    assert 0 <= scored.points <= 1


@given(forms_and_answers, st.data())
def test_putting_something_right_never_makes_it_worse(
    form_and_answers: tuple[Checklist, Answers], data: st.DataObject
) -> None:
    form, replies = form_and_answers
    before = score(form, replies)
    item = data.draw(st.sampled_from([each.item for each in before.findings] or [form.items[0].code]))
    after = score(form, corrected(form, replies, [item]))
    best_first = [each.code for each in form.ratings]
    assert set(after.findings) <= set(before.findings)
    assert after.points >= before.points
    if before.rating and after.rating:
        assert best_first.index(after.rating) <= best_first.index(before.rating)


@given(st.sampled_from(FORMS), st.data())
def test_nobody_differs_from_themselves(form: Checklist, data: st.DataObject) -> None:
    business, official = data.draw(answers(form)), data.draw(answers(form))
    assert differences(form, business, business) == ()
    assert len(differences(form, business, official)) == len(differences(form, official, business))
