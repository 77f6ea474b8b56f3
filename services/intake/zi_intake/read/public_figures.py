"""The figures of quarters for the public: what was filed and what became of it. What can change is counted event by event, so that a quarter that
is over never changes, and nobody can take the page of one day from that of another and find a single case. Complaints that only
appointed officials see are in none of them; of one that was moved to them later, what was counted before stays. A broken promise is counted when
its time passes, however the case ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.office_clock import office_zone
from zi_chassis.small_groups import LEAST, counted_together
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_intake.domain.case import messages

# Partitions of what was filed, and of what ended.
ABOUT, DISTRICT, OUTCOME = "about", "district", "outcome"
PROMISES = ("acknowledged", "answered")
FULFILLED, BROKEN = "kept", "broken"
TOGETHER = "other"
STEP = 5  # percent, in which the share of fulfilled promises is published
ENOUGH = 100 // STEP  # promises, so that one of them is never more than a step
MOST_QUARTERS = 12

FIGURE_TABLES = (
    "CREATE TABLE IF NOT EXISTS public_figures (quarter TEXT NOT NULL, measure TEXT NOT NULL, code TEXT NOT NULL,"
    " number INTEGER NOT NULL, PRIMARY KEY (quarter, measure, code))",
)
# What a filing says never changes: it is counted in the table of cases.
FILED = f"""
    SELECT '{ABOUT}' AS measure, CASE WHEN kind = 'consultation' OR category = '' THEN kind ELSE category END AS code,
        COUNT(*) AS number FROM cases WHERE {{within}} GROUP BY code
    UNION ALL SELECT '{DISTRICT}', district, COUNT(*) FROM cases WHERE {{within}} GROUP BY district
"""
KINDS = "kind IN ('product', 'service', 'consultation', 'information', 'suggestion')"
FILED_AS_COUNTABLE = f"{KINDS} AND (appointed_topic IS NULL OR moved = 1)"
COUNTABLE = f"{KINDS} AND appointed_topic IS NULL"

# A promise that was broken is counted already. That the decision about an objection to silence comes in time does not make it kept.
CONFIRMED = f"CASE WHEN acknowledge_missed = 0 THEN '{FULFILLED}' END"
ANSWERED = f"CASE WHEN answer_missed = 0 THEN '{FULFILLED}' END"
DECISION = f"CASE WHEN answer_missed = 0 AND (answered = 1 OR answer_broken = 0) THEN '{FULFILLED}' END"
PROMISE_OF = {"acknowledge": "acknowledged", "answer": "answered"}


def count_for_the_public(tx: Tx, aggregate: UUID, event: object) -> None:
    """Count the event in its quarter, by the row of the case as it was before."""
    match event:
        case messages.DeadlineMissed(by=by, clock=clock) if clock in PROMISE_OF:
            _count(tx, aggregate, by.at, PROMISE_OF[clock], f"'{BROKEN}'")
        case messages.CaseAcknowledged(by=by):
            _count(tx, aggregate, by.at, "acknowledged", CONFIRMED)
        case messages.CaseAnswered(by=by, objection=None):
            _count(tx, aggregate, by.at, "answered", ANSWERED)
        case messages.CaseAnswered(by=by):
            _count(tx, aggregate, by.at, "answered", DECISION)
        case messages.CaseClosed(by=by, reason=reason):
            _count(
                tx,
                aggregate,
                by.at,
                OUTCOME,
                f"CASE WHEN referred_to IS NOT NULL THEN 'referred' WHEN refusal IS NOT NULL THEN 'refused' ELSE '{reason}' END",
            )
        case messages.CaseWithdrawn(by=by):
            _count(tx, aggregate, by.at, OUTCOME, "'withdrawn'")
        case _:
            pass


def _count(tx: Tx, aggregate: UUID, at: datetime, measure: str, code: str) -> None:
    """Count the case under its code; where this is NULL, not at all."""
    promised = " AND due IS NOT NULL" if measure in PROMISES else ""  # for a suggestion no time runs
    tx.execute(
        f"INSERT INTO public_figures (quarter, measure, code, number) SELECT ?, ?, {code}, 1 FROM cases"
        f" WHERE aggregate = ? AND {COUNTABLE}{promised} AND {code} IS NOT NULL"
        " ON CONFLICT (quarter, measure, code) DO UPDATE SET number = public_figures.number + 1",
        *(quarter_of(at), measure, str(aggregate)),
    )


def quarter_of(at: datetime) -> str:
    """Return the quarter by the office's calendar, such as 2026-Q1."""
    day = at.astimezone(office_zone())
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def begin_of(quarter: str) -> datetime:
    year, _, number = quarter.partition("-Q")
    return datetime(int(year), 3 * int(number) - 2, 1, tzinfo=office_zone())


def next_quarter(quarter: str) -> str:
    year, _, number = quarter.partition("-Q")
    return f"{int(year) + 1:04}-Q1" if number == "4" else f"{year}-Q{int(number) + 1}"


@dataclass(frozen=True)
class QuarterFigures:
    """`groups` are numbers by measure and code, each of at least five; `fulfilled` are percentages of promises, in steps."""

    quarter: str
    groups: Mapping[str, Mapping[str, int]]
    fulfilled: Mapping[str, int]


def ended_quarters(tx: Tx, now: datetime) -> Sequence[str]:
    """Return the quarters that are over since the first case, the latest first."""
    [row] = tx.execute(f"SELECT MIN(received) AS first FROM cases WHERE {FILED_AS_COUNTABLE}")
    if row["first"] is None:
        return ()
    quarters = list(_until(quarter_of(datetime.fromisoformat(row["first"])), quarter_of(now)))
    return quarters[::-1][:MOST_QUARTERS]


def _until(quarter: str, current: str) -> Iterator[str]:
    while quarter < current:
        yield quarter
        quarter = next_quarter(quarter)


def quarter_figures(tx: Tx, quarter: str) -> QuarterFigures:
    within = f"received >= ? AND received < ? AND {FILED_AS_COUNTABLE}"
    bounds = rfc3339(begin_of(quarter)), rfc3339(begin_of(next_quarter(quarter)))
    rows = [
        *tx.execute(FILED.format(within=within), *bounds, *bounds),
        *tx.execute("SELECT measure, code, number FROM public_figures WHERE quarter = ?", quarter),
    ]
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["measure"], {})[row["code"]] = int(row["number"])
    groups = {measure: publishable(counts.get(measure, {})) for measure in (ABOUT, DISTRICT, OUTCOME)}
    shares = {promise: share_fulfilled(counts.get(promise, {})) for promise in PROMISES}
    return QuarterFigures(
        quarter, groups, {name: share for name, share in shares.items() if share is not None}
    )


def publishable(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts with the small ones together; nothing where all together are too few."""
    together = counted_together(counts)
    left = sum(counts[code] for code in together)
    apart = {code: number for code, number in counts.items() if code not in together}
    if left < LEAST:
        return apart
    return {**dict(sorted(apart.items(), key=lambda each: -each[1])), TOGETHER: left}


def share_fulfilled(counts: Mapping[str, int]) -> int | None:
    """Return how many percent were fulfilled at least, in steps; None for too few promises, of which each would be seen."""
    over = sum(counts.values())
    return counts.get(FULFILLED, 0) * 100 // over // STEP * STEP if over >= ENOUGH else None
