"""Statistics of decisions by month and letter: how many letters were issued and applications rejected, apart from these how many were
amended or not, how many of all within the promised time, how many left undecided after it had passed, and the reasons of rejections."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvent,
    ApplicationExpired,
    ApplicationPaid,
    ApplicationRejected,
    ApplicationResubmitted,
    ApplicationSubmittedFree,
    ApplicationWithdrawn,
    DataSent,
    DeadlineMissed,
    LetterSealed,
)
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.read.fairness import MONTHS, month_of
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339

ISSUED, REJECTED = "issued", "rejected"
AMENDED = {ISSUED: "amended", REJECTED: "not_amended"}
UNDECIDED_LATE = "undecided_late"


class DecisionCounts:
    """Read model; it keeps the present promise and letters of each application, so that it can be made anew from the events alone. A promise that
    was `missed` is counted once: with the late decision, or where the application is withdrawn, expires or is paid anew without one."""

    name = "decision_counts"
    version = 3
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS promises (application TEXT PRIMARY KEY, kinds TEXT NOT NULL, due TEXT,"
        " amends INTEGER NOT NULL, missed INTEGER NOT NULL DEFAULT 0)",
        "CREATE TABLE IF NOT EXISTS decision_counts (month TEXT NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL,"
        " many INTEGER NOT NULL, in_time INTEGER NOT NULL, PRIMARY KEY (month, kind, outcome))",
        "CREATE TABLE IF NOT EXISTS rejection_counts (month TEXT NOT NULL, reason TEXT NOT NULL, many INTEGER NOT NULL,"
        " PRIMARY KEY (month, reason))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, application = recorded.event, recorded.aggregate
        if not isinstance(event, ApplicationEvent):
            return
        match event:
            case ApplicationDrafted(statement=statement, amends=amended):
                tx.execute(
                    "INSERT INTO promises (application, kinds, amends) VALUES (?, ?, ?)",
                    *(str(application), json.dumps(statement.kinds), int(amended is not None)),
                )
            case ApplicationChanged(statement=statement):
                _update(tx, application, kinds=json.dumps(statement.kinds))
            case ApplicationPaid() | ApplicationSubmittedFree() | DataSent() | ApplicationResubmitted():
                if isinstance(event, ApplicationPaid):
                    _count_undecided(tx, application, event.by.at)
                _update(tx, application, due=rfc3339(event.due))
            case DeadlineMissed():
                _update(tx, application, missed=1)
            case ApplicationWithdrawn() | ApplicationExpired():
                _count_undecided(tx, application, event.by.at)
            case LetterSealed():
                if _state(recorded) == ApplicationStatus.ISSUED:
                    _count(tx, application, ISSUED, event.by.at)
            case ApplicationRejected():
                _count(tx, application, REJECTED, event.by.at)
                for reason in dict.fromkeys(each.reason for each in event.reasons):
                    _count_reason(tx, month_of(event.by.at), reason)
            case _:
                pass


def _state(recorded: Recorded) -> str:
    state: str = orjson.loads(recorded.message)["data"]["state"]
    return state


def _update(tx: Tx, application: UUID, **columns: object) -> None:
    setting = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE promises SET {setting} WHERE application = ?", *columns.values(), str(application))


def _count_undecided(tx: Tx, application: UUID, at: datetime) -> None:
    """Count a promise that was broken and that no decision has counted."""
    if tx.execute("SELECT 1 FROM promises WHERE application = ? AND missed = 1", str(application)):
        _count(tx, application, UNDECIDED_LATE, at)


def _count(tx: Tx, application: UUID, outcome: str, at: datetime) -> None:
    """Count the application under each of its letters, and its promise no second time."""
    [row] = tx.execute(
        "SELECT kinds, due, amends, missed FROM promises WHERE application = ?", str(application)
    )
    is_kept = not row["missed"] and row["due"] is not None and at <= datetime.fromisoformat(row["due"])
    for kind in json.loads(row["kinds"]):
        tx.execute(
            "INSERT INTO decision_counts (month, kind, outcome, many, in_time) VALUES (?, ?, ?, 1, ?)"
            " ON CONFLICT (month, kind, outcome) DO UPDATE SET many = decision_counts.many + 1,"
            " in_time = decision_counts.in_time + excluded.in_time",
            *(month_of(at), kind, AMENDED.get(outcome, outcome) if row["amends"] else outcome, int(is_kept)),
        )
    _update(tx, application, missed=0)


def _count_reason(tx: Tx, month: str, reason: str) -> None:
    tx.execute(
        "INSERT INTO rejection_counts (month, reason, many) VALUES (?, ?, 1)"
        " ON CONFLICT (month, reason) DO UPDATE SET many = rejection_counts.many + 1",
        *(month, reason),
    )


@dataclass(frozen=True)
class MonthOfDecisions:
    """Decisions about one kind of letter in a month, amendments of issued letters apart; `in_time` of all of them kept the promised time. What
    is `undecided_late` left after its promised time without a decision."""

    month: str
    kind: str
    issued: int
    rejected: int
    amended: int
    not_amended: int
    in_time: int
    undecided_late: int

    @property
    def promised(self) -> int:
        return self.issued + self.rejected + self.amended + self.not_amended + self.undecided_late

    @property
    def attainment(self) -> int:
        """In whole percent, rounded down, so that 100 means all."""
        return self.in_time * 100 // self.promised


@dataclass(frozen=True)
class RejectionReason:
    month: str
    reason: str
    count: int


@dataclass(frozen=True)
class OpenDecisions:
    """Applications that the office holds now, and how many of them it holds beyond the promised time: those are in no month, because nothing
    was decided about them."""

    at_office: int
    overdue: int


def undecided(tx: Tx, now: datetime) -> OpenDecisions:
    [row] = tx.execute(
        "SELECT COUNT(*) AS at_office, COALESCE(SUM(CASE WHEN due < ? THEN 1 ELSE 0 END), 0) AS overdue FROM applications"
        " WHERE holder = 'office'",
        rfc3339(now),
    )
    return OpenDecisions(int(row["at_office"]), int(row["overdue"]))


def decision_months(tx: Tx, before: str | None = None) -> list[MonthOfDecisions]:
    """The newest month first; as many months as are shown at once, all of them before this one."""
    earlier, values = ("", ()) if before is None else (" WHERE month < ?", (before,))
    outcomes = (ISSUED, REJECTED, *AMENDED.values(), UNDECIDED_LATE)
    counted = ", ".join(
        f"SUM(CASE WHEN outcome = '{each}' THEN many ELSE 0 END) AS {each}" for each in outcomes
    )
    rows = tx.execute(
        f"SELECT month, kind, {counted}, SUM(in_time) AS in_time FROM decision_counts WHERE month IN"
        f" (SELECT DISTINCT month FROM decision_counts{earlier} ORDER BY month DESC LIMIT {MONTHS})"
        " GROUP BY month, kind ORDER BY month DESC, kind",
        *values,
    )
    return [
        MonthOfDecisions(
            row["month"], row["kind"], **{each: int(row[each]) for each in (*outcomes, "in_time")}
        )
        for row in rows
    ]


def rejection_reasons(tx: Tx, before: str | None = None) -> list[RejectionReason]:
    """The newest month first, in it the most frequent reason; an application that is rejected for several counts for each."""
    earlier, values = ("", ()) if before is None else (" WHERE month < ?", (before,))
    rows = tx.execute(
        "SELECT month, reason, many FROM rejection_counts WHERE month IN"
        f" (SELECT DISTINCT month FROM rejection_counts{earlier} ORDER BY month DESC LIMIT {MONTHS})"
        " ORDER BY month DESC, many DESC, reason",
        *values,
    )
    return [RejectionReason(row["month"], row["reason"], row["many"]) for row in rows]
