"""Incidents with many reporters: cases about one matter, which get one answer. A reporter never learns of another, and an official sees of an
incident the cases of which they may know what they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.searching import searchable
from zi_intake.read.case_table import OVER
from zi_intake.read.case_words import each_word
from zi_intake.read.visibility import CaseCondition, CaseReader, joined, visible_to, words_visible_to

INCIDENT_PAGE = 50
MOST_CASES = 200  # of an incident, so that one transaction answers all
# Reports whose number tells nothing about those in confidence and for appointed officials.
OPENLY = "confidential = 0 AND appointed_topic IS NULL AND state <> 'withdrawn'"

# Officers wrote the titles: like the words about cases they stand beside the events.
INCIDENT_TABLES = (
    "CREATE TABLE IF NOT EXISTS incidents (incident TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, begun TEXT NOT NULL)",
)


@dataclass(frozen=True)
class Incident:
    """`cases` and `open_cases` are counted as far as the reader may read them."""

    incident: UUID
    title: str
    begun: datetime
    cases: int
    open_cases: int

    @property
    def cursor(self) -> str:
        return f"{rfc3339(self.begun)} {self.incident}"


class IncidentQuery(BaseModel):
    """`text` are words of the title; `after` is the cursor of the last incident of a page."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    after: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


@dataclass(frozen=True)
class IncidentPage:
    rows: Sequence[Incident]
    total: int
    after: str | None


def begin_incident(tx: Tx, incident: UUID, title: str, at: datetime) -> None:
    tx.execute(
        "INSERT INTO incidents (incident, title, text, begun) VALUES (?, ?, ?, ?) ON CONFLICT (incident) DO NOTHING",
        *(str(incident), title, searchable(title), rfc3339(at)),
    )


def incident_page(tx: Tx, query: IncidentQuery, reader: CaseReader) -> IncidentPage:
    """Return a page of the incidents in which the reader may read a case, and of those that are public, the latest first."""
    source, values = _visible_incidents(reader)
    found, patterns = each_word(query.text)
    where = " AND ".join(found) or "TRUE"
    [counted] = tx.execute(
        f"SELECT COUNT(*) AS many FROM ({source}) AS seen WHERE {where}", *values, *patterns
    )
    place = _place(query.after)
    onward = " AND (begun, incident) < (?, ?)" if place else ""
    rows = tx.execute(
        f"SELECT * FROM ({source}) AS seen WHERE {where}{onward} ORDER BY begun DESC, incident DESC LIMIT {INCIDENT_PAGE + 1}",
        *(*values, *patterns, *place),
    )
    listed = [_incident(row) for row in rows[:INCIDENT_PAGE]]
    more = len(rows) > INCIDENT_PAGE
    return IncidentPage(listed, int(counted["many"]), listed[-1].cursor if more else None)


def incident_of(tx: Tx, incident: UUID, reader: CaseReader) -> Incident | None:
    """Return the incident; None for one that is not public, and in which the reader may read no case."""
    source, values = _visible_incidents(reader)
    rows = tx.execute(f"SELECT * FROM ({source}) AS seen WHERE incident = ?", *values, str(incident))
    return _incident(rows[0]) if rows else None


def tickets_of(tx: Tx, incident: UUID, reader: CaseReader) -> list[str]:
    """Return the open cases of the incident that wait for its answer, the most urgent first. What joined and nobody has taken yet is none of
    them: whoever joins again and again would hold up the answer. Nor is one whose reporter says that somebody is ill: it is judged first."""
    readable, values = readable_to(reader)
    rows = tx.execute(
        f"SELECT ticket FROM cases WHERE incident = ? AND precedence < ? AND state <> 'answered' AND officer IS NOT NULL AND judge_by IS NULL AND {readable}"
        " ORDER BY precedence, urgency, ticket",
        *(str(incident), OVER, *values),
    )
    return [row["ticket"] for row in rows]


def untaken_of(tx: Tx, incident: UUID, reader: CaseReader) -> list[str]:
    """Return the open cases of the incident that joined and nobody has taken, the most urgent first, without those to be judged first."""
    readable, values = readable_to(reader)
    rows = tx.execute(
        f"SELECT ticket FROM cases WHERE incident = ? AND precedence < ? AND officer IS NULL AND judge_by IS NULL AND {readable}"
        " ORDER BY precedence, urgency, ticket",
        *(str(incident), OVER, *values),
    )
    return [row["ticket"] for row in rows]


def unjudged_of(tx: Tx, incident: UUID, reader: CaseReader) -> int:
    """Count the open cases of the incident whose reporter says that somebody is ill, and that nobody has judged."""
    readable, values = readable_to(reader)
    [row] = tx.execute(
        f"SELECT COUNT(*) AS many FROM cases WHERE incident = ? AND precedence < ? AND judge_by IS NOT NULL AND {readable}",
        *(str(incident), OVER, *values),
    )
    return int(row["many"])


def all_tickets_of(tx: Tx, incident: UUID, reader: CaseReader) -> list[str]:
    """Return the cases of the incident that the reader may read, also those that are over, the most urgent first."""
    readable, values = readable_to(reader)
    rows = tx.execute(
        f"SELECT ticket FROM cases WHERE incident = ? AND {readable} ORDER BY precedence, urgency, ticket",
        *(str(incident), *values),
    )
    return [row["ticket"] for row in rows]


def size_of(tx: Tx, incident: UUID) -> int:
    """Count the open reports of the incident that nobody sent in confidence: what has ended leaves its place to others."""
    [row] = tx.execute(
        f"SELECT COUNT(*) AS many FROM cases WHERE incident = ? AND precedence < ? AND {OPENLY}",
        *(str(incident), OVER),
    )
    return int(row["many"])


def titles_of(tx: Tx, reader: CaseReader) -> Mapping[UUID, str]:
    """Return incidents to choose from: those that are under way first, so that one of long ago is still found among many that are over."""
    source, values = _visible_incidents(reader)
    rows = tx.execute(
        f"SELECT incident, title FROM ({source}) AS seen ORDER BY CASE WHEN open_cases > 0 THEN 0 ELSE 1 END,"
        f" begun DESC, incident DESC LIMIT {INCIDENT_PAGE}",
        *values,
    )
    return {UUID(row["incident"]): row["title"] for row in rows}


def _visible_incidents(reader: CaseReader) -> tuple[str, tuple[object, ...]]:
    """Return the incidents with the cases that they show the reader: those that have one, and by their public title those that are public, so
    that each of the desk can end that."""
    readable, of_reader = readable_to(reader)
    source = (
        "SELECT incidents.incident, begun, COALESCE(linked.cases, 0) AS cases, COALESCE(linked.open_cases, 0) AS open_cases,"
        " CASE WHEN linked.cases > 0 THEN incidents.title ELSE words.title END AS title,"
        " CASE WHEN linked.cases > 0 THEN incidents.text ELSE words.text END AS text"
        " FROM incidents LEFT JOIN (SELECT incident, COUNT(*) AS cases, SUM(CASE WHEN precedence < ? THEN 1 ELSE 0 END) AS open_cases"
        f" FROM cases WHERE incident IS NOT NULL AND {readable} GROUP BY incident) AS linked"
        " ON linked.incident = incidents.incident"
        " LEFT JOIN publications ON publications.incident = incidents.incident AND publications.published = 1"
        " LEFT JOIN publication_words AS words"
        " ON words.incident = publications.incident AND words.digest = publications.digest"
        " WHERE linked.cases > 0 OR words.incident IS NOT NULL"
    )
    return source, (OVER, *of_reader)


def readable_to(reader: CaseReader) -> CaseCondition:
    """Return the condition for the cases that an incident shows this official: of one that was sent in confidence it would tell what it is about."""
    return joined(iter((visible_to(reader), words_visible_to(reader))))


def _place(cursor: str) -> tuple[str, str] | tuple[()]:
    """Return (begun, incident); nothing, which is the beginning, for what is no cursor."""
    try:
        begun, incident = cursor.split(" ")
        return rfc3339(datetime.fromisoformat(begun)), str(UUID(incident))
    except (ValueError, OverflowError):
        return ()


def _incident(row: Row) -> Incident:
    return Incident(
        incident=UUID(row["incident"]),
        title=row["title"],
        begun=datetime.fromisoformat(row["begun"]),
        cases=int(row["cases"]),
        open_cases=int(row["open_cases"]),
    )
