"""A service's store against the ledger: how fast `zi-audit reconcile` reads both, and in how much memory."""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.ledger import opened
from zi_audit.domain.arrival import Arrival
from zi_audit.files.tile_folder import TileFolder
from zi_audit.tools.reconcile import Reconcile, logs_of
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event, Value
from zi_chassis.storage.database import Database
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_chassis.storage.store import Store
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault
from zi_contracts.vault import ItemRef

OFFICE = "bench"
STEPS = 5  # of a case: the first one has two items in the vault
AT_ONCE = 200
MESSAGES = 100_000


class TakeStep(Command):
    items: tuple[ItemRef, ...] = ()


class StepTaken(Event):
    items: tuple[ItemRef, ...] = ()


class Course(Value):
    """A state without content."""


def _decide(command: TakeStep, state: Course) -> Sequence[Event]:
    return [StepTaken(by=command.by, items=command.items)]


def _publish(event: StepTaken, state: Course) -> Disclosure:
    return Disclosure("T", {"items": [ref.model_dump(mode="json") for ref in event.items]})


COURSE: Decider[Course] = Decider("course", Course(), _decide, lambda state, _: state, (StepTaken,), _publish)


def main() -> int:
    """Print the figures; `run DIR` examines what `measured` left in that folder."""
    match sys.argv[1:]:
        case ["run", folder]:
            print(json.dumps(run(Path(folder))))
        case _:
            with tempfile.TemporaryDirectory(prefix="zona-reconcile-") as folder:
                print(json.dumps(measured(Path(folder)), indent=1))
    return 0


def measured(folder: Path, messages: int = MESSAGES) -> dict[str, Any]:
    """Of one examination, in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(fill(folder, messages))
    program = [sys.executable, "-m", "bench.reconcile", "run", str(folder)]
    figures: dict[str, Any] = json.loads(subprocess.run(program, check=True, capture_output=True).stdout)
    return figures


async def fill(folder: Path, messages: int) -> None:
    """An intake of `messages` messages in cases of five, all of them in the log."""
    vault = Vault(Keystore(Database(folder / "keys.db", secure_delete=True)))
    store = Store(
        service="intake",
        office=OFFICE,
        database=Database(folder / "store.db"),
        deciders=[COURSE],
        companions=[vault],
    )
    store.open()
    for _ in range(0, messages, AT_ONCE * STEPS):
        await asyncio.gather(*(_case(store, vault) for _ in range(AT_ONCE)))
    log = opened(folder / "ledger.db", folder / "tiles")
    for first in range(0, messages, 1000):
        rows = store.messages(first, 1000)
        log.append([Arrival("intake", row.position, row.message) for row in rows])
    store.close()


async def _case(store: Store, vault: Vault) -> None:
    subject, by = uuid4(), Act(at=Clock().now(), actor="bench", role="public")
    sealed = vault.seal(subject, {"text": "Invented words. " * 20, "reporter.name": "Contoh"}, fresh=True)
    await store.handle(COURSE, subject, TakeStep(by=by, items=sealed.refs), keep=sealed)
    for _ in range(STEPS - 1):
        await store.handle(COURSE, subject, TakeStep(by=by))


def run(folder: Path) -> dict[str, Any]:
    """Examine the store in `folder`, every vault item too; raises RuntimeError where anything is wrong with it."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    logs = logs_of(TileFolder(folder / "tiles"))
    keys = Keystore(ReadOnlyDatabase(folder / "keys.db"), create=False)
    report = Reconcile("intake", ReadOnlyDatabase(folder / "store.db"), *logs).run(keys)
    seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    if report.findings or report.waiting:
        raise RuntimeError(f"{report.findings[:3]}, {report.waiting} waiting")
    return {
        "messages": report.messages,
        "vault_items": report.items,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 2),
        "messages_per_second": round(report.messages / seconds),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
