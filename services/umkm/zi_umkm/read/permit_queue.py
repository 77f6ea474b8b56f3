"""The applications for permits with their clocks, and what waits for which official. Nothing personal."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import begins_with
from zi_chassis.storage.timers import Due
from zi_contracts.intake import District
from zi_umkm.domain.business import BusinessProfile
from zi_umkm.domain.case import messages, permit
from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.case.permit_decisions import ACTING
from zi_umkm.domain.case.permit_state import PermitStage
from zi_umkm.read.columns import set_columns
from zi_umkm.read.excerpt import Excerpt, ListQuery
from zi_umkm.read.interests import INTERESTS_AND_MENTORED
from zi_umkm.read.promised_visits import LAST_VISIT
from zi_umkm.roles import SIGNING

REVOCATION = "revocation"  # in the place of a stage
NO_CLOCK = "9999"  # what was promised to nobody comes after what has a due date


@dataclass(frozen=True)
class WaitingPermit:
    """`task` is the stage that it waits in, or REVOCATION; `due` is None where nothing was promised about it."""

    case: UUID
    ticket: str
    district: District
    task: str
    since: datetime
    due: datetime | None
    is_missed: bool


@dataclass(frozen=True)
class PermitClockCount:
    """The promises of a clock that ended, and those that were missed, whether or not they have ended. `stops` is how often officials stopped
    the clock by giving an application back, also of those that were withdrawn since."""

    clock: str
    ended: int
    missed: int
    running: int
    stopped: int
    missed_and_ended: int
    stops: int

    @property
    def in_time(self) -> int:
        return self.ended - self.missed_and_ended


class PermitQueue:
    name = "permit_queue"
    version = 5
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS permit_files (case_id TEXT PRIMARY KEY, stage TEXT NOT NULL, verified INTEGER NOT NULL,"
        " since TEXT NOT NULL, account_by TEXT NOT NULL DEFAULT '', fit_by TEXT NOT NULL DEFAULT '', proposed_by TEXT NOT NULL DEFAULT '',"
        " announced_by TEXT NOT NULL DEFAULT '', revoking TEXT NOT NULL DEFAULT '', revoking_since TEXT,"
        f" due TEXT NOT NULL DEFAULT '{NO_CLOCK}', missed INTEGER NOT NULL DEFAULT 0,"
        " ticket TEXT NOT NULL, business_ref TEXT NOT NULL, district TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS permit_clocks (case_id TEXT NOT NULL, clock TEXT NOT NULL, since TEXT NOT NULL,"
        " due TEXT NOT NULL, standing TEXT NOT NULL, missed INTEGER NOT NULL DEFAULT 0,"
        " stops INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (case_id, clock, since))",
        "CREATE TABLE IF NOT EXISTS permit_businesses (case_id TEXT PRIMARY KEY, ticket TEXT NOT NULL, business_ref TEXT NOT NULL,"
        " district TEXT NOT NULL, made TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS permit_clocks_due ON permit_clocks (standing, missed, due)",
        "CREATE INDEX IF NOT EXISTS permit_clocks_of ON permit_clocks (case_id, standing)",
        "CREATE INDEX IF NOT EXISTS permit_files_stage ON permit_files (stage, since, case_id)",
        "CREATE INDEX IF NOT EXISTS permit_files_revoking ON permit_files (revoking, revoking_since, case_id)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, case = recorded.event, str(recorded.aggregate)
        if isinstance(event, permit.ApplicationEvents):
            _applying(tx, case, event)
            _show_clock(tx, case)
        elif isinstance(event, permit.CertificateEvents):
            _revoking(tx, case, event)
        elif isinstance(event, DeadlineMissed) and event.clock != LAST_VISIT:
            tx.execute(
                "UPDATE permit_clocks SET missed = 1 WHERE case_id = ? AND clock = ? AND since = ?",
                *(case, event.clock, rfc3339(event.since)),
            )
            _show_clock(tx, case)
        elif isinstance(event, messages.MentoringRegistered):
            tx.execute(
                "INSERT INTO permit_businesses (case_id, ticket, business_ref, district, made) VALUES (?, ?, ?, ?, ?)",
                *(case, event.ticket, event.business_ref, event.business.district, _made_by(event.business)),
            )
        elif isinstance(event, messages.BusinessRestated):
            if _makes_other_products(tx, case, event.business):
                _reopen(tx, case, rfc3339(event.by.at))
        elif isinstance(event, messages.BusinessIdentified):
            _restate(tx, case, business_ref=event.business_ref)
        elif isinstance(event, messages.MentoringClosed):
            tx.execute("UPDATE permit_files SET stage = ? WHERE case_id = ?", PermitStage.DONE.value, case)
            _end_clocks(tx, case, "left")
            _show_clock(tx, case)


def _made_by(business: BusinessProfile) -> str:
    return json.dumps(sorted(each.outline for each in business.products))


def _makes_other_products(tx: Tx, case: str, business: BusinessProfile) -> bool:
    """Note where the business is and what it makes now, and tell whether that differs from what it made before."""
    [known] = tx.execute("SELECT made FROM permit_businesses WHERE case_id = ?", case)
    made = _made_by(business)
    tx.execute("UPDATE permit_businesses SET made = ? WHERE case_id = ?", made, case)
    _restate(tx, case, district=business.district)
    return bool(known["made"] != made)


def _restate(tx: Tx, case: str, **changed: object) -> None:
    for table in ("permit_businesses", "permit_files"):
        set_columns(tx, table, "case_id", case, changed)


def _show_clock(tx: Tx, case: str) -> None:
    """Write the promise that runs now beside the application, so that a list is sorted by it without a look at every clock."""
    rows = tx.execute(
        "SELECT due, missed FROM permit_clocks WHERE case_id = ? AND standing = 'running'", case
    )
    due, missed = (rows[0]["due"], rows[0]["missed"]) if rows else (NO_CLOCK, 0)
    set_columns(tx, "permit_files", "case_id", case, {"due": due, "missed": missed})


def _reopen(tx: Tx, case: str, at: str) -> None:
    """Let an application that was found fit be evaluated once more."""
    tx.execute(
        "UPDATE permit_files SET stage = ?, since = ?, fit_by = '' WHERE case_id = ? AND stage = ?",
        *(PermitStage.EVALUATION.value, at, case, PermitStage.ISSUE.value),
    )


def _applying(tx: Tx, case: str, event: permit.ApplicationEvents) -> None:
    at = rfc3339(event.by.at)
    match event:
        case permit.PermitApplied():
            verified = _go_on(tx, case)
            stage = PermitStage.EVALUATION if verified else PermitStage.ACCOUNT
            tx.execute(
                "INSERT INTO permit_files (case_id, stage, verified, since, ticket, business_ref, district)"
                " SELECT case_id, ?, ?, ?, ticket, business_ref, district FROM permit_businesses WHERE case_id = ?"
                " ON CONFLICT (case_id) DO UPDATE SET stage = excluded.stage, verified = excluded.verified,"
                " since = excluded.since, fit_by = '',"
                " account_by = CASE excluded.verified WHEN 1 THEN permit_files.account_by ELSE '' END",
                *(stage.value, int(verified), at, case),
            )
            _run(tx, case, event.promise)
        case permit.PermitAccountVerified():
            _end_clocks(tx, case, "ended")
            _move(tx, case, PermitStage.EVALUATION, at, verified=1, account_by=event.by.actor)
            _run(tx, case, event.promise)
        case permit.PermitReturned():
            tx.execute(
                "UPDATE permit_clocks SET standing = 'stopped', stops = stops + 1"
                " WHERE case_id = ? AND standing = 'running'",
                case,
            )
            _move(tx, case, PermitStage.RETURNED, at, fit_by="")
            tx.execute(
                "UPDATE permit_files SET verified = 0, account_by = '' WHERE case_id = ? AND account_by = ?",
                *(case, event.by.actor),
            )
        case permit.PermitFoundFit():
            _end_clocks(tx, case, "ended")
            _move(tx, case, PermitStage.ISSUE, at, fit_by=event.by.actor)
            _run(tx, case, event.promise)
        case permit.PermitIssued():
            _end_clocks(tx, case, "ended")
            quiet = {"revoking": "", "revoking_since": None, "proposed_by": "", "announced_by": ""}
            _move(tx, case, PermitStage.DONE, at, verified=0, **quiet)


def _go_on(tx: Tx, case: str) -> bool:
    """Tell whether an application goes on that was returned after its account was verified."""
    rows = tx.execute("SELECT stage, verified FROM permit_files WHERE case_id = ?", case)
    return bool(rows) and rows[0]["stage"] == PermitStage.RETURNED.value and bool(rows[0]["verified"])


def _move(tx: Tx, case: str, stage: PermitStage, at: str, **more: object) -> None:
    set_columns(tx, "permit_files", "case_id", case, {"stage": stage.value, "since": at} | more)


def _run(tx: Tx, case: str, promise: permit.PermitPromise | None) -> None:
    """Begin a clock, or let a stopped one go on until its new due date; one that an application does not go on with has ended."""
    if promise is not None:
        tx.execute(
            "INSERT INTO permit_clocks (case_id, clock, since, due, standing) VALUES (?, ?, ?, ?, 'running')"
            " ON CONFLICT (case_id, clock, since) DO UPDATE SET due = excluded.due, standing = 'running'",
            *(case, promise.clock, rfc3339(promise.since), rfc3339(promise.due)),
        )
    tx.execute("UPDATE permit_clocks SET standing = 'left' WHERE case_id = ? AND standing = 'stopped'", case)


def _end_clocks(tx: Tx, case: str, standing: str) -> None:
    tx.execute(
        "UPDATE permit_clocks SET standing = ? WHERE case_id = ? AND standing IN ('running', 'stopped')",
        *(standing, case),
    )


def _revoking(tx: Tx, case: str, event: permit.CertificateEvents) -> None:
    """Note what is to be decided about a certificate, and who decides it not."""
    at = rfc3339(event.by.at)
    match event:
        case permit.RevocationProposed():
            changed: dict[str, object] = {
                "revoking": "proposed",
                "revoking_since": at,
                "proposed_by": event.by.actor,
            }
        case permit.RevocationAnnounced():
            changed = {"revoking": "announced", "revoking_since": at, "announced_by": event.by.actor}
        case permit.RevocationContested():
            changed = {"revoking": "contested", "revoking_since": at}
        case permit.PermitRenewalDue():
            return
        case _:
            changed = {"revoking": "", "revoking_since": None, "proposed_by": "", "announced_by": ""}
    set_columns(tx, "permit_files", "case_id", case, changed)


def late_permits(tx: Tx, now: datetime, most: int) -> list[Due]:
    """Return the promises that have passed and are not reported yet, the oldest first."""
    rows = tx.execute(
        "SELECT case_id, clock, due FROM permit_clocks WHERE standing = 'running' AND missed = 0 AND due < ?"
        f" ORDER BY due LIMIT {most}",
        rfc3339(now),
    )
    return [Due(UUID(row["case_id"]), row["clock"], datetime.fromisoformat(row["due"])) for row in rows]


# -- what waits for an official

_FILES = f" FROM permit_files p WHERE p.business_ref NOT IN ({INTERESTS_AND_MENTORED})"


@dataclass(frozen=True)
class PermitTasks:
    """`stages` are those in which an official may act; `signs` is whether they also decide about revocations. `ticket` is how it begins."""

    reader: str
    stages: tuple[PermitStage, ...]
    signs: bool
    ticket: str = ""

    @classmethod
    def of(cls, reader: str, roles: Collection[str], ticket: str = "") -> Self:
        """Return the tasks of an official with these roles."""
        stages = tuple(stage for stage, acting in ACTING.items() if not set(acting).isdisjoint(roles))
        return cls(reader, stages, not set(SIGNING).isdisjoint(roles), ticket)

    @property
    def condition(self) -> tuple[str, tuple[object, ...]]:
        """Only what this official may decide: nobody evaluates or signs after they verified the account, signs what they found fit, or decides
        what they proposed."""
        marks = ", ".join("?" * len(self.stages)) or "NULL"
        revocation, of_revocation = self.revocation
        values: list[object] = [self.reader, self.reader, *(each.value for each in self.stages)]
        begins, signs = begins_with("p.ticket", self.ticket)
        wanted = f"(p.stage IN ({marks}) AND p.fit_by <> ? AND p.account_by <> ?) OR {revocation}"
        return f"{_FILES} AND ({wanted}){begins}", (*values, self.reader, self.reader, *of_revocation, *signs)

    @property
    def revocation(self) -> tuple[str, tuple[object, ...]]:
        """Only a revocation that this official may decide."""
        if not self.signs:
            return "1 = 0", ()
        proposed = "(p.revoking = 'proposed' AND p.proposed_by <> ?)"
        contested = "(p.revoking = 'contested' AND p.proposed_by <> ? AND p.announced_by <> ?)"
        return f"({proposed} OR {contested})", (self.reader,) * 3


def waiting_permits(tx: Tx, wanted: PermitTasks, limit: int, offset: int = 0) -> Excerpt[WaitingPermit]:
    """Return what this official may decide: what is due first comes first, then what has waited longest. While a revocation is to be
    decided, nothing is signed: so the case waits for that."""
    condition, values = wanted.condition
    revocation, of_revocation = wanted.revocation
    waiting = ListQuery(
        columns="*",
        rows=" FROM found",
        order="due, COALESCE(revoking_since, since), case_id",
        found=f"SELECT p.case_id, p.stage, p.since, CASE WHEN {revocation} THEN 1 ELSE 0 END AS revokes, p.revoking_since,"
        f" p.ticket, p.district, p.due, p.missed{condition}",
        found_values=(*of_revocation, *values),
    )
    return waiting.excerpt(tx, _waiting, limit, offset)


def _waiting(row: Row) -> WaitingPermit:
    revokes = bool(row["revokes"])
    since = row["revoking_since"] if revokes else row["since"]
    return WaitingPermit(
        case=UUID(row["case_id"]),
        ticket=row["ticket"],
        district=row["district"],
        task=REVOCATION if revokes else row["stage"],
        since=datetime.fromisoformat(since),
        due=None if row["due"] == NO_CLOCK else datetime.fromisoformat(row["due"]),
        is_missed=bool(row["missed"]),
    )


def permit_clock_counts(tx: Tx) -> list[PermitClockCount]:
    """Count the promises by clock, those of applications that were withdrawn or went another way left out unless they were missed."""
    rows = tx.execute(
        "SELECT clock, SUM(CASE standing WHEN 'ended' THEN 1 ELSE 0 END) AS ended, SUM(missed) AS missed,"
        " SUM(CASE WHEN standing = 'ended' THEN missed ELSE 0 END) AS missed_and_ended,"
        " SUM(CASE standing WHEN 'running' THEN 1 ELSE 0 END) AS running,"
        " SUM(CASE standing WHEN 'stopped' THEN 1 ELSE 0 END) AS stopped, SUM(stops) AS stops"
        " FROM permit_clocks GROUP BY clock"
    )
    counted = {row["clock"]: row for row in rows}
    names = ("ended", "missed", "running", "stopped", "missed_and_ended", "stops")
    return [
        PermitClockCount(clock, *(int(counted[clock][name]) for name in names))
        for clock in ("permit_account", "permit_evaluation", "permit_issue")
        if clock in counted
    ]
