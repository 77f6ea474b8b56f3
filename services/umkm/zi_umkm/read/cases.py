"""The tables of cases: their state, findings, mentors and evaluators. Nothing personal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import orjson

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_contracts.intake import District, Holder, Items
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.case import envelope, label_checks, messages, numbers, permit
from zi_umkm.domain.case.evolve import NO_WORD
from zi_umkm.domain.case.state import OVER, MentoringStatus
from zi_umkm.domain.corrective_action import Progress, TrackedFinding, TrackedFindings
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.read.columns import set_columns
from zi_umkm.read.nicknames import nickname_in

AnyMentoringEvent = envelope.MentoringEvent | actions.ActionEvent
DAY = timedelta(days=1)
PLACE = ("district", "mentor", "status", "is_over")
COUNTED = (*PLACE, "holder", "visited_at", "critical_open", "overdue", "numbers")
ROWS = f"SELECT cases.*, {nickname_in('cases')} FROM cases"
FIGURES = ("many", "with_office", "never_visited", "critical", "overdue", "numbers")
TALLY = (
    f"INSERT INTO tallies ({', '.join((*PLACE, *FIGURES))}) VALUES ({', '.join('?' * len((*PLACE, *FIGURES)))})"
    " ON CONFLICT (district, mentor, status) DO UPDATE SET "
    + ", ".join(f"{each} = tallies.{each} + excluded.{each}" for each in FIGURES)
)


@dataclass(frozen=True)
class MentoringRow:
    """`nickname` is what the business calls itself; `mentor` is the last of `mentors`; `since` is when it came into its state, `attended_at` when an official last did something.

    `rating` and `points` are those of the last assessment by an official; `check_due` is when the last visit should be.
    """

    case: UUID
    ticket: str
    nickname: str | None
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
    version = 9
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS cases (case_id TEXT PRIMARY KEY, ticket TEXT NOT NULL, business_ref TEXT NOT NULL,"
        " district TEXT NOT NULL, has_nib INTEGER NOT NULL, products INTEGER NOT NULL, status TEXT NOT NULL, slept TEXT,"
        " is_over INTEGER NOT NULL, holder TEXT NOT NULL, mentor TEXT NOT NULL, mentors TEXT NOT NULL, begun TEXT NOT NULL,"
        " since TEXT NOT NULL, heard_at TEXT NOT NULL, attended_at TEXT, visited_at TEXT, rating TEXT, points INTEGER,"
        " findings_open INTEGER NOT NULL, critical_open INTEGER NOT NULL, evidenced INTEGER NOT NULL,"
        " overdue INTEGER NOT NULL, numbers INTEGER NOT NULL, days_to_number INTEGER, check_due TEXT,"
        " promised TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID",
        "CREATE UNIQUE INDEX IF NOT EXISTS cases_ticket ON cases (ticket)",
        "CREATE INDEX IF NOT EXISTS cases_business ON cases (business_ref)",
        "CREATE INDEX IF NOT EXISTS cases_since ON cases (is_over, since, ticket, business_ref, case_id)",
        "CREATE INDEX IF NOT EXISTS cases_status ON cases (status, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_district ON cases (district, is_over, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_mentor ON cases (mentor, is_over, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_trips ON cases (mentor, is_over, district, visited_at, check_due, holder, business_ref)",
        "CREATE INDEX IF NOT EXISTS cases_visited ON cases (district, is_over, visited_at)",
        "CREATE INDEX IF NOT EXISTS cases_attended ON cases (district, is_over, attended_at)",
        "CREATE INDEX IF NOT EXISTS cases_holder ON cases (holder, is_over, since, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_numbered ON cases (district, days_to_number)",
        "CREATE TABLE IF NOT EXISTS tallies (district TEXT NOT NULL, mentor TEXT NOT NULL, status TEXT NOT NULL,"
        " is_over INTEGER NOT NULL, many INTEGER NOT NULL, with_office INTEGER NOT NULL, never_visited INTEGER NOT NULL,"
        " critical INTEGER NOT NULL, overdue INTEGER NOT NULL, numbers INTEGER NOT NULL,"
        " PRIMARY KEY (district, mentor, status))",
        "CREATE TABLE IF NOT EXISTS findings (case_id TEXT NOT NULL, item TEXT NOT NULL, grade TEXT NOT NULL,"
        " critical INTEGER NOT NULL, own INTEGER NOT NULL, progress TEXT NOT NULL, authors TEXT NOT NULL, raised_by TEXT NOT NULL, due TEXT,"
        " overdue INTEGER NOT NULL, since TEXT NOT NULL, PRIMARY KEY (case_id, item))",
        "CREATE INDEX IF NOT EXISTS findings_progress ON findings (progress, since, case_id, item)",
        "CREATE TABLE IF NOT EXISTS mentorships (case_id TEXT NOT NULL, mentor TEXT NOT NULL, business_ref TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS mentorships_case ON mentorships (case_id)",
        "CREATE INDEX IF NOT EXISTS mentorships_mentor ON mentorships (mentor, business_ref, case_id)",
        "CREATE INDEX IF NOT EXISTS mentorships_business ON mentorships (business_ref, mentor)",
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
        set_columns(tx, "cases", "case_id", case, changed)
        _recount(tx, row, changed)

    def _columns_of(self, tx: Tx, case: str, row: Row, event: AnyMentoringEvent) -> dict[str, object]:
        """Return the columns that this type of event changes besides the state."""
        match event:
            case messages.BusinessRestated(business=business):
                return {
                    "district": business.district,
                    "products": len(business.products),
                    "has_nib": int(business.has_nib),
                } | _taken(row, event.unnumbered)
            case messages.BusinessIdentified(business_ref=business_ref):
                return {"business_ref": business_ref, "has_nib": 1}
            case messages.MentoringRecorded(mentor=mentor):
                others = [each for each in orjson.loads(row["mentors"]) if each != mentor]
                return {"mentor": mentor, "mentors": json.dumps([*others, mentor])}
            case messages.MentorReleased(mentor=mentor):
                left = [each for each in orjson.loads(row["mentors"]) if each != mentor]
                return {"mentor": left[-1] if left else "", "mentors": json.dumps(left)}
            case messages.BusinessAssessed():
                return _assessed(event) | _figures(_found(tx, case, event))
            case actions.ActionEvent():
                return _figures(_acted(tx, case, event))
            case numbers.NumberObtained():
                due = rfc3339(self._rules.check_due(event.by.at))
                promised = json.dumps([*orjson.loads(row["promised"]), event.product])
                figures = {} if event.instead_of else _obtained(row, event.by.at)
                return {**figures, "check_due": due, "promised": promised}
            case numbers.ReferredNumberObtained():
                return _obtained(row, event.by.at)
            case numbers.RegistrationNumberChecked(outcome="refuted"):
                return _taken(row, (event.product,))
            case _:
                return {}


def _obtained(row: Row, at: datetime) -> dict[str, object]:
    days = row["days_to_number"]
    if days is None:
        days = -(-(at - datetime.fromisoformat(row["begun"])) // DAY)
    return {"numbers": row["numbers"] + 1, "days_to_number": days}


def _taken(row: Row, products: tuple[int, ...]) -> dict[str, object]:
    """Count the numbers of these products no more; without a number of BPOM no visit is due."""
    left = row["numbers"] - len(products)
    promised = [each for each in orjson.loads(row["promised"]) if each not in products]
    return {
        "numbers": left,
        "days_to_number": row["days_to_number"] if left else None,
        "check_due": row["check_due"] if promised else None,
        "promised": json.dumps(promised),
    }


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
    """Move a case from the tally that counted it to the one that counts it now."""
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
    is_word = not event.by.role.startswith("system:") and not isinstance(event, NO_WORD)
    word: dict[str, object] = {"heard_at": at} if is_word else {}
    return word | {"attended_at": at} if event.by.role.startswith("staff:") else word


def _assessed(event: messages.BusinessAssessed) -> dict[str, object]:
    if event.assessor == "business" or event.is_repeated:
        return {}
    result, at = event.result, rfc3339(event.by.at)
    return {"rating": result.rating, "points": result.points, "visited_at": at, "check_due": None}


def _found(tx: Tx, case: str, event: messages.BusinessAssessed) -> TrackedFindings:
    before, officials = findings_of(tx, UUID(case)), event.officials
    if event.is_repeated and officials is not None:
        after = actions.raised_by_more(before, event.result.findings, officials)
    else:
        after = actions.after_assessment(before, event.result.findings, officials)
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
        "INSERT INTO findings (case_id, item, grade, critical, own, progress, authors, raised_by, due, overdue, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(
            case,
            finding.item,
            finding.grade,
            int(finding.critical),
            int(finding.self_found),
            finding.progress.value,
        ),
        *(json.dumps(sorted(finding.authors)), json.dumps(sorted(finding.raised_by))),
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
        case messages.MentoringRecorded(mentor=mentor, business_ref=business_ref):
            tx.execute(
                "INSERT INTO mentorships (case_id, mentor, business_ref) VALUES (?, ?, ?)",
                *(case, mentor, business_ref),
            )
        case messages.BusinessIdentified(business_ref=business_ref):
            tx.execute("UPDATE mentorships SET business_ref = ? WHERE case_id = ?", business_ref, case)
        case _ if permit.is_decision(event):
            official = event.by.actor
            tx.execute("INSERT INTO evaluations (case_id, official, at) VALUES (?, ?, ?)", case, official, at)
        case messages.DocumentAdded(document=document, product=product, items=items):
            _keep_files(tx, recorded, "document", document, product, items)
        case label_checks.LabelPhotoAdded(item=part, product=product, file=file):
            _keep_files(tx, recorded, "label", part, product, (file,))
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


def case_of(tx: Tx, ticket: str) -> MentoringRow | None:
    rows = tx.execute(f"{ROWS} WHERE ticket = ?", ticket)
    return case_from(rows[0]) if rows else None


def case_row(tx: Tx, id: UUID) -> MentoringRow | None:
    rows = tx.execute(f"{ROWS} WHERE case_id = ?", str(id))
    return case_from(rows[0]) if rows else None


def findings_of(tx: Tx, case: UUID) -> TrackedFindings:
    rows = tx.execute("SELECT * FROM findings WHERE case_id = ? ORDER BY item", str(case))
    return tuple(finding_from(row) for row in rows)


def evidenced_at(tx: Tx, case: UUID, item: str) -> datetime | None:
    """Return when the last evidence about a finding was given."""
    [row] = tx.execute(
        "SELECT MAX(at) AS at FROM case_files WHERE case_id = ? AND kind = 'evidence' AND code = ?",
        *(str(case), item),
    )
    return stored_time(row["at"])


def case_from(row: Row) -> MentoringRow:
    return MentoringRow(
        case=UUID(row["case_id"]),
        ticket=row["ticket"],
        nickname=row["nickname"],
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
        attended_at=stored_time(row["attended_at"]),
        visited_at=stored_time(row["visited_at"]),
        rating=row["rating"],
        points=row["points"],
        findings_open=row["findings_open"],
        critical_open=row["critical_open"],
        evidenced=row["evidenced"],
        overdue=row["overdue"],
        numbers=row["numbers"],
        check_due=stored_time(row["check_due"]),
    )


def finding_from(row: Row) -> TrackedFinding:
    return TrackedFinding(
        item=row["item"],
        grade=row["grade"],
        critical=bool(row["critical"]),
        self_found=bool(row["own"]),
        progress=Progress(row["progress"]),
        authors=frozenset(orjson.loads(row["authors"])),
        raised_by=frozenset(orjson.loads(row["raised_by"])),
        due=stored_time(row["due"]),
        overdue=bool(row["overdue"]),
    )
