"""The ledger database: entries in the order of appending, each sender's head, and the one row (size, root, checkpoint) whose
compare-and-swap is the commit point of the log; an entry once in is never changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.senders import QUOTER, SENDERS
from zi_audit.files import sender_proofs
from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.sender_proofs import SenderProof
from zi_audit.writer.known_entries import (
    DIGITS,
    IS_OUTSIDE,
    KnownEntries,
    LaneProgress,
    NewEntry,
    read_heads,
    write_heads,
)
from zi_chassis.storage.database import Database, Row, Tx
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.wrong_clock import refuse_wrong_clock
from zi_tlog.succession import quoted
from zi_tlog.tree import EMPTY_ROOT, Edge, Growth, leaf_hash

TABLES = (
    "CREATE TABLE IF NOT EXISTS log_state (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,"
    " checkpoint BLOB NOT NULL, signed_at TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS entries (idx INTEGER PRIMARY KEY, event_id TEXT, sender TEXT NOT NULL,"
    " position INTEGER, leaf_hash BLOB NOT NULL, entry BLOB NOT NULL, anomaly TEXT)",
    # Twelve digits tell events apart; whole ids would double the pages of it that a batch writes.
    f"CREATE INDEX IF NOT EXISTS entries_event_digits ON entries ({DIGITS})",
    "CREATE INDEX IF NOT EXISTS entries_position ON entries (sender, position)",
    "CREATE INDEX IF NOT EXISTS entries_unreadable ON entries (leaf_hash) WHERE position IS NULL",
    "CREATE INDEX IF NOT EXISTS entries_anomaly ON entries (anomaly) WHERE anomaly IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS heads (sender TEXT PRIMARY KEY, sequence INTEGER NOT NULL,"
    " position INTEGER NOT NULL, digest TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS floors (sender TEXT PRIMARY KEY, sequence INTEGER NOT NULL)",
    # Entries that a person declared forged, and the policy that the log adopted last: what its own entries say, kept at hand.
    "CREATE TABLE IF NOT EXISTS forged (idx INTEGER PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS adopted (id INTEGER PRIMARY KEY, digest TEXT NOT NULL)",
    sender_proofs.TABLE,
)
_TABLES = ("log_state", "entries", "heads", "floors", "forged", "adopted", "sender_proofs")
_INDEXES = ("entries_event_digits", "entries_position", "entries_unreadable", "entries_anomaly")
PAGE = 500
_INSERT_ENTRY = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class LogState:
    """The state that the log has committed to: the newest signed checkpoint and the time of its signature."""

    size: int
    root: bytes
    checkpoint: bytes
    signed_at: datetime


@dataclass(frozen=True)
class StoredEntry:
    """An entry as the database has it, believed in nothing."""

    index: int
    event_id: str | None
    lane: str
    position: int | None
    leaf_hash: bytes
    entry: bytes


Sign = Callable[[int, bytes], tuple[bytes, datetime]]
Stage = Callable[[Growth, Sequence[bytes]], None]


class Ledger:
    """Reads anything; grows only through `append`."""

    def __init__(self, database: Database, office: str) -> None:
        self.database = database
        self._sources = f"/zi/{office}/"

    def refuse_unknown_senders(self) -> None:
        """Raises NewerVersionError where a newer version has heard senders that this one would not hear any more."""
        if not self.database.has("heads"):
            return
        with self.database.reading() as tx:
            senders = {row["sender"] for row in tx.execute("SELECT sender FROM heads")}
        if unknown := sorted(senders - set(SENDERS)):
            raise NewerVersionError(f"senders ({', '.join(unknown)})")

    def open(self, sign: Sign) -> LogState:
        """The state, after the signed state of an empty log was made where there is none."""
        with self.database.transaction() as tx:
            tx.create(*TABLES)
            if not tx.execute("SELECT id FROM log_state"):
                _insert_state(tx, LogState(0, EMPTY_ROOT, *sign(0, EMPTY_ROOT)))
        return self.state()

    def begin(
        self, quote: bytes, progress: Mapping[str, LaneProgress], sign: Sign, aside: int | None = None
    ) -> None:
        """A log whose entry 0 is `quote`; the rows of a log that was here stay under other names, numbered `aside`. All or nothing."""
        edge = Edge().append([leaf_hash(quote)]).after
        state = LogState(edge.size, edge.root, *sign(edge.size, edge.root))
        old = [name for name in _TABLES if aside is not None and self.database.has(name)]
        with self.database.transaction() as tx:
            tx.create(*(f"DROP INDEX IF EXISTS {name}" for name in _INDEXES))
            tx.create(*(f"ALTER TABLE {name} RENAME TO {name}_{aside}" for name in old), *TABLES)
            _insert_state(tx, state)
            tx.many(_INSERT_ENTRY, [(0, None, QUOTER, None, leaf_hash(quote), quote, None)])
            write_heads(tx, progress)

    def floor(self, sender: str, acknowledged: int) -> int | None:
        """Return how far the stream was acknowledged when this log first read it, if it continues another one; the first call settles it."""
        if not (first := self.entries(0, 1)) or quoted(first[0]) is None:
            return None
        with self.database.transaction() as tx:
            tx.execute("INSERT INTO floors VALUES (?, ?) ON CONFLICT DO NOTHING", sender, acknowledged)
            return int(tx.execute("SELECT sequence FROM floors WHERE sender = ?", sender)[0]["sequence"])

    def state(self) -> LogState:
        with self.database.reading() as tx:
            return _state(tx.execute("SELECT size, root, checkpoint, signed_at FROM log_state")[0])

    def adopted(self) -> str | None:
        """The SHA-256 of the witness policy that the log adopted last."""
        with self.database.reading() as tx:
            rows = tx.execute("SELECT digest FROM adopted WHERE id = 1")
        return rows[0]["digest"] if rows else None

    def progress(self, sender: str) -> LaneProgress:
        with self.database.reading() as tx:
            return read_heads(tx, [sender])[sender]

    def proofs(self) -> Sequence[SenderProof]:
        """The newest proof of each sender."""
        with self.database.reading() as tx:
            return sender_proofs.stored(tx)

    def proof_key(self, source: str) -> str | None:
        """The key of the newest proof of a sender."""
        return next((proof.public_key for proof in self.proofs() if proof.source == source), None)

    def entries(self, first: int, end: int) -> list[bytes]:
        """The bytes of the entries [first, end)."""
        with self.database.reading() as tx:
            rows = tx.execute("SELECT entry FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx", first, end)
        return [bytes(row["entry"]) for row in rows]

    def stored(self, first: int, end: int) -> list[StoredEntry]:
        """The rows of [first, end) that there are, for an examination."""
        names = "idx, event_id, sender, position, leaf_hash, entry"
        question = f"SELECT {names} FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"
        with self.database.reading() as tx:
            rows = tx.execute(question, first, end)
        return [
            StoredEntry(
                r["idx"], r["event_id"], r["sender"], r["position"], bytes(r["leaf_hash"]), bytes(r["entry"])
            )
            for r in rows
        ]

    def lanes(self, first: int, end: int) -> dict[int, str]:
        """Return the lanes of those of the entries [first, end) that do not name their lane themselves."""
        question = f"SELECT idx, sender FROM entries WHERE anomaly IN ({IS_OUTSIDE}) AND idx >= ? AND idx < ?"
        with self.database.reading() as tx:
            return {row["idx"]: row["sender"] for row in tx.execute(question, first, end)}

    def heard_from(self, sender: str, aside: int | None = None) -> Iterator[bytes]:
        """List what came by this lane in its own sender's name and was not declared forged, in the order of the log, or of that which was set
        aside as number `aside`."""
        suffix, after = "" if aside is None else f"_{aside}", -1
        genuine = (
            f"AND idx NOT IN (SELECT idx FROM forged{suffix})" if self.database.has(f"forged{suffix}") else ""
        )
        question = (
            f"SELECT idx, entry FROM entries{suffix} WHERE sender = ? AND (anomaly IS NULL OR anomaly NOT IN ({IS_OUTSIDE}))"
            f" {genuine} AND idx > ? ORDER BY idx LIMIT ?"
        )
        while True:
            with self.database.reading() as tx:
                rows = tx.execute(question, sender, after, PAGE)
            yield from (bytes(row["entry"]) for row in rows)
            if len(rows) < PAGE:
                return
            after = rows[-1]["idx"]

    def append(
        self, edge: Edge, arrivals: Sequence[Arrival], sign: Sign, stage: Stage
    ) -> tuple[list[NewEntry], Growth, LogState]:
        """One transaction: what is new of the arrivals becomes entries after `edge`, in order, under a checkpoint made by `sign`;
        `stage` hears what that will be, so that its files are written beside the transaction.

        What is in the log already, same bytes from the same sender, is passed over. Raises HaltError when the
        database does not stand at `edge`; nothing is signed then.
        """
        with self.database.transaction() as tx:
            if tx.postgres:
                refuse_wrong_clock(tx)
            state = self._locked(tx, edge)
            known = KnownEntries(tx, edge.size, arrivals, self._sources)
            entries = [entry for arrival in arrivals if (entry := known.receive(arrival)) is not None]
            growth = edge.append(entry.arrival.leaf_hash for entry in entries)
            if entries:
                stage(growth, [entry.arrival.entry for entry in entries])
                state = self._swap(tx, growth, sign)
            self._insert(tx, edge.size, entries)
            known.keep()
        return entries, growth, state

    def resign(self, edge: Edge, sign: Sign) -> LogState:
        """The same state under a checkpoint of the same text that is signed anew."""
        with self.database.transaction() as tx:
            if tx.postgres:
                refuse_wrong_clock(tx)
            state = self._locked(tx, edge)
            state = LogState(state.size, state.root, *sign(state.size, state.root))
            _set_state(tx, state)
        return state

    def refill(self, edge: Edge, chunks: Iterable[Sequence[tuple[str, bytes]]], published: LogState) -> None:
        """Takes over entries after `edge`, each with its lane before it, and the state that was signed over them; all of it or, on any
        contradiction, nothing."""
        with self.database.transaction() as tx:
            self._locked(tx, edge)
            for chunk in chunks:
                arrivals = list(_arrivals(tx, chunk))
                known = KnownEntries(tx, edge.size, arrivals, self._sources)
                entries = [entry for each in arrivals if (entry := known.receive(each)) is not None]
                growth = edge.append(entry.arrival.leaf_hash for entry in entries)
                self._insert(tx, edge.size, entries)
                known.keep()
                edge = growth.after
            if (edge.size, edge.root) != (published.size, published.root):
                raise HaltError(
                    Reason.DAMAGED, "The bundles do not give the published root: run zi-audit fsck."
                )
            _set_state(tx, published)

    def _locked(self, tx: Tx, edge: Edge) -> LogState:
        returned = "RETURNING size, root, checkpoint, signed_at"
        state = _state(tx.execute(f"UPDATE log_state SET size = size WHERE id = 1 {returned}")[0])
        if (state.size, state.root) != (edge.size, edge.root):
            raise HaltError(
                Reason.SECOND_WRITER,
                f"The ledger database grew to {state.size} entries beside this process: end the other writer.",
            )
        return state

    def _swap(self, tx: Tx, growth: Growth, sign: Sign) -> LogState:
        root = growth.after.root
        state = LogState(growth.after.size, root, *sign(growth.after.size, root))
        _set_state(tx, state)
        return state

    def _insert(self, tx: Tx, first: int, entries: Sequence[NewEntry]) -> None:
        tx.many(
            _INSERT_ENTRY,
            [(first + n, *_columns(entry)) for n, entry in enumerate(entries)],
        )


def _columns(entry: NewEntry) -> tuple[str | None, str, int | None, bytes, bytes, str | None]:
    arrival, link = entry.arrival, entry.arrival.link
    event_id, position = (link.event_id, link.position) if link is not None else (None, None)
    return event_id, arrival.sender, position, arrival.leaf_hash, arrival.entry, entry.anomaly


def _insert_state(tx: Tx, state: LogState) -> None:
    row = (1, state.size, state.root, state.checkpoint, state.signed_at.isoformat())
    tx.execute("INSERT INTO log_state VALUES (?, ?, ?, ?, ?)", *row)


def _set_state(tx: Tx, state: LogState) -> None:
    """The row is locked and stands at the edge that this state grows from."""
    values = (state.size, state.root, state.checkpoint, state.signed_at.isoformat())
    tx.execute("UPDATE log_state SET size = ?, root = ?, checkpoint = ?, signed_at = ? WHERE id = 1", *values)


def _arrivals(tx: Tx, entries: Sequence[tuple[str, bytes]]) -> Iterator[Arrival]:
    """Entries of published bundles as they must have come: each the next one of its lane."""
    senders = sorted({lane for lane, _ in entries})
    sequences = {sender: last.sequence for sender, last in read_heads(tx, senders).items()}
    for lane, entry in entries:
        sequences[lane] += 1
        yield Arrival(lane, sequences[lane], entry)


def _state(row: Row) -> LogState:
    at = datetime.fromisoformat(row["signed_at"])
    return LogState(row["size"], bytes(row["root"]), bytes(row["checkpoint"]), at)
