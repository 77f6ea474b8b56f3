"""The read models of cases: where each stands and when the office must act, of which the officers' lists are made, whose data were
erased, and which incidents are published; nothing personal."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.renamings import RENAMING_TABLES, note_renaming
from zi_chassis.storage.timers import Due
from zi_chassis.vault.keystore import Destroyed
from zi_chassis.vault.vault import Vault
from zi_intake.domain.case import filings, handling_messages, messages
from zi_intake.domain.case.code_messages import CodeEvents
from zi_intake.domain.case.handling_messages import HandlingEvents
from zi_intake.domain.case.moving_messages import MovedToAppointed
from zi_intake.domain.case.word_messages import CitizenEvents
from zi_intake.domain.publication import IncidentPublished, PublicationEvents, PublicationProposed
from zi_intake.read.case_words import discard_words
from zi_intake.read.information_register import REGISTER_TABLES, register, register_step
from zi_intake.read.public_figures import FIGURE_TABLES, count_for_the_public
from zi_intake.read.retention_over import withdraw_retention_over

OPEN = ("filed", "acknowledged", "assigned", "clarification_asked", "answered")
ENDED = ("closed", "withdrawn")
PASSED_ON = "passed_on"
# The place of a case before its time counts: lists begin with the lowest.
EMERGENCY, AT_WORK, OVER = 0, 1, 2
# When the office must act on what has no time: after everything that has one.
NO_TIME = rfc3339(datetime(9999, 12, 31, tzinfo=UTC))


# Ends the time to judge a claim, as in the state of the case.
JUDGED_NO_MORE = (
    *(messages.CaseAnswered, messages.CaseClosed, messages.CaseWithdrawn),
    messages.DataSubjectErased,
)


class CaseTable:
    """`urgency` is when the office must act next, and of a case that is over when it ended; `filed_by` is the applicant who filed it
    signed in. `moved`: the complaint was filed as an ordinary one. `answer_missed` is of the promise as it runs now, `answer_broken` of any; `closed_by` is why it was closed."""

    name = "cases"
    version = 27
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS cases (aggregate TEXT PRIMARY KEY, ticket TEXT NOT NULL, kind TEXT NOT NULL,"
        " category TEXT NOT NULL, district TEXT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL, officer TEXT,"
        " received TEXT NOT NULL, acknowledge_by TEXT, due TEXT, reply_by TEXT, closes_on TEXT,"
        " erasure TEXT, acknowledge_missed INTEGER NOT NULL DEFAULT 0, answer_missed INTEGER NOT NULL DEFAULT 0,"
        " filed_by TEXT NOT NULL DEFAULT '', erasure_by TEXT, appointed_topic TEXT, moved INTEGER NOT NULL DEFAULT 0, confidential INTEGER NOT NULL DEFAULT 0, emergency INTEGER NOT NULL DEFAULT 0, precedence INTEGER NOT NULL, urgency TEXT NOT NULL,"
        " tier TEXT, closed_by TEXT, acknowledged INTEGER NOT NULL DEFAULT 0, answered INTEGER NOT NULL DEFAULT 0, answer_broken INTEGER NOT NULL DEFAULT 0, road TEXT, incident TEXT, referred_to TEXT, refusal TEXT, judge_by TEXT, judge_missed INTEGER NOT NULL DEFAULT 0,"
        " entered_by TEXT NOT NULL DEFAULT '', keeper TEXT NOT NULL DEFAULT '')",
        "CREATE INDEX IF NOT EXISTS cases_unanswered ON cases (due)"
        " WHERE state IN ('filed', 'acknowledged', 'assigned') AND answer_missed = 0",
        "CREATE INDEX IF NOT EXISTS cases_unacknowledged ON cases (acknowledge_by) WHERE state = 'filed'",
        "CREATE INDEX IF NOT EXISTS cases_unjudged ON cases (judge_by) WHERE judge_by IS NOT NULL AND judge_missed = 0",
        "CREATE INDEX IF NOT EXISTS cases_incident ON cases (incident) WHERE incident IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS cases_received ON cases (received)",
        "CREATE INDEX IF NOT EXISTS cases_filed_as ON cases (road, tier, kind, category, district, received, filed_by, appointed_topic)",
        "CREATE INDEX IF NOT EXISTS cases_urgency ON cases (precedence, urgency, ticket)",
        "CREATE INDEX IF NOT EXISTS cases_officer ON cases (officer, precedence, urgency, ticket, filed_by, appointed_topic) WHERE officer IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS cases_counted ON cases (precedence, state, kind, holder, officer, appointed_topic, filed_by,"
        " answer_missed, due, acknowledge_by, judge_by, district)",
        "CREATE INDEX IF NOT EXISTS cases_erasure ON cases (aggregate) WHERE erasure = 'asked'",
        "CREATE TABLE IF NOT EXISTS publications (incident TEXT PRIMARY KEY, district TEXT NOT NULL, commodity TEXT NOT NULL,"
        " digest TEXT NOT NULL, proposed_by TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0, open_until TEXT NOT NULL)",
        *RENAMING_TABLES,
        *FIGURE_TABLES,
        *REGISTER_TABLES,
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, filings.AnyFiled):
            _insert(tx, recorded, event)
            if isinstance(event, filings.InformationRequested):
                register(tx, recorded.aggregate, event)
        elif isinstance(event, messages.DeadlineMissed):
            count_for_the_public(tx, recorded.aggregate, event)
            broken = {"answer_broken": 1} if event.clock == "answer" else {}
            _set(tx, recorded.aggregate, {f"{event.clock}_missed": 1} | broken)
        elif isinstance(event, filings.CaseEvent) and not isinstance(
            event,
            messages.AttachmentAdded | messages.DataKept | messages.NoteAdded | CodeEvents | CitizenEvents,
        ):
            count_for_the_public(tx, recorded.aggregate, event)
            register_step(tx, recorded.aggregate, event)
            _update(tx, recorded, event)
        elif isinstance(event, PublicationEvents):
            _publish(tx, recorded)

    @staticmethod
    def late(tx: Tx, now: datetime, most: int) -> list[Due]:
        """Return the clocks that have passed and are not reported yet, the oldest first."""
        rows = tx.execute(
            "SELECT aggregate, 'acknowledge' AS clock, acknowledge_by AS due FROM cases"
            " WHERE state = 'filed' AND acknowledge_by < ? AND acknowledge_missed = 0"
            " UNION ALL SELECT aggregate, 'answer', due FROM cases"
            " WHERE state IN ('filed', 'acknowledged', 'assigned') AND due < ? AND answer_missed = 0"
            " UNION ALL SELECT aggregate, 'judge', judge_by FROM cases"
            " WHERE state IN ('filed', 'acknowledged', 'assigned', 'clarification_asked') AND judge_by < ? AND judge_missed = 0"
            " ORDER BY due LIMIT ?",
            *(rfc3339(now), rfc3339(now), rfc3339(now), most),
        )
        return [Due(UUID(row["aggregate"]), row["clock"], datetime.fromisoformat(row["due"])) for row in rows]


class Erasures:
    """The persons whose keys are destroyed, and by which event; the key store must agree. Their ciphertext, which nobody can open, is
    emptied with the event, and so are the words of officers about it."""

    name = "erasures"
    version = 3
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS erasures (data_subject TEXT PRIMARY KEY, at TEXT NOT NULL, event TEXT NOT NULL,"
        " person_ref TEXT)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, messages.DataSubjectErased):
            tx.execute(
                "INSERT INTO erasures (data_subject, at, event, person_ref) VALUES (?, ?, ?, ?)",
                *(str(event.data_subject), rfc3339(event.by.at), str(recorded.event_id), event.person_ref),
            )
            Vault.discard(tx, event.data_subject)
            discard_words(tx, recorded.aggregate)

    @staticmethod
    def recorded(tx: Tx) -> dict[UUID, Destroyed]:
        rows = tx.execute("SELECT data_subject, at, event, person_ref FROM erasures")
        return {
            UUID(row["data_subject"]): Destroyed(
                datetime.fromisoformat(row["at"]), UUID(row["event"]), row["person_ref"]
            )
            for row in rows
        }


def _publish(tx: Tx, recorded: Recorded) -> None:
    """Note which incidents wait to be published, or are, and that the words of those stay."""
    event, incident = recorded.event, str(recorded.aggregate)
    match event:
        case PublicationProposed():
            tx.execute("DELETE FROM publications WHERE incident = ?", incident)
            tx.execute(
                "INSERT INTO publications (incident, district, commodity, digest, proposed_by, open_until) VALUES (?, ?, ?, ?, ?, ?)",
                *(incident, event.district, event.commodity, event.digest, event.by.actor),
                rfc3339(event.open_until),
            )
        case IncidentPublished():
            tx.execute("UPDATE publications SET published = 1 WHERE incident = ?", incident)
            tx.execute(
                "UPDATE publication_words SET was_public = 1 WHERE incident = ? AND digest = ?",
                *(incident, event.digest),
            )
        case _:
            tx.execute("DELETE FROM publications WHERE incident = ?", incident)


def _insert(tx: Tx, recorded: Recorded, event: filings.AnyFiled) -> None:
    confidential = isinstance(event, filings.AnswerableFiled) and event.is_confidential
    *fields, urgency = _filed(event)
    claimed = event.judge_by if isinstance(event, filings.ComplaintFiled) else None
    judge_by = None if claimed is None else rfc3339(claimed)
    tx.insert(
        "INSERT INTO cases (aggregate, ticket, kind, category, district, state, holder, received, acknowledge_by, due,"
        " urgency, filed_by, appointed_topic, confidential, precedence, judge_by, tier, road, entered_by, keeper)"
        " VALUES (?, ?, ?, ?, ?, ?, 'office', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(str(recorded.aggregate), event.ticket, *fields, judge_by or urgency, event.applicant or ""),
        *(filings.appointed_topic(event), int(confidential)),
        *(AT_WORK if judge_by is None else EMERGENCY, judge_by),
        *((event.standard.tier, event.road) if isinstance(event, filings.AnswerableFiled) else (None, None)),
        *(event.by.actor if event.by.role.startswith("staff:") else "", getattr(event, "keeper", None) or ""),
    )


def _filed(event: filings.AnyFiled) -> tuple[str | None, ...]:
    """Return kind, category, district, state, received, acknowledge_by, due, urgency."""
    received = rfc3339(event.by.at)
    if isinstance(event, filings.CertificateRequested):
        return event.series, "", "", PASSED_ON, received, None, None, received
    if isinstance(event, filings.MentoringRequested):
        return "mentoring", "", event.district, PASSED_ON, received, None, None, received
    if isinstance(event, filings.SuggestionMade):
        return "suggestion", "", event.district, "filed", received, None, None, NO_TIME
    acknowledge_by, due = rfc3339(event.acknowledge_by), rfc3339(event.due)
    times = received, acknowledge_by, due, min(acknowledge_by, due)
    if isinstance(event, filings.ComplaintFiled):
        return event.kind, event.commodity or "", event.district, "filed", *times
    if isinstance(event, filings.InformationRequested):
        return "information", "", event.district, "filed", *times
    return "consultation", event.topic, event.district, "filed", *times


def _update(tx: Tx, recorded: Recorded, event: filings.CaseEvent) -> None:
    data = orjson.loads(recorded.message)["data"]
    changed: dict[str, Any] = {"state": data["state"], "holder": data["holder"]}
    changed |= _erasure(event) | _for_statistics(event)
    if isinstance(event, messages.BusinessNumberGiven):
        note_renaming(tx, event.former_ref, event.business_ref)
    if isinstance(event, messages.ErasureRefused):
        withdraw_retention_over(tx, recorded.subject)
    if isinstance(event, messages.CaseReopened):
        changed["answer_missed"] = 0
    if isinstance(event, JUDGED_NO_MORE):
        changed["judge_by"] = None
    if isinstance(event, messages.CaseAssigned):
        changed["officer"] = event.officer
    elif isinstance(event, messages.CaseReopened) and event.objection:
        changed |= {"officer": None, "closes_on": None, "reply_by": None}
    elif isinstance(event, messages.CaseTriaged):
        changed |= {"emergency": int(event.emergency), "judge_by": None}
    elif isinstance(event, MovedToAppointed):
        changed |= {"appointed_topic": event.topic, "moved": 1, "confidential": 1, "officer": None}
    elif not isinstance(event, messages.ErasureRequested | messages.ErasureRefused | HandlingEvents):
        changed |= {"reply_by": _stored(data.get("reply_by")), "closes_on": _stored(data.get("closes_on"))}
    if "due" in data:
        changed["due"] = _stored(data["due"])
    _set(tx, recorded.aggregate, changed)
    _place(tx, recorded.aggregate, data["state"], event.by.at)


def _place(tx: Tx, aggregate: UUID, state: str, at: datetime) -> None:
    """Put the case where its state and its clocks belong in the lists; one that is over stays where it ended."""
    if state in ENDED:
        ended = "UPDATE cases SET precedence = ?, urgency = ? WHERE aggregate = ? AND precedence <> ?"
        tx.execute(ended, OVER, rfc3339(at), str(aggregate), OVER)
    elif state not in ("filed", PASSED_ON):
        working = f"CASE WHEN emergency = 1 OR judge_by IS NOT NULL THEN {EMERGENCY} ELSE {AT_WORK} END"
        urgency = "COALESCE(judge_by, due, ?)"
        placed = f"UPDATE cases SET precedence = {working}, urgency = {urgency} WHERE aggregate = ?"
        tx.execute(placed, NO_TIME, str(aggregate))


def _set(tx: Tx, aggregate: UUID, changed: dict[str, Any]) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE cases SET {columns} WHERE aggregate = ?", *changed.values(), str(aggregate))


def _erasure(event: filings.CaseEvent) -> dict[str, str | None]:
    match event:
        case messages.ErasureRequested():
            return {"erasure": "asked", "erasure_by": event.by.actor}
        case messages.ErasureRefused():
            return {"erasure": None, "erasure_by": None}
        case messages.DataSubjectErased():
            return {"erasure": "done"}
        case _:
            return {}


def _for_statistics(event: filings.CaseEvent) -> dict[str, object]:
    match event:
        case messages.CaseAcknowledged():
            return {"acknowledged": 1}
        case messages.CaseTriaged():
            return {"tier": event.standard.tier}
        case messages.CaseAnswered():
            return {"answered": 1} | _refusal(event)
        case messages.CaseClosed():
            return {"closed_by": event.reason}
        case messages.CaseReopened(objection=True):  # a refusal stands until the objection is upheld
            return {"closed_by": None, "referred_to": None}
        case messages.CaseReopened():
            return {"closed_by": None, "referred_to": None, "refusal": None}
        case handling_messages.CaseLinked():
            return {"incident": str(event.incident)}
        case handling_messages.CaseUnlinked():
            return {"incident": None}
        case handling_messages.CaseReferred():
            return {"referred_to": event.body}
        case _:
            return {}


def _refusal(event: messages.CaseAnswered) -> dict[str, object]:
    """Return the reason that holds after the answer; a rejected objection changes none."""
    return {} if event.objection == "rejected" else {"refusal": event.refusal}


def _stored(time: str | None) -> str | None:
    """One width for all, so that the database can sort them."""
    return None if time is None else rfc3339(datetime.fromisoformat(time))
