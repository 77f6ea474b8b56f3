"""A third party reads the types that the office opened to it, by the program in docs/consume.md, and nothing else."""

import asyncio
import os
import re
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats as nats_py
import nkeys  # type: ignore[import-untyped]
import pytest
from nats.aio.client import Client
from tests.chassis.counter import counter
from tests.chassis.house import opened
from tests.chassis.test_accounts import BODIES, replies, requests, size
from tests.nats_server import NatsServer
from tests.until import PATIENCE

from zi_chassis.bus.grants import FILE, BusGrants, UnreadableGrantsError
from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import ConfigurationChangedError, configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "contracts" / "examples"
ISSUED, REVOKED, TAKEN = (
    f"zi.certificates.{event}" for event in ("certificate_issued", "letter_revoked", "application_taken")
)
PARTY = "grant-press"


def key_pair() -> tuple[bytes, str]:
    seed = nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)
    return seed, nkeys.from_seed(bytearray(seed)).public_key.decode()


def grants(key: str, *types: str, version: int = 1) -> str:
    return f'[press]\nkey = "{key}"\nversion = {version}\ntypes = {list(types)}\n'


class Opened:
    """A server on which `press` may read what is issued and what is revoked; `seed` is the third party's."""

    def __init__(self, folder: Path, *types: str) -> None:
        self.folder = folder
        seed, key = key_pair()
        self.seed = folder / "press.nk"
        self.seed.write_bytes(seed)
        (folder / "nats").mkdir(parents=True)
        (folder / "nats" / FILE).write_text(grants(key, *(types or (ISSUED, REVOKED))))
        self.server = NatsServer(folder)

    async def publish(self, *types: str) -> None:
        async with opened(broker := self.server.broker("certificates")):
            js = await broker.jetstream()
            for type_ in types:
                await js.publish(f"{type_}.x", (EXAMPLES / f"{type_}.json").read_bytes())

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A connection with the third party's key; it counts what the server refuses."""
        client = await nats_py.connect(self.server.url, nkeys_seed=str(self.seed), error_cb=_quiet)
        try:
            yield client
        finally:
            await client.close()


async def _quiet(error: Exception) -> None:
    """A refused request is what these tests want."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Opened]:
    office = Opened(tmp_path)
    office.server.start()
    office.server.provision()
    yield office
    office.server.stop()


async def test_the_program_of_the_page_reads_what_was_opened(office: Opened) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "consume.md").read_text(), re.DOTALL)
    file = office.folder / "consume.py"
    file.write_text(program)
    await office.publish(ISSUED, TAKEN)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(file), office.server.url, str(office.seed)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )
    assert process.stdout is not None
    try:
        first = await printed(process.stdout)
        await office.publish(TAKEN, REVOKED)
        second = await printed(process.stdout)
    finally:
        process.kill()
        await process.wait()
    assert (first, second) == (ISSUED, REVOKED)


async def printed(output: asyncio.StreamReader) -> str:
    """Return the type of the next message that the program prints, between the lines of FastStream's own log."""
    async with asyncio.timeout(PATIENCE):
        while not (line := await output.readline()).startswith(b"zi."):
            assert line, "the program ended"
    return line.split()[0].decode()


async def test_the_third_party_reads_nothing_else(office: Opened) -> None:
    await office.publish(TAKEN, ISSUED)
    async with office.client() as client:
        every = [
            await client.subscribe(subject)
            for subject in (">", "zi.>", "vault.>", "integrity-vault.>", "js.>", "$JS.>")
        ]
        js = client.jetstream(prefix="js.certificates", timeout=PATIENCE)
        subscription = await js.pull_subscribe_bind("grant-press-1", "ZI_CERTIFICATES")
        (message,) = await subscription.fetch(10, timeout=PATIENCE)
        assert message.subject == f"{ISSUED}.x"
        await office.publish(TAKEN)
        with pytest.raises(TimeoutError):
            await subscription.fetch(10, timeout=0.5)
        assert [subscriber.pending_msgs for subscriber in every] == [0] * len(every)


async def test_the_third_party_is_answered_by_its_own_consumer_alone(office: Opened) -> None:
    """Each call of the API by each name, and the vault: two of them answer, about its own consumer."""
    await office.publish(ISSUED, TAKEN)
    async with office.client() as client:
        inbox = await client.subscribe("_INBOX.all")
        for victim in ("certificates", "intake", "integrity"):
            for subject in set(requests(office.server, PARTY, victim)):
                for body in BODIES:
                    await client.publish(subject, body, reply="_INBOX.all")
        for subject in ("CONSUMER.INFO", "CONSUMER.MSG.NEXT"):
            await client.publish(
                f"js.certificates.{subject}.ZI_CERTIFICATES.grant-press-1", b"", "_INBOX.all"
            )
        answers = [await inbox.next_msg(PATIENCE) for _ in range(2)]
        with pytest.raises(TimeoutError):
            await inbox.next_msg(0.5)
    assert any(b"grant-press-1" in answer.data for answer in answers)
    assert not [answer for answer in answers if TAKEN.encode() in answer.data]


@pytest.mark.parametrize("victim", ["certificates", "intake", "integrity", "audit"])
async def test_the_third_party_puts_nothing_onto_a_lane(office: Opened, victim: str) -> None:
    await office.publish(ISSUED)
    before = await size(office.server, victim)
    async with office.client() as client:
        for lane in replies(victim):
            await client.publish(lane, b"forged")
            for subject in set(requests(office.server, PARTY, victim)):
                await client.publish(subject, b'{"batch":1}', reply=lane)
            for call in ("CONSUMER.INFO", "CONSUMER.MSG.NEXT"):
                subject = f"js.certificates.{call}.ZI_CERTIFICATES.grant-press-1"
                await client.publish(subject, b'{"batch":1}', reply=lane)
        await client.flush()
    async with opened(broker := office.server.broker(victim)):
        await (await broker.client()).flush()
    assert await size(office.server, victim) == before


@pytest.mark.parametrize("types", [(ISSUED,), (ISSUED, REVOKED)])
def test_provisioning_again_changes_nothing(tmp_path: Path, types: tuple[str, ...]) -> None:
    office = Opened(tmp_path, *types)
    office.server.start()
    try:
        assert "ZI_CERTIFICATES/grant-press-1" in office.server.provision()
        assert office.server.provision() == []
    finally:
        office.server.stop()


async def test_whoever_is_taken_out_of_the_file_is_not_let_in(office: Opened) -> None:
    office.server.stop()
    (office.folder / "nats" / FILE).unlink()
    server = NatsServer(office.folder)
    server.start()
    try:
        with pytest.raises(nats_py.errors.Error):
            await nats_py.connect(
                server.url,
                nkeys_seed=str(office.seed),
                allow_reconnect=False,
                max_reconnect_attempts=1,
                error_cb=_quiet,
            )
    finally:
        server.stop()


def test_a_grant_of_what_nobody_publishes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableGrantsError, match="Nothing is published by"):
        Opened(tmp_path, "zi.press.printed")


def test_a_key_of_the_house_opens_nothing_to_others(tmp_path: Path) -> None:
    office = Opened(tmp_path)
    key = nkeys.from_seed(bytearray(office.server.seed("audit").read_bytes())).public_key.decode()
    (tmp_path / "nats" / FILE).write_text(grants(key, ISSUED))
    with pytest.raises(UnreadableGrantsError, match="one of this house"):
        NatsServer(tmp_path)


def test_two_third_parties_with_one_key_are_refused(tmp_path: Path) -> None:
    _, key = key_pair()
    (tmp_path / FILE).write_text(grants(key, ISSUED) + grants(key, ISSUED).replace("press", "radio"))
    with pytest.raises(UnreadableGrantsError, match="one key"):
        BusGrants.read(tmp_path)


async def test_a_grant_is_an_entry_of_its_sender_and_a_version_keeps_its_content(office: Opened) -> None:
    def settings(service: str) -> Settings:
        return Settings(service=service, data=office.folder, nats_seed=office.server.seed(service))

    assert [each.kind for each in bus_configurations(settings("intake"))] == ["office", "sender_key"]
    archive = Archive(Database(office.folder / "certificates.db"))
    store = Store(
        service="certificates",
        office="office",
        database=archive.database,
        deciders=(counter, configurations),
        companions=(archive,),
    )
    store.open()
    await adopt(store, bus_configurations(settings("certificates")), Clock())
    adopted = [row.message for row in store.messages(0, 10)]
    assert any(b'"bus_grant"' in message and b'"press"' in message for message in adopted)
    _, key = key_pair()
    (office.folder / "nats" / FILE).write_text(grants(key, ISSUED, REVOKED, TAKEN))
    with pytest.raises(ConfigurationChangedError):
        await adopt(store, bus_configurations(settings("certificates")), Clock())
