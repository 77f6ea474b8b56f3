"""The rest of a complaint's life: the processor time of the two largest programs by function of this house, library and C module.

`python -m bench.functions` measures this part of bench/results.json, from which docs/sizing.md is made. Counting itself takes as long again, and
the more the smaller a function is: the shares say where to look, and what a life takes is measured without it (bench/footprint.py).
"""

import json
import os
import signal
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from heapq import nlargest
from pathlib import Path
from typing import Any

from tests.journeys.house import House, await_
from tests.journeys.records import settled

from bench import counted_house, results
from bench.footprint import WARM, live

LIVES = 200
PROGRAMS = ("intake", "notify")
PARTS, FUNCTIONS = 10, 5


def measured(lives: int = LIVES) -> dict[str, Any]:
    load = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory(prefix="zona-functions-") as folder:
        counts = Path(folder) / "counts"
        counts.mkdir()
        house = House(Path(folder) / "house", None, **{counted_house.PLACE: str(counts)})
        house.program = counted_house.__name__
        with house:
            live(house, range(WARM))
            before = _counted(house, counts)
            live(house, range(WARM, WARM + lives))
            await_(lambda: settled(house))
            after = _counted(house, counts)
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_at_start": load,
        "lives": lives,
        "percent": {name: _shares(before[name], after[name]) for name in PROGRAMS},
    }


def _counted(house: House, counts: Path) -> dict[str, dict[str, float]]:
    """Read what each program has counted until now, by label in milliseconds."""
    found = {}
    for name in PROGRAMS:
        pid = house.pid(name)
        os.kill(pid, signal.SIGUSR1)
        file = counts / str(pid)
        await_(file.exists)
        found[name] = json.loads(file.read_text())
        file.unlink()
    return found


def _shares(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return what was counted between, in percent: the largest libraries and rooms of this house, and its largest functions."""
    spent = {label: amount - before.get(label, 0) for label, amount in after.items()}
    parts, functions = defaultdict[str, float](float), dict[str, float]()
    for label, amount in spent.items():
        parts[label.partition(", ")[0].rpartition("/")[0] or label] += amount
        if ", " in label:
            functions[label] = amount
    whole = sum(spent.values())
    return {
        kind: {
            name: round(100 * found[name] / whole, 1) for name in nlargest(number, found, found.__getitem__)
        }
        for kind, found, number in (("parts", parts, PARTS), ("functions", functions, FUNCTIONS))
    }


if __name__ == "__main__":
    found = measured()
    results.replace("functions", found)
    print(found)
