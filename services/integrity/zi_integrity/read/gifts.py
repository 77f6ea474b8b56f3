"""Reports of gifts in lists: of their reporter, of the unit, and how many there are. No content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import like_escaped
from zi_integrity.domain import gratification

PAGE = 50
OPEN = ("reported", "incomplete")
ALL = "all"


@dataclass(frozen=True)
class GiftRow:
    """`reporter` is a keyed reference. `due` is the next time that runs, None if none does."""

    gift: UUID
    reporter: str
    kind: str
    happened_on: date
    reported_on: datetime
    state: str
    late: bool
    after_limit: bool
    found_first: bool
    receipt: str | None
    outcome: str | None
    due: datetime | None
    overdue: bool


class Gifts:
    name = "gifts"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS gifts (gift TEXT PRIMARY KEY, reporter TEXT NOT NULL, kind TEXT NOT NULL,"
        " happened_on TEXT NOT NULL, reported_on TEXT NOT NULL, state TEXT NOT NULL, late INTEGER NOT NULL,"
        " after_limit INTEGER NOT NULL, found_first INTEGER NOT NULL, receipt TEXT, receipt_year INTEGER, outcome TEXT,"
        " due TEXT, forward_by TEXT, overdue INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS gifts_reporter ON gifts (reporter, reported_on)",
        "CREATE INDEX IF NOT EXISTS gifts_state ON gifts (state, due)",
        "CREATE INDEX IF NOT EXISTS gifts_receipt ON gifts (receipt_year)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        id = str(recorded.aggregate)
        match recorded.event:
            case gratification.GiftReported() as event:
                _report(tx, id, event)
            case gratification.GiftFoundFirst():
                _set(tx, id, found_first=1)
            case gratification.GiftCompletionAsked(due=due):
                _set(tx, id, state="incomplete", due=rfc3339(due))
            case gratification.GiftReportCompleted():
                tx.execute("UPDATE gifts SET state = 'reported', due = forward_by WHERE gift = ?", id)
            case gratification.GiftDeposited(number=number, by=by):
                _set(tx, id, receipt=number, receipt_year=year_of(number) or by.at.year)
            case gratification.GiftForwarded():
                _set(tx, id, state="forwarded", due=None)
            case gratification.GiftDecided(outcome=outcome):
                _set(tx, id, state="decided", outcome=outcome)
            case gratification.GiftClosed():
                _set(tx, id, state="closed", due=None)
            case gratification.GiftOverdue():
                _set(tx, id, overdue=1)
            case _:
                pass


def year_of(number: str) -> int | None:
    year = number.rpartition("/")[2]
    return int(year) if year.isdecimal() else None


def _report(tx: Tx, id: str, event: gratification.GiftReported) -> None:
    due = None if event.forward_by is None else rfc3339(event.forward_by)
    tx.execute(
        "INSERT INTO gifts (gift, reporter, kind, happened_on, reported_on, state, late, after_limit, found_first, due,"
        " forward_by, overdue) VALUES (?, ?, ?, ?, ?, 'reported', ?, ?, 0, ?, ?, 0)",
        *(id, event.reporter, event.kind, event.happened_on.isoformat(), rfc3339(event.by.at)),
        *(int(event.late), int(event.after_limit), due, due),
    )


def _set(tx: Tx, id: str, **changed: object) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE gifts SET {columns} WHERE gift = ?", *changed.values(), id)


def next_receipt(tx: Tx, year: int) -> str:
    """Return the next number of the year's receipts; called under the write lock, so that none is given twice."""
    [count] = tx.execute("SELECT COUNT(*) AS many FROM gifts WHERE receipt_year = ?", year)
    return f"UPG/{count['many'] + 1:04}/{year}"


def gifts_of(tx: Tx, reporter: str, search: str, page: int) -> tuple[list[GiftRow], int]:
    where, values = _with_receipt("reporter = ?", [reporter], search)
    return _listed(tx, where, values, "reported_on DESC", page)


def gifts_for_unit(tx: Tx, state: str, search: str, page: int) -> tuple[list[GiftRow], int]:
    """Return those in a state, in all of them, or without one all that wait for the unit; found by the number of the receipt."""
    states = (state,) if state else OPEN
    where, values = f"state IN ({', '.join('?' for _ in states)})", list[object](states)
    if state == ALL:
        where, values = "1 = 1", []
    where, values = _with_receipt(where, values, search)
    return _listed(tx, where, values, "COALESCE(due, reported_on)", page)


def _with_receipt(where: str, values: list[object], search: str) -> tuple[str, list[object]]:
    """Add the condition that this stands in the number of the receipt."""
    if not search:
        return where, values
    return f"{where} AND receipt LIKE ? ESCAPE '!'", [*values, f"%{like_escaped(search.upper())}%"]


def gift_row(tx: Tx, id: UUID) -> GiftRow | None:
    rows = tx.execute("SELECT * FROM gifts WHERE gift = ?", str(id))
    return _row(rows[0]) if rows else None


def gift_counts(tx: Tx) -> Mapping[str, int]:
    """Count reports by kind, those that were late or overdue, and those that were decided."""
    counts = dict.fromkeys(("refused", "received", "given"), 0)
    for row in tx.execute("SELECT kind, COUNT(*) AS many FROM gifts GROUP BY kind"):
        counts[row["kind"]] = row["many"]
    wanted = {"late": "late = 1", "overdue": "overdue = 1", "decided": "state = 'decided'"}
    for name, condition in wanted.items():
        [row] = tx.execute(f"SELECT COUNT(*) AS many FROM gifts WHERE {condition}")
        counts[name] = row["many"]
    return counts


def _listed(tx: Tx, where: str, values: list[object], order: str, page: int) -> tuple[list[GiftRow], int]:
    [found] = tx.execute(f"SELECT COUNT(*) AS many FROM gifts WHERE {where}", *values)
    rows = tx.execute(
        f"SELECT * FROM gifts WHERE {where} ORDER BY {order}, gift LIMIT ? OFFSET ?",
        *(*values, PAGE, (page - 1) * PAGE),
    )
    return [_row(row) for row in rows], found["many"]


def _row(row: Row) -> GiftRow:
    return GiftRow(
        gift=UUID(row["gift"]),
        reporter=row["reporter"],
        kind=row["kind"],
        happened_on=date.fromisoformat(row["happened_on"]),
        reported_on=datetime.fromisoformat(row["reported_on"]),
        state=row["state"],
        late=bool(row["late"]),
        after_limit=bool(row["after_limit"]),
        found_first=bool(row["found_first"]),
        receipt=row["receipt"],
        outcome=row["outcome"],
        due=None if row["due"] is None else datetime.fromisoformat(row["due"]),
        overdue=bool(row["overdue"]),
    )
