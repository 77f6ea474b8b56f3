"""The index of the published log, made from its entry bundles alone and at any time made anew: where an event is, what an entry says
of itself, and where a sender's chain breaks."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from zi_audit.chain import LARGEST, Break, Head, Link, advance, judge, read_link
from zi_audit.senders import OWN, SENDERS
from zi_chassis.database import Database, Row, Tx
from zi_chassis.domain import Value
from zi_chassis.recorded import rfc3339
from zi_tlog.tree import leaf_hash

VERSION = 1
UNKNOWN = "unknown"
MOST = 200
_LONGEST = 200
Asked = Annotated[str, Field(max_length=_LONGEST)]
TABLES = (
    "CREATE TABLE IF NOT EXISTS progress (version INTEGER NOT NULL, origin TEXT NOT NULL, size INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS entries (idx INTEGER PRIMARY KEY, leaf_hash BLOB NOT NULL, event_id TEXT, sender TEXT,"
    " position INTEGER, type TEXT, subject TEXT, aggregate TEXT, actor TEXT, actorrole TEXT, time TEXT)",
    "CREATE INDEX IF NOT EXISTS entries_event ON entries (event_id)",
    "CREATE INDEX IF NOT EXISTS entries_position ON entries (sender, position)",
    "CREATE INDEX IF NOT EXISTS entries_subject ON entries (subject)",
    "CREATE TABLE IF NOT EXISTS heads (sender TEXT PRIMARY KEY, position INTEGER NOT NULL, digest TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS breaks (idx INTEGER PRIMARY KEY, sender TEXT NOT NULL, kind TEXT NOT NULL,"
    " position INTEGER, expected TEXT, found TEXT, told INTEGER NOT NULL)",
)
_NAMES = ("progress", "entries", "heads", "breaks")
_ATTRIBUTES = ("type", "subject", "aggregate", "actor", "actorrole", "time")


class Indexed(Value):
    """What an entry says of itself; nothing of it was checked but its place in the log."""

    index: int
    event_id: str | None
    service: str | None
    position: int | None
    type: str | None
    case: str | None
    actor: str | None
    role: str | None
    time: str | None


class FoundBreak(Value):
    """A break of `sender`'s chain at entry `index`."""

    index: int
    sender: str
    kind: Break
    position: int | None
    expected: str | None
    found: str | None


class Question(Value):
    """What an auditor asks for; entries behind index `cursor` fit when all that is given fits."""

    case: Asked | None = None
    actor: Asked | None = None
    role: Asked | None = None
    service: Asked | None = None
    type: Asked | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    cursor: Annotated[int, Field(ge=-1, le=LARGEST)] = -1


class Index:
    """One writer (`add`), any number of readers."""

    def __init__(self, database: Database, office: str) -> None:
        self.database = database
        self._sources = f"/zi/{office}/"

    def prepare(self) -> None:
        """Makes the tables, so that questions can be asked before anything was indexed."""
        with self.database.transaction() as tx:
            tx.create(*TABLES)

    def open(self, origin: str) -> int:
        """How many entries are indexed; none when the index was made of another log or by another version."""
        self.prepare()
        with self.database.transaction() as tx:
            rows = tx.execute("SELECT version, origin, size FROM progress")
            if rows and (rows[0]["version"], rows[0]["origin"]) == (VERSION, origin):
                return int(rows[0]["size"])
            self._empty(tx, origin)
        return 0

    def clear(self, origin: str) -> None:
        with self.database.transaction() as tx:
            self._empty(tx, origin)

    def add(self, first: int, entries: Sequence[bytes]) -> None:
        """Indexes the entries from `first` on, which is where the index ends."""
        with self.database.transaction() as tx:
            chains = _Chains(tx, self._sources)
            for index, entry in enumerate(entries, start=first):
                chains.add(index, entry)
            chains.keep()
            tx.execute("UPDATE progress SET size = ?", first + len(entries))

    def find(self, event_id: str) -> tuple[int, bytes, str | None] | None:
        """Index, leaf hash and case of the first entry of an event."""
        question = "SELECT idx, leaf_hash, subject FROM entries WHERE event_id = ? ORDER BY idx LIMIT 1"
        with self.database.reading() as tx:
            rows = tx.execute(question, event_id)
        return (rows[0]["idx"], bytes(rows[0]["leaf_hash"]), rows[0]["subject"]) if rows else None

    def indexes(self, events: Sequence[str]) -> dict[str, int | None]:
        found: dict[str, int | None] = dict.fromkeys(events)
        if events:
            marks = ", ".join("?" * len(events))
            question = (
                f"SELECT event_id, min(idx) AS idx FROM entries WHERE event_id IN ({marks}) GROUP BY event_id"
            )
            with self.database.reading() as tx:
                found |= {row["event_id"]: row["idx"] for row in tx.execute(question, *events)}
        return found

    def entries(self, asked: Question, most: int = MOST) -> list[Indexed]:
        """The first entries that fit."""
        where, values = _condition(asked)
        question = f"SELECT * FROM entries WHERE idx > ?{where} ORDER BY idx LIMIT ?"
        with self.database.reading() as tx:
            return [_indexed(row) for row in tx.execute(question, asked.cursor, *values, most)]

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
        tx.create(*(f"DROP TABLE IF EXISTS {name}" for name in _NAMES))
        tx.create(*TABLES)
        tx.execute("INSERT INTO progress VALUES (?, ?, 0)", VERSION, origin)


class _Chains:
    """The senders' heads while entries are added."""

    def __init__(self, tx: Tx, sources: str) -> None:
        self._tx = tx
        self._sources = sources
        self._heads = {
            row["sender"]: Head(row["position"], row["digest"]) for row in tx.execute("SELECT * FROM heads")
        }

    def add(self, index: int, entry: bytes) -> None:
        link = read_link(entry)
        sender = self._sender(link)
        head = self._heads.get(sender, Head())
        found = judge(
            link,
            head,
            own_lane=sender != UNKNOWN,
            event_known=link is not None and self._known(link),
            position_taken=lambda: link is not None and self._taken(sender, link.position),
        )
        if found is not None:
            self._note(index, sender, found, head, link)
        if link is not None and sender != UNKNOWN:
            self._heads[sender] = advance(head, link, entry)
        self._tx.execute(
            f"INSERT INTO entries VALUES ({', '.join('?' * 11)})", *_columns(index, entry, sender, link)
        )

    def keep(self) -> None:
        self._tx.many(
            "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (sender) DO UPDATE SET"
            " position = excluded.position, digest = excluded.digest",
            [(sender, head.position, head.digest) for sender, head in self._heads.items()],
        )

    def _sender(self, link: Link | None) -> str:
        known = link is not None and link.service in SENDERS and link.source == self._sources + link.service
        return link.service if link is not None and known else UNKNOWN

    def _known(self, link: Link) -> bool:
        return bool(self._tx.execute("SELECT idx FROM entries WHERE event_id = ? LIMIT 1", link.event_id))

    def _taken(self, sender: str, position: int) -> bool:
        question = "SELECT idx FROM entries WHERE sender = ? AND position = ? LIMIT 1"
        return bool(self._tx.execute(question, sender, position))

    def _note(self, index: int, sender: str, kind: Break, head: Head, link: Link | None) -> None:
        position, found = (None, None) if link is None else (link.position, link.previous)
        expected = None if sender == UNKNOWN else head.digest
        row = (index, sender, kind.value, position, expected, found)
        self._tx.execute("INSERT INTO breaks VALUES (?, ?, ?, ?, ?, ?, 0)", *row)


def _columns(index: int, entry: bytes, sender: str, link: Link | None) -> tuple[object, ...]:
    leaf = leaf_hash(entry)
    if link is None:
        return (index, leaf, None, sender, None, *[None] * len(_ATTRIBUTES))
    shown = (_shown(link.attributes.get(name)) for name in _ATTRIBUTES)
    return (index, leaf, link.event_id, sender, link.position, *shown)


def _shown(value: Any) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) else None


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
        time=row["time"],
    )


def _break(row: Row) -> FoundBreak:
    names = ("sender", "kind", "position", "expected", "found")
    return FoundBreak(index=row["idx"], **{name: row[name] for name in names})


def _condition(asked: Question) -> tuple[str, list[object]]:
    equal = {"subject": asked.case, "actor": asked.actor, "actorrole": asked.role, "sender": asked.service}
    equal["type"] = asked.type
    parts = [(f"{column} = ?", value) for column, value in equal.items() if value is not None]
    if asked.since is not None:
        parts.append(("time >= ?", rfc3339(asked.since)))
    if asked.until is not None:
        parts.append(("time < ?", rfc3339(asked.until)))
    return "".join(f" AND {part}" for part, _ in parts), [value for _, value in parts]
