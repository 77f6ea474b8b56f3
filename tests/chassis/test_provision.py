"""Keys, rights and streams on a real server."""

import asyncio
from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import StreamConfig
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis import provision
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.sender_proof import PUBLIC_KEYS, SenderKey, read_public_keys
from zi_chassis.bus.streams import OtherSettingsError, stream_config
from zi_chassis.bus.topology import PROVISIONER, Topology

SERVICES = ["intake", "certificates", "notify", "audit", "audit-writer", "umkm", "integrity", PROVISIONER]
QUICK = 0.3


async def connected(server: NatsServer, service: str) -> Broker:
    broker = server.broker(service)
    broker.open()
    await broker.client()
    return broker


def test_seeds_are_for_their_owner_alone_and_survive_another_run(nats: NatsServer) -> None:
    before = {service: nats.seed(service).read_bytes() for service in SERVICES}
    assert {nats.seed(service).stat().st_mode & 0o777 for service in SERVICES} == {0o600}
    assert len(set(before.values())) == len(SERVICES)
    NatsServer(nats.data)
    assert before == {service: nats.seed(service).read_bytes() for service in SERVICES}


def test_everybody_may_read_the_public_keys_of_the_senders(nats: NatsServer) -> None:
    file = nats.data / "nats" / PUBLIC_KEYS
    senders = nats.topology.senders
    assert read_public_keys(file) == {s: SenderKey(nats.seed(s).read_bytes()).public for s in senders}
    assert file.stat().st_mode & 0o444 == 0o444


def test_a_seed_that_is_made_anew_is_another_key_of_its_sender(nats: NatsServer) -> None:
    file = nats.data / "nats" / PUBLIC_KEYS
    before = read_public_keys(file)
    nats.seed("intake").unlink()
    NatsServer(nats.data)
    after = read_public_keys(file)
    assert {sender for sender in before if before[sender] != after[sender]} == {"intake"}


def test_provisioning_again_creates_nothing(nats: NatsServer) -> None:
    assert nats.provision() == []


def test_a_stream_with_other_settings_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    server.start()

    async def other() -> StreamConfig:
        broker = await connected(server, PROVISIONER)
        js = await broker.jetstream("intake")
        await js.add_stream(stream_config("intake", 1).evolve(allow_atomic=False))
        with pytest.raises(OtherSettingsError, match="ZI_INTAKE exists with other settings"):
            await provision.make_streams(server.topology, server.url, server.seed(PROVISIONER))
        found = (await js.stream_info("ZI_INTAKE")).config
        await broker.close()
        return found

    try:
        assert not asyncio.run(other()).allow_atomic
    finally:
        server.stop()


@pytest.mark.parametrize("service", SERVICES)
async def test_no_key_can_update_or_delete_a_stream_nor_purge_it_inside_its_account(
    nats: NatsServer, service: str
) -> None:
    broker = await connected(nats, service)
    client = await broker.client()
    calls = ("STREAM.UPDATE", "STREAM.PURGE", "STREAM.DELETE", "STREAM.MSG.DELETE", "STREAM.RESTORE")
    for call in calls:
        with pytest.raises(Error):
            await client.request(f"$JS.API.{call}.ZI_INTAKE", b"{}", timeout=QUICK)
        await until(lambda call=call: call.lower() in (broker.refused or ""))  # type: ignore[misc]
    await broker.close()


@pytest.mark.parametrize("service", [service for service in SERVICES if service != "intake"])
async def test_no_service_can_publish_for_another(nats: NatsServer, service: str) -> None:
    broker = await connected(nats, service)
    client = await broker.client()
    with pytest.raises(Error):
        await client.request("zi.intake.complaint_filed.x", b"{}", timeout=QUICK)
    await broker.close()
    reader = await connected(nats, "intake")
    assert (await (await reader.jetstream()).stream_info("ZI_INTAKE")).state.messages == 0
    await reader.close()


async def test_no_service_can_take_the_messages_or_acknowledge_in_the_place_of_another(
    nats: NatsServer,
) -> None:
    broker = await connected(nats, "notify")
    client = await broker.client()
    for subject in (
        "$JS.API.CONSUMER.MSG.NEXT.ZI_INTAKE.audit",
        "$JS.API.CONSUMER.CREATE.ZI_INTAKE.mine",
        "$JS.API.CONSUMER.DELETE.ZI_INTAKE.notify",
        "$JS.API.STREAM.CREATE.ZI_MINE",
    ):
        with pytest.raises(Error):
            await client.request(subject, b"{}", timeout=QUICK)
    await broker.close()


async def answered(asker: Client) -> bytes:
    """Ask as the services do: again, while nobody is known to answer yet."""
    while True:
        try:
            return bytes((await asker.request("vault.read.notify", b"question", timeout=5)).data)
        except Error:
            await asyncio.sleep(0.1)


async def test_the_vault_is_asked_by_whom_the_topology_names_and_answered_by_intake(nats: NatsServer) -> None:
    intake, notify, audit = [await connected(nats, name) for name in ("intake", "notify", "audit")]
    server, asker, stranger = [await broker.client() for broker in (intake, notify, audit)]

    async def answer(request: Msg) -> None:
        await request.respond(b"answer")

    await server.subscribe("vault.>", cb=answer)
    await server.flush()
    assert await answered(asker) == b"answer"
    for subject in ("vault.read.intake", "vault.read.notify"):
        with pytest.raises(Error):
            await stranger.request(subject, b"question", timeout=QUICK)
    await stranger.subscribe("vault.>")
    await stranger.flush()
    await until(lambda: "vault.>" in (audit.refused or ""))
    for broker in (intake, notify, audit):
        await broker.close()


async def test_an_unknown_key_is_not_let_in(nats: NatsServer, tmp_path: Path) -> None:
    broker = Broker("intake", nats.url, NatsServer(tmp_path / "other").seed("intake"))
    broker.open()
    await until(lambda: "uthorization" in (broker.reason or ""))
    assert not broker.connected
    await broker.close()


async def test_streams_deny_deletion_to_everyone(nats: NatsServer) -> None:
    broker = await connected(nats, "intake")
    config = (await (await broker.jetstream()).stream_info("ZI_INTAKE")).config
    assert config.deny_delete
    assert config.allow_atomic
    stored_stream = (await (await broker.jetstream()).stream_info("ZI_INTAKE_ERASURES")).config
    assert stored_stream.deny_delete
    assert stored_stream.deny_purge
    await broker.close()


def test_one_who_publishes_nothing_cannot_be_heard(tmp_path: Path) -> None:
    path = tmp_path / "topology.toml"
    path.write_text('[a]\nhears = { b = "a" }\n[b]\n')
    with pytest.raises(ValueError, match="nobody can hear them"):
        Topology.read(path)


def test_the_command_makes_keys_then_waits_for_the_server_and_makes_the_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = NatsServer(tmp_path)
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    monkeypatch.setenv("ZI_NATS_URL", server.url)
    assert provision.main(["keys", "--listen", f"127.0.0.1:{server.port}", "--monitor", "127.0.0.1:-1"]) == 0
    server.start()
    try:
        assert provision.main(["streams"]) == 0
        assert provision.main(["streams"]) == 0
    finally:
        server.stop()
    assert "ZI_AUDIT/audit" in capsys.readouterr().out


def test_the_command_names_a_server_that_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = NatsServer(tmp_path)
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    monkeypatch.setenv("ZI_NATS_URL", server.url)
    monkeypatch.setattr(provision, "PATIENCE", 0.5)
    assert provision.main(["streams"]) == 1
    assert server.url in capsys.readouterr().err
