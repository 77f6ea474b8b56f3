"""A run of entries on its way into the index: what each says of itself, judged in its sender's chain, what it is found by, and the
counts that grow with it.

Everything here follows from the entries' bytes and what was indexed before them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from zi_audit.domain.chain import OUTSIDE, Break, Head, Link, advance, judge, read_link
from zi_audit.domain.decisions import continued, decision
from zi_audit.domain.facets import Fields, carried, own_values, text
from zi_audit.domain.senders import QUOTER, SENDERS
from zi_audit.read import courses, terms
from zi_audit.read.courses import Course, Courses
from zi_audit.read.terms import Term
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.newer_version import NewerVersionError
from zi_contracts.audit import SenderContinued
from zi_tlog.succession import quoted
from zi_tlog.tile import FULL
from zi_tlog.tree import leaf_hash

UNKNOWN = "unknown"
TABLES = (
    "CREATE TABLE IF NOT EXISTS progress (version INTEGER NOT NULL, origin TEXT NOT NULL, size INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS entries (idx INTEGER PRIMARY KEY, leaf_hash BLOB NOT NULL, event_id TEXT,"
    " sender TEXT NOT NULL, position INTEGER, type TEXT, subject TEXT, aggregate TEXT, actor TEXT, actorrole TEXT,"
    " at INTEGER, hour INTEGER, weekday INTEGER, waited INTEGER, facts_at INTEGER, anomaly TEXT, fields TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS entries_event ON entries (event_id)",
    "CREATE INDEX IF NOT EXISTS entries_position ON entries (sender, position)",
    "CREATE INDEX IF NOT EXISTS entries_step ON entries (subject, type, idx)",
    "CREATE TABLE IF NOT EXISTS spans (bundle INTEGER PRIMARY KEY, size INTEGER NOT NULL, earliest INTEGER,"
    " latest INTEGER)",
    "CREATE TABLE IF NOT EXISTS deeds (actor TEXT NOT NULL, actorrole TEXT NOT NULL, type TEXT NOT NULL,"
    " count INTEGER NOT NULL, first_idx INTEGER NOT NULL, last_idx INTEGER NOT NULL, first_at INTEGER, last_at INTEGER,"
    " PRIMARY KEY (actor, actorrole, type))",
    "CREATE TABLE IF NOT EXISTS heads (sender TEXT PRIMARY KEY, position INTEGER NOT NULL, digest TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS breaks (idx INTEGER PRIMARY KEY, sender TEXT NOT NULL, kind TEXT NOT NULL,"
    " position INTEGER, expected TEXT, found TEXT, told INTEGER NOT NULL)",
    *terms.TABLES,
    *courses.TABLES,
)
NAMES = ("progress", "entries", "spans", "deeds", "heads", "breaks", *terms.NAMES, *courses.NAMES)
_OF_THE_CHAIN = (Break.MISSING, Break.ALTERED, Break.OUT_OF_ORDER)
# What every entry is found by, if it tells it: field of a question, column of the entry.
COLUMNS: Mapping[str, str] = {
    "type": "type",
    "case": "subject",
    "actor": "actor",
    "role": "actorrole",
    "service": "sender",
    "hour": "hour",
    "weekday": "weekday",
    "anomaly": "anomaly",
}
_VALUES = attrgetter(*COLUMNS.values())
_MOVES_NO_CASE = (*OUTSIDE, Break.WRONG_TYPE, Break.REPEATED)
_IN = 500  # values in one question
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


def microseconds(at: datetime) -> int:
    """Since 1970, as the index keeps times."""
    return (at - _EPOCH) // _MICROSECOND


def time_of(at: int | None) -> datetime | None:
    return None if at is None else _EPOCH + timedelta(microseconds=at)


class _Row(NamedTuple):
    """A row of the table of entries."""

    idx: int
    leaf_hash: bytes
    event_id: str | None
    sender: str
    position: int | None = None
    type: str | None = None
    subject: str | None = None
    aggregate: str | None = None
    actor: str | None = None
    actorrole: str | None = None
    at: int | None = None
    hour: int | None = None
    weekday: int | None = None
    waited: int | None = None
    facts_at: int | None = None
    anomaly: Break | None = None
    fields: str = "{}"


class Indexing:
    """Entries from `first` on, which is where the index ends; `lanes` of those that do not tell theirs."""

    def __init__(
        self, tx: Tx, sources: str, first: int, entries: Sequence[bytes], lanes: Mapping[int, str]
    ) -> None:
        self._tx = tx
        self._sources = sources
        self._first = first
        self._entries = entries
        self._lanes = lanes
        self._links = [read_link(entry) for entry in entries]
        self._events = _known(tx, [link.event_id for link in self._links if link is not None])
        self._placed: set[tuple[str, int]] = set()
        self._heads = {
            r["sender"]: Head(r["position"], r["digest"]) for r in tx.execute("SELECT * FROM heads")
        }
        self._continues = quoted(entries[0]) is not None if first == 0 else _continues(tx)
        self._courses = Courses(tx, filter(None, map(_subject, self._links)))
        self._rows: list[_Row] = []
        self._found_by: dict[Term, list[int]] = {}
        self._breaks: list[tuple[object, ...]] = []
        self._forged: list[tuple[object, ...]] = []

    def run(self) -> None:
        for index, (entry, link) in enumerate(
            zip(self._entries, self._links, strict=True), start=self._first
        ):
            if index == 0 and self._continues:
                self._add(_Row(index, leaf_hash(entry), None, QUOTER), {}, Course())
            else:
                self._take(index, entry, link)
        self._keep()

    def _take(self, index: int, entry: bytes, link: Link | None) -> None:
        lane = self._lanes.get(index) or _named(link)
        found = self._judge(lane, link)
        if lane is None and link is not None and link.source == self._sources + link.service:
            # The writer notes the lane of whoever speaks in another's name. This sender came by its own, which a newer version reads.
            raise NewerVersionError(f"the sender of entry {index}")
        sender = UNKNOWN if lane is None or found in OUTSIDE else lane
        head = self._heads.get(sender, Head())
        if found is not None:
            position, previous = (None, None) if link is None else (link.position, link.previous)
            expected = None if sender == UNKNOWN else head.digest
            self._breaks.append((index, lane or UNKNOWN, found.value, position, expected, previous, 0))
        if link is not None and sender != UNKNOWN:
            self._events.add(link.event_id)
            self._placed.add((sender, link.position))
            self._heads[sender] = advance(head, link, entry)
            self._heed(index, link, entry, found)
        if link is None:
            self._add(_Row(index, leaf_hash(entry), None, sender, anomaly=found), {}, Course())
        else:
            self._place(_row(index, entry, sender, link, found), carried(link.attributes.get("data")))

    def _heed(self, index: int, link: Link, entry: bytes, found: Break | None) -> None:
        """Take from its sender what a person declared forged; from this entry on the sender's chain goes on without it."""
        decided = decision(link, found, index)
        if not isinstance(decided, SenderContinued):
            return
        self._heads[decided.sender] = continued(decided, link, entry)
        for forged in decided.forged:
            self._disown(forged, decided.sender)

    def _disown(self, index: int, sender: str) -> None:
        """Its break, if there was one, was told when it was found; that a person declared it is told by the entry that says so."""
        question = (
            "UPDATE entries SET sender = ?, anomaly = ? WHERE idx = ? AND coalesce(anomaly, '') <> ?"
            " RETURNING event_id, position"
        )
        forged, place = Break.FORGED.value, index - self._first
        known = [
            (r["event_id"], r["position"]) for r in self._tx.execute(question, UNKNOWN, forged, index, forged)
        ]
        if 0 <= place < len(self._rows) and self._rows[place].anomaly is not Break.FORGED:
            known.append((self._rows[place].event_id, self._rows[place].position))
            self._rows[place] = self._rows[place]._replace(sender=UNKNOWN, anomaly=Break.FORGED)
        for event_id, position in known:
            self._events.discard(event_id)
            self._placed.discard((sender, position))
            self._found_by.setdefault(("anomaly", forged), []).append(index)
            self._forged.append((index, sender, forged, None, None, None, 1))

    def _place(self, row: _Row, fields: Fields) -> None:
        """Whoever speaks in another's name moves no case, and is told from where the case stands."""
        row = row._replace(fields=orjson.dumps(fields).decode())
        if row.subject is None:
            self._add(row, fields, Course())
            return
        course = self._courses.of(row.subject)
        waited = None if course.at is None or row.at is None else row.at - course.at
        if row.anomaly not in _MOVES_NO_CASE:
            course = self._courses.move(row.subject, row.idx, row.at, row.type, row.actor, fields)
        self._add(row._replace(waited=waited, facts_at=course.facts_at), fields, course)

    def _add(self, row: _Row, fields: Fields, course: Course) -> None:
        self._rows.append(row)
        for term in {*_own_terms(row), *course.facts.items(), *own_values(fields)}:
            self._found_by.setdefault(term, []).append(row.idx)

    def _judge(self, lane: str | None, link: Link | None) -> Break | None:
        """In a log that continues another one, what a sender says first continues what it said there."""
        found = judge(
            link,
            self._heads.get(lane or UNKNOWN, Head()),
            lane=lane,
            sources=self._sources,
            event_known=link is not None and link.event_id in self._events,
            position_taken=lambda: link is not None and self._taken(lane or UNKNOWN, link.position),
        )
        begins = self._continues and lane is not None and lane not in self._heads
        return None if begins and found in _OF_THE_CHAIN else found

    def _taken(self, sender: str, position: int) -> bool:
        question = "SELECT idx FROM entries WHERE sender = ? AND position = ? LIMIT 1"
        return (sender, position) in self._placed or bool(self._tx.execute(question, sender, position))

    def _keep(self) -> None:
        self._tx.append("entries", self._rows)
        terms.post(self._tx, self._found_by)
        self._courses.keep()
        self._tx.many(f"INSERT INTO breaks VALUES ({placeholders(range(7))})", self._breaks)
        self._tx.many(
            f"INSERT INTO breaks VALUES ({placeholders(range(7))}) ON CONFLICT (idx) DO UPDATE SET kind = excluded.kind",
            self._forged,
        )
        self._tx.many(
            "INSERT INTO spans VALUES (?, ?, ?, ?) ON CONFLICT (bundle) DO UPDATE SET size = excluded.size,"
            " earliest = excluded.earliest, latest = excluded.latest",
            self._spans(),
        )
        self._tx.many(
            "INSERT INTO deeds VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (actor, actorrole, type) DO UPDATE SET"
            " count = deeds.count + excluded.count, last_idx = excluded.last_idx, last_at = excluded.last_at",
            _deeds(self._rows),
        )
        self._tx.many(
            "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (sender) DO UPDATE SET"
            " position = excluded.position, digest = excluded.digest",
            [(sender, head.position, head.digest) for sender, head in self._heads.items()],
        )

    def _spans(self) -> list[tuple[object, ...]]:
        """Each bundle's size and between which times its entries claim to lie."""
        bundle, end = self._first // FULL, self._first + len(self._rows)
        stored = self._tx.execute("SELECT earliest, latest FROM spans WHERE bundle = ?", bundle)
        times = [stored[0]["earliest"], stored[0]["latest"]] if stored else []
        spans: list[tuple[object, ...]] = []
        for start in range(bundle * FULL, end, FULL):
            rows = self._rows[max(start - self._first, 0) : start + FULL - self._first]
            times_of_all = [at for at in (*times, *(row.at for row in rows)) if at is not None]
            spans.append(
                (
                    start // FULL,
                    min(end - start, FULL),
                    min(times_of_all, default=None),
                    max(times_of_all, default=None),
                )
            )
            times = []
        return spans


def _continues(tx: Tx) -> bool:
    return bool(tx.execute("SELECT idx FROM entries WHERE idx = 0 AND sender = ?", QUOTER))


def _known(tx: Tx, events: Sequence[str]) -> set[str]:
    """Those of `events` that are in the index and in their sender's chain."""
    found: set[str] = set()
    for start in range(0, len(events), _IN):
        some = events[start : start + _IN]
        question = (
            f"SELECT event_id FROM entries WHERE sender <> '{UNKNOWN}' AND event_id IN ({placeholders(some)})"
        )
        found.update(row["event_id"] for row in tx.execute(question, *some))
    return found


def _named(link: Link | None) -> str | None:
    return link.service if link is not None and link.service in SENDERS else None


def _row(index: int, entry: bytes, sender: str, link: Link, anomaly: Break | None) -> _Row:
    attributes = link.attributes
    at = _time(attributes.get("time"))
    there = None if at is None else at.astimezone(office_zone())
    return _Row(
        index,
        leaf_hash(entry),
        link.event_id,
        sender,
        link.position,
        _text(attributes.get("type")),
        _subject(link),
        _text(attributes.get("aggregate")),
        _text(attributes.get("actor")),
        _text(attributes.get("actorrole")),
        None if at is None else microseconds(at),
        None if there is None else there.hour,
        None if there is None else there.isoweekday(),
        anomaly=anomaly,
    )


def _own_terms(row: _Row) -> Iterator[Term]:
    values = _VALUES(row)
    return ((field, str(value)) for field, value in zip(COLUMNS, values, strict=True) if value is not None)


def _subject(link: Link | None) -> str | None:
    return None if link is None else _text(link.attributes.get("subject"))


def _text(value: Any) -> str | None:
    return text(value) if isinstance(value, str) else None


def _time(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
        return at if 0 <= microseconds(at) < _LAST else None
    except (TypeError, ValueError, OverflowError):
        return None


def _deeds(rows: Sequence[_Row]) -> list[tuple[object, ...]]:
    deeds: dict[tuple[str, str, str], list[_Row]] = {}
    for row in rows:
        if row.actor is not None:
            deeds.setdefault((row.actor, row.actorrole or "", row.type or ""), []).append(row)
    return [
        (*deed, len(done), done[0].idx, done[-1].idx, done[0].at, done[-1].at) for deed, done in deeds.items()
    ]
