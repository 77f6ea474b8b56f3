"""The tables of trainings and of who takes part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_chassis.storage.searching import pattern_of
from zi_contracts.intake import District
from zi_umkm.domain import training as lessons
from zi_umkm.read.columns import MOST_ROWS, set_columns


@dataclass(frozen=True)
class TrainingRow:
    """`before` and `after` are the mean scores of those who have both, once it is over."""

    training: UUID
    district: District
    topic: str
    begins: datetime
    places: int
    enrolled: int
    attended: int
    held_at: datetime | None
    before: int | None
    after: int | None
    planned_by: str


@dataclass(frozen=True)
class ParticipantRow:
    case: UUID
    ticket: str
    came: bool
    before: int | None
    after: int | None


class Trainings:
    name = "trainings"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS trainings (training TEXT PRIMARY KEY, district TEXT NOT NULL, topic TEXT NOT NULL,"
        " begins TEXT NOT NULL, places INTEGER NOT NULL, enrolled INTEGER NOT NULL, attended INTEGER NOT NULL, held TEXT,"
        " before INTEGER, after INTEGER, planned_by TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS trainings_begins ON trainings (begins)",
        "CREATE TABLE IF NOT EXISTS participants (training TEXT NOT NULL, case_id TEXT NOT NULL, came INTEGER NOT NULL,"
        " before INTEGER, after INTEGER, PRIMARY KEY (training, case_id))",
        "CREATE INDEX IF NOT EXISTS participants_case ON participants (case_id)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case lessons.TrainingPlanned():
                tx.execute(
                    "INSERT INTO trainings (training, district, topic, begins, places, enrolled, attended, planned_by)"
                    " VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
                    *(id, event.district, event.topic, rfc3339(event.begins), event.places, event.by.actor),
                )
            case lessons.ParticipantEnrolled(case=case):
                tx.execute(
                    "INSERT INTO participants (training, case_id, came) VALUES (?, ?, 0)", id, str(case)
                )
                tx.execute("UPDATE trainings SET enrolled = enrolled + 1 WHERE training = ?", id)
            case lessons.AttendanceRecorded():
                _attend(tx, id, event)
            case lessons.TrainingHeld():
                means = {"before": event.before, "after": event.after}
                set_columns(tx, "trainings", "training", id, {"held": rfc3339(event.by.at), **means})
            case _:
                pass


def _attend(tx: Tx, training: str, event: lessons.AttendanceRecorded) -> None:
    tx.execute(
        "UPDATE participants SET came = 1, before = ?, after = ? WHERE training = ? AND case_id = ?",
        *(event.before, event.after, training, str(event.case)),
    )
    tx.execute(
        "UPDATE trainings SET attended = (SELECT COUNT(*) FROM participants p WHERE p.training = trainings.training"
        " AND p.came = 1) WHERE training = ?",
        training,
    )


def trainings(
    tx: Tx, limit: int = MOST_ROWS, offset: int = 0, district: str = "", topic: str = "", text: str = ""
) -> list[TrainingRow]:
    """Return the newest trainings first, of a district and a topic where they are named; `text` stands in the topic."""
    conditions, values = _conditions(district, topic, text)
    rows = tx.execute(
        f"SELECT * FROM trainings{conditions} ORDER BY begins DESC, training LIMIT {limit} OFFSET {offset}",
        *values,
    )
    return _trainings(rows)


def count_trainings(tx: Tx, district: str = "", topic: str = "", text: str = "") -> int:
    conditions, values = _conditions(district, topic, text)
    [row] = tx.execute(f"SELECT COUNT(*) AS many FROM trainings{conditions}", *values)
    return int(row["many"])


def _conditions(district: str, topic: str, text: str) -> tuple[str, list[str]]:
    named = {"district = ?": district, "topic = ?": topic}
    if text:
        named["lower(topic) LIKE ? ESCAPE '!'"] = pattern_of(text)
    wanted = {condition: value for condition, value in named.items() if value}
    conditions = " AND ".join(wanted)
    return (f" WHERE {conditions}" if wanted else ""), list(wanted.values())


def trainings_held(tx: Tx) -> list[TrainingRow]:
    return _trainings(tx.execute("SELECT * FROM trainings WHERE held IS NOT NULL ORDER BY held, training"))


def trainings_of(tx: Tx, case: UUID) -> list[TrainingRow]:
    """Return the trainings of a business, the newest first."""
    rows = tx.execute(
        "SELECT t.* FROM trainings t JOIN participants p ON p.training = t.training WHERE p.case_id = ?"
        " ORDER BY t.begins DESC",
        str(case),
    )
    return _trainings(rows)


def training_row(tx: Tx, id: UUID) -> TrainingRow | None:
    found = _trainings(tx.execute("SELECT * FROM trainings WHERE training = ?", str(id)))
    return found[0] if found else None


def participants(tx: Tx, training: UUID) -> list[ParticipantRow]:
    rows = tx.execute(
        "SELECT p.*, c.ticket FROM participants p JOIN cases c ON c.case_id = p.case_id WHERE p.training = ?"
        " ORDER BY c.ticket",
        str(training),
    )
    return [
        ParticipantRow(UUID(row["case_id"]), row["ticket"], bool(row["came"]), row["before"], row["after"])
        for row in rows
    ]


def _trainings(rows: Iterable[Row]) -> list[TrainingRow]:
    return [
        TrainingRow(
            training=UUID(row["training"]),
            district=row["district"],
            topic=row["topic"],
            begins=datetime.fromisoformat(row["begins"]),
            places=row["places"],
            enrolled=row["enrolled"],
            attended=row["attended"],
            held_at=stored_time(row["held"]),
            before=row["before"],
            after=row["after"],
            planned_by=row["planned_by"],
        )
        for row in rows
    ]
