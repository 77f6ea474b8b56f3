"""The ledger alone, and how long an event waits for the checkpoint that covers it."""

import asyncio
import json
import threading
import time
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from bench.load import paced
from zi_audit.arrival import Arrival
from zi_audit.ledger import Ledger
from zi_audit.log import Log
from zi_audit.log_keys import LogKeys
from zi_audit.tile_folder import TileFolder
from zi_chassis.clock import Clock
from zi_chassis.database import Database
from zi_chassis.recorded import NO_PREVIOUS, digest
from zi_tlog.note import Signer
from zi_tlog.tile import FULL, bundle_at, decode_bundle

LOOK = 0.005


def append_rate(folder: Path, place: str | Path, batch: int, seconds: float = 4.0) -> float:
    """Leaves a second: database commit, fsynced tiles and a signed checkpoint for every batch."""
    log = Log(
        Ledger(Database(place), "bench"),
        TileFolder(folder / "tiles"),
        LogKeys(Signer("bench.example/log", bytes(32))),
        Clock(),
    )
    log.open("http://localhost/log")
    arrivals = _messages(batch * 400)
    begun, done = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds and done < len(arrivals):
        done += len(log.append(arrivals[done : done + batch]))
    return round(done / passed, 1)


def _messages(count: int) -> list[Arrival]:
    """A sender's chain of messages of about 900 bytes."""
    previous, arrivals = NO_PREVIOUS, []
    for position in range(1, count + 1):
        message = json.dumps(
            {
                "specversion": "1.0",
                "id": str(uuid4()),
                "source": "/zi/bench/intake",
                "type": "zi.intake.complaint_filed",
                "subject": "00000000",
                "time": "2026-01-02T00:00:00.000000Z",
                "datacontenttype": "application/json",
                "aggregate": str(uuid4()),
                "version": 1,
                "position": position,
                "previous": previous,
                "actor": "a",
                "actorrole": "public",
                "commitment": NO_PREVIOUS,
                "data": {"pad": "x" * 300},
            }
        ).encode()
        previous = digest(message)
        arrivals.append(Arrival("intake", position, message))
    return arrivals


class Watcher(threading.Thread):
    """Notes when the published checkpoint first had which size."""

    def __init__(self, checkpoint: Path) -> None:
        super().__init__(daemon=True)
        self._checkpoint = checkpoint
        self.seen: list[tuple[int, float]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK):
            size = int(self._checkpoint.read_bytes().split(b"\n")[1])
            if not self.seen or size > self.seen[-1][0]:
                self.seen.append((size, time.time()))


def event_to_checkpoint(tiles: Path, host: str, port: int, rate: int, seconds: int) -> dict[str, float]:
    """Seconds from an event's time to the first published checkpoint that covers it, at `rate` complaints a second."""
    watcher = Watcher(tiles / "checkpoint")
    watcher.start()
    first = _size(tiles)
    accepted = asyncio.run(paced(host, port, rate, seconds))
    until = time.monotonic() + 30
    while _size(tiles) < first + accepted and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(5 * LOOK)
    watcher.ended.set()
    watcher.join()
    waits = sorted(_waits(tiles, first, watcher.seen))
    return {
        "asked_per_second": rate,
        "accepted": accepted,
        "events": len(waits),
        "p50_s": round(waits[len(waits) // 2], 3),
        "p99_s": round(waits[int(len(waits) * 0.99)], 3),
        "max_s": round(waits[-1], 3),
    }


def _size(tiles: Path) -> int:
    return int((tiles / "checkpoint").read_bytes().split(b"\n")[1])


def _waits(tiles: Path, first: int, seen: list[tuple[int, float]]) -> list[float]:
    waits, at = [], 0
    for index in range(first, seen[-1][0]):
        while seen[at][0] <= index:
            at += 1
        waits.append(seen[at][1] - _time(tiles, index, seen[-1][0]))
    return waits


def _time(tiles: Path, index: int, size: int) -> float:
    return datetime.fromisoformat(json.loads(_entry(tiles, index, size))["time"]).timestamp()


_bundles: dict[tuple[Path, str], list[bytes]] = {}


def _entry(tiles: Path, index: int, size: int) -> bytes:
    bundle = bundle_at(index // FULL, size)
    key = (tiles, bundle.path)
    if key not in _bundles:
        _bundles[key] = decode_bundle((tiles / bundle.path).read_bytes(), bundle.width)
    return _bundles[key][index % FULL]
