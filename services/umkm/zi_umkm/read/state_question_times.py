"""The time that answers to the state's questions took, and the days that passed without one. No text and nothing personal."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_umkm.domain.case import state_questions as questions


class StateQuestionTimes:
    name = "state_question_times"
    version = 3
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS state_questions (question TEXT PRIMARY KEY, case_id TEXT NOT NULL,"
        " due TEXT NOT NULL, recorded_at TEXT NOT NULL, answered_at TEXT, missed_at TEXT,"
        " moved INTEGER NOT NULL)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case questions.StateQuestionRecorded():
                tx.execute(
                    "INSERT INTO state_questions (question, case_id, due, recorded_at, moved) VALUES (?, ?, ?, ?, 0)",
                    *(str(event.question), str(recorded.aggregate), rfc3339(event.due), rfc3339(event.by.at)),
                )
            case questions.StateQuestionCorrected(due=due):
                tx.execute(
                    "UPDATE state_questions SET due = ?, moved = moved + 1 WHERE question = ?",
                    *(rfc3339(due), str(event.question)),
                )
            case questions.StateQuestionAnswered():
                _note(tx, "answered_at", event)
            case questions.StateQuestionMissed():
                _note(tx, "missed_at", event)
            case _:
                pass


def _note(tx: Tx, column: str, event: questions.StateQuestionEvent) -> None:
    at, question = rfc3339(event.by.at), str(event.question)
    tx.execute(f"UPDATE state_questions SET {column} = ? WHERE question = ?", at, question)


@dataclass(frozen=True)
class QuestionTimes:
    """A day that passed stays `missed`, also where it was corrected later; `late` are those of them that were answered all the same. `businesses` are those that were asked, `days` the median of the answered ones; the day of `moved` was corrected."""

    businesses: int
    recorded: int
    answered: int
    missed: int
    late: int
    moved: int
    days: int | None


def question_times(tx: Tx) -> QuestionTimes:
    rows = tx.execute("SELECT * FROM state_questions")
    took = [
        (datetime.fromisoformat(row["answered_at"]) - datetime.fromisoformat(row["recorded_at"])).days
        for row in rows
        if row["answered_at"] is not None
    ]
    return QuestionTimes(
        businesses=len({row["case_id"] for row in rows}),
        recorded=len(rows),
        answered=len(took),
        missed=sum(row["missed_at"] is not None for row in rows),
        late=sum(row["missed_at"] is not None and row["answered_at"] is not None for row in rows),
        moved=sum(row["moved"] > 0 for row in rows),
        days=median_low(took) if took else None,
    )
