"""intake's store from empty to a million events: the rate at which cases are recorded, with their read models, and the processor time of an
event, at several sizes. `python -m bench.slope [sqlite] [postgresql]` measures this part of bench/results.json.

The processor time of this process stays comparable where others work on the machine; PostgreSQL's own comes on top of it.
"""

import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from tests.intake.front import opened

from bench import house, results
from bench.case_desk import AT_ONCE, CASES, commands_of, handle_all
from zi_intake.container import Office

EVENTS = 1_000_000
SIZES = (0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 1.0)  # shares of all events at which a sample is taken
SAMPLE, WARM = 10_000, 2_000  # events


class Filling:
    """Cases one after the other, most of them ended, as in an office of some years."""

    def __init__(self, office: Office) -> None:
        self.events = 0
        self._office, self._chance, self._numbers = office, Random(17), itertools.count()

    async def record(self, events: int) -> None:
        """At least so many more."""
        until = self.events + events
        while self.events < until:
            await asyncio.gather(*(self._case(next(self._numbers)) for _ in range(AT_ONCE)))
            self.events = self._office.store.last()[0]

    async def _case(self, number: int) -> None:
        shape = number if number % 10 == 0 else number + CASES  # of ten cases nine have ended
        await handle_all(self._office, shape, commands_of(self._office, shape, self._chance))


async def measured(folder: Path, database: str, events: int) -> list[dict[str, float]]:
    async with opened(folder, database=database) as inside:
        filling, samples = Filling(inside.office), list[dict[str, float]]()
        await filling.record(WARM)
        for share in SIZES:
            await filling.record(int(share * events) - filling.events)
            house.settle(database)
            first, wall, processor_time = filling.events, time.perf_counter(), time.process_time()
            await filling.record(SAMPLE)
            recorded = filling.events - first
            samples.append(
                {
                    "events": first,
                    "per_second": round(recorded / (time.perf_counter() - wall), 1),
                    "processor_us_an_event": round(
                        (time.process_time() - processor_time) / recorded * 1e6, 1
                    ),
                }
            )
        return samples


def on_databases(names: Sequence[str] = ("sqlite", "postgresql")) -> dict[str, Any]:
    result = {}
    for name in names:
        with tempfile.TemporaryDirectory(prefix="zona-slope-") as folder, _place(name, Path(folder)) as place:
            samples = asyncio.run(measured(Path(folder) / "files", place, EVENTS))
        result[name] = {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "load_at_the_end": round(os.getloadavg()[0], 1),
            "samples": samples,
        }
    return result


@contextmanager
def _place(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield ""
    else:
        with house.postgres(folder / "pg") as place:
            yield place.format("intake")


if __name__ == "__main__":
    figures = on_databases(sys.argv[1:]) if sys.argv[1:] else on_databases()
    former = results.read().get("slope", {})  # stays for a database that was not measured now
    results.replace("slope", former | figures)
    print(json.dumps(figures, indent=1))
