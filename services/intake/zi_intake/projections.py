"""Read models: the officers' list of cases, the deliveries of mails about them, the steps at other desks; none has personal data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.database import Row, Tx, placeholders
from zi_chassis.keystore import Destroyed
from zi_chassis.recorded import Recorded, event_id, rfc3339
from zi_chassis.renamings import RENAMING_TABLES, note_renaming
from zi_chassis.timers import Due
from zi_chassis.vault import Vault
from zi_contracts.intake import Holder
from zi_intake.domain.case import filings, messages
from zi_intake.retention_over import withdraw_retention_over

OPEN = ("filed", "acknowledged", "assigned", "clarification_asked", "answered")
ENDED = ("closed", "withdrawn")
PASSED_ON = "passed_on"
OWN_KINDS = ("product", "service", "consultation")
PASSED_ON_KINDS = ("ski", "ske", "mentoring")
MOST_LISTED = 200
AT_ONCE = 1_000  # ids in one question; SQLite takes 32,766 values


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

    def is_overdue(self, now: datetime) -> bool:
        waiting = self.state in OPEN and self.holder == "office"
        return waiting and self.due is not None and self.due < now


Queried = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class Filter(BaseModel):
    """A query of the list: open or ended cases or all, those passed on to another desk, or those whose erasure is to be decided;
    of one officer, of one district."""

    model_config = ConfigDict(frozen=True)

    show: Literal["open", "closed", "all", "passed_on", "erasure"] = "open"
    officer: Queried | None = None
    district: Queried | None = None

    @property
    def conditions(self) -> Mapping[str, Sequence[str]]:
        all_of_intake, everything = (*OPEN, *ENDED), (*OPEN, *ENDED, PASSED_ON)
        states = {
            "open": OPEN,
            "closed": ENDED,
            "all": all_of_intake,
            "passed_on": everything,
            "erasure": everything,
        }
        kinds = {"passed_on": PASSED_ON_KINDS, "erasure": (*OWN_KINDS, *PASSED_ON_KINDS)}
        conditions = {"state": states[self.show], "kind": kinds.get(self.show, OWN_KINDS)}
        erasure = "asked" if self.show == "erasure" else None
        where = {"erasure": erasure, "officer": self.officer, "district": self.district}
        return conditions | {column: (value,) for column, value in where.items() if value}


class CaseList:
    name = "cases"
    version = 5
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS cases (aggregate TEXT PRIMARY KEY, ticket TEXT NOT NULL, kind TEXT NOT NULL,"
        " category TEXT NOT NULL, district TEXT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL, officer TEXT,"
        " received TEXT NOT NULL, acknowledge_by TEXT, due TEXT, reply_by TEXT, closes_on TEXT,"
        " erasure TEXT, acknowledge_missed INTEGER NOT NULL DEFAULT 0, answer_missed INTEGER NOT NULL DEFAULT 0)",
        "CREATE INDEX IF NOT EXISTS cases_due ON cases (state, due)",
        "CREATE INDEX IF NOT EXISTS cases_unacknowledged ON cases (acknowledge_by) WHERE state = 'filed'",
        *RENAMING_TABLES,
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, filings.AnyFiled):
            _insert(tx, recorded, event)
        elif isinstance(event, messages.DeadlineMissed):
            column = f"{event.clock}_missed"
            tx.execute(f"UPDATE cases SET {column} = 1 WHERE aggregate = ?", str(recorded.aggregate))
        elif isinstance(event, filings.CaseEvent) and not isinstance(
            event, messages.AttachmentAdded | messages.DataKept
        ):
            _update(tx, recorded, event)

    def cases(self, tx: Tx, query: Filter) -> list[CaseRow]:
        """Return the listed cases, the most urgent first."""
        conditions = query.conditions
        where = " AND ".join(f"{column} IN ({placeholders(values)})" for column, values in conditions.items())
        values = [value for each in conditions.values() for value in each]
        order = {"closed": "due DESC", "passed_on": "received"}.get(query.show, "due")
        rows = tx.execute(
            f"SELECT * FROM cases WHERE {where} ORDER BY {order} LIMIT {MOST_LISTED}",
            *values,
        )
        return [_case_row(row) for row in rows]

    @staticmethod
    def late(tx: Tx, now: datetime, most: int) -> list[Due]:
        """Return the clocks that have passed and are not reported yet, the oldest first."""
        rows = tx.execute(
            "SELECT aggregate, 'acknowledge' AS clock, acknowledge_by AS due FROM cases"
            " WHERE state = 'filed' AND acknowledge_by < ? AND acknowledge_missed = 0"
            " UNION ALL SELECT aggregate, 'answer', due FROM cases"
            " WHERE state IN ('filed', 'acknowledged', 'assigned') AND due < ? AND answer_missed = 0"
            " ORDER BY due LIMIT ?",
            *(rfc3339(now), rfc3339(now), most),
        )
        return [Due(UUID(row["aggregate"]), row["clock"], datetime.fromisoformat(row["due"])) for row in rows]


def _insert(tx: Tx, recorded: Recorded, event: filings.AnyFiled) -> None:
    tx.insert(
        "INSERT INTO cases (aggregate, ticket, kind, category, district, state, holder, received, acknowledge_by, due)"
        " VALUES (?, ?, ?, ?, ?, ?, 'office', ?, ?, ?)",
        str(recorded.aggregate),
        event.ticket,
        *_filed(event),
    )


def _filed(event: filings.AnyFiled) -> tuple[str | None, ...]:
    """Return kind, category, district, state, received, acknowledge_by, due."""
    received = rfc3339(event.by.at)
    if isinstance(event, filings.CertificateRequested):
        return event.series, "", "", PASSED_ON, received, None, None
    if isinstance(event, filings.MentoringRequested):
        return "mentoring", "", event.district, PASSED_ON, received, None, None
    times = received, rfc3339(event.acknowledge_by), rfc3339(event.due)
    if isinstance(event, filings.ComplaintFiled):
        return event.kind, event.commodity or "", event.district, "filed", *times
    return "consultation", event.topic, event.district, "filed", *times


def _update(tx: Tx, recorded: Recorded, event: filings.CaseEvent) -> None:
    data = orjson.loads(recorded.message)["data"]
    changed: dict[str, Any] = {"state": data["state"], "holder": data["holder"]} | _erasure(event)
    if isinstance(event, messages.BusinessNumberGiven):
        note_renaming(tx, event.former_ref, event.business_ref)
    if isinstance(event, messages.ErasureRefused):
        withdraw_retention_over(tx, recorded.subject)
    if isinstance(event, messages.CaseReopened):
        changed["answer_missed"] = 0
    if isinstance(event, messages.CaseAssigned):
        changed["officer"] = event.officer
    elif not isinstance(event, messages.ErasureRequested | messages.ErasureRefused):
        changed |= {"reply_by": _stored(data.get("reply_by")), "closes_on": _stored(data.get("closes_on"))}
    if "due" in data:
        changed["due"] = _stored(data["due"])
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(
        f"UPDATE cases SET {columns} WHERE aggregate = ?",
        *changed.values(),
        str(recorded.aggregate),
    )


def _erasure(event: filings.CaseEvent) -> dict[str, str | None]:
    match event:
        case messages.ErasureRequested():
            return {"erasure": "asked"}
        case messages.ErasureRefused():
            return {"erasure": None}
        case messages.DataSubjectErased():
            return {"erasure": "done"}
        case _:
            return {}


def _stored(time: str | None) -> str | None:
    """One width for all, so that the database can sort them."""
    return None if time is None else rfc3339(datetime.fromisoformat(time))


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
        acknowledge_by=_time(row["acknowledge_by"]),
        due=_time(row["due"]),
        erasure=row["erasure"],
    )


def _time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)


@dataclass(frozen=True)
class CaseStep:
    """One event of a case as it was published."""

    event_id: UUID
    message: bytes

    @property
    def parsed(self) -> dict[str, Any]:
        parsed: dict[str, Any] = orjson.loads(self.message)
        return parsed


def steps(tx: Tx, aggregate: UUID, last: int, first: int = 1) -> list[CaseStep]:
    """Return the events of a case from one version to another, in order; their ids follow from the case's id."""
    ids = [event_id(aggregate, number) for number in range(first, last + 1)]
    return [step for at in range(0, len(ids), AT_ONCE) for step in _steps(tx, ids[at : at + AT_ONCE])]


def _steps(tx: Tx, ids: Sequence[UUID]) -> list[CaseStep]:
    rows = tx.execute(
        f"SELECT event_id, message FROM messages WHERE event_id IN ({placeholders(ids)})",
        *map(str, ids),
    )
    messages = {row["event_id"]: bytes(row["message"]) for row in rows}
    return [CaseStep(id, messages[str(id)]) for id in ids if str(id) in messages]


@dataclass(frozen=True)
class Delivery:
    channel: str
    state: str
    at: datetime
    reason: str | None
    cause: str


class MailDeliveries:
    """Filled by what notify says (policies.py), so it isn't rebuilt from intake's own events."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS deliveries (delivery TEXT PRIMARY KEY, ticket TEXT NOT NULL, channel TEXT NOT NULL,"
        " cause TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, reason TEXT)",
        "CREATE INDEX IF NOT EXISTS deliveries_ticket ON deliveries (ticket)",
    )

    def of(self, tx: Tx, ticket: str) -> list[Delivery]:
        rows = tx.execute("SELECT * FROM deliveries WHERE ticket = ? ORDER BY at", ticket)
        return [
            Delivery(
                row["channel"], row["state"], datetime.fromisoformat(row["at"]), row["reason"], row["cause"]
            )
            for row in rows
        ]


@dataclass(frozen=True)
class DeskStep:
    """A step of a case at another desk; `state` and `holder` are null where its message has no status of the case."""

    event_id: UUID
    type: str
    actorrole: str
    at: datetime
    state: str | None
    holder: Holder | None
    fields: Mapping[str, Any]

    @property
    def desk(self) -> str:
        """The service of that desk."""
        return self.type.split(".")[1]


class DeskSteps:
    """Filled by what other desks say (policies.py), so it isn't rebuilt from intake's own events."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS steps_elsewhere (event TEXT PRIMARY KEY, ticket TEXT NOT NULL, type TEXT NOT NULL,"
        " actorrole TEXT NOT NULL, at TEXT NOT NULL, position INTEGER NOT NULL, state TEXT, holder TEXT, said TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS steps_elsewhere_ticket ON steps_elsewhere (ticket, position)",
    )

    def of(self, tx: Tx, ticket: str) -> list[DeskStep]:
        rows = tx.execute("SELECT * FROM steps_elsewhere WHERE ticket = ? ORDER BY position", ticket)
        return [
            DeskStep(
                UUID(row["event"]),
                row["type"],
                row["actorrole"],
                datetime.fromisoformat(row["at"]),
                row["state"],
                row["holder"],
                orjson.loads(row["said"]),
            )
            for row in rows
        ]


class Consents:
    """The requests of a business that may take over the data of its case; filled by the messages of umkm (policies.py)."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS consents (ticket TEXT NOT NULL, granted TEXT NOT NULL, PRIMARY KEY (ticket, granted))",
        "CREATE TABLE IF NOT EXISTS handed_over (ticket TEXT NOT NULL, granted TEXT NOT NULL, item TEXT NOT NULL,"
        " PRIMARY KEY (ticket, granted, item))",
    )

    def of(self, tx: Tx, ticket: str) -> list[str]:
        """Return the tickets of those requests."""
        return [row["granted"] for row in tx.execute("SELECT granted FROM consents WHERE ticket = ?", ticket)]

    def hand_over(self, tx: Tx, ticket: str, granted: str, items: Iterable[UUID]) -> None:
        """Let that request take over exactly these items; without any, nothing more."""
        tx.execute("DELETE FROM handed_over WHERE ticket = ? AND granted = ?", ticket, granted)
        for item in dict.fromkeys(items):
            tx.execute(
                "INSERT INTO handed_over (ticket, granted, item) VALUES (?, ?, ?)", ticket, granted, str(item)
            )

    def handed_over(self, tx: Tx, ticket: str, items: Collection[UUID]) -> list[str]:
        """Return the tickets of the requests that may take over all of these items."""
        wanted = {str(each) for each in items}
        found: dict[str, set[str]] = {}
        for row in tx.execute(
            "SELECT granted, item FROM handed_over WHERE ticket = ? ORDER BY granted", ticket
        ):
            found.setdefault(row["granted"], set()).add(row["item"])
        return [granted for granted, theirs in found.items() if wanted and wanted <= theirs]


class Erasures:
    """The persons whose keys are destroyed, and by which event; the key store must agree. Their ciphertext, which nobody can open, is
    emptied with the event."""

    name = "erasures"
    version = 3
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS erasures (data_subject TEXT PRIMARY KEY, at TEXT NOT NULL, event TEXT NOT NULL,"
        " person_ref TEXT)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, messages.DataSubjectErased):
            tx.execute(
                "INSERT INTO erasures (data_subject, at, event, person_ref) VALUES (?, ?, ?, ?)",
                *(str(event.data_subject), rfc3339(event.by.at), str(recorded.event_id), event.person_ref),
            )
            Vault.discard(tx, event.data_subject)

    @staticmethod
    def recorded(tx: Tx) -> dict[UUID, Destroyed]:
        rows = tx.execute("SELECT data_subject, at, event, person_ref FROM erasures")
        return {
            UUID(row["data_subject"]): Destroyed(
                datetime.fromisoformat(row["at"]), UUID(row["event"]), row["person_ref"]
            )
            for row in rows
        }
