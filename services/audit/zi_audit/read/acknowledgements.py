"""Read model of the officials who looked into an entry, with their reasons."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from zi_audit.domain.anomaly import AnomalyAcknowledged, anomaly_id
from zi_chassis.domain import Value
from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.store import Store


class Acknowledgement(Value):
    """The statement of one person on an entry."""

    actor: str
    role: str
    at: datetime
    reason: str


class Acknowledgements:
    """By the anomaly's id, which holds the log's origin: entry 7 of the log before is not entry 7 of this one."""

    name = "acknowledgements"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS acknowledgements (anomaly TEXT NOT NULL, actor TEXT NOT NULL,"
        " role TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (anomaly, actor))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, AnomalyAcknowledged):
            tx.execute(
                "INSERT INTO acknowledgements VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                *(str(recorded.aggregate), event.by.actor, event.by.role, rfc3339(event.by.at), event.reason),
            )

    @staticmethod
    def of(tx: Tx, anomalies: Sequence[str]) -> Mapping[str, Sequence[Acknowledgement]]:
        """Return acknowledgements by anomaly, the earliest first."""
        found: dict[str, list[Acknowledgement]] = {}
        if anomalies:
            marks = placeholders(anomalies)
            question = f"SELECT * FROM acknowledgements WHERE anomaly IN ({marks}) ORDER BY at, actor"
            for row in tx.execute(question, *anomalies):
                acknowledgement = Acknowledgement(
                    actor=row["actor"],
                    role=row["role"],
                    at=datetime.fromisoformat(row["at"]),
                    reason=row["reason"],
                )
                found.setdefault(row["anomaly"], []).append(acknowledgement)
        return found


async def acknowledgements_of(
    store: Store, origin: str, indexes: Iterable[int]
) -> Mapping[int, Sequence[Acknowledgement]]:
    """Read who looked into these entries of the log `origin`."""
    ids = {str(anomaly_id(origin, index)): index for index in indexes}
    found = await store.query(lambda tx: Acknowledgements.of(tx, list(ids)))
    return {ids[anomaly]: acknowledgements for anomaly, acknowledgements in found.items()}
