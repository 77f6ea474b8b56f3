"""The index is exact: graded at the edges of the bands, whatever the answers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_rules.provenance import SourceStatus
from zi_rules.survey.arithmetic import (
    converted,
    decimal_text,
    element_sums,
    grade_of,
    hundredths,
    index_of,
    weakest,
)
from zi_rules.survey.questionnaire import Conversion, load_questionnaires

SKM = next(each for each in load_questionnaires() if each.kind == "skm")
HUNDREDTH = Fraction(1, 100)
INDEXES = st.fractions(min_value=25, max_value=100, max_denominator=10_000)


def grade(index: Fraction) -> str:
    found = grade_of(index, SKM)
    assert found is not None
    return found.code


def conversion(method: str) -> Conversion:
    return Conversion.model_validate(
        {"method": method, "source": "a test", "source_status": SourceStatus.UNVERIFIED}
    )


def test_nine_times_four_is_a_hundred() -> None:
    sums = element_sums([(4,) * 9] * 7, SKM.codes)
    assert index_of(sums, 7, 4, SKM.conversion) == 100


@pytest.mark.parametrize(
    ("index", "code"),
    [
        ("100", "a"),
        ("88.31", "a"),
        ("88.305", "a"),
        ("88.30499999", "b"),
        ("88.30", "b"),
        ("76.61", "b"),
        ("76.605", "b"),
        ("76.6049", "c"),
        ("76.60", "c"),
        ("65", "c"),
        ("64.995", "c"),
        ("64.9949", "d"),
        ("64.99", "d"),
        ("25", "d"),
    ],
)
def test_grades_at_their_edges(index: str, code: str) -> None:
    assert grade(Fraction(index)) == code


@pytest.mark.parametrize(("mean", "code"), [("3.5324", "a"), ("2.6", "c")])
def test_what_a_weight_of_0_111_would_push_down_a_grade_keeps_it(mean: str, code: str) -> None:
    index = Fraction(mean) * 25
    assert grade(index) == code
    assert grade(index * 9 * Fraction("0.111")) > code


@given(INDEXES)
def test_every_index_has_the_grade_of_its_rounded_value(index: Fraction) -> None:
    rounded = Fraction(decimal_text(index))
    assert abs(rounded - index) <= HUNDREDTH / 2
    assert grade(index) == grade(rounded)


@given(INDEXES, INDEXES)
def test_a_better_index_never_has_a_worse_grade(first: Fraction, second: Fraction) -> None:
    low, high = sorted((first, second))
    assert grade(high) <= grade(low)


@given(st.integers(0, 10_000))
def test_half_a_hundredth_is_rounded_up(number: int) -> None:
    assert hundredths(Fraction(2 * number + 1, 200)) == number + 1


@given(st.lists(st.tuples(*[st.integers(1, 4)] * 9), min_size=1, max_size=40))
def test_the_index_is_the_weighted_sum_of_the_elements_means(rows: list[tuple[int, ...]]) -> None:
    sums = element_sums(rows, SKM.codes)
    means = [Fraction(total, len(rows)) for total in sums.values()]
    assert index_of(sums, len(rows), 4, SKM.conversion) == sum(mean * Fraction(1, 9) * 25 for mean in means)


@given(st.fractions(min_value=1, max_value=4, max_denominator=1000))
def test_a_scale_of_four_stays_as_it_is_as_a_share_of_four(mean: Fraction) -> None:
    assert converted(mean, 4, conversion("share_of_four")) == mean


@pytest.mark.parametrize(
    ("method", "lowest"), [("share_of_four", Fraction(2, 3)), ("stretched_to_four", Fraction(0))]
)
def test_six_of_six_is_four(method: str, lowest: Fraction) -> None:
    assert converted(Fraction(6), 6, conversion(method)) == 4
    assert converted(Fraction(1), 6, conversion(method)) == lowest


def test_a_questionnaire_without_grades_gives_none() -> None:
    assert grade_of(Fraction(3), next(each for each in load_questionnaires() if each.kind == "spak")) is None


def test_of_equally_weak_elements_the_earlier_comes_first() -> None:
    assert weakest({"a": 3, "b": 1, "c": 1, "d": 9}, 2) == ["b", "c"]
    assert weakest({}, 2) == []
