"""The records of a case beside its state: its events, the deliveries of messages and letters, the steps at other desks, what was handed over; none has
personal data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import event_id
from zi_contracts.intake import Holder

AT_ONCE = 1_000  # ids in one question; SQLite takes 32,766 values


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
    cause: str  # empty where it is not known


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


def last_step_to_browser(tx: Tx, delivery: UUID) -> datetime | None:
    """Return the time of the last step of a delivery, None for one that goes to no browser."""
    rows = tx.execute("SELECT at FROM deliveries WHERE delivery = ? AND channel = 'web_push'", str(delivery))
    return datetime.fromisoformat(rows[0]["at"]) if rows else None


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


@dataclass(frozen=True)
class CaseRecords:
    """The steps of a case here and at other desks, and the deliveries of messages and letters about it."""

    steps: Sequence[CaseStep]
    deliveries: Sequence[Delivery]
    desk_steps: Sequence[DeskStep]

    @property
    def event_ids(self) -> list[UUID]:
        return [*(each.event_id for each in self.steps), *(each.event_id for each in self.desk_steps)]


def records_of(tx: Tx, ticket: str, aggregate: UUID, version: int) -> CaseRecords:
    """Return what is recorded of a case up to this version."""
    taken = steps(tx, aggregate, version)
    return CaseRecords(taken, MailDeliveries().of(tx, ticket), DeskSteps().of(tx, ticket))


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
        return [granted for granted, granted_items in found.items() if wanted and wanted <= granted_items]
