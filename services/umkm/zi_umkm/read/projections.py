"""Read models of the service's own events: cases and where they stand, findings, files, visits and trainings; nothing personal."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

import orjson

from zi_chassis.database import Row, Tx
from zi_chassis.recorded import Recorded, rfc3339
from zi_contracts.intake import District, Holder, Items
from zi_contracts.umkm import Assessor, RuleVersion
from zi_contracts.vault import ItemRef
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain import training as lessons
from zi_umkm.domain import visit as visits
from zi_umkm.domain.case import messages
from zi_umkm.domain.case.state import OVER, MentoringStatus
from zi_umkm.domain.corrective_action import Progress, TrackedFinding, TrackedFindings
from zi_umkm.domain.rulebook import MentoringRulebook

MOST_ROWS = 200
PAGE = 50
AnyMentoringEvent = messages.MentoringEvent | actions.ActionEvent
PLACE = ("district", "mentor", "status", "is_over")
COUNTED = (*PLACE, "holder", "visited_at", "critical_open", "overdue", "numbers")
FIGURES = ("many", "with_office", "never_visited", "critical", "overdue", "numbers")
TALLY = (
    f"INSERT INTO tallies ({', '.join((*PLACE, *FIGURES))}) VALUES ({', '.join('?' * len((*PLACE, *FIGURES)))})"
    " ON CONFLICT (district, mentor, status) DO UPDATE SET "
    + ", ".join(f"{each} = tallies.{each} + excluded.{each}" for each in FIGURES)
)


@dataclass(frozen=True)
class MentoringRow:
    """`mentor` is the last of `mentors`; `since` is when it came into its state, `attended_at` when an official last did something.

    `rating` and `points` are those of the last assessment by an official; `check_due` is when the last visit should be.
    """

    case: UUID
    ticket: str
    business_ref: str
    district: District
    has_nib: bool
    products: int
    status: MentoringStatus
    slept: MentoringStatus | None
    holder: Holder
    mentor: str | None
    mentors: tuple[str, ...]
    begun: datetime
    since: datetime
    heard_at: datetime
    attended_at: datetime | None
    visited_at: datetime | None
    rating: str | None
    points: int | None
    findings_open: int
    critical_open: int
    evidenced: int
    overdue: int
    numbers: int
    check_due: datetime | None


class Cases:
    """With the findings of each, who mentored and evaluated it, and how many there are of a kind, counted as they change."""

    name = "cases"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS cases (case_id TEXT PRIMARY KEY, ticket TEXT NOT NULL, business_ref TEXT NOT NULL,"
        " district TEXT NOT NULL, has_nib INTEGER NOT NULL, products INTEGER NOT NULL, status TEXT NOT NULL, slept TEXT,"
        " is_over INTEGER NOT NULL, holder TEXT NOT NULL, mentor TEXT NOT NULL, mentors TEXT NOT NULL, begun TEXT NOT NULL,"
        " since TEXT NOT NULL, heard_at TEXT NOT NULL, attended_at TEXT, visited_at TEXT, rating TEXT, points INTEGER,"
        " findings_open INTEGER NOT NULL, critical_open INTEGER NOT NULL, evidenced INTEGER NOT NULL,"
        " overdue INTEGER NOT NULL, numbers INTEGER NOT NULL, first_number TEXT, check_due TEXT)",
        "CREATE UNIQUE INDEX IF NOT EXISTS cases_ticket ON cases (ticket)",
        "CREATE INDEX IF NOT EXISTS cases_business ON cases (business_ref)",
        "CREATE INDEX IF NOT EXISTS cases_since ON cases (is_over, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_status ON cases (status, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_district ON cases (district, is_over, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_mentor ON cases (mentor, is_over, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_visited ON cases (district, is_over, visited_at)",
        "CREATE INDEX IF NOT EXISTS cases_attended ON cases (district, is_over, attended_at)",
        "CREATE INDEX IF NOT EXISTS cases_standing ON cases (is_over, status, since)",
        "CREATE INDEX IF NOT EXISTS cases_ways ON cases (first_number, district, begun)",
        "CREATE TABLE IF NOT EXISTS tallies (district TEXT NOT NULL, mentor TEXT NOT NULL, status TEXT NOT NULL,"
        " is_over INTEGER NOT NULL, many INTEGER NOT NULL, with_office INTEGER NOT NULL, never_visited INTEGER NOT NULL,"
        " critical INTEGER NOT NULL, overdue INTEGER NOT NULL, numbers INTEGER NOT NULL,"
        " PRIMARY KEY (district, mentor, status))",
        "CREATE TABLE IF NOT EXISTS findings (case_id TEXT NOT NULL, item TEXT NOT NULL, grade TEXT NOT NULL,"
        " critical INTEGER NOT NULL, own INTEGER NOT NULL, progress TEXT NOT NULL, authors TEXT NOT NULL, due TEXT,"
        " overdue INTEGER NOT NULL, since TEXT NOT NULL, PRIMARY KEY (case_id, item))",
        "CREATE INDEX IF NOT EXISTS findings_progress ON findings (progress, since, case_id, item)",
        "CREATE TABLE IF NOT EXISTS mentorships (case_id TEXT NOT NULL, mentor TEXT NOT NULL, since TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS mentorships_case ON mentorships (case_id)",
        "CREATE TABLE IF NOT EXISTS evaluations (case_id TEXT NOT NULL, official TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS evaluations_case ON evaluations (case_id)",
        "CREATE TABLE IF NOT EXISTS case_files (case_id TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL,"
        " code TEXT NOT NULL, product INTEGER, item TEXT NOT NULL, field TEXT NOT NULL, digest TEXT NOT NULL,"
        " role TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS case_files_case ON case_files (case_id, position)",
    )

    def __init__(self, rules: MentoringRulebook) -> None:
        self._rules = rules

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, messages.MentoringRegistered):
            _register(tx, recorded, event)
        elif isinstance(event, AnyMentoringEvent):
            self._update(tx, recorded, event)

    def _update(self, tx: Tx, recorded: Recorded, event: AnyMentoringEvent) -> None:
        case = str(recorded.aggregate)
        _store_records(tx, recorded, event)
        [row] = tx.execute("SELECT * FROM cases WHERE case_id = ?", case)
        changed = _moved(row, recorded, event) | _last_contact(event) | self._columns_of(tx, case, row, event)
        _set(tx, "cases", "case_id", case, changed)
        _recount(tx, row, changed)

    def _columns_of(self, tx: Tx, case: str, row: Row, event: AnyMentoringEvent) -> dict[str, object]:
        """Return the columns that this type of event changes besides the state."""
        match event:
            case messages.BusinessRestated(business=business):
                return {
                    "district": business.district,
                    "products": len(business.products),
                    "has_nib": int(business.has_nib),
                }
            case messages.BusinessIdentified(business_ref=business_ref):
                return {"business_ref": business_ref, "has_nib": 1}
            case messages.MentoringRecorded(mentor=mentor):
                others = [each for each in orjson.loads(row["mentors"]) if each != mentor]
                return {"mentor": mentor, "mentors": json.dumps([*others, mentor])}
            case messages.BusinessAssessed():
                return _assessed(event) | _figures(_found(tx, case, event))
            case actions.ActionEvent():
                return _figures(_acted(tx, case, event))
            case messages.NumberObtained():
                first = row["first_number"] or rfc3339(event.by.at)
                due = rfc3339(self._rules.check_due(event.by.at))
                return {"numbers": row["numbers"] + 1, "first_number": first, "check_due": due}
            case _:
                return {}


def _register(tx: Tx, recorded: Recorded, event: messages.MentoringRegistered) -> None:
    at = rfc3339(event.by.at)
    tx.execute(
        "INSERT INTO cases (case_id, ticket, business_ref, district, has_nib, products, status, is_over, holder, mentor,"
        " mentors, begun, since, heard_at, findings_open, critical_open, evidenced, overdue, numbers)"
        " VALUES (?, ?, ?, ?, ?, ?, 'registered', 0, 'office', '', '[]', ?, ?, ?, 0, 0, 0, 0, 0)",
        *(str(recorded.aggregate), event.ticket, event.business_ref, event.business.district),
        *(int(event.business.has_nib), len(event.business.products), at, at, at),
    )
    tx.execute(TALLY, event.business.district, "", "registered", 0, 1, 1, 1, 0, 0, 0)


def _recount(tx: Tx, before: Row, changed: Mapping[str, object]) -> None:
    """A case is counted where it is now, and no longer where it was."""
    after = {column: changed.get(column, before[column]) for column in COUNTED}
    (place, figures), entered = _tally(before), _tally(after)
    if (place, figures) != entered:
        tx.many(TALLY, [(*place, *(-each for each in figures)), (*entered[0], *entered[1])])


def _tally(row: Row) -> tuple[tuple[object, ...], tuple[int, ...]]:
    """Return the key of the tally that counts a case, and the figures of that case."""
    place = (row["district"], row["mentor"], row["status"], row["is_over"])
    with_office, unvisited = row["holder"] == "office", row["visited_at"] is None
    return place, (1, int(with_office), int(unvisited), row["critical_open"], row["overdue"], row["numbers"])


def _moved(row: Row, recorded: Recorded, event: AnyMentoringEvent) -> dict[str, object]:
    data = orjson.loads(recorded.message)["data"]
    state = data.get("state", row["status"])
    moved = {"holder": data.get("holder", row["holder"])}
    if state == row["status"]:
        return moved
    slept = row["status"] if state == MentoringStatus.DORMANT else None
    over = int(MentoringStatus(state) in OVER)
    return {**moved, "status": state, "slept": slept, "is_over": over, "since": rfc3339(event.by.at)}


def _last_contact(event: AnyMentoringEvent) -> dict[str, object]:
    at = rfc3339(event.by.at)
    if event.by.role.startswith("staff:"):
        return {"heard_at": at, "attended_at": at}
    is_word = not event.by.role.startswith("system:") and not isinstance(event, messages.ConsentEvent)
    return {"heard_at": at} if is_word else {}


def _assessed(event: messages.BusinessAssessed) -> dict[str, object]:
    if event.assessor == "business":
        return {}
    result, at = event.result, rfc3339(event.by.at)
    return {"rating": result.rating, "points": result.points, "visited_at": at, "check_due": None}


def _found(tx: Tx, case: str, event: messages.BusinessAssessed) -> TrackedFindings:
    self_found = event.assessor == "business"
    before = findings_of(tx, UUID(case))
    after = actions.after_assessment(before, event.result.findings, self_found=self_found)
    for gone in {each.item for each in before} - {each.item for each in after}:
        tx.execute("DELETE FROM findings WHERE case_id = ? AND item = ?", case, gone)
    known = {each.item: each for each in before}
    for each in after:
        if known.get(each.item) != each:
            _write(tx, case, each, event.by.at)
    return after


def _acted(tx: Tx, case: str, event: actions.ActionEvent) -> TrackedFindings:
    changed = []
    for each in findings_of(tx, UUID(case)):
        if each.item == event.item:
            each = actions.evolve(each, cast(actions.ActionEvents, event))
            _write(tx, case, each, event.by.at)
        changed.append(each)
    return tuple(changed)


def _write(tx: Tx, case: str, finding: TrackedFinding, at: datetime) -> None:
    tx.execute("DELETE FROM findings WHERE case_id = ? AND item = ?", case, finding.item)
    tx.execute(
        "INSERT INTO findings (case_id, item, grade, critical, own, progress, authors, due, overdue, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(
            case,
            finding.item,
            finding.grade,
            int(finding.critical),
            int(finding.self_found),
            finding.progress.value,
        ),
        json.dumps(sorted(finding.authors)),
        None if finding.due is None else rfc3339(finding.due),
        *(int(finding.overdue), rfc3339(at)),
    )


def _figures(findings: TrackedFindings) -> dict[str, object]:
    waiting = [each for each in findings if each.progress is Progress.EVIDENCED]
    late = [each for each in findings if each.overdue and each.progress is Progress.AGREED]
    return {
        "findings_open": sum(each.is_open for each in findings),
        "critical_open": sum(each.is_blocking for each in findings),
        "evidenced": len(waiting),
        "overdue": len(late),
    }


def _store_records(tx: Tx, recorded: Recorded, event: AnyMentoringEvent) -> None:
    """Store the mentors, evaluators and files of a case."""
    case, at = str(recorded.aggregate), rfc3339(event.by.at)
    match event:
        case messages.MentoringRecorded(mentor=mentor):
            tx.execute("INSERT INTO mentorships (case_id, mentor, since) VALUES (?, ?, ?)", case, mentor, at)
        case messages.PermitReturned() | messages.PermitIssued():
            official = event.by.actor
            tx.execute("INSERT INTO evaluations (case_id, official, at) VALUES (?, ?, ?)", case, official, at)
        case messages.DocumentAdded(document=document, product=product, items=items):
            _keep_files(tx, recorded, "document", document, product, items)
        case actions.ActionEvidenced(item=finding, items=items):
            _keep_files(tx, recorded, "evidence", finding, None, items)
        case _:
            pass


def _keep_files(tx: Tx, recorded: Recorded, kind: str, code: str, product: int | None, items: Items) -> None:
    by = recorded.event.by
    for each in items:
        tx.execute(
            "INSERT INTO case_files (case_id, position, kind, code, product, item, field, digest, role, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(str(recorded.aggregate), recorded.position, kind, code, product, str(each.item), each.field),
            *(each.digest, by.role, rfc3339(by.at)),
        )


# -- one case


def case_of(tx: Tx, ticket: str) -> MentoringRow | None:
    rows = tx.execute("SELECT * FROM cases WHERE ticket = ?", ticket)
    return _case(rows[0]) if rows else None


def case_row(tx: Tx, id: UUID) -> MentoringRow | None:
    rows = tx.execute("SELECT * FROM cases WHERE case_id = ?", str(id))
    return _case(rows[0]) if rows else None


def findings_of(tx: Tx, case: UUID) -> TrackedFindings:
    rows = tx.execute("SELECT * FROM findings WHERE case_id = ? ORDER BY item", str(case))
    return tuple(_finding(row) for row in rows)


def mentors_of(tx: Tx, business_ref: str) -> frozenset[str]:
    """Return everybody who mentored the business in any of its cases."""
    rows = tx.execute(
        "SELECT DISTINCT m.mentor FROM mentorships m JOIN cases c ON c.case_id = m.case_id WHERE c.business_ref = ?",
        business_ref,
    )
    return frozenset(row["mentor"] for row in rows)


def evaluators_of(tx: Tx, business_ref: str) -> frozenset[str]:
    """Return everybody who evaluated the business in any of its cases."""
    rows = tx.execute(
        "SELECT DISTINCT e.official FROM evaluations e JOIN cases c ON c.case_id = e.case_id WHERE c.business_ref = ?",
        business_ref,
    )
    return frozenset(row["official"] for row in rows)


@dataclass(frozen=True)
class FileRow:
    """A document that the rules ask for, of the business or of one product, or the evidence for a finding: `code` says which."""

    kind: Literal["document", "evidence"]
    code: str
    product: int | None
    file: ItemRef
    role: str
    at: datetime


def files_of(tx: Tx, case: UUID) -> list[FileRow]:
    """In the order in which they came."""
    rows = tx.execute("SELECT * FROM case_files WHERE case_id = ? ORDER BY position", str(case))
    return [
        FileRow(
            kind=row["kind"],
            code=row["code"],
            product=row["product"],
            file=ItemRef(item=UUID(row["item"]), field=row["field"], digest=row["digest"]),
            role=row["role"],
            at=datetime.fromisoformat(row["at"]),
        )
        for row in rows
    ]


# -- many cases


@dataclass(frozen=True)
class CaseFilter:
    """All conditions that a case must meet; `mentor` "" is no mentor. Cases that are over come only with a state that says so."""

    district: str | None = None
    status: MentoringStatus | None = None
    mentor: str | None = None
    holder: Holder | None = None

    @property
    def conditions(self) -> dict[str, object]:
        conditions_by_column: dict[str, object] = (
            {"is_over = ?": 0} if self.status is None else {"status = ?": self.status.value}
        )
        if self.district is not None:
            conditions_by_column["district = ?"] = self.district
        if self.mentor is not None:
            conditions_by_column["mentor = ?"] = self.mentor
        if self.holder is not None:
            conditions_by_column["holder = ?"] = self.holder
        return conditions_by_column


@dataclass(frozen=True)
class PageCursor:
    """The last case of a page of a list; the next page begins after it."""

    since: datetime
    ticket: str


EVERYTHING = CaseFilter()


def case_rows(
    tx: Tx, wanted: CaseFilter = EVERYTHING, after: PageCursor | None = None, limit: int = PAGE
) -> list[MentoringRow]:
    """Those that have stood in their state for longest come first."""
    conditions_by_column = wanted.conditions
    conditions, values = list(conditions_by_column), list(conditions_by_column.values())
    if after is not None:
        conditions.append("(since, ticket) > (?, ?)")
        values += [rfc3339(after.since), after.ticket]
    rows = tx.execute(
        f"SELECT * FROM cases WHERE {' AND '.join(conditions)} ORDER BY since, ticket LIMIT {limit}", *values
    )
    return [_case(row) for row in rows]


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
    """Of open cases; who has most comes first."""
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
            last_visit=_time(row["last_visit"]),
            last_attended=_time(row["last_attended"]),
            longest=datetime.fromisoformat(row["longest"]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class OpenCaseAge:
    """An open case stands in a state since then."""

    status: MentoringStatus
    since: datetime


def open_case_ages(tx: Tx) -> list[OpenCaseAge]:
    rows = tx.execute("SELECT status, since FROM cases WHERE is_over = 0")
    return [OpenCaseAge(MentoringStatus(row["status"]), datetime.fromisoformat(row["since"])) for row in rows]


@dataclass(frozen=True)
class TimeToNumber:
    """The time from a request to its first registration number."""

    district: District
    begun: datetime
    number: datetime


def times_to_number(tx: Tx) -> list[TimeToNumber]:
    rows = tx.execute(
        "SELECT district, begun, first_number FROM cases WHERE first_number IS NOT NULL ORDER BY first_number"
    )
    return [
        TimeToNumber(
            row["district"], datetime.fromisoformat(row["begun"]), datetime.fromisoformat(row["first_number"])
        )
        for row in rows
    ]


@dataclass(frozen=True)
class ToVerify:
    """Evidence that waits for somebody who is not its author."""

    case: UUID
    ticket: str
    district: District
    finding: TrackedFinding
    since: datetime


def actions_to_verify(tx: Tx, limit: int = MOST_ROWS) -> list[ToVerify]:
    """Return evidence to verify, the longest wait first."""
    rows = tx.execute(
        "SELECT f.*, c.ticket, c.district FROM findings f JOIN cases c ON c.case_id = f.case_id"
        f" WHERE f.progress = ? AND c.is_over = 0 ORDER BY f.since, f.case_id, f.item LIMIT {limit}",
        Progress.EVIDENCED.value,
    )
    return [
        ToVerify(
            case=UUID(row["case_id"]),
            ticket=row["ticket"],
            district=row["district"],
            finding=_finding(row),
            since=datetime.fromisoformat(row["since"]),
        )
        for row in rows
    ]


def _case(row: Row) -> MentoringRow:
    return MentoringRow(
        case=UUID(row["case_id"]),
        ticket=row["ticket"],
        business_ref=row["business_ref"],
        district=row["district"],
        has_nib=bool(row["has_nib"]),
        products=row["products"],
        status=MentoringStatus(row["status"]),
        slept=None if row["slept"] is None else MentoringStatus(row["slept"]),
        holder=row["holder"],
        mentor=row["mentor"] or None,
        mentors=tuple(orjson.loads(row["mentors"])),
        begun=datetime.fromisoformat(row["begun"]),
        since=datetime.fromisoformat(row["since"]),
        heard_at=datetime.fromisoformat(row["heard_at"]),
        attended_at=_time(row["attended_at"]),
        visited_at=_time(row["visited_at"]),
        rating=row["rating"],
        points=row["points"],
        findings_open=row["findings_open"],
        critical_open=row["critical_open"],
        evidenced=row["evidenced"],
        overdue=row["overdue"],
        numbers=row["numbers"],
        check_due=_time(row["check_due"]),
    )


def _finding(row: Row) -> TrackedFinding:
    return TrackedFinding(
        item=row["item"],
        grade=row["grade"],
        critical=bool(row["critical"]),
        self_found=bool(row["own"]),
        progress=Progress(row["progress"]),
        authors=frozenset(orjson.loads(row["authors"])),
        due=_time(row["due"]),
        overdue=bool(row["overdue"]),
    )


# -- visits


@dataclass(frozen=True)
class VisitRow:
    """`visit` was made by the device; `actor` is who began it."""

    id: UUID
    visit: UUID
    case: UUID
    ticket: str
    assessor: Assessor
    actor: str
    checklist: RuleVersion
    begun: datetime
    last: datetime
    answers: int
    photos: int
    finished: datetime | None
    rating: str | None
    points: int | None
    critical: int | None


class Visits:
    name = "visits"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS visits (id TEXT PRIMARY KEY, visit TEXT NOT NULL, case_id TEXT NOT NULL, ticket TEXT NOT NULL,"
        " assessor TEXT NOT NULL, actor TEXT NOT NULL, checklist TEXT NOT NULL, checklist_version INTEGER NOT NULL,"
        " begun TEXT NOT NULL, last TEXT NOT NULL, answers INTEGER NOT NULL, photos INTEGER NOT NULL, finished TEXT,"
        " rating TEXT, points INTEGER, critical INTEGER)",
        "CREATE INDEX IF NOT EXISTS visits_case ON visits (case_id, begun)",
        "CREATE INDEX IF NOT EXISTS visits_actor ON visits (actor, finished)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, visits.VisitBegun):
            _begin(tx, recorded, event)
        elif isinstance(event, visits.VisitEvent):
            _go_on(tx, recorded, event)


def _begin(tx: Tx, recorded: Recorded, event: visits.VisitBegun) -> None:
    at = rfc3339(event.by.at)
    tx.execute(
        "INSERT INTO visits (id, visit, case_id, ticket, assessor, actor, checklist, checklist_version, begun, last,"
        " answers, photos) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
        *(str(recorded.aggregate), str(event.visit), str(event.case), event.ticket, event.assessor),
        *(event.by.actor, event.checklist.id, event.checklist.version, at, at),
    )


def _go_on(tx: Tx, recorded: Recorded, event: visits.VisitEvent) -> None:
    changed: dict[str, object] = {"last": rfc3339(event.by.at)}
    counted = {visits.ItemAnswered: "answers", visits.PhotoAdded: "photos"}.get(type(event))
    if counted is not None:
        tx.execute(f"UPDATE visits SET {counted} = {counted} + 1 WHERE id = ?", str(recorded.aggregate))
    if isinstance(event, visits.VisitFinished):
        result = event.result
        changed |= {"finished": rfc3339(event.by.at), "rating": result.rating, "points": result.points}
        changed["critical"] = result.critical
    _set(tx, "visits", "id", str(recorded.aggregate), changed)


def visits_of(tx: Tx, case: UUID) -> list[VisitRow]:
    """The newest first."""
    return _visits(tx.execute("SELECT * FROM visits WHERE case_id = ? ORDER BY begun DESC, id", str(case)))


def visits_under_way(tx: Tx, actor: str) -> list[VisitRow]:
    """Begun by this person and not finished, the newest first."""
    rows = tx.execute(
        f"SELECT * FROM visits WHERE actor = ? AND finished IS NULL ORDER BY begun DESC, id LIMIT {MOST_ROWS}",
        actor,
    )
    return _visits(rows)


def _visits(rows: Iterable[Row]) -> list[VisitRow]:
    return [
        VisitRow(
            id=UUID(row["id"]),
            visit=UUID(row["visit"]),
            case=UUID(row["case_id"]),
            ticket=row["ticket"],
            assessor=row["assessor"],
            actor=row["actor"],
            checklist=RuleVersion(id=row["checklist"], version=row["checklist_version"]),
            begun=datetime.fromisoformat(row["begun"]),
            last=datetime.fromisoformat(row["last"]),
            answers=row["answers"],
            photos=row["photos"],
            finished=_time(row["finished"]),
            rating=row["rating"],
            points=row["points"],
            critical=row["critical"],
        )
        for row in rows
    ]


# -- trainings


@dataclass(frozen=True)
class TrainingRow:
    """`before` and `after` are the mean scores of those who have both, once it is over."""

    training: UUID
    district: District
    topic: str
    begins: datetime
    places: int
    enrolled: int
    attended: int
    held_at: datetime | None
    before: int | None
    after: int | None
    planned_by: str


@dataclass(frozen=True)
class ParticipantRow:
    case: UUID
    ticket: str
    came: bool
    before: int | None
    after: int | None


class Trainings:
    name = "trainings"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS trainings (training TEXT PRIMARY KEY, district TEXT NOT NULL, topic TEXT NOT NULL,"
        " begins TEXT NOT NULL, places INTEGER NOT NULL, enrolled INTEGER NOT NULL, attended INTEGER NOT NULL, held TEXT,"
        " before INTEGER, after INTEGER, planned_by TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS trainings_begins ON trainings (begins)",
        "CREATE TABLE IF NOT EXISTS participants (training TEXT NOT NULL, case_id TEXT NOT NULL, came INTEGER NOT NULL,"
        " before INTEGER, after INTEGER, PRIMARY KEY (training, case_id))",
        "CREATE INDEX IF NOT EXISTS participants_case ON participants (case_id)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case lessons.TrainingPlanned():
                tx.execute(
                    "INSERT INTO trainings (training, district, topic, begins, places, enrolled, attended, planned_by)"
                    " VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
                    *(id, event.district, event.topic, rfc3339(event.begins), event.places, event.by.actor),
                )
            case lessons.ParticipantEnrolled(case=case):
                tx.execute(
                    "INSERT INTO participants (training, case_id, came) VALUES (?, ?, 0)", id, str(case)
                )
                tx.execute("UPDATE trainings SET enrolled = enrolled + 1 WHERE training = ?", id)
            case lessons.AttendanceRecorded():
                _attend(tx, id, event)
            case lessons.TrainingHeld():
                means = {"before": event.before, "after": event.after}
                _set(tx, "trainings", "training", id, {"held": rfc3339(event.by.at), **means})
            case _:
                pass


def _attend(tx: Tx, training: str, event: lessons.AttendanceRecorded) -> None:
    tx.execute(
        "UPDATE participants SET came = 1, before = ?, after = ? WHERE training = ? AND case_id = ?",
        *(event.before, event.after, training, str(event.case)),
    )
    tx.execute(
        "UPDATE trainings SET attended = (SELECT COUNT(*) FROM participants p WHERE p.training = trainings.training"
        " AND p.came = 1) WHERE training = ?",
        training,
    )


def trainings(tx: Tx, limit: int = MOST_ROWS) -> list[TrainingRow]:
    """The newest first."""
    return _trainings(tx.execute(f"SELECT * FROM trainings ORDER BY begins DESC, training LIMIT {limit}"))


def trainings_held(tx: Tx) -> list[TrainingRow]:
    return _trainings(tx.execute("SELECT * FROM trainings WHERE held IS NOT NULL ORDER BY held, training"))


def trainings_of(tx: Tx, case: UUID) -> list[TrainingRow]:
    """That this business takes part in, the newest first."""
    rows = tx.execute(
        "SELECT t.* FROM trainings t JOIN participants p ON p.training = t.training WHERE p.case_id = ?"
        " ORDER BY t.begins DESC",
        str(case),
    )
    return _trainings(rows)


def training_row(tx: Tx, id: UUID) -> TrainingRow | None:
    found = _trainings(tx.execute("SELECT * FROM trainings WHERE training = ?", str(id)))
    return found[0] if found else None


def participants(tx: Tx, training: UUID) -> list[ParticipantRow]:
    rows = tx.execute(
        "SELECT p.*, c.ticket FROM participants p JOIN cases c ON c.case_id = p.case_id WHERE p.training = ?"
        " ORDER BY c.ticket",
        str(training),
    )
    return [
        ParticipantRow(UUID(row["case_id"]), row["ticket"], bool(row["came"]), row["before"], row["after"])
        for row in rows
    ]


def _trainings(rows: Iterable[Row]) -> list[TrainingRow]:
    return [
        TrainingRow(
            training=UUID(row["training"]),
            district=row["district"],
            topic=row["topic"],
            begins=datetime.fromisoformat(row["begins"]),
            places=row["places"],
            enrolled=row["enrolled"],
            attended=row["attended"],
            held_at=_time(row["held"]),
            before=row["before"],
            after=row["after"],
            planned_by=row["planned_by"],
        )
        for row in rows
    ]


def _set(tx: Tx, table: str, key: str, id: str, changed: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE {table} SET {columns} WHERE {key} = ?", *changed.values(), id)


def _time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)
