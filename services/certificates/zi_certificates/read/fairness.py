"""The order of the queue month by month: how long people waited, and how often a later application was taken first and why."""

from dataclasses import dataclass
from datetime import datetime

from zi_certificates.domain.application.events import (
    ApplicationTaken,
)
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339

HOUR = 3600
MONTHS = 24


@dataclass(frozen=True)
class Month:
    """`month` is written YYYY-MM, by the office's own clock; waiting is told in whole hours, rounded up."""

    month: str
    taken: int
    median: int
    longest: int


@dataclass(frozen=True)
class Passing:
    month: str
    reason: str
    count: int


class Waits:
    """Read model: each taking from the queue, and for how many seconds the application had been complete; how many were passed over."""

    name = "waits"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS waits (event TEXT PRIMARY KEY, month TEXT NOT NULL, seconds INTEGER NOT NULL,"
        " at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS waits_month ON waits (month, seconds)",
        "CREATE TABLE IF NOT EXISTS passings (month TEXT NOT NULL, reason TEXT NOT NULL, many INTEGER NOT NULL,"
        " PRIMARY KEY (month, reason))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, ApplicationTaken):
            return
        month = month_of(event.by.at)
        if not event.second:
            waited = max(0, int((event.by.at - event.complete_at).total_seconds()))
            tx.execute(
                "INSERT INTO waits (event, month, seconds, at) VALUES (?, ?, ?, ?)",
                *(str(recorded.event_id), month, waited, rfc3339(event.by.at)),
            )
        for each in event.overtaken:
            tx.execute(
                "INSERT INTO passings (month, reason, many) VALUES (?, ?, 1)"
                " ON CONFLICT (month, reason) DO UPDATE SET many = passings.many + 1",
                *(month, each.reason),
            )


def months(tx: Tx) -> list[Month]:
    """The newest first."""
    rows = tx.execute(
        f"SELECT month, COUNT(*) AS taken, MAX(seconds) AS longest FROM waits GROUP BY month ORDER BY month DESC LIMIT {MONTHS}"
    )
    return [
        Month(row["month"], row["taken"], _median(tx, row["month"], row["taken"]), _hours(row["longest"]))
        for row in rows
    ]


def _median(tx: Tx, month: str, taken: int) -> int:
    """Return the time that half of them waited at most."""
    rows = tx.execute(
        "SELECT seconds FROM waits WHERE month = ? ORDER BY seconds LIMIT 1 OFFSET ?", month, (taken - 1) // 2
    )
    return _hours(rows[0]["seconds"])


def passings(tx: Tx, before: str | None = None) -> list[Passing]:
    """The newest month first, in it the most frequent reason: as many months as are shown at once, all of them before this one."""
    earlier = "" if before is None else " WHERE month < ?"
    rows = tx.execute(
        "SELECT month, reason, many FROM passings WHERE month IN"
        f" (SELECT DISTINCT month FROM passings{earlier} ORDER BY month DESC LIMIT {MONTHS})"
        " ORDER BY month DESC, many DESC, reason",
        *(() if before is None else (before,)),
    )
    return [Passing(row["month"], row["reason"], row["many"]) for row in rows]


def month_of(at: datetime) -> str:
    return f"{at.astimezone(office_zone()):%Y-%m}"


def _hours(seconds: int) -> int:
    return -(-seconds // HOUR)
