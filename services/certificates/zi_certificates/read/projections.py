"""Read models of the service's own events: applications and who decided about them, letters, accounts and acting signers."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from zi_certificates.domain import account as accounts
from zi_certificates.domain import application as steps
from zi_certificates.domain import appointment as appointments
from zi_certificates.domain.account import Check
from zi_certificates.domain.application import WAITING, Status
from zi_certificates.domain.impartiality import Appointment
from zi_certificates.domain.register import CertificateIssued
from zi_certificates.domain.standing import Standing
from zi_certificates.domain.statement import Statement
from zi_chassis.database import Row, Tx, placeholders
from zi_chassis.recorded import Recorded, rfc3339
from zi_contracts.certificates import OvertakingReason
from zi_contracts.intake import Holder, Series
from zi_contracts.vault import ItemRef

SHOWN = 200
PAGE = 50
WITH_OFFICER = (Status.EVALUATION.value, Status.NEED_DATA.value)


@dataclass(frozen=True)
class ApplicationRow:
    """`businesses` are the references under which officials may have an interest in it: its own and its account's."""

    application: UUID
    ticket: str
    account: UUID
    series: Series
    business_ref: str
    businesses: frozenset[str]
    kinds: tuple[str, ...]
    goods: str
    item_count: int
    replaces: str | None
    status: Status
    holder: Holder
    officer: str | None
    evaluators: tuple[str, ...]
    excused: frozenset[str]
    override_for: str | None
    flags: int
    due: datetime | None
    deadline: datetime | None
    complete_at: datetime | None
    place: int | None
    revision: int
    drafted_by: str
    drafted_at: datetime
    updated: datetime

    @property
    def waits(self) -> bool:
        return self.status in WAITING


@dataclass(frozen=True)
class Bill:
    bill: str
    application: UUID
    ticket: str
    amount: int
    pay_by: datetime


@dataclass(frozen=True)
class Decided:
    """Which official decided what, knowing the facts up to which messages."""

    application: UUID
    official: str
    role: str
    event: UUID
    what: str
    at: datetime
    seen_umkm: int
    seen_integrity: int


@dataclass(frozen=True)
class Overtaking:
    """`ticket` was taken while `passed`, complete earlier, went on waiting."""

    at: datetime
    ticket: str
    passed: str
    official: str
    reason: OvertakingReason


class Applications:
    name = "applications"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS applications (application TEXT PRIMARY KEY, ticket TEXT NOT NULL, account TEXT NOT NULL,"
        " series TEXT NOT NULL, business_ref TEXT NOT NULL, kinds TEXT NOT NULL, goods TEXT NOT NULL,"
        " countries TEXT NOT NULL, item_count INTEGER NOT NULL, replaces TEXT, status TEXT NOT NULL, holder TEXT NOT NULL, officer TEXT,"
        " evaluators TEXT NOT NULL, excused TEXT NOT NULL, override_for TEXT, flags INTEGER NOT NULL, due TEXT, deadline TEXT,"
        " complete_at TEXT, place INTEGER, revision INTEGER NOT NULL, drafted_by TEXT NOT NULL, drafted_at TEXT NOT NULL,"
        " updated TEXT NOT NULL)",
        "CREATE UNIQUE INDEX IF NOT EXISTS applications_ticket ON applications (ticket)",
        "CREATE INDEX IF NOT EXISTS applications_status ON applications (status, complete_at, place)",
        "CREATE INDEX IF NOT EXISTS applications_account ON applications (account)",
        "CREATE INDEX IF NOT EXISTS applications_business ON applications (business_ref)",
        "CREATE TABLE IF NOT EXISTS decisions (event TEXT PRIMARY KEY, application TEXT NOT NULL, official TEXT NOT NULL,"
        " role TEXT NOT NULL, what TEXT NOT NULL, at TEXT NOT NULL, seen_umkm INTEGER NOT NULL,"
        " seen_integrity INTEGER NOT NULL, request TEXT)",
        "CREATE INDEX IF NOT EXISTS decisions_application ON decisions (application)",
        "CREATE INDEX IF NOT EXISTS decisions_official ON decisions (official)",
        "CREATE INDEX IF NOT EXISTS decisions_request ON decisions (request)",
        "CREATE TABLE IF NOT EXISTS overtakings (at TEXT NOT NULL, application TEXT NOT NULL, ticket TEXT NOT NULL,"
        " passed TEXT NOT NULL, official TEXT NOT NULL, reason TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS overtakings_passed ON overtakings (passed)",
        "CREATE INDEX IF NOT EXISTS overtakings_ticket ON overtakings (ticket)",
        "CREATE TABLE IF NOT EXISTS bills (bill TEXT PRIMARY KEY, application TEXT NOT NULL, ticket TEXT NOT NULL,"
        " amount INTEGER NOT NULL, pay_by TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS bills_application ON bills (application)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, steps.ApplicationEvent):
            return
        if isinstance(event, steps.ApplicationDrafted):
            _draft(tx, recorded, event)
            return
        _update(tx, recorded, event)
        if isinstance(event, steps.DecisionEvent):
            _decided(tx, recorded, event)
        if isinstance(event, steps.ApplicationTaken):
            _overtaken(tx, recorded, event)
        if isinstance(event, steps.ApplicationSubmitted):
            _billed(tx, recorded, event)


def _draft(tx: Tx, recorded: Recorded, event: steps.ApplicationDrafted) -> None:
    tx.execute(
        "INSERT INTO applications (application, ticket, account, series, business_ref, kinds, goods, countries, item_count,"
        " replaces, status, holder, evaluators, excused, flags, revision, drafted_by, drafted_at, updated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', 'citizen', '[]', '[]', 0, 1, ?, ?, ?)",
        str(recorded.aggregate),
        event.ticket,
        str(event.account),
        event.series,
        event.business_ref,
        json.dumps(event.statement.kinds),
        event.statement.goods,
        _countries(event.statement),
        len(event.statement.products),
        event.replaces,
        event.by.actor,
        rfc3339(event.by.at),
        rfc3339(event.by.at),
    )


def _update(tx: Tx, recorded: Recorded, event: steps.ApplicationEvent) -> None:
    said = orjson.loads(recorded.message)["data"]
    changed = {"status": said["state"], "holder": said["holder"], "updated": rfc3339(event.by.at)}
    if said["state"] not in WITH_OFFICER:
        changed["officer"] = None
    _set(tx, "applications", "application", recorded.aggregate, {**changed, **_own(tx, recorded, event)})


def _own(tx: Tx, recorded: Recorded, event: steps.ApplicationEvent) -> Mapping[str, object]:
    """What this kind of event changes beside the status."""
    match event:
        case steps.ApplicationChanged(statement=stated):
            said = orjson.loads(recorded.message)["data"]
            kinds, count = json.dumps(stated.kinds), len(stated.products)
            outline = {"kinds": kinds, "goods": stated.goods, "item_count": count}
            outline["countries"] = _countries(stated)
            return {**outline, "revision": said["revision"], "evaluators": "[]"}
        case steps.ApplicationSubmitted():
            return {"deadline": rfc3339(event.pay_by)}
        case steps.ApplicationPaid() | steps.ApplicationResubmitted():
            complete = {"complete_at": rfc3339(event.by.at), "place": recorded.position}
            return complete | {"due": rfc3339(event.due), "deadline": None}
        case steps.ApplicationTaken():
            return {"officer": event.by.actor}
        case steps.DataSent():
            return {"due": rfc3339(event.due), "deadline": None}
        case steps.DataAsked() | steps.ApplicationRejected():
            said = orjson.loads(recorded.message)["data"]
            until = {"deadline": rfc3339(datetime.fromisoformat(said["open_until"]))}
            return until | ({"evaluators": "[]"} if isinstance(event, steps.ApplicationRejected) else {})
        case steps.EvaluationPassed():
            before = _listed(tx, recorded.aggregate, "evaluators")
            return {"evaluators": json.dumps([*before, event.by.actor])}
        case steps.ApplicationSentBack():
            *before, last = _listed(tx, recorded.aggregate, "evaluators")
            return {"evaluators": json.dumps(before), "officer": last}
        case steps.OverrideApproved():
            before = _listed(tx, recorded.aggregate, "excused")
            return {"excused": json.dumps([*before, event.official]), "override_for": None}
        case steps.OverrideAsked():
            return {"override_for": event.official}
        case steps.OverrideRefused():
            return {"override_for": None}
        case steps.ApplicationExpired() | steps.ApplicationWithdrawn():
            return {"deadline": None}
        case steps.ConflictFlagged():
            rows = tx.execute("SELECT flags FROM applications WHERE application = ?", str(recorded.aggregate))
            return {"flags": rows[0]["flags"] + 1}
        case _:
            return {}


def _countries(stated: Statement) -> str:
    """Where it goes, or else where its products come from or go: codes with spaces between them."""
    return stated.country or " ".join(sorted({each.country for each in stated.products}))


def _listed(tx: Tx, application: UUID, column: str) -> list[str]:
    rows = tx.execute(f"SELECT {column} FROM applications WHERE application = ?", str(application))
    listed: list[str] = json.loads(rows[0][column])
    return listed


def _decided(tx: Tx, recorded: Recorded, event: steps.DecisionEvent) -> None:
    tx.execute(
        "INSERT INTO decisions (event, application, official, role, what, at, seen_umkm, seen_integrity, request)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        str(recorded.event_id),
        str(recorded.aggregate),
        event.by.actor,
        event.by.role,
        recorded.type.rpartition(".")[2],
        rfc3339(event.by.at),
        event.seen.umkm,
        event.seen.integrity,
        None if event.request is None else str(event.request),
    )


def _overtaken(tx: Tx, recorded: Recorded, event: steps.ApplicationTaken) -> None:
    for each in event.overtaken:
        tx.execute(
            "INSERT INTO overtakings (at, application, ticket, passed, official, reason) VALUES (?, ?, ?, ?, ?, ?)",
            *(rfc3339(event.by.at), str(recorded.aggregate), recorded.subject),
            *(each.ticket, event.by.actor, each.reason),
        )


def _billed(tx: Tx, recorded: Recorded, event: steps.ApplicationSubmitted) -> None:
    tx.execute(
        "INSERT INTO bills (bill, application, ticket, amount, pay_by) VALUES (?, ?, ?, ?, ?)",
        *(event.bill, str(recorded.aggregate), recorded.subject, event.amount, rfc3339(event.pay_by)),
    )


# The account's business by the request that opened it, and by that of whoever is in charge of it now.
_APPLICATIONS = (
    "SELECT a.*, c.business_ref AS account_business, r.business_ref AS charged_business FROM applications a"
    " LEFT JOIN accounts c ON c.account = a.account LEFT JOIN requests r ON r.ticket = c.ticket"
)


def application_of(tx: Tx, ticket: str) -> ApplicationRow | None:
    return _first(tx.execute(f"{_APPLICATIONS} WHERE a.ticket = ?", ticket))


def application(tx: Tx, id: UUID) -> ApplicationRow | None:
    return _first(tx.execute(f"{_APPLICATIONS} WHERE a.application = ?", str(id)))


def applications_in(
    tx: Tx, states: Collection[Status], officer: str | None = None, limit: int = SHOWN
) -> list[ApplicationRow]:
    """For the desk: what is due first comes first; of one officer alone, if one is named."""
    marks = placeholders(states)
    mine = "" if officer is None else " AND a.officer = ?"
    rows = tx.execute(
        f"{_APPLICATIONS} WHERE a.status IN ({marks}){mine} ORDER BY COALESCE(a.due, a.updated), a.ticket LIMIT {limit}",
        *(status.value for status in states),
        *(() if officer is None else (officer,)),
    )
    return [_application(row) for row in rows]


def applications_with(tx: Tx, account: UUID) -> list[ApplicationRow]:
    """Those of an account, the newest first."""
    rows = tx.execute(f"{_APPLICATIONS} WHERE a.account = ? ORDER BY a.drafted_at DESC", str(account))
    return [_application(row) for row in rows]


def applications_drafted_by(tx: Tx, actor: str) -> list[ApplicationRow]:
    rows = tx.execute(f"{_APPLICATIONS} WHERE a.drafted_by = ? ORDER BY a.drafted_at DESC", actor)
    return [_application(row) for row in rows]


def waiting(tx: Tx) -> Iterator[ApplicationRow]:
    """Everything that waits for an evaluator, in the order in which it became complete; read as far as it is asked for."""
    last: ApplicationRow | None = None
    while True:
        after = "" if last is None else " AND (a.complete_at > ? OR (a.complete_at = ? AND a.place > ?))"
        rows = tx.execute(
            f"{_APPLICATIONS} WHERE a.status IN (?, ?){after} ORDER BY a.complete_at, a.place LIMIT {PAGE}",
            *(status.value for status in WAITING),
            *(() if last is None else _place_of(last)),
        )
        for row in rows:
            last = _application(row)
            yield last
        if len(rows) < PAGE:
            return


def queue_place(tx: Tx, waits: ApplicationRow) -> int | None:
    """1 is next; None when it does not wait."""
    if not waits.waits:
        return None
    rows = tx.execute(
        "SELECT COUNT(*) AS before FROM applications a WHERE a.status IN (?, ?)"
        " AND (a.complete_at < ? OR (a.complete_at = ? AND a.place < ?))",
        *(status.value for status in WAITING),
        *_place_of(waits),
    )
    return int(rows[0]["before"]) + 1


def _place_of(row: ApplicationRow) -> tuple[object, ...]:
    complete = None if row.complete_at is None else rfc3339(row.complete_at)
    return complete, complete, row.place


def counts(tx: Tx) -> dict[Status, int]:
    """How many applications there are in each state."""
    rows = tx.execute("SELECT status, COUNT(*) AS many FROM applications GROUP BY status")
    return {Status(row["status"]): row["many"] for row in rows}


def decisions_about(tx: Tx, application: UUID) -> list[Decided]:
    rows = tx.execute("SELECT * FROM decisions WHERE application = ? ORDER BY at", str(application))
    return [
        Decided(
            application=UUID(row["application"]),
            official=row["official"],
            role=row["role"],
            event=UUID(row["event"]),
            what=row["what"],
            at=datetime.fromisoformat(row["at"]),
            seen_umkm=row["seen_umkm"],
            seen_integrity=row["seen_integrity"],
        )
        for row in rows
    ]


def taken_for(tx: Tx, official: str, request: UUID) -> UUID | None:
    """What this request of this official has taken from the queue already."""
    rows = tx.execute(
        "SELECT application FROM decisions WHERE request = ? AND official = ? AND what = 'application_taken'",
        *(str(request), official),
    )
    return UUID(rows[0]["application"]) if rows else None


def decided_by(tx: Tx, official: str, business_ref: str) -> list[UUID]:
    """Applications of this business about which this official has decided."""
    rows = tx.execute(
        "SELECT DISTINCT d.application FROM decisions d JOIN applications a ON a.application = d.application"
        " LEFT JOIN accounts c ON c.account = a.account LEFT JOIN requests r ON r.ticket = c.ticket"
        " WHERE d.official = ? AND ? IN (a.business_ref, c.business_ref, r.business_ref) ORDER BY d.application",
        *(official, business_ref),
    )
    return [UUID(row["application"]) for row in rows]


def overtakings_of(tx: Tx, ticket: str) -> list[Overtaking]:
    """Who was taken past this application, while it waited."""
    rows = tx.execute("SELECT * FROM overtakings WHERE passed = ? ORDER BY at", ticket)
    return [_overtaking(row) for row in rows]


def bill_of(tx: Tx, bill: str) -> Bill | None:
    return _bill(tx.execute("SELECT * FROM bills WHERE bill = ?", bill))


def bill_for(tx: Tx, application: UUID) -> Bill | None:
    return _bill(tx.execute("SELECT * FROM bills WHERE application = ?", str(application)))


def _bill(rows: list[Row]) -> Bill | None:
    if not rows:
        return None
    row = rows[0]
    pay_by = datetime.fromisoformat(row["pay_by"])
    return Bill(row["bill"], UUID(row["application"]), row["ticket"], row["amount"], pay_by)


def _overtaking(row: Row) -> Overtaking:
    at = datetime.fromisoformat(row["at"])
    return Overtaking(at, row["ticket"], row["passed"], row["official"], row["reason"])


def _first(rows: list[Row]) -> ApplicationRow | None:
    return _application(rows[0]) if rows else None


def _application(row: Row) -> ApplicationRow:
    businesses = {row["business_ref"], row["account_business"], row["charged_business"]} - {None}
    return ApplicationRow(
        application=UUID(row["application"]),
        ticket=row["ticket"],
        account=UUID(row["account"]),
        series=row["series"],
        business_ref=row["business_ref"],
        businesses=frozenset(businesses),
        kinds=tuple(json.loads(row["kinds"])),
        goods=row["goods"],
        item_count=row["item_count"],
        replaces=row["replaces"],
        status=Status(row["status"]),
        holder=row["holder"],
        officer=row["officer"],
        evaluators=tuple(json.loads(row["evaluators"])),
        excused=frozenset(json.loads(row["excused"])),
        override_for=row["override_for"],
        flags=row["flags"],
        due=_time(row["due"]),
        deadline=_time(row["deadline"]),
        complete_at=_time(row["complete_at"]),
        place=row["place"],
        revision=row["revision"],
        drafted_by=row["drafted_by"],
        drafted_at=datetime.fromisoformat(row["drafted_at"]),
        updated=datetime.fromisoformat(row["updated"]),
    )


# -- letters


@dataclass(frozen=True)
class LetterRow:
    """`event_id` and `issued_at` are of the register's event; `standing` is None until the letter is sealed."""

    letter: UUID
    application: UUID
    ticket: str
    account: UUID
    business_ref: str
    series: Series
    kind: str
    goods: str
    countries: tuple[str, ...]
    content: str
    template: str
    item: ItemRef | None
    valid_until: date | None
    signed_at: datetime
    signer: str
    number: str | None
    event_id: UUID | None
    issued_at: datetime | None
    year: int | None
    file: str | None
    file_item: ItemRef | None
    sealed_at: datetime | None
    standing: Standing | None
    since: datetime | None
    reason: str | None
    by_number: str | None


class Letters:
    """After `Applications`, from which it knows whose letter it is."""

    name = "letters"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS letters (letter TEXT PRIMARY KEY, application TEXT NOT NULL, ticket TEXT NOT NULL,"
        " account TEXT NOT NULL, business_ref TEXT NOT NULL, series TEXT NOT NULL, kind TEXT NOT NULL, goods TEXT NOT NULL,"
        " countries TEXT NOT NULL, content TEXT NOT NULL, template TEXT NOT NULL, item TEXT, valid_until TEXT, signed_at TEXT NOT NULL,"
        " signer TEXT NOT NULL, number TEXT, event_id TEXT, issued_at TEXT, year INTEGER, file TEXT, file_item TEXT,"
        " sealed_at TEXT, standing TEXT, since TEXT, reason TEXT, by_number TEXT)",
        "CREATE INDEX IF NOT EXISTS letters_application ON letters (application)",
        "CREATE UNIQUE INDEX IF NOT EXISTS letters_number ON letters (number)",
        "CREATE INDEX IF NOT EXISTS letters_sealed ON letters (sealed_at)",
        "CREATE INDEX IF NOT EXISTS letters_issued ON letters (issued_at)",
        "CREATE INDEX IF NOT EXISTS letters_standing ON letters (standing, issued_at, number)",
        "CREATE INDEX IF NOT EXISTS letters_file ON letters (file)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case steps.LettersSigned() as signed:
                _sign(tx, recorded, signed)
            case CertificateIssued() as issued:
                number = orjson.loads(recorded.message)["data"]["number"]
                where = {"event_id": str(recorded.event_id), "issued_at": rfc3339(issued.by.at)}
                _letter(tx, issued.letter, {"number": number, "year": issued.year, **where})
            case steps.LetterSealed() as sealed:
                item = None if sealed.item is None else sealed.item.model_dump_json()
                at = rfc3339(sealed.by.at)
                stands = {"standing": Standing.VALID.value, "since": at}
                _letter(
                    tx, sealed.letter, {"file": sealed.file, "file_item": item, "sealed_at": at, **stands}
                )
            case steps.LetterSuspended() as event:
                _stand(tx, event.letter, event.by.at, Standing.SUSPENDED, reason=event.reason)
            case steps.LetterReinstated() as event:
                _stand(tx, event.letter, event.by.at, Standing.VALID)
            case steps.LetterRevoked() as event:
                _stand(tx, event.letter, event.by.at, Standing.REVOKED, reason=event.reason)
            case steps.LetterSuperseded() as event:
                _stand(tx, event.letter, event.by.at, Standing.SUPERSEDED, by_number=event.by_number)
            case _:
                pass


def _sign(tx: Tx, recorded: Recorded, event: steps.LettersSigned) -> None:
    [whose] = tx.execute(
        "SELECT ticket, account, business_ref, series, goods, countries FROM applications WHERE application = ?",
        str(recorded.aggregate),
    )
    for each in event.letters:
        tx.execute(
            "INSERT INTO letters (letter, application, ticket, account, business_ref, series, kind, goods, countries,"
            " content, template, item, valid_until, signed_at, signer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            str(each.letter),
            str(recorded.aggregate),
            *(whose[column] for column in ("ticket", "account", "business_ref", "series")),
            each.kind,
            whose["goods"],
            whose["countries"],
            each.content,
            each.template,
            None if each.item is None else each.item.model_dump_json(),
            None if each.valid_until is None else each.valid_until.isoformat(),
            rfc3339(event.by.at),
            event.by.actor,
        )


def _stand(
    tx: Tx,
    letter: UUID,
    at: datetime,
    standing: Standing,
    reason: str | None = None,
    by_number: str | None = None,
) -> None:
    since = {"standing": standing.value, "since": rfc3339(at)}
    _letter(tx, letter, {**since, "reason": reason, "by_number": by_number})


def _letter(tx: Tx, letter: UUID, changed: Mapping[str, object]) -> None:
    _set(tx, "letters", "letter", letter, changed)


def letter(tx: Tx, id: UUID) -> LetterRow | None:
    rows = tx.execute("SELECT * FROM letters WHERE letter = ?", str(id))
    return _letter_row(rows[0]) if rows else None


def letter_numbered(tx: Tx, number: str) -> LetterRow | None:
    rows = tx.execute("SELECT * FROM letters WHERE number = ?", number)
    return _letter_row(rows[0]) if rows else None


def letter_with_file(tx: Tx, file: str) -> LetterRow | None:
    """The one whose sealed file has this digest."""
    rows = tx.execute("SELECT * FROM letters WHERE file = ?", file)
    return _letter_row(rows[0]) if rows else None


def letters_of(tx: Tx, application: UUID) -> list[LetterRow]:
    rows = tx.execute("SELECT * FROM letters WHERE application = ? ORDER BY kind", str(application))
    return [_letter_row(row) for row in rows]


def letters_to_seal(tx: Tx, limit: int = PAGE) -> list[LetterRow]:
    """Signed for, and without their file; the oldest first."""
    rows = tx.execute(
        f"SELECT * FROM letters WHERE sealed_at IS NULL ORDER BY signed_at, letter LIMIT {limit}"
    )
    return [_letter_row(row) for row in rows]


def _letter_row(row: Row) -> LetterRow:
    return LetterRow(
        letter=UUID(row["letter"]),
        application=UUID(row["application"]),
        ticket=row["ticket"],
        account=UUID(row["account"]),
        business_ref=row["business_ref"],
        series=row["series"],
        kind=row["kind"],
        goods=row["goods"],
        countries=tuple(row["countries"].split()),
        content=row["content"],
        template=row["template"],
        item=_item(row["item"]),
        valid_until=None if row["valid_until"] is None else date.fromisoformat(row["valid_until"]),
        signed_at=datetime.fromisoformat(row["signed_at"]),
        signer=row["signer"],
        number=row["number"],
        event_id=None if row["event_id"] is None else UUID(row["event_id"]),
        issued_at=_time(row["issued_at"]),
        year=row["year"],
        file=row["file"],
        file_item=_item(row["file_item"]),
        sealed_at=_time(row["sealed_at"]),
        standing=None if row["standing"] is None else Standing(row["standing"]),
        since=_time(row["since"]),
        reason=row["reason"],
        by_number=row["by_number"],
    )


# -- accounts


@dataclass(frozen=True)
class AccountRow:
    """`reference` is the ticket that the account was opened with, `ticket` that of the person in charge now; `businesses` are those
    of both.
    """

    account: UUID
    reference: str
    ticket: str
    businesses: frozenset[str]
    opened_by: str
    check: Check
    revision: int
    is_verified: bool
    updated: datetime


class Accounts:
    name = "accounts"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS accounts (account TEXT PRIMARY KEY, reference TEXT NOT NULL, ticket TEXT NOT NULL,"
        " business_ref TEXT NOT NULL, opened_by TEXT NOT NULL, checked TEXT NOT NULL, revision INTEGER NOT NULL,"
        " verified INTEGER NOT NULL, updated TEXT NOT NULL)",
        "CREATE UNIQUE INDEX IF NOT EXISTS accounts_reference ON accounts (reference)",
        "CREATE INDEX IF NOT EXISTS accounts_business ON accounts (business_ref)",
        "CREATE INDEX IF NOT EXISTS accounts_checked ON accounts (checked, updated)",
        "CREATE TABLE IF NOT EXISTS accounts_decided (account TEXT NOT NULL, official TEXT NOT NULL,"
        " PRIMARY KEY (official, account))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, accounts.AccountOpened):
            tx.execute(
                "INSERT INTO accounts (account, reference, ticket, business_ref, opened_by, checked, revision, verified,"
                " updated) VALUES (?, ?, ?, ?, ?, ?, 1, 0, ?)",
                *(str(recorded.aggregate), event.reference, event.reference, event.business_ref),
                *(event.by.actor, Check.WAITING.value, rfc3339(event.by.at)),
            )
        elif isinstance(event, accounts.AccountEvent):
            changed = {"updated": rfc3339(event.by.at), **_account_change(recorded, event)}
            _set(tx, "accounts", "account", recorded.aggregate, changed)
            if isinstance(event, accounts.AccountVerified | accounts.AccountRefused):
                tx.execute(
                    "INSERT INTO accounts_decided (account, official) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    *(str(recorded.aggregate), event.by.actor),
                )


def _account_change(recorded: Recorded, event: accounts.AccountEvent) -> Mapping[str, object]:
    if isinstance(event, accounts.AccountFlagged):
        return {}
    revision = orjson.loads(recorded.message)["data"]["revision"]
    match event:
        case accounts.AccountMoved():
            said = {"checked": Check.WAITING.value, "revision": revision}
            return said | {"ticket": event.ticket, "verified": 0}
        case accounts.AccountVerified():
            return {"checked": Check.VERIFIED.value, "verified": 1}
        case accounts.AccountRefused():
            return {"checked": Check.REFUSED.value}
        case _:
            return {"checked": Check.WAITING.value, "revision": revision}


_ACCOUNTS = "SELECT c.*, r.business_ref AS charged_business FROM accounts c LEFT JOIN requests r ON r.ticket = c.ticket"


def account_referred(tx: Tx, reference: str) -> AccountRow | None:
    rows = tx.execute(f"{_ACCOUNTS} WHERE c.reference = ?", reference)
    return _account(rows[0]) if rows else None


def account_row(tx: Tx, id: UUID) -> AccountRow | None:
    rows = tx.execute(f"{_ACCOUNTS} WHERE c.account = ?", str(id))
    return _account(rows[0]) if rows else None


def accounts_decided_by(tx: Tx, official: str, business_ref: str) -> list[UUID]:
    """Accounts of this business that this official has verified or refused."""
    rows = tx.execute(
        "SELECT d.account FROM accounts_decided d JOIN accounts c ON c.account = d.account"
        " LEFT JOIN requests r ON r.ticket = c.ticket"
        " WHERE d.official = ? AND ? IN (c.business_ref, r.business_ref) ORDER BY d.account",
        *(official, business_ref),
    )
    return [UUID(row["account"]) for row in rows]


def accounts_to_verify(tx: Tx) -> list[AccountRow]:
    """Who has waited longest comes first."""
    rows = tx.execute(
        f"{_ACCOUNTS} WHERE c.checked = ? ORDER BY c.updated LIMIT {SHOWN}", Check.WAITING.value
    )
    return [_account(row) for row in rows]


def _account(row: Row) -> AccountRow:
    return AccountRow(
        account=UUID(row["account"]),
        reference=row["reference"],
        ticket=row["ticket"],
        businesses=frozenset({row["business_ref"], row["charged_business"]} - {None}),
        opened_by=row["opened_by"],
        check=Check(row["checked"]),
        revision=row["revision"],
        is_verified=bool(row["verified"]),
        updated=datetime.fromisoformat(row["updated"]),
    )


# -- acting signers


@dataclass(frozen=True)
class AppointmentRow:
    """`appointment` names it, `event` made it."""

    appointment: UUID
    event: UUID
    official: str
    begins: datetime
    ends: datetime
    ended: datetime | None

    def is_in_force(self, at: datetime) -> bool:
        return self.ended is None and self.begins <= at < self.ends


class Appointments:
    name = "appointments"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS appointments (appointment TEXT PRIMARY KEY, event TEXT NOT NULL, official TEXT NOT NULL,"
        " begins TEXT NOT NULL, ends TEXT NOT NULL, ended TEXT)",
        "CREATE INDEX IF NOT EXISTS appointments_official ON appointments (official)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        if isinstance(event, appointments.ActingSignerAppointed):
            tx.execute(
                "INSERT INTO appointments (appointment, event, official, begins, ends) VALUES (?, ?, ?, ?, ?)",
                *(id, str(recorded.event_id), event.official, rfc3339(event.begins), rfc3339(event.ends)),
            )
        elif isinstance(event, appointments.ActingSignerEnded):
            _set(tx, "appointments", "appointment", recorded.aggregate, {"ended": rfc3339(event.by.at)})


def appointment_of(tx: Tx, official: str, at: datetime) -> Appointment | None:
    """By which this official may sign at this moment."""
    rows = tx.execute("SELECT * FROM appointments WHERE official = ? ORDER BY begins", official)
    holding = [each for each in map(_appointment, rows) if each.is_in_force(at)]
    if not holding:
        return None
    row = holding[0]
    return Appointment(event=row.event, official=row.official, begins=row.begins, ends=row.ends)


def appointments_made(tx: Tx) -> list[AppointmentRow]:
    """The newest first."""
    rows = tx.execute(f"SELECT * FROM appointments ORDER BY begins DESC LIMIT {SHOWN}")
    return [_appointment(row) for row in rows]


def _appointment(row: Row) -> AppointmentRow:
    return AppointmentRow(
        appointment=UUID(row["appointment"]),
        event=UUID(row["event"]),
        official=row["official"],
        begins=datetime.fromisoformat(row["begins"]),
        ends=datetime.fromisoformat(row["ends"]),
        ended=_time(row["ended"]),
    )


def _set(tx: Tx, table: str, key: str, id: UUID, changed: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE {table} SET {columns} WHERE {key} = ?", *changed.values(), str(id))


def _time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)


def _item(stored: str | None) -> ItemRef | None:
    return None if stored is None else ItemRef.model_validate_json(stored)
