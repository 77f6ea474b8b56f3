"""Contributors whose erasure is to be decided, and those whose keys are destroyed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.vault.keystore import Destroyed
from zi_chassis.vault.vault import Vault
from zi_integrity.domain import contributor as domain

PAGE = 50


@dataclass(frozen=True)
class PendingErasure:
    data_subject: UUID
    asked_by: str
    at: datetime
    reason: str


class ContributorErasures:
    """The key store must agree with the erased ones. Their ciphertext, which nobody can open, is emptied with the event."""

    name = "contributor_erasures"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS contributor_erasures (data_subject TEXT PRIMARY KEY, at TEXT NOT NULL,"
        " event TEXT NOT NULL, asked_by TEXT NOT NULL, reason TEXT NOT NULL, state TEXT NOT NULL)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        subject = str(recorded.aggregate)
        match recorded.event:
            case domain.ContributorErasureRequested() as event:
                values = rfc3339(event.by.at), str(recorded.event_id), event.by.actor, event.reason
                tx.execute(
                    "INSERT INTO contributor_erasures (data_subject, at, event, asked_by, reason, state)"
                    " VALUES (?, ?, ?, ?, ?, 'pending')",
                    subject,
                    *values,
                )
            case domain.ContributorErasureRefused():
                tx.execute("DELETE FROM contributor_erasures WHERE data_subject = ?", subject)
            case domain.ContributorErased() as event:
                tx.execute(
                    "UPDATE contributor_erasures SET state = 'erased', at = ?, event = ? WHERE data_subject = ?",
                    rfc3339(event.by.at),
                    str(recorded.event_id),
                    subject,
                )
                Vault.discard(tx, recorded.aggregate)
            case _:
                pass

    @staticmethod
    def recorded(tx: Tx) -> dict[UUID, Destroyed]:
        rows = tx.execute("SELECT data_subject, at, event FROM contributor_erasures WHERE state = 'erased'")
        return {
            UUID(row["data_subject"]): Destroyed(datetime.fromisoformat(row["at"]), UUID(row["event"]))
            for row in rows
        }


def pending_erasures(tx: Tx, page: int) -> tuple[list[PendingErasure], int]:
    """Return one page, oldest first, and the count of all."""
    [row] = tx.execute("SELECT count(*) AS n FROM contributor_erasures WHERE state = 'pending'")
    rows = tx.execute(
        "SELECT * FROM contributor_erasures WHERE state = 'pending' ORDER BY at, data_subject LIMIT ? OFFSET ?",
        PAGE,
        (page - 1) * PAGE,
    )
    pending = [
        PendingErasure(
            UUID(row["data_subject"]), row["asked_by"], datetime.fromisoformat(row["at"]), row["reason"]
        )
        for row in rows
    ]
    return pending, int(row["n"])
