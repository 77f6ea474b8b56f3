"""Fractions of a life, to the day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_rules.certificate.shelf_life import NoShelfLifeError, months_before, shelf_life_remaining

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
MADE, EXPIRES = date(2026, 1, 1), date(2026, 12, 27)


def test_exactly_two_thirds_are_left_after_a_third_of_the_days() -> None:
    assert shelf_life_remaining(MADE, EXPIRES, MADE + timedelta(days=120)) == Fraction(2, 3)
    assert shelf_life_remaining(MADE, EXPIRES, MADE + timedelta(days=121)) < Fraction(2, 3)


@pytest.mark.parametrize("expires", [MADE, MADE - timedelta(days=1)])
def test_what_expires_before_it_is_made_has_no_shelf_life(expires: date) -> None:
    with pytest.raises(NoShelfLifeError, match=r"^Give an expiry date after the date of manufacture\.$"):
        shelf_life_remaining(MADE, expires, MADE)


@given(days, st.integers(1, 4000), days, days)
def test_every_day_takes_the_same_share(made: date, life: int, first: date, other: date) -> None:
    expires = made + timedelta(days=life)
    lost = shelf_life_remaining(made, expires, first) - shelf_life_remaining(made, expires, other)
    assert lost == Fraction((other - first).days, life)


@given(days, st.integers(1, 4000))
def test_a_life_goes_from_one_to_nothing(made: date, life: int) -> None:
    expires = made + timedelta(days=life)
    assert shelf_life_remaining(made, expires, made) == 1
    assert shelf_life_remaining(made, expires, expires) == 0


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-07-06", 12, "2025-07-06"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2027-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 1, "2026-11-30"),
    ],
)
def test_a_month_is_a_month_of_the_calendar(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


@given(days, st.integers(1, 240))
def test_going_back_by_months_changes_the_day_only_to_a_months_last(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day == day.day or (before + timedelta(days=1)).day == 1
