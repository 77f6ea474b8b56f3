"""Measure what each trick for speed gains where complaints are filed: processor time of intake for one of them, without it and with it.

`python -m bench.tricks` starts intake's routes in a process of their own (no broker), loads it with 64 clients of wrk, and turns each trick
off and on again in turns that follow each other, so that what else the machine does meets both. Needs wrk.
"""

import asyncio
import gc
import hmac
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import uuid4

import uvicorn

from bench.house import environment_of
from bench.load import wrk

TURNS = 10
SECONDS = 2
CLIENTS = 64
PORT = 18480
Switch = Callable[[bool], None]


class Gain(NamedTuple):
    """Processor time of one complaint in microseconds, medians; `percent` is the median of the turns' own gains, between its quartiles."""

    trick: str
    without: float
    with_it: float
    percent: float
    low: float
    high: float


# -- in the process that is measured


def switches(service: Any) -> dict[str, Switch]:
    """For each trick a function that turns it on or off while the process runs."""
    return _edge_switches(service) | _secret_switches() | _process_switches(service)


def _edge_switches(service: Any) -> dict[str, Switch]:
    from zi_chassis.web.edge import EdgeMiddleware, request_ids

    direct = dict(service._direct)
    edges: list[Any] = []

    def edge() -> Any:
        """The edge is made with the first request."""
        if not edges:
            layer = service.app.middleware_stack
            while not isinstance(layer, EdgeMiddleware):
                layer = layer.app
            edges.append(layer)
        return edges[0]

    def switch_direct(on: bool) -> None:
        edge()._direct = direct if on else {}

    def switch_ids(on: bool) -> None:
        edge()._ids = request_ids() if on else iter(lambda: uuid4().hex, None)

    return {"direct": switch_direct, "ids": switch_ids}


def _secret_switches() -> dict[str, Switch]:
    from zi_chassis.randomness import random_bytes
    from zi_chassis.storage import batch
    from zi_chassis.vault import vault
    from zi_intake import names
    from zi_intake.web.api import filing as api

    drawn, keyed = random_bytes, names._keyed
    secret = os.urandom(32)

    def switch_random(on: bool) -> None:
        for module in (batch, vault, api):
            vars(module)["random_bytes"] = drawn if on else os.urandom

    def keyed_anew(_: object, purpose: str, content: bytes) -> bytes:
        return hmac.digest(secret, purpose.encode() + b"\0" + content, "sha256")

    def switch_keyed(on: bool) -> None:
        vars(names)["_keyed"] = keyed if on else keyed_anew

    return {"random": switch_random, "hmac": switch_keyed}


def _process_switches(service: Any) -> dict[str, Switch]:
    from zi_chassis import service as process
    from zi_chassis.storage import batch

    store = service.app.state.office.store

    def switch_collector(on: bool) -> None:
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)
        if on:
            process.tune_collector()

    def switch_group(on: bool) -> None:
        store.writer._largest = batch.LARGEST_BATCH if on else 1

    return {"collector": switch_collector, "group": switch_group}


def serve(port: int) -> None:
    """Serve intake's routes, and obey lines `NAME on` and `NAME off`; each is answered with the processor time used so far."""
    from zi_chassis.settings import Settings
    from zi_intake.main import front

    service = front(Settings(service="intake"))
    service.open(lambda: service.app.state.office)
    table = switches(service)

    def obey() -> None:
        for line in sys.stdin:
            name, _, state = line.strip().partition(" ")
            if name in table:
                table[name](state == "on")
            times = os.times()
            print(times.user + times.system, flush=True)
        os._exit(0)

    threading.Thread(target=obey, daemon=True).start()
    options: dict[str, Any] = {
        "loop": "uvloop",
        "http": "httptools",
        "log_level": "error",
        "access_log": False,
    }
    uvicorn.run(service.app, host="127.0.0.1", port=port, **options)


# -- beside it


class Served:
    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout
        self._url = f"http://127.0.0.1:{port}/intake/api/complaints"

    def turn(self, trick: str, on: bool) -> float:
        """Processor microseconds of one complaint with the trick on or off, which then stays so."""
        begun = self._tell(f"{trick} {'on' if on else 'off'}")
        result = wrk(self._url, CLIENTS, SECONDS)
        used = self._tell("time") - begun
        assert not result["failed"], result
        return used / result["requests"] * 1e6

    def _tell(self, line: str) -> float:
        self._in.write(line + "\n")
        self._in.flush()
        return float(self._out.readline())


@contextmanager
def served(folder: Path, port: int) -> Iterator[Served]:
    environment = environment_of(folder, port, {})
    command = [sys.executable, "-m", "bench.tricks", "serve", str(port)]
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        asyncio.run(answering(port))
        yield Served(process, port)
    finally:
        process.kill()
        process.wait()


async def answering(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


def gain(trick: str, pairs: Sequence[tuple[float, float]]) -> Gain:
    percents = [(without - with_it) / without * 100 for without, with_it in pairs]
    low, middle, high = statistics.quantiles(percents, n=4)
    withouts, withs = zip(*pairs, strict=True)
    return Gain(trick, statistics.median(withouts), statistics.median(withs), middle, low, high)


def measure(tricks: Sequence[str], turns: int) -> Iterator[Gain]:
    """Turn each trick off and on, `turns` times, every other time on first."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), PORT) as intake:
        intake.turn("time", True)
        pairs: dict[str, list[tuple[float, float]]] = {trick: [] for trick in tricks}
        for turn in range(turns):
            for trick in tricks:
                order = (False, True) if turn % 2 else (True, False)
                used = {on: intake.turn(trick, on) for on in order}
                intake._tell(f"{trick} on")
                pairs[trick].append((used[False], used[True]))
    yield from (gain(trick, measured) for trick, measured in pairs.items())


def main(tricks: Sequence[str]) -> None:
    print(
        f"processor microseconds of one complaint, {TURNS} turns of {SECONDS} s, load {os.getloadavg()[0]:.1f}"
    )
    for each in measure(tricks, TURNS):
        print(
            f"{each.trick:10} without {each.without:7.0f}  with {each.with_it:7.0f}"
            f"  gains {each.percent:5.1f} % (quartiles {each.low:.1f} to {each.high:.1f})"
        )


TRICKS = ("direct", "ids", "random", "hmac", "collector", "group")

if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main(sys.argv[1:] or TRICKS)
