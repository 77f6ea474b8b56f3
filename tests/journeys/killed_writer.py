"""The ledger's writer, a process of its own on a real bus, killed without warning while it appends at full speed, again and again."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import nats
from nats.aio.client import Client
from tests.audit.log_home import OFFICE, Sender
from tests.journeys import records
from tests.journeys.house import await_, environment
from tests.journeys.tools import here
from tests.nats_server import NatsServer
from tests.ports import free_range
from tests.proofs import proof

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import read_link
from zi_audit.files.tile_folder import CHECKPOINT
from zi_chassis.bus import streams
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.note import parse_note
from zi_verify.main import main as zi_verify

SENDERS = ("intake", "notify")
# What is waiting before each start; the writer gets through less before it is killed.
READY = 6_000
TOGETHER = 500
LONGEST = 0.4  # seconds from the first growth to the kill: a dozen commits
PAUSE = 0.002
# Importing takes longer than everything else: one process does it, and each writer is forked from that one.
NURSERY = """
import os, sys
from zi_audit.writer.main import create_app
from zi_chassis.service import run
from zi_chassis.settings import Settings
for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        settings = Settings(service="audit-writer")
        run(create_app(settings), settings)
        os._exit(0)
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("ended", flush=True)
"""


@contextmanager
def impatient_bus(folder: Path) -> Iterator[NatsServer]:
    """Start a bus that delivers again after a second what a dead writer had: in a house, after half a minute."""
    server = NatsServer(folder)
    server.start()
    try:
        with patch.object(streams, "ACK_WAIT", 1.0):
            server.provision()
        yield server
    finally:
        server.stop()


@dataclass
class KilledWriter:
    """`folder` is the data folder of both bus and writer; `seed` decides every instant."""

    server: NatsServer
    seed: int
    senders: dict[str, Sender] = field(default_factory=lambda: {name: Sender(name) for name in SENDERS})
    sizes: list[int] = field(default_factory=list)

    @property
    def tiles(self) -> Path:
        return self.server.data / records.TILES

    @property
    def size(self) -> int:
        """The size by the published checkpoint."""
        file = self.tiles / CHECKPOINT
        return parse_checkpoint(parse_note(file.read_bytes()).text).size if file.exists() else 0

    @property
    def sent_count(self) -> int:
        return sum(len(sender.sent) for sender in self.senders.values())

    def run(self, times: int) -> None:
        """Judge what is published after each kill; after the last, all that was sent must come."""
        draw = random.Random(self.seed)
        with Nursery(self.server) as nursery:
            for _ in range(times):
                self.publish(self.size + READY - self.sent_count)
                self._kill_at(nursery, draw.uniform(0, LONGEST))
                self.judge()
            nursery.start()
            await_(lambda: self.size == self.sent_count)
        self.judge()
        assert self.size == self.sent_count

    def _kill_at(self, nursery: "Nursery", seconds: float) -> None:
        """Seconds after it began to grow."""
        before = self.size
        nursery.start()
        await_(lambda: self.size > before, pause=PAUSE)
        time.sleep(seconds)
        nursery.kill()
        self.sizes.append(self.size)

    def judge(self) -> None:
        """The log verifies, continues what was published at the kill before, misses nothing and has nothing twice."""
        result = here(zi_verify, "log", str(self.tiles), *self._continuing())
        assert result.code == 0, result.text
        by_sender: dict[str, list[bytes]] = defaultdict(list)
        for entry in records.logged(self.server.data):
            link = read_link(entry)
            assert link is not None
            by_sender[link.service].append(entry)
        for name, entries in by_sender.items():
            assert entries == [arrival.content for arrival in self.senders[name].sent[: len(entries)]]
        shutil.copy(self.tiles / CHECKPOINT, self._older_checkpoint)

    @property
    def _older_checkpoint(self) -> Path:
        return self.server.data / "kept"

    def _continuing(self) -> list[str]:
        return ["--from-checkpoint", str(self._older_checkpoint)] if self._older_checkpoint.exists() else []

    def publish(self, more: int) -> None:
        asyncio.run(self.send(more))

    async def send(self, more: int) -> None:
        """So many messages, half of each sender."""
        for name, sender in self.senders.items():
            arrivals = sender.say(max(more, 0) // len(SENDERS))
            seed, inbox = str(self.server.seed(name)), f"_INBOX.{name}"
            client = await nats.connect(self.server.url, nkeys_seed=seed, inbox_prefix=inbox)
            for first in range(0, len(arrivals), TOGETHER):
                await send_batch(client, name, arrivals[first : first + TOGETHER], self.server.seed(name))
            await client.close()


async def send_batch(client: Client, service: str, arrivals: list[Arrival], seed: Path) -> None:
    """One atomic batch, as an outbox sends it; the proof of the last message proves all."""
    subject, batch = f"zi.{service}.something.of-a-case", uuid4().hex
    for number, arrival in enumerate(arrivals[:-1], start=1):
        headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
        await client.publish(subject, arrival.content, headers=headers)
    last = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(len(arrivals)), "Nats-Batch-Commit": "1"}
    last |= proof(seed, arrivals[-1].content)
    answer = json.loads((await client.request(subject, arrivals[-1].content, timeout=10, headers=last)).data)
    assert answer["seq"] == arrivals[-1].sequence, answer


class Nursery:
    """At most one writer lives; `start` and `kill` take milliseconds."""

    def __init__(self, server: NatsServer) -> None:
        settings = {
            "ZI_OFFICE": OFFICE,
            "ZI_DEMO": "1",
            "ZI_NATS_URL": server.url,
            "ZI_NATS_SEED": str(server.seed("audit-writer")),
        }
        self._log = (server.data / "writer.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            env=environment(server.data, free_range()) | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._writer: int | None = None

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._log.close()

    def start(self) -> int:
        """The id of the writer's process."""
        assert self._process.stdin is not None
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        self._writer = int(self._line())
        return self._writer

    def kill(self) -> None:
        """`kill -9`; returns when it is gone."""
        assert self._writer is not None
        os.kill(self._writer, signal.SIGKILL)
        self._writer = None
        assert self._line() == "ended"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
