"""Strangers flood a whole house with complaints, files and connections that stand still, while an honest citizen elsewhere files,
uploads and tracks. It ends by itself and speaks to 127.0.0.1 only: `python -m bench.flood` writes bench/flood.json.
"""

import asyncio
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from bench import house

PORT, CLIENTS, SECONDS = 18_900, 64, 60
VICTIM = "korban.rekaan@contoh.example"
PATIENCE = 10  # how often a citizen sends again what found no place
DEFAULTS = {
    "ZI_FILINGS_A_DAY": "200",
    "ZI_MAIL_FILINGS_A_DAY": "50",
    "ZI_UPLOAD_MB_A_DAY": "200",
    "ZI_FIRST_MAILS_A_DAY": "500",
}
RESULTS = Path(__file__).with_name("flood.json")
COMPLAINT: dict[str, Any] = {
    "kind": "service",
    "confidentiality": "confidential",
    "language": "id",
    "district": "tarakan",
    "text": "Rekaan.",
    "reporter": {"name": "Rekaan", "email": VICTIM, "phone": None},
}


def main() -> int:
    if sys.argv[1:2] == ["storm"]:
        url, clients, seconds = sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
        print(json.dumps(asyncio.run(storm(url, clients, seconds))))
        return 0
    with tempfile.TemporaryDirectory(prefix="zona-flood-") as folder:
        result = measured(Path(folder))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    return 0


def measured(folder: Path) -> dict[str, Any]:
    with house.whole(folder, PORT, ZI_TRUSTED_PROXIES="127.0.0.1", **DEFAULTS) as settings:
        url = f"http://127.0.0.1:{settings.port}"
        honest_life(url, 3)  # what a first request costs is measured by nobody
        quiet = honest_life(url, 15)
        flood = begin(url, CLIENTS, SECONDS)
        stormy = honest_life(url, SECONDS)
        attack = json.loads(flood.communicate(timeout=SECONDS)[0])
        mails = sum(VICTIM.encode() in path.read_bytes() for path in folder.glob("mailbox/maildir/new/*"))
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_at_the_end": [round(each, 1) for each in os.getloadavg()],
        "clients": CLIENTS,
        "seconds": SECONDS,
        "quiet": figures(quiet),
        "flood": figures(stormy),
        "answers_to_the_flood": attack["answers"],
        "load_generator_share_of_cores": round(attack["cpu_seconds"] / SECONDS / (os.cpu_count() or 1), 3),
        "mails_to_the_victim": mails,
    }


def begin(url: str, clients: int, seconds: float) -> subprocess.Popen[bytes]:
    """In a process of its own, so that the honest citizen does not wait for the load generator's turn."""
    command = [sys.executable, "-m", "bench.flood", "storm", url, str(clients), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


# -- the flood


async def storm(url: str, clients: int, seconds: float) -> dict[str, Any]:
    answers: Counter[str] = Counter()
    files = picture(7000, "1", "PNG"), picture(1800, "RGB", "JPEG", random.Random(1))
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients * 2)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30, trust_env=False) as client:
        await asyncio.gather(*(stranger(client, number, until, answers, files) for number in range(clients)))
    return {"answers": dict(sorted(answers.items())), "cpu_seconds": round(time.process_time(), 2)}


async def stranger(
    client: httpx.AsyncClient, number: int, until: float, answers: Counter[str], files: tuple[bytes, bytes]
) -> None:
    """Half of them come from one address, the others from one each."""
    draw = random.Random(number)
    headers = {"X-Forwarded-For": "198.51.100.1" if number % 2 else f"198.51.100.{100 + number}"}
    case: dict[str, str] | None = None
    while time.monotonic() < until:
        try:
            if case is None or draw.random() < 0.5:
                answer = await client.post("/intake/api/complaints", json=COMPLAINT, headers=headers | key())
                case = answer.json() if answer.status_code == 201 else case
                name = "file"
            elif draw.random() < 0.1:
                answer = await upload(client, case, files[1], headers, until)
                name = "stalled"
            else:
                answer = await upload(client, case, draw.choice(files), headers)
                name = "upload"
            answers[f"{name} {answer.status_code}"] += 1
        except httpx.HTTPError as error:
            answers[type(error).__name__] += 1


async def upload(
    client: httpx.AsyncClient,
    case: dict[str, str],
    content: bytes,
    headers: dict[str, str],
    stall_until: float | None = None,
) -> httpx.Response:
    edge = b"zonaflood"
    opening = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' % edge
    body = opening + content + b"\r\n--%b--\r\n" % edge

    async def pieces() -> Any:
        yield body[: len(body) // 2]
        if stall_until is not None:
            await asyncio.sleep(max(0.0, min(25.0, stall_until - time.monotonic())))
        yield body[len(body) // 2 :]

    about = {"Content-Type": f"multipart/form-data; boundary={edge.decode()}", "X-Case-Code": case["code"]}
    about["Content-Length"] = str(len(body))
    path = f"/intake/api/cases/{case['ticket']}/attachments"
    return await client.post(path, content=pieces(), headers=headers | about)


def picture(side: int, mode: str, form: str, draw: random.Random | None = None) -> bytes:
    image = Image.new(mode, (side, side))
    if draw is not None:
        image = Image.frombytes(mode, (side, side), draw.randbytes(side * side * 3))
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


# -- the honest citizen


def honest_life(url: str, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of each request, one citizen after the other, each on an address of their own. What finds no place is sent
    again after a second, and that counts; any other refusal raises."""
    took: dict[str, list[float]] = {"file": [], "upload": [], "track": []}
    photo = picture(900, "RGB", "JPEG", random.Random(7))
    until = time.monotonic() + seconds
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        for number in range(250 * 250):
            if time.monotonic() >= until:
                break
            client.headers["X-Forwarded-For"] = f"203.0.{number // 250}.{number % 250}"
            honest_case(client, photo, took)
            time.sleep(0.2)
    return took


def honest_case(client: httpx.Client, photo: bytes, took: dict[str, list[float]]) -> None:
    body = COMPLAINT | {"reporter": {"name": "Bunga", "email": None, "phone": None}}
    filed = timed(took["file"], 201, lambda: client.post("/intake/api/complaints", json=body, headers=key()))
    where, code = f"/intake/api/cases/{filed['ticket']}", {"X-Case-Code": filed["code"]}
    files = {"file": ("a.jpg", photo)}
    timed(took["upload"], 201, lambda: client.post(f"{where}/attachments", files=files, headers=code))
    for _ in range(3):
        timed(took["track"], 200, lambda: client.get(where, headers=code))


def timed(into: list[float], status: int, ask: Callable[[], httpx.Response]) -> Any:
    began = time.perf_counter()
    answer = ask()
    for _ in range(PATIENCE):
        if answer.status_code != 503:
            break
        time.sleep(1)
        answer = ask()
    into.append((time.perf_counter() - began) * 1000)
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json()


def figures(took: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "requests": len(each),
            "p50_ms": round(statistics.median(each), 1),
            "p95_ms": round(sorted(each)[max(0, round(len(each) * 0.95) - 1)], 1),
        }
        for name, each in took.items()
    }


if __name__ == "__main__":
    sys.exit(main())
