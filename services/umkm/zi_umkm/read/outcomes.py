"""Count what mentoring came to, district by district: how many got their number, how long it took, what was learned.

Holds nobody's name, and what is told in public (`public_*`) tells of no group of fewer than five businesses.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zi_chassis.small_groups import LEAST, counted_together, hidden
from zi_chassis.storage.database import Tx
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.read.board import counts, median_since, open_cases_by_status
from zi_umkm.read.charts import Chart, bars
from zi_umkm.read.trainings import TrainingRow

# What a state comes to, in the order in which it is drawn, with its words and its colour.
KINDS: dict[str, str] = {
    "number": "Has its number",
    "health_office": "At the health office",
    "on_the_way": "On the way",
    "asleep": "Asleep",
    "ended": "Closed without a number",
}
FILLS: Mapping[str, str] = {
    "number": "var(--green)",
    "health_office": "var(--blue)",
    "on_the_way": "var(--violet)",
    "asleep": "var(--edge)",
    "ended": "var(--red)",
    "few": "var(--line)",
    "before": "var(--edge)",
    "after": "var(--green)",
}
OUTCOMES: Mapping[MentoringStatus, str] = {
    MentoringStatus.NUMBER_OBTAINED: "number",
    MentoringStatus.GRADUATED: "number",
    MentoringStatus.REFERRED: "health_office",
    MentoringStatus.DORMANT: "asleep",
    MentoringStatus.CLOSED: "ended",
}
DAY = timedelta(days=1)
OTHER = "other"  # groups that are counted together
FEW, FEW_WORDS = "few", "In groups too small to be told"


@dataclass(frozen=True)
class DistrictOutcome:
    """`counts` are cases by kind; `numbers` are registration numbers, of which one business may have several."""

    district: str
    counts: Mapping[str, int]
    numbers: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class PublicOutcome:
    """As `Outcome`, with None for what is not told."""

    district: str
    counts: Mapping[str, int | None]
    numbers: int | None
    total: int

    @property
    def few(self) -> int:
        """Count the businesses in the kinds that are not published."""
        return self.total - sum(count for count in self.counts.values() if count is not None)


def outcomes(tx: Tx) -> list[DistrictOutcome]:
    """Return the outcomes in the order of the districts' codes."""
    kinds: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    numbers: dict[str, int] = defaultdict(int)
    for each in counts(tx):
        kinds[each.district][OUTCOMES.get(each.status, "on_the_way")] += each.cases
        numbers[each.district] += each.numbers
    return [DistrictOutcome(district, kinds[district], numbers[district]) for district in sorted(kinds)]


def public_outcomes(results: Sequence[DistrictOutcome]) -> list[PublicOutcome]:
    """Return publishable outcomes: small districts are one row at the end, and small numbers are left out."""
    together = counted_together({each.district: each.total for each in results})
    rows = [each for each in results if each.district not in together]
    rest = _sum([each for each in results if each.district in together])
    rows += [rest] if rest.total >= LEAST else []
    unseen = hidden([each.numbers for each in rows])
    return [_public(each, knows_numbers=place not in unseen) for place, each in enumerate(rows)]


def _sum(results: Sequence[DistrictOutcome]) -> DistrictOutcome:
    counts = {kind: sum(each.counts[kind] for each in results) for kind in KINDS}
    return DistrictOutcome(OTHER, counts, sum(each.numbers for each in results))


def _public(result: DistrictOutcome, *, knows_numbers: bool) -> PublicOutcome:
    unseen = hidden([result.counts[kind] for kind in KINDS])
    counts = {kind: None if place in unseen else result.counts[kind] for place, kind in enumerate(KINDS)}
    return PublicOutcome(result.district, counts, result.numbers if knows_numbers else None, result.total)


def chart(results: Iterable[PublicOutcome], name: Callable[[str], str]) -> Chart | None:
    lines = [
        (name(each.district), {**{kind: count or 0 for kind, count in each.counts.items()}, FEW: each.few})
        for each in results
    ]
    return bars(lines, (*KINDS, FEW))


@dataclass(frozen=True)
class Duration:
    """From the request to the first number: half of them took at most so many days."""

    district: str
    businesses: int
    days: int


def durations(tx: Tx) -> list[Duration]:
    """Return the median of each district; of two in the middle the lower."""
    numbered = "FROM cases WHERE days_to_number IS NOT NULL"
    counted = tx.execute(f"SELECT district, COUNT(*) AS many {numbered} GROUP BY district ORDER BY district")
    found = []
    for row in counted:
        district, many = row["district"], int(row["many"])
        [middle] = tx.execute(
            f"SELECT days_to_number {numbered} AND district = ? ORDER BY days_to_number LIMIT 1 OFFSET {(many - 1) // 2}",
            district,
        )
        found.append(Duration(district, many, middle["days_to_number"]))
    return found


def public_durations(durations: Iterable[Duration], rows: Iterable[PublicOutcome]) -> list[Duration]:
    """Return the durations of districts whose row publishes its numbers; elsewhere the count would disclose them."""
    clear = {each.district for each in rows if each.counts["number"] is not None}
    return [each for each in durations if each.district in clear and each.businesses >= LEAST]


@dataclass(frozen=True)
class Stuck:
    """Open cases in a state, or in all small ones together (None): half of them have stood there for at most so many days."""

    status: MentoringStatus | None
    cases: int
    days: int


def public_stuck(tx: Tx, now: datetime) -> list[Stuck]:
    """Return stages in the order of a case's states, small ones together at the end."""
    open_cases = open_cases_by_status(tx)
    together = counted_together(open_cases)
    stages = [
        Stuck(status, open_cases[status], _median_days(tx, (status,), open_cases[status], now))
        for status in MentoringStatus
        if status in open_cases and status not in together
    ]
    rest = sum(open_cases[status] for status in together)
    return [*stages, Stuck(None, rest, _median_days(tx, together, rest, now))] if rest >= LEAST else stages


def _median_days(tx: Tx, statuses: Collection[MentoringStatus], cases: int, now: datetime) -> int:
    return (now - median_since(tx, statuses, cases)) // DAY


def stuck_chart(stages: Iterable[Stuck], name: Callable[[MentoringStatus | None], str]) -> Chart | None:
    return bars([(name(each.status), {"on_the_way": each.cases}) for each in stages], ("on_the_way",))


@dataclass(frozen=True)
class Learned:
    """Trainings that were held in a district, and the mean scores before and after, weighed by those who came."""

    district: str
    trainings: int
    attended: int
    before: int | None
    after: int | None


def learned(trainings: Iterable[TrainingRow]) -> list[Learned]:
    by_district: dict[str, list[TrainingRow]] = defaultdict(list)
    for each in trainings:
        if each.held_at is not None:
            by_district[each.district].append(each)
    return [_learned(district, rows) for district, rows in sorted(by_district.items())]


def public_learned(trainings: Sequence[TrainingRow]) -> list[Learned]:
    """Return as `learned`, with small districts together at the end."""
    districts = learned(trainings)
    together = counted_together({each.district: each.attended for each in districts})
    alone = [each for each in districts if each.district not in together]
    rest = _learned(
        OTHER, [each for each in trainings if each.held_at is not None and each.district in together]
    )
    return [*alone, rest] if rest.attended >= LEAST else alone


def learned_chart(rows: Sequence[Learned], name: Callable[[str], str]) -> Chart | None:
    """Return a chart with two bars a district."""
    scored = [each for each in rows if each.before is not None and each.after is not None]
    lines = [
        (name(each.district), {kind: score or 0})
        for each in scored
        for kind, score in (("before", each.before), ("after", each.after))
    ]
    return bars(lines, ("before", "after"))


def _learned(district: str, rows: Sequence[TrainingRow]) -> Learned:
    return Learned(
        district,
        len(rows),
        sum(each.attended for each in rows),
        _mean([(each.before, each.attended) for each in rows]),
        _mean([(each.after, each.attended) for each in rows]),
    )


def _mean(scores: Iterable[tuple[int | None, int]]) -> int | None:
    known = [(score, weight) for score, weight in scores if score is not None and weight]
    total = sum(weight for _, weight in known)
    return sum(score * weight for score, weight in known) // total if total else None
