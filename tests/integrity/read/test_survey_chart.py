"""The drawing of an index over time has the numbers of its table."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from zi_integrity.read.survey_chart import RIGHT, index_chart
from zi_integrity.read.surveys import SurveyWindowRow

ROW = SurveyWindowRow(
    window=UUID(int=1),
    kind="skm",
    quarter="2026-Q4",
    opens=date(2026, 10, 5),
    closes=date(2026, 12, 18),
    status="published",
    answers=12,
    target=108,
    index="50.00",
    low="25.00",
    high="100.00",
    grade="d",
)


def test_a_bar_is_as_long_as_its_index() -> None:
    chart = index_chart([ROW, replace(ROW, quarter="2027-Q1", index="100.00")], "times_25")
    assert chart is not None
    first, second = chart.bars
    assert (first.width, first.low, first.high) == (RIGHT / 2, RIGHT / 4, RIGHT)
    assert (second.quarter, second.width) == ("2027-Q1", RIGHT)
    assert second.y > first.y


def test_an_index_of_four_is_drawn_on_four() -> None:
    chart = index_chart([replace(ROW, index="4.00", low="2.00", high="4.00")], "share_of_four")
    assert chart is not None
    assert (chart.bars[0].width, chart.bars[0].low) == (RIGHT, RIGHT / 2)


def test_a_window_without_an_index_has_no_bar() -> None:
    few = replace(ROW, index=None, low=None, high=None)
    assert index_chart([few], "times_25") is None
    chart = index_chart([few, ROW], "times_25")
    assert chart is not None
    assert len(chart.bars) == 1
