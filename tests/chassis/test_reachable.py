"""A server of others that does not answer is told, and keeps nobody from the service."""

import asyncio
import socket
from contextlib import closing
from functools import partial

import httpx
import pytest

from zi_chassis.process.reachable import FAILURES, Reachable, greeted
from zi_chassis.service import Service
from zi_chassis.settings import Settings


class Peer:
    """Answers while it is up."""

    def __init__(self) -> None:
        self.is_up = True

    async def probe(self) -> None:
        if not self.is_up:
            raise ConnectionRefusedError


async def test_a_few_failures_in_a_row_are_told_and_one_answer_ends_it() -> None:
    peer = Peer()
    reachable = Reachable(peer.probe, "it is away")
    peer.is_up = False
    for _ in range(FAILURES - 1):
        await reachable.look()
    assert reachable.reason is None
    await reachable.look()
    assert reachable.reason == "it is away"
    peer.is_up = True
    await reachable.look()
    assert reachable.reason is None


async def test_it_looks_until_it_is_cancelled() -> None:
    peer = Peer()
    peer.is_up = False
    reachable = Reachable(peer.probe, "it is away", every=0, again=0)
    looking = asyncio.create_task(reachable.run())
    while reachable.reason is None:
        await asyncio.sleep(0)
    peer.is_up = True
    while reachable.reason is not None:
        await asyncio.sleep(0)
    looking.cancel()


async def test_a_port_that_nobody_listens_on_is_an_error() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with pytest.raises(OSError):
        await greeted(f"127.0.0.1:{port}")


async def test_a_server_that_takes_connections_and_says_nothing_does_not_answer() -> None:
    """The system takes connections for a process that stands still."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        probe = partial(greeted, f"127.0.0.1:{server.getsockname()[1]}")
        reachable = Reachable(probe, "it is away", patience=0.05)
        for _ in range(FAILURES):
            await reachable.look()
    assert reachable.reason == "it is away"


@pytest.mark.parametrize(
    ("greeting", "is_well"), [(b"220 mail\r\n", True), (b"554 no\r\n", False), (b"", False)]
)
async def test_a_mail_server_has_to_greet(greeting: bytes, is_well: bool) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        if is_well:
            await greeted(address)
        else:
            with pytest.raises(OSError):
                await greeted(address)


async def test_readiness_and_metrics_name_it_and_the_service_stays_ready(tmp_path: object) -> None:
    service = Service(Settings(service="intake", data=tmp_path, demo=True))  # type: ignore[arg-type]
    peer = Peer()
    peer.is_up = False
    reachable = Reachable(peer.probe, "it is away")
    service.notice("sign_in", reachable)
    for _ in range(FAILURES):
        await reachable.look()
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        answer = await client.get("/intake/ready")
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        assert answer.json()["checks"]["sign_in"] == {"ok": False, "reason": "it is away"}
        assert 'zi_ready{check="sign_in",service="intake"} 0.0' in (await client.get("/intake/metrics")).text
