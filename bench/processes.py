"""Compare two processes of intake on one PostgreSQL with a single process: reads and filings a second, by as many clients in all.
`python -m bench.processes` measures this part of bench/results.json. Needs wrk.

No broker and no gateway, so that the two are alone with the database. They share the processors with it and with the load generator.
"""

import asyncio
import os
import statistics
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import house, results
from bench.case_desk import CASE_DESK, QUERIES, filled
from bench.desk_rates import identity
from bench.load import SCRIPT, SUMMARY, wrk
from zi_chassis.settings import IDENTITY, Settings

CLIENTS, TURNS, SECONDS = 16, 4, 5
READ, WRITTEN = QUERIES["case"][0], "/intake/api/complaints"


def measured(folder: Path, port: int) -> dict[str, Any]:
    data = folder / "intake"
    data.mkdir(parents=True)
    settings = Settings(service="intake", data=data, port=port)
    with house.postgres(folder / "pg") as place:
        asyncio.run(filled(data, place.format("intake")))
        house.settle(place.format("intake"))
        options = {
            "ZI_DATABASE": place.format("intake"),
            "ZI_KEYS_DATABASE": place.format("keys"),
            "ZI_JWKS_URL": f"http://127.0.0.1:{port + IDENTITY}/",
            "ZI_ISSUER": settings.issuer,
        }
        with (
            identity(settings, port + IDENTITY, CASE_DESK.official, *CASE_DESK.roles) as token,
            house.front_of("intake", CASE_DESK.program, data, port, **options) as first,
            house.front_of("intake", CASE_DESK.program, data, port + 20, **options) as second,
        ):
            return _in_turns(token, (first,), (first, second))


def _in_turns(token: str, *sets: Sequence[str]) -> dict[str, Any]:
    began = round(os.getloadavg()[0], 1)
    found: dict[str, dict[str, list[tuple[float, float]]]] = {"read": {}, "written": {}}
    for _ in range(TURNS):
        for addresses in sets:
            for kind, of_kind in found.items():
                of_kind.setdefault(str(len(addresses)), []).append(_measured(kind, addresses, token))
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_at_start": began,
        "clients": CLIENTS,
        **{kind: {number: _median(turns) for number, turns in each.items()} for kind, each in found.items()},
    }


def _median(turns: Sequence[tuple[float, float]]) -> dict[str, float]:
    rates, times = zip(*turns, strict=True)
    return {
        "per_second": round(statistics.median(rates), 1),
        "processor_ms": round(statistics.median(times), 2),
    }


def _measured(kind: str, addresses: Sequence[str], token: str) -> tuple[float, float]:
    """Return requests a second, and the milliseconds of a processor that the two processes took for each. Raises RuntimeError where an answer is not 2xx."""

    def load(address: str) -> dict[str, float]:
        clients = CLIENTS // len(addresses)
        if kind == "written":
            return wrk(address + WRITTEN, clients, SECONDS, SCRIPT)
        return wrk(address + READ, clients, SECONDS, SUMMARY, {"Authorization": f"Bearer {token}"})

    before = _processor()
    with ThreadPoolExecutor(len(addresses)) as generators:
        answers = list(generators.map(load, addresses))
    if failed := sum(each["failed"] for each in answers):
        raise RuntimeError(f"{failed:.0f} of what was {kind} failed")
    requests = sum(each["requests"] for each in answers)
    return sum(each["per_second"] for each in answers), 1000 * (_processor() - before) / requests


def _processor() -> float:
    """Seconds of a processor that the processes of intake have taken."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{CASE_DESK.program}\0serve".encode() in (process / "cmdline").read_bytes():
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="zona-processes-") as place:
        figures = measured(Path(place), 18_800)
    results.replace("processes", figures)
    print(figures)
