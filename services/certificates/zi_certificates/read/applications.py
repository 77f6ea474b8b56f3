"""Applications as the read model has them: one, those in a state, of an account, of a person, in the order of the queue."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_certificates.domain.application.state import (
    WAITING,
    ApplicationStatus,
)
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import rfc3339, stored_time
from zi_contracts.intake import Holder, Series

PAGE = 50


@dataclass(frozen=True)
class ApplicationRow:
    """`businesses` are the references under which officials may have an interest in it: its own and its account's."""

    application: UUID
    ticket: str
    account: UUID
    series: Series
    business_ref: str
    businesses: frozenset[str]
    kinds: tuple[str, ...]
    goods: str
    item_count: int
    replaces: str | None
    amendment: str | None
    status: ApplicationStatus
    holder: Holder
    officer: str | None
    evaluators: tuple[str, ...]
    excused: frozenset[str]
    recused: frozenset[str]
    override_for: str | None
    flags: int
    due: datetime | None
    deadline: datetime | None
    complete_at: datetime | None
    place: int | None
    revision: int
    drafted_by: str
    drafted_at: datetime
    updated: datetime

    @property
    def waits(self) -> bool:
        return self.status in WAITING


# The account's business by the request that opened it, and by that of whoever is in charge of it now.
APPLICATIONS = (
    "SELECT a.*, c.business_ref AS account_business, r.business_ref AS charged_business FROM applications a"
    " LEFT JOIN accounts c ON c.account = a.account LEFT JOIN requests r ON r.ticket = c.ticket"
)


def application_of(tx: Tx, ticket: str) -> ApplicationRow | None:
    return _first(tx.execute(f"{APPLICATIONS} WHERE a.ticket = ?", ticket))


def application(tx: Tx, id: UUID) -> ApplicationRow | None:
    return _first(tx.execute(f"{APPLICATIONS} WHERE a.application = ?", str(id)))


def applications_in(
    tx: Tx, states: Collection[ApplicationStatus], officer: str | None = None, limit: int | None = None
) -> list[ApplicationRow]:
    """For the desk: what is due first comes first; of one officer alone, if one is named."""
    marks = placeholders(states)
    by_officer = "" if officer is None else " AND a.officer = ?"
    most = "" if limit is None else f" LIMIT {limit}"
    rows = tx.execute(
        f"{APPLICATIONS} WHERE a.status IN ({marks}){by_officer} ORDER BY COALESCE(a.due, a.updated), a.ticket{most}",
        *(status.value for status in states),
        *(() if officer is None else (officer,)),
    )
    return [application_row(row) for row in rows]


def waiting(tx: Tx, last: ApplicationRow | None = None, size: int = PAGE) -> Iterator[ApplicationRow]:
    """Everything that waits for an evaluator after this one, in the order in which it became complete; read as far as it is asked for,
    so many at once."""
    while True:
        after = "" if last is None else " AND (a.complete_at > ? OR (a.complete_at = ? AND a.place > ?))"
        place = () if last is None else _place_of(last)
        rows = first_of_states(tx, WAITING, after, place, "a.complete_at, a.place", size)
        for row in rows:
            last = application_row(row)
            yield last
        if len(rows) < size:
            return


def first_of_states(
    tx: Tx, states: Collection[ApplicationStatus], more: str, values: Sequence[object], order: str, size: int
) -> list[Row]:
    """Return the first applications in these states, or in any, that meet what `more` adds. Of each state an index has the order, so no
    more than the first ones of each are read."""
    found: list[tuple[str, tuple[object, ...]]] = [("a.status = ?", (each.value,)) for each in states]
    found = found or [("1 = 1", ())]
    first = " UNION ALL ".join(
        f"SELECT * FROM (SELECT a.application FROM applications a WHERE {state}{more} ORDER BY {order} LIMIT {size}) AS first"
        for state, _ in found
    )
    return tx.execute(
        f"{APPLICATIONS} WHERE a.application IN ({first}) ORDER BY {order} LIMIT {size}",
        *(value for _, state in found for value in (*state, *values)),
    )


def queue_place(tx: Tx, waits: ApplicationRow) -> int | None:
    """1 is next; None when it does not wait."""
    return queued_before(tx, waits, included=False) + 1 if waits.waits else None


def queued_before(tx: Tx, row: ApplicationRow, *, included: bool = True) -> int:
    """Count what waits before its place, whether it waits itself or not; and itself if it does."""
    rows = tx.execute(
        "SELECT COUNT(*) AS before FROM applications a WHERE a.status IN (?, ?)"
        " AND (a.complete_at < ? OR (a.complete_at = ? AND a.place < ?))",
        *(status.value for status in WAITING),
        *_place_of(row),
    )
    return int(rows[0]["before"]) + (included and row.waits)


def parked_before(tx: Tx, id: UUID) -> int:
    """Count what was complete before this application and waits for its applicant's data."""
    row = application(tx, id)
    if row is None:
        return 0
    rows = tx.execute(
        "SELECT COUNT(*) AS before FROM applications a WHERE a.status = ?"
        " AND (a.complete_at < ? OR (a.complete_at = ? AND a.place < ?))",
        *(ApplicationStatus.NEED_DATA.value, *_place_of(row)),
    )
    return int(rows[0]["before"])


def _place_of(row: ApplicationRow) -> tuple[object, ...]:
    complete = None if row.complete_at is None else rfc3339(row.complete_at)
    return complete, complete, row.place


def counts(tx: Tx) -> dict[ApplicationStatus, int]:
    """Count applications by state."""
    rows = tx.execute("SELECT status, COUNT(*) AS many FROM applications GROUP BY status")
    return {ApplicationStatus(row["status"]): row["many"] for row in rows}


def _first(rows: list[Row]) -> ApplicationRow | None:
    return application_row(rows[0]) if rows else None


def application_row(row: Row) -> ApplicationRow:
    businesses = {row["business_ref"], row["account_business"], row["charged_business"]} - {None}
    return ApplicationRow(
        application=UUID(row["application"]),
        ticket=row["ticket"],
        account=UUID(row["account"]),
        series=row["series"],
        business_ref=row["business_ref"],
        businesses=frozenset(businesses),
        kinds=_listed(row["kinds"]),
        goods=row["goods"],
        item_count=row["item_count"],
        replaces=row["replaces"],
        amendment=row["amendment"],
        status=ApplicationStatus(row["status"]),
        holder=row["holder"],
        officer=row["officer"],
        evaluators=_listed(row["evaluators"]),
        excused=frozenset(_listed(row["excused"])),
        recused=frozenset(_listed(row["recused"])),
        override_for=row["override_for"],
        flags=row["flags"],
        due=stored_time(row["due"]),
        deadline=stored_time(row["deadline"]),
        complete_at=stored_time(row["complete_at"]),
        place=row["place"],
        revision=row["revision"],
        drafted_by=row["drafted_by"],
        drafted_at=datetime.fromisoformat(row["drafted_at"]),
        updated=datetime.fromisoformat(row["updated"]),
    )


def _listed(stored: str) -> tuple[str, ...]:
    """Most lists of most rows are empty."""
    return () if stored == "[]" else tuple(json.loads(stored))
