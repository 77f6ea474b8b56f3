"""Large items of the vault in a bucket: as safe as in the store, while it answers and while it does not."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from tests.bucket_store import Store
from tests.chassis.counter import TooHighError, add, counter

from zi_chassis.bucket import BucketAddress, BucketAwayError
from zi_chassis.domain import ErasedError, UnavailableError
from zi_chassis.settings import Settings
from zi_chassis.storage import store as stores
from zi_chassis.storage.database import Database
from zi_chassis.unusable_setting import UnusableSettingError
from zi_chassis.vault import files as vault_files
from zi_chassis.vault import vault as vaults
from zi_chassis.vault.files import ABANDONED_SECONDS, HOUSE, LARGE, PROBE, FileRemoval, VaultFiles, mark_of
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Sealed, Vault, VaultItemError, Verified

PHOTO = b"\xff\xd8 Kios Melati " * 10_000
OTHER = b"\xff\xd8 Kios Mawar. " * 10_000
TYPES = {"attachment": "image/jpeg"}
DAY = ABANDONED_SECONDS + 60


@pytest.fixture
def away(bucket: Store, monkeypatch: pytest.MonkeyPatch) -> VaultFiles:
    """The same bucket where nobody answers."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        return VaultFiles(bucket.address)


class House:
    """A store with a vault whose large items lie in a bucket, if there is one."""

    def __init__(self, place: str | Path, keys: Path, files: VaultFiles | None) -> None:
        self.keys = Keystore(Database(keys, secure_delete=True))
        self.vault = Vault(self.keys, files=files)
        self.store = stores.Store(
            service="intake",
            office="test",
            database=Database(place),
            deciders=(counter,),
            companions=(self.vault,),
        )
        self.store.open()

    async def file(self, subject: UUID, **fields: str | bytes) -> Sealed:
        placed = await self.vault.place(self.store, self.vault.seal(subject, fields, TYPES))
        await self.store.handle(counter, uuid4(), add(1), keep=placed)
        return placed

    async def open(self, *all_sealed: Sealed) -> list[bytes]:
        items = [ref.item for sealed in all_sealed for ref in sealed.refs]
        return [each.plaintext for each in (await self.vault.fetch(self.store, items)).values()]

    async def verify(self, *all_sealed: Sealed) -> Verified:
        recorded = {ref.item: ref.digest for sealed in all_sealed for ref in sealed.refs}
        return await self.store.query(lambda tx: self.vault.verify(tx, recorded))

    def erase(self, subject: UUID) -> None:
        with self.store.database.transaction() as tx:
            self.vault.discard(tx, subject)
        self.vault.erase(subject, datetime.now(UTC), uuid4())

    def removal(self) -> FileRemoval:
        assert self.vault.files is not None
        return FileRemoval(self.store, self.vault.files)

    def change(self, sql: str, *values: object) -> None:
        with self.store.database.transaction() as tx:
            tx.execute(sql, *values)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.read(lambda tx: [dict(each) for each in cast(Any, tx.execute(sql))])

    def close(self) -> None:
        self.store.close()
        self.keys.close()


@pytest.fixture
def house(bucket: Store, tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "store.db", tmp_path / "keys.db", VaultFiles(bucket.address))
    yield house
    house.close()


@pytest.mark.parametrize("lies_in", ["bucket", "database"])
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_file_is_opened_verified_and_erased_wherever_it_lies(
    lies_in: str, engine: str, bucket: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = tmp_path / "store.db" if engine == "sqlite" else request.getfixturevalue("postgres")
    files = VaultFiles(bucket.address) if lies_in == "bucket" else None
    house, subject = House(place, tmp_path / "keys.db", files), uuid4()
    try:
        filed = await house.file(subject, text="Sudah berjamur.", attachment=PHOTO)
        assert await house.open(filed) == [b"Sudah berjamur.", PHOTO]
        assert await house.verify(filed) == Verified(2, 0, ())
        house.erase(subject)
        with pytest.raises(ErasedError):
            await house.open(filed)
        assert await house.verify(filed) == Verified(0, 2, ())
        if files is not None:
            assert await house.removal().tick() == 1
            assert await house.removal().tick() == 0
        assert bucket.sent() == []
        assert await house.verify(filed) == Verified(0, 2, ())
    finally:
        house.close()


async def test_the_bucket_has_the_ciphertext_of_what_is_large_and_the_database_its_nonce(
    house: House, bucket: Store
) -> None:
    filed = await house.file(uuid4(), text="x" * 20_000, attachment=PHOTO)
    [name] = bucket.sent()
    sent = bucket.read(name)
    assert len(sent) == 32 + len(PHOTO) + 16
    assert b"Melati" not in sent
    assert not any(str(ref.item) in name for ref in filed.refs)
    sizes = house.rows("SELECT field, LENGTH(sealed) AS size FROM vault_items ORDER BY size")
    assert sizes == [{"field": "attachment", "size": 12}, {"field": "text", "size": 20_060}]
    assert LARGE > 20_000 * 4


async def test_without_a_bucket_nothing_is_different(house: House) -> None:
    house.vault.files = None
    sealed = house.vault.seal(uuid4(), {"attachment": PHOTO})
    assert await house.vault.place(house.store, sealed) is sealed
    await house.store.handle(counter, uuid4(), add(1), keep=sealed)
    assert await house.open(sealed) == [PHOTO]
    assert house.rows("SELECT * FROM vault_files") == []


async def test_what_was_stored_before_the_setting_is_read_beside_what_came_after(
    bucket: Store, tmp_path: Path
) -> None:
    place, keys, subject = tmp_path / "store.db", tmp_path / "keys.db", uuid4()
    before = House(place, keys, None)
    old = await before.file(subject, attachment=PHOTO)
    before.change("DROP TABLE vault_files")  # as an older program left it
    before.close()
    house = House(place, keys, VaultFiles(bucket.address))
    new = await house.file(subject, attachment=OTHER)
    assert await house.open(old, new) == [PHOTO, OTHER]
    assert len(bucket.sent()) == 1
    house.vault.files = None
    assert await house.open(old) == [PHOTO]
    with pytest.raises(VaultItemError, match="ZI_FILES"):
        await house.open(new)
    [fault] = (await house.verify(old, new)).faults
    assert "ZI_FILES" in fault
    house.close()


@pytest.mark.parametrize("change", ["altered", "cut short", "longer", "exchanged"])
async def test_a_file_that_the_bucket_changed_does_not_open(change: str, house: House, bucket: Store) -> None:
    filed = await house.file(uuid4(), attachment=PHOTO)
    [name] = bucket.sent()
    sent = bucket.read(name)
    await house.file(uuid4(), attachment=OTHER)
    [other] = [each for each in bucket.sent() if each != name]
    changed = {
        "altered": sent[:-1] + bytes([sent[-1] ^ 1]),
        "cut short": sent[:100],
        "longer": sent + b"\0" * 100,
        "exchanged": bucket.read(other),
    }
    bucket.write(name, changed[change])
    item = filed.refs[0].item
    with pytest.raises(VaultItemError, match=f"{item} was altered"):
        await house.open(filed)
    assert f"Vault item {item} was altered." in (await house.verify(filed)).faults


async def test_a_file_that_is_gone_is_named(house: House, bucket: Store) -> None:
    gone, there = [await house.file(uuid4(), attachment=PHOTO) for _ in range(2)]
    [row] = [
        each
        for each in house.rows("SELECT item, name FROM vault_files")
        if each["item"] == str(gone.refs[0].item)
    ]
    bucket.remove(str(row["name"]))
    with pytest.raises(VaultItemError, match=f"{gone.refs[0].item} is not in s3://"):
        await house.open(gone)
    verified = await house.verify(gone, there)
    assert (verified.sound, len(verified.faults)) == (1, 1)
    assert f"{gone.refs[0].item} is not in s3://" in verified.faults[0]
    house.change("DELETE FROM vault_files")
    with pytest.raises(VaultItemError, match="is not in s3://"):
        await house.open(there)


async def test_while_the_bucket_is_away_files_wait_and_texts_do_not(house: House, away: VaultFiles) -> None:
    subject = uuid4()
    filed = await house.file(subject, attachment=PHOTO)
    house.vault.files = away
    with pytest.raises(BucketAwayError):
        await house.file(uuid4(), text="Sudah berjamur.", attachment=PHOTO)
    assert house.rows("SELECT COUNT(*) AS items FROM vault_items") == [{"items": 1}]
    text = await house.file(subject, reply="Terima kasih.")
    assert await house.open(text) == [b"Terima kasih."]
    with pytest.raises(BucketAwayError):
        await house.open(filed)
    verified = await house.verify(filed, text)
    assert (verified.sound, verified.erased, len(verified.faults)) == (1, 0, 1)
    assert "1 files were not compared" in verified.faults[0]


async def test_a_bucket_that_hangs_is_waited_for_only_so_long(
    bucket: Store, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    filed = await house.file(uuid4(), attachment=PHOTO)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setattr(vault_files, "BYTES_A_SECOND", 1_000 * len(PHOTO))
    house.vault.files = VaultFiles(bucket.address, seconds=0.5)
    with pytest.raises(BucketAwayError):
        await house.open(filed)
    with pytest.raises(BucketAwayError):
        await house.file(uuid4(), attachment=PHOTO)
    server.close()


async def test_a_slow_line_is_no_bucket_that_is_away(
    bucket: Store, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for longer, the larger the file is, and for as long as some of it comes."""
    seconds, stored = 0.5, bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        answer = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nConnection: close\r\n'
        if head.startswith("put"):
            [size] = [
                int(line.split(": ")[1]) for line in head.splitlines() if line.startswith("content-length")
            ]
            content = await reader.readexactly(size)
            if size > LARGE:
                stored[:] = content
                await asyncio.sleep(1.2 * seconds)
            writer.write(answer + b"Content-Length: 0\r\n\r\n")
        elif "/house " in head:
            writer.write(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        else:
            modified = b"Last-Modified: Mon, 30 Nov 2026 00:00:00 GMT\r\n"
            writer.write(answer + modified + b"Content-Length: %d\r\n\r\n" % len(stored))
            for at in range(0, len(stored), len(stored) // 7):
                await asyncio.sleep(seconds / 6)
                writer.write(stored[at : at + len(stored) // 7])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2 * len(PHOTO))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setattr(vault_files, "BYTES_A_SECOND", len(PHOTO) / 60)
    house.vault.files = VaultFiles(bucket.address, seconds)
    filed = await house.file(uuid4(), attachment=PHOTO)
    assert await house.open(filed) == [PHOTO]
    assert len(stored) > len(PHOTO)
    server.close()


async def test_an_erasure_waits_for_no_bucket_and_its_file_goes_when_it_is_back(
    house: House, bucket: Store, away: VaultFiles
) -> None:
    subject, here = uuid4(), house.vault.files
    erased, other = await house.file(subject, attachment=PHOTO), await house.file(uuid4(), attachment=OTHER)
    house.vault.files = away
    house.erase(subject)
    with pytest.raises(ErasedError):
        await house.open(erased)
    removal = house.removal()
    assert await removal.tick() == 0
    with pytest.raises(BucketAwayError):
        await removal.probe()
    assert len(bucket.sent()) == 2
    house.vault.files = here
    assert await house.removal().tick() == 1
    assert len(bucket.sent()) == 1
    assert await house.open(other) == [OTHER]


async def test_a_file_that_the_bucket_does_not_let_go_stops_no_other(
    house: House, bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, remove = uuid4(), VaultFiles.remove
    for _ in range(3):
        await house.file(subject, attachment=PHOTO)
    locked = house.rows("SELECT name FROM vault_files ORDER BY item")[0]["name"]

    async def refuse(files: VaultFiles, name: str) -> None:
        if name == locked:
            raise BucketAwayError(files.address, "it is locked")
        await remove(files, name)

    house.erase(subject)
    removal = house.removal()
    monkeypatch.setattr(VaultFiles, "remove", refuse)
    assert await removal.tick() == 2
    with pytest.raises(BucketAwayError, match="it is locked"):
        await removal.probe()
    monkeypatch.setattr(VaultFiles, "remove", remove)
    assert await removal.tick() == 1
    await removal.probe()


async def test_a_fault_of_the_store_is_none_of_the_bucket(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = uuid4()
    await house.file(subject, attachment=PHOTO)
    house.erase(subject)
    removal = house.removal()

    async def full(*_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(removal, "_forget", full)
    assert await removal.tick() == 0
    assert removal.fault is not None
    await removal.probe()


async def test_the_runner_removes_soon_after_an_erasure(
    house: House, bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_files, "LOOK", 0.01)
    subject = uuid4()
    await house.file(subject, attachment=PHOTO)
    running = asyncio.create_task(house.removal().run())
    try:
        await asyncio.sleep(0)
        assert len(bucket.sent()) == 1
        house.erase(subject)
        async with asyncio.timeout(30):  # less than the next look of its own
            while bucket.sent():
                await asyncio.sleep(0.01)
    finally:
        running.cancel()


@pytest.mark.parametrize("wrong", ["prefix", "bucket"])
async def test_where_the_house_keeps_no_files_none_counts_as_lost_or_as_removed(
    wrong: str, house: House, bucket: Store
) -> None:
    subject, here = uuid4(), house.vault.files
    filed, erased = await house.file(uuid4(), attachment=PHOTO), await house.file(subject, attachment=PHOTO)
    elsewhere = {"prefix": f"{bucket.url}-of-a-trial", "bucket": f"s3://{bucket.name}s/office"}[wrong]
    house.vault.files = VaultFiles(BucketAddress.parse(elsewhere))
    with pytest.raises(BucketAwayError, match="keeps its files elsewhere"):
        await house.open(filed)
    with pytest.raises(BucketAwayError, match="keeps its files elsewhere"):
        await house.file(uuid4(), attachment=PHOTO)
    assert "2 files were not compared" in (await house.verify(filed, erased)).faults[0]
    house.erase(subject)
    removal = house.removal()
    assert await removal.tick() == 0
    with pytest.raises(BucketAwayError, match="keeps its files elsewhere"):
        await removal.probe()
    assert len(bucket.files()) == 3
    house.vault.files = here
    assert await house.removal().tick() == 1
    await house.removal().probe()


async def test_a_store_without_a_mark_takes_that_of_its_bucket(house: House, bucket: Store) -> None:
    """As one that was restored from a backup of before its first file there."""
    await house.file(uuid4(), attachment=PHOTO)
    mark = bucket.read(HOUSE)
    house.change("DELETE FROM vault_files WHERE item = ?", HOUSE)
    house.vault.files = VaultFiles(bucket.address)
    await house.removal().probe()
    await house.file(uuid4(), attachment=PHOTO)
    assert bucket.read(HOUSE) == mark
    house.change("UPDATE vault_files SET sent_at = sent_at - ?", DAY)
    assert await house.removal().tick() == 0
    assert house.store.read(mark_of) == mark.decode()


async def test_a_mark_that_the_bucket_did_not_get_is_sent_with_the_next_file(
    house: House, bucket: Store
) -> None:
    await house.file(uuid4(), attachment=PHOTO)
    house.change("UPDATE vault_files SET size = 0 WHERE item = ?", HOUSE)  # as a kill leaves it
    mark = bucket.read(HOUSE)
    bucket.remove(HOUSE)
    house.vault.files = VaultFiles(bucket.address)
    await house.file(uuid4(), attachment=PHOTO)
    assert (bucket.read(HOUSE), house.store.read(mark_of)) == (mark, mark.decode())


async def test_a_file_whose_command_was_refused_is_removed_after_a_day_and_no_other(
    house: House, bucket: Store
) -> None:
    other = await house.file(uuid4(), attachment=PHOTO)
    sealed = await house.vault.place(house.store, house.vault.seal(uuid4(), {"attachment": OTHER}))
    with pytest.raises(TooHighError):
        await house.store.handle(counter, uuid4(), add(10), keep=sealed)
    bucket.write("of-somebody-else", b"never named here")
    assert await house.removal().tick() == 0
    house.change("UPDATE vault_files SET sent_at = sent_at - ?", DAY)
    assert await house.removal().tick() == 1
    assert "of-somebody-else" in bucket.sent()
    assert len(bucket.sent()) == 2
    assert await house.open(other) == [PHOTO]


async def test_a_command_that_comes_too_late_after_its_file_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = await house.vault.place(house.store, house.vault.seal(uuid4(), {"attachment": PHOTO}))
    monkeypatch.setattr(vaults, "COMMIT_SECONDS", -1.0)
    with pytest.raises(UnavailableError):
        await house.store.handle(counter, uuid4(), add(1), keep=sealed)
    assert house.rows("SELECT item FROM vault_items") == []


async def test_a_name_of_the_account_that_is_empty_counts_as_not_set(
    house: House, bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So compose passes what its operator did not set."""
    monkeypatch.setenv("AWS_REGION", "")
    house.vault.files = VaultFiles(bucket.address)
    filed = await house.file(uuid4(), attachment=PHOTO)
    assert await house.open(filed) == [PHOTO]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    VaultFiles(bucket.address)
    assert "AWS_ENDPOINT_URL" not in os.environ


async def test_the_probe_makes_its_own_object_once(house: House, bucket: Store) -> None:
    for _ in range(2):
        await house.removal().probe()
    assert bucket.files() == [PROBE]


def test_a_setting_that_is_no_address_is_refused() -> None:
    with pytest.raises(UnusableSettingError, match="is no address of a bucket"):
        Settings(service="intake", files="https://bucket.example/files")
