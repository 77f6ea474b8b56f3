"""The drawing of the log's growth."""

from datetime import UTC, datetime, timedelta

import pytest

from zi_audit.domain.question import Mark
from zi_audit.web.charts import BOTTOM, LEFT, LEVELS, RIGHT, TOP, growth

BEGUN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def marks(*sizes: int, minutes: int = 1) -> list[Mark]:
    return [Mark(size=size, at=BEGUN + timedelta(minutes=minutes * n)) for n, size in enumerate(sizes)]


def test_a_line_begins_at_the_left_and_ends_at_the_right() -> None:
    chart = growth(marks(1, 50, 100))
    assert chart is not None
    assert chart.line.startswith(f"M{LEFT}.0 ")
    assert f"H{RIGHT}.0 V{TOP}" in chart.line
    assert chart.area == f"{chart.line} V{BOTTOM} H{LEFT} Z"


def test_a_size_holds_until_the_next_entry() -> None:
    chart = growth(marks(2, 4))
    assert chart is not None
    middle = (TOP + BOTTOM) / 2
    assert chart.line == f"M{LEFT}.0 {middle} H{RIGHT}.0 V{float(TOP)}"


@pytest.mark.parametrize("size", [1, 3, 7, 99, 100, 101, 12_345, 1_000_000])
def test_levels_are_few_and_round_and_reach_the_size(size: int) -> None:
    chart = growth(marks(1, size))
    assert chart is not None
    sizes = [level.size for level in chart.levels]
    assert sizes[0] == 0
    assert sizes[-1] >= size
    assert len(sizes) <= LEVELS + 1
    assert str(sizes[1]).rstrip("0") in ("1", "2", "5")


def test_a_time_that_goes_back_draws_nothing_to_the_left() -> None:
    there = [*marks(1, 10), Mark(size=20, at=BEGUN)]
    chart = growth(there)
    assert chart is not None
    assert chart.line.endswith(f"H{RIGHT}.0 V{float(TOP)}")
    assert chart.last == "09:01:00"


@pytest.mark.parametrize(
    ("minutes", "first", "last"),
    [
        (1, "09:00:00", "09:01:00"),
        (90, "11-24 09:00", "11-24 10:30"),
        (60 * 24 * 30, "2026-11-24", "2026-12-24"),
    ],
)
def test_times_are_as_exact_as_the_stretch_asks_for(minutes: int, first: str, last: str) -> None:
    chart = growth(marks(1, 2, minutes=minutes))
    assert chart is not None
    assert (chart.first, chart.last) == (first, last)


@pytest.mark.parametrize("there", [[], marks(1), marks(1, 9, minutes=0)])
def test_without_a_stretch_of_time_there_is_no_drawing(there: list[Mark]) -> None:
    assert growth(there) is None
