"""Mails a second with a thousand notices due, and the share of mails that come within ten seconds while intake takes complaints at a
given rate: `python -m bench.notices`; it writes bench/notices.json."""

import asyncio
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from tests.ports import free_port

from bench import house
from bench.mail_sink import Arrivals, mail_sink
from bench.notice_house import notice_house, until

RESULTS = Path(__file__).with_name("notices.json")
NOTICES, ROUNDS = 1_000, 3
RATE, SECONDS, CLIENTS = 100, 30, 24
SOON = 10.0
LAST_COMES = 300.0


def measured(folder: Path, port: int, rounds: int = ROUNDS) -> dict[str, Any]:
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average": round(os.getloadavg()[0], 1),  # above the number of cores others worked meanwhile
        "mails_per_second": [asyncio.run(drained()) for _ in range(rounds)],
        "under_complaints": under_complaints(folder, port),
    }


async def drained(notices: int = NOTICES) -> float:
    """Mails a second from the first to the last, of notices that are all due when notify starts."""
    async with notice_house() as waiting:
        await waiting.tell(notices)
        async with waiting.notify.alive():
            await until(lambda: waiting.arrivals.look() == notices)
        times = sorted(waiting.arrivals.times.values())
    return round((len(times) - 1) / (times[-1] - times[0]), 1)


def under_complaints(folder: Path, port: int, rate: int = RATE, seconds: int = SECONDS) -> dict[str, Any]:
    """The whole house takes complaints, each with an address of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    smtp = free_port()
    with (
        mail_sink(smtp, folder / "mails") as arrivals,
        house.whole(folder / "house", port, ZI_SMTP=f"127.0.0.1:{smtp}") as settings,
    ):
        filed = asyncio.run(_filed(settings.intake_url, rate, seconds))
        _await_last(arrivals, len(filed))
    return {"complaints_per_second": rate, **_summary(filed, arrivals)}


async def _filed(address: str, rate: int, seconds: int) -> dict[str, float]:
    """File at the rate; return by the id of its event when each complaint was answered 201."""
    loop = asyncio.get_running_loop()
    begun, answered = loop.time() + 0.5, dict[str, float]()
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60, limits=limits) as client:

        async def file(first: int) -> None:
            for number in range(first, rate * seconds, CLIENTS):
                await asyncio.sleep(begun + number / rate - loop.time())
                answer = await client.post("/intake/api/complaints", json=_body(number))
                if answer.status_code == 201:
                    answered[answer.json()["event_id"]] = time.time()

        await asyncio.gather(*(file(first) for first in range(CLIENTS)))
    return answered


def _await_last(arrivals: Arrivals, expected: int) -> None:
    until_then = time.monotonic() + LAST_COMES
    while arrivals.look() < expected and time.monotonic() < until_then:
        time.sleep(0.1)


def _summary(filed: dict[str, float], arrivals: Arrivals) -> dict[str, Any]:
    came = {id.partition("@")[0]: at for id, at in arrivals.times.items()}
    waits = sorted(came[event] - at for event, at in filed.items() if event in came)
    span = max(filed.values()) - min(filed.values())
    last = max(came.values()) - min(came.values())
    return {
        "accepted": len(filed),
        "accepted_per_second": round(len(filed) / span, 1),
        "mails": len(waits),
        "mails_per_second": round(len(waits) / last, 1),
        "within_10_s": round(sum(wait <= SOON for wait in waits) / len(filed), 4),
        "p50_s": round(waits[len(waits) // 2], 2),
        "p95_s": round(waits[int(len(waits) * 0.95)], 2),
        "max_s": round(waits[-1], 2),
    }


def _body(number: int) -> dict[str, Any]:
    return {
        "kind": "product",
        "confidentiality": "named",
        "district": "tarakan",
        "text": "Kemasan rusak. Ini contoh.",
        "reporter": {"name": "Warga Contoh", "email": f"invented.{number}@example.com"},
        "product": {"commodity": "pangan_olahan", "name": "Sambal Contoh"},
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="zona-notices-") as temporary:
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
        RESULTS.write_text(json.dumps(measured(Path(temporary), 18_900, rounds), indent=1) + "\n", "utf-8")
    print(RESULTS.read_text("utf-8"))
