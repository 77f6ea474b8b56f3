"""The statistics of the desk: how old open cases are, how cases ended, what they are about and how promises were kept. Counted by the
database, and of the cases that the reader sees alone."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_contracts.intake import ClosingReason
from zi_intake.read.case_table import OVER
from zi_intake.read.desk_lists import OWN_KINDS
from zi_intake.read.visibility import CaseReader, visible_to

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
# Days since an open case was received, at most; what is older than the last is one group more.
AGES = (3, 7, 14, 30, 60)
OLDER = "older"
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
    """Count in two queries of few groups each: one of all measures has thousands of groups."""
    where, values = _conditions(period.within(now), reader)
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*FILED_AS, *MEASURES)}
    total = 0
    columns = ", ".join(FILED_AS)
    # By the index in the order of the groups, so that nothing is sorted: SQLite would look for the days, and then sort.
    as_filed = where.format(received="received || ''")
    for row in tx.execute(
        f"SELECT {columns}, COUNT(*) AS many FROM cases WHERE {as_filed} GROUP BY {columns}", *values
    ):
        total += int(row["many"])
        for name, unstated in FILED_AS.items():
            _count(counts[name], row[name] or unstated, row)
    digits, times = _digits(now)
    by_day = where.format(received="received")
    for row in tx.execute(
        f"SELECT {digits} AS digits, COUNT(*) AS many FROM cases WHERE {by_day} GROUP BY digits",
        *times,
        *values,
    ):
        for (name, measure), digit in zip(MEASURES.items(), f"{row['digits']:0{len(MEASURES)}}", strict=True):
            _count(counts[name], measure.codes[int(digit)], row)
    return CaseStatistics(total, counts)


def _count(counts: Counter[str], code: str, row: Row) -> None:
    if code:
        counts[code] += int(row["many"])


@dataclass(frozen=True)
class Measure:
    """Something of a case that is found in its columns: `sql` gives the place of its code in `codes`, a digit, and has a `?` for each of the
    times that `times` makes of now. The code "" is not counted."""

    codes: tuple[str, ...]
    sql: str
    times: Callable[[datetime], tuple[datetime, ...]] = lambda now: ()


# Columns of a case, each with the code of a case that has none.
FILED_AS = {"kind": "", "category": "", "district": "", "tier": "", "road": "own"}
PROMISE = ("", BROKEN, FULFILLED, "running")
MEASURES = {
    "outcome": Measure(
        ("open", "withdrawn", "referred", "refused", "erased", *get_args(ClosingReason)),
        f"CASE WHEN precedence < {OVER} THEN 0 WHEN state = 'withdrawn' THEN 1 WHEN referred_to IS NOT NULL THEN 2"
        " WHEN refusal IS NOT NULL THEN 3"
        + "".join(
            f" WHEN closed_by = '{code}' THEN {digit}"
            for digit, code in enumerate(get_args(ClosingReason), start=5)
        )
        + " ELSE 4 END",
    ),
    "age": Measure(
        ("", *map(str, AGES), OLDER),
        f"CASE WHEN precedence = {OVER} THEN 0"
        + "".join(f" WHEN received >= ? THEN {digit}" for digit in range(1, len(AGES) + 1))
        + f" ELSE {len(AGES) + 1} END",
        lambda now: tuple(now - days * DAY for days in AGES),
    ),
    "acknowledged": Measure(
        PROMISE,
        "CASE WHEN acknowledge_by IS NULL THEN 0 WHEN acknowledge_missed = 1 THEN 1 WHEN acknowledged = 1 THEN 2"
        " WHEN state <> 'filed' THEN 0 WHEN acknowledge_by < ? THEN 1 ELSE 3 END",
        lambda now: (now,),
    ),
    "answered": Measure(
        PROMISE,
        f"CASE WHEN due IS NULL THEN 0 WHEN answer_broken = 1 THEN 1 WHEN answered = 1 THEN 2 WHEN precedence = {OVER} THEN 0"
        " WHEN holder = 'office' AND due < ? THEN 1 ELSE 3 END",
        lambda now: (now,),
    ),
}


def _digits(now: datetime) -> tuple[str, tuple[str, ...]]:
    """Return all measures as one number, a digit each: a database groups by a number in two thirds of the time of four texts."""
    sql = " + ".join(
        f"{10**place} * {measure.sql}" for place, measure in enumerate(reversed(MEASURES.values()))
    )
    return sql, tuple(rfc3339(at) for measure in reversed(MEASURES.values()) for at in measure.times(now))


def _conditions(period: StatisticsQuery, reader: CaseReader) -> tuple[str, tuple[object, ...]]:
    """Return the conditions, in which the moment of receipt is left open as `{received}`, and their values."""
    visible, of_reader = visible_to(reader)
    kinds = "', '".join(OWN_KINDS)
    assert period.since is not None
    assert period.until is not None
    parts = [f"({visible})", f"kind IN ('{kinds}')", "{received} >= ?", "{received} <= ?"]
    values: list[object] = [*of_reader, rfc3339(_begins(period.since)), rfc3339(_ends(period.until))]
    if period.district:
        parts.append("district = ?")
        values.append(period.district)
    return " AND ".join(parts), tuple(values)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, office_zone())


def _ends(day: date) -> datetime:
    return datetime.combine(day, time.max, office_zone())
