"""kill -9 at any instant: what the witness gave out before and after never contradicts itself."""

import random
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path

import httpx
import pytest
from tests.witness.log import Log, agree
from tests.witness.running import PATIENCE, Running

from zi_tlog.witness import AddCheckpoint, parse_size
from zi_witness.key import make_key

LOG = Log()
FORK = Log(fork=3)
KILLS = 4
Signed = list[tuple[Log, int]]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    make_key(tmp_path, "witness.example/w1")
    witness = Running(tmp_path, "--log", LOG.vkey)
    yield witness
    witness.stop()


def add(client: httpx.Client, request: AddCheckpoint) -> httpx.Response:
    return client.post("/add-checkpoint", content=request.format())


def sent(client: httpx.Client, request: AddCheckpoint) -> socket.socket:
    """A request whose answer nobody reads."""
    body = request.format()
    connection = socket.create_connection((client.base_url.host, client.base_url.port or 80))
    head = f"POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def stored(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "record.db", isolation_level=None)) as database:
        row = database.execute("SELECT size FROM head").fetchone()
    return row[0] if row else 0


def test_what_was_stored_but_never_answered_still_binds(running: Running, tmp_path: Path) -> None:
    with sent(running.client, LOG.request(0, 5)):
        until = time.monotonic() + PATIENCE
        while stored(tmp_path) != 5:
            assert time.monotonic() < until
        running.kill()
    running.start()
    refused = add(running.client, FORK.request(0, 5))
    assert (refused.status_code, parse_size(refused.content)) == (409, 5)
    assert add(running.client, FORK.request(5, 8)).status_code == 422
    assert add(running.client, LOG.request(5, 8)).status_code == 200


@pytest.mark.parametrize("seed", range(KILLS))
def test_two_forks_that_race_through_a_kill_are_never_both_cosigned(running: Running, seed: int) -> None:
    chance = random.Random(seed)
    signed: Signed = []
    for _ in range(2):
        racing = [threading.Thread(target=push, args=(running, log, signed)) for log in (LOG, FORK)]
        for witness in racing:
            witness.start()
        pause(signed, len(signed) + chance.randrange(4))
        running.kill()
        for witness in racing:
            witness.join()
        running.start()
    for log in (LOG, FORK):
        push(running, log, signed, upto=24)
    assert {size for _, size in signed} >= {24}
    assert all(agree(*first, *second) for first, second in combinations(signed, 2))


def push(running: Running, log: Log, signed: Signed, upto: int = 20) -> None:
    """Asks for one size after the other, from what the witness says, until it is killed or refuses this log."""
    size = old = 0
    while size < upto:
        size = max(size, old) + 1
        try:
            answer = add(running.client, log.request(old, size))
            if answer.status_code == 409:
                old = parse_size(answer.content)
                size = max(size, old)
                answer = add(running.client, log.request(old, size))
        except httpx.TransportError:
            return
        if answer.status_code == 422:
            return
        if answer.status_code == 200:
            signed.append((log, size))
            old = size


def pause(signed: Signed, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(signed) < count and time.monotonic() < until:
        pass
