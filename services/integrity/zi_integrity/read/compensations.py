"""The read model of compensations: where each stands, which step waits until when, and how many there are by quarter and service."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_integrity.domain import compensation as events
from zi_integrity.domain.compensation import CompensationStatus

NEVER = "9999"  # sorts after every time
OPEN_STATES = ("open", "offered", "accepted", "waived", "given")


@dataclass(frozen=True)
class CompensationRow:
    """`next_due` is until when the office has to do its next step, None where nothing waits for it."""

    compensation: UUID
    ticket: str
    service: str
    clock: str
    missed_due: datetime
    opened: datetime
    status: CompensationStatus
    is_late_report: bool
    has_cause: bool
    next_due: datetime | None
    officials: tuple[str, ...]

    @property
    def reference(self) -> str:
        """A public name of the compensation, by which nobody finds the case."""
        return str(self.compensation)[:8].upper()

    def is_overdue(self, now: datetime) -> bool:
        return self.next_due is not None and self.next_due < now


@dataclass(frozen=True)
class CompensationFilter:
    """`show` is open, closed, overdue or all; `service` and `ticket` narrow it down."""

    show: str = "open"
    service: str = ""
    ticket: str = ""


@dataclass(frozen=True)
class QuarterCount:
    """Compensations that were opened in a quarter: of them given, waived and still waiting."""

    quarter: str
    service: str
    opened: int
    delivered: int
    waived: int

    @property
    def waiting(self) -> int:
        return self.opened - self.delivered - self.waived


class Compensations:
    name = "compensations"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS compensations (compensation TEXT PRIMARY KEY, ticket TEXT NOT NULL, service TEXT NOT NULL,"
        " clock TEXT NOT NULL, missed_due TEXT NOT NULL, opened TEXT NOT NULL, quarter TEXT NOT NULL, status TEXT NOT NULL,"
        " is_late_report INTEGER NOT NULL, has_cause INTEGER NOT NULL, settled TEXT NOT NULL, cause_by TEXT NOT NULL,"
        " step_by TEXT NOT NULL, next_due TEXT NOT NULL, officials TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS compensations_ticket ON compensations (ticket)",
        "CREATE INDEX IF NOT EXISTS compensations_due ON compensations (next_due, compensation)",
        "CREATE INDEX IF NOT EXISTS compensations_quarter ON compensations (quarter, service)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        id, event = str(recorded.aggregate), recorded.event
        match event:
            case events.CompensationOpened():
                _insert(tx, id, event)
            case events.CompensationOffered() | events.CompensationAccepted():
                status = "offered" if isinstance(event, events.CompensationOffered) else "accepted"
                _update(tx, id, status=status, settled="", step_by=rfc3339(event.give_by))
            case events.CompensationWaived():
                _update(tx, id, status="waived", settled="waived", step_by=NEVER)
            case events.CompensationGiven():
                _update(tx, id, status="given", settled="given", step_by=NEVER)
            case events.CompensationCauseFound():
                _update(tx, id, has_cause=1, cause_by=NEVER)
            case events.CompensationClosed():
                _update(tx, id, status="closed")
            case _:
                pass


def _insert(tx: Tx, id: str, event: events.CompensationOpened) -> None:
    opened, offer_by = rfc3339(event.by.at), rfc3339(event.offer_by)
    tx.execute(
        "INSERT INTO compensations (compensation, ticket, service, clock, missed_due, opened, quarter, status, is_late_report,"
        " has_cause, settled, cause_by, step_by, next_due, officials)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, 0, '', ?, ?, ?, ?)",
        *(id, event.ticket, event.service, event.clock, rfc3339(event.due), opened, quarter_of(event.by.at)),
        *(int(event.reported_late), rfc3339(event.find_cause_by), offer_by),
        *(min(offer_by, rfc3339(event.find_cause_by)), json.dumps(event.officials)),
    )


def _update(tx: Tx, id: str, **columns: object) -> None:
    setting = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE compensations SET {setting} WHERE compensation = ?", *columns.values(), id)
    tx.execute(
        "UPDATE compensations SET next_due = CASE WHEN step_by < cause_by THEN step_by ELSE cause_by END"
        " WHERE compensation = ?",
        id,
    )


def quarter_of(at: datetime) -> str:
    """Return the quarter by the days of the office, for example 2026-Q4."""
    day = at.astimezone(office_zone()).date()
    return f"{day.year}-Q{(day.month + 2) // 3}"


def listed(
    tx: Tx, query: CompensationFilter, now: datetime, limit: int, offset: int
) -> list[CompensationRow]:
    """Return a page of compensations, the most urgent first."""
    where, values = _conditions(query, now)
    rows = tx.execute(
        f"SELECT * FROM compensations WHERE {where} ORDER BY next_due, compensation LIMIT ? OFFSET ?",
        *(*values, limit, offset),
    )
    return [_row(row) for row in rows]


def counted(tx: Tx, query: CompensationFilter, now: datetime) -> int:
    where, values = _conditions(query, now)
    return int(tx.execute(f"SELECT COUNT(*) AS n FROM compensations WHERE {where}", *values)[0]["n"])


def counted_by_service(tx: Tx, query: CompensationFilter, now: datetime) -> dict[str, int]:
    where, values = _conditions(query, now)
    rows = tx.execute(
        f"SELECT service, COUNT(*) AS n FROM compensations WHERE {where} GROUP BY service", *values
    )
    return {row["service"]: int(row["n"]) for row in rows}


def of_ticket(tx: Tx, ticket: str) -> list[CompensationRow]:
    """Return the compensations of a case, the newest first."""
    rows = tx.execute(
        "SELECT * FROM compensations WHERE ticket = ? ORDER BY opened DESC, compensation", ticket
    )
    return [_row(row) for row in rows]


def row_of(tx: Tx, compensation: UUID) -> CompensationRow | None:
    rows = tx.execute("SELECT * FROM compensations WHERE compensation = ?", str(compensation))
    return _row(rows[0]) if rows else None


def services_of(tx: Tx) -> list[str]:
    return [
        row["service"] for row in tx.execute("SELECT DISTINCT service FROM compensations ORDER BY service")
    ]


def quarters_of(tx: Tx, limit: int, offset: int) -> list[str]:
    rows = tx.execute(
        "SELECT DISTINCT quarter FROM compensations ORDER BY quarter DESC LIMIT ? OFFSET ?", limit, offset
    )
    return [row["quarter"] for row in rows]


def number_of_quarters(tx: Tx) -> int:
    return int(tx.execute("SELECT COUNT(DISTINCT quarter) AS n FROM compensations")[0]["n"])


def counts_of(tx: Tx, quarter: str) -> list[QuarterCount]:
    rows = tx.execute(
        "SELECT service, COUNT(*) AS opened, SUM(CASE WHEN settled = 'given' THEN 1 ELSE 0 END) AS given,"
        " SUM(CASE WHEN settled = 'waived' THEN 1 ELSE 0 END) AS waived"
        " FROM compensations WHERE quarter = ? GROUP BY service ORDER BY service",
        quarter,
    )
    return [
        QuarterCount(quarter, row["service"], int(row["opened"]), int(row["given"]), int(row["waived"]))
        for row in rows
    ]


def _conditions(query: CompensationFilter, now: datetime) -> tuple[str, list[object]]:
    conditions: list[tuple[str, list[object]]] = [("1 = 1", [])]
    match query.show:
        case "closed":
            conditions.append(("status = 'closed'", []))
        case "overdue":
            conditions.append(("status <> 'closed' AND next_due < ?", [rfc3339(now)]))
        case "open":
            conditions.append(("status <> 'closed'", []))
        case _:
            pass
    if query.service:
        conditions.append(("service = ?", [query.service]))
    if query.ticket:
        conditions.append(("ticket = ?", [query.ticket]))
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


def _row(row: Row) -> CompensationRow:
    return CompensationRow(
        compensation=UUID(row["compensation"]),
        ticket=row["ticket"],
        service=row["service"],
        clock=row["clock"],
        missed_due=datetime.fromisoformat(row["missed_due"]),
        opened=datetime.fromisoformat(row["opened"]),
        status=CompensationStatus(row["status"]),
        is_late_report=bool(row["is_late_report"]),
        has_cause=bool(row["has_cause"]),
        next_due=None if row["next_due"] == NEVER else datetime.fromisoformat(row["next_due"]),
        officials=tuple(json.loads(row["officials"])),
    )
