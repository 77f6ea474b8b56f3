import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from tests.chassis.sample_service import BoxIsClosedError, service
from tests.ports import free_port
from tests.until import PATIENCE, until

from zi_chassis.domain import DomainError
from zi_chassis.service import RESOLVERS, exit_status
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.web.body import DRAINED


def test_ready_names_each_check_and_its_reason(tmp_path: Path) -> None:
    made = service(tmp_path)
    reasons: dict[str, str | None] = {"lane": None}
    made.ready_check("lane", lambda: reasons["lane"])
    with TestClient(made.app) as client:
        assert client.get("/sample/ready").status_code == 200
        reasons["lane"] = "message 7 of umkm is blocked"
        answer = client.get("/sample/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"]["lane"] == {"ok": False, "reason": "message 7 of umkm is blocked"}
        assert client.get("/sample/health").status_code == 200


def test_a_process_that_leaves_is_not_alive_for_the_gateway(tmp_path: Path) -> None:
    """A version that a newer one has taken the store over from would refuse all that it is asked until it has ended."""
    made = service(tmp_path)
    alive = [True]
    made.watch_thread("store", lambda: alive[0])
    with TestClient(made.app) as client:
        assert client.get("/sample/health").json()["alive"] is True
        alive[0] = False
        answer = client.get("/sample/health")
    assert (answer.status_code, answer.json()["alive"]) == (503, False)


def test_a_check_that_fails_is_a_reason(tmp_path: Path) -> None:
    made = service(tmp_path)

    def broken() -> None:
        raise RuntimeError("with words of somebody")

    made.ready_check("store", broken)
    assert made.ready()["store"] == "the check failed: RuntimeError"


def test_what_is_opened_is_open_before_the_watched_begins_and_closed_after_it(tmp_path: Path) -> None:
    order: list[str] = []

    @contextmanager
    def store() -> Iterator[None]:
        order.append("store opens")
        yield
        order.append("store closes")

    @asynccontextmanager
    async def broker() -> AsyncIterator[None]:
        order.append("broker opens")
        yield
        order.append("broker closes")

    async def outbox() -> None:
        order.append("outbox runs")
        raise RuntimeError

    made = service(tmp_path)
    made.open(store)
    made.open(broker)
    made.watch("outbox", outbox)
    with TestClient(made.app) as client:
        assert client.get("/sample/ready").json()["checks"]["process"]["reason"] == "outbox ended"
    assert order == ["store opens", "broker opens", "outbox runs", "broker closes", "store closes"]


def test_metrics_count_by_route_and_are_not_for_the_outside(tmp_path: Path) -> None:
    with TestClient(service(tmp_path).app) as client:
        client.get("/sample/api/things/SECRET")
        text = client.get("/sample/metrics").text
        assert 'zi_requests_total{method="GET",route="/sample/api/things/{ticket}",status="404"}' in text
        assert "SECRET" not in text
        assert 'zi_ready{check="process",service="sample"} 1.0' in text
        assert 'zi_build_info{service="sample",version="' in text
        assert client.get("/sample/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


PROGRAM = """
import asyncio, sys
from pathlib import Path
from tests.chassis.sample_service import BoxIsClosedError, service
from zi_chassis.service import run

made = service(Path(sys.argv[1]), listen=sys.argv[2])
made.watchdog.grace = 0.05
death = asyncio.Event()

async def mortal():
    await death.wait()

@made.app.post("/sample/kill")
async def kill() -> None:
    death.set()

made.watch("outbox", mortal)
run(made.app, made.settings.model_copy(update={"demo": True}))
"""


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def process(tmp_path: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), address]
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(command, stderr=log, cwd=Path(__file__).parents[2])
    yield started
    started.kill()
    started.wait()


async def answering(url: str) -> None:
    def answers() -> bool:
        try:
            return httpx.get(url, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    await until(answers)


@pytest.mark.journey
async def test_a_process_ends_in_order_on_sigterm(process: subprocess.Popen[bytes], address: str) -> None:
    await answering(f"http://{address}/sample/ready")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) in (0, -signal.SIGTERM)


@pytest.mark.journey
async def test_a_process_whose_task_died_leaves_with_code_1(
    process: subprocess.Popen[bytes], address: str, tmp_path: Path
) -> None:
    await answering(f"http://{address}/sample/ready")
    assert httpx.post(f"http://{address}/sample/kill", trust_env=False).status_code == 200
    assert process.wait(PATIENCE) == 1
    assert '"reason":"outbox ended"' in (tmp_path / "log").read_text()


def on_their_way() -> int:
    """Return how many bytes the kernel may take for a connection before anybody reads them, and those that a process reads at once."""
    kernel = Path("/proc/sys/net/ipv4")
    return sum(int((kernel / name).read_text().split()[-1]) for name in ("tcp_rmem", "tcp_wmem")) + 2**20


@pytest.mark.journey
async def test_a_large_upload_is_cut_off_early(process: subprocess.Popen[bytes], address: str) -> None:
    await answering(f"http://{address}/sample/ready")
    host, _, port = address.partition(":")
    sent = 0
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        line.sendall(
            b"POST /sample/api/things/T HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        try:
            while sent < 200 * 1024 * 1024:
                line.sendall(chunk)
                sent += 0x10000
        except OSError:
            pass
    assert sent < DRAINED + on_their_way()


REFUSING = """
import sys
from pathlib import Path
from tests.chassis.sample_service import BoxIsClosedError, service
from zi_chassis.service import run

made = service(Path(sys.argv[1]), listen=sys.argv[2])

def refuse():
    raise BoxIsClosedError("The box {box} is closed. Open another one.", box="B-1")

made.open(refuse)
run(made.app, made.settings.model_copy(update={"demo": True}))
"""


def ended_start(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", script, str(folder), f"127.0.0.1:{free_port()}"]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


@pytest.mark.journey
def test_a_start_that_is_refused_ends_its_log_with_the_sentence_for_the_operator(tmp_path: Path) -> None:
    ended = ended_start(REFUSING, tmp_path)
    assert ended.returncode == 3
    last = json.loads((ended.stdout + ended.stderr).splitlines()[-1])
    assert last["message"] == "it does not start. The box B-1 is closed. Open another one."
    assert last["level"] == "critical"


RESOLVING = """
import asyncio, sys
from contextlib import asynccontextmanager
from pathlib import Path
from tests.chassis.sample_service import BoxIsClosedError, service
from zi_chassis.service import run

made = service(Path(sys.argv[1]), listen=sys.argv[2])

def threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))

@asynccontextmanager
async def resolve():
    before = threads()
    await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 25)
    raise BoxIsClosedError("{count}", count=threads() - before)
    yield

made.open(resolve)
run(made.app, made.settings.model_copy(update={"demo": True}))
"""


@pytest.mark.journey
def test_a_silent_name_server_leaves_threads_for_other_names(tmp_path: Path) -> None:
    ended = ended_start(RESOLVING, tmp_path)
    last = json.loads((ended.stdout + ended.stderr).splitlines()[-1])
    assert last["message"] == f"it does not start. {RESOLVERS}"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(BoxIsClosedError("No."), 3), (NewerVersionError("events (zi.sample.box_moved by)"), 4)],
)
def test_a_start_that_needs_a_newer_version_has_an_exit_status_of_its_own(
    tmp_path: Path, refusal: DomainError, status: int
) -> None:
    made = service(tmp_path)

    def refuse() -> AbstractContextManager[None]:
        raise refusal

    made.open(refuse)
    with pytest.raises(DomainError), TestClient(made.app):
        pass
    assert exit_status(made.app, has_started=False) == status
