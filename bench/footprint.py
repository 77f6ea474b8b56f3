"""The footprint of one complaint's life: disk by part, messages, processor time by program; and what a subject takes of NATS's memory.

A life is the eleven requests of a complaint from its filing to its end, over the gateway of a whole house. `python -m bench.footprint` measures
this part of bench/results.json, from which docs/sizing.md is made.
"""

import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats
from deploy.embedded.processes import enrolled
from nats.js.api import StreamConfig
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import House, await_
from tests.journeys.records import settled
from tests.nats_server import BINARY
from tests.ports import free_port

from bench import results
from bench.house import resident

LIVES, WARM, CLIENTS, REQUESTS = 300, 20, 4, 11
SUBJECTS, MESSAGE = 100_000, 832
TICKS = os.sysconf("SC_CLK_TCK")
# By what a file is for; the demo's mailbox and the logs of programs are no part of a case. What the published log takes for ever is measured by
# bench.day: here it is mostly the partial tiles of the last ten minutes.
PARTS = {
    "stores": r"^(intake|notify|umkm|certificates|integrity|audit)/(?!keys|index).*\.db",
    "keys": r"/keys\.db",
    "ledger database": r"^audit-writer/ledger\.db",
    "index": r"^audit/index\.db",
    "streams": r"^nats/jetstream/",
}


def measured() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="zona-footprint-") as folder:
        return {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "load_at_start": round(os.getloadavg()[0], 1),
            "nats": asyncio.run(_subjects(Path(folder))),
            "lives": _lives(Path(folder) / "house"),
        }


def _lives(data: Path) -> dict[str, Any]:
    house = House(data)
    with house:
        live(house, range(WARM))
    before = _sizes(data)
    with house:
        at_rest, first, used = resident(data), _entries(house), _processor(data)
        begun, generated = time.monotonic(), time.process_time()
        live(house, range(WARM, WARM + LIVES))
        seconds, generated = time.monotonic() - begun, time.process_time() - generated
        await_(lambda: settled(house))
        spent = {name: (time_ - used.get(name, 0)) / LIVES for name, time_ in _processor(data).items()}
        entries, after = _entries(house) - first, resident(data)
    grown = {name: round((size - before[name]) / LIVES) for name, size in _sizes(data).items()}
    return {
        "lives": LIVES,
        "clients": CLIENTS,
        "requests_a_life": REQUESTS,
        "lives_a_second": round(LIVES / seconds, 1),
        "load_generator_cpu_ms_a_life": round(1000 * generated / LIVES, 1),
        "entries_a_life": round(entries / LIVES, 2),
        "cpu_ms_a_life": {name: round(1000 * each, 1) for name, each in sorted(spent.items())},
        "bytes_a_life": grown,
        "resident_mib_at_rest": _with_sum(at_rest),
        "resident_mib_after": _with_sum(after),
    }


def _with_sum(resident_mib: Mapping[str, float]) -> dict[str, float]:
    return {**resident_mib, "all": round(sum(resident_mib.values()), 1)}


def live(house: House, numbers: range) -> None:
    staff = {person: house.staff(person) for person in ("officer", "supervisor")}

    def life(number: int) -> None:
        with house.client() as client:
            door, citizen = Door(client, lambda person: staff[person]), Citizen(number, "footprint")
            filed = door.file(citizen.body)
            door.track(filed)
            door.all_steps(filed, citizen.texts, None)
            door.track(filed)
            door.track(filed)

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(life, numbers))


def _entries(house: House) -> int:
    with house.client() as client:
        return int(client.get("/audit/log/checkpoint").text.splitlines()[1])


def _processor(data: Path) -> dict[str, float]:
    """Seconds of a processor that each program has taken, with the children that it has waited for."""
    by_group: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            group = int(fields[2])
            by_group[group] = by_group.get(group, 0) + sum(map(int, fields[11:15]))
    return {member.name: by_group.get(member.pid, 0) / TICKS for member in enrolled(data / "run")}


def _sizes(data: Path) -> dict[str, int]:
    """Of a house that stands still."""
    sizes = dict.fromkeys(PARTS, 0)
    for path in data.rglob("*"):
        name = str(path.relative_to(data))
        for part, pattern in PARTS.items():
            if path.is_file() and re.search(pattern, name):
                sizes[part] += path.stat().st_size
    return sizes


async def _subjects(folder: Path) -> dict[str, Any]:
    """Memory of a server with so many messages, each on a subject of its own, and all on one subject."""
    memory = {}
    for kind in ("own", "shared"):
        with _server(folder / kind) as (pid, url):
            connection = await nats.connect(url)
            stream = connection.jetstream(timeout=30, publish_async_max_pending=1000)
            await stream.add_stream(StreamConfig(name="S", subjects=["zi.>"]))
            await asyncio.sleep(1)
            before = _pss(pid)
            for number in range(SUBJECTS):
                subject = f"zi.intake.complaint_filed.{number if kind == 'own' else 0:032x}"
                await stream.publish_async(subject, bytes(MESSAGE), wait_stall=30)
            await stream.publish_async_completed()
            await asyncio.sleep(3)
            memory[kind] = _pss(pid) - before
            await connection.close()
    return {
        "subjects": SUBJECTS,
        "bytes_a_message": MESSAGE,
        "memory_with_own_subjects": memory["own"],
        "memory_with_one_subject": memory["shared"],
        "bytes_of_memory_a_subject": round((memory["own"] - memory["shared"]) / SUBJECTS),
    }


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, str]]:
    port = free_port()
    folder.mkdir(parents=True)
    config = folder / "nats.conf"
    config.write_text(f'listen: 127.0.0.1:{port}\njetstream {{ store_dir: "{folder}" }}\n')
    process = subprocess.Popen([BINARY, "-c", config], stderr=subprocess.DEVNULL)
    try:
        await_(lambda: _answers(port), pause=0.1)
        yield process.pid, f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _pss(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def row(result: Mapping[str, Any]) -> str:
    lives = result["lives"]
    return (
        f"{'footprint':22} {sum(lives['bytes_a_life'].values()):6} bytes a life {sum(lives['cpu_ms_a_life'].values()):6.0f} ms of a processor"
        f" {result['nats']['bytes_of_memory_a_subject']:5} bytes a subject"
    )


if __name__ == "__main__":
    result = measured()
    results.replace("footprint", result)
    print(row(result))
    sys.exit(0)
