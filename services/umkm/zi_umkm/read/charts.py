"""Bars of counts by district, as the numbers of a drawing: a table with the same numbers stands beside each. Pure."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from zi_chassis.domain import Value

WIDTH = 320  # drawn for a phone, so that its letters can be read there
LEFT, RIGHT = 0, 282
ROW, BAR, LABEL = 44, 16, 16
ROOM = 4


class BarPart(Value):
    """A stretch of a bar; `kind` says how it is drawn."""

    kind: str
    count: int
    x: float
    width: float


class Bar(Value):
    """`label` above it, its sum after it."""

    label: str
    parts: Sequence[BarPart]
    total: int
    label_y: float
    y: float
    end: float


class Chart(Value):
    bars: Sequence[Bar]
    height: int
    thick: int = BAR


def bars(counted: Sequence[tuple[str, Mapping[str, int]]], kinds: Sequence[str]) -> Chart | None:
    """Return one bar a line, its parts in the order of `kinds`; None where there is nothing to draw."""
    most = max((_total(counts, kinds) for _, counts in counted), default=0)
    if not most:
        return None
    scale = (RIGHT - LEFT) / most
    drawn = [_bar(row, label, counts, kinds, scale) for row, (label, counts) in enumerate(counted)]
    return Chart(bars=drawn, height=ROW * len(drawn) + ROOM)


def _bar(row: int, label: str, counts: Mapping[str, int], kinds: Sequence[str], scale: float) -> Bar:
    sizes = [counts.get(kind, 0) for kind in kinds]
    begins = accumulate(sizes, initial=0)
    parts = [
        BarPart(kind=kind, count=size, x=round(LEFT + begin * scale, 1), width=round(size * scale, 1))
        for kind, size, begin in zip(kinds, sizes, begins, strict=False)
        if size
    ]
    total, top = sum(sizes), row * ROW
    return Bar(
        label=label,
        parts=parts,
        total=total,
        label_y=top + LABEL,
        y=top + LABEL + ROOM + 2,
        end=round(LEFT + total * scale + ROOM + 1, 1),
    )


def _total(counts: Mapping[str, int], kinds: Sequence[str]) -> int:
    return sum(counts.get(kind, 0) for kind in kinds)
