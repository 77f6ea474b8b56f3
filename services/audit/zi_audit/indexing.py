"""A run of entries on its way into the index: what each says of itself, judged in its sender's chain, and the counts that grow with it.

Everything here follows from the entries' bytes and what was indexed before them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from zi_audit.chain import OUTSIDE, Break, Head, Link, advance, judge, read_link
from zi_audit.question import LONGEST
from zi_audit.senders import QUOTER, SENDERS
from zi_chassis.database import Tx
from zi_tlog.succession import quoted
from zi_tlog.tile import FULL
from zi_tlog.tree import leaf_hash

UNKNOWN = "unknown"
HOLDERS = ("office", "citizen")
TABLES = (
    "CREATE TABLE IF NOT EXISTS progress (version INTEGER NOT NULL, origin TEXT NOT NULL, size INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS entries (idx INTEGER PRIMARY KEY, leaf_hash BLOB NOT NULL, event_id TEXT,"
    " sender TEXT NOT NULL, position INTEGER, type TEXT, subject TEXT, actor TEXT, actorrole TEXT, at INTEGER,"
    " holder TEXT, anomaly TEXT)",
    "CREATE INDEX IF NOT EXISTS entries_event ON entries (event_id)",
    "CREATE INDEX IF NOT EXISTS entries_position ON entries (sender, position)",
    "CREATE INDEX IF NOT EXISTS entries_subject ON entries (subject, idx)",
    "CREATE INDEX IF NOT EXISTS entries_actor ON entries (actor, idx)",
    "CREATE INDEX IF NOT EXISTS entries_type ON entries (type, idx)",
    "CREATE INDEX IF NOT EXISTS entries_actorrole ON entries (actorrole, idx)",
    "CREATE INDEX IF NOT EXISTS entries_sender ON entries (sender, idx)",
    "CREATE TABLE IF NOT EXISTS spans (bundle INTEGER PRIMARY KEY, size INTEGER NOT NULL, earliest INTEGER,"
    " latest INTEGER)",
    "CREATE TABLE IF NOT EXISTS deeds (actor TEXT NOT NULL, actorrole TEXT NOT NULL, type TEXT NOT NULL,"
    " count INTEGER NOT NULL, first_idx INTEGER NOT NULL, last_idx INTEGER NOT NULL, first_at INTEGER, last_at INTEGER,"
    " PRIMARY KEY (actor, actorrole, type))",
    "CREATE TABLE IF NOT EXISTS heads (sender TEXT PRIMARY KEY, position INTEGER NOT NULL, digest TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS breaks (idx INTEGER PRIMARY KEY, sender TEXT NOT NULL, kind TEXT NOT NULL,"
    " position INTEGER, expected TEXT, found TEXT, told INTEGER NOT NULL)",
)
NAMES = ("progress", "entries", "spans", "deeds", "heads", "breaks")
_OF_THE_CHAIN = (Break.MISSING, Break.ALTERED, Break.OUT_OF_ORDER)
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
    position: int | None
    type: str | None
    subject: str | None
    actor: str | None
    actorrole: str | None
    at: int | None
    holder: str | None
    anomaly: Break | None


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
        self._rows: list[_Row] = []
        self._breaks: list[tuple[object, ...]] = []

    def run(self) -> None:
        for index, (entry, link) in enumerate(
            zip(self._entries, self._links, strict=True), start=self._first
        ):
            if index == 0 and self._continues:
                self._rows.append(_row(index, entry, QUOTER, None, None))
            else:
                self._take(index, entry, link)
        self._keep()

    def _take(self, index: int, entry: bytes, link: Link | None) -> None:
        lane = self._lanes.get(index) or _named(link)
        found = self._judge(lane, link)
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
        self._rows.append(_row(index, entry, sender, link, found))

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
        _append(self._tx, self._rows)
        self._tx.many(f"INSERT INTO breaks VALUES ({_marks(range(7))})", self._breaks)
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
        kept = self._tx.execute("SELECT earliest, latest FROM spans WHERE bundle = ?", bundle)
        times = [kept[0]["earliest"], kept[0]["latest"]] if kept else []
        spans: list[tuple[object, ...]] = []
        for start in range(bundle * FULL, end, FULL):
            rows = self._rows[max(start - self._first, 0) : start + FULL - self._first]
            told = [at for at in (*times, *(row.at for row in rows)) if at is not None]
            spans.append(
                (start // FULL, min(end - start, FULL), min(told, default=None), max(told, default=None))
            )
            times = []
        return spans


def _continues(tx: Tx) -> bool:
    return bool(tx.execute("SELECT idx FROM entries WHERE idx = 0 AND sender = ?", QUOTER))


def _append(tx: Tx, rows: Sequence[_Row]) -> None:
    """PostgreSQL takes rows as a stream in a third of the time that it needs for statements."""
    if not tx.postgres:
        tx.many(f"INSERT INTO entries VALUES ({_marks(_Row._fields)})", rows)
        return
    with tx.cursor.copy("COPY entries FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _known(tx: Tx, events: Sequence[str]) -> set[str]:
    """Those of `events` that are in the index and in their sender's chain."""
    found: set[str] = set()
    for start in range(0, len(events), _IN):
        some = events[start : start + _IN]
        question = (
            f"SELECT event_id FROM entries WHERE sender <> '{UNKNOWN}' AND event_id IN ({_marks(some)})"
        )
        found.update(row["event_id"] for row in tx.execute(question, *some))
    return found


def _named(link: Link | None) -> str | None:
    return link.service if link is not None and link.service in SENDERS else None


def _row(index: int, entry: bytes, sender: str, link: Link | None, anomaly: Break | None) -> _Row:
    """Whoever speaks in another's name says nothing of who holds the case."""
    leaf = leaf_hash(entry)
    if link is None:
        return _Row(index, leaf, None, sender, None, None, None, None, None, None, None, anomaly)
    said = link.attributes
    return _Row(
        index,
        leaf,
        link.event_id,
        sender,
        link.position,
        _shown(said.get("type")),
        _shown(said.get("subject")),
        _shown(said.get("actor")),
        _shown(said.get("actorrole")),
        _at(said.get("time")),
        None if sender == UNKNOWN else _holder(said.get("data")),
        anomaly,
    )


def _shown(value: Any) -> str | None:
    """No database keeps a NUL in a text."""
    return value[:LONGEST].replace("\0", "\ufffd") if isinstance(value, str) else None


def _at(value: Any) -> int | None:
    try:
        at = microseconds(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return None
    return at if 0 <= at < _LAST else None


def _holder(data: Any) -> str | None:
    holder = data.get("holder") if isinstance(data, dict) else None
    return holder if isinstance(holder, str) and holder in HOLDERS else None


def _deeds(rows: Sequence[_Row]) -> list[tuple[object, ...]]:
    deeds: dict[tuple[str, str, str], list[_Row]] = {}
    for row in rows:
        if row.actor is not None:
            deeds.setdefault((row.actor, row.actorrole or "", row.type or ""), []).append(row)
    return [
        (*deed, len(done), done[0].idx, done[-1].idx, done[0].at, done[-1].at) for deed, done in deeds.items()
    ]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
