"""Read model: the looks of ten minutes that are still to be counted in an event."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from zi_audit.look import LooksCounted
from zi_chassis.database import Tx
from zi_chassis.recorded import Recorded, rfc3339

Counts = Mapping[tuple[UUID, datetime, str], int]


class LookCounts:
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
