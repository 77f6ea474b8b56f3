"""The record of the last cosigned checkpoint of each log. It is checked and replaced in one transaction, and is on disk before anybody
sees the cosignature, so that no two cosignatures of one log contradict each other, even if the process or the power fails."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.cosignature import CLOCK_SKEW, Cosigner, cosigned_at
from zi_tlog.error import LogError
from zi_tlog.note import Signature, open_note, parse_note
from zi_tlog.witness import monitoring_path
from zi_witness.error import OperatorError
from zi_witness.last_signed import LastSigned, beside
from zi_witness.refusal import ClockError, CosigningRefusedError, RestoredError
from zi_witness.rule import CheckpointOffer, CosignedHead, contradicts, must_continue

DATABASE = "record.db"
FORKS_KEPT = 10
_TABLES = """
CREATE TABLE IF NOT EXISTS head (
    origin TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL, note BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS fork (
    path TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, ours BLOB NOT NULL, theirs BLOB NOT NULL,
    PRIMARY KEY (path, size, root)
);
CREATE TABLE IF NOT EXISTS signed (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cleared (
    origin TEXT NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, at INTEGER NOT NULL
);
"""


@dataclass(frozen=True)
class Cosigned:
    """The last cosigned checkpoint of a log, in figures; `forks`: how many contradictions of it were seen."""

    origin: str
    size: int
    time: int
    forks: int


@dataclass(frozen=True)
class Cleared:
    """A cosignature dated `time`, over `size` entries, was found ahead of the clock, and set aside at `at`."""

    origin: str
    size: int
    time: int
    at: int


@dataclass(frozen=True)
class _Last:
    """A checkpoint that carries this witness's own cosignature."""

    head: CosignedHead
    time: int
    note: bytes


_RESUME = "It cosigns nothing until you run zi-witness resume (see its help)."


def make_record(folder: Path) -> None:
    """An empty record, on disk when this returns; one that is there is left as it is."""
    (folder / DATABASE).touch(mode=0o600)
    with closing(_connect(folder)) as database:
        database.executescript(_TABLES)


class WitnessRecord:
    """One connection, used by one request at a time; `clock` gives POSIX seconds. `last_signed` is the file apart, by default beside the
    folder; `doubt` says why nothing is cosigned: the folder knows less than that file, or the file is gone."""

    def __init__(
        self, folder: Path, cosigner: Cosigner, clock: Callable[[], int], last_signed: Path | None = None
    ) -> None:
        if not (folder / DATABASE).exists():
            raise OperatorError(
                f"The record in {folder} is gone: this key no longer knows what it signed and must not be used again."
                " Make a new witness in another folder and tell those who rely on this one."
            )
        self._database = _connect(folder)
        self._database.executescript(_TABLES)
        self._cosigner = cosigner
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._apart = LastSigned(last_signed or beside(folder), cosigner.key.vkey)
        self.doubt: str | None = None
        self._settle()

    def close(self) -> None:
        """Wait for a running request, then close: closing the connection under a running statement would crash the process."""
        with self._one_at_a_time:
            self._database.close()

    def cosign(self, offer: CheckpointOffer) -> Signature:
        """The cosignature, once the offer is the last checkpoint of its log on disk; CosigningRefusedError leaves the last one as it was."""
        if self.doubt is not None:
            raise RestoredError(self.doubt)
        with self._transaction():
            last, time = self._last(offer.head.origin)
            if contradicts(offer, last):
                self._keep_fork(offer)
            must_continue(offer, last)
            signature = self._cosigner.cosign(offer.note.text, self._time(time))
            head = CosignedHead(offer.head.size, offer.head.root)
            note = offer.note.signed(signature).format()
            self._replace(offer.head.origin, _Last(head, cosigned_at(signature), note))
            self._database.execute("UPDATE signed SET count = count + 1")
        self._keep_apart()
        return signature

    def resume(self, checkpoints: Sequence[bytes]) -> list[Cosigned]:
        """Take over the last cosigned checkpoints from the file apart and from these notes, and cosign again. Raises OperatorError if they
        miss a log, or contradict what was signed."""
        apart = self._apart.read() if self._apart.path.exists() else None
        notes = [*(apart.checkpoints if apart else ()), *checkpoints]
        if apart is None and not notes:
            raise OperatorError(_missing_checkpoints())
        known = [self._cosigned_head(note) for note in notes]
        with self._transaction():
            missing = {entry.origin for entry in self._heads()} - {origin for origin, _ in known}
            if apart is None and missing:
                raise OperatorError(_missing_checkpoints(*sorted(missing)))
            for origin, last in known:
                self._take_over(origin, last)
            count = max(self._count(), apart.count if apart else 0) + 1
            self._database.execute("INSERT OR REPLACE INTO signed VALUES (1, ?)", (count,))
        self.doubt = None
        self._keep_apart()
        return self.cosigned()

    def clear_clock(self) -> list[Cleared]:
        """Set aside the times of cosignatures that are ahead of the clock, and record each."""
        now = self._clock()
        with self._transaction():
            ahead = [
                Cleared(entry.origin, entry.size, entry.time, now)
                for entry in self._heads()
                if entry.time > now
            ]
            for entry in ahead:
                row = (entry.origin, entry.size, entry.time, now)
                self._database.execute("INSERT INTO cleared VALUES (?, ?, ?, ?)", row)
                self._database.execute("UPDATE head SET time = ? WHERE origin = ?", (now, entry.origin))
        return ahead

    def checkpoint(self, path: str) -> bytes | None:
        """The last cosigned checkpoint at this monitoring path, with the log's signature and ours."""
        return self._note("SELECT note FROM head WHERE path = ?", path)

    def forks(self, path: str) -> bytes | None:
        """Pairs of checkpoints, each pair of one size and two trees, signed by the same log; None when there is none."""
        with self._one_at_a_time:
            pairs = self._database.execute(
                "SELECT ours, theirs FROM fork WHERE path = ? ORDER BY size, root", (path,)
            ).fetchall()
        return b"\n".join(note for pair in pairs for note in pair) or None

    def cosigned(self) -> list[Cosigned]:
        """Every log that was ever cosigned."""
        with self._one_at_a_time:
            return self._heads()

    def cleared(self) -> list[Cleared]:
        """Every time that was set aside, oldest first."""
        with self._one_at_a_time:
            rows = self._database.execute("SELECT origin, size, time, at FROM cleared ORDER BY rowid")
            return [Cleared(*row) for row in rows]

    def _settle(self) -> None:
        """Compares with the file apart, which a record from before that file, or a new one, has made here."""
        apart, count = self._apart.read(), self._count()
        if apart is None and count == 0:
            self._database.execute("INSERT OR REPLACE INTO signed VALUES (1, 1)")
            self._keep_apart()
        elif apart is None:
            self.doubt = f"{self._apart.path}, which says what this witness signed last, is gone. {_RESUME}"
        elif apart.count > count:
            self.doubt = f"The folder of this witness was restored: {self._apart.path} knows of later cosignatures. {_RESUME}"

    def _time(self, last: int) -> int:
        """Give the time of the next cosignature, never before that of the last one: "the largest tree seen at this time" stays true
        of earlier ones if the clock was set back a little. A time in the future counts for no reader, so it is refused."""
        now = self._clock()
        if last > now + CLOCK_SKEW:
            raise ClockError
        return max(last, now)

    def _cosigned_head(self, checkpoint: bytes) -> tuple[str, _Last]:
        """Read a checkpoint from outside; only our own cosignature on it is trusted."""
        try:
            note = parse_note(checkpoint)
            [signature] = open_note(note, [self._cosigner.verifier])
            head = parse_checkpoint(note.text)
        except LogError as error:
            raise OperatorError(f"This is no checkpoint that this witness cosigned: {error}") from error
        return head.origin, _Last(CosignedHead(head.size, head.root), cosigned_at(signature), checkpoint)

    def _take_over(self, origin: str, last: _Last) -> None:
        known, time = self._last(origin)
        if known.size == last.head.size and known.root != last.head.root:
            raise OperatorError(
                f"This witness has cosigned two trees of {known.size} entries of {origin}: its key must not be used again."
            )
        if (last.head.size, last.time) > (known.size, time):
            self._replace(origin, last)

    def _keep_apart(self) -> None:
        with self._one_at_a_time:
            rows = self._database.execute("SELECT note FROM head ORDER BY origin").fetchall()
            self._apart.write(self._count(), [row[0] for row in rows])

    def _count(self) -> int:
        row = self._database.execute("SELECT count FROM signed").fetchone()
        return int(row[0]) if row else 0

    def _heads(self) -> list[Cosigned]:
        rows = self._database.execute(
            "SELECT origin, size, time, (SELECT count(*) FROM fork WHERE fork.path = head.path) FROM head ORDER BY origin"
        ).fetchall()
        return [Cosigned(*row) for row in rows]

    def _last(self, origin: str) -> tuple[CosignedHead, int]:
        row = self._database.execute(
            "SELECT size, root, time FROM head WHERE origin = ?", (origin,)
        ).fetchone()
        return (CosignedHead(row[0], row[1]), row[2]) if row else (CosignedHead(), 0)

    def _replace(self, origin: str, last: _Last) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?, ?)",
            (origin, monitoring_path(origin), last.head.size, last.head.root, last.time, last.note),
        )

    def _keep_fork(self, offer: CheckpointOffer) -> None:
        self._database.execute(
            "INSERT OR IGNORE INTO fork SELECT path, size, ?, note, ? FROM head WHERE origin = ?"
            " AND (SELECT count(*) FROM fork WHERE fork.path = head.path) < ?",
            (offer.head.root, offer.note.format(), offer.head.origin, FORKS_KEPT),
        )

    def _note(self, query: str, value: str) -> bytes | None:
        with self._one_at_a_time:
            row = self._database.execute(query, (value,)).fetchone()
        return row[0] if row else None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # IMMEDIATE takes the write lock before the last checkpoint is read: nobody else can replace it in between.
        with self._one_at_a_time:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except CosigningRefusedError:
                self._database.execute("COMMIT")
                raise
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def _missing_checkpoints(*origins: str) -> str:
    of = f" of {', '.join(origins)}" if origins else ""
    return (
        "The file of what this witness signed last is gone. Give the newest checkpoint that it cosigned of each log with"
        f" --checkpoint: the logs publish them, and so do those who watch them. No checkpoint was given{of}."
    )


def _connect(folder: Path) -> sqlite3.Connection:
    address = f"{(folder / DATABASE).absolute().as_uri()}?mode=rw"
    database = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database
