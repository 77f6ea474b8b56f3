"""The last visits that the office promised to businesses with a number: those that were not made yet, or made late and not reported."""

import json
from datetime import datetime
from uuid import UUID

import orjson

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.timers import Due
from zi_umkm.domain.case import messages, numbers
from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.rulebook import MentoringRulebook

LAST_VISIT = "last_visit"


class PromisedVisits:
    """Without those that were made in time, or for which nobody waited any more; a late one stays until it is reported."""

    name = "promised_visits"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS promised_visits (case_id TEXT PRIMARY KEY, due TEXT NOT NULL,"
        " products TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS promised_visits_due ON promised_visits (due)",
    )

    def __init__(self, rules: MentoringRulebook) -> None:
        self._rules = rules

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, case = recorded.event, str(recorded.aggregate)
        match event:
            case numbers.NumberObtained():
                self._promise(tx, case, event)
            case numbers.RegistrationNumberChecked(outcome="refuted"):
                _take(tx, case, {event.product})
                tx.execute("DELETE FROM promised_visits WHERE case_id = ? AND products = '[]'", case)
            case messages.BusinessRestated():
                _take(tx, case, set(event.unnumbered))
                tx.execute(
                    "DELETE FROM promised_visits WHERE case_id = ? AND products = '[]' AND due >= ?",
                    *(case, rfc3339(event.by.at)),
                )
            case messages.BusinessAssessed(is_repeated=True):
                pass
            case messages.BusinessAssessed(assessor="official") | messages.MentoringClosed():
                at = rfc3339(event.by.at)
                tx.execute("DELETE FROM promised_visits WHERE case_id = ? AND due >= ?", case, at)
            case DeadlineMissed(clock="last_visit"):
                tx.execute("DELETE FROM promised_visits WHERE case_id = ?", case)
            case _:
                pass

    def _promise(self, tx: Tx, case: str, event: numbers.NumberObtained) -> None:
        products = json.dumps(sorted({*_products(tx, case), event.product}))
        tx.execute("DELETE FROM promised_visits WHERE case_id = ?", case)
        due = rfc3339(self._rules.check_due(event.by.at))
        tx.execute(
            "INSERT INTO promised_visits (case_id, due, products) VALUES (?, ?, ?)", case, due, products
        )

    @staticmethod
    def late(tx: Tx, now: datetime, most: int) -> list[Due]:
        """Return the promised times that have passed and are not reported yet, the oldest first."""
        rows = tx.execute(
            "SELECT case_id, due FROM promised_visits WHERE due < ? ORDER BY due LIMIT ?", rfc3339(now), most
        )
        return [Due(UUID(row["case_id"]), LAST_VISIT, datetime.fromisoformat(row["due"])) for row in rows]


def _products(tx: Tx, case: str) -> set[int]:
    """Return the products whose numbers the visit was promised for."""
    rows = tx.execute("SELECT products FROM promised_visits WHERE case_id = ?", case)
    return {product for row in rows for product in orjson.loads(row["products"])}


def _take(tx: Tx, case: str, gone: set[int]) -> None:
    left = json.dumps(sorted(_products(tx, case) - gone))
    tx.execute("UPDATE promised_visits SET products = ? WHERE case_id = ?", left, case)
