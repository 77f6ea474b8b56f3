"""A chart of the log's growth as the numbers of a drawing: a line of steps, since a size holds until the next entry. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from zi_audit.domain.question import Mark
from zi_chassis.domain import Value
from zi_chassis.office_clock import office_zone

WIDTH, HEIGHT = 320, 190  # drawn for a phone, so that its letters can be read there
LEFT, RIGHT, TOP, BOTTOM = 46, 312, 12, 164
LEVELS = 4


class Level(Value):
    """A round size and the height at which it is drawn."""

    size: int
    y: float


class GrowthChart(Value):
    """`line` is an SVG path; `area` the same closed at the bottom."""

    line: str
    area: str
    levels: Sequence[Level]
    first: str
    last: str


def growth(marks: Sequence[Mark]) -> GrowthChart | None:
    """None while there is no stretch of time to draw. A time that goes back is drawn where the one before it is."""
    times = list(accumulate((mark.at for mark in marks), max))
    if not times or times[0] == times[-1]:
        return None
    each = _round_step(marks[-1].size)
    top = -(-marks[-1].size // each) * each
    places = [
        (_x(at, times[0], times[-1]), _y(mark.size, top)) for at, mark in zip(times, marks, strict=True)
    ]
    line = " ".join(_steps(places))
    return GrowthChart(
        line=line,
        area=f"{line} V{BOTTOM} H{LEFT} Z",
        levels=[Level(size=size, y=_y(size, top)) for size in range(0, top + 1, each)],
        first=_label(times[0], times[-1] - times[0]),
        last=_label(times[-1], times[-1] - times[0]),
    )


def _label(at: datetime, stretch: timedelta) -> str:
    """As exact as the stretch of time asks for, where the office is."""
    shape = (
        "%Y-%m-%d"
        if stretch > timedelta(days=2)
        else "%m-%d %H:%M"
        if stretch > timedelta(hours=1)
        else "%H:%M:%S"
    )
    return at.astimezone(office_zone()).strftime(shape)


def _steps(places: Sequence[tuple[float, float]]) -> Iterator[str]:
    yield f"M{places[0][0]} {places[0][1]}"
    for x, y in places[1:]:
        yield f"H{x} V{y}"


def _x(at: datetime, first: datetime, last: datetime) -> float:
    return round(LEFT + (RIGHT - LEFT) * ((at - first) / (last - first)), 1)


def _y(size: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * size / top, 1)


def _round_step(most: int) -> int:
    """1, 2 or 5 times a power of ten, so that at most LEVELS of it reach `most`."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * LEVELS >= most:
                return factor * power
        power *= 10
