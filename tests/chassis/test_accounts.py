"""Each sender's stream lives in an account of its own: whoever holds every other key can't put a byte onto it."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client
from tests.chassis.house import opened
from tests.nats_server import BINARY, NatsServer
from tests.until import PATIENCE

from zi_chassis.bus.broker_config import NONE_OPENED, grants
from zi_chassis.bus.topology import PROVISIONER, account_of, api_prefix, erasure_stream_of, stream_of
from zi_chassis.provision import start_file

VERBS = (
    "INFO",
    "STREAM.CREATE",
    "STREAM.UPDATE",
    "STREAM.NAMES",
    "STREAM.LIST",
    "STREAM.INFO",
    "STREAM.DELETE",
    "STREAM.PURGE",
    "STREAM.MSG.GET",
    "STREAM.MSG.DELETE",
    "STREAM.SNAPSHOT",
    "STREAM.RESTORE",
    "STREAM.PEER.REMOVE",
    "STREAM.LEADER.STEPDOWN",
    "DIRECT.GET",
    "CONSUMER.CREATE",
    "CONSUMER.DURABLE.CREATE",
    "CONSUMER.DELETE",
    "CONSUMER.INFO",
    "CONSUMER.NAMES",
    "CONSUMER.LIST",
    "CONSUMER.MSG.NEXT",
    "CONSUMER.PAUSE",
    "CONSUMER.UNPIN",
    "CONSUMER.LEADER.STEPDOWN",
)


@asynccontextmanager
async def client_of(nats: NatsServer, service: str) -> AsyncIterator[Client]:
    async with opened(broker := nats.broker(service)):
        yield await broker.client()


async def size(nats: NatsServer, sender: str) -> int:
    async with opened(broker := nats.broker(sender)):
        return (await (await broker.jetstream()).stream_info(stream_of(sender))).state.messages


def requests(nats: NatsServer, attacker: str, victim: str) -> Iterator[str]:
    """Every subject that might make the server, or a service, answer: the attacker's imports, and each call of the API by each name."""
    granted = (g.alias for g in grants(nats.topology, NONE_OPENED) if g.user == account_of(attacker))
    yield from (alias for alias in granted if "STREAM.PURGE" not in alias)
    # The provisioner may shorten a stream: that is its right, and no byte on it.
    verbs = [verb for verb in VERBS if (verb, attacker) != ("STREAM.PURGE", PROVISIONER)]
    for prefix in ("$JS.API", api_prefix(victim), api_prefix(attacker)):
        for verb in verbs:
            for stream in {stream_of(victim), stream_of(attacker)}:
                yield from (
                    f"{prefix}.{verb}",
                    f"{prefix}.{verb}.{stream}",
                    f"{prefix}.{verb}.{stream}.{attacker}",
                )
    for vault in ("vault", "integrity-vault"):
        yield from (f"{vault}.{act}.{who}" for act in ("read", "keep") for who in (attacker, victim))
    yield from (
        f"$JS.ACK.{stream_of(victim)}.{attacker}.1.1.1.1.0",
        f"$JS.ACK.{stream_of(victim)}.audit.1.1.1.1.0",
    )


def replies(victim: str) -> tuple[str, ...]:
    lane = f"zi.{victim}.data_subject_erased.x"
    return (
        lane,
        f"{api_prefix(victim)}.{lane}",
        f"_R_.{lane}",
        f"$JS.API.STREAM.MSG.GET.{stream_of(victim)}",
        f"_INBOX.{victim}.x",
    )


BODIES = (b'{"seq":1}', b"+NXT 1", b'{"batch":1,"expires":1000000000}')


@pytest.mark.parametrize("victim", ["intake", "umkm", "certificates", "notify", "audit", "integrity"])
async def test_with_every_other_key_no_byte_reaches_a_senders_stream_by_a_reply_subject(
    nats: NatsServer, victim: str
) -> None:
    async with opened(victims_broker := nats.broker(victim)):
        js = await victims_broker.jetstream()
        await js.publish(f"zi.{victim}.something.x", b"its own")
        served = nats.topology.root[victim].serves
        vaults = [await (await victims_broker.client()).subscribe(subject) for subject in served]
        for attacker in [*nats.topology.root, PROVISIONER]:
            if attacker == victim:
                continue
            async with client_of(nats, attacker) as client:
                for subject in set(requests(nats, attacker, victim)):
                    for reply in replies(victim):
                        for body in BODIES:
                            await client.publish(subject, body, reply=reply)
                await client.flush()
        await (await victims_broker.client()).flush()
        assert all(vault.pending_msgs for vault in vaults)
        for vault in vaults:
            while vault.pending_msgs:
                await (await vault.next_msg(60)).respond(b"personal data")
        await (await victims_broker.client()).flush()
        # What the attackers sent is handled by now: this answer comes after all of theirs.
        assert (await js.stream_info(stream_of(victim))).state.messages == 1
        assert (await js.get_msg(stream_of(victim), seq=1)).data == b"its own"


async def test_every_senders_stream_is_in_its_own_account_only(nats: NatsServer) -> None:
    folders = {path.relative_to(nats.data / "nats/jetstream/jetstream") for path in streams_of(nats.data)}
    stored_streams = {
        s: erasure_stream_of(s) for s in nats.topology.senders if nats.topology.root[s].erasure_type
    }
    wanted = [(s, stream_of(s)) for s in nats.topology.senders] + list(stored_streams.items())
    assert folders == {Path(account_of(sender)) / "streams" / stream for sender, stream in wanted}


def streams_of(data: Path) -> list[Path]:
    return sorted((data / "nats/jetstream/jetstream").glob("*/streams/*"))


async def publish(nats: NatsServer, sender: str, count: int) -> None:
    async with opened(broker := nats.broker(sender)):
        js = await broker.jetstream()
        for number in range(count):
            await js.publish(f"zi.{sender}.something.x", f"{sender} {number}".encode())


async def hear(nats: NatsServer, listener: str, sender: str, count: int) -> list[tuple[int, bytes]]:
    async with opened(broker := nats.broker(listener)):
        js = await broker.jetstream(sender)
        durable = nats.topology.root[listener].hears[sender]
        pull = await js.pull_subscribe_bind(
            durable, stream_of(sender), inbox_prefix=f"_INBOX.{listener}.".encode()
        )
        found = []
        for message in await pull.fetch(count, timeout=PATIENCE):
            await message.ack_sync(timeout=PATIENCE)
            found.append((message.metadata.sequence.stream, message.data))
        return found


def into_the_global_account(data: Path, only: str | None = None) -> None:
    """Puts the streams of a stopped server to where an earlier version kept them."""
    for path in streams_of(data):
        if only in (None, path.name) and not path.name.endswith("_ERASURES"):
            old = data / "nats/jetstream/jetstream/$G/streams"
            old.mkdir(parents=True, exist_ok=True)
            path.rename(old / path.name)


async def test_streams_of_an_earlier_version_move_with_every_sequence_and_durable_position(
    nats: NatsServer,
) -> None:
    await publish(nats, "intake", 5)
    await publish(nats, "notify", 3)
    assert await hear(nats, "notify", "intake", 2) == [(1, b"intake 0"), (2, b"intake 1")]
    nats.stop()
    into_the_global_account(nats.data)
    nats.start()
    await asyncio.to_thread(nats.provision)
    assert [await size(nats, "intake"), await size(nats, "notify"), await size(nats, "umkm")] == [5, 3, 0]
    assert await hear(nats, "notify", "intake", 1) == [(3, b"intake 2")]
    assert not [path for path in streams_of(nats.data) if "$G" in path.parts]


async def test_a_move_that_was_killed_halfway_goes_on(nats: NatsServer) -> None:
    await publish(nats, "intake", 5)
    nats.stop()
    into_the_global_account(nats.data, "ZI_INTAKE")  # the others had been moved when the power went
    nats.start()
    assert await size(nats, "intake") == 5


def test_a_dry_run_says_what_would_move_and_moves_nothing(nats: NatsServer) -> None:
    nats.stop()
    into_the_global_account(nats.data)
    before = streams_of(nats.data)
    dry_run = start(nats.data, "--dry-run")
    assert dry_run.returncode == 0
    assert "stream ZI_INTAKE goes to the account INTAKE" in dry_run.stdout
    assert streams_of(nats.data) == before


def test_a_stream_that_is_in_both_places_stops_the_start_and_stays(nats: NatsServer) -> None:
    nats.stop()
    source = nats.data / "nats/jetstream/jetstream/INTAKE/streams/ZI_INTAKE"
    shutil.copytree(source, nats.data / "nats/jetstream/jetstream/$G/streams/ZI_INTAKE")
    before = streams_of(nats.data)
    refused = start(nats.data, str(BINARY))
    assert refused.returncode == 1
    assert "Find out which one is right" in refused.stderr
    assert streams_of(nats.data) == before


def start(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(start_file(data)), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, env=dict(os.environ)
    )


def test_no_account_opens_a_call_that_changes_or_removes_a_stream_but_for_its_beginning(
    nats: NatsServer,
) -> None:
    config = (nats.data / "nats" / "nats.conf").read_text()
    for verb in ("UPDATE", "DELETE", "RESTORE", "SNAPSHOT"):
        assert f".{verb}" not in config, verb
    purges = {g.alias: g.user for g in grants(nats.topology, NONE_OPENED) if "PURGE" in g.subject}
    assert set(purges.values()) == {account_of(PROVISIONER)}
    assert set(purges) == {f"{api_prefix(s)}.STREAM.PURGE.{stream_of(s)}" for s in nats.topology.senders}
    assert config.count("STREAM.PURGE") == 4 * len(
        purges
    )  # exported, imported under a name, and this name once more as a right
    assert json.dumps("vault.read.notify") in config
