"""What was ever decided by stays in the store, to the byte; on both databases, for replicas that start together, and through kills."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import httpx
import nkeys  # type: ignore[import-untyped]
import pytest
import pytest_asyncio
from tests.chassis.counter import add, counter

from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.bus.sender_proof import SenderKey
from zi_chassis.clock import Clock
from zi_chassis.domain import UnavailableError
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, LostConfigurationError, adopt
from zi_chassis.storage.configuration import (
    ConfigurationChangedError,
    Configurations,
    configurations,
    configurations_id,
)
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.store import Store
from zi_chassis.web.configurations import configurations_router
from zi_contracts.message import Message


@dataclass(frozen=True)
class File:
    content: bytes = b'{"opens":"07:30:00"}'
    version: int = 1
    kind: str = "calendar"
    id: str = "calendar"
    origin: str = "rules/calendar.toml"
    source_status: str | None = "unverified"
    effective_from: date | None = None

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


FIRST, SECOND = File(), File(b'{"opens":"08:00:00"}', 2)


@dataclass
class Replica:
    store: Store
    archive: Archive

    async def start(self, *files: File) -> None:
        self.store.open()
        await adopt(self.store, files, Clock())

    async def state(self) -> Configurations:
        return (await self.store.fetch(configurations, configurations_id(self.store.source)))[1]

    def types(self) -> list[str]:
        return [row.nats_subject.split(".")[2] for row in self.store.messages(0, 99)]


Begin = Callable[[], Replica]


def replica(place: str) -> Replica:
    database = Database(place)
    archive = Archive(database)
    store = Store(
        service="test",
        office="office",
        database=database,
        deciders=[counter, configurations],
        companions=(archive,),
    )
    return Replica(store, archive)


@pytest_asyncio.fixture
async def begin(place: str) -> AsyncIterator[Begin]:
    opened: list[Replica] = []

    def make() -> Replica:
        opened.append(replica(place))
        return opened[-1]

    yield make
    for each in opened:
        each.store.close()


def change(replica: Replica, sql: str, *values: object) -> None:
    """As somebody with the database in their hands."""
    with replica.store.database.transaction() as tx:
        tx.execute(sql, *values)


async def test_what_a_service_starts_with_is_its_first_event_and_is_kept(begin: Begin) -> None:
    service = begin()
    await service.start(FIRST)
    assert service.types() == ["configuration_adopted"]
    message = Message.parse(service.store.messages(0, 1)[0].message)
    assert (message.subject, message.actor, message.actorrole) == (
        "configuration",
        "system:test",
        "system:test",
    )
    assert (message.data["digest"], message.data["since"]) == (FIRST.digest, "start")
    assert service.archive.content("calendar", "calendar", 1) == FIRST.content
    assert service.archive.by_digest(FIRST.digest) == FIRST.content
    assert service.archive.content("calendar", "calendar", 2) is None
    assert service.archive.by_digest(SECOND.digest) is None


async def test_starting_again_with_the_same_files_adds_nothing(begin: Begin) -> None:
    await begin().start(FIRST)
    again = begin()
    await again.start(FIRST)
    assert again.types() == ["configuration_adopted"]


async def test_a_store_from_before_adopts_what_is_there_and_says_that_it_does_not_know_since_when(
    begin: Begin,
) -> None:
    old = begin()
    old.store.open()
    await old.store.handle(counter, configurations_id("a case"), add(1))
    await adopt(old.store, [FIRST], Clock())
    assert old.types() == ["added", "configuration_adopted"]
    assert Message.parse(old.store.messages(1, 1)[0].message).data["since"] == "unknown"


async def test_a_file_edited_in_place_stops_the_start_before_anything_is_decided(begin: Begin) -> None:
    await begin().start(FIRST)
    edited = begin()
    with pytest.raises(ConfigurationChangedError, match=r"rules/calendar\.toml can't be used"):
        await edited.start(File(b'{"opens":"12:00:00"}'))
    with pytest.raises(UnavailableError):
        await edited.store.handle(counter, configurations_id("a case"), add(1))
    after = begin()
    await after.start(FIRST)
    assert after.types() == ["configuration_adopted"]
    assert after.archive.content("calendar", "calendar", 1) == FIRST.content


async def test_what_was_adopted_stays_when_its_file_is_replaced_or_gone(begin: Begin) -> None:
    await begin().start(FIRST, File(b"{}", kind="tariffs"))
    later = begin()
    await later.start(SECOND)
    assert later.archive.content("calendar", "calendar", 1) == FIRST.content
    assert later.archive.content("tariffs", "calendar", 1) == b"{}"
    assert (await later.state()).in_use == {("calendar", "calendar", 2)}
    assert later.types()[-3:] == [
        "configuration_adopted",
        "configuration_withdrawn",
        "configuration_withdrawn",
    ]


@pytest.mark.postgres
async def test_replicas_that_start_together_adopt_once(postgres: str) -> None:
    replicas = [replica(postgres) for _ in range(3)]
    for each in replicas:
        each.store.open()
    await asyncio.gather(*(adopt(each.store, [FIRST, SECOND], Clock()) for each in replicas))
    assert replicas[0].types() == ["configuration_adopted"] * 2
    for each in replicas:
        each.store.close()


async def test_a_replica_finds_what_another_one_adopted_after_it_had_started(begin: Begin) -> None:
    old, new = begin(), begin()
    await old.start(FIRST)
    await new.start(FIRST, SECOND)
    assert old.archive.content("calendar", "calendar", 2) == SECOND.content


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE configurations SET content = ? WHERE version = 1",
        "UPDATE configurations SET content = ?, digest = 'x' WHERE version = 1",
        "DELETE FROM configurations WHERE version = 1 AND content <> ?",
    ],
)
async def test_a_kept_content_that_was_changed_or_removed_is_not_judged_by(begin: Begin, crime: str) -> None:
    service = begin()
    await service.start(FIRST)
    change(service, crime, b"{}")
    assert service.archive.content("calendar", "calendar", 1) is None
    assert service.archive.by_digest(FIRST.digest) is None
    again = begin()
    with pytest.raises(LostConfigurationError, match="calendar calendar version 1 is used by cases"):
        await again.start(SECOND)


async def test_a_kept_content_with_a_digest_that_fits_it_is_not_what_was_adopted(begin: Begin) -> None:
    service, forged = begin(), File(b'{"opens":"12:00:00"}')
    await service.start(FIRST)
    change(service, "UPDATE configurations SET content = ?, digest = ?", forged.content, forged.digest)
    with pytest.raises(LostConfigurationError):
        await begin().start(SECOND)


async def test_a_kept_content_that_was_lost_is_written_again_from_its_file(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    service = begin()
    await service.start(FIRST)
    change(service, "UPDATE configurations SET content = ?", b"{}")
    again = begin()
    with caplog.at_level(logging.WARNING):
        await again.start(FIRST)
    assert again.archive.content("calendar", "calendar", 1) == FIRST.content
    assert again.types() == ["configuration_adopted"]
    assert "calendar calendar version 1 was missing or had been changed" in caplog.text


def started(place: str, kill_at: int) -> int:
    """How often a start spoke to the database, in a process of its own that is killed at the step `kill_at`."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        steps = 0

        def counted(run: Callable[..., object]) -> Callable[..., object]:
            def step(*values: object) -> object:
                nonlocal steps
                steps += 1
                if steps == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return run(*values)

            return step

        Tx.execute = counted(Tx.execute)  # type: ignore[assignment, method-assign]
        Tx.many = counted(Tx.many)  # type: ignore[assignment, method-assign]
        service = replica(place)
        asyncio.run(service.start(FIRST, SECOND))
        service.store.close()
        os.write(writing, str(steps).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return int(pipe.read() or 0)


def test_a_kill_at_any_step_leaves_all_of_it_or_nothing(tmp_path: Path) -> None:
    steps = started(str(tmp_path / "whole.db"), 0)
    assert steps > 5
    for at in range(1, steps + 1):
        place = str(tmp_path / f"{at}.db")
        assert started(place, at) == 0
        service = replica(place)
        service.store.open()
        contents = [service.archive.content("calendar", "calendar", version) for version in (1, 2)]
        types = service.types()
        service.store.close()
        assert (types, contents) in (
            ([], [None, None]),
            (["configuration_adopted"] * 2, [FIRST.content, SECOND.content]),
        )
        assert started(place, 0) > 0


async def test_everybody_can_read_each_content_to_the_byte_and_what_is_in_use(
    begin: Begin, tmp_path: Path
) -> None:
    await begin().start(FIRST)
    service = begin()
    await service.start(SECOND)
    shell = Service(Settings(service="test", data=tmp_path), package="zi_chassis.web")
    shell.app.include_router(configurations_router(service.store, service.archive))
    transport = httpx.ASGITransport(app=shell.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
        listed = (await client.get("/test/api/configurations")).json()
        content = await client.get(f"/test/api/configurations/{FIRST.digest}")
        missing = await client.get(f"/test/api/configurations/{'0' * 64}")
    assert [(each["version"], each["digest"], each["in_use"]) for each in listed] == [
        (1, FIRST.digest, False),
        (2, SECOND.digest, True),
    ]
    assert content.content == FIRST.content
    assert missing.status_code == 404


async def test_a_key_that_is_new_takes_the_place_of_the_one_before(begin: Begin, tmp_path: Path) -> None:
    seeds = [tmp_path / f"{n}.nk" for n in range(2)]
    for n, file in enumerate(seeds):
        file.write_bytes(nkeys.encode_seed(bytes([n] * 32), nkeys.PREFIX_BYTE_USER))
    first, second = (
        bus_configurations(Settings(service="test", data=tmp_path, nats_seed=seed)) for seed in seeds
    )
    replica = begin()
    replica.store.open()
    for offered in ((), first, first, second):
        await adopt(replica.store, offered, Clock())
    state = await replica.state()
    assert replica.types() == [*["configuration_adopted"] * 3, "configuration_withdrawn"]
    assert {key.id for key in state.in_use} == {"office", SenderKey(seeds[1].read_bytes()).public}
    replica.store.close()
