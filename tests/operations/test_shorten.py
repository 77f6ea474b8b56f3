"""`zona shorten` on a real server: what holds it back, what it removes, and that who was erased stays erased."""

import asyncio
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from tests.chassis.house import running
from tests.chassis.test_accounts import hear, size
from tests.nats_server import NatsServer
from tests.operations.small_house import SmallHouse, filing
from tests.until import PATIENCE, until

from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, POLICY
from zi_chassis.bus import shortened_stream
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.own_stream import published
from zi_chassis.bus.shortened_stream import LedgerErasures, RecordedErasure, refuse_unlearnt
from zi_chassis.bus.topology import erasure_stream_of
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_operations.cli import main
from zi_operations.outcome import OperationStatus
from zi_tlog.cosignature import Cosigner
from zi_tlog.erasure import INTAKE
from zi_witness.key import make_key

LISTENERS = {"notify", "umkm", "certificates", "integrity", "audit-writer"}


class ShortHouse:
    """A small house on a bus, whose messages are all published, heard and witnessed by `catch_up`."""

    def __init__(self, small: SmallHouse, nats: NatsServer, folder: Path) -> None:
        self.small, self.nats = small, nats
        self.operator_key, self.backups = str(folder / "zona.key"), folder / "backups"
        self._witness = make_key(folder / "witness", "neighbour.example/witness")
        shutil.copytree(nats.data / "nats", small.folder / "nats", ignore=shutil.ignore_patterns("jetstream"))

    async def publish(self) -> None:
        async with self.nats.broker("intake") as broker:
            outbox = Outbox(self.small.stores["intake"], broker)
            async with running(outbox.run):
                await until(lambda: outbox.reason is None and outbox.lag == 0)

    async def copy_erasure(self) -> None:
        """Wait for NATS, which copies by itself and a moment later."""
        async with self.nats.broker("intake") as broker, asyncio.timeout(PATIENCE):
            js = await broker.jetstream()
            while not (await js.stream_info(erasure_stream_of("intake"))).state.messages:
                await asyncio.sleep(0.01)

    def file(self, count: int) -> None:
        for _ in range(count):
            self.small.file()
        asyncio.run(self.publish())
        self.small.publish()

    def hear(self, count: int) -> None:
        for listener in LISTENERS:
            asyncio.run(hear(self.nats, listener, "intake", count))

    def witness(self) -> None:
        cosign(self.small, self._witness)

    def practise(self, tmp_path: Path) -> None:
        assert main(["drill", "--scratch", str(tmp_path)]) == 0

    def back_up(self) -> None:
        if not Path(self.operator_key).exists():
            assert main(["key", self.operator_key]) == 0
        while (self.backups / f"zona-{datetime.now(UTC):%Y%m%dT%H%M%SZ}").exists():
            time.sleep(0.05)  # a backup is named by its second
        assert main(["backup", str(self.backups)]) == 0

    def size(self) -> int:
        return asyncio.run(size(self.nats, "intake"))


def cosign(small: SmallHouse, witness: Cosigner) -> None:
    folder = Path(small.house.tiles.place)
    policy = (folder / POLICY).read_text().partition("quorum ")[0]
    line = f"witness neighbour {witness.key.vkey}\n"
    (folder / POLICY).write_text(f"{policy.replace(line, '')}{line}quorum neighbour\n")
    note = (folder / CHECKPOINT).read_text()
    text = note.partition("\n\n")[0] + "\n"
    (folder / COSIGNED).write_text(f"{note}{witness.cosign(text, int(time.time())).line}\n")


@pytest.fixture
def short(small: SmallHouse, nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShortHouse:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    monkeypatch.setenv("ZI_NATS_URL", nats.url)
    monkeypatch.setenv("ZI_BACKUPS", str(tmp_path / "backups"))
    return ShortHouse(small, nats, tmp_path)


def older_store(small: SmallHouse, folder: Path) -> Store:
    """The store of intake as it is before its first message."""
    store = Store(
        service="intake",
        office=small.house.office,
        database=Database(folder / "older.db"),
        deciders=[filing],
    )
    store.open()
    return store


async def learnt(short: ShortHouse, store: Store) -> set[UUID]:
    async with short.nats.broker("intake") as broker:
        return {each.id async for each in published(broker, INTAKE.erased, store, with_copies=True)}


def test_each_unmet_condition_refuses_with_its_own_status_and_then_the_beginning_goes(
    short: ShortHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erasure = short.small.erase(short.small.file())
    short.file(9)
    asyncio.run(short.copy_erasure())
    last = short.small.stores["intake"].last()[0]
    shorten = ["shorten", "--leave", "2"]
    for status, mend in (
        (OperationStatus.UNWITNESSED, short.witness),
        (OperationStatus.UNPRACTISED, lambda: short.practise(tmp_path)),
        (OperationStatus.UNPRACTISED, short.back_up),
        (OperationStatus.UNHEARD, lambda: short.hear(last)),
    ):
        assert main([*shorten, "--dry-run"]) == status.code
        assert main(shorten) == status.code
        assert short.size() == last
        mend()
    capsys.readouterr()
    assert main([*shorten, "--dry-run"]) == 0
    assert f"intake: messages 1 to {last - 2} of {last} would go" in capsys.readouterr().out
    assert short.size() == last
    assert main(["shorten"]) == 0  # so few messages stay
    assert short.size() == last
    assert main([*shorten, "--language", "id"]) == 0
    assert f"pesan 1 sampai {last - 2} dari {last} sudah dihapus" in capsys.readouterr().out
    assert short.size() == 2
    note = (short.small.folder / "backup" / "shortened").read_text()
    assert f" intake begins at message {last - 1}, position {last - 1}\n" in note
    older = older_store(short.small, tmp_path)
    assert asyncio.run(learnt(short, older)) == {erasure}
    older.close()
    short.file(5)  # no witness has signed these
    assert main(shorten) == 0
    assert main(shorten) == OperationStatus.UNWITNESSED.code
    assert short.size() == 6


def test_a_lost_copy_of_an_erasure_is_noticed_and_locks_the_vault(
    short: ShortHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure = short.small.erase(short.small.file())
    position = short.small.stores["intake"].last()[0]
    short.file(5)
    asyncio.run(short.copy_erasure())
    last = short.small.stores["intake"].last()[0]

    def settle() -> None:
        short.witness()
        short.practise(tmp_path)
        short.back_up()

    settle()
    short.hear(last)
    assert main(["shorten", "--leave", "1"]) == 0
    ledger = LedgerErasures(indexed=last, erasures=(RecordedErasure(id=erasure, position=position),))
    queries: list[str] = []

    async def ask(address: str, _: object) -> LedgerErasures:
        queries.append(address.rpartition("/audit")[2])
        return ledger

    monkeypatch.setattr(shortened_stream, "ask_ledger", ask)
    older, brought = older_store(short.small, tmp_path), tmp_path / "erasures"

    async def refuse(store: Store, known: set[UUID]) -> None:
        async with short.nats.broker("intake") as broker:
            await refuse_unlearnt(store, broker, "http://ledger", known, brought)

    asyncio.run(refuse(short.small.stores["intake"], set()))  # the store itself has all
    assert queries == []
    asyncio.run(refuse(older, {erasure}))
    assert queries == [f"/api/senders/intake/erasures?after={after}" for after in (0, position)]
    with pytest.raises(UnavailableError, match="the ledger holds 1 erasures, the first at position"):
        asyncio.run(refuse(older, set()))
    ledger = LedgerErasures(indexed=last - 2, erasures=ledger.erasures)
    with pytest.raises(UnavailableError, match="zona erasures --log"):
        asyncio.run(refuse(older, {erasure}))
    brought.write_text(f"# all of this sender up to position {last - 1}\n")
    asyncio.run(refuse(older, set()))
    older.close()

    short.nats.stop()
    [copies] = (short.nats.data / "nats/jetstream/jetstream/INTAKE/streams").glob("ZI_INTAKE_ERASURES")
    shutil.rmtree(copies)
    short.nats.start()
    again = older_store(short.small, tmp_path)
    with pytest.raises(Exception, match="stream not found"):  # nothing is unlocked without the copies
        asyncio.run(learnt(short, again))
    short.nats.provision()
    assert asyncio.run(learnt(short, again)) == set()
    again.close()
    short.file(5)
    short.hear(5)
    settle()
    assert main(["shorten", "--leave", "1"]) == OperationStatus.UNCOPIED.code
    assert short.size() == 6


def test_a_store_or_a_drill_of_another_history_removes_nothing(short: ShortHouse, tmp_path: Path) -> None:
    short.file(8)
    last = short.small.stores["intake"].last()[0]
    short.witness()
    short.practise(tmp_path)
    short.back_up()
    short.hear(last)
    alter = "UPDATE messages SET hash = ? WHERE position = ?"
    with short.small.stores["intake"].database.transaction() as tx:
        tx.execute(alter, "0" * 64, last - 2)
    assert main(["shorten", "--leave", "3"]) == OperationStatus.CONTRADICTED.code
    with short.small.stores["intake"].database.transaction() as tx:
        tx.execute(alter, "0" * 64, last)
    assert main(["shorten", "--leave", "3"]) == OperationStatus.UNPRACTISED.code
    assert short.size() == last


def test_without_nats_nothing_is_done(
    short: ShortHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short.nats.stop()
    monkeypatch.setattr("zi_operations.stream_shortening.PATIENCE", 0.3)
    assert main(["shorten"]) == OperationStatus.AWAY.code
    assert "NATS does not answer" in capsys.readouterr().err
