"""The lists of the desk: applications by queue and filter, page after page, with the count of all that the filter finds.

An official with a conflict of interest in a company sees none of its applications, and none of them is counted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_certificates.domain.application.state import IN_HAND, OVER, WAITING, ApplicationStatus
from zi_certificates.read.applications import ApplicationRow, application_row, first_of_states
from zi_certificates.read.bills import OWING
from zi_certificates.read.endings import NEAR, NearEnd, near_ends
from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.searching import like_escaped, pattern_of
from zi_contracts.intake import Series
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.letter_number import number_in
from zi_rules.registration_number import normalise_number
from zi_rules.ticket import normalise_ticket

PAGE = 25
NAMED = 500  # applications in one question
DeskQueue = Literal[
    "all", "work", "waiting", "mine", "signature", "personal", "exception", "unpaid", "owing", "refund"
]
AT_WORK = (*IN_HAND, ApplicationStatus.APPROVAL, *WAITING)
STATES_OF: dict[DeskQueue, tuple[ApplicationStatus, ...]] = {
    "work": AT_WORK,
    "waiting": WAITING,
    "signature": (ApplicationStatus.APPROVAL,),
}


@dataclass(frozen=True)
class ListReader:
    """The official who reads; `conflicts` are the companies that are closed to them."""

    official: str
    conflicts: Collection[str] = ()


@dataclass(frozen=True)
class ListFilter:
    """`text` is a ticket, the number of a letter, or a part of what is applied for: a product, its registration number, HS code or batch.
    `company` is the ticket of any application of the company, because references of companies are made by intake alone. `found` are the
    applications that have the text, once they were looked up."""

    queue: DeskQueue = "all"
    state: ApplicationStatus | None = None
    kind: CertificateKind | None = None
    goods: Goods | None = None
    series: Series | None = None
    officer: str = ""
    overdue: bool = False
    ends_soon: bool = False
    text: str = ""
    company: str = ""
    found: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ListedPage:
    """`total` counts all pages; `after` is the ticket that the next page begins after, None on the last one; `near` says
    what ends soon."""

    rows: tuple[ApplicationRow, ...]
    total: int
    after: str | None
    near: Mapping[UUID, NearEnd] = field(default_factory=dict)


Condition = tuple[str, tuple[object, ...]]


def desk_page(
    tx: Tx, wanted: ListFilter, reader: ListReader, now: datetime, after: str | None = None, size: int = PAGE
) -> ListedPage:
    """The most urgent first."""
    condition = _Wanted.of(_looked_up(tx, wanted), reader, now, closed_to(tx, reader))
    [total] = _totals(tx, [condition])
    return _page(tx, condition, total, now, after, size)


def desk_pages(
    tx: Tx, queues: Iterable[DeskQueue], reader: ListReader, now: datetime, size: int
) -> dict[DeskQueue, ListedPage]:
    """The first page of each of these queues."""
    closed = closed_to(tx, reader)
    wanted = {queue: _Wanted.of(ListFilter(queue), reader, now, closed) for queue in queues}
    totals = _totals(tx, list(wanted.values()))
    return {
        queue: _page(tx, each, total, now, None, size)
        for (queue, each), total in zip(wanted.items(), totals, strict=True)
    }


def _looked_up(tx: Tx, wanted: ListFilter) -> ListFilter:
    """A search reads the texts of all applications: once, and not for the count and for the page, where what it finds can be named."""
    if not wanted.text.strip():
        return wanted
    where, values = with_text(wanted.text)
    rows = tx.execute(f"SELECT a.application FROM applications a WHERE {where} LIMIT {NAMED + 1}", *values)
    return wanted if len(rows) > NAMED else replace(wanted, found=tuple(row["application"] for row in rows))


@dataclass(frozen=True)
class _Wanted:
    """The condition that a filter stands for; `closed` are the applications that are left out of it."""

    states: Sequence[ApplicationStatus]
    where: str
    values: tuple[object, ...]
    closed: tuple[str, ...]

    @classmethod
    def of(cls, wanted: ListFilter, reader: ListReader, now: datetime, closed: tuple[str, ...]) -> "_Wanted":
        """Whoever has an application in hand must be able to give it back."""
        where, values = joined(_conditions(wanted, reader, now))
        hidden = () if wanted.queue == "mine" else closed
        return cls(STATES_OF.get(wanted.queue, ()), where, values, hidden)


def _page(tx: Tx, wanted: _Wanted, total: int, now: datetime, after: str | None, size: int) -> ListedPage:
    if not total:
        return ListedPage((), 0, None)
    beyond, place = _beyond(tx, after)
    more = f" AND {wanted.where}{beyond}{without(wanted.closed)}"
    values = (*wanted.values, *place, *wanted.closed)
    rows = first_of_states(tx, wanted.states, more, values, "a.urgency, a.ticket", size + 1)
    listed = tuple(map(application_row, rows[:size]))
    near = near_ends(tx, [each.application for each in listed], now)
    return ListedPage(listed, total, listed[-1].ticket if len(rows) > size else None, near)


def _totals(tx: Tx, wanted: Sequence[_Wanted]) -> list[int]:
    """Count in one question all that an index alone can tell, less what of it is closed, which are few."""
    counts: list[str] = []
    values: list[object] = []
    for number, each in enumerate(wanted):
        where, of_where = _in_states(each.states, each.where, each.values)
        counting = f"SELECT COUNT(*) FROM applications a WHERE {where}"
        hidden = f" - ({counting} AND a.application IN ({placeholders(each.closed)}))" if each.closed else ""
        counts.append(f"({counting}){hidden} AS of_{number}")
        values += (*of_where, *of_where, *each.closed) if each.closed else of_where
    if not counts:
        return []
    [row] = tx.execute(f"SELECT {', '.join(counts)}", *values)
    return [int(row[f"of_{number}"]) for number in range(len(counts))]


def _in_states(states: Sequence[ApplicationStatus], where: str, values: tuple[object, ...]) -> Condition:
    if not states:
        return where, values
    names = tuple(each.value for each in states)
    return f"a.status IN ({placeholders(states)}) AND {where}", (*names, *values)


def joined(conditions: Iterable[Condition]) -> Condition:
    listed = list(conditions)
    where = " AND ".join(f"({text})" for text, _ in listed) or "1 = 1"
    return where, tuple(each for _, some in listed for each in some)


def _beyond(tx: Tx, after: str | None) -> Condition:
    """Return the place of this application; the beginning for a ticket that is not known."""
    rows = tx.execute("SELECT urgency, ticket FROM applications WHERE ticket = ?", after) if after else []
    if not rows:
        return "", ()
    place = rows[0]["urgency"]
    return " AND (a.urgency > ? OR (a.urgency = ? AND a.ticket > ?))", (place, place, after)


def _conditions(wanted: ListFilter, reader: ListReader, now: datetime) -> Iterator[Condition]:
    yield from _in_queue(wanted.queue, reader)
    if wanted.state is not None:
        yield "a.status = ?", (wanted.state.value,)
    if wanted.kind is not None:
        yield "a.kinds LIKE ?", (f'%"{wanted.kind.value}"%',)
    if wanted.goods is not None:
        yield "a.goods = ?", (wanted.goods.value,)
    if wanted.series is not None:
        yield "a.series = ?", (wanted.series,)
    if wanted.officer:
        yield "a.officer = ?", (wanted.officer,)
    if wanted.overdue:
        yield "a.holder = 'office' AND a.due < ?", (rfc3339(now),)
    if wanted.ends_soon:
        yield f"a.application IN ({NEAR})", (rfc3339(now), rfc3339(now))
    if wanted.found is not None:
        yield (f"a.application IN ({placeholders(wanted.found)})" if wanted.found else "1 = 0"), wanted.found
    elif wanted.text.strip():
        yield with_text(wanted.text)
    if wanted.company.strip():
        yield _of_company(wanted.company)


def closed_to(tx: Tx, reader: ListReader) -> tuple[str, ...]:
    """Find the applications that the official is out of, unless an override excuses them: few, so they are looked up once."""
    mark = f'%"{like_escaped(reader.official)}"%'
    conditions: list[Condition] = [("a.recused <> '[]' AND a.recused LIKE ? ESCAPE '!'", (mark,))]
    conditions += _of_companies(tuple(sorted(reader.conflicts)))
    closed = " UNION ".join(
        f"SELECT a.application FROM applications a WHERE {text}" for text, _ in conditions
    )
    rows = tx.execute(
        f"SELECT application FROM applications WHERE application IN ({closed}) AND excused NOT LIKE ? ESCAPE '!'",
        *(value for _, values in conditions for value in values),
        mark,
    )
    return tuple(row["application"] for row in rows)


def _of_companies(companies: tuple[str, ...]) -> Iterator[Condition]:
    """An application is of the companies of its own request, of its account's, and of whoever is in charge of that."""
    if not companies:
        return
    marks = placeholders(companies)
    in_charge = "SELECT c.account FROM requests r JOIN accounts c ON c.ticket = r.ticket WHERE r.business_ref"
    yield f"a.business_ref IN ({marks})", companies
    yield f"a.account IN (SELECT account FROM accounts WHERE business_ref IN ({marks}))", companies
    yield f"a.account IN ({in_charge} IN ({marks}))", companies


def without(closed: Sequence[str]) -> str:
    return f" AND a.application NOT IN ({placeholders(closed)})" if closed else ""


def _in_queue(queue: DeskQueue, reader: ListReader) -> Iterator[Condition]:
    if queue == "mine":
        in_hand = tuple(each.value for each in IN_HAND)
        yield f"a.officer = ? AND a.status IN ({placeholders(in_hand)})", (reader.official, *in_hand)
    if queue == "unpaid":
        over = tuple(each.value for each in OVER)
        yield f"a.unpaid = 1 AND a.status NOT IN ({placeholders(over)})", over
    if queue == "owing":
        yield f"a.application IN (SELECT b.application FROM {OWING})", ()
    if queue == "refund":
        yield "a.application IN (SELECT application FROM reported_refunds)", ()
    if queue == "personal":
        wanted = "SELECT application FROM letters WHERE signature = 'wanted' AND standing IS NULL"
        erased = "SELECT ticket FROM erasure_outcomes WHERE outcome = 'erased'"
        yield f"a.application IN ({wanted}) AND a.ticket NOT IN ({erased})", ()
    if queue == "exception":
        yield "a.override_for IS NOT NULL", ()


def with_text(text: str) -> Condition:
    number = number_in(text)
    if number is not None:
        return "a.application IN (SELECT application FROM letters WHERE number = ?)", (number,)
    ticket = _ticket(text)
    if ticket is not None:
        return "a.ticket = ?", (ticket,)
    written = normalise_number(text)  # empty where nothing of a number is in it, which would find everything
    parts = (pattern_of(text), pattern_of(written)) if written else (pattern_of(text),)
    found = " OR ".join(["text LIKE ? ESCAPE '!'"] * len(parts))
    return f"a.application IN (SELECT application FROM application_texts WHERE {found})", parts


def _of_company(ticket: str) -> Condition:
    known = _ticket(ticket) or ""
    return (
        "(a.account IN (SELECT account FROM applications WHERE ticket = ?)"
        " OR a.account IN (SELECT account FROM accounts WHERE ticket = ? OR reference = ?)"
        " OR a.business_ref IN (SELECT business_ref FROM requests WHERE ticket = ?))"
    ), (known,) * 4


def _ticket(text: str) -> str | None:
    try:
        return normalise_ticket(text)
    except ValueError:
        return None
