"""The lists of the officers' desk: cases by queue and filter, page after page, with the count of all that the filter finds. Nothing
personal; what an official does not see (visibility.py) is neither listed nor counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339, stored_time
from zi_intake.domain.case.deadlines import is_answer_late
from zi_intake.read.case_table import AT_WORK, EMERGENCY, OPEN, OVER
from zi_intake.read.case_words import with_text
from zi_intake.read.visibility import CaseCondition, CaseReader, joined, visible_to, words_visible_to
from zi_intake.roles import SUPERVISOR

DESK_PAGE = 25
MOST_LISTED = 200
OWN_KINDS = ("product", "service", "consultation", "information", "suggestion")
PASSED_ON_KINDS = ("ski", "ske", "mentoring")
CaseQueue = Literal[
    "mine",
    "waiting",
    "acknowledge",
    "late",
    "free",
    "team",
    "open",
    "erasure",
    "closed",
    "all",
    "passed_on",
]
PRECEDENCES = {str(each): each for each in (EMERGENCY, AT_WORK, OVER)}
# Of what is to be done now; the desk shows how long each is. Those that know no time and no erasure are counted together.
TALLIED: tuple[CaseQueue, ...] = ("mine", "acknowledge", "free", "team", "open")
COUNTED: tuple[CaseQueue, ...] = (*TALLIED, "waiting", "late", "erasure")
# In the order of an index, which alone is read.
TALLY = "precedence, state, kind, holder, officer, appointed_topic, filed_by"


@dataclass(frozen=True)
class CaseRow:
    aggregate: UUID
    ticket: str
    kind: str
    category: str
    district: str
    state: str
    holder: str
    officer: str | None
    received: datetime
    acknowledge_by: datetime | None
    due: datetime | None
    erasure: Literal["asked", "done"] | None
    answer_missed: bool
    emergency: bool
    judge_by: datetime | None
    subject: str | None
    cursor: str

    @property
    def waits_for_office(self) -> bool:
        return self.state in OPEN and self.holder == "office"

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the office owes the answer and is late."""
        return self.waits_for_office and is_answer_late(self.due, now, is_missed=self.answer_missed)

    def is_late(self, now: datetime) -> bool:
        """Return whether the office owes the answer, its confirmation, or the judgement of what its reporter calls an emergency."""
        unconfirmed = self.state == "filed" and self.acknowledge_by is not None and self.acknowledge_by < now
        return unconfirmed or self.is_unjudged(now) or self.is_overdue(now)

    def is_unjudged(self, now: datetime) -> bool:
        return self.judge_by is not None and self.waits_for_office and self.judge_by < now


Queried = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class Filter(BaseModel):
    """A query of the lists. `text` is how a ticket begins, or words that officers wrote about a case; `after` is the cursor of the last case of a page, as its answer gives it."""

    model_config = ConfigDict(frozen=True)

    show: CaseQueue = "open"
    officer: Queried | None = None
    district: Queried | None = None
    text: Queried | None = None
    incident: UUID | None = None
    after: Queried | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = MOST_LISTED

    @property
    def is_whole_queue(self) -> bool:
        return not (self.officer or self.district or self.text or self.incident)


@dataclass(frozen=True)
class CasePage:
    """`total` counts all pages; `after` is the cursor that the next page begins after, None on the last one."""

    rows: tuple[CaseRow, ...]
    total: int
    after: str | None


def case_page(
    tx: Tx, query: Filter, reader: CaseReader, now: datetime, lengths: Mapping[CaseQueue, int] | None = None
) -> CasePage:
    """Return a page of cases, the most urgent first; of what has ended the latest first. `lengths` of the queues are not counted again."""
    where, values = joined(_conditions(query, reader, now))
    if lengths is not None and query.is_whole_queue and query.show in lengths:
        total = lengths[query.show]
    else:
        [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM cases WHERE {where}", *values)
        total = int(counted["many"])
    if not total:
        return CasePage((), 0, None)
    direction, beyond = ("DESC", "<") if query.show == "closed" else ("ASC", ">")
    place = _place(query.after or "")
    onward = f" AND (precedence, urgency, ticket) {beyond} (?, ?, ?)" if place else ""
    order = ", ".join(f"{column} {direction}" for column in ("precedence", "urgency", "ticket"))
    readable, of_reader = words_visible_to(reader)
    subject = f"CASE WHEN {readable} THEN (SELECT subject FROM case_words w WHERE w.aggregate = cases.aggregate) END"
    rows = tx.execute(
        f"SELECT cases.*, {subject} AS subject FROM cases"
        f" WHERE {where}{onward} ORDER BY {order} LIMIT {query.limit + 1}",
        *(*of_reader, *values, *place),
    )
    listed = tuple(map(_case_row, rows[: query.limit]))
    return CasePage(listed, total, listed[-1].cursor if len(rows) > query.limit else None)


def queue_lengths(tx: Tx, reader: CaseReader, now: datetime) -> Mapping[CaseQueue, int]:
    """Return how many cases each queue of what is to be done has for this reader."""
    counts: list[str] = []
    values: list[object] = []
    for queue in COUNTED:
        where, of_queue = joined(iter((visible_to(reader), _queue(queue, reader, now))))
        counted = "COALESCE(SUM(number), 0) FROM tallies" if queue in TALLIED else "COUNT(*) FROM cases"
        counts.append(f"(SELECT {counted} WHERE {where}) AS of_{queue}")
        values += of_queue
    tallies = f"SELECT {TALLY}, COUNT(*) AS number FROM cases WHERE precedence < {OVER} GROUP BY {TALLY}"
    [row] = tx.execute(f"WITH tallies AS MATERIALIZED ({tallies}) SELECT {', '.join(counts)}", *values)
    return {queue: int(row[f"of_{queue}"]) for queue in COUNTED}


def queues_of(reader: CaseReader) -> tuple[CaseQueue, ...]:
    """Return the queues in the order of the desk; what is to be decided about erasures belongs to supervisors."""
    queues: tuple[CaseQueue, ...] = get_args(CaseQueue)
    return tuple(each for each in queues if each != "erasure" or SUPERVISOR in reader.roles)


def _conditions(query: Filter, reader: CaseReader, now: datetime) -> Iterator[CaseCondition]:
    yield visible_to(reader)
    yield _queue(query.show, reader, now)
    if query.officer:
        yield "officer = ?", (query.officer,)
    if query.district:
        yield "district = ?", (query.district,)
    if query.incident:
        yield "incident = ?", (str(query.incident),)
        yield words_visible_to(reader)  # the incident tells what its cases are about
    if query.text and query.text.strip():
        yield with_text(query.text, reader)


def _queue(queue: CaseQueue, reader: CaseReader, now: datetime) -> CaseCondition:
    """Return the condition for the cases of a queue, whoever sees them."""
    of_intake = _among("kind", OWN_KINDS)
    is_open = f"{of_intake} AND precedence < {OVER}"  # which begins the index of their order, so that a page is read and no more
    me, at = reader.official, rfc3339(now)
    match queue:
        case "mine":
            return f"{is_open} AND officer = ?", (me,)
        case "waiting":
            of_officer = f"{is_open} AND holder = 'office' AND officer = ?"
            if SUPERVISOR not in reader.roles:
                return of_officer, (me,)
            others = "erasure_by <> ? AND entered_by <> ? AND keeper <> ?"
            to_decide = f"SELECT aggregate FROM cases WHERE erasure = 'asked' AND {others}"
            of_both = f"SELECT aggregate FROM cases WHERE {of_officer} UNION {to_decide}"
            return f"aggregate IN ({of_both})", (me,) * 4
        case "acknowledge":
            return f"{of_intake} AND state = 'filed'", ()
        case "late":
            passed = (
                "(answer_missed = 1 OR due < ? OR judge_by < ? OR (state = 'filed' AND acknowledge_by < ?))"
            )
            return f"{is_open} AND holder = 'office' AND {passed}", (at, at, at)
        case "free":
            return f"{is_open} AND officer IS NULL", ()
        case "team":
            return f"{is_open} AND officer <> ?", (me,)
        case "open":
            return is_open, ()
        case "erasure":
            return "erasure = 'asked'", ()
        case "closed":
            return f"{of_intake} AND precedence = {OVER}", ()
        case "all":
            return of_intake, ()
        case "passed_on":
            return _among("kind", PASSED_ON_KINDS), ()


def _among(column: str, codes: tuple[str, ...]) -> str:
    """Return a condition of codes of this program, which need no placeholders."""
    listed = "', '".join(codes)
    return f"{column} IN ('{listed}')"


def _place(cursor: str) -> tuple[int, str, str] | tuple[()]:
    """Return (precedence, urgency, ticket); nothing, which is the beginning, for what is no cursor."""
    try:
        precedence, urgency, ticket = cursor.split(" ")
        return PRECEDENCES[precedence], rfc3339(datetime.fromisoformat(urgency)), ticket
    except (KeyError, ValueError, OverflowError):
        return ()


def _case_row(row: Row) -> CaseRow:
    return CaseRow(
        aggregate=UUID(row["aggregate"]),
        ticket=row["ticket"],
        kind=row["kind"],
        category=row["category"],
        district=row["district"],
        state=row["state"],
        holder=row["holder"],
        officer=row["officer"],
        received=datetime.fromisoformat(row["received"]),
        acknowledge_by=stored_time(row["acknowledge_by"]),
        due=stored_time(row["due"]),
        erasure=row["erasure"],
        answer_missed=bool(row["answer_missed"]),
        emergency=bool(row["emergency"]),
        judge_by=stored_time(row["judge_by"]),
        subject=row["subject"],
        cursor=f"{row['precedence']} {row['urgency']} {row['ticket']}",
    )
