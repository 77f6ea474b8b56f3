"""The read model of invitations: which case has one, of which survey, and whether it was taken."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded
from zi_integrity.domain import invitation, survey_key


@dataclass(frozen=True)
class SurveyInvitationRow:
    ticket: str
    invitation: UUID
    service: str
    quarter: str
    key: UUID
    answer_until: date
    is_taken: bool


@dataclass(frozen=True)
class SurveyKeyRow:
    """`event` is the entry that published the key. `signed` and `spent` are counts; never more is spent than was signed."""

    key: UUID
    event: UUID
    service: str
    quarter: str
    modulus: str
    answer_until: date
    invited: int
    signed: int
    spent: int
    withheld: int | None


class Invitations:
    name = "invitations"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS invitations (ticket TEXT PRIMARY KEY, invitation TEXT NOT NULL, service TEXT NOT NULL,"
        " quarter TEXT NOT NULL, survey_key TEXT NOT NULL, answer_until TEXT NOT NULL, taken INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS invitations_invitation ON invitations (invitation)",
        "CREATE INDEX IF NOT EXISTS invitations_key ON invitations (survey_key)",
        "CREATE TABLE IF NOT EXISTS survey_keys (survey_key TEXT PRIMARY KEY, event TEXT NOT NULL, service TEXT NOT NULL,"
        " quarter TEXT NOT NULL, modulus TEXT NOT NULL, answer_until TEXT NOT NULL, spent INTEGER NOT NULL, withheld INTEGER)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case invitation.SurveyInvited():
                tx.execute(
                    "INSERT INTO invitations (ticket, invitation, service, quarter, survey_key, answer_until, taken)"
                    " VALUES (?, ?, ?, ?, ?, ?, 0)",
                    *(event.ticket, id, event.service, event.quarter, str(event.key)),
                    event.answer_until.isoformat(),
                )
            case invitation.InvitationSigned():
                tx.execute("UPDATE invitations SET taken = 1 WHERE invitation = ?", id)
            case survey_key.SurveyKeyPublished():
                tx.execute(
                    "INSERT INTO survey_keys (survey_key, event, service, quarter, modulus, answer_until, spent)"
                    " VALUES (?, ?, ?, ?, ?, ?, 0)",
                    *(id, str(recorded.event_id), event.service, event.quarter, event.modulus),
                    event.answer_until.isoformat(),
                )
            case survey_key.SurveyTokensSpent(tokens=tokens):
                tx.execute("UPDATE survey_keys SET spent = spent + ? WHERE survey_key = ?", len(tokens), id)
            case survey_key.SurveyKeyRetired(withheld=withheld):
                tx.execute("UPDATE survey_keys SET withheld = ? WHERE survey_key = ?", withheld, id)
            case _:
                pass


def invitation_of(tx: Tx, ticket: str) -> SurveyInvitationRow | None:
    rows = tx.execute("SELECT * FROM invitations WHERE ticket = ?", ticket)
    return _invitation(rows[0]) if rows else None


def survey_keys_of(tx: Tx, limit: int = 200, offset: int = 0) -> list[SurveyKeyRow]:
    """Return the keys of all surveys, the newest quarter first."""
    rows = tx.execute(
        "SELECT k.*, (SELECT COUNT(*) FROM invitations i WHERE i.survey_key = k.survey_key) AS invited,"
        " (SELECT COUNT(*) FROM invitations i WHERE i.survey_key = k.survey_key AND i.taken = 1) AS signed"
        " FROM survey_keys k ORDER BY k.quarter DESC, k.service LIMIT ? OFFSET ?",
        *(limit, offset),
    )
    return [_key(row) for row in rows]


def count_survey_keys(tx: Tx) -> int:
    return int(tx.execute("SELECT COUNT(*) AS number FROM survey_keys")[0]["number"])


def survey_key_of(tx: Tx, key: UUID) -> SurveyKeyRow | None:
    rows = tx.execute(
        "SELECT k.*, 0 AS invited, 0 AS signed FROM survey_keys k WHERE k.survey_key = ?", str(key)
    )
    return _key(rows[0]) if rows else None


def _invitation(row: Row) -> SurveyInvitationRow:
    return SurveyInvitationRow(
        ticket=row["ticket"],
        invitation=UUID(row["invitation"]),
        service=row["service"],
        quarter=row["quarter"],
        key=UUID(row["survey_key"]),
        answer_until=date.fromisoformat(row["answer_until"]),
        is_taken=bool(row["taken"]),
    )


def _key(row: Row) -> SurveyKeyRow:
    return SurveyKeyRow(
        key=UUID(row["survey_key"]),
        event=UUID(row["event"]),
        service=row["service"],
        quarter=row["quarter"],
        modulus=row["modulus"],
        answer_until=date.fromisoformat(row["answer_until"]),
        invited=row["invited"],
        signed=row["signed"],
        spent=row["spent"],
        withheld=row["withheld"],
    )
