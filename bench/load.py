"""The load generators: wrk (compiled, as fast as it goes) and a paced one that files at a given rate."""

import asyncio
import json
import os
import re
import resource
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx

SCRIPT = Path(__file__).with_name("complaint.lua")
SUMMARY = Path(__file__).with_name("summary.lua")
Result = dict[str, float]
Queries = Mapping[str, tuple[str, Mapping[str, str]]]  # path and query, by name


def wrk(
    url: str, clients: int, seconds: int, script: Path = SCRIPT, headers: Mapping[str, str] | None = None
) -> Result:
    """Requests per second and latencies in milliseconds; `failed` counts every answer that was not 2xx, and `load_generator_share` is what
    the generator itself took of all processors."""
    options = [f"-H{name}: {value}" for name, value in (headers or {}).items()]
    before = _processor_seconds_of_children()
    run = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", *options, "-s", str(script), url],
        capture_output=True,
        text=True,
        check=True,
        cwd=SCRIPT.parents[1],  # scripts name each other from here
    )
    result: Result = json.loads(run.stdout.partition("JSON ")[2])
    share = (_processor_seconds_of_children() - before) / result["seconds"] / (os.cpu_count() or 1)
    rate = round(result["requests"] / result["seconds"], 1)
    return {"per_second": rate, "load_generator_share": round(share, 3)} | result


def _processor_seconds_of_children() -> float:
    """Of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def query_rates(
    address: str, queries: Queries, token: str, clients: Sequence[int], seconds: int
) -> dict[str, Any]:
    """Ask each of `queries` again and again, by so many clients at once. Raises RuntimeError where one is not answered 200."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "id"}
    rates = {}
    for name, (path, query) in queries.items():
        url = f"{address}{path}?{urlencode(query)}"
        answer = httpx.get(url, headers=headers, trust_env=False, timeout=60)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answers {answer.status_code}: {answer.text}")
        rates[name] = {"bytes": len(answer.content)} | {
            str(count): wrk(url, count, seconds, SUMMARY, headers) for count in clients
        }
    return rates


def rate_cells(at: Mapping[str, Any], clients: Sequence[int]) -> Iterator[str]:
    """Write what `query_rates` measured of one query, a cell for each number of clients."""
    for each in (at[str(count)] for count in clients):
        failed = f" {each['failed']:.0f} failed" if each["failed"] else ""
        yield f"{each['per_second']:.0f} ({each['p50_ms']:.1f} / {each['p95_ms']:.1f}){failed}"


class Answer(NamedTuple):
    """Of a complaint: seconds from the beginning at which it was due and answered; `status` is None where the connection broke."""

    due: float
    answered: float
    status: int | None


async def paced(host: str, port: int, rate: int, seconds: int, clients: int = 24) -> list[Answer]:
    """Files `rate` complaints a second for `seconds`; a wait counts from the moment at which it was due."""
    body = _body()
    head = (
        f"POST /intake/api/complaints HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    begun, total = loop.time() + 0.1, rate * seconds
    answers: list[Answer] = []

    async def client(first: int) -> None:
        line = None
        for number in range(first, total, clients):
            await asyncio.sleep(begun + number / rate - loop.time())
            status = None
            try:
                line = line or await asyncio.open_connection(host, port)
                line[1].write(head + body)
                status = await _status(line[0])
            except (OSError, EOFError):
                line = None
            answers.append(Answer(number / rate, loop.time() - begun, status))
        if line is not None:
            line[1].close()

    await asyncio.gather(*(client(first) for first in range(clients)))
    return answers


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length.group(1)) if length else 0)
    return int(head.split(b" ", 2)[1])


def _body() -> bytes:
    text = SCRIPT.read_text().partition("[[")[2].partition("]]")[0]
    fields: Mapping[str, object] = json.loads(text)
    return json.dumps(fields).encode()
