"""The register of requests for public information: what became of each and when; nothing personal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339, stored_time
from zi_intake.domain.case import filings, messages
from zi_intake.domain.case.information_messages import TimeExtended
from zi_intake.read.case_words import with_text
from zi_intake.read.visibility import CaseCondition, CaseReader, joined, visible_to, words_visible_to

REGISTER_PAGE = 50
MOST_IN_FILE = 5_000
Outcome = Literal["open", "given", "refused", "objected", "rejected", "ended"]
# What became of a request, by the columns of its case and its own; `rejected` is an objection to an office that had not answered.
OUTCOME = (
    "CASE WHEN i.objected_at IS NOT NULL AND i.objection IS NULL AND c.state NOT IN ('closed', 'withdrawn') THEN 'objected'"
    " WHEN i.objection = 'upheld' THEN 'given'"
    " WHEN i.refusal IS NOT NULL THEN 'refused' WHEN i.answered_at IS NOT NULL THEN 'given'"
    " WHEN i.objection = 'rejected' THEN 'rejected'"
    " WHEN c.state IN ('closed', 'withdrawn') THEN 'ended' ELSE 'open' END"
)


class RegisterQuery(BaseModel):
    """`text` is how a ticket begins, or words that officers wrote; `after` is the cursor of the last request of a page."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome | Literal[""] = ""
    text: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = ""
    after: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""


@dataclass(frozen=True)
class RegisterRow:
    """`due` is of the answer, or of the decision while an objection waits; `objection` is its outcome. `road` is how an official who entered the
    request got it, None where its requester filed it."""

    ticket: str
    received: datetime
    district: str
    subject: str | None
    outcome: str
    state: str
    due: datetime | None
    is_extended: bool
    answered_at: datetime | None
    refusal: str | None
    objected_at: datetime | None
    objection: str | None
    decided_at: datetime | None
    road: str | None

    @property
    def cursor(self) -> str:
        return f"{rfc3339(self.received)} {self.ticket}"


@dataclass(frozen=True)
class RegisterPage:
    """`total` counts all pages; `after` is the cursor of the next one, None on the last."""

    rows: tuple[RegisterRow, ...]
    total: int
    after: str | None


REGISTER_TABLES = (
    "CREATE TABLE IF NOT EXISTS information_requests (request TEXT PRIMARY KEY, received TEXT NOT NULL, ticket TEXT NOT NULL,"
    " extended INTEGER NOT NULL DEFAULT 0, answered_at TEXT, refusal TEXT, objected_at TEXT, objection TEXT, decided_at TEXT)",
    "CREATE INDEX IF NOT EXISTS information_requests_received ON information_requests (received, ticket)",
)


def register(tx: Tx, request: UUID, event: filings.InformationRequested) -> None:
    tx.insert(
        "INSERT INTO information_requests (request, received, ticket) VALUES (?, ?, ?)",
        *(str(request), rfc3339(event.by.at), event.ticket),
    )


def register_step(tx: Tx, request: UUID, event: filings.CaseEvent) -> None:
    """Record what became of a request; the case of another kind has no row here, and nothing changes."""
    at = rfc3339(event.by.at)
    match event:
        case TimeExtended():
            _set(tx, request, "extended = 1")
        case messages.CaseAnswered(objection=None):
            _set(tx, request, "answered_at = ?, refusal = ?", at, event.refusal)
        case messages.CaseAnswered():
            _set(tx, request, "objection = ?, decided_at = ?", event.objection, at)
        case messages.CaseReopened(objection=True):
            _set(tx, request, "objected_at = ?", at)
        case _:
            pass


def _set(tx: Tx, request: UUID, changes: str, *values: object) -> None:
    changed = f"UPDATE information_requests SET {changes} WHERE request = ?"
    tx.execute(changed, *values, str(request))


def register_page(
    tx: Tx, query: RegisterQuery, reader: CaseReader, limit: int = REGISTER_PAGE
) -> RegisterPage:
    """Return a page of the requests that this official sees, the latest first."""
    where, found = joined(_conditions(query, reader))
    tables = "information_requests i JOIN cases c ON c.aggregate = i.request"
    [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM {tables} WHERE {where}", *found)
    received, _, ticket = query.after.partition(" ")
    onward = " AND (i.received, i.ticket) < (?, ?)" if ticket else ""
    readable, of_reader = words_visible_to(reader)
    rows = tx.execute(
        f"SELECT i.*, c.district, c.state, c.due, c.road, {OUTCOME} AS outcome, CASE WHEN {readable} THEN"
        " (SELECT subject FROM case_words w WHERE w.aggregate = i.request) END AS subject"
        f" FROM {tables} WHERE {where}{onward} ORDER BY i.received DESC, i.ticket DESC LIMIT {limit + 1}",
        *(*of_reader, *found, *((received, ticket) if ticket else ())),
    )
    listed = tuple(map(_row, rows[:limit]))
    return RegisterPage(listed, int(counted["many"]), listed[-1].cursor if len(rows) > limit else None)


def _conditions(query: RegisterQuery, reader: CaseReader) -> Iterator[CaseCondition]:
    yield visible_to(reader)
    if query.outcome:
        yield f"({OUTCOME}) = ?", (query.outcome,)
    if query.text.strip():
        yield with_text(query.text, reader)


def _row(row: Row) -> RegisterRow:
    return RegisterRow(
        ticket=row["ticket"],
        received=datetime.fromisoformat(row["received"]),
        district=row["district"],
        subject=row["subject"],
        outcome=row["outcome"],
        state=row["state"],
        due=stored_time(row["due"]),
        is_extended=bool(row["extended"]),
        answered_at=stored_time(row["answered_at"]),
        refusal=row["refusal"],
        objected_at=stored_time(row["objected_at"]),
        objection=row["objection"],
        decided_at=stored_time(row["decided_at"]),
        road=row["road"],
    )
