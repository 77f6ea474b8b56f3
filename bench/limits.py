"""The limits of the machine: the disk's flush, a row kept with the same durability, the ledger's append alone."""

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from zi_chassis.storage.database import Database

TABLE = "CREATE TABLE IF NOT EXISTS raw (position INTEGER PRIMARY KEY, body BLOB)"
BODY = secrets.token_bytes(1500)


def flushes(folder: Path, seconds: float = 2.0) -> float:
    """4 KiB written and fsynced at the end of one file, times a second."""
    descriptor = os.open(folder / "flush", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def flush() -> int:
        os.write(descriptor, b"x" * 4096)
        os.fsync(descriptor)
        return 1

    try:
        return _rate(flush, seconds)
    finally:
        os.close(descriptor)


def inserts(place: str | Path, batch: int, seconds: float = 2.0) -> float:
    """Rows of 1,500 bytes a second into the same database with the same durability, `batch` a transaction."""
    database, at = Database(place), 0
    with database.transaction() as tx:
        tx.create("DROP TABLE IF EXISTS raw", TABLE)

    def insert() -> int:
        nonlocal at
        rows = [(at + n, BODY) for n in range(batch)]
        at += batch
        with database.transaction() as tx:
            tx.many("INSERT INTO raw (position, body) VALUES (?, ?)", rows)
        return batch

    try:
        return _rate(insert, seconds)
    finally:
        database.close()


def _rate(step: Callable[[], int], seconds: float) -> float:
    begun, done = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        done += step()
    return round(done / passed, 1)
