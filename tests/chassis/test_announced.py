"""A configuration that another service announces is adopted with its message, and at hand at once, after a restart and in every replica; on both databases."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from tests.chassis.counter import counter
from tests.chassis.test_archive import File
from tests.until import until

from zi_chassis.bus import announced
from zi_chassis.bus.announced import AnnouncedConfiguration, AnnouncedConfigurations
from zi_chassis.bus.lanes import BlockedLaneError, LaneMessage, Reaction
from zi_chassis.clock import Clock
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, LostConfigurationError, adopt
from zi_chassis.storage.configuration import ConfigurationKey, configurations
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.projections import Projection
from zi_chassis.storage.recorded import Recorded
from zi_chassis.storage.store import Store
from zi_contracts.message import Message

FIRST = File(b'{"days":7}', 2, "standard", "sp", "a message")
SECOND = File(b'{"days":9}', 3, "standard", "sp", "a message")


class SeenRows(Projection):
    """Writes down what was at hand when each event was projected."""

    name, version = "seen", 1
    tables = ("CREATE TABLE IF NOT EXISTS seen (position INTEGER NOT NULL, at_hand INTEGER NOT NULL)",)

    def __init__(self, hand: "Hand") -> None:
        self._hand = hand

    def project(self, tx: Tx, recorded: Recorded) -> None:
        tx.execute(
            "INSERT INTO seen (position, at_hand) VALUES (?, ?)", recorded.position, len(self._hand.all)
        )


@dataclass
class Hand:
    all: list[AnnouncedConfiguration] = field(default_factory=list)
    taken: int = 0

    def take(self, configurations: Iterable[AnnouncedConfiguration]) -> None:
        self.all = list(configurations)
        self.taken += 1

    def in_use(self) -> list[tuple[bytes, str | None]]:
        return [(each.content, each.number) for each in self.all if each.ended_at is None]


class Hearer:
    def __init__(self, place: str) -> None:
        database = Database(place)
        self.archive, self.hand = Archive(database), Hand()
        self.store = Store(
            service="test",
            office="office",
            database=database,
            deciders=[counter, configurations],
            projections=[SeenRows(self.hand)],
            companions=(self.archive,),
        )
        self.announced = AnnouncedConfigurations(self.store, self.archive, self.hand.take)

    async def start(self) -> None:
        self.store.open(self.announced.refresh)
        await adopt(self.store, [], Clock())

    async def hear(self, position: int, *files: File, ended: bool = False) -> None:
        def react(tx: Tx, message: Message) -> Iterable[Reaction]:
            file, at = files[message.position - position], Clock().now()
            if ended:
                key = ConfigurationKey(file.kind, file.id, file.version)
                return self.announced.take_out(message, at, key, file.digest)
            return self.announced.take_up(message, at, file, f"SP-{file.version}")

        messages = [message(position + n) for n in range(len(files))]
        await self.store.receive("integrity", messages, react)


def message(position: int) -> LaneMessage:
    announcing = Message(
        specversion="1.0",
        id=UUID(int=position),
        source="/zi/office/integrity",
        type="zi.integrity.standard_adopted",
        subject="standard",
        time=Clock().now(),
        datacontenttype="application/json",
        aggregate=UUID(int=1),
        version=position,
        position=position,
        previous="0" * 64,
        actor="head",
        actorrole="staff:head",
        commitment="0" * 64,
        data={},
    )
    return LaneMessage(position, b"", announcing)


Begin = Callable[[], Hearer]


@pytest_asyncio.fixture
async def begin(place: str) -> AsyncIterator[Begin]:
    made: list[Hearer] = []

    def make() -> Hearer:
        made.append(Hearer(place))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


async def test_what_is_heard_is_at_hand_and_an_entry_with_the_message_as_its_cause(begin: Begin) -> None:
    hearer = begin()
    await hearer.start()
    await hearer.hear(1, FIRST)
    assert hearer.hand.in_use() == [(FIRST.content, "SP-2")]
    assert hearer.archive.content("standard", "sp", 2) == FIRST.content
    entry = Message.parse(hearer.store.messages(0, 9)[-1].message)
    assert (entry.event, entry.actor, entry.causation) == (
        "configuration_adopted",
        "system:test",
        str(UUID(int=1)),
    )
    assert (entry.data["number"], entry.data["digest"]) == ("SP-2", sha256(FIRST.content).hexdigest())


async def test_it_is_at_hand_after_a_restart_before_the_first_read_model(begin: Begin) -> None:
    hearer = begin()
    await hearer.start()
    await hearer.hear(1, FIRST, SECOND)
    await hearer.hear(3, FIRST, ended=True)
    hearer.store.close()
    again = begin()
    with again.store.database.transaction() as tx:
        tx.execute("DELETE FROM seen")
        tx.execute("DELETE FROM read_models")
    await again.start()
    assert again.hand.in_use() == [(SECOND.content, "SP-3")]
    assert [each.ended_at is None for each in again.hand.all] == [False, True]
    rows = again.store.read(lambda tx: tx.execute("SELECT at_hand FROM seen ORDER BY position"))
    assert {row["at_hand"] for row in rows} == {2}  # made anew with all that was ever announced at hand


async def test_the_same_again_is_taken_once(begin: Begin) -> None:
    hearer = begin()
    await hearer.start()
    await hearer.hear(1, FIRST)
    taken, last = hearer.hand.taken, hearer.store.last()
    await hearer.hear(1, FIRST)
    await hearer.hear(2, FIRST)
    assert (hearer.hand.taken, hearer.store.last()) == (taken, last)


async def test_a_refused_message_leaves_what_was_at_hand_and_the_ones_before_it_count(begin: Begin) -> None:
    hearer = begin()
    await hearer.start()
    with pytest.raises(BlockedLaneError, match="one version has one content"):
        await hearer.hear(1, FIRST, File(b'{"days":60}', 2, "standard", "sp"), SECOND)
    assert hearer.hand.in_use() == [(FIRST.content, "SP-2")]
    assert hearer.archive.content("standard", "sp", 2) == FIRST.content


async def test_a_content_that_was_changed_in_the_store_is_not_decided_by(begin: Begin) -> None:
    hearer = begin()
    await hearer.start()
    await hearer.hear(1, FIRST)
    with hearer.store.database.transaction() as tx:
        tx.execute("UPDATE configurations SET content = ? WHERE version = 2", b"{}")
    with pytest.raises(LostConfigurationError, match="standard sp version 2"):
        await begin().start()
    with pytest.raises(LostConfigurationError):
        await hearer.hear(2, SECOND)
    assert hearer.hand.in_use() == [(FIRST.content, "SP-2")]


@pytest.mark.postgres
async def test_a_replica_learns_what_the_one_with_the_lease_heard(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announced, "REPLICA_SECONDS", 0.01)
    leading, standing_by = Hearer(postgres), Hearer(postgres)
    await leading.start()
    await standing_by.start()
    service = Service(Settings(service="test", data=tmp_path), package="zi_chassis.web")
    standing_by.announced.follow(service)
    async with service.watchdog:
        await leading.hear(1, FIRST)
        await until(lambda: standing_by.hand.in_use() == [(FIRST.content, "SP-2")])
    for each in (leading, standing_by):
        each.store.close()


async def test_one_process_alone_has_nobody_to_learn_from(tmp_path: Path) -> None:
    hearer = Hearer(str(tmp_path / "store.db"))
    service = Service(Settings(service="test", data=tmp_path), package="zi_chassis.web")
    hearer.announced.follow(service)
    async with service.watchdog:
        assert service.watchdog.reason() is None
    assert hearer.hand.taken == 0
    hearer.store.close()
