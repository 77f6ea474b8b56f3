"""The disk space of a day with one entry a second, without waiting for a day: the writer's log runs with a clock that is set forward, in
memory where the machine has a folder for that.

`python -m bench.day [ENTRIES]` measures this alone and writes nothing."""

import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.ledger import KEYS, opened
from bench.messages import Chain
from zi_audit.domain.arrival import Arrival
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import HISTORY, TileFolder
from zi_audit.read.index import Index
from zi_audit.writer.partial_tiles import PartialTiles
from zi_chassis.clock import Clock
from zi_chassis.storage.database import Database

ENTRIES = 24 * 3600
# Nothing here is about how fast the disk is, and a day has 86,400 commits.
MEMORY = Path("/dev/shm")
BLOCK = 4096


class HandClock(Clock):
    """A clock that goes on only when it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2026, 1, 2, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class CountingFolder(TileFolder):
    """Counts what the partial tiles that were ever written took on the disk, which is what keeping them for a day would cost."""

    partial_bytes = 0

    def put(self, path: str, content: bytes) -> None:
        super().put(path, content)
        if ".p/" in path:
            self.partial_bytes += _allocated(self.folder / path)


def measured(folder: Path, entries: int = ENTRIES) -> dict[str, float]:
    """MiB on the disk at the end of the day, and bytes an entry of all of it together."""
    with tempfile.TemporaryDirectory(prefix="zona-day-", dir=MEMORY if MEMORY.is_dir() else folder) as place:
        return _measured(Path(place), entries)


def _measured(folder: Path, entries: int) -> dict[str, float]:
    clock, tiles, chain = HandClock(), CountingFolder(folder / "tiles"), Chain("bench", "intake")
    log, partial_tiles, message_bytes = (
        opened(folder / "ledger.db", tiles, clock),
        PartialTiles(tiles, clock),
        0,
    )
    for position in range(1, entries + 1):
        clock.at += timedelta(seconds=1)
        [message] = chain.say(1)
        message_bytes += len(message)
        log.append([Arrival(chain.service, position, message)])
        log.keep_checkpoint()
        partial_tiles.clear(log.size)
    _indexed(folder, entries)
    parts = {
        "entry_bundles": _tree(tiles.folder / "tile/entries"),
        "tiles": _tree(tiles.folder / "tile") - _tree(tiles.folder / "tile/entries"),
        "checkpoints": _tree(tiles.folder / HISTORY),
        "ledger_database": sum(_allocated(file) for file in folder.glob("ledger.db*")),
        "index": sum(_allocated(file) for file in folder.glob("index.db*")),
    }
    partial = sum(_tree(each) for each in (tiles.folder / "tile").rglob("*.p"))
    return {
        "entries": entries,
        "bytes_a_message": round(message_bytes / entries),
        "bytes_an_entry": round(sum(parts.values()) / entries),
        **{f"{name}_mib": _mib(size) for name, size in parts.items()},
        "partial_tiles_mib": _mib(partial),
        "partial_tiles_of_the_whole_day_mib": _mib(tiles.partial_bytes),
    }


def _indexed(folder: Path, entries: int) -> None:
    """Derive the index from which the web part answers questions."""
    log, database = PublishedLog(TileFolder(folder / "tiles")), Database(folder / "index.db")
    index, first = Index(database, "bench"), 0
    at = index.open(KEYS.origin)
    while first < entries:
        some = log.entries(first, entries)
        first, at = first + len(some), index.add(at, some)
    database.close()


def _tree(folder: Path) -> int:
    return sum(_allocated(file) for file in folder.rglob("*") if file.is_file())


def _allocated(file: Path) -> int:
    """Whole blocks, as a file of 32 bytes takes one."""
    return -(-file.stat().st_size // BLOCK) * BLOCK


def _mib(size: float) -> float:
    return round(size / 2**20, 1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measured(Path(place), *map(int, sys.argv[1:])), indent=1))
