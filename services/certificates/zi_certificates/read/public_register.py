"""The public register: every sealed letter with how it stands, and no company; page after page, the newest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zi_certificates.domain.standing import Standing
from zi_certificates.domain.verification import number_in
from zi_chassis.database import Row, Tx

PAGE = 50
Wanted = Literal["valid", "all"]


@dataclass(frozen=True)
class Line:
    """The public fields of a letter."""

    number: str
    kind: str
    goods: str
    countries: tuple[str, ...]
    issued_at: datetime
    valid_until: date | None
    sealed_at: datetime
    standing: Standing
    since: datetime
    reason: str | None
    by_number: str | None


@dataclass(frozen=True)
class Page:
    """`after` is the number that the next page begins after; None on the last one."""

    letters: tuple[Line, ...]
    after: str | None


@dataclass(frozen=True)
class Tally:
    """Numbers of letters of a kind by standing; `ended` are valid ones whose last day is over."""

    kind: str
    valid: int
    ended: int
    suspended: int
    superseded: int
    revoked: int

    @property
    def issued(self) -> int:
        return self.valid + self.ended + self.suspended + self.superseded + self.revoked


def register_page(tx: Tx, wanted: Wanted, after: str | None, day: date) -> Page:
    standing = "standing = 'valid'" if wanted == "valid" else "standing IS NOT NULL"
    holds = " AND (valid_until IS NULL OR valid_until >= ?)" if wanted == "valid" else ""
    place = _place(tx, after)
    beyond = "" if place is None else " AND (issued_at < ? OR (issued_at = ? AND number < ?))"
    rows = tx.execute(
        "SELECT number, kind, goods, countries, issued_at, valid_until, sealed_at, standing, since, reason, by_number"
        f" FROM letters WHERE {standing}{holds}{beyond} ORDER BY issued_at DESC, number DESC LIMIT {PAGE + 1}",
        *((day.isoformat(),) if holds else ()),
        *(() if place is None else (place[0], *place)),
    )
    lines = tuple(map(_line, rows[:PAGE]))
    return Page(lines, lines[-1].number if len(rows) > PAGE else None)


def _place(tx: Tx, number: str | None) -> tuple[str, str] | None:
    """Return the place of this letter; None, which is the beginning, for a text that is no number."""
    known = None if number is None else number_in(number)
    rows = (
        [] if known is None else tx.execute("SELECT issued_at, number FROM letters WHERE number = ?", known)
    )
    return (rows[0]["issued_at"], rows[0]["number"]) if rows else None


def tallies(tx: Tx, day: date) -> list[Tally]:
    counted: dict[str, dict[str, int]] = {}
    for row in tx.execute(
        "SELECT kind, CASE WHEN standing = 'valid' AND valid_until < ? THEN 'ended' ELSE standing END AS stands,"
        " COUNT(*) AS many FROM letters WHERE standing IS NOT NULL GROUP BY 1, 2 ORDER BY 1",
        day.isoformat(),
    ):
        counted.setdefault(row["kind"], {})[row["stands"]] = int(row["many"])
    states = ("valid", "ended", "suspended", "superseded", "revoked")
    return [Tally(kind, *(many.get(state, 0) for state in states)) for kind, many in counted.items()]


def _line(row: Row) -> Line:
    return Line(
        number=row["number"],
        kind=row["kind"],
        goods=row["goods"],
        countries=tuple(row["countries"].split()),
        issued_at=datetime.fromisoformat(row["issued_at"]),
        valid_until=None if row["valid_until"] is None else date.fromisoformat(row["valid_until"]),
        sealed_at=datetime.fromisoformat(row["sealed_at"]),
        standing=Standing(row["standing"]),
        since=datetime.fromisoformat(row["since"]),
        reason=row["reason"],
        by_number=row["by_number"],
    )
