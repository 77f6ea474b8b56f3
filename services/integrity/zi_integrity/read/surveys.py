"""The tables of surveys: windows with their results, and the actions that follow from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded
from zi_integrity.domain.survey import messages

PAGE = 20
MOST_FORMER = 12  # windows in one drawing: three years


@dataclass(frozen=True)
class SurveyWindowRow:
    """`index`, `low`, `high` and `grade` are of all services together, from the publication on."""

    window: UUID
    kind: str
    quarter: str
    opens: date
    closes: date
    status: str
    answers: int
    target: int
    index: str | None
    low: str | None
    high: str | None
    grade: str | None


@dataclass(frozen=True)
class SurveyFollowUpRow:
    window: UUID
    kind: str
    quarter: str
    number: int
    element: str
    until: date
    action: str | None
    responsible: str | None
    evidence: str | None

    def is_late(self, today: date) -> bool:
        return self.evidence is None and self.until < today


class SurveyTables:
    name = "surveys"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS survey_windows (survey_window TEXT PRIMARY KEY, kind TEXT NOT NULL,"
        " quarter TEXT NOT NULL, opens TEXT NOT NULL, closes TEXT NOT NULL, status TEXT NOT NULL,"
        " answers INTEGER NOT NULL, target INTEGER NOT NULL, whole_index TEXT, low TEXT, high TEXT, grade TEXT,"
        " result_event TEXT)",
        "CREATE INDEX IF NOT EXISTS survey_windows_opens ON survey_windows (opens)",
        "CREATE TABLE IF NOT EXISTS survey_follow_ups (survey_window TEXT NOT NULL, kind TEXT NOT NULL,"
        " quarter TEXT NOT NULL, number INTEGER NOT NULL, element TEXT NOT NULL, until TEXT NOT NULL, action TEXT,"
        " responsible TEXT, evidence TEXT, PRIMARY KEY (survey_window, number))",
        "CREATE INDEX IF NOT EXISTS survey_follow_ups_until ON survey_follow_ups (until)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, window = recorded.event, str(recorded.aggregate)
        match event:
            case messages.SurveyWindowOpened():
                _insert(tx, window, event)
            case messages.SurveyAnswerRecorded():
                tx.execute("UPDATE survey_windows SET answers = answers + 1 WHERE survey_window = ?", window)
            case messages.SurveyWindowClosed():
                tx.execute("UPDATE survey_windows SET status = 'closed' WHERE survey_window = ?", window)
            case messages.SurveyResultPublished(results=results):
                tx.execute(
                    "UPDATE survey_windows SET status = 'published', whole_index = ?, low = ?, high = ?, grade = ?,"
                    " result_event = ? WHERE survey_window = ?",
                    *(results[0].index, results[0].low, results[0].high, results[0].grade),
                    *(str(recorded.event_id), window),
                )
            case _:
                _follow_up(tx, window, event)


def _insert(tx: Tx, window: str, event: messages.SurveyWindowOpened) -> None:
    tx.execute(
        "INSERT INTO survey_windows (survey_window, kind, quarter, opens, closes, status, answers, target)"
        " VALUES (?, ?, ?, ?, ?, 'open', 0, ?)",
        *(window, event.kind, event.quarter, event.opens.isoformat(), event.closes.isoformat()),
        sum(each.target for each in event.targets),
    )


def _follow_up(tx: Tx, window: str, event: object) -> None:
    match event:
        case messages.SurveyFollowUpOpened():
            tx.execute(
                "INSERT INTO survey_follow_ups (survey_window, kind, quarter, number, element, until)"
                " SELECT survey_window, kind, quarter, CAST(? AS INTEGER), CAST(? AS TEXT), CAST(? AS TEXT)"
                " FROM survey_windows WHERE survey_window = ?",
                *(event.number, event.element, event.until.isoformat(), window),
            )
        case messages.SurveyFollowUpPlanned():
            tx.execute(
                "UPDATE survey_follow_ups SET action = ?, responsible = ?, until = ?"
                " WHERE survey_window = ? AND number = ?",
                *(event.action, event.responsible, event.until.isoformat(), window, event.number),
            )
        case messages.SurveyFollowUpClosed():
            tx.execute(
                "UPDATE survey_follow_ups SET evidence = ? WHERE survey_window = ? AND number = ?",
                *(event.evidence, window, event.number),
            )
        case _:
            pass


def survey_window_rows(tx: Tx, page: int, size: int = PAGE) -> tuple[list[SurveyWindowRow], int]:
    """Return one page of all windows, the newest first, and the number of all."""
    rows = tx.execute(
        "SELECT * FROM survey_windows ORDER BY opens DESC, kind LIMIT ? OFFSET ?", size, (page - 1) * size
    )
    count = tx.execute("SELECT COUNT(*) AS number FROM survey_windows")[0]["number"]
    return _windows(rows), int(count)


def result_event_of(tx: Tx, window: UUID) -> UUID | None:
    """Return the id of the event that published the result of a window."""
    rows = tx.execute("SELECT result_event FROM survey_windows WHERE survey_window = ?", str(window))
    return UUID(rows[0]["result_event"]) if rows and rows[0]["result_event"] else None


def open_survey_windows(tx: Tx, day: date) -> list[SurveyWindowRow]:
    """Return the windows that can be answered on the day, by their kind."""
    rows = tx.execute(
        "SELECT * FROM survey_windows WHERE status = 'open' AND opens <= ? AND closes >= ? ORDER BY kind",
        *(day.isoformat(), day.isoformat()),
    )
    return _windows(rows)


def invited_users(tx: Tx, quarter: str) -> dict[str, int]:
    """Return the users of each service whose finished case was invited in the quarter."""
    rows = tx.execute(
        "SELECT service, COUNT(*) AS number FROM invitations WHERE quarter = ? GROUP BY service", quarter
    )
    return {row["service"]: int(row["number"]) for row in rows}


def overlapping_quarters(tx: Tx, kind: str, opens: date, closes: date) -> tuple[str, ...]:
    """Return the quarters of the windows of a kind that have days in common with these."""
    rows = tx.execute(
        "SELECT quarter FROM survey_windows WHERE kind = ? AND opens <= ? AND closes >= ? ORDER BY opens",
        *(kind, closes.isoformat(), opens.isoformat()),
    )
    return tuple(row["quarter"] for row in rows)


def published_survey_windows(tx: Tx, kind: str, until: date) -> list[SurveyWindowRow]:
    """Return the newest published windows of a kind that opened on the day or before, the oldest of them first."""
    rows = tx.execute(
        "SELECT * FROM survey_windows WHERE kind = ? AND status = 'published' AND opens <= ?"
        " ORDER BY opens DESC LIMIT ?",
        *(kind, until.isoformat(), MOST_FORMER),
    )
    return _windows(rows)[::-1]


def survey_follow_ups(tx: Tx, page: int, size: int = PAGE) -> tuple[list[SurveyFollowUpRow], int]:
    """Return one page of all actions, those that are open first and the earliest of them before, and the number of all."""
    rows = tx.execute(
        "SELECT * FROM survey_follow_ups ORDER BY CASE WHEN evidence IS NULL THEN 0 ELSE 1 END, until, survey_window,"
        " number LIMIT ? OFFSET ?",
        *(size, (page - 1) * size),
    )
    count = tx.execute("SELECT COUNT(*) AS number FROM survey_follow_ups")[0]["number"]
    return [_follow_up_row(row) for row in rows], int(count)


def count_late_follow_ups(tx: Tx, today: date) -> int:
    rows = tx.execute(
        "SELECT COUNT(*) AS number FROM survey_follow_ups WHERE evidence IS NULL AND until < ?",
        today.isoformat(),
    )
    return int(rows[0]["number"])


def _windows(rows: Iterable[Row]) -> list[SurveyWindowRow]:
    return [
        SurveyWindowRow(
            window=UUID(row["survey_window"]),
            kind=row["kind"],
            quarter=row["quarter"],
            opens=date.fromisoformat(row["opens"]),
            closes=date.fromisoformat(row["closes"]),
            status=row["status"],
            answers=row["answers"],
            target=row["target"],
            index=row["whole_index"],
            low=row["low"],
            high=row["high"],
            grade=row["grade"],
        )
        for row in rows
    ]


def _follow_up_row(row: Row) -> SurveyFollowUpRow:
    return SurveyFollowUpRow(
        window=UUID(row["survey_window"]),
        kind=row["kind"],
        quarter=row["quarter"],
        number=row["number"],
        element=row["element"],
        until=date.fromisoformat(row["until"]),
        action=row["action"],
        responsible=row["responsible"],
        evidence=row["evidence"],
    )
