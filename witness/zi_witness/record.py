"""What the witness cosigned last, by log; it is checked and replaced in one transaction, and on disk before anybody sees the
cosignature, so that no two cosignatures of one log contradict each other, whenever the process or the power ends."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signature
from zi_tlog.witness import monitoring_path
from zi_witness.error import WitnessError
from zi_witness.refusal import RefusedError
from zi_witness.rule import Head, Offer, contradicts, must_continue

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
"""


@dataclass(frozen=True)
class Cosigned:
    """The last cosigned checkpoint of a log, in figures; `forks`: how many contradictions of it were seen."""

    origin: str
    size: int
    time: int
    forks: int


def make_record(folder: Path) -> None:
    """An empty record, on disk when this returns; one that is there is left as it is."""
    (folder / DATABASE).touch(mode=0o600)
    with closing(_connect(folder)) as database:
        database.executescript(_TABLES)


class Record:
    """One connection, used by one request at a time; `clock` gives POSIX seconds."""

    def __init__(self, folder: Path, cosigner: Cosigner, clock: Callable[[], int]) -> None:
        if not (folder / DATABASE).exists():
            raise WitnessError(
                f"The record in {folder} is gone: this key no longer knows what it signed and must not be used again."
                " Make a new witness in another folder and tell those who rely on this one."
            )
        self._database = _connect(folder)
        self._cosigner = cosigner
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def close(self) -> None:
        self._database.close()

    def cosign(self, offer: Offer) -> Signature:
        """The cosignature, once the offer is the last checkpoint of its log on disk; RefusedError leaves the last one as it was."""
        with self._transaction():
            last, time = self._last(offer.head.origin)
            if contradicts(offer, last):
                self._keep_fork(offer)
            must_continue(offer, last)
            # "The largest tree seen at this time" stays true of earlier cosignatures even if the clock was set back.
            time = max(time, self._clock())
            signature = self._cosigner.cosign(offer.note.text, time)
            self._replace(offer, time, offer.note.signed(signature).format())
        return signature

    def checkpoint(self, path: str) -> bytes | None:
        """The last cosigned checkpoint at this monitoring path, with the log's signature and ours."""
        return self._one("SELECT note FROM head WHERE path = ?", path)

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
            rows = self._database.execute(
                "SELECT origin, size, time, (SELECT count(*) FROM fork WHERE fork.path = head.path) FROM head ORDER BY origin"
            ).fetchall()
        return [Cosigned(*row) for row in rows]

    def _last(self, origin: str) -> tuple[Head, int]:
        row = self._database.execute(
            "SELECT size, root, time FROM head WHERE origin = ?", (origin,)
        ).fetchone()
        return (Head(row[0], row[1]), row[2]) if row else (Head(), 0)

    def _replace(self, offer: Offer, time: int, note: bytes) -> None:
        origin = offer.head.origin
        self._database.execute(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?, ?)",
            (origin, monitoring_path(origin), offer.head.size, offer.head.root, time, note),
        )

    def _keep_fork(self, offer: Offer) -> None:
        self._database.execute(
            "INSERT OR IGNORE INTO fork SELECT path, size, ?, note, ? FROM head WHERE origin = ?"
            " AND (SELECT count(*) FROM fork WHERE fork.path = head.path) < ?",
            (offer.head.root, offer.note.format(), offer.head.origin, FORKS_KEPT),
        )

    def _one(self, query: str, value: str) -> bytes | None:
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
            except RefusedError:
                self._database.execute("COMMIT")
                raise
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def _connect(folder: Path) -> sqlite3.Connection:
    address = f"{(folder / DATABASE).absolute().as_uri()}?mode=rw"
    database = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database
