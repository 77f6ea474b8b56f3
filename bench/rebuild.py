"""intake: the time in which a start fills all read models again, by the processor; for the estimate of `zona upgrade`. Alone: `python -m bench.rebuild`."""

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random

from tests.intake.front import opened

from bench import case_desk
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_intake.container import Office

CASES = 2_000


async def _fill(folder: Path) -> None:
    async with opened(folder) as inside:
        chance = Random(9)
        for first in range(0, CASES, case_desk.AT_ONCE):
            numbers = range(first, first + case_desk.AT_ONCE)
            cases = [(each, list(case_desk.commands_of(inside.office, each, chance))) for each in numbers]
            await asyncio.gather(*(case_desk.handle_all(inside.office, *each) for each in cases))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(_fill(folder))
        [store] = folder.rglob("intake/store.db")
        with closing(sqlite3.connect(store)) as database, database:
            [models] = database.execute("SELECT COUNT(*) FROM read_models").fetchone()
            [events] = database.execute("SELECT COUNT(*) FROM messages").fetchone()
            database.execute("UPDATE read_models SET version = 0")
        office = Office(Settings(service="intake", data=store.parent.parent, demo=True), Clock())
        began, processor = time.perf_counter(), time.process_time()
        office.store.open()
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
        office.store.close()
        print(
            f"{events:,} events, {models} read models: {seconds:.1f} s, {processor:.1f} s of the processor;"
            f" {events * models / processor:,.0f} events and read models a second"
        )


if __name__ == "__main__":
    main()
