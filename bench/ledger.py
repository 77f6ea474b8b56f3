"""The append engine alone, and a hash-chained table beside it."""

import gc
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from bench.messages import Chain
from zi_audit.domain.arrival import Arrival
from zi_audit.files.log_keys import LogKeys
from zi_audit.files.tile_folder import TileFolder
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_chassis.clock import Clock
from zi_chassis.storage.database import Database
from zi_tlog.note import Signer

SECONDS = 3.0
MOST = 120_000
KEYS = LogKeys(Signer("bench.example/log", bytes(32)))


def opened(place: str | Path, tiles: Path | TileFolder, clock: Clock | None = None) -> TransparencyLog:
    folder = tiles if isinstance(tiles, TileFolder) else TileFolder(tiles)
    log = TransparencyLog(Ledger(Database(place), "bench"), folder, KEYS, clock or Clock())
    log.open("http://localhost/log")
    gc.freeze()  # as the writer does
    return log


def append_rate(place: str | Path, folder: Path, batch: int) -> float:
    """Leaves a second: messages read and hashed, database commit, fsynced tiles and a signed checkpoint for every batch."""
    log, messages = opened(place, folder), Chain("bench", "intake").say(min(batch * 400, MOST))
    begun, done = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < SECONDS and done < len(messages):
        done += len(log.append(_arrivals(messages, done, batch)))
    return round(done / passed, 1)


def _arrivals(messages: Sequence[bytes], first: int, count: int) -> list[Arrival]:
    return [Arrival("intake", n + 1, messages[n]) for n in range(first, min(first + count, len(messages)))]


def chained_rate(place: str | Path, batch: int) -> float:
    """Rows a second of what a table alone can do: each row names the hash of the one before it. Whoever may write the table can write
    it anew, and who has one row can't tell that it is in the table without reading all of it."""
    database, messages = Database(place), Chain("bench", "intake").say(min(batch * 400, MOST))
    with database.transaction() as tx:
        tx.create("CREATE TABLE chained (position INTEGER PRIMARY KEY, hash BLOB, body BLOB)")
    begun, done, head = time.perf_counter(), 0, b""
    while (passed := time.perf_counter() - begun) < SECONDS and done < len(messages):
        rows = []
        for body in messages[done : done + batch]:
            head = sha256(head + body).digest()
            done += 1
            rows.append((done, head, body))
        with database.transaction() as tx:
            tx.many("INSERT INTO chained VALUES (?, ?, ?)", rows)
    database.close()
    return round(done / passed, 1)
