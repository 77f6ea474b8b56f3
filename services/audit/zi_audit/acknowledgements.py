"""Read model: who looked into which entry, and what they found."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from zi_audit.anomaly import AnomalyAcknowledged
from zi_audit.question import FoundBreak
from zi_chassis.database import Row, Tx
from zi_chassis.domain import Value
from zi_chassis.recorded import Recorded, rfc3339
from zi_chassis.store import Store


class Acknowledgement(Value):
    """The word of one person on entry `index`, whose bytes have the SHA-256 `hash`."""

    index: int
    hash: str
    actor: str
    role: str
    at: datetime
    reason: str


class Acknowledgements:
    name = "acknowledgements"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS acknowledgements (idx INTEGER NOT NULL, hash TEXT NOT NULL, actor TEXT NOT NULL,"
        " role TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (idx, hash, actor))",
        "CREATE INDEX IF NOT EXISTS acknowledgements_hash ON acknowledgements (hash)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, AnomalyAcknowledged):
            tx.execute(
                "INSERT INTO acknowledgements VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                *(event.index, event.hash, event.by.actor, event.by.role, rfc3339(event.by.at), event.reason),
            )

    @staticmethod
    def of_entries(tx: Tx, indexes: Iterable[int]) -> Mapping[int, Sequence[Acknowledgement]]:
        """By entry, the first word first."""
        found: dict[int, list[Acknowledgement]] = {}
        for one in _read(tx, "idx", list(indexes)):
            found.setdefault(one.index, []).append(one)
        return found

    @staticmethod
    def of_hashes(tx: Tx, hashes: Iterable[str]) -> Mapping[str, Sequence[Acknowledgement]]:
        found: dict[str, list[Acknowledgement]] = {}
        for one in _read(tx, "hash", list(hashes)):
            found.setdefault(one.hash, []).append(one)
        return found


async def acknowledgements_of(
    store: Store, breaks: Iterable[FoundBreak]
) -> Mapping[int, Sequence[Acknowledgement]]:
    """Who looked into these entries."""
    indexes = [one.index for one in breaks]
    return await store.query(lambda tx: Acknowledgements.of_entries(tx, indexes))


def _read(tx: Tx, column: str, values: Sequence[object]) -> list[Acknowledgement]:
    if not values:
        return []
    marks = ", ".join("?" * len(values))
    question = f"SELECT * FROM acknowledgements WHERE {column} IN ({marks}) ORDER BY at"
    return [_acknowledgement(row) for row in tx.execute(question, *values)]


def _acknowledgement(row: Row) -> Acknowledgement:
    return Acknowledgement(
        index=row["idx"],
        hash=row["hash"],
        actor=row["actor"],
        role=row["role"],
        at=datetime.fromisoformat(row["at"]),
        reason=row["reason"],
    )
