"""Cases as the other services published them: who filed which, and which are finished.

Filled by policies, so not rebuilt from the service's own events. When a case was finished is not stored.
"""

import json
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_contracts import certificates, intake, umkm
from zi_contracts.data import Data
from zi_contracts.intake import Channel, Language
from zi_contracts.message import Message

Filed = (
    intake.ComplaintFiled
    | intake.ConsultationFiled
    | intake.InformationRequested
    | intake.SuggestionMade
    | intake.MentoringRequested
    | intake.CertificateRequested
)
HANDLED = (
    *(intake.ComplaintFiled, intake.ConsultationFiled, intake.MentoringRequested),
    *(intake.InformationRequested, intake.SuggestionMade),
    *(intake.CertificateRequested, intake.CaseClosed, intake.CaseReopened, intake.CaseWithdrawn),
    *(intake.DataSubjectErased, umkm.BusinessGraduated, umkm.MentoringClosed),
    *(certificates.CertificateIssued, certificates.ApplicationRejected, certificates.ApplicationResubmitted),
)
SURVEY_CASE_TABLES = (
    "CREATE TABLE IF NOT EXISTS survey_cases (ticket TEXT PRIMARY KEY, aggregate TEXT NOT NULL, service TEXT NOT NULL,"
    " actor TEXT NOT NULL, role TEXT NOT NULL, language TEXT NOT NULL, reachable_by TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS finished_cases (ticket TEXT PRIMARY KEY)",
)


@dataclass(frozen=True)
class SurveyCase:
    """A case as it was filed; `data_subject` names the citizen to the access check, as intake does."""

    ticket: str
    aggregate: UUID
    service: str
    actor: str
    role: str
    language: Language
    reachable_by: tuple[Channel, ...]

    @property
    def data_subject(self) -> UUID:
        return UUID(self.actor) if self.role == "public" else self.aggregate

    def owner_as(self, role: str) -> str:
        """Return the name under which the citizen acts: with ticket and code they are `public`, else who filed it signed in."""
        return str(self.data_subject) if role == "public" else self.actor


def note_case(tx: Tx, message: Message, data: Data | None) -> None:
    """Take in a message about a case of another service; others change nothing."""
    match data:
        case (
            intake.ComplaintFiled()
            | intake.ConsultationFiled()
            | intake.InformationRequested()
            | intake.SuggestionMade()
            | intake.MentoringRequested()
            | intake.CertificateRequested()
        ):
            _store(tx, message, data)
        case intake.CaseClosed(reason="resolved" | "no_reaction"):
            _finish(tx, message.subject)
        case umkm.BusinessGraduated() | certificates.CertificateIssued() | certificates.ApplicationRejected():
            _finish(tx, message.subject)
        case umkm.MentoringClosed(reason=reason) if reason != "data_erased":
            _finish(tx, message.subject)
        case intake.CaseReopened() | intake.CaseWithdrawn() | certificates.ApplicationResubmitted():
            tx.execute("DELETE FROM finished_cases WHERE ticket = ?", message.subject)
        case intake.DataSubjectErased():
            tx.execute("DELETE FROM finished_cases WHERE ticket = ?", message.subject)
            tx.execute("DELETE FROM survey_cases WHERE ticket = ?", message.subject)
        case _:
            pass


def case_under(tx: Tx, ticket: str) -> SurveyCase | None:
    rows = tx.execute("SELECT * FROM survey_cases WHERE ticket = ?", ticket)
    return _case(rows[0]) if rows else None


def waiting_cases(tx: Tx) -> list[SurveyCase]:
    """Return the finished cases that nobody invited yet, by their tickets."""
    rows = tx.execute(
        "SELECT c.* FROM finished_cases f JOIN survey_cases c ON c.ticket = f.ticket"
        " WHERE NOT EXISTS (SELECT 1 FROM invitations i WHERE i.ticket = f.ticket) ORDER BY c.ticket"
    )
    return [_case(row) for row in rows]


def _store(tx: Tx, message: Message, data: Filed) -> None:
    tx.execute(
        "INSERT INTO survey_cases (ticket, aggregate, service, actor, role, language, reachable_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ticket) DO NOTHING",
        *(message.subject, str(message.aggregate), _service_of(data), message.actor, message.actorrole),
        *(data.language, json.dumps(data.reachable_by)),
    )


def _service_of(data: Filed) -> str:
    match data:
        case intake.ComplaintFiled():
            return "complaint"
        case intake.ConsultationFiled():
            return "consultation"
        case intake.InformationRequested():
            return "public_information"
        case intake.SuggestionMade():
            return "suggestion"
        case intake.MentoringRequested():
            return "mentoring"
        case intake.CertificateRequested(series=series):
            return series


def _finish(tx: Tx, ticket: str) -> None:
    tx.execute("INSERT INTO finished_cases (ticket) VALUES (?) ON CONFLICT (ticket) DO NOTHING", ticket)


def _case(row: Row) -> SurveyCase:
    return SurveyCase(
        ticket=row["ticket"],
        aggregate=UUID(row["aggregate"]),
        service=row["service"],
        actor=row["actor"],
        role=row["role"],
        language=cast(Language, row["language"]),
        reachable_by=cast(tuple[Channel, ...], tuple(json.loads(row["reachable_by"]))),
    )
