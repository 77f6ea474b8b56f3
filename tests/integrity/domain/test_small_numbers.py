"""Counts that are so small that they would name somebody."""

from zi_integrity.domain.small_numbers import LEAST, shown_counts


def test_a_count_from_one_to_four_is_not_shown() -> None:
    counts = {str(number): number for number in range(7)}
    assert LEAST == 5
    assert shown_counts(counts) == {"0": 0, "1": None, "2": None, "3": None, "4": None, "5": 5, "6": 6}
