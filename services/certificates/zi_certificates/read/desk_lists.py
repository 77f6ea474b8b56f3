"""The lists of the desk: applications by queue and filter, page after page, with the count of all that the filter finds.

An official with a conflict of interest in a company sees none of its applications, and none of them is counted.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_certificates.domain.application.state import IN_HAND, OVER, WAITING, ApplicationStatus
from zi_certificates.domain.verification import number_in
from zi_certificates.read.applications import APPLICATIONS, ApplicationRow, application_row
from zi_certificates.read.endings import NEAR, NearEnd, near_ends
from zi_certificates.read.search_texts import like_escaped, like_part
from zi_chassis.database import Tx, placeholders
from zi_chassis.recorded import rfc3339
from zi_contracts.intake import Series
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.registration_number import normalise_number
from zi_rules.ticket import normalise_ticket

PAGE = 50
DeskQueue = Literal["all", "work", "waiting", "mine", "signature", "exception", "unpaid"]
AT_WORK = (*IN_HAND, ApplicationStatus.APPROVAL, *WAITING)
STATES_OF: dict[DeskQueue, tuple[ApplicationStatus, ...]] = {
    "work": AT_WORK,
    "waiting": WAITING,
    "mine": IN_HAND,
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
    `company` is the ticket of any application of the company, because references of companies are made by intake alone."""

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
    where, values = _joined(_conditions(wanted, reader, now))
    [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM {_source(reader)} WHERE {where}", *values)
    beyond, place = _beyond(tx, after)
    rows = tx.execute(
        f"{APPLICATIONS} WHERE {where}{beyond} ORDER BY a.urgency, a.ticket LIMIT {size + 1}",
        *values,
        *place,
    )
    listed = tuple(map(application_row, rows[:size]))
    near = near_ends(tx, [each.application for each in listed], now)
    return ListedPage(listed, int(counted["many"]), listed[-1].ticket if len(rows) > size else None, near)


def _source(reader: ListReader) -> str:
    """Return the tables to count in: those of companies only for whom some company is closed."""
    return APPLICATIONS.partition(" FROM ")[2] if reader.conflicts else "applications a"


def _joined(conditions: Iterator[Condition]) -> Condition:
    texts, values = zip(*conditions, strict=True)
    return " AND ".join(texts), tuple(each for some in values for each in some)


def _beyond(tx: Tx, after: str | None) -> Condition:
    """Return the place of this application; the beginning for a ticket that is not known."""
    rows = tx.execute("SELECT urgency, ticket FROM applications WHERE ticket = ?", after) if after else []
    if not rows:
        return "", ()
    place = rows[0]["urgency"]
    return " AND (a.urgency > ? OR (a.urgency = ? AND a.ticket > ?))", (place, place, after)


def _conditions(wanted: ListFilter, reader: ListReader, now: datetime) -> Iterator[Condition]:
    if wanted.queue != "mine":  # whoever has it in hand must be able to give it back
        yield open_to(reader)
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
    if wanted.text.strip():
        yield with_text(wanted.text)
    if wanted.company.strip():
        yield _of_company(wanted.company)


def open_to(reader: ListReader) -> Condition:
    """Leave out what the official is out of, unless an override excuses them."""
    mark = f'%"{like_escaped(reader.official)}"%'
    closed, values = "a.recused LIKE ? ESCAPE '!'", [mark]
    if reader.conflicts:
        marks, refs = placeholders(reader.conflicts), tuple(sorted(reader.conflicts))
        for column in ("a.business_ref", "COALESCE(c.business_ref, '')", "COALESCE(r.business_ref, '')"):
            closed += f" OR {column} IN ({marks})"
            values += refs
    return f"(a.excused LIKE ? ESCAPE '!' OR NOT ({closed}))", (mark, *values)


def _in_queue(queue: DeskQueue, reader: ListReader) -> Iterator[Condition]:
    states = STATES_OF.get(queue, ())
    if states:
        yield f"a.status IN ({placeholders(states)})", tuple(each.value for each in states)
    if queue == "mine":
        yield "a.officer = ?", (reader.official,)
    if queue == "unpaid":
        over = tuple(each.value for each in OVER)
        yield f"a.unpaid = 1 AND a.status NOT IN ({placeholders(over)})", over
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
    parts = (like_part(text), like_part(written)) if written else (like_part(text),)
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
