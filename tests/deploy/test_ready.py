"""A container of the house is healthy where its own process answers 200, and no interpreter is started to ask it."""

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from tests.ports import free_port

COMPOSE = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
OURS = [name for name, service in COMPOSE.items() if service["image"].startswith("zona-")]


class Answer(BaseHTTPRequestHandler):
    """Well at one path, and not ready at all others."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well/ready" else 503)
        self.end_headers()
        self.wfile.write(b"HTTP/1.1 503 is only said here\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def ready(path: str, port: int) -> bool:
    command = ["bash", "deploy/ready", path, str(port)]
    return subprocess.run(command, capture_output=True, timeout=30).returncode == 0


def test_only_an_answer_of_200_is_ready(port: int) -> None:
    assert ready("/well/ready", port)
    assert not ready("/ill/ready", port)
    assert not ready("/well/ready", free_port())


@pytest.mark.parametrize("name", [name for name in OURS if "healthcheck" in COMPOSE[name]])
def test_each_process_of_the_house_is_asked_that_way(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"][:2] == ["CMD", "ready"]
