"""A whole house takes complaints through its gateway at a steady rate, then five times as many for a minute, then the steady rate again:
how many are not accepted, how long they wait, and when the waits are as before. `python -m bench.spike [RATE]` writes bench/spike.json.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import house
from bench.load import Answer, paced

PORT, RATE, TIMES, SECONDS = 19_600, 30, 5, 60
CLIENTS = 200  # connections, so that the load is offered at its rate also while answers are late
WINDOW = 5  # seconds over which a p95 is taken
AS_BEFORE = 1.2
RESULTS = Path(__file__).with_name("spike.json")


def measured(folder: Path, rate: int = RATE) -> dict[str, Any]:
    with house.whole(folder, PORT) as settings:
        place = urlsplit(settings.public_url)
        address = place.hostname or "", place.port or 80
        filed(address, rate, 10)  # warm
        processor_time = time.process_time()
        quiet = filed(address, rate, SECONDS)
        spike = filed(address, rate * TIMES, SECONDS)
        after = filed(address, rate, SECONDS)
        processor_time = time.process_time() - processor_time
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_at_the_end": round(os.getloadavg()[0], 1),
        "load_generator_share_of_cores": round(processor_time / (3 * SECONDS) / (os.cpu_count() or 1), 2),
        "rate": rate,
        "times": TIMES,
        "seconds": SECONDS,
        "quiet": summary(quiet),
        "spike": summary(spike),
        "after": summary(after),
        "as_before_after_s": as_before(quiet, after),
    }


def filed(address: tuple[str, int], rate: int, seconds: int) -> list[Answer]:
    return asyncio.run(paced(*address, rate, seconds, CLIENTS))


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    refused = Counter(str(answer.status) for answer in answers if answer.status != 201)
    last = max(answer.answered for answer in answers)
    return {
        "offered": len(answers),
        "not_accepted": dict(refused),
        "errors_percent": round(100 * sum(refused.values()) / len(answers), 2),
        "accepted_per_second": round((len(answers) - sum(refused.values())) / last, 1),
        "p50_ms": round(1000 * _share(answers, 0.5), 1),
        "p95_ms": round(1000 * _share(answers, 0.95), 1),
    }


def as_before(quiet: Sequence[Answer], after: Sequence[Answer]) -> int | None:
    """Return the seconds after the spike from which on each window's p95 is at most a fifth above the one of before; None if never."""
    limit, found = AS_BEFORE * _share(quiet, 0.95), None
    for first in range(SECONDS - WINDOW, -1, -WINDOW):
        window = [answer for answer in after if first <= answer.due < first + WINDOW]
        if _share(window, 0.95) > limit:
            break
        found = first
    return found


def _share(answers: Sequence[Answer], share: float) -> float:
    waits = sorted(answer.answered - answer.due for answer in answers)
    return waits[int(len(waits) * share)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="zona-spike-") as temporary:
        result = measured(Path(temporary) / "house", *map(int, sys.argv[1:]))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
