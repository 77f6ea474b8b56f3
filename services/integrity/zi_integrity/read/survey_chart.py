"""The drawing of an index over time, as numbers: a bar a quarter with its interval. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from zi_integrity.read.surveys import SurveyWindowRow

LEFT, RIGHT, ROW, BAR = 0.0, 250.0, 44, 16
HIGHEST = {"times_25": 100.0}
OF_FOUR = 4.0


@dataclass(frozen=True)
class IndexBar:
    """`low` and `high` are where the interval begins and ends."""

    quarter: str
    index: str
    y: int
    width: float
    low: float
    high: float


@dataclass(frozen=True)
class IndexChart:
    bars: Sequence[IndexBar]
    height: int
    thick: int = BAR


def index_chart(rows: Sequence[SurveyWindowRow], conversion: str) -> IndexChart | None:
    """Return the bars of the windows that have an index, in the order of the rows; None where none has."""
    scale = (RIGHT - LEFT) / HIGHEST.get(conversion, OF_FOUR)
    bars = [
        IndexBar(
            quarter=each.quarter,
            index=each.index,
            y=number * ROW + 22,
            width=round(float(each.index) * scale, 1),
            low=round(float(each.low) * scale, 1),
            high=round(float(each.high) * scale, 1),
        )
        for number, each in enumerate(row for row in rows if row.index is not None)
        if each.index is not None and each.low is not None and each.high is not None
    ]
    return IndexChart(bars, len(bars) * ROW + 6) if bars else None
