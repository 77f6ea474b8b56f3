"""How the queue was kept, month by month: how long people waited, and how often a later one was taken first and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from zi_certificates import application as steps
from zi_certificates.projections import Overtaking
from zi_chassis.database import Tx
from zi_chassis.recorded import Recorded, rfc3339
from zi_chassis.web.language import WITA

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
    """Read model: each taking from the queue, and for how many seconds the application had been complete."""

    name = "waits"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS waits (event TEXT PRIMARY KEY, month TEXT NOT NULL, seconds INTEGER NOT NULL,"
        " at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS waits_month ON waits (month, seconds)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, steps.ApplicationTaken) and not event.second:
            waited = max(0, int((event.by.at - event.complete_at).total_seconds()))
            tx.execute(
                "INSERT INTO waits (event, month, seconds, at) VALUES (?, ?, ?, ?)",
                *(str(recorded.event_id), month_of(event.by.at), waited, rfc3339(event.by.at)),
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
    """What half of them waited at most."""
    rows = tx.execute(
        "SELECT seconds FROM waits WHERE month = ? ORDER BY seconds LIMIT 1 OFFSET ?", month, (taken - 1) // 2
    )
    return _hours(rows[0]["seconds"])


def passings(overtaken: Iterable[Overtaking]) -> Sequence[Passing]:
    """The newest month first, in it the most frequent reason."""
    counted = Counter((month_of(each.at), each.reason) for each in overtaken)
    told = [Passing(month, reason, count) for (month, reason), count in counted.items()]
    frequent = sorted(told, key=lambda each: (-each.count, each.reason))
    return sorted(frequent, key=lambda each: each.month, reverse=True)


def month_of(at: datetime) -> str:
    return f"{at.astimezone(WITA):%Y-%m}"


def _hours(seconds: int) -> int:
    return -(-seconds // HOUR)
