"""Incidents that the office has published, so that whoever reports the same can join them: their words, which stand beside the events, and where
each stands. A reader of the public learns the title, and no number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.searching import searchable
from zi_intake.domain.incident_match import Matter, is_about
from zi_intake.domain.publication import FEWEST
from zi_intake.read.incidents import OPENLY, size_of

MOST_OFFERED = 3
# Open reports of an incident that anybody may join. What is left of MOST_CASES belongs to the desk, so that strangers can't fill that.
MOST_JOINED = 100
SELECT = (
    "SELECT publications.*, title, product, registration_number, (SELECT COUNT(*) FROM cases"
    f" WHERE cases.incident = publications.incident AND {OPENLY}) AS reports FROM publications"
    " JOIN publication_words ON publication_words.incident = publications.incident"
    " AND publication_words.digest = publications.digest"
)
PREFIX = b"zona/incident/v1\0"

# What was public stays, so that it can be proven by the digest of its event; of what was not, the last proposal alone.
PUBLICATION_TABLES = (
    "CREATE TABLE IF NOT EXISTS publication_words (incident TEXT NOT NULL, digest TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,"
    " product TEXT NOT NULL, registration_number TEXT NOT NULL, was_public INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (incident, digest))",
)


@dataclass(frozen=True)
class PublicationWords:
    """`product` or `registration_number` is empty where the incident is found by the other alone. The digest binds all that the second person
    reads: also where, of which kind and until when."""

    incident: UUID
    title: str
    product: str
    registration_number: str
    district: str
    commodity: str
    open_until: datetime

    @property
    def digest(self) -> str:
        fields = (
            *(str(self.incident), self.title, self.product, self.registration_number),
            *(self.district, self.commodity, rfc3339(self.open_until)),
        )
        return sha256(PREFIX + json.dumps(fields, ensure_ascii=False).encode()).hexdigest()

    @property
    def matter(self) -> Matter:
        return Matter(self.district, self.commodity, self.product, self.registration_number)


@dataclass(frozen=True)
class PublicationStatus:
    """`reports` are those of the incident that nobody sent in confidence."""

    words: PublicationWords
    proposed_by: str
    is_published: bool
    reports: int

    def is_open_to(self, matter: Matter) -> bool:
        """Return whether it is public, of enough reports that none stands alone, and about the matter."""
        return self.is_published and self.reports >= FEWEST and is_about(matter, self.words.matter)


def write_publication_words(tx: Tx, words: PublicationWords) -> None:
    """Write what is proposed in place of the last proposal; words that were public stay."""
    incident = str(words.incident)
    tx.execute("DELETE FROM publication_words WHERE incident = ? AND was_public = 0", incident)
    tx.execute(
        "INSERT INTO publication_words (incident, digest, title, text, product, registration_number) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (incident, digest) DO NOTHING",
        *(incident, words.digest, words.title, searchable(words.title), words.product),
        words.registration_number,
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
    about = [each for each in map(_status, rows) if each.is_open_to(matter)]
    return [each for each in about if size_of(tx, each.words.incident) < MOST_JOINED][:MOST_OFFERED]


def is_open_to(tx: Tx, incident: UUID, matter: Matter, now: datetime) -> bool:
    """Return whether a complaint about the matter joins the incident now."""
    status = publication_of(tx, incident, now)
    return status is not None and status.is_open_to(matter) and size_of(tx, incident) < MOST_JOINED


def reports_of(tx: Tx, incident: UUID) -> int:
    """Count the cases of the incident that nobody sent in confidence or has withdrawn."""
    [row] = tx.execute(
        f"SELECT COUNT(*) AS reports FROM cases WHERE incident = ? AND {OPENLY}", str(incident)
    )
    return int(row["reports"])


def _status(row: Row) -> PublicationStatus:
    words = PublicationWords(
        incident=UUID(row["incident"]),
        title=row["title"],
        product=row["product"],
        registration_number=row["registration_number"],
        district=row["district"],
        commodity=row["commodity"],
        open_until=datetime.fromisoformat(row["open_until"]),
    )
    return PublicationStatus(words, row["proposed_by"], bool(row["published"]), int(row["reports"]))
