"""The read model of applications: where each stands, who decided about it, what it was billed, who was taken before it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvent,
    ApplicationExpired,
    ApplicationPaid,
    ApplicationRejected,
    ApplicationReleased,
    ApplicationResubmitted,
    ApplicationSentBack,
    ApplicationSubmitted,
    ApplicationSubmittedFree,
    ApplicationTaken,
    ApplicationWithdrawn,
    ConflictFlagged,
    DataAsked,
    DataSent,
    DeadlineMissed,
    DecisionEvent,
    EvaluationPassed,
    FurtherBillIssued,
    FurtherBillPaid,
    OverrideApproved,
    OverrideAsked,
    OverrideRefused,
    PaymentRefunded,
)
from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.statement import Statement
from zi_certificates.read.search_texts import search_text
from zi_certificates.read.stored import update_row
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.timers import Due
from zi_contracts.certificates import Findings

DECISION = "decision"
_FINDINGS: TypeAdapter[Findings] = TypeAdapter(Findings)
WITH_OFFICER = (ApplicationStatus.EVALUATION.value, ApplicationStatus.NEED_DATA.value)


class Applications:
    name = "applications"
    version = 8
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS applications (application TEXT PRIMARY KEY, ticket TEXT NOT NULL, account TEXT NOT NULL,"
        " series TEXT NOT NULL, business_ref TEXT NOT NULL, kinds TEXT NOT NULL, goods TEXT NOT NULL,"
        " countries TEXT NOT NULL, item_countries TEXT NOT NULL, item_count INTEGER NOT NULL, replaces TEXT, amendment TEXT, rejected_for TEXT, unpaid INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL, holder TEXT NOT NULL, officer TEXT,"
        " evaluators TEXT NOT NULL, excused TEXT NOT NULL, recused TEXT NOT NULL DEFAULT '[]', override_for TEXT, flags INTEGER NOT NULL, due TEXT, deadline TEXT,"
        " complete_at TEXT, place INTEGER, urgency TEXT NOT NULL, revision INTEGER NOT NULL, is_late INTEGER NOT NULL DEFAULT 0, drafted_by TEXT NOT NULL, drafted_at TEXT NOT NULL,"
        " updated TEXT NOT NULL)",
        "CREATE UNIQUE INDEX IF NOT EXISTS applications_ticket ON applications (ticket)",
        "CREATE INDEX IF NOT EXISTS applications_status ON applications (status, complete_at, place)",
        "CREATE INDEX IF NOT EXISTS applications_urgency ON applications (urgency, ticket)",
        "CREATE INDEX IF NOT EXISTS applications_in_state ON applications (status, urgency, ticket)",
        "CREATE INDEX IF NOT EXISTS applications_recused ON applications (application) WHERE recused <> '[]'",
        "CREATE INDEX IF NOT EXISTS applications_officer ON applications (officer, status)",
        "CREATE INDEX IF NOT EXISTS applications_override ON applications (urgency, ticket)"
        " WHERE override_for IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS applications_due ON applications (holder, due)",
        "CREATE INDEX IF NOT EXISTS applications_replaces ON applications (replaces)",
        "CREATE INDEX IF NOT EXISTS applications_unpaid ON applications (unpaid, urgency)",
        "CREATE INDEX IF NOT EXISTS applications_account ON applications (account)",
        "CREATE INDEX IF NOT EXISTS applications_business ON applications (business_ref)",
        "CREATE TABLE IF NOT EXISTS application_texts (application TEXT PRIMARY KEY, text TEXT NOT NULL)",
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
        "CREATE TABLE IF NOT EXISTS recusals (event TEXT PRIMARY KEY, application TEXT NOT NULL, official TEXT NOT NULL,"
        " at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS recusals_official ON recusals (official)",
        "CREATE TABLE IF NOT EXISTS bills (bill TEXT PRIMARY KEY, application TEXT NOT NULL, ticket TEXT NOT NULL,"
        " amount INTEGER NOT NULL, pay_by TEXT NOT NULL, number INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS bills_application ON bills (application)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, ApplicationEvent):
            return
        if isinstance(event, ApplicationDrafted):
            _draft(tx, recorded, event)
            return
        _update(tx, recorded, event)
        if isinstance(event, DecisionEvent):
            _decided(tx, recorded, event)
        if isinstance(event, ApplicationTaken):
            _overtaken(tx, recorded, event)
        if isinstance(event, ApplicationReleased) and event.is_recusal and event.by.actor == event.officer:
            _recused(tx, recorded, event)
        if isinstance(event, ApplicationSubmitted | FurtherBillIssued) and event.amount:
            _billed(tx, recorded, event)

    @staticmethod
    def late(tx: Tx, now: datetime, most: int) -> list[Due]:
        """Return the promised times that have passed and are not reported yet, the oldest first."""
        rows = tx.execute(
            "SELECT application, due FROM applications WHERE holder = 'office' AND due < ? AND is_late = 0"
            " ORDER BY due LIMIT ?",
            *(rfc3339(now), most),
        )
        return [Due(UUID(row["application"]), DECISION, datetime.fromisoformat(row["due"])) for row in rows]


def _draft(tx: Tx, recorded: Recorded, event: ApplicationDrafted) -> None:
    tx.execute(
        "INSERT INTO applications (application, ticket, account, series, business_ref, kinds, goods, countries, item_countries, item_count,"
        " replaces, amendment, status, holder, evaluators, excused, flags, revision, drafted_by, drafted_at, updated, urgency)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', 'citizen', '[]', '[]', 0, 1, ?, ?, ?, ?)",
        str(recorded.aggregate),
        event.ticket,
        str(event.account),
        event.series,
        event.business_ref,
        json.dumps(event.statement.kinds),
        event.statement.goods,
        countries_of(event.statement),
        _item_countries(event.statement),
        len(event.statement.products),
        event.replaces,
        None if event.amends is None else event.amends.reason,
        event.by.actor,
        *(rfc3339(event.by.at),) * 3,
    )
    _search(tx, recorded.aggregate, event.ticket, event.statement)


def _update(tx: Tx, recorded: Recorded, event: ApplicationEvent) -> None:
    published = orjson.loads(recorded.message)["data"]
    changed = {
        "status": published["state"],
        "holder": published["holder"],
        "updated": rfc3339(event.by.at),
    }
    if published["state"] not in WITH_OFFICER:
        changed["officer"] = None
    changed |= _progress(recorded, event, published) | _officials(tx, recorded.aggregate, event)
    update_row(tx, "applications", "application", recorded.aggregate, changed)
    tx.execute(
        "UPDATE applications SET urgency = COALESCE(due, updated) WHERE application = ?",
        str(recorded.aggregate),
    )
    if isinstance(event, ApplicationChanged):
        _search(tx, recorded.aggregate, recorded.subject, event.statement)


def _search(tx: Tx, application: UUID, ticket: str, stated: Statement) -> None:
    tx.execute(
        "INSERT INTO application_texts (application, text) VALUES (?, ?)"
        " ON CONFLICT (application) DO UPDATE SET text = excluded.text",
        *(str(application), search_text(ticket, stated)),
    )


def _progress(recorded: Recorded, event: ApplicationEvent, published: Mapping[str, Any]) -> dict[str, object]:
    """The columns that this event changes of the statement, the queue and the deadlines."""
    match event:
        case ApplicationChanged(statement=statement):
            return {
                "kinds": json.dumps(statement.kinds),
                "goods": statement.goods,
                "item_count": len(statement.products),
                "countries": countries_of(statement),
                "item_countries": _item_countries(statement),
                "revision": published["revision"],
            }
        case DeadlineMissed():
            return {"is_late": 1}
        case ApplicationPaid() | ApplicationSubmittedFree() | ApplicationResubmitted():
            complete = {
                "complete_at": rfc3339(event.by.at),
                "place": recorded.position,
                "is_late": 0,
                "unpaid": 0,
            }
            return complete | {"due": rfc3339(event.due), "deadline": None}
        case ApplicationSubmitted():
            return {"deadline": rfc3339(event.pay_by)}
        case PaymentRefunded(pay_by=pay_by) if pay_by is not None:
            stops = published["state"] == ApplicationStatus.AWAITING_PAYMENT
            return {"unpaid": 1} | ({"deadline": rfc3339(pay_by)} if stops else {})
        case FurtherBillPaid() if event.settles:
            return {"unpaid": 0}
        case DataSent():
            return {"due": rfc3339(event.due), "deadline": None}
        case DataAsked() | ApplicationRejected():
            return {"deadline": rfc3339(datetime.fromisoformat(published["open_until"]))}
        case ApplicationExpired() | ApplicationWithdrawn():
            return {"deadline": None}
        case _:
            return {}


def _officials(tx: Tx, application: UUID, event: ApplicationEvent) -> dict[str, object]:
    """The columns that this event changes of officer, evaluators, overrides and flags."""
    match event:
        case ApplicationChanged():
            return {"evaluators": "[]"}
        case ApplicationRejected(reasons=reasons):
            return {"evaluators": "[]", "rejected_for": _FINDINGS.dump_json(reasons).decode()}
        case ApplicationTaken():
            return {"officer": event.by.actor}
        case ApplicationReleased():
            return {"officer": None} | (_recusal(tx, application, event) if event.is_recusal else {})
        case EvaluationPassed():
            before = _json_list(tx, application, "evaluators")
            return {"evaluators": json.dumps([*before, event.by.actor])}
        case ApplicationSentBack():
            *before, last = _json_list(tx, application, "evaluators")
            return {"evaluators": json.dumps(before), "officer": last}
        case OverrideApproved():
            before = _json_list(tx, application, "excused")
            return {"excused": json.dumps([*before, event.official]), "override_for": None}
        case OverrideAsked():
            return {"override_for": event.official}
        case OverrideRefused():
            return {"override_for": None}
        case ConflictFlagged():
            rows = tx.execute("SELECT flags FROM applications WHERE application = ?", str(application))
            return {"flags": rows[0]["flags"] + 1}
        case _:
            return {}


def _recusal(tx: Tx, application: UUID, event: ApplicationReleased) -> dict[str, object]:
    excused, recused = (_json_list(tx, application, column) for column in ("excused", "recused"))
    return {
        "excused": json.dumps([each for each in excused if each != event.officer]),
        "recused": json.dumps([*recused, event.officer]),
    }


def countries_of(stated: Statement) -> str:
    """Return the country of the application, or else those of its products: codes with spaces between them."""
    return stated.country or " ".join(sorted({each.country for each in stated.products}))


def _item_countries(stated: Statement) -> str:
    """Return the country of each product by its number, of an application without a country for all; a letter names those of what it
    approves."""
    return json.dumps({} if stated.country else {each.number: each.country for each in stated.products})


def _json_list(tx: Tx, application: UUID, column: str) -> list[str]:
    rows = tx.execute(f"SELECT {column} FROM applications WHERE application = ?", str(application))
    listed: list[str] = json.loads(rows[0][column])
    return listed


def _decided(tx: Tx, recorded: Recorded, event: DecisionEvent) -> None:
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


def _overtaken(tx: Tx, recorded: Recorded, event: ApplicationTaken) -> None:
    for each in event.overtaken:
        tx.execute(
            "INSERT INTO overtakings (at, application, ticket, passed, official, reason) VALUES (?, ?, ?, ?, ?, ?)",
            *(rfc3339(event.by.at), str(recorded.aggregate), recorded.subject),
            *(each.ticket, event.by.actor, each.reason),
        )


def _recused(tx: Tx, recorded: Recorded, event: ApplicationReleased) -> None:
    tx.execute(
        "INSERT INTO recusals (event, application, official, at) VALUES (?, ?, ?, ?)",
        *(str(recorded.event_id), str(recorded.aggregate), event.officer, rfc3339(event.by.at)),
    )


def _billed(tx: Tx, recorded: Recorded, event: ApplicationSubmitted | FurtherBillIssued) -> None:
    where = str(recorded.aggregate)
    [counted] = tx.execute("SELECT COUNT(*) AS many FROM bills WHERE application = ?", where)
    tx.execute(
        "INSERT INTO bills (bill, application, ticket, amount, pay_by, number) VALUES (?, ?, ?, ?, ?, ?)",
        *(event.bill, where, recorded.subject, event.amount, rfc3339(event.pay_by), counted["many"] + 1),
    )
