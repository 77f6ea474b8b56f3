"""Table of the cases that close by themselves unless their citizen does something, written in the transaction that receives their messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_contracts import intake
from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_rules.notice_routing import LapseClock

TABLES = (
    "CREATE TABLE IF NOT EXISTS citizen_waits (ticket TEXT PRIMARY KEY, clock TEXT NOT NULL, begun TEXT NOT NULL, ends TEXT NOT NULL,"
    " cause TEXT NOT NULL, is_reminded INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS citizen_waits_ends ON citizen_waits (is_reminded, ends)",
)

WAITING = frozenset({"clarification_asked", "answered"})


@dataclass(frozen=True)
class CitizenWait:
    """`cause` is the message that asked, or that brought the answer, at `begun`; without a reply or a reaction the case closes at `ends`."""

    ticket: str
    clock: LapseClock
    begun: datetime
    ends: datetime
    cause: UUID


def note(tx: Tx, message: Message, step: Data) -> None:
    """Store for what the case waits after this message."""
    match step:
        case intake.ClarificationAsked():
            _begin(tx, message, "reply", step.reply_by)
        case intake.CaseAnswered() if not (step.final or step.objection):
            _begin(tx, message, "reaction", step.closes_on)
        case intake.StatusData() if step.state in WAITING and not isinstance(step, intake.CaseAnswered):
            pass
        case intake.StatusData() | intake.DataSubjectErased():
            tx.execute("DELETE FROM citizen_waits WHERE ticket = ?", message.subject)
        case _:
            pass


def unreminded(tx: Tx, until: datetime, limit: int) -> list[CitizenWait]:
    """Cases that close before `until`, of which nobody was reminded."""
    rows = tx.execute(
        "SELECT * FROM citizen_waits WHERE is_reminded = 0 AND ends <= ? ORDER BY ends, ticket LIMIT ?",
        *(rfc3339(until), limit),
    )
    return list(map(_wait, rows))


def of_case(tx: Tx, ticket: str) -> CitizenWait | None:
    rows = tx.execute("SELECT * FROM citizen_waits WHERE ticket = ?", ticket)
    return _wait(rows[0]) if rows else None


def mark_reminded(tx: Tx, wait: CitizenWait) -> None:
    tx.execute("UPDATE citizen_waits SET is_reminded = 1 WHERE ticket = ?", wait.ticket)


def _begin(tx: Tx, message: Message, clock: LapseClock, ends: datetime) -> None:
    tx.execute(
        "INSERT INTO citizen_waits (ticket, clock, begun, ends, cause, is_reminded) VALUES (?, ?, ?, ?, ?, 0)"
        " ON CONFLICT (ticket) DO UPDATE SET clock = excluded.clock, begun = excluded.begun, ends = excluded.ends,"
        " cause = excluded.cause, is_reminded = 0",
        *(message.subject, clock, rfc3339(message.time), rfc3339(ends), str(message.id)),
    )


def _wait(row: Row) -> CitizenWait:
    return CitizenWait(
        ticket=row["ticket"],
        clock=cast(LapseClock, row["clock"]),
        begun=datetime.fromisoformat(row["begun"]),
        ends=datetime.fromisoformat(row["ends"]),
        cause=UUID(row["cause"]),
    )
