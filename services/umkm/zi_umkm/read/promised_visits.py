"""The last visits that the office promised to businesses with a number: those that were not made yet, or made late and not reported."""

from datetime import datetime
from uuid import UUID

from zi_chassis.database import Tx
from zi_chassis.recorded import Recorded, rfc3339
from zi_chassis.timers import Due
from zi_umkm.domain.case import messages, numbers
from zi_umkm.domain.rulebook import MentoringRulebook

LAST_VISIT = "last_visit"


class PromisedVisits:
    """Without those that were made in time, or for which nobody waited any more; a late one stays until it is reported."""

    name = "promised_visits"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS promised_visits (case_id TEXT PRIMARY KEY, due TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS promised_visits_due ON promised_visits (due)",
    )

    def __init__(self, rules: MentoringRulebook) -> None:
        self._rules = rules

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, case = recorded.event, str(recorded.aggregate)
        match event:
            case numbers.NumberObtained():
                tx.execute("DELETE FROM promised_visits WHERE case_id = ?", case)
                due = rfc3339(self._rules.check_due(event.by.at))
                tx.execute("INSERT INTO promised_visits (case_id, due) VALUES (?, ?)", case, due)
            case messages.BusinessAssessed(assessor="official") | messages.MentoringClosed():
                at = rfc3339(event.by.at)
                tx.execute("DELETE FROM promised_visits WHERE case_id = ? AND due >= ?", case, at)
            case messages.DeadlineMissed():
                tx.execute("DELETE FROM promised_visits WHERE case_id = ?", case)
            case _:
                pass

    @staticmethod
    def late(tx: Tx, now: datetime, most: int) -> list[Due]:
        """Return the promised times that have passed and are not reported yet, the oldest first."""
        rows = tx.execute(
            "SELECT case_id, due FROM promised_visits WHERE due < ? ORDER BY due LIMIT ?", rfc3339(now), most
        )
        return [Due(UUID(row["case_id"]), LAST_VISIT, datetime.fromisoformat(row["due"])) for row in rows]
