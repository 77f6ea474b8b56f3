"""Read models: the accesses of ten minutes that are still to be counted in an event, and the queries that auditors saved."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from zi_audit.domain.access import LooksCounted
from zi_audit.domain.saved_query import QuerySaved
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339

Counts = Mapping[tuple[UUID, datetime, str], int]


class AccessCounts:
    """Filled beside the events (`add`), emptied by them. Its version stays: the counts are nowhere else."""

    name = "look_counts"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS look_counts (aggregate TEXT NOT NULL, since TEXT NOT NULL, kind TEXT NOT NULL,"
        " count INTEGER NOT NULL, PRIMARY KEY (aggregate, since, kind))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        if isinstance(recorded.event, LooksCounted):
            where = (str(recorded.aggregate), rfc3339(recorded.event.since))
            tx.execute("DELETE FROM look_counts WHERE aggregate = ? AND since = ?", *where)

    @staticmethod
    def add(tx: Tx, counts: Counts) -> None:
        tx.many(
            "INSERT INTO look_counts VALUES (?, ?, ?, ?) ON CONFLICT (aggregate, since, kind) DO UPDATE SET"
            " count = look_counts.count + excluded.count",
            [(str(look), rfc3339(since), kind, count) for (look, since, kind), count in counts.items()],
        )

    @staticmethod
    def of(tx: Tx, look: UUID, since: datetime) -> dict[str, int]:
        question = "SELECT kind, count FROM look_counts WHERE aggregate = ? AND since = ? ORDER BY kind"
        return {row["kind"]: row["count"] for row in tx.execute(question, str(look), rfc3339(since))}


class SavedQueries:
    """Every version of every saved query."""

    name = "saved_queries"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS saved_queries (name TEXT NOT NULL, version INTEGER NOT NULL, parameters TEXT NOT NULL,"
        " actor TEXT NOT NULL, at TEXT NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (name, version))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, QuerySaved):
            tx.execute(
                "INSERT INTO saved_queries VALUES (?, ?, ?, ?, ?, ?)",
                *(event.name, event.version, json.dumps(event.parameters)),
                *(event.by.actor, rfc3339(event.by.at), str(recorded.event_id)),
            )

    @staticmethod
    def listed(tx: Tx) -> Sequence[Row]:
        return tx.execute("SELECT * FROM saved_queries ORDER BY name, version DESC")

    @staticmethod
    def of(tx: Tx, name: str) -> Sequence[Row]:
        """The newest version first."""
        return tx.execute("SELECT * FROM saved_queries WHERE name = ? ORDER BY version DESC", name)
