"""The tables of a service's events: stored events, received positions, and the messages beside them.

`eventsourcing` gives three things: the tables `stored_events` and of tracking with their migrations (here), connection pools and
transactions of both databases (database.py, postgres.py), and the errors of a transaction. The statements are our own, because a
position must have no gap: a `bigserial` leaves one after each rollback, so that the next position is inserted under the write lock.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from eventsourcing.sqlite import SQLiteProcessRecorder

from zi_chassis.domain import Decider, Event
from zi_chassis.storage.database import Database, Tx, placeholders
from zi_chassis.storage.recorded import NO_PREVIOUS, Recorded, decode

MESSAGES = (
    "CREATE TABLE IF NOT EXISTS messages (position INTEGER PRIMARY KEY, event_id TEXT NOT NULL, type TEXT NOT NULL,"
    " aggregate TEXT NOT NULL, version INTEGER NOT NULL, subject TEXT NOT NULL, message BLOB NOT NULL,"
    " hash TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS messages_event ON messages (event_id)",
)
INSERT_MESSAGES = (
    "INSERT INTO messages (position, event_id, type, aggregate, version, subject, message, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class MessageRow:
    position: int
    event_id: str
    nats_subject: str
    message: bytes
    hash: str


ONE_AT_A_TIME = int.from_bytes(hashlib.sha256(b"zi tables").digest()[:8], signed=True)


def one_at_a_time(tx: Tx) -> None:
    """Until the end of the transaction no other process makes or rebuilds tables; on SQLite there is none."""
    if tx.postgres:
        tx.execute("SELECT pg_advisory_xact_lock(?)", ONE_AT_A_TIME)


class EventTables:
    """`kinds`: the class of each type of event. On SQLite the rowid is the position: rows are only appended, by one writer."""

    def __init__(self, database: Database, kinds: Mapping[str, type[Event]]) -> None:
        self.postgres = database.postgres
        self._database = database
        self._kinds = kinds

    def create(self) -> None:
        if not self.postgres:
            SQLiteProcessRecorder(self._database.datastore).create_table()
        with self._database.transaction() as tx:
            one_at_a_time(tx)
            if self.postgres:
                from zi_chassis.storage import postgres

                postgres.create_event_tables(self._database.datastore)  # over a connection of its own
            tx.create(*MESSAGES)

    def lock(self, tx: Tx) -> None:
        """Keep other processes' writers out; on SQLite the pool has one writing connection, which is held already."""
        if self.postgres:
            tx.execute("SET LOCAL lock_timeout = '0s'")
            tx.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")

    # -- events

    def append(self, tx: Tx, recorded: Sequence[Recorded], states: Sequence[bytes]) -> None:
        """Write the events, whose stored states these are, and their messages."""
        pairs = zip(recorded, states, strict=True)
        if self.postgres:
            tx.many(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id)"
                " VALUES (?, ?, ?, ?, ?)",
                [(r.aggregate, r.version, r.type, state, r.position) for r, state in pairs],
            )
        else:
            tx.many(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
                [(r.aggregate.hex, r.version, r.type, state) for r, state in pairs],
            )
        tx.many(
            INSERT_MESSAGES,
            [
                (
                    r.position,
                    str(r.event_id),
                    r.type,
                    str(r.aggregate),
                    r.version,
                    r.subject,
                    r.message,
                    r.hash,
                )
                for r in recorded
            ],
        )

    def states(self, tx: Tx, wanted: Mapping[UUID, Decider[Any]]) -> dict[UUID, tuple[int, Any]]:
        """Version and state of every wanted aggregate, in one query: a batch of new cases costs one round trip."""
        states: dict[UUID, tuple[int, Any]] = {a: (0, decider.initial) for a, decider in wanted.items()}
        if not wanted:
            return states
        for row in tx.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events"
            f" WHERE originator_id IN ({placeholders(wanted)}) ORDER BY originator_id, originator_version",
            *(a if tx.postgres else a.hex for a in wanted),
        ):
            aggregate = row["originator_id"] if tx.postgres else UUID(row["originator_id"])
            event = decode(bytes(row["state"]), self._kinds[row["topic"]])
            state = wanted[aggregate].evolve(states[aggregate][1], event)
            states[aggregate] = row["originator_version"], state
        return states

    def events(self, tx: Tx, aggregate: UUID) -> list[Event]:
        """Read the events of one aggregate in their order."""
        rows = tx.execute(
            "SELECT topic, state FROM stored_events WHERE originator_id = ? ORDER BY originator_version",
            aggregate if tx.postgres else aggregate.hex,
        )
        return [decode(bytes(row["state"]), self._kinds[row["topic"]]) for row in rows]

    def recorded(self, tx: Tx, after: int, limit: int) -> list[Recorded]:
        """Read events with their messages in the order of their positions."""
        position = "notification_id" if tx.postgres else "rowid"
        rows = tx.execute(
            "SELECT m.position, m.event_id, m.type, m.aggregate, m.version, m.subject, m.message, m.hash, e.state"
            f" FROM messages m JOIN stored_events e ON e.{position} = m.position"
            " WHERE m.position > ? ORDER BY m.position LIMIT ?",
            after,
            limit,
        )
        return [
            Recorded(
                event=decode(bytes(row["state"]), self._kinds[row["type"]]),
                event_id=UUID(row["event_id"]),
                aggregate=UUID(row["aggregate"]),
                version=row["version"],
                position=row["position"],
                type=row["type"],
                subject=row["subject"],
                message=bytes(row["message"]),
                hash=row["hash"],
            )
            for row in rows
        ]

    @staticmethod
    def messages(tx: Tx, after: int, limit: int) -> list[MessageRow]:
        """Read messages in the order of their positions."""
        rows = tx.execute(
            "SELECT position, event_id, type, aggregate, message, hash FROM messages"
            " WHERE position > ? ORDER BY position LIMIT ?",
            after,
            limit,
        )
        return [
            MessageRow(
                r["position"], r["event_id"], f"{r['type']}.{r['aggregate']}", bytes(r["message"]), r["hash"]
            )
            for r in rows
        ]

    @staticmethod
    def head(tx: Tx) -> tuple[int, str]:
        """Position and hash of the last message; (0, zeros) before the first."""
        rows = tx.execute("SELECT position, hash FROM messages ORDER BY position DESC LIMIT 1")
        return (rows[0]["position"], rows[0]["hash"]) if rows else (0, NO_PREVIOUS)

    # -- received positions

    @staticmethod
    def received(tx: Tx) -> dict[str, int]:
        """Read the received position of every sender."""
        rows = tx.execute(f"SELECT application_name, notification_id FROM {_tracking(tx)}")
        return {row["application_name"]: row["notification_id"] for row in rows}

    def received_position(self, tx: Tx, sender: str) -> int:
        """Read the position of the last message of `sender` whose effects are stored."""
        rows = tx.execute(
            f"SELECT MAX(notification_id) AS position FROM {_tracking(tx)} WHERE application_name = ?",
            sender,
        )
        return int(rows[0]["position"] or 0)

    def advance(self, tx: Tx, sender: str, position: int) -> None:
        """Set the received position of a sender. Raises IntegrityError unless it grows."""
        rows = tx.execute(
            f"INSERT INTO {_tracking(tx)} VALUES (?, ?) ON CONFLICT (application_name) DO UPDATE"
            f" SET notification_id = excluded.notification_id"
            f" WHERE {_tracking(tx)}.notification_id < excluded.notification_id RETURNING notification_id",
            sender,
            position,
        )
        if not rows:
            raise IntegrityError(f"{sender} {position}: a received position only grows")

    def rewind(self, tx: Tx, sender: str, position: int) -> None:
        """Set the received position of a sender back, or to where it is."""
        tx.execute(
            f"DELETE FROM {_tracking(tx)} WHERE application_name = ? AND notification_id > ?",
            sender,
            position,
        )
        if position and self.received_position(tx, sender) != position:
            self.advance(tx, sender, position)


def _tracking(tx: Tx) -> str:
    return "notification_tracking" if tx.postgres else "tracking"
