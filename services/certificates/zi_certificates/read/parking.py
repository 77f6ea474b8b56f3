"""Requests for data: how often each official makes them and for which letters, how long applications are parked for them, and how often
later applications are taken meanwhile."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvent,
    ApplicationPaid,
    ApplicationResubmitted,
    ApplicationSubmittedFree,
    ApplicationTaken,
    DataAsked,
)
from zi_certificates.read.fairness import HOUR, MONTHS, month_of
from zi_certificates.read.stored import update_row
from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339

PARKED = "need_data"


class Parkings:
    """Read model; it keeps since when each application is complete, and its letters, so that it can be made anew from the events alone."""

    name = "parkings"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS completions (application TEXT PRIMARY KEY, kinds TEXT NOT NULL, complete_at TEXT)",
        "CREATE TABLE IF NOT EXISTS parkings (event TEXT PRIMARY KEY, application TEXT NOT NULL, month TEXT NOT NULL,"
        " complete_at TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT, seconds INTEGER)",
        "CREATE INDEX IF NOT EXISTS parkings_application ON parkings (application)",
        "CREATE INDEX IF NOT EXISTS parkings_month ON parkings (month, seconds)",
        "CREATE TABLE IF NOT EXISTS takings (event TEXT PRIMARY KEY, application TEXT NOT NULL, month TEXT NOT NULL,"
        " at TEXT NOT NULL, complete_at TEXT NOT NULL, parked INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS takings_at ON takings (at, complete_at)",
        "CREATE INDEX IF NOT EXISTS takings_month ON takings (month, parked)",
        "CREATE TABLE IF NOT EXISTS data_requests (month TEXT NOT NULL, official TEXT NOT NULL, kind TEXT NOT NULL,"
        " many INTEGER NOT NULL, beyond INTEGER NOT NULL, PRIMARY KEY (month, official, kind))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, ApplicationEvent):
            return
        _keep(tx, recorded.aggregate, event)
        if isinstance(event, DataAsked):
            _park(tx, recorded, event)
        elif orjson.loads(recorded.message)["data"]["state"] != PARKED:
            _end(tx, recorded.aggregate, event.by.at)
        if isinstance(event, ApplicationTaken):
            tx.execute(
                "INSERT INTO takings (event, application, month, at, complete_at, parked) VALUES (?, ?, ?, ?, ?, ?)",
                *(str(recorded.event_id), str(recorded.aggregate), month_of(event.by.at)),
                *(rfc3339(event.by.at), rfc3339(event.complete_at), event.parked or 0),
            )


def _keep(tx: Tx, application: UUID, event: ApplicationEvent) -> None:
    match event:
        case ApplicationDrafted(statement=statement):
            tx.execute(
                "INSERT INTO completions (application, kinds) VALUES (?, ?)",
                *(str(application), json.dumps(statement.kinds)),
            )
        case ApplicationChanged(statement=statement):
            update_row(tx, "completions", "application", application, {"kinds": json.dumps(statement.kinds)})
        case ApplicationPaid() | ApplicationSubmittedFree() | ApplicationResubmitted():
            complete = {"complete_at": rfc3339(event.by.at)}
            update_row(tx, "completions", "application", application, complete)
        case _:
            pass


def _park(tx: Tx, recorded: Recorded, event: DataAsked) -> None:
    [row] = tx.execute(
        "SELECT complete_at, kinds FROM completions WHERE application = ?", str(recorded.aggregate)
    )
    month = month_of(event.by.at)
    tx.execute(
        "INSERT INTO parkings (event, application, month, complete_at, begun) VALUES (?, ?, ?, ?, ?)",
        *(str(recorded.event_id), str(recorded.aggregate), month, row["complete_at"], rfc3339(event.by.at)),
    )
    for kind in event.kinds or json.loads(row["kinds"]):
        tx.execute(
            "INSERT INTO data_requests (month, official, kind, many, beyond) VALUES (?, ?, ?, 1, ?)"
            " ON CONFLICT (month, official, kind) DO UPDATE SET many = data_requests.many + 1,"
            " beyond = data_requests.beyond + excluded.beyond",
            *(month, event.by.actor, kind, int(bool(event.unnamed))),
        )


def _end(tx: Tx, application: UUID, at: datetime) -> None:
    for row in tx.execute(
        "SELECT event, begun FROM parkings WHERE application = ? AND ended IS NULL", str(application)
    ):
        seconds = max(0, int((at - datetime.fromisoformat(row["begun"])).total_seconds()))
        tx.execute(
            "UPDATE parkings SET ended = ?, seconds = ? WHERE event = ?", rfc3339(at), seconds, row["event"]
        )


# -- one application


@dataclass(frozen=True)
class ParkedTime:
    """The number of requests for data, for how many hours the application was parked until it came, since when it is parked now, and how many
    applications that were complete later were taken meanwhile."""

    times: int
    hours: int
    since: datetime | None
    overtaken_by: int


def parked_time(tx: Tx, application: UUID) -> ParkedTime | None:
    """None where no data was asked."""
    rows = tx.execute(
        "SELECT begun, ended, seconds, complete_at FROM parkings WHERE application = ? ORDER BY begun",
        str(application),
    )
    if not rows:
        return None
    overtaken = 0
    for row in rows:
        until, values = ("", ()) if row["ended"] is None else (" AND at <= ?", (row["ended"],))
        [counted] = tx.execute(
            f"SELECT COUNT(*) AS many FROM takings WHERE at >= ? AND complete_at > ?{until}",
            *(row["begun"], row["complete_at"], *values),
        )
        overtaken += int(counted["many"])
    since = None if rows[-1]["ended"] else datetime.fromisoformat(rows[-1]["begun"])
    return ParkedTime(len(rows), _hours(sum(row["seconds"] or 0 for row in rows)), since, overtaken)


# -- all of them


@dataclass(frozen=True)
class ParkedMonth:
    """Of the requests for data of a month: how many are answered or over, the median and the longest time in whole hours, rounded up; and
    how often in this month an application was passed by while it was parked."""

    month: str
    requests: int
    ended: int
    median: int
    longest: int
    overtaken: int


@dataclass(frozen=True)
class RequestCount:
    """`beyond` are those for a document that no rule names, which the official has to explain to the applicant."""

    month: str
    kind: str
    count: int
    beyond: int
    official: str | None = None


def parked_months(tx: Tx, before: str | None = None) -> list[ParkedMonth]:
    """The newest first, of those in which data was asked or a parked application was passed by."""
    months = _months(tx, before)
    if not months:
        return []
    marks = placeholders(months)
    requests = {
        row["month"]: row
        for row in tx.execute(
            "SELECT month, COUNT(*) AS many, COUNT(seconds) AS ended, MAX(seconds) AS longest FROM parkings"
            f" WHERE month IN ({marks}) GROUP BY month",
            *months,
        )
    }
    overtaken = {
        row["month"]: int(row["many"])
        for row in tx.execute(
            f"SELECT month, SUM(parked) AS many FROM takings WHERE month IN ({marks}) GROUP BY month", *months
        )
    }
    return [
        ParkedMonth(
            month=each,
            requests=requests[each]["many"] if each in requests else 0,
            ended=requests[each]["ended"] if each in requests else 0,
            median=_median(tx, each, requests[each]["ended"]) if each in requests else 0,
            longest=_hours(requests[each]["longest"] or 0) if each in requests else 0,
            overtaken=overtaken.get(each, 0),
        )
        for each in months
    ]


def _months(tx: Tx, before: str | None) -> Sequence[str]:
    earlier, values = ("", ()) if before is None else (" AND month < ?", (before,))
    rows = tx.execute(
        f"SELECT month FROM parkings WHERE 1 = 1{earlier} UNION SELECT month FROM takings WHERE parked > 0{earlier}"
        f" ORDER BY month DESC LIMIT {MONTHS}",
        *(*values, *values),
    )
    return [row["month"] for row in rows]


def _median(tx: Tx, month: str, ended: int) -> int:
    """Return the time that half of those that ended took at most."""
    rows = tx.execute(
        "SELECT seconds FROM parkings WHERE month = ? AND seconds IS NOT NULL ORDER BY seconds LIMIT 1 OFFSET ?",
        *(month, max(0, ended - 1) // 2),
    )
    return _hours(rows[0]["seconds"]) if rows else 0


def data_requests(tx: Tx, before: str | None = None, *, by_official: bool = False) -> list[RequestCount]:
    """Count requests by month and letter, for officials of the office also by official; the newest month first."""
    who = "official" if by_official else "NULL"
    earlier, values = ("", ()) if before is None else (" WHERE month < ?", (before,))
    rows = tx.execute(
        f"SELECT month, kind, {who} AS official, SUM(many) AS many, SUM(beyond) AS beyond FROM data_requests WHERE month IN"
        f" (SELECT DISTINCT month FROM data_requests{earlier} ORDER BY month DESC LIMIT {MONTHS})"
        f" GROUP BY month, kind{', official' if by_official else ''} ORDER BY month DESC, kind, 4 DESC, 3",
        *values,
    )
    return [
        RequestCount(row["month"], row["kind"], int(row["many"]), int(row["beyond"]), row["official"])
        for row in rows
    ]


def _hours(seconds: int) -> int:
    return -(-seconds // HOUR)
