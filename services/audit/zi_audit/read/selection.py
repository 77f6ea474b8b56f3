"""The entries that fit a filter, as SQL over terms and entries.

A question goes by the field that fewest entries fit, of which the index keeps exact counts, and looks at those entries alone; this is why
nothing here depends on what a database guesses."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from zi_audit.domain.chain import LARGEST, Break
from zi_audit.domain.facets import BUSINESS
from zi_audit.domain.facets import NAMES as FACETS
from zi_audit.domain.question import ANY_ANOMALY, SHORTEST, EntryFilter, Order, ticket
from zi_audit.read.courses import same_businesses
from zi_audit.read.indexing import COLUMNS, UNKNOWN, microseconds
from zi_audit.read.terms import known_terms
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.web.problem import RefusedError
from zi_tlog.tile import FULL

MOST_FOUND = 100  # names that one searched text may stand for
LAST_LETTER = "\U0010ffff"
HOUR = 3_600_000_000  # in microseconds
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEARCHED = ("case", "actor", "type", *FACETS)
# Since the last step of a type in the same case. An entry in another's name is no step.
_SINCE_TYPE = (
    "(e.at - (SELECT s.at FROM entries s WHERE s.subject = e.subject AND s.type = ? AND s.idx < e.idx AND s.at IS NOT NULL"
    f" AND s.sender <> '{UNKNOWN}' ORDER BY s.idx DESC LIMIT 1))"
)


class VagueSearchError(RefusedError):
    """More names begin with the searched text than are looked at."""

    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__("More than a hundred names begin like this. Write more of the one you mean.")


class Clause(NamedTuple):
    """Entries that have one of these terms, or are one of `indexes`; at most `most` of them. `values` are those of the entries'
    own column where the field has one."""

    field: str
    terms: Sequence[int]
    most: int
    values: Sequence[str | int] = ()
    indexes: Sequence[int] = ()


class Condition(NamedTuple):
    sql: str
    values: Sequence[object]


class Selection:
    """Of one filter in one transaction."""

    def __init__(self, tx: Tx, query: EntryFilter) -> None:
        self._tx = tx
        self._took = query.measured_from
        self._clauses = sorted(_clauses(tx, query), key=lambda clause: clause.most)
        self._conditions = list(_conditions(query))
        self._first, self._end = _stretch(tx, query.since, query.until)

    def rows(self, cursor: int, order: Order, limit: int) -> list[Row]:
        """At most `limit` entries behind the cursor."""
        first, end, way = self._first, self._end, "ASC"
        if order == "newest":
            end, way = (end if cursor < 0 else min(end, cursor)), "DESC"
        else:
            first = max(first, cursor + 1)
        branches = [
            Condition(f"{sql} ORDER BY idx {way} LIMIT ?", (*values, limit))
            for sql, values in self._branches(first, end)
        ]
        found, values = _united(branches)
        took, measured = (_SINCE_TYPE, (self._took,)) if self._took is not None else ("NULL", ())
        question = (
            f"SELECT e.*, f.facts AS facts, {took} AS took FROM entries e LEFT JOIN facts f ON f.idx = e.facts_at"
            f" WHERE e.idx IN ({found}) ORDER BY e.idx {way} LIMIT ?"
        )
        return self._tx.execute(question, *measured, *values, limit)

    def count(self) -> int:
        known = self._known_count()
        if known is not None:
            return known
        found, values = _united(list(self._branches(self._first, self._end)))
        return int(self._tx.execute(f"SELECT count(*) AS count FROM ({found}) AS found", *values)[0]["count"])

    def _known_count(self) -> int | None:
        """Select without looking at single entries: all entries, or those of one field, of which none has two."""
        if self._conditions or len(self._clauses) > 1:
            return None
        if not self._clauses:
            return int(self._tx.execute("SELECT coalesce(max(size), 0) AS size FROM progress")[0]["size"])
        [clause] = self._clauses
        alone = clause.field in COLUMNS or len(clause.terms) <= 1
        return clause.most if alone and not clause.indexes else None

    def _branches(self, first: int, end: int) -> Iterator[Condition]:
        """Questions that together give each entry that fits, by its index, once or more often."""
        if not self._clauses:
            yield self._branch(Condition("", ()), first, end, [])
            return
        lead, *others = self._clauses
        for term in lead.terms:
            yield self._branch(Condition("p.term = ?", (term,)), first, end, others)
        if lead.indexes:
            yield self._branch(
                Condition(f"e.idx IN ({placeholders(lead.indexes)})", lead.indexes), first, end, others
            )
        if not lead.terms and not lead.indexes:
            yield Condition("SELECT idx FROM entries WHERE 1 = 0", ())

    def _branch(self, lead: Condition, first: int, end: int, others: Sequence[Clause]) -> Condition:
        by_term = lead.sql.startswith("p.")
        looks_at_entries = bool(self._conditions) or not by_term
        place = "p.idx" if by_term else "e.idx"
        parts = [lead] if lead.sql else []
        parts += [Condition(f"{place} >= ? AND {place} < ?", (first, end))]
        parts += [_fits(clause, place, looks_at_entries) for clause in others]
        parts += self._conditions
        table = "postings p" if by_term else "entries e"
        if by_term and looks_at_entries:
            table = "postings p CROSS JOIN entries e"
            parts.append(Condition("e.idx = p.idx", ()))
        where = " AND ".join(part.sql for part in parts)
        return Condition(
            f"SELECT {place} AS idx FROM {table} WHERE {where}", [v for part in parts for v in part.values]
        )


def _united(branches: Sequence[Condition]) -> Condition:
    if len(branches) == 1:
        sql, values = branches[0]
        return Condition(f"SELECT idx FROM ({sql}) AS found_0", values)
    parts = [f"SELECT idx FROM ({sql}) AS found_{n}" for n, (sql, _) in enumerate(branches)]
    return Condition(" UNION ".join(parts), [value for branch in branches for value in branch.values])


def _fits(clause: Clause, place: str, looks_at_entries: bool) -> Condition:
    if looks_at_entries and clause.values:
        return Condition(f"e.{COLUMNS[clause.field]} IN ({placeholders(clause.values)})", clause.values)
    parts = []
    if clause.terms:
        parts.append(
            f"EXISTS (SELECT 1 FROM postings q WHERE q.term IN ({placeholders(clause.terms)}) AND q.idx = {place})"
        )
    if clause.indexes:
        parts.append(f"{place} IN ({placeholders(clause.indexes)})")
    return Condition(f"({' OR '.join(parts) or '1 = 0'})", [*clause.terms, *clause.indexes])


def _clauses(tx: Tx, query: EntryFilter) -> Iterator[Clause]:
    for field in ("case", "actor", "role", "service", "type", *FACETS):
        if names := getattr(query, field):
            yield _clause(tx, field, same_businesses(tx, names) if field == BUSINESS else names)
    if query.hours:
        yield _clause(tx, "hour", query.hours)
    if query.weekday:
        yield _clause(tx, "weekday", query.weekday)
    if query.anomaly:
        kinds = [each.value for each in Break] if ANY_ANOMALY in query.anomaly else query.anomaly
        yield _clause(tx, "anomaly", kinds)
    if query.search is not None:
        yield _searched(tx, query.search.strip())


def _clause(tx: Tx, field: str, wanted: Iterable[str | int]) -> Clause:
    values = list(dict.fromkeys(wanted))
    known = known_terms(tx, field, [str(value) for value in values]).values()
    terms, count = [id for id, _ in known], sum(count for _, count in known)
    return Clause(field, terms, count, values if field in COLUMNS else ())


def _searched(tx: Tx, text: str) -> Clause:
    """Whatever the text names: an entry by its index or its event, or all entries with a name that begins so."""
    names = list(dict.fromkeys((text, text.lower(), ticket(text))))
    rows = tx.execute(
        f"SELECT id, count FROM terms WHERE value IN ({placeholders(names)}) AND field IN ({placeholders(_SEARCHED)})",
        *(*names, *_SEARCHED),
    )
    if len(text) >= SHORTEST:
        rows += _begun(tx, text)
    terms = {row["id"]: row["count"] for row in rows}
    if len(terms) > MOST_FOUND:
        raise VagueSearchError
    indexes = list(_entries_named(tx, text))
    return Clause("search", list(terms), sum(terms.values()) + len(indexes), indexes=indexes)


def _begun(tx: Tx, text: str) -> list[Row]:
    """Letter by letter, which only the C collation of PostgreSQL compares as SQLite does."""
    value = 'value COLLATE "C"' if tx.postgres else "value"
    question = f"SELECT id, count FROM terms WHERE {value} >= ? AND {value} <= ? AND field IN ({placeholders(_SEARCHED)}) LIMIT ?"
    return tx.execute(question, text, text + LAST_LETTER, *_SEARCHED, MOST_FOUND + 1)


def _entries_named(tx: Tx, text: str) -> Iterator[int]:
    if text.isdecimal() and text.isascii() and int(text) <= LARGEST:
        yield int(text)
    if _UUID.fullmatch(text.lower()):
        for row in tx.execute("SELECT idx FROM entries WHERE event_id = ?", text.lower()):
            yield row["idx"]


def _conditions(query: EntryFilter) -> Iterator[Condition]:
    for comparison, time in (("e.at >= ?", query.since), ("e.at < ?", query.until)):
        if time is not None:
            yield Condition(comparison, (microseconds(time),))
    waited, values = (
        ("e.waited", ()) if query.measured_from is None else (_SINCE_TYPE, (query.measured_from,))
    )
    for comparison, hours in ((">=", query.least_hours), ("<=", query.most_hours)):
        if hours is not None:
            yield Condition(f"{waited} {comparison} ?", (*values, round(hours * HOUR)))


def _stretch(tx: Tx, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The part of the log [first, end) outside of which no entry claims to lie in the time asked for."""
    first, end = 0, LARGEST
    if since is not None:
        question = "SELECT min(bundle) AS bundle FROM spans WHERE latest >= ?"
        bundle = tx.execute(question, microseconds(since))[0]["bundle"]
        first = end if bundle is None else bundle * FULL
    if until is not None:
        question = "SELECT max(bundle) AS bundle FROM spans WHERE earliest < ?"
        bundle = tx.execute(question, microseconds(until))[0]["bundle"]
        end = first if bundle is None else (bundle + 1) * FULL
    return first, end
