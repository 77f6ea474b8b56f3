"""The index of the published log, made from its entry bundles alone and at any time made anew: where an event is, what an entry says
of itself, and where a sender's chain breaks."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from zi_audit.chain import LARGEST
from zi_audit.indexing import NAMES, TABLES, UNKNOWN, Indexing, microseconds, time_of
from zi_audit.question import MOST, Activity, Deed, Filter, FoundBreak, Indexed, Mark, Page, Question
from zi_audit.senders import OWN
from zi_audit.timeline import Timeline, steps
from zi_chassis.database import Database, Row, Tx
from zi_tlog.tile import FULL

VERSION = 3
STEPS = 1000
MARKS = 60
# On SQLite, which keeps no statistics here, a question goes by the first of these that it names, which narrows most, and
# the + keeps it from going by another, such as the type, which many entries share. PostgreSQL knows what narrows most.
_LEADS = {"subject": "case", "actor": "actor", "type": "type", "actorrole": "role", "sender": "service"}
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
            tx.create(TABLES[0])
            rows = tx.execute(_STAND)
            if rows and rows[0]["version"] != VERSION:
                tx.create(*(f"DROP TABLE IF EXISTS {name}" for name in NAMES))
            tx.create(*TABLES)

    def open(self, origin: str) -> int:
        """How many entries are indexed; none when the index was made of another log or by another version."""
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
        where the index ends elsewhere."""
        with self.database.transaction() as tx:
            size = int(tx.execute("UPDATE progress SET size = size RETURNING size")[0]["size"])
            if size == first:
                size += len(entries)
                Indexing(tx, self._sources, first, entries, lanes).run()
                tx.execute("UPDATE progress SET size = ?", size)
                if tx.postgres and size.bit_length() > first.bit_length():
                    tx.execute("ANALYZE entries")  # at each doubling: its own statistics come minutes later
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
            marks = ", ".join("?" * len(events))
            question = (
                f"SELECT event_id, min(idx) AS idx FROM entries WHERE event_id IN ({marks})"
                f" GROUP BY event_id, {_STRANGE} ORDER BY {_STRANGE} DESC"
            )
            with self.database.reading() as tx:
                found |= {row["event_id"]: row["idx"] for row in tx.execute(question, *events)}
        return found

    def size(self) -> int:
        """How many entries are indexed."""
        with self.database.reading() as tx:
            rows = tx.execute(_STAND)
        return int(rows[0]["size"]) if rows else 0

    def knows_case(self, case: str) -> bool:
        with self.database.reading() as tx:
            return bool(tx.execute("SELECT 1 AS found FROM entries WHERE subject = ? LIMIT 1", case))

    def entries(self, asked: Filter, most: int = MOST) -> list[Indexed]:
        """The first entries that fit."""
        with self.database.reading() as tx:
            where, values = _condition(tx, asked)
            question = f"SELECT * FROM entries WHERE {where} ORDER BY idx LIMIT ?"
            return [_indexed(row) for row in tx.execute(question, *values, most)]

    def page(self, asked: Question) -> Page:
        found = self.entries(asked, asked.limit + 1)
        shown = found[: asked.limit]
        return Page(entries=shown, next=shown[-1].index if len(found) > asked.limit else None)

    def export(self, asked: Filter, chunk: int = 1000) -> Iterator[list[Indexed]]:
        """Every entry that fits and is indexed now, in chunks that are read one after the other."""
        end = self.size()
        while True:
            found = self.entries(asked, chunk)
            yield [each for each in found if each.index < end]
            if len(found) < chunk or found[-1].index >= end:
                return
            asked = asked.model_copy(update={"cursor": found[-1].index})

    def timeline(self, case: str, cursor: int = -1) -> Timeline:
        """The steps of a case behind index `cursor`; no steps when nothing is known of it."""
        with self.database.reading() as tx:
            before = _before(tx, case, cursor)
            question = "SELECT * FROM entries WHERE subject = ? AND idx > ? ORDER BY idx LIMIT ?"
            found = [_indexed(row) for row in tx.execute(question, case, cursor, STEPS + 1)]
        shown = found[:STEPS]
        more = shown[-1].index if len(found) > STEPS else None
        return Timeline(case=case, steps=list(steps(shown, before)), next=more)

    def activity(self, actor: str) -> Activity:
        question = "SELECT * FROM deeds WHERE actor = ? ORDER BY count DESC, first_idx LIMIT ?"
        with self.database.reading() as tx:
            deeds = [_deed(row) for row in tx.execute(question, actor, MOST)]
        return Activity(actor=actor, deeds=deeds)

    def growth(self, marks: int = MARKS) -> list[Mark]:
        """How the log grew by the times that its entries tell: about `marks` sizes, the newest last."""
        with self.database.reading() as tx:
            last = tx.execute("SELECT max(bundle) AS last FROM spans")[0]["last"]
            each = -(-((last or 0) + 1) // marks)
            question = "SELECT bundle, size, latest FROM spans WHERE bundle / ? * ? = bundle OR bundle = ? ORDER BY bundle"
            rows = tx.execute(question, each, each, last)
        known = [(row["bundle"] * FULL + row["size"], time_of(row["latest"])) for row in rows]
        return [Mark(size=size, at=at) for size, at in known if at is not None]

    def breaks(self, most: int = MOST) -> list[FoundBreak]:
        """The newest first, audit's own lane too."""
        with self.database.reading() as tx:
            return [_break(row) for row in tx.execute("SELECT * FROM breaks ORDER BY idx DESC LIMIT ?", most)]

    def untold(self) -> list[FoundBreak]:
        """Breaks to be told as events; a break in audit's own lane never is, since telling could break it again."""
        question = "SELECT * FROM breaks WHERE told = 0 AND sender <> ? ORDER BY idx LIMIT ?"
        with self.database.reading() as tx:
            return [_break(row) for row in tx.execute(question, OWN, MOST)]

    def told(self, index: int) -> None:
        with self.database.transaction() as tx:
            tx.execute("UPDATE breaks SET told = 1 WHERE idx = ?", index)

    def _empty(self, tx: Tx, origin: str) -> None:
        tx.create(*(f"DROP TABLE IF EXISTS {name}" for name in NAMES))
        tx.create(*TABLES)
        tx.execute("INSERT INTO progress VALUES (?, ?, 0)", VERSION, origin)


def _condition(tx: Tx, asked: Filter) -> tuple[str, list[object]]:
    first, end = _stretch(tx, asked)
    parts, values = ["idx >= ?", "idx < ?"], list[object]((first, end))
    given = {column: getattr(asked, name) for column, name in _LEADS.items()}
    for column, value in given.items():
        if value is not None:
            led = tx.postgres or len(parts) == 2
            parts.append(f"{column} = ?" if led else f"+{column} = ?")
            values.append(value)
    for comparison, time in (("at >= ?", asked.since), ("at < ?", asked.until)):
        if time is not None:
            parts.append(comparison)
            values.append(microseconds(time))
    return " AND ".join(parts), values


def _stretch(tx: Tx, asked: Filter) -> tuple[int, int]:
    """The part of the log [first, end) outside of which no entry behind the cursor claims to lie in the time asked for."""
    first, end = asked.cursor + 1, LARGEST
    if asked.since is not None:
        question = "SELECT min(bundle) AS bundle FROM spans WHERE latest >= ?"
        bundle = tx.execute(question, microseconds(asked.since))[0]["bundle"]
        first = end if bundle is None else max(first, bundle * FULL)
    if asked.until is not None:
        question = "SELECT max(bundle) AS bundle FROM spans WHERE earliest < ?"
        bundle = tx.execute(question, microseconds(asked.until))[0]["bundle"]
        end = first if bundle is None else (bundle + 1) * FULL
    return first, end


def _before(tx: Tx, case: str, cursor: int) -> Indexed | None:
    """The last step of a case up to `cursor`, with the holder that was told last."""
    last = "SELECT * FROM entries WHERE subject = ? AND idx <= ?{} ORDER BY idx DESC LIMIT 1"
    rows = tx.execute(last.format(""), case, cursor)
    if not rows:
        return None
    told = tx.execute(last.format(" AND holder IS NOT NULL"), case, cursor)
    return _indexed(rows[0]).model_copy(update={"holder": told[0]["holder"] if told else None})


def _indexed(row: Row) -> Indexed:
    return Indexed(
        index=row["idx"],
        event_id=row["event_id"],
        service=row["sender"],
        position=row["position"],
        type=row["type"],
        case=row["subject"],
        actor=row["actor"],
        role=row["actorrole"],
        time=time_of(row["at"]),
        holder=row["holder"],
        leaf_hash=bytes(row["leaf_hash"]).hex(),
        anomaly=row["anomaly"],
    )


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
