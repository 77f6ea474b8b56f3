"""The day of the next review: a year later at the latest, also from the last day of a month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_rules.standard_rules import load_standard_rules

RULES = load_standard_rules()[0]


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2027, 1, 1), 12, date(2028, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 12, 31), 11, date(2028, 11, 30)),
        (date(2027, 11, 30), 1, date(2027, 12, 30)),
    ],
)
def test_golden_days(day: date, months: int, due: date) -> None:
    assert RULES.model_copy(update={"review_months": months}).review_after(day) == due


@given(st.dates(date(2000, 1, 1), date(2999, 12, 31)), st.integers(1, 12))
def test_a_review_is_never_more_than_a_year_away(day: date, months: int) -> None:
    due = RULES.model_copy(update={"review_months": months}).review_after(day)
    assert 28 * months <= (due - day).days <= 366
