"""The event store's recorders from `eventsourcing`, told which notification id to give.

Positions must have no gaps, and a `bigserial` leaves one after each rollback: under the store's write lock the
next position is known, so it is inserted.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.sqlite import SQLiteProcessRecorder

from zi_chassis.database import Database, Tx


class _Sqlite(SQLiteProcessRecorder):
    """rowid is the position: rows are only ever appended, and never by two writers."""

    def append(self, tx: Tx, events: Sequence[StoredEvent], first: int) -> None:
        tx.many(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
            [(UUID(str(e.originator_id)).hex, e.originator_version, e.topic, e.state) for e in events],
        )

    def lock(self, tx: Tx) -> None:
        """One process, one writing connection: the pool's lock is held already."""

    def rewind(self, tx: Tx, sender: str, position: int) -> None:
        rewind(self, "tracking", tx, sender, position)


def rewind(recorder: Any, table: str, tx: Tx, sender: str, position: int) -> None:
    """Sets back how far a sender was heard, which otherwise only grows."""
    tx.execute(f"DELETE FROM {table} WHERE application_name = ? AND notification_id > ?", sender, position)
    if position and recorder._max_tracking_id(sender, tx.cursor) != position:
        recorder._insert_tracking(tx.cursor, Tracking(sender, position))


def recorder_of(database: Database) -> Any:
    recorder: Any
    if database.postgres:
        from zi_chassis import postgres

        recorder = postgres.Recorder(database.datastore)
    else:
        recorder = _Sqlite(database.datastore)
    recorder.create_table()
    return recorder
