"""The public register of permits with a number: how each stands today, and no business; page after page, the newest first."""

from dataclasses import dataclass
from datetime import date, datetime

import orjson

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_chassis.storage.searching import pattern_of
from zi_contracts.intake import District
from zi_umkm.domain.case import permit
from zi_umkm.read.columns import set_columns

PAGE = 50
STANDINGS = ("valid", "announced", "contested", "revoked", "expired", "replaced")
HOLDS = ("valid", "announced", "contested")


@dataclass(frozen=True)
class PermitLine:
    """The public fields of a permit; `standing` is that of today, since `since`, for `reason` where it is revoked or will be."""

    number: str
    ticket: str
    letter: str
    path: str
    district: District
    issued_at: datetime
    valid_until: date | None
    standing: str
    since: datetime
    reason: str | None
    objection_until: datetime | None
    renews: str | None
    replaced_by: str | None

    @property
    def holds(self) -> bool:
        return self.standing in HOLDS


@dataclass(frozen=True)
class PermitFilter:
    """`number` is a number or a part of it; `show` is one of the standings, "holding" for all that hold, or "" for all."""

    show: str = "holding"
    number: str = ""
    district: str = ""
    path: str = ""
    year: int | None = None


class PermitRegister:
    name = "permit_register"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS permits (number TEXT PRIMARY KEY, case_id TEXT NOT NULL, ticket TEXT NOT NULL,"
        " letter TEXT NOT NULL, path TEXT NOT NULL, district TEXT NOT NULL, year INTEGER NOT NULL, issued_at TEXT NOT NULL,"
        " valid_until TEXT, standing TEXT NOT NULL, since TEXT NOT NULL, reason TEXT, objection_until TEXT, renews TEXT,"
        " replaced_by TEXT)",
        "CREATE INDEX IF NOT EXISTS permits_issued ON permits (issued_at, number)",
        "CREATE INDEX IF NOT EXISTS permits_case ON permits (case_id, issued_at)",
        "CREATE INDEX IF NOT EXISTS permits_standing ON permits (standing, issued_at, number)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, permit.PermitIssued) and event.certificate is not None:
            _insert(tx, recorded, event, event.certificate)
        elif isinstance(event, permit.CertificateEvents):
            _stand(tx, event)


def _insert(
    tx: Tx, recorded: Recorded, event: permit.PermitIssued, certificate: permit.PermitCertificate
) -> None:
    at, case, ticket = (
        rfc3339(event.by.at),
        str(recorded.aggregate),
        orjson.loads(recorded.message)["subject"],
    )
    tx.execute(
        "INSERT INTO permits (number, case_id, ticket, letter, path, district, year, issued_at, valid_until, standing,"
        " since, renews) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'valid', ?, ?)",
        *(
            certificate.number,
            case,
            ticket,
            str(certificate.letter),
            certificate.path,
            certificate.district,
        ),
        *(int(certificate.number.split("-")[1]), at),
        None if certificate.valid_until is None else certificate.valid_until.isoformat(),
        *(at, certificate.renews),
    )
    if certificate.renews is not None:
        tx.execute(
            "UPDATE permits SET replaced_by = ? WHERE number = ?", certificate.number, certificate.renews
        )
        tx.execute(
            "UPDATE permits SET standing = 'replaced', since = ?, reason = NULL, objection_until = NULL"
            " WHERE number = ? AND standing IN ('valid', 'announced', 'contested')",
            *(at, certificate.renews),
        )


def _stand(tx: Tx, event: permit.CertificateEvents) -> None:
    changed: dict[str, object] = {"since": rfc3339(event.by.at)}
    match event:
        case permit.RevocationAnnounced(reason=reason, objection_until=until):
            stored = None if until is None else rfc3339(until)
            changed |= {"standing": "announced", "reason": reason, "objection_until": stored}
        case permit.RevocationContested():
            changed |= {"standing": "contested"}
        case permit.RevocationDropped():
            changed |= {"standing": "valid", "reason": None, "objection_until": None}
        case permit.PermitRevoked(reason=reason):
            changed |= {"standing": "revoked", "reason": reason}
        case permit.PermitExpired():
            changed |= {"standing": "expired", "reason": None, "objection_until": None}
        case _:
            return
    set_columns(tx, "permits", "number", event.number, changed)


def permit_page(tx: Tx, wanted: PermitFilter, limit: int = PAGE, offset: int = 0) -> list[PermitLine]:
    where, values = _conditions(wanted)
    rows = tx.execute(
        f"SELECT * FROM permits WHERE {where} ORDER BY issued_at DESC, number DESC LIMIT {limit} OFFSET {offset}",
        *values,
    )
    return [_line(row) for row in rows]


def count_permits(tx: Tx, wanted: PermitFilter) -> int:
    """Count what `permit_page` returns without a limit."""
    where, values = _conditions(wanted)
    return int(tx.execute(f"SELECT COUNT(*) AS many FROM permits WHERE {where}", *values)[0]["many"])


def permit_standings(tx: Tx) -> dict[str, int]:
    """Count all permits by how they stand."""
    rows = tx.execute("SELECT standing, COUNT(*) AS many FROM permits GROUP BY standing")
    counted = {row["standing"]: int(row["many"]) for row in rows}
    return {standing: counted.get(standing, 0) for standing in STANDINGS}


def permit_numbered(tx: Tx, number: str) -> PermitLine | None:
    rows = tx.execute("SELECT * FROM permits WHERE number = ?", number)
    return _line(rows[0]) if rows else None


def permits_of_case(tx: Tx, case: str) -> list[PermitLine]:
    """Return the permits of a case, the newest first."""
    rows = tx.execute("SELECT * FROM permits WHERE case_id = ? ORDER BY issued_at DESC, number DESC", case)
    return [_line(row) for row in rows]


def _conditions(wanted: PermitFilter) -> tuple[str, tuple[object, ...]]:
    conditions, values = ["1 = 1"], list[object]()
    if wanted.show == "holding":
        conditions.append(f"standing IN ({', '.join('?' * len(HOLDS))})")
        values += HOLDS
    elif wanted.show:
        conditions.append("standing = ?")
        values.append(wanted.show)
    if wanted.number:
        conditions.append("lower(number) LIKE ? ESCAPE '!'")
        values.append(pattern_of(wanted.number))
    for column, value in (("district", wanted.district), ("path", wanted.path), ("year", wanted.year)):
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    return " AND ".join(conditions), tuple(values)


def _line(row: Row) -> PermitLine:
    issued_at, since = stored_time(row["issued_at"]), stored_time(row["since"])
    assert issued_at is not None
    assert since is not None
    return PermitLine(
        number=row["number"],
        ticket=row["ticket"],
        letter=row["letter"],
        path=row["path"],
        district=row["district"],
        issued_at=issued_at,
        valid_until=None if row["valid_until"] is None else date.fromisoformat(row["valid_until"]),
        standing=row["standing"],
        since=since,
        reason=row["reason"],
        objection_until=stored_time(row["objection_until"]),
        renews=row["renews"],
        replaced_by=row["replaced_by"],
    )
