"""NATS after a full disk: a stream refuses messages also when there is room again, and the check of its health in compose has it started again."""

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nats
import pytest
import yaml
from nats.js import JetStreamContext
from tests.nats_server import BINARY
from tests.ports import free_port
from tests.until import until

SCRIPT = Path("deploy/nats/healthy.sh")
SMALL = 64 * 1024
CONNECT = """#!/usr/bin/env python3
# As busybox does it: what comes in goes there, and the answer out.
import socket, sys
with socket.create_connection(sys.argv[-2:]) as there:
    there.sendall(sys.stdin.buffer.read())
    while part := there.recv(4096):
        sys.stdout.buffer.write(part)
"""


class Bus:
    def __init__(self, folder: Path) -> None:
        self.port, self.monitor = free_port(), free_port()
        self.folder = folder
        (folder / "nc").write_text(CONNECT)
        (folder / "nc").chmod(0o755)
        (folder / "nats.conf").write_text(
            f'listen: 127.0.0.1:{self.port}\nhttp: 127.0.0.1:{self.monitor}\njetstream {{ store_dir: "{folder}" }}\n'
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([BINARY, "-c", self.folder / "nats.conf"], stderr=subprocess.DEVNULL)
        yield process
        process.kill()
        process.wait()

    def is_healthy(self, process: subprocess.Popen[bytes]) -> bool:
        around = {"PATH": f"{self.folder}:{os.environ['PATH']}", "ZI_NATS_PID": str(process.pid)}
        words = ["sh", str(SCRIPT), str(self.folder)]
        return not subprocess.run(
            words, env=around | {"ZI_NATS_MONITOR": str(self.monitor)}, check=False
        ).returncode


async def is_stored(js: JetStreamContext) -> bool:
    try:
        await js.publish("full.x", bytes(2 * SMALL), timeout=0.3)
    except TimeoutError:
        return False
    return True


@pytest.mark.journey
async def test_a_stream_that_stays_refused_after_a_full_disk_is_started_again(tmp_path: Path) -> None:
    bus = Bus(tmp_path)
    with bus.running() as process:
        async with await nats.connect(f"nats://127.0.0.1:{bus.port}", allow_reconnect=False) as client:
            js = client.jetstream()
            await js.add_stream(name="FULL", subjects=["full.>"])
            assert await is_stored(js)
            assert bus.is_healthy(process)
            limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (SMALL, resource.RLIM_INFINITY))
            assert not await is_stored(js)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
            assert not await is_stored(js)
        assert not await asyncio.to_thread(bus.is_healthy, process)
        await until(lambda: process.poll() is not None)
    with bus.running() as process:
        await until(lambda: bus.is_healthy(process))
        async with await nats.connect(f"nats://127.0.0.1:{bus.port}") as client:
            assert await is_stored(client.jetstream())


def test_compose_asks_for_the_health_of_nats_that_way() -> None:
    service = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]["nats"]
    assert service["healthcheck"]["test"] == ["CMD", "sh", "/healthy.sh", "/var/lib/zona/jetstream"]
    assert "./deploy/nats/healthy.sh:/healthy.sh:ro" in service["volumes"]
    assert service["restart"] == "unless-stopped"
