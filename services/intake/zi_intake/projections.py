"""Read models: the deliveries of mails about cases, the steps at other desks, what was handed over and erased; none has personal data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from zi_chassis.database import Tx, placeholders
from zi_chassis.keystore import Destroyed
from zi_chassis.recorded import Recorded, event_id, rfc3339
from zi_chassis.vault import Vault
from zi_contracts.intake import Holder
from zi_intake.domain.case import messages

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
