"""The public register: every sealed letter with how it stands, and no company; page after page, the newest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zi_certificates.domain.standing import Standing
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.searching import like_escaped
from zi_rules.letter_number import number_in

PAGE = 40
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
    """`after` is the number that the next page begins after, None on the last one; `total` counts all pages."""

    letters: tuple[Line, ...]
    after: str | None
    total: int


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


@dataclass(frozen=True)
class RegisterFilter:
    """`number` is a number of a letter or a part of it."""

    show: Wanted = "valid"
    number: str = ""
    kind: str = ""
    goods: str = ""
    country: str = ""
    year: int | None = None


def register_page(tx: Tx, wanted: RegisterFilter, after: str | None, day: date, size: int = PAGE) -> Page:
    where, values = _conditions(wanted, day)
    [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM letters WHERE {where}", *values)
    place = _place(tx, after)
    beyond = "" if place is None else " AND (issued_at < ? OR (issued_at = ? AND number < ?))"
    rows = tx.execute(
        "SELECT number, kind, goods, countries, issued_at, valid_until, sealed_at, standing, since, reason, by_number"
        f" FROM letters WHERE {where}{beyond} ORDER BY issued_at DESC, number DESC LIMIT {size + 1}",
        *values,
        *(() if place is None else (place[0], *place)),
    )
    lines = tuple(map(_line, rows[:size]))
    return Page(lines, lines[-1].number if len(rows) > size else None, int(counted["many"]))


def _conditions(wanted: RegisterFilter, day: date) -> tuple[str, tuple[object, ...]]:
    conditions: list[tuple[str, tuple[object, ...]]] = [
        ("standing IS NOT NULL AND sealed_at IS NOT NULL", ())
    ]
    if wanted.show == "valid":
        valid = "standing = 'valid' AND (valid_until IS NULL OR valid_until >= ?)"
        conditions = [(valid, (day.isoformat(),))]
    known = number_in(wanted.number)
    if known is not None:
        conditions.append(("number = ?", (known,)))
    elif wanted.number.strip():
        part = f"%{like_escaped(wanted.number.strip().upper())}%"
        conditions.append(("number LIKE ? ESCAPE '!'", (part,)))
    if wanted.kind:
        conditions.append(("kind = ?", (wanted.kind,)))
    if wanted.goods:
        conditions.append(("goods = ?", (wanted.goods,)))
    if wanted.country:
        part = f"% {like_escaped(wanted.country.upper())} %"
        conditions.append(("' ' || countries || ' ' LIKE ? ESCAPE '!'", (part,)))
    if wanted.year is not None:
        conditions.append(("year = ?", (wanted.year,)))
    texts, values = zip(*conditions, strict=True)
    return " AND ".join(texts), tuple(each for some in values for each in some)


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
        " COUNT(*) AS many FROM letters WHERE standing IS NOT NULL AND sealed_at IS NOT NULL GROUP BY 1, 2 ORDER BY 1",
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
