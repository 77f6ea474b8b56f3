"""A house of a million events: how long its backup, restore and check take, and how large the backup is. All of it is a drill of `zona`."""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.operations.small_house import File, SmallHouse, act, filing

from zi_operations.drill import Drill

EVENTS = 1_000_000
AT_ONCE = 1000
ITEMS = 2  # in the vault, of every fifth event


async def _file(small: SmallHouse, number: int) -> None:
    store, vault, subject = small.stores["intake"], small.vaults["intake"], uuid4()
    if number % 5:
        await store.handle(filing, subject, File(by=act()))
        return
    fields = {"text": "Invented words. " * 20, "reporter.name": "Contoh"}
    sealed = await asyncio.to_thread(vault.seal, subject, fields, None, True)
    await store.handle(filing, subject, File(by=act(), items=sealed.refs), keep=sealed)


async def _fill(small: SmallHouse, events: int) -> None:
    for first in range(0, events, AT_ONCE):
        await asyncio.gather(*(_file(small, number) for number in range(first, min(first + AT_ONCE, events))))
        small.publish()


def measured(events: int = EVENTS) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="zona-backup-") as folder:
        small = SmallHouse(Path(folder) / "var")
        began = time.perf_counter()
        asyncio.run(_fill(small, events))
        filled = time.perf_counter() - began
        drill = Drill(small.house, Path(folder) / "scratch", datetime.now(UTC), lambda *_: None).run()
        small.close()
    parts = drill.manifest.parts
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average": round(os.getloadavg()[0], 1),  # above the number of cores others worked meanwhile
        "events": events,
        "is_sound": drill.examined.is_sound,
        "filled_seconds": round(filled, 1),
        "seconds": drill.seconds,
        "data_mib": round(parts["data"].size / 2**20, 1),
        "keys_mib": round(parts["keys"].size / 2**20, 1),
    }


def row(result: dict[str, Any]) -> str:
    seconds = result["seconds"]
    return (
        f"{result['events']} events: backup {seconds['backup']} s ({result['data_mib']} MiB and keys {result['keys_mib']} MiB),"
        f" restore with its check {seconds['restore']} s"
    )


if __name__ == "__main__":
    print(row(measured(int(sys.argv[1]) if sys.argv[1:] else EVENTS)))
