"""The statistics of the desk: how old open cases are, how cases ended, what they are about and how promises were kept. Counted by the
database, and of the cases that the reader sees alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from zi_chassis.database import Tx
from zi_chassis.office_clock import office_zone
from zi_chassis.recorded import rfc3339
from zi_intake.case_table import OVER
from zi_intake.desk_lists import OWN_KINDS
from zi_intake.visibility import CaseReader, visible_to

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
# Days since an open case was received, at most; what is older than the last is one group more.
AGES = (3, 7, 14, 30, 60)
OLDER = "older"
GROUPED = (
    ("kind", "category"),
    ("district",),
    ("tier", "road"),
    ("outcome", "age", "acknowledged", "answered"),
)
# Of promises: kept, broken, still running, and ended before they were due (withdrawn).
FULFILLED, BROKEN = "kept", "broken"


def _if_typed(text: object) -> object:
    return None if text == "" else text


# No case is older; the first days of the calendar have no time in UTC.
Day = Annotated[
    Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))] | None, BeforeValidator(_if_typed)
]
Code = Annotated[
    Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] | None, BeforeValidator(_if_typed)
]


class StatisticsQuery(BaseModel):
    """Of the cases that were received on these days, both included; of the last year where none is given."""

    model_config = ConfigDict(frozen=True)

    since: Day = None
    until: Day = None
    district: Code = None

    def within(self, now: datetime) -> "StatisticsQuery":
        """Return the period with both of its days."""
        until = self.until or now.astimezone(office_zone()).date()
        since = self.since or until - YEAR
        return self.model_copy(update={"since": since, "until": until})


@dataclass(frozen=True)
class CaseStatistics:
    """`counts` are numbers of cases by measure and code; of `age` open cases alone are counted."""

    total: int
    counts: Mapping[str, Mapping[str, int]]

    def attainment(self, promise: str) -> int | None:
        """Return the percentage of the promises kept among those that are over; None where none is."""
        counts = self.counts[promise]
        over = counts.get(FULFILLED, 0) + counts.get(BROKEN, 0)
        return counts.get(FULFILLED, 0) * 100 // over if over else None


def case_statistics(tx: Tx, period: StatisticsQuery, reader: CaseReader, now: datetime) -> CaseStatistics:
    """Count in a few queries of few groups each: one of all measures has thousands of groups."""
    columns = dict(_columns(now))
    where, values = _conditions(period.within(now), reader)
    counts: dict[str, Counter[str]] = {name: Counter() for group in GROUPED for name in group}
    total = 0
    for group in GROUPED:
        measured = ", ".join(f"{columns[name][0]} AS of_{name}" for name in group)
        rows = tx.execute(
            f"SELECT {measured}, COUNT(*) AS many FROM cases WHERE {where}"
            f" GROUP BY {', '.join(f'of_{name}' for name in group)}",
            *(value for name in group for value in columns[name][1]),
            *values,
        )
        total = sum(int(row["many"]) for row in rows)
        for row in rows:
            for name in group:
                if row[f"of_{name}"]:
                    counts[name][row[f"of_{name}"]] += int(row["many"])
    return CaseStatistics(total, counts)


def _columns(now: datetime) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Yield (measure, (SQL, its values)); an empty code is not counted."""
    at = rfc3339(now)
    for name in ("kind", "category", "district"):
        yield name, (name, ())
    yield "tier", ("COALESCE(tier, '')", ())
    yield "road", ("COALESCE(road, 'own')", ())
    yield (
        "outcome",
        (
            f"CASE WHEN precedence < {OVER} THEN 'open' WHEN state = 'withdrawn' THEN 'withdrawn'"
            " WHEN referred_to IS NOT NULL THEN 'referred' WHEN refusal IS NOT NULL THEN 'refused' ELSE COALESCE(closed_by, 'erased') END",
            (),
        ),
    )
    yield "age", _age(now)
    yield (
        "acknowledged",
        (
            "CASE WHEN acknowledge_by IS NULL THEN '' WHEN acknowledge_missed = 1 THEN 'broken' WHEN acknowledged = 1 THEN 'kept'"
            " WHEN state <> 'filed' THEN '' WHEN acknowledge_by < ? THEN 'broken' ELSE 'running' END",
            (at,),
        ),
    )
    yield (
        "answered",
        (
            f"CASE WHEN due IS NULL THEN '' WHEN answer_broken = 1 THEN 'broken' WHEN answered = 1 THEN 'kept' WHEN precedence = {OVER} THEN ''"
            " WHEN holder = 'office' AND due < ? THEN 'broken' ELSE 'running' END",
            (at,),
        ),
    )


def _age(now: datetime) -> tuple[str, tuple[str, ...]]:
    younger = " ".join(f"WHEN received >= ? THEN '{days}'" for days in AGES)
    sql = f"CASE WHEN precedence = {OVER} THEN '' {younger} ELSE '{OLDER}' END"
    return sql, tuple(rfc3339(now - days * DAY) for days in AGES)


def _conditions(period: StatisticsQuery, reader: CaseReader) -> tuple[str, tuple[object, ...]]:
    visible, of_reader = visible_to(reader)
    kinds = "', '".join(OWN_KINDS)
    assert period.since is not None
    assert period.until is not None
    parts = [f"({visible})", f"kind IN ('{kinds}')", "received >= ?", "received <= ?"]
    values: list[object] = [*of_reader, rfc3339(_begins(period.since)), rfc3339(_ends(period.until))]
    if period.district:
        parts.append("district = ?")
        values.append(period.district)
    return " AND ".join(parts), tuple(values)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, office_zone())


def _ends(day: date) -> datetime:
    return datetime.combine(day, time.max, office_zone())
