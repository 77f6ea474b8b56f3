"""The read model of requests to see confidential cases that wait for a second person; nothing personal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.database import Row, Tx
from zi_chassis.recorded import Recorded, rfc3339
from zi_contracts.intake import DisclosureReason
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import messages
from zi_intake.visibility import CaseReader


@dataclass(frozen=True)
class WaitingDisclosure:
    """`topic` is that of a case for appointed officials."""

    disclosure: UUID
    ticket: str
    topic: str | None
    asked_by: str
    reason: DisclosureReason
    requested: datetime
    answer_by: datetime


class DisclosureList:
    name = "disclosures"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS disclosures (disclosure TEXT PRIMARY KEY, aggregate TEXT NOT NULL, asked_by TEXT NOT NULL,"
        " reason TEXT NOT NULL, requested TEXT NOT NULL, answer_by TEXT NOT NULL)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case disclosures.DisclosureRequested():
                tx.execute(
                    "INSERT INTO disclosures (disclosure, aggregate, asked_by, reason, requested, answer_by)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    *(str(event.disclosure), str(recorded.aggregate), event.by.actor, event.reason),
                    *(rfc3339(event.by.at), rfc3339(event.answer_by)),
                )
            case (
                disclosures.DisclosureConsented()
                | disclosures.DisclosureRefused()
                | disclosures.DisclosureExpired()
            ):
                tx.execute("DELETE FROM disclosures WHERE disclosure = ?", str(event.disclosure))
            case messages.DataSubjectErased():
                tx.execute("DELETE FROM disclosures WHERE aggregate = ?", str(recorded.aggregate))
            case _:
                pass


def waiting_disclosures(tx: Tx, reader: CaseReader, now: datetime) -> list[WaitingDisclosure]:
    """Return those of cases that this official did not file, the first to end first; also of cases that they don't see."""
    rows = tx.execute(
        "SELECT disclosures.*, cases.ticket, cases.appointed_topic FROM disclosures"
        " JOIN cases ON cases.aggregate = disclosures.aggregate WHERE answer_by > ? AND filed_by <> ?"
        " ORDER BY answer_by, disclosure",
        *(rfc3339(now), reader.official),
    )
    return [_waiting(row) for row in rows]


def _waiting(row: Row) -> WaitingDisclosure:
    return WaitingDisclosure(
        disclosure=UUID(row["disclosure"]),
        ticket=row["ticket"],
        topic=row["appointed_topic"],
        asked_by=row["asked_by"],
        reason=row["reason"],
        requested=datetime.fromisoformat(row["requested"]),
        answer_by=datetime.fromisoformat(row["answer_by"]),
    )
