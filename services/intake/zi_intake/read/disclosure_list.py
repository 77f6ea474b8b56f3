"""The read model of requests to see confidential cases that wait for a second person; nothing personal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import first_signs
from zi_contracts.intake import DisclosureReason
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import messages
from zi_intake.domain.case.moving_messages import MovedToAppointed
from zi_intake.read.desk_lists import MOST_LISTED, Queried
from zi_intake.read.visibility import CaseReader

# Whether the official decides about requests of this account for cases of this topic with these enterers.
Decides = Callable[[str | None, str, frozenset[str]], bool]
GROUP = "appointed_topic", "asked_by", "entered_by", "keeper"


@dataclass(frozen=True)
class WaitingDisclosure:
    """`topic` is that of a case for appointed officials, `enterers` are those who entered the case or could have."""

    disclosure: UUID
    ticket: str
    topic: str | None
    enterers: frozenset[str]
    asked_by: str
    reason: DisclosureReason
    requested: datetime
    answer_by: datetime

    @property
    def cursor(self) -> str:
        return f"{rfc3339(self.answer_by)} {self.disclosure}"


class DisclosureQuery(BaseModel):
    """`text` is how a ticket begins; `after` is the cursor of the last request of a page."""

    model_config = ConfigDict(frozen=True)

    text: Queried | None = None
    after: Queried | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = MOST_LISTED


class DisclosureList:
    name = "disclosures"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS disclosures (disclosure TEXT PRIMARY KEY, aggregate TEXT NOT NULL, asked_by TEXT NOT NULL,"
        " reason TEXT NOT NULL, requested TEXT NOT NULL, answer_by TEXT NOT NULL)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case disclosures.DisclosureRequested():
                tx.execute(
                    "INSERT INTO disclosures (disclosure, aggregate, asked_by, reason, requested, answer_by)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    *(str(event.disclosure), str(recorded.aggregate), event.by.actor, event.reason),
                    *(rfc3339(event.by.at), rfc3339(event.answer_by)),
                )
            case (
                disclosures.DisclosureConsented()
                | disclosures.DisclosureRefused()
                | disclosures.DisclosureExpired()
            ):
                tx.execute("DELETE FROM disclosures WHERE disclosure = ?", str(event.disclosure))
            case messages.DataSubjectErased() | MovedToAppointed():
                tx.execute("DELETE FROM disclosures WHERE aggregate = ?", str(recorded.aggregate))
            case _:
                pass


@dataclass(frozen=True)
class DisclosurePage:
    """`total` counts all pages; `after` is the cursor of the last request of this one, None on the last page."""

    rows: tuple[WaitingDisclosure, ...]
    total: int
    after: str | None


def disclosure_page(
    tx: Tx, reader: CaseReader, now: datetime, decides: Decides, query: DisclosureQuery
) -> DisclosurePage:
    """Return the requests about cases that this official sees, or decides about without seeing them, the first to end first; none of a case
    that they filed."""
    base = "FROM disclosures JOIN cases ON cases.aggregate = disclosures.aggregate WHERE answer_by > ? AND filed_by <> ?"
    values: list[object] = [rfc3339(now), reader.official]
    requests = tx.execute(f"SELECT DISTINCT {', '.join(GROUP)} {base}", *values)
    groups = [
        row
        for row in requests
        if reader.sees(row["appointed_topic"])
        or decides(row["appointed_topic"], row["asked_by"], _enterers(row))
    ]
    base += f" AND ({' OR '.join(map(_group, groups)) or '1 = 0'})"
    values += [row[column] for row in groups for column in GROUP if row[column] is not None]
    if query.text and query.text.strip():
        signs = first_signs(query.text)
        base += f" AND substr(ticket, 1, {len(signs)}) = ?" if signs else " AND 1 = 0"
        values += [signs] if signs else []
    [counted] = tx.execute(f"SELECT COUNT(*) AS many {base}", *values)
    place = _place(query.after or "")
    onward = " AND (answer_by, disclosure) > (?, ?)" if place else ""
    rows = tx.execute(
        f"SELECT disclosures.*, cases.ticket, cases.appointed_topic, cases.entered_by, cases.keeper {base}{onward}"
        f" ORDER BY answer_by, disclosure LIMIT {query.limit + 1}",
        *(*values, *place),
    )
    listed = tuple(map(_waiting, rows[: query.limit]))
    return DisclosurePage(
        listed, int(counted["many"]), listed[-1].cursor if len(rows) > query.limit else None
    )


def _group(row: Row) -> str:
    equal = (f"{column} IS NULL" if row[column] is None else f"{column} = ?" for column in GROUP)
    return f"({' AND '.join(equal)})"


def _enterers(row: Row) -> frozenset[str]:
    return frozenset((row["entered_by"], row["keeper"])) - {""}


def _place(cursor: str) -> tuple[str, str] | tuple[()]:
    """Return (answer_by, disclosure); nothing, which is the beginning, for what is no cursor."""
    try:
        answer_by, disclosure = cursor.split(" ")
        return rfc3339(datetime.fromisoformat(answer_by)), str(UUID(disclosure))
    except (ValueError, OverflowError):
        return ()


def _waiting(row: Row) -> WaitingDisclosure:
    return WaitingDisclosure(
        disclosure=UUID(row["disclosure"]),
        ticket=row["ticket"],
        topic=row["appointed_topic"],
        enterers=_enterers(row),
        asked_by=row["asked_by"],
        reason=row["reason"],
        requested=datetime.fromisoformat(row["requested"]),
        answer_by=datetime.fromisoformat(row["answer_by"]),
    )
