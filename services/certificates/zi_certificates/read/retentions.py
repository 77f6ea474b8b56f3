"""The time for which the data of each application are kept: when it ended, what holds them, and what became of putting them up for erasure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationExpired,
    ApplicationWithdrawn,
    LetterEvents,
)
from zi_certificates.domain.retention import RetentionEnded, RetentionHeld, RetentionResumed
from zi_certificates.domain.standing import FINAL
from zi_certificates.domain.statement import Statement
from zi_certificates.read.applications import APPLICATIONS, ApplicationRow, application_row
from zi_certificates.read.desk_lists import Condition, ListReader, closed_to, joined, with_text, without
from zi_certificates.read.letters import LetterRow, letters_of
from zi_certificates.read.stored import update_row
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_contracts.certificates import HoldReason
from zi_rules.certificate.kind import CertificateKind
from zi_rules.certificate.retention import RetentionRules

PAGE = 50
RetentionView = Literal["due", "held", "asked", "erased", "all"]


class Retentions:
    """After `Letters`, from which it knows when the last letter ends."""

    name = "retentions"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS retentions (application TEXT PRIMARY KEY, ticket TEXT NOT NULL, ended TEXT, held TEXT,"
        " held_by TEXT, put_up TEXT)",
        "CREATE INDEX IF NOT EXISTS retentions_ended ON retentions (ended)",
        # The items of the application with this ticket that another one, which amends a letter, carries on.
        "CREATE TABLE IF NOT EXISTS carried_items (ticket TEXT NOT NULL, by_application TEXT NOT NULL, PRIMARY KEY (ticket, by_application))",
        "CREATE UNIQUE INDEX IF NOT EXISTS retentions_ticket ON retentions (ticket)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        if isinstance(recorded.event, LetterEvents):
            _end(tx, recorded.aggregate, end_of(letters_of(tx, recorded.aggregate)))
            return
        match recorded.event:
            case ApplicationDrafted() as drafted:
                tx.execute(
                    "INSERT INTO retentions (application, ticket) VALUES (?, ?)",
                    *(str(recorded.aggregate), drafted.ticket),
                )
                _carry(tx, recorded.aggregate, drafted.statement)
            case ApplicationChanged() as changed:
                _carry(tx, recorded.aggregate, changed.statement)
            case ApplicationExpired() | ApplicationWithdrawn() as over:
                _end(tx, recorded.aggregate, over.by.at)
            case RetentionHeld() as hold:
                _change(tx, hold.ticket, {"held": hold.reason, "held_by": hold.by.actor, "put_up": None})
            case RetentionResumed() as resumed:
                _change(tx, resumed.ticket, {"held": None, "held_by": None})
            case RetentionEnded() as ended:
                _change(tx, ended.ticket, {"put_up": rfc3339(ended.by.at)})
            case _:
                pass


def _carry(tx: Tx, application: UUID, stated: Statement) -> None:
    tx.execute("DELETE FROM carried_items WHERE by_application = ?", str(application))
    for ticket in sorted(set(stated.carried.values())):
        tx.execute(
            "INSERT INTO carried_items (ticket, by_application) VALUES (?, ?)", ticket, str(application)
        )


def end_of(letters: list[LetterRow]) -> datetime | None:
    """Return the end of the last letter: of its last day, or when it was revoked or replaced; None while one has no end that is known."""
    ends = [_end_of_letter(each) for each in letters]
    known = [each for each in ends if each is not None]
    return max(known) if known and len(known) == len(ends) else None


def _end_of_letter(letter: LetterRow) -> datetime | None:
    if letter.standing is None:
        return None
    if letter.standing in FINAL:
        return letter.since
    return None if letter.valid_until is None else _after(letter.valid_until)


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), office_zone())


def _end(tx: Tx, application: UUID, at: datetime | None) -> None:
    ended = None if at is None else rfc3339(at)
    update_row(tx, "retentions", "application", application, {"ended": ended})


def _change(tx: Tx, ticket: str, changed: Mapping[str, str | None]) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE retentions SET {columns} WHERE ticket = ?", *changed.values(), ticket)


@dataclass(frozen=True)
class RetentionRow:
    """`ended` may lie in the future: the last day of the last letter. `put_up` and `outcome` are of the last try to erase; `is_of_company`:
    the account or the master data of the company stand on the data; `is_carried`: an amendment does."""

    application: ApplicationRow
    ended: datetime | None
    hold: HoldReason | None
    hold_by: str | None
    put_up: datetime | None
    outcome: Literal["refused", "erased"] | None
    is_of_company: bool
    is_carried: bool

    @property
    def ticket(self) -> str:
        return self.application.ticket

    @property
    def is_erased(self) -> bool:
        return self.outcome == "erased"

    @property
    def is_asked(self) -> bool:
        return self.put_up is not None and self.outcome is None


@dataclass(frozen=True)
class RetentionPage:
    """`total` counts all pages; `after` is the ticket that the next page begins after, None on the last one."""

    rows: tuple[RetentionRow, ...]
    total: int
    after: str | None


# Another application, the account or the master data of the company stand on the data: those go first, or the data stay.
_IS_CARRIED = (
    "EXISTS (SELECT 1 FROM carried_items k JOIN retentions b ON b.application = k.by_application LEFT JOIN erasure_outcomes p"
    " ON p.ticket = b.ticket WHERE k.ticket = a.ticket AND COALESCE(p.outcome, '') <> 'erased')"
)
_IS_COMPANYS = (
    "a.ticket IN (SELECT ticket FROM accounts UNION SELECT reference FROM accounts) OR EXISTS (SELECT 1 FROM master_entries e"
    " JOIN master_versions v ON v.entry = e.entry WHERE e.account = a.account AND REPLACE(v.texts, '\"' || a.ticket || '\"', '') <> v.texts)"
)
_COLUMNS = (
    "n.ended, n.held, n.held_by, n.put_up,"
    " CASE WHEN o.outcome = 'erased' OR o.at >= n.put_up THEN o.outcome END AS outcome"
    f", CASE WHEN {_IS_COMPANYS} THEN 1 ELSE 0 END AS is_of_company, CASE WHEN {_IS_CARRIED} THEN 1 ELSE 0 END AS is_carried"
)
_SELECT, _, _JOINED = APPLICATIONS.partition(" FROM ")
_FROM = f"{_JOINED} JOIN retentions n ON n.application = a.application LEFT JOIN erasure_outcomes o ON o.ticket = a.ticket"
_SOURCE = f"{_SELECT}, {_COLUMNS} FROM {_FROM}"
_IS_ERASED = "COALESCE(o.outcome, '') = 'erased'"
_IS_ASKED = f"n.put_up IS NOT NULL AND NOT {_IS_ERASED} AND COALESCE(o.at, '') < n.put_up"


def retention_page(
    tx: Tx,
    view: RetentionView,
    text: str,
    reader: ListReader,
    rules: RetentionRules,
    now: datetime,
    after: str | None = None,
    size: int = PAGE,
) -> RetentionPage:
    """List first what ended first, and last what has not ended; companies that are closed to the reader are neither listed nor counted."""
    closed = closed_to(tx, reader)
    where, values = joined([*_in_view(view, rules, now), *([with_text(text)] if text.strip() else [])])
    where, values = where + without(closed), (*values, *closed)
    [count] = tx.execute(f"SELECT COUNT(*) AS many FROM {_FROM} WHERE {where}", *values)
    beyond, place = _beyond(tx, after)
    rows = tx.execute(
        f"{_SOURCE} WHERE {where}{beyond} ORDER BY COALESCE(n.ended, '9'), a.ticket LIMIT {size + 1}",
        *(*values, *place),
    )
    listed = tuple(map(_retention, rows[:size]))
    return RetentionPage(listed, int(count["many"]), listed[-1].ticket if len(rows) > size else None)


def retention_of(tx: Tx, ticket: str) -> RetentionRow | None:
    rows = tx.execute(f"{_SOURCE} WHERE a.ticket = ?", ticket)
    return _retention(rows[0]) if rows else None


def _beyond(tx: Tx, after: str | None) -> Condition:
    rows = tx.execute("SELECT ended FROM retentions WHERE ticket = ?", after) if after else []
    if not rows:
        return "", ()
    place = rows[0]["ended"] or "9"
    return " AND (COALESCE(n.ended, '9') > ? OR (COALESCE(n.ended, '9') = ? AND a.ticket > ?))", (
        *(place, place, after),
    )


def _in_view(view: RetentionView, rules: RetentionRules, now: datetime) -> Iterator[Condition]:
    if view == "due":
        yield f"n.ended IS NOT NULL AND n.held IS NULL AND NOT {_IS_ERASED} AND NOT ({_IS_ASKED})", ()
        yield f"NOT ({_IS_COMPANYS} OR {_IS_CARRIED})", ()
        for kind in CertificateKind:
            yield _is_over(kind, rules.ended_before(kind, now))
    elif view == "held":
        yield f"n.held IS NOT NULL AND NOT {_IS_ERASED}", ()
    elif view == "asked":
        yield _IS_ASKED, ()
    elif view == "erased":
        yield _IS_ERASED, ()


def _is_over(kind: CertificateKind, last: datetime | None) -> Condition:
    """A letter of this kind was not applied for, or the time of its kind is over; a kind that is not decided keeps all."""
    mark = f'%"{kind.value}"%'
    if last is None:
        return "a.kinds NOT LIKE ?", (mark,)
    return "a.kinds NOT LIKE ? OR n.ended <= ?", (mark, rfc3339(last))


def _retention(row: Row) -> RetentionRow:
    return RetentionRow(
        application=application_row(row),
        ended=stored_time(row["ended"]),
        hold=row["held"],
        hold_by=row["held_by"],
        put_up=stored_time(row["put_up"]),
        outcome=row["outcome"],
        is_of_company=bool(row["is_of_company"]),
        is_carried=bool(row["is_carried"]),
    )
