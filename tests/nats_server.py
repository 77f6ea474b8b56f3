"""A provisioned nats-server of a test's own: real binary, real keys and rights, files under the test's folder."""

import asyncio
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

from tests.ports import free_port
from tests.proofs import proof

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.broker_config import Server
from zi_chassis.bus.topology import PROVISIONER, Topology
from zi_chassis.provision import make_streams, seed_file, start_file, write_keys

BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"
PATIENCE = 90.0  # seconds, on a machine that is busy with others
TOPOLOGY = Path(__file__).parent.parent / "deploy" / "nats" / "topology.toml"


class NatsServer:
    """`url`, `seed(service)`, and `stop`/`start` for faults; `data` is what ZI_DATA would be."""

    def __init__(self, data: Path, topology: Path = TOPOLOGY) -> None:
        self.data = data
        self.topology = Topology.read(topology)
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        listen, monitor = f"127.0.0.1:{self.port}", f"127.0.0.1:{free_port()}"
        write_keys(self.topology, data, Server(listen, monitor, data / "nats" / "jetstream"))

    def seed(self, service: str) -> Path:
        return seed_file(self.data, service)

    def broker(self, service: str) -> Broker:
        return Broker(service, self.url, self.seed(service))

    def proof(self, sender: str, content: bytes) -> dict[str, str]:
        """The header by which `sender` proves this message."""
        return proof(self.seed(sender), content)

    def start(self) -> None:
        with (self.data / "nats" / "log").open("ab") as log:
            command = ["sh", str(start_file(self.data)), str(BINARY)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._await_port()

    def provision(self) -> list[str]:
        return asyncio.run(make_streams(self.topology, self.url, self.seed(PROVISIONER)))

    def stop(self, *, kill: bool = False) -> None:
        process, self._process = self._process, None
        if process is not None:
            (process.kill if kill else process.terminate)()
            process.wait(timeout=PATIENCE)

    def _await_port(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError((self.data / "nats" / "log").read_text())
