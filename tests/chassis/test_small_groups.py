"""Public numbers of small districts disclose no single business."""

from collections.abc import Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from zi_chassis.small_groups import LEAST, counted_together, hidden

SIZES = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 12))
ROWS = st.lists(st.integers(0, 7), min_size=2, max_size=4)


def published(sizes: Mapping[str, int]) -> dict[str, int]:
    """As a page has it."""
    together = counted_together(sizes)
    alone = {group: size for group, size in sizes.items() if group not in together}
    rest = sum(sizes[group] for group in together)
    return alone | ({"others": rest} if rest >= LEAST else {})


@given(SIZES)
def test_every_number_that_is_told_is_of_five_at_least(sizes: dict[str, int]) -> None:
    assert all(size >= LEAST for size in published(sizes).values())


@given(SIZES)
def test_nobody_is_left_out_of_the_total_unless_all_are_too_few(sizes: dict[str, int]) -> None:
    total = sum(sizes.values())
    assert sum(published(sizes).values()) == (total if total >= LEAST else 0)


@given(SIZES)
def test_no_more_is_counted_together_than_has_to_be(sizes: dict[str, int]) -> None:
    together = counted_together(sizes)
    small = {group for group, size in sizes.items() if size < LEAST}
    assert small <= together
    assert together == small or sum(sizes[group] for group in small) < LEAST


def row_told(counts: tuple[int, ...]) -> tuple[int | None, ...]:
    unseen = hidden(counts)
    return tuple(None if place in unseen else count for place, count in enumerate(counts))


@given(ROWS)
def test_who_knows_the_rule_and_the_total_can_not_tell_a_small_number_of_a_row(counts: list[int]) -> None:
    """All rows of the same total that would be told in the same way are tried: a hidden number of somebody is another one in one of them."""
    row = tuple(counts)
    visible, total = row_told(row), sum(row)
    if total < LEAST:
        return  # such a row is not told at all
    possible = [
        other
        for other in product(range(total + 1), repeat=len(row))
        if sum(other) == total and row_told(other) == visible
    ]
    for place, count in enumerate(row):
        if visible[place] is None and 0 < count < LEAST:
            assert len({other[place] for other in possible}) > 1


@given(ROWS)
def test_what_is_large_is_told_unless_it_protects_a_small_one(counts: list[int]) -> None:
    small = {place for place, count in enumerate(counts) if count < LEAST}
    assert hidden(counts) in (small, set(range(len(counts))))
