"""The index of the published log, made from its entry bundles alone and at any time made anew: where an event is, what an entry says
of itself, and where a sender's chain breaks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import orjson

from zi_audit.domain.chain import LARGEST, Break
from zi_audit.domain.facets import HOLDER
from zi_audit.domain.question import (
    MOST,
    Activity,
    Deed,
    EntryFilter,
    EntryPage,
    FoundBreak,
    Holder,
    Indexed,
    Mark,
    Order,
    Question,
)
from zi_audit.domain.senders import AUDIT
from zi_audit.domain.timeline import Timeline, holder_of, steps
from zi_audit.read import terms
from zi_audit.read.indexing import NAMES, TABLES, UNKNOWN, Indexing, time_of
from zi_audit.read.selection import Selection
from zi_audit.read.terms import known_terms
from zi_chassis.storage.database import Database, Row, Tx, placeholders
from zi_chassis.storage.event_tables import one_at_a_time
from zi_tlog.error import LogError
from zi_tlog.tile import FULL

VERSION = 6
STEPS = 1000
MARKS = 60
_STRANGE = f"CASE WHEN sender = '{UNKNOWN}' THEN 1 ELSE 0 END"
NO_LANES: Mapping[int, str] = MappingProxyType({})
_STAND = "SELECT version, origin, size FROM progress"


class Index:
    """Any number of processes may add to it and read it."""

    def __init__(self, database: Database, office: str) -> None:
        self.database = database
        self._sources = f"/zi/{office}/"

    def prepare(self) -> None:
        """Makes the tables, so that questions can be asked before anything was indexed."""
        with self.database.transaction() as tx:
            one_at_a_time(tx)
            tx.create(TABLES[0])
            rows = tx.execute(_STAND)
            if rows and rows[0]["version"] != VERSION:
                tx.create(*(f"DROP TABLE IF EXISTS {name}" for name in NAMES))
            _create(tx)

    def open(self, origin: str) -> int:
        """Return how many entries are indexed; none when the index was made of another log or by another version."""
        self.prepare()
        with self.database.transaction() as tx:
            rows = tx.execute(_STAND)
            if rows and rows[0]["origin"] == origin:
                return int(rows[0]["size"])
            self._empty(tx, origin)
        return 0

    def clear(self, origin: str) -> None:
        with self.database.transaction() as tx:
            self._empty(tx, origin)

    def add(self, first: int, entries: Sequence[bytes], lanes: Mapping[int, str] = NO_LANES) -> int:
        """Indexes the entries from `first` on, `lanes` of those that do not tell theirs; returns how many are indexed then. Does nothing
        where the index ends elsewhere. Raises LogError where another version of the program keeps it."""
        with self.database.transaction() as tx:
            rows = tx.execute("UPDATE progress SET size = size WHERE version = ? RETURNING size", VERSION)
            if not rows:
                raise LogError("Another version of this program keeps the index.")
            size = int(rows[0]["size"])
            if size == first:
                size += len(entries)
                Indexing(tx, self._sources, first, entries, lanes).run()
                tx.execute("UPDATE progress SET size = ?", size)
                if tx.postgres and size.bit_length() > first.bit_length():
                    tx.execute(
                        "ANALYZE entries, postings, terms"
                    )  # at each doubling: its own statistics come minutes later
        return size

    def find(self, event_id: str) -> tuple[int, bytes, str | None] | None:
        """Index, leaf hash and case of the first entry of an event; in another's name only where there is none in the own."""
        question = (
            f"SELECT idx, leaf_hash, subject FROM entries WHERE event_id = ? ORDER BY {_STRANGE}, idx LIMIT 1"
        )
        with self.database.reading() as tx:
            rows = tx.execute(question, event_id)
        return (rows[0]["idx"], bytes(rows[0]["leaf_hash"]), rows[0]["subject"]) if rows else None

    def indexes(self, events: Sequence[str]) -> dict[str, int | None]:
        found: dict[str, int | None] = dict.fromkeys(events)
        if events:
            marks = placeholders(events)
            question = (
                f"SELECT event_id, min(idx) AS idx FROM entries WHERE event_id IN ({marks})"
                f" GROUP BY event_id, {_STRANGE} ORDER BY {_STRANGE} DESC"
            )
            with self.database.reading() as tx:
                found |= {row["event_id"]: row["idx"] for row in tx.execute(question, *events)}
        return found

    def place(self, sender: str, position: int) -> tuple[int, bytes] | None:
        """Index and leaf hash of the entry that a sender's chain has at this position."""
        question = "SELECT idx, leaf_hash FROM entries WHERE sender = ? AND position = ? ORDER BY idx LIMIT 1"
        with self.database.reading() as tx:
            rows = tx.execute(question, sender, position)
        return (rows[0]["idx"], bytes(rows[0]["leaf_hash"])) if rows else None

    def erasures(self, sender: str, type: str, after: int, most: int) -> tuple[int, list[tuple[str, int]]]:
        """Up to which position of this sender's chain entries are indexed, and event id and position of the first erasures behind `after`."""
        question = (
            "SELECT event_id, position FROM entries WHERE sender = ? AND position > ? AND type = ? AND event_id IS NOT NULL"
            " ORDER BY position LIMIT ?"
        )
        with self.database.reading() as tx:
            heads = tx.execute("SELECT position FROM heads WHERE sender = ?", sender)
            rows = tx.execute(question, sender, after, type, most)
        return heads[0]["position"] if heads else 0, [(row["event_id"], row["position"]) for row in rows]

    def examine(self, index: int) -> tuple[bytes, str, FoundBreak | None] | None:
        """Leaf hash, lane and break of one entry."""
        with self.database.reading() as tx:
            entry = tx.execute("SELECT leaf_hash, sender FROM entries WHERE idx = ?", index)
            found = [_break(row) for row in tx.execute("SELECT * FROM breaks WHERE idx = ?", index)]
        if not entry:
            return None
        lane = found[0].sender if found else entry[0]["sender"]
        return bytes(entry[0]["leaf_hash"]), lane, found[0] if found else None

    def size(self) -> int:
        """Return how many entries are indexed."""
        with self.database.reading() as tx:
            return _size(tx)

    def knows_case(self, case: str) -> bool:
        with self.database.reading() as tx:
            return bool(known_terms(tx, "case", [case]))

    def knows(self, field: str, values: Sequence[str]) -> bool:
        """Return whether each of these values is in this field of some entry."""
        with self.database.reading() as tx:
            return not values or len(known_terms(tx, field, values)) == len(set(values))

    def entries(
        self, query: EntryFilter, most: int = MOST, cursor: int = -1, order: Order = "oldest"
    ) -> list[Indexed]:
        """The first entries that fit, behind the cursor in this order."""
        with self.database.reading() as tx:
            return list(map(_indexed, Selection(tx, query).rows(cursor, order, most)))

    def page(self, query: Question) -> EntryPage:
        """The first page of an order tells how many entries there are in all."""
        with self.database.reading() as tx:
            selection = Selection(tx, query)
            found = list(map(_indexed, selection.rows(query.cursor, query.order, query.limit + 1)))
            total, indexed = selection.count() if query.cursor < 0 else None, _size(tx)
        entries = found[: query.limit]
        more = entries[-1].index if len(found) > query.limit else None
        return EntryPage(entries=entries, next=more, total=total, indexed=indexed)

    def export(self, query: EntryFilter, cursor: int = -1, chunk: int = 1000) -> Iterator[list[Indexed]]:
        """Every entry that fits and is indexed now, in chunks that are read one after the other."""
        end = self.size()
        while True:
            found = self.entries(query, chunk, cursor)
            yield [each for each in found if each.index < end]
            if len(found) < chunk or found[-1].index >= end:
                return
            cursor = found[-1].index

    def timeline(self, case: str, cursor: int = -1) -> Timeline:
        """The steps of a case behind index `cursor`; no steps when nothing is known of it."""
        with self.database.reading() as tx:
            selection = Selection(tx, EntryFilter(case=(case,)))
            before = selection.rows(cursor + 1, "newest", 1) if cursor >= 0 else []
            found = list(map(_indexed, selection.rows(cursor, "oldest", STEPS + 1)))
        holder = holder_of(_indexed(before[0])) if before else None
        more = found[STEPS - 1].index if len(found) > STEPS else None
        return Timeline(case=case, steps=list(steps(found[:STEPS], holder)), next=more)

    def activity(self, actor: str) -> Activity:
        question = "SELECT * FROM deeds WHERE actor = ? ORDER BY count DESC, first_idx LIMIT ?"
        with self.database.reading() as tx:
            deeds = [_deed(row) for row in tx.execute(question, actor, MOST)]
        return Activity(actor=actor, deeds=deeds)

    def roles(self, actors: Iterable[str]) -> dict[str, str]:
        """The role in which each of these acts most often."""
        query = list(actors)
        marks = placeholders(query)
        question = f"SELECT actor, actorrole FROM deeds WHERE actor IN ({marks}) ORDER BY count, actorrole"
        with self.database.reading() as tx:
            rows = tx.execute(question, *query) if query else []
        return {row["actor"]: row["actorrole"] for row in rows}

    def growth(self, marks: int = MARKS) -> list[Mark]:
        """Return how the log grew by the times that its entries claim: about `marks` sizes, the newest last."""
        with self.database.reading() as tx:
            last = tx.execute("SELECT max(bundle) AS last FROM spans")[0]["last"]
            each = -(-((last or 0) + 1) // marks)
            question = "SELECT bundle, size, latest FROM spans WHERE bundle / ? * ? = bundle OR bundle = ? ORDER BY bundle"
            rows = tx.execute(question, each, each, last)
        known = [(row["bundle"] * FULL + row["size"], time_of(row["latest"])) for row in rows]
        return [Mark(size=size, at=at) for size, at in known if at is not None]

    def breaks(self, most: int = MOST, before: int = LARGEST) -> list[FoundBreak]:
        """The newest first, those below index `before`, audit's own lane too."""
        question = "SELECT * FROM breaks WHERE idx < ? ORDER BY idx DESC LIMIT ?"
        with self.database.reading() as tx:
            return [_break(row) for row in tx.execute(question, before, most)]

    def count_breaks(self) -> int:
        with self.database.reading() as tx:
            return int(tx.execute("SELECT count(*) AS count FROM breaks")[0]["count"])

    def kinds(self, indexes: Sequence[int]) -> dict[int, Break]:
        """Return what is wrong with each of these entries; those without an anomaly are left out."""
        marks = placeholders(indexes)
        question = f"SELECT idx, kind FROM breaks WHERE idx IN ({marks})"
        with self.database.reading() as tx:
            rows = tx.execute(question, *indexes) if indexes else []
        return {row["idx"]: Break(row["kind"]) for row in rows}

    def of_lane(self, sender: str, after: int, most: int) -> list[tuple[int, bytes]]:
        """Index and leaf hash of what came by this lane behind entry `after`, whoever it says that it is of."""
        question = (
            "SELECT idx, leaf_hash FROM entries WHERE idx > ? AND (sender = ? OR idx IN"
            " (SELECT idx FROM breaks WHERE sender = ?)) ORDER BY idx LIMIT ?"
        )
        with self.database.reading() as tx:
            rows = tx.execute(question, after, sender, sender, most)
        return [(row["idx"], bytes(row["leaf_hash"])) for row in rows]

    def unreported(self) -> list[FoundBreak]:
        """Return breaks that are to be recorded as events; one in audit's own lane never is, since its message could break it again."""
        question = "SELECT * FROM breaks WHERE told = 0 AND sender <> ? ORDER BY idx LIMIT ?"
        with self.database.reading() as tx:
            return [_break(row) for row in tx.execute(question, AUDIT, MOST)]

    def mark_reported(self, index: int) -> None:
        with self.database.transaction() as tx:
            tx.execute("UPDATE breaks SET told = 1 WHERE idx = ?", index)

    def _empty(self, tx: Tx, origin: str) -> None:
        tx.create(*(f"DROP TABLE IF EXISTS {name}" for name in NAMES))
        _create(tx)
        tx.execute("INSERT INTO progress VALUES (?, ?, 0)", VERSION, origin)


def _create(tx: Tx) -> None:
    tx.create(*TABLES)
    terms.create_index(tx)


def _size(tx: Tx) -> int:
    rows = tx.execute(_STAND)
    return int(rows[0]["size"]) if rows else 0


def _indexed(row: Row) -> Indexed:
    fields = orjson.loads(row["fields"])
    return Indexed(
        index=row["idx"],
        event_id=row["event_id"],
        service=row["sender"],
        position=row["position"],
        type=row["type"],
        case=row["subject"],
        aggregate=row["aggregate"],
        actor=row["actor"],
        role=row["actorrole"],
        time=time_of(row["at"]),
        waited=_seconds(row["waited"]),
        took=_seconds(row["took"]),
        holder=_holder(row["sender"], fields.get(HOLDER)),
        fields=fields,
        of_case={} if row["facts"] is None else orjson.loads(row["facts"]),
        leaf_hash=bytes(row["leaf_hash"]).hex(),
        anomaly=row["anomaly"],
    )


def _holder(sender: str, mark_reported: object) -> Holder | None:
    """Whoever speaks in another's name says nothing of who holds the case."""
    match mark_reported:
        case "office" | "citizen" if sender != UNKNOWN:
            return mark_reported
        case _:
            return None


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1_000_000


def _deed(row: Row) -> Deed:
    return Deed(
        role=row["actorrole"],
        type=row["type"],
        count=row["count"],
        first_index=row["first_idx"],
        last_index=row["last_idx"],
        first_time=time_of(row["first_at"]),
        last_time=time_of(row["last_at"]),
    )


def _break(row: Row) -> FoundBreak:
    names = ("sender", "kind", "position", "expected", "found")
    return FoundBreak(index=row["idx"], **{name: row[name] for name in names})
