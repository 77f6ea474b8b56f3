"""`zi-witness run` as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from tests.ports import free_port

PATIENCE = 120.0
COMMAND = [sys.executable, "-m", "zi_witness.main"]


class Running:
    """Listens once it is made; `kill` is kill -9, `start` again continues on the same folder."""

    def __init__(self, data: Path, *options: str) -> None:
        self._port = free_port()
        self._line = [*COMMAND, "run", "--data", str(data), "--port", str(self._port), *options]
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self._port}", trust_env=False, timeout=PATIENCE
        )
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._line)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None
            assert time.monotonic() < until, "the witness does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.client.close()
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()

    def _answers(self) -> bool:
        try:
            return self.client.get("/").status_code == 200
        except httpx.TransportError:
            return False


def zi_witness(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE)
