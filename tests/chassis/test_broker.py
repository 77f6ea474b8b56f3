"""The connection waits for its server, survives it and lets go of it."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from tests.chassis.house import opened, running
from tests.loopback_proxy import LoopbackProxy
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus import broker as connections
from zi_chassis.bus.broker import Broker, MissingKeyError, heed_cancellation
from zi_chassis.bus.sender_proof import PUBLIC_KEYS, format_public_keys


async def test_a_server_that_comes_later_is_found(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    broker = server.broker("intake")
    async with opened(broker):
        await until(lambda: "refused" in (broker.reason or "").lower())
        assert not broker.connected
        server.start()
        await broker.client()
        assert broker.connected
        assert broker.reason is None
    server.stop()


async def test_leaving_waits_for_no_server(tmp_path: Path) -> None:
    broker = NatsServer(tmp_path).broker("intake")
    broker.open()
    await until(lambda: "refused" in (broker.reason or "").lower())
    async with asyncio.timeout(10):
        await broker.close()


async def test_a_server_that_went_away_is_named_and_left_at_once(nats: NatsServer) -> None:
    broker = nats.broker("intake")
    broker.open()
    await broker.client()
    nats.stop()
    await until(lambda: not broker.connected)
    assert "NATS is away" in (broker.reason or "")
    async with asyncio.timeout(10):
        await broker.close()


async def test_only_a_connection_that_nobody_ended_is_logged_as_lost(
    nats: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with nats.broker("intake") as left:
        await left.client()
    assert "disconnected" not in caplog.text
    async with nats.broker("intake") as lost:
        await lost.client()
        nats.stop()
        await until(lambda: "disconnected" in caplog.text)


async def test_a_broker_that_was_never_opened_has_no_client(nats: NatsServer) -> None:
    broker = nats.broker("intake")
    await broker.close()
    with pytest.raises(RuntimeError):
        await broker.client()


async def test_a_missing_key_stops_the_start_with_a_sentence(nats: NatsServer, tmp_path: Path) -> None:
    with pytest.raises(MissingKeyError, match="before the services"):
        Broker("intake", nats.url, tmp_path / "missing.nk").open()


async def test_without_the_public_keys_of_the_senders_nothing_starts(nats: NatsServer) -> None:
    file = nats.data / "nats" / PUBLIC_KEYS
    file.unlink()
    with pytest.raises(MissingKeyError, match=r"sender-keys\.json.*before the services"):
        nats.broker("intake").open()
    file.write_text(format_public_keys({"intake": "00" * 32}))
    with pytest.raises(MissingKeyError, match="another key of intake"):
        nats.broker("intake").open()
    with pytest.raises(MissingKeyError, match="no key of notify"):
        nats.broker("intake").verifier("/zi/office/notify")


async def test_a_loop_ends_although_the_cancellation_was_swallowed() -> None:
    async def loop() -> None:
        while True:
            heed_cancellation()
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(loop())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_of_several_servers_one_that_answers_is_enough(nats: NatsServer) -> None:
    broker = Broker("intake", f"nats://127.0.0.1:1, {nats.url}", nats.seed("intake"))
    async with opened(broker):
        await broker.client()
        assert broker.connected
        assert broker.reason is None


@pytest_asyncio.fixture
async def proxy(nats: NatsServer) -> AsyncIterator[LoopbackProxy]:
    upstream = partial(asyncio.open_connection, "127.0.0.1", nats.port)
    async with LoopbackProxy(upstream).listening() as listening:
        yield listening


async def test_a_line_that_was_cut_without_a_word_is_made_anew(
    nats: NatsServer, proxy: LoopbackProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PING_SECONDS", 0.3)
    broker = Broker("intake", f"nats://127.0.0.1:{proxy.port}", nats.seed("intake"))
    async with opened(broker):
        await broker.client()
        proxy.cut()
        await until(lambda: not broker.connected)
        proxy.mend()
        await until(lambda: broker.reconnects and broker.connected)


async def test_a_cut_line_is_made_anew_although_much_was_still_to_be_sent(
    nats: NatsServer, proxy: LoopbackProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PING_SECONDS", 0.3)
    monkeypatch.setattr(connections, "UNACKNOWLEDGED_MILLISECONDS", 500)
    broker = Broker("intake", f"nats://127.0.0.1:{proxy.port}", nats.seed("intake"))

    async def fill() -> None:
        client = await broker.client()
        while True:
            await client.publish("zi.intake.filled.1", bytes(500_000))

    async with opened(broker):
        await broker.client()
        proxy.cut()
        async with running(fill):
            await until(lambda: not broker.connected)
        proxy.mend()
        await until(lambda: broker.reconnects and broker.connected)
