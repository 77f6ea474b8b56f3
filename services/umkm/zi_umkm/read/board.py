"""Questions about many cases: lists, counts, load, attention and evidence to verify. Nothing personal."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import rfc3339, stored_time
from zi_chassis.storage.searching import begins_with
from zi_contracts.intake import District, Holder
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.corrective_action import Progress, TrackedFinding
from zi_umkm.read.cases import ROWS, MentoringRow, case_from, finding_from
from zi_umkm.read.columns import MOST_ROWS
from zi_umkm.read.excerpt import Excerpt, ListQuery
from zi_umkm.read.interests import interests_of, others_than
from zi_umkm.read.nicknames import named

PAGE = 50
Condition = tuple[str, tuple[object, ...]]  # with its values


@dataclass(frozen=True)
class CaseFilter:
    """All conditions that a case must meet; `mentor` "" is no mentor; `ticket` is how it begins; `nickname` stands in the name that the
    business gave itself. Cases that are over come only with a state that says so.

    `reader` is an official, from whose lists the businesses are left out with which they have a conflict of interest.
    """

    district: str | None = None
    status: MentoringStatus | None = None
    mentor: str | None = None
    holder: Holder | None = None
    reader: str | None = None
    ticket: str = ""
    nickname: str = ""

    def where(self, tx: Tx) -> Condition:
        """Return the condition of all this in SQL, with its values."""
        values_by_condition: dict[str, object] = (
            {"is_over = ?": 0} if self.status is None else {"status = ?": self.status.value}
        )
        if self.district is not None:
            values_by_condition["district = ?"] = self.district
        if self.mentor is not None:
            values_by_condition["mentor = ?"] = self.mentor
        if self.holder is not None:
            values_by_condition["holder = ?"] = self.holder
        if self.ticket:
            values_by_condition[f"substr(ticket, 1, {len(self.ticket)}) = ?"] = self.ticket
        values_by_condition |= named(self.nickname)
        closed = () if self.reader is None else interests_of(tx, self.reader)
        others, references = others_than("business_ref", closed)
        return " AND ".join(values_by_condition) + others, (*values_by_condition.values(), *references)


@dataclass(frozen=True)
class PageCursor:
    """The last case of a page of a list; the next page begins after it."""

    since: datetime
    ticket: str


EVERYTHING = CaseFilter()


def case_rows(
    tx: Tx,
    wanted: CaseFilter = EVERYTHING,
    after: PageCursor | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> list[MentoringRow]:
    """Return cases, those first that have been in their state for longest."""
    condition, values = wanted.where(tx)
    if after is not None:
        condition += " AND (since, ticket) > (?, ?)"
        values += (rfc3339(after.since), after.ticket)
    return _cases_in(tx, f"{_page(condition, limit)} OFFSET {offset}", values)


def first_of_districts(
    tx: Tx, wanted: CaseFilter, districts: Sequence[District], limit: int
) -> dict[District, list[MentoringRow]]:
    """Return at most `limit` cases of each of these districts, as `case_rows` does, in one question."""
    condition, values = wanted.where(tx)
    page = f"SELECT case_id FROM ({_page(f'{condition} AND district = ?', limit)}) AS page"
    pages = " UNION ALL ".join([page] * len(districts))
    found: dict[District, list[MentoringRow]] = {district: [] for district in districts}
    of_pages = [value for district in districts for value in (*values, district)]
    for case in _cases_in(tx, pages, of_pages) if pages else ():
        found[case.district].append(case)
    return found


def _page(condition: str, limit: int) -> str:
    return f"SELECT case_id FROM cases WHERE {condition} ORDER BY since, ticket LIMIT {limit}"


def _cases_in(tx: Tx, page: str, values: Iterable[object]) -> list[MentoringRow]:
    rows = tx.execute(f"{ROWS} WHERE case_id IN ({page}) ORDER BY since, ticket", *values)
    return [case_from(row) for row in rows]


def count_cases(tx: Tx, wanted: CaseFilter = EVERYTHING) -> int:
    """Count what `case_rows` returns without a limit."""
    condition, values = wanted.where(tx)
    [row] = tx.execute(f"SELECT COUNT(*) AS many FROM cases WHERE {condition}", *values)
    return int(row["many"])


@dataclass(frozen=True)
class TripCount:
    """The open cases of a mentor in one district, those that nobody has visited, and those whose last visit is due."""

    district: District
    cases: int
    unvisited: int
    due: int
    with_office: int


def trip_counts(tx: Tx, mentor: str, now: datetime, reader: str | None = None) -> list[TripCount]:
    """Return a mentor's cases by district, the most visits first; `mentor` "" is nobody's."""
    condition, values = CaseFilter(mentor=mentor, reader=reader).where(tx)
    rows = tx.execute(
        "SELECT district, COUNT(*) AS many, SUM(CASE WHEN visited_at IS NULL THEN 1 ELSE 0 END) AS unvisited,"
        " SUM(CASE WHEN check_due <= ? THEN 1 ELSE 0 END) AS due,"
        " SUM(CASE holder WHEN 'office' THEN 1 ELSE 0 END) AS with_office"
        f" FROM cases WHERE {condition} GROUP BY district",
        *(rfc3339(now), *values),
    )
    trips = [
        TripCount(
            district=row["district"],
            cases=int(row["many"]),
            unvisited=int(row["unvisited"]),
            due=int(row["due"]),
            with_office=int(row["with_office"]),
        )
        for row in rows
    ]
    return sorted(trips, key=lambda each: (-each.unvisited - each.due, -each.cases, each.district))


@dataclass(frozen=True)
class CaseCount:
    """The cases of a district in one state, and the registration numbers that they obtained."""

    district: District
    status: MentoringStatus
    cases: int
    numbers: int


def counts(tx: Tx) -> list[CaseCount]:
    rows = tx.execute(
        "SELECT district, status, SUM(many) AS many, SUM(numbers) AS numbers FROM tallies WHERE many > 0"
        " GROUP BY district, status ORDER BY district, status"
    )
    return [
        CaseCount(row["district"], MentoringStatus(row["status"]), int(row["many"]), int(row["numbers"]))
        for row in rows
    ]


@dataclass(frozen=True)
class Load:
    """The open cases of a mentor; `mentor` None counts those without one."""

    mentor: str | None
    cases: int
    with_office: int
    critical: int
    overdue: int
    longest: datetime


def loads(tx: Tx) -> list[Load]:
    """Return the open cases of each mentor, the most first."""
    rows = tx.execute(
        "SELECT mentor, SUM(many) AS many, SUM(with_office) AS with_office, SUM(critical) AS critical,"
        " SUM(overdue) AS overdue,"
        " (SELECT MIN(c.since) FROM cases c WHERE c.mentor = t.mentor AND c.is_over = 0) AS longest"
        " FROM tallies t WHERE is_over = 0 AND many > 0 GROUP BY mentor ORDER BY SUM(many) DESC, mentor"
    )
    return [
        Load(
            mentor=row["mentor"] or None,
            cases=int(row["many"]),
            with_office=int(row["with_office"]),
            critical=int(row["critical"]),
            overdue=int(row["overdue"]),
            longest=datetime.fromisoformat(row["longest"]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Attention:
    """The attention to a district: open cases, those without a mentor, those where no official was yet, and how long they wait."""

    district: District
    cases: int
    without_mentor: int
    never_visited: int
    last_visit: datetime | None
    last_attended: datetime | None
    longest: datetime


def attention(tx: Tx) -> list[Attention]:
    there = "FROM cases c WHERE c.district = t.district AND c.is_over = 0"
    rows = tx.execute(
        "SELECT district, SUM(many) AS many, SUM(CASE mentor WHEN '' THEN many ELSE 0 END) AS without_mentor,"
        " SUM(never_visited) AS never_visited,"
        f" (SELECT MAX(c.visited_at) {there}) AS last_visit, (SELECT MAX(c.attended_at) {there}) AS last_attended,"
        f" (SELECT MIN(c.since) {there}) AS longest"
        " FROM tallies t WHERE is_over = 0 AND many > 0 GROUP BY district ORDER BY district"
    )
    return [
        Attention(
            district=row["district"],
            cases=int(row["many"]),
            without_mentor=int(row["without_mentor"]),
            never_visited=int(row["never_visited"]),
            last_visit=stored_time(row["last_visit"]),
            last_attended=stored_time(row["last_attended"]),
            longest=datetime.fromisoformat(row["longest"]),
        )
        for row in rows
    ]


def open_cases_by_status(tx: Tx) -> dict[MentoringStatus, int]:
    rows = tx.execute(
        "SELECT status, SUM(many) AS many FROM tallies WHERE is_over = 0 AND many > 0 GROUP BY status"
    )
    return {MentoringStatus(row["status"]): int(row["many"]) for row in rows}


def median_since(tx: Tx, statuses: Collection[MentoringStatus], cases: int) -> datetime:
    """Return when the median of so many cases, all those in these states, came into its state; of two in the middle the later."""
    [row] = tx.execute(
        f"SELECT since FROM cases WHERE status IN ({placeholders(statuses)})"
        f" ORDER BY since DESC LIMIT 1 OFFSET {(cases - 1) // 2}",
        *(each.value for each in statuses),
    )
    return datetime.fromisoformat(row["since"])


@dataclass(frozen=True)
class ToVerify:
    """Evidence that waits for somebody who is not its author."""

    case: UUID
    ticket: str
    district: District
    finding: TrackedFinding
    since: datetime


def actions_to_verify(
    tx: Tx,
    limit: int = MOST_ROWS,
    reader: str = "",
    *,
    offset: int = 0,
    alone: bool = False,
    ticket: str = "",
) -> Excerpt[ToVerify]:
    """Return evidence to verify, the longest wait first; none of a business with which the reader has a conflict of interest.

    `alone` leaves out what the reader may not verify; `ticket` is how that of the case begins.
    """
    waiting, values = _waiting(reader, interests_of(tx, reader), ticket, alone=alone)
    wanted = ListQuery(
        columns="f.*, c.ticket, c.district",
        rows=waiting,
        order="f.since, f.case_id, f.item",
        row_values=values,
    )
    return wanted.excerpt(tx, _to_verify, limit, offset)


def _to_verify(row: Row) -> ToVerify:
    return ToVerify(
        case=UUID(row["case_id"]),
        ticket=row["ticket"],
        district=row["district"],
        finding=finding_from(row),
        since=datetime.fromisoformat(row["since"]),
    )


def _waiting(
    reader: str, closed: Collection[str], ticket: str, *, alone: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the query of evidence to verify, and its values; an account's name in quotes is whole."""
    found, signs = begins_with("c.ticket", ticket)
    others, references = others_than("c.business_ref", closed)
    waiting = (
        " FROM findings f JOIN cases c ON c.case_id = f.case_id"
        f" WHERE f.progress = ? AND c.is_over = 0{others}{found}"
    )
    values = (Progress.EVIDENCED.value, *references, *signs)
    if not alone:
        return waiting, values
    name = json.dumps(reader)
    no_part = (
        " AND replace(f.authors, ?, '') = f.authors"
        " AND (f.critical = 0 OR replace(f.raised_by, ?, '') = f.raised_by)"
    )
    return waiting + no_part, (*values, name, name)
