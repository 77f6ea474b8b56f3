"""The writer on a real broker: everything once, in each sender's order, whatever happens around it."""

import asyncio
import base64
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.audit.log_home import OFFICE, Sender
from tests.bucket_store import Store
from tests.chassis.house import running
from tests.databases import end_session_of_holder
from tests.nats_server import NatsServer
from tests.until import PATIENCE, until
from tests.witness.running import Running

from zi_audit.domain.chain import read_link
from zi_audit.files.halt import Reason
from zi_audit.files.log_keys import keys_of
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.sender_proofs import published as published_proofs
from zi_audit.files.status import read_status
from zi_audit.files.tile_bucket import TileBucket
from zi_audit.files.tile_folder import CHECKPOINT, POLICY, TileFolder, tiles_of
from zi_audit.files.tiles import published_tiles
from zi_audit.tools.refill import refill
from zi_audit.writer import main as writers
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.main import Writer
from zi_audit.writer.write_lock import to_its_end
from zi_chassis.bucket import BucketAwayError
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.sender_proof import SenderKey
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database
from zi_chassis.storage.lease import Lease, keep_leading, lease_of
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.note import parse_note
from zi_tlog.tile import bundle_at, read_bundle
from zi_witness.key import load_key, make_key

pytestmark = pytest.mark.journey


def settings_in(folder: Path) -> Settings:
    return Settings(service="audit-writer", office=OFFICE, data=folder)


def entries(settings: Settings) -> list[bytes]:
    tiles = TileFolder(tiles_of(settings))
    size = parse_checkpoint(parse_note(tiles.read(CHECKPOINT) or b"").text).size
    bundles = [bundle_at(index, size) for index in range(-(-size // 256))]
    return [entry for bundle in bundles for entry in read_bundle(bundle, tiles.read)]


def size(settings: Settings) -> int:
    tiles = TileFolder(tiles_of(settings))
    checkpoint = tiles.read(CHECKPOINT)
    return parse_checkpoint(parse_note(checkpoint).text).size if checkpoint else 0


@asynccontextmanager
async def connected(nats: NatsServer, service: str) -> AsyncIterator[Broker]:
    broker = nats.broker(service)
    broker.open()
    yield broker
    await broker.close()


@asynccontextmanager
async def writing(nats: NatsServer, settings: Settings) -> AsyncIterator[Writer]:
    database = Database(settings.folder / "ledger.db")
    async with connected(nats, "audit-writer") as broker:
        writer = Writer(settings, Clock(), broker, database, look_again=0.1)
        task = asyncio.create_task(writer.run())
        yield writer
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    database.close()


@asynccontextmanager
async def standing_by(nats: NatsServer, settings: Settings) -> AsyncIterator[tuple[Writer, Lease]]:
    """A writer as its process runs it: it leads while it has the lease."""
    database, lease = Database(settings.database), lease_of(settings)
    async with connected(nats, "audit-writer") as broker:
        writer = Writer(settings, Clock(), broker, database, look_again=0.1)
        async with running(lambda: keep_leading(lease, writer.run)):
            yield writer, lease
    database.close()


async def acknowledged(nats: NatsServer, sequence: int) -> None:
    """Waits until the writer's consumer of intake has been told so far."""
    async with connected(nats, "audit-writer") as broker, asyncio.timeout(PATIENCE):
        js = await broker.jetstream("intake")
        while True:
            floor = (await js.consumer_info("ZI_INTAKE", "audit")).ack_floor
            if floor is not None and floor.stream_seq >= sequence:
                return
            await asyncio.sleep(0.02)


async def publish(nats: NatsServer, service: str, contents: list[bytes]) -> None:
    async with connected(nats, service) as broker:
        js = await broker.jetstream()
        for content in contents:
            headers = None if read_link(content) is None else nats.proof(service, content)
            await js.publish(f"zi.{service}.something.of-a-case", content, headers=headers)


async def plant(nats: NatsServer, *contents: bytes) -> None:
    """By whoever got onto intake's stream without its key."""
    async with connected(nats, "intake") as broker:
        js = await broker.jetstream()
        for content in contents:
            await js.publish("zi.intake.something.of-a-case", content)


async def test_messages_of_all_senders_come_into_the_log_in_their_order(
    nats: NatsServer, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    sent = {
        service: [a.content for a in Sender(service).say(40)] for service in ("intake", "notify", "audit")
    }
    async with writing(nats, settings) as writer:
        await asyncio.gather(*(publish(nats, service, contents) for service, contents in sent.items()))
        await until(lambda: size(settings) == 120)
        await until(lambda: writer.reason is None and writer.lanes_reason() is None)
    for service, contents in sent.items():
        assert [entry for entry in entries(settings) if f"/{service}".encode() in entry] == contents


async def test_no_message_is_logged_again_after_a_restart(nats: NatsServer, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    intake = Sender("intake")
    for _ in range(3):
        await publish(nats, "intake", [arrival.content for arrival in intake.say(5)])
        async with writing(nats, settings):
            await until(lambda: size(settings) == len(intake.sent))
    assert entries(settings) == [arrival.content for arrival in intake.sent]


@pytest.mark.postgres
async def test_writers_that_lead_in_turn_write_one_log(
    nats: NatsServer, tmp_path: Path, postgres: str
) -> None:
    settings = settings_in(tmp_path).model_copy(update={"database": postgres})
    intake = Sender("intake")
    async with standing_by(nats, settings) as first, standing_by(nats, settings) as second:
        for turn in range(4):
            _, lease = (first, second)[turn % 2]
            while not lease.is_held:
                end_session_of_holder(postgres)
                await asyncio.sleep(0.2)
            await publish(nats, "intake", [arrival.content for arrival in intake.say(5)])
            await until(lambda: size(settings) == len(intake.sent))
            await until(lambda: {first[0].reason, second[0].reason} == {None, writers.NOT_OPEN})
    assert entries(settings) == [arrival.content for arrival in intake.sent]


def test_a_writer_that_stands_by_is_ready_without_a_log(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    writer = Writer(
        settings, Clock(), Broker("audit-writer", "nats://127.0.0.1:1"), Database(tmp_path / "ledger.db")
    )
    lease = lease_of(settings)
    assert writers.log_reason(writer, lease) is None
    lease.is_held = True
    assert writers.log_reason(writer, lease) == writers.NOT_OPEN


async def test_what_was_given_to_a_dead_writer_comes_first_and_in_order(
    nats: NatsServer, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    intake = Sender("intake")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(5)])
    async with connected(nats, "audit-writer") as dead:
        subscription = await (await dead.jetstream("intake")).pull_subscribe_bind(
            "audit", "ZI_INTAKE", inbox_prefix=b"_INBOX.audit-writer."
        )
        assert len(await subscription.fetch(5, timeout=PATIENCE)) == 5
    await publish(nats, "intake", [arrival.content for arrival in intake.say(5)])
    async with writing(nats, settings):
        await until(lambda: size(settings) == 10)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


async def test_what_the_sender_never_sent_is_passed_over_and_stops_nobody(
    nats: NatsServer, tmp_path: Path
) -> None:
    settings, intake = settings_in(tmp_path), Sender("intake")
    async with writing(nats, settings) as writer:
        await publish(nats, "intake", [arrival.content for arrival in intake.say(2)])
        await plant(nats, b"\xff\x00 no message", intake.message(actor="somebody else"))
        await until(lambda: "nothing proves yet" in (writer.lanes_reason() or ""))
        await publish(nats, "intake", [arrival.content for arrival in intake.say(2)])
        await until(lambda: size(settings) == 4 and writer.lanes_reason() is None)
        await plant(nats, *(intake.message(actor=f"somebody {n}") for n in range(300)))
        await publish(nats, "intake", [arrival.content for arrival in intake.say(1)])
        await until(lambda: size(settings) == 5)
        await acknowledged(nats, 307)
    async with writing(nats, settings) as writer:
        await publish(nats, "intake", [arrival.content for arrival in intake.say(1)])
        await until(lambda: size(settings) == 6 and writer.reason is None)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


async def test_the_newest_proof_of_each_sender_is_kept_and_published(
    nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "STATUS_EVERY", 0.0)
    settings, tiles = settings_in(tmp_path), TileFolder(tiles_of(settings_in(tmp_path)))
    senders = [Sender("intake"), Sender("notify")]
    async with writing(nats, settings):
        for count in (250, 3):
            for sender in senders:
                await publish(nats, sender.service, [arrival.content for arrival in sender.say(count)])
            heads = [(f"/zi/{OFFICE}/{sender.service}", *sender.head) for sender in senders]
            await until(
                lambda heads=heads: (
                    heads  # type: ignore[misc]
                    == [(proof.source, proof.position, proof.hash) for proof in published_proofs(tiles)]
                )
            )
    for proof in published_proofs(tiles):
        public = SenderKey(nats.seed(proof.source.rpartition("/")[2]).read_bytes()).public
        assert proof.public_key == public
        text = f"{proof.format}\n{proof.source}\n{proof.position}\n{proof.hash}\n".encode()
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(proof.public_key))
        key.verify(base64.b64decode(proof.proof), text)


@pytest.mark.parametrize("proven_before", [True, False])
async def test_in_the_place_of_a_lost_message_only_what_is_from_before_proofs_is_taken(
    nats: NatsServer, tmp_path: Path, proven_before: bool
) -> None:
    settings, intake = settings_in(tmp_path), Sender("intake")
    first, forged = intake.say(2), intake.message(actor="somebody else")
    async with writing(nats, settings):
        if proven_before:
            await publish(nats, "intake", [arrival.content for arrival in first])
            await until(lambda: size(settings) == 2)
        else:
            await plant(nats, *(arrival.content for arrival in first))
        await plant(nats, forged)
        intake.say(1)
        await publish(nats, "intake", [arrival.content for arrival in intake.say(1)])
        await until(lambda: size(settings) == (3 if proven_before else 4))
    assert (forged in entries(settings)) is not proven_before


async def test_messages_of_before_proofs_wait_for_the_first_proof(nats: NatsServer, tmp_path: Path) -> None:
    settings, intake = settings_in(tmp_path), Sender("intake")
    await plant(nats, *(arrival.content for arrival in intake.say(250)))
    await plant(nats, intake.message(actor="somebody else"))
    async with writing(nats, settings) as writer:
        await until(lambda: "nothing proves yet" in (writer.lanes_reason() or ""))
        await publish(nats, "intake", [arrival.content for arrival in intake.say(1)])
        await until(lambda: size(settings) == 251)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


async def test_a_refilled_log_knows_what_was_passed_over_from_a_backup_that_was_restored(
    nats: NatsServer, tmp_path: Path
) -> None:
    settings, intake = settings_in(tmp_path), Sender("intake")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(2)])
    await plant(nats, b"slipped in", b"slipped in again")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(2)])
    async with writing(nats, settings):
        await acknowledged(nats, 6)
    for path in settings.folder.glob("ledger.db*"):
        path.unlink()
    database, tiles = Database(settings.folder / "ledger.db"), TileFolder(tiles_of(settings))
    assert refill(Ledger(database, OFFICE), tiles, keys_of(settings), Clock(), OFFICE) == 4
    database.close()
    async with writing(nats, settings) as writer:
        await publish(nats, "intake", [arrival.content for arrival in intake.say(1)])
        await until(lambda: size(settings) == 5 and writer.reason is None)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


async def test_a_broker_that_goes_away_and_comes_back_loses_nothing(nats: NatsServer, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    intake = Sender("intake")
    async with writing(nats, settings):
        await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
        await until(lambda: size(settings) == 3)
        nats.stop(kill=True)
        nats.start()
        await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
        await until(lambda: size(settings) == 6)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


async def test_a_bucket_that_goes_away_and_comes_back_loses_and_doubles_nothing(
    nats: NatsServer, bucket: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer says why it stands still, and nothing is published meanwhile."""
    intake = Sender("intake")
    settings = Settings(service="audit-writer", office=OFFICE, data=tmp_path, tiles=bucket.url)
    log = PublishedLog(published_tiles(settings))

    def whole() -> bool:
        return [entry for entry, _ in log.walk()] == [arrival.content for arrival in intake.sent]

    async with writing(nats, settings) as writer:
        await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
        await until(whole)
        with monkeypatch.context() as network:
            network.setattr(TileBucket, "_put", cut_off)
            await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
            await until(lambda: "goes on by itself when the bucket answers" in (writer.reason or ""))
            assert not whole()
        await until(lambda: writer.reason is None and whole())
        await acknowledged(nats, 6)
    async with writing(nats, settings):
        await publish(nats, "intake", [arrival.content for arrival in intake.say(1)])
        await until(whole)
    assert not (settings.folder / "tiles").exists()


def cut_off(bucket: TileBucket, *_: object) -> str:
    raise BucketAwayError(bucket.address, "the network is gone")


async def test_a_whole_restored_backup_is_seen_by_what_was_acknowledged(
    nats: NatsServer, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    intake = Sender("intake")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    async with writing(nats, settings):
        await acknowledged(nats, 3)
    shutil.copytree(settings.folder, tmp_path / "backup")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    async with writing(nats, settings):
        await acknowledged(nats, 6)
    shutil.rmtree(settings.folder)
    shutil.copytree(tmp_path / "backup", settings.folder)
    tiles = TileFolder(tiles_of(settings))
    async with writing(nats, settings):
        await until(lambda: getattr(read_status(tiles), "stopped", None) is Reason.REGRESSION)
    assert size(settings) == 3


async def test_a_log_that_stopped_goes_on_when_the_doubt_is_gone(nats: NatsServer, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    intake = Sender("intake")
    tiles = TileFolder(tiles_of(settings))
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    async with writing(nats, settings) as writer:
        await until(lambda: size(settings) == 3)
        in_the_way = tiles.folder / "tile/0/000.p/5"
        in_the_way.write_bytes(b"another tile")
        await publish(nats, "intake", [arrival.content for arrival in intake.say(2)])
        await until(lambda: getattr(read_status(tiles), "stopped", None) is Reason.DAMAGED)
        assert "tile/0/000.p/5" in str(writer.reason)
        assert size(settings) in (3, 4)
        in_the_way.unlink()
        await until(lambda: size(settings) == 5 and writer.reason is None)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


@pytest.fixture
def ombudsman(tmp_path: Path) -> Iterator[Running]:
    """A witness in a process of its own, which reads the policy that the writer publishes."""
    folder = tmp_path / "ombudsman"
    make_key(folder, "ombudsman.example/witness")
    policy = tiles_of(settings_in(tmp_path)) / POLICY
    running = Running(folder, "--policy", str(policy))
    yield running
    running.stop()


def witnessed(settings: Settings) -> int:
    found = PublishedLog(TileFolder(tiles_of(settings))).witnessed()
    return 0 if found is None else found[1].size


async def test_a_writer_with_a_witness_signs_nothing_new_until_that_has_spoken_and_its_files_stay_readable(
    nats: NatsServer, tmp_path: Path, ombudsman: Running
) -> None:
    settings = settings_in(tmp_path)
    intake, key = Sender("intake"), load_key(tmp_path / "ombudsman").key
    address = str(ombudsman.client.base_url)
    (tmp_path / "witnesses").write_text(f"witness ombudsman {key.vkey} {address}\nquorum ombudsman\n")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    async with writing(nats, settings) as writer:
        await until(lambda: witnessed(settings) == 3)
    ombudsman.kill()
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    tiles = TileFolder(tiles_of(settings))
    async with writing(nats, settings) as writer:
        await until(lambda: getattr(read_status(tiles), "stopped", None) is Reason.UNCONFIRMED)
        assert "ombudsman" in str(writer.reason)
        assert PublishedLog(tiles).receipt(2, intake.sent[2].leaf_hash) is not None
        assert size(settings) == 3
        ombudsman.start()
        await until(lambda: witnessed(settings) == 6 and writer.reason is None)
        ombudsman.kill()
        await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
        await until(lambda: size(settings) == 9)
        assert witnessed(settings) == 6
        ombudsman.start()
        await until(lambda: witnessed(settings) == 9)
    assert entries(settings) == [arrival.content for arrival in intake.sent]


async def test_everything_restored_together_is_noticed_by_the_witness_alone(
    nats: NatsServer, tmp_path: Path, ombudsman: Running
) -> None:
    settings, tiles = settings_in(tmp_path), TileFolder(tiles_of(settings_in(tmp_path)))
    key, address = load_key(tmp_path / "ombudsman").key, ombudsman.client.base_url
    (tmp_path / "witnesses").write_text(f"witness ombudsman {key.vkey} {address}\nquorum ombudsman\n")
    intake = Sender("intake")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    async with writing(nats, settings):
        await until(lambda: witnessed(settings) == 3)
    shutil.copytree(settings.folder, tmp_path / "backup")
    await publish(nats, "intake", [arrival.content for arrival in intake.say(3)])
    async with writing(nats, settings):
        await until(lambda: witnessed(settings) == 6)
    shutil.rmtree(settings.folder)
    shutil.copytree(tmp_path / "backup", settings.folder)
    async with writing(nats, settings):
        await until(lambda: getattr(read_status(tiles), "stopped", None) is Reason.CONTRADICTED)
    assert (size(settings), witnessed(settings)) == (3, 3)


async def test_a_cancelled_writer_ends_only_when_its_thread_has() -> None:
    going, written = threading.Event(), []
    task = asyncio.create_task(to_its_end(lambda: written.append(going.wait())))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    assert (await asyncio.wait({task}, timeout=0))[0] == set()
    going.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert written == [True]
