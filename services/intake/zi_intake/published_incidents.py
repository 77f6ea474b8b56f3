"""Incidents that the office has published, so that whoever reports the same can join them: their words, which stand beside the events, and where
each stands. A reader of the public learns the title, and a number only from five on and in steps of five."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from zi_chassis.database import Row, Tx
from zi_chassis.recorded import rfc3339
from zi_chassis.small_groups import LEAST
from zi_intake.domain.incident_match import Matter, is_about
from zi_intake.incidents import MOST_CASES, size_of

MOST_OFFERED = 3
OPENLY = "confidential = 0 AND appointed_topic IS NULL AND state <> 'withdrawn'"
SELECT = (
    "SELECT publications.*, title, product, registration_number, (SELECT COUNT(*) FROM cases"
    f" WHERE cases.incident = publications.incident AND {OPENLY}) AS reports FROM publications"
    " JOIN publication_words ON publication_words.incident = publications.incident"
)
PREFIX = b"zona/incident/v1\0"

PUBLICATION_TABLES = (
    "CREATE TABLE IF NOT EXISTS publication_words (incident TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL,"
    " product TEXT NOT NULL, registration_number TEXT NOT NULL)",
)


@dataclass(frozen=True)
class PublicationWords:
    """`product` or `registration_number` is empty where the incident is found by the other alone."""

    incident: UUID
    title: str
    product: str
    registration_number: str

    @property
    def digest(self) -> str:
        fields = (str(self.incident), self.title, self.product, self.registration_number)
        return sha256(PREFIX + json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class PublicationStatus:
    """`reports` are those of the incident that nobody sent in confidence."""

    words: PublicationWords
    district: str
    commodity: str
    proposed_by: str
    is_published: bool
    open_until: datetime
    reports: int

    @property
    def matter(self) -> Matter:
        return Matter(self.district, self.commodity, self.words.product, self.words.registration_number)

    @property
    def public_number(self) -> int | None:
        """The number of reports as the public reads it, rounded down; None where it is small."""
        return self.reports - self.reports % LEAST or None


def write_publication_words(tx: Tx, words: PublicationWords) -> None:
    tx.execute("DELETE FROM publication_words WHERE incident = ?", str(words.incident))
    tx.execute(
        "INSERT INTO publication_words (incident, digest, title, product, registration_number) VALUES (?, ?, ?, ?, ?)",
        *(str(words.incident), words.digest, words.title, words.product, words.registration_number),
    )


def publication_of(tx: Tx, incident: UUID, now: datetime) -> PublicationStatus | None:
    """Return the publication that waits or holds; None where there is none, or its time is over."""
    rows = tx.execute(
        f"{SELECT} WHERE publications.incident = ? AND open_until > ?", str(incident), rfc3339(now)
    )
    return _status(rows[0]) if rows else None


def incidents_about(tx: Tx, matter: Matter, now: datetime) -> Sequence[PublicationStatus]:
    """Return the published incidents about the matter that take another report, the latest first."""
    rows = tx.execute(
        f"{SELECT} WHERE published = 1 AND open_until > ? ORDER BY open_until DESC, publications.incident",
        rfc3339(now),
    )
    about = [each for each in map(_status, rows) if is_about(matter, each.matter)]
    return [each for each in about if size_of(tx, each.words.incident) < MOST_CASES][:MOST_OFFERED]


def is_open_to(tx: Tx, incident: UUID, matter: Matter, now: datetime) -> bool:
    """Return whether a complaint about the matter joins the incident now."""
    status = publication_of(tx, incident, now)
    return (
        status is not None
        and status.is_published
        and is_about(matter, status.matter)
        and size_of(tx, incident) < MOST_CASES
    )


def reports_of(tx: Tx, incident: UUID) -> int:
    """Count the cases of the incident that nobody sent in confidence or has withdrawn."""
    [row] = tx.execute(
        f"SELECT COUNT(*) AS reports FROM cases WHERE incident = ? AND {OPENLY}", str(incident)
    )
    return int(row["reports"])


def _status(row: Row) -> PublicationStatus:
    words = PublicationWords(UUID(row["incident"]), row["title"], row["product"], row["registration_number"])
    return PublicationStatus(
        words=words,
        district=row["district"],
        commodity=row["commodity"],
        proposed_by=row["proposed_by"],
        is_published=bool(row["published"]),
        open_until=datetime.fromisoformat(row["open_until"]),
        reports=int(row["reports"]),
    )
