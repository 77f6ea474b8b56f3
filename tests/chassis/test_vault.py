import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chassis.counter import TooHighError, add, counter

from zi_chassis.domain import ErasedError, MessageTooLargeError, UnavailableError
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.keystore import Destroyed, Keystore
from zi_chassis.vault.vault import OpenedItem, Sealed, Vault, VaultItemError, VaultLockedError, Verified

AT = datetime(2026, 1, 2, tzinfo=UTC)
FIELDS: dict[str, str | bytes] = {
    "reporter.name": "Budi Contoh",
    "text": "Label tanpa tanggal",
    "attachment": b"\x89PNG\0\xff",
}


class House:
    """A store with a vault, and the two databases under them."""

    def __init__(self, place: str | Path, keys: str | Path) -> None:
        self.database = Database(place)
        self.keys = Keystore(Database(keys, secure_delete=True))
        self.vault = Vault(self.keys)
        self.store = Store(
            service="intake",
            office="test",
            database=self.database,
            deciders=(counter,),
            companions=(self.vault,),
        )
        self.store.open()

    async def keep(self, sealed: Sealed) -> None:
        await self.store.handle(counter, uuid4(), add(1), keep=sealed)

    def open(self, sealed: Sealed) -> list[OpenedItem]:
        items = [ref.item for ref in sealed.refs]
        return list(self.store.read(lambda tx: self.vault.open(tx, items)).values())

    def change(self, sql: str, *values: object) -> None:
        with self.database.transaction() as tx:
            tx.execute(sql, *values)

    def verify(self, *all_sealed: Sealed) -> Verified:
        recorded = {ref.item: ref.digest for sealed in all_sealed for ref in sealed.refs}
        return self.store.read(lambda tx: self.vault.verify(tx, recorded))

    def close(self) -> None:
        self.store.close()
        self.keys.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    place = tmp_path / "store.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    house = House(place, tmp_path / "keys.db")
    yield house
    house.close()


async def test_what_is_sealed_opens_as_it_was(house: House) -> None:
    sealed = house.vault.seal(uuid4(), FIELDS, {"attachment": "image/png"})
    await house.keep(sealed)
    name, text, attachment = house.open(sealed)
    assert (name.field, name.text, name.media_type) == ("reporter.name", "Budi Contoh", "")
    assert text.text == "Label tanpa tanggal"
    assert (attachment.plaintext, attachment.media_type) == (b"\x89PNG\0\xff", "image/png")


async def test_the_digest_of_a_ref_is_that_of_salt_and_plaintext(house: House) -> None:
    sealed = house.vault.seal(uuid4(), FIELDS)
    await house.keep(sealed)
    for ref, opened in zip(sealed.refs, house.open(sealed), strict=True):
        assert len(opened.salt) == 32
        assert ref.digest == sha256(b"zona/vault/v1\0" + opened.salt + opened.plaintext).hexdigest()


def test_the_same_words_sealed_twice_have_nothing_in_common(house: House) -> None:
    subject = uuid4()
    first, second = (house.vault.seal(subject, {"text": "sama"}, fresh=True).items[0] for _ in range(2))
    assert first.ref.digest != second.ref.digest
    assert first.ref.item != second.ref.item
    assert first.sealed[:12] != second.sealed[:12]


async def test_no_plaintext_is_in_the_database_or_in_a_representation(house: House, tmp_path: Path) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "Perkataan Rahasia"})
    await house.keep(sealed)
    assert "Rahasia" not in repr(sealed)
    assert "Rahasia" not in repr(house.open(sealed))
    assert not any(b"Rahasia" in file.read_bytes() for file in tmp_path.iterdir())


async def test_a_subject_keeps_its_key(house: House) -> None:
    subject = uuid4()
    first = house.vault.seal(subject, {"text": "satu"}, fresh=True)
    await house.keep(first)
    second = house.vault.seal(subject, {"reply": "dua"})
    assert (first.fresh, second.fresh) == (True, False)
    assert first.key == second.key
    await house.keep(second)
    assert house.open(second)[0].text == "dua"


async def test_a_filing_that_failed_half_way_can_be_made_again(house: House) -> None:
    subject = uuid4()
    lost = house.vault.seal(subject, {"text": "satu"}, fresh=True)
    house.vault.prepare([lost])
    again = house.vault.seal(subject, {"text": "satu"}, fresh=True)
    await house.keep(again)
    more = house.vault.seal(subject, {"reply": "dua"})
    await house.keep(more)
    assert [opened.text for opened in house.open(again) + house.open(more)] == ["satu", "dua"]


async def test_a_refused_command_leaves_nothing_in_the_vault(house: House) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "x"})
    with pytest.raises(TooHighError):
        await house.store.handle(counter, uuid4(), add(10), keep=sealed)
    with pytest.raises(MessageTooLargeError):
        await house.store.handle(counter, uuid4(), add(1, "k" * 40_000), keep=sealed)
    with pytest.raises(VaultItemError, match="is missing"):
        house.open(sealed)
    assert house.keys.key(sealed.key.data_subject) is None


async def test_a_repeated_command_keeps_nothing_more(house: House) -> None:
    aggregate = uuid4()
    await house.store.handle(counter, aggregate, add(1, "k"), keep=house.vault.seal(uuid4(), {"text": "x"}))
    await house.store.handle(counter, aggregate, add(1, "k"), keep=house.vault.seal(uuid4(), {"text": "x"}))
    assert len(house.store.read(lambda tx: tx.execute("SELECT item FROM vault_items"))) == 1


async def test_what_the_vault_does_not_take_is_refused_before_anything_is_recorded(house: House) -> None:
    with pytest.raises(TypeError):
        await house.store.handle(counter, uuid4(), add(1), keep=[house.vault.seal(uuid4(), FIELDS)])
    assert house.store.last()[0] == 0
    assert house.verify() == Verified(0, 0, ())


def test_nothing_asked_nothing_opened(house: House) -> None:
    assert house.store.read(lambda tx: house.vault.open(tx, [])) == {}
    assert house.vault.seal(uuid4(), {}).refs == ()


async def test_an_erased_subject_opens_no_more_and_others_do(house: House) -> None:
    gone, stays = house.vault.seal(uuid4(), FIELDS), house.vault.seal(uuid4(), FIELDS)
    await house.keep(gone)
    await house.keep(stays)
    for _ in range(2):
        house.vault.erase(gone.key.data_subject, AT, uuid4())
    with pytest.raises(ErasedError):
        house.open(gone)
    with pytest.raises(ErasedError):
        house.vault.seal(gone.key.data_subject, {"text": "more"})
    assert len(house.open(stays)) == 3


async def test_nothing_is_recorded_for_a_subject_that_is_erased_meanwhile(house: House) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "x"}, fresh=True)
    house.vault.erase(sealed.key.data_subject, AT, uuid4())
    with pytest.raises(ErasedError):
        await house.keep(sealed)
    assert house.store.last()[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE vault_items SET field = 'reply'",
        "UPDATE vault_items SET media_type = 'text/html'",
        "UPDATE vault_items SET data_subject = '00000000-0000-4000-8000-000000000000'",
    ],
)
async def test_an_item_that_was_made_into_another_is_not_opened(house: House, change: str) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "x"})
    await house.keep(sealed)
    house.change(change)
    with pytest.raises(VaultItemError, match=f"{sealed.refs[0].item} was altered") as fault:
        house.open(sealed)
    assert fault.value.item == sealed.refs[0].item


async def test_every_altered_byte_of_an_item_is_noticed(house: House) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "x"})
    await house.keep(sealed)
    whole = sealed.items[0].sealed
    for at in range(len(whole)):
        broken = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        house.change("UPDATE vault_items SET sealed = ?", broken)
        with pytest.raises(VaultItemError, match="was altered"):
            house.open(sealed)


async def test_a_lost_key_is_no_erasure(house: House) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "x"})
    await house.keep(sealed)
    house.change("UPDATE vault_items SET key_id = ?", str(uuid4()))
    with pytest.raises(VaultItemError, match="has lost its key"):
        house.open(sealed)


async def test_a_sound_vault_is_verified(house: House) -> None:
    first, second = house.vault.seal(uuid4(), FIELDS), house.vault.seal(uuid4(), FIELDS)
    await house.keep(first)
    await house.keep(second)
    assert house.verify(first, second) == Verified(6, 0, ())
    house.vault.erase(second.key.data_subject, AT, uuid4())
    assert house.verify(first, second) == Verified(3, 3, ())


async def test_verification_names_every_fault(house: House) -> None:
    records = [house.vault.seal(uuid4(), {"text": str(n)}) for n in range(4)]
    for sealed in records:
        await house.keep(sealed)
    altered, gone, stranger, other = (sealed.refs[0] for sealed in records)
    house.change("UPDATE vault_items SET field = 'reply' WHERE item = ?", str(altered.item))
    house.change("DELETE FROM vault_items WHERE item = ?", str(gone.item))
    recorded = {altered.item: altered.digest, gone.item: gone.digest, other.item: "0" * 64}
    verified = house.store.read(lambda tx: house.vault.verify(tx, recorded))
    assert verified.sound == 0
    assert set(verified.faults) == {
        f"Vault item {altered.item} was altered.",
        f"Vault item {gone.item} is missing.",
        f"Vault item {other.item} is not what its event recorded.",
        f"Vault item {stranger.item} belongs to no event.",
    }


async def test_what_was_emptied_without_an_erasure_is_not_taken_for_erased(house: House) -> None:
    sealed = house.vault.seal(uuid4(), {"text": "Label"})
    await house.keep(sealed)
    house.change("UPDATE vault_items SET sealed = ?", b"")
    fault = f"Vault item {sealed.refs[0].item} was emptied, and its key was not destroyed."
    assert house.verify(sealed) == Verified(0, 0, (fault,))
    house.vault.erase(sealed.key.data_subject, AT, uuid4())
    assert house.verify(sealed) == Verified(0, 1, ())


async def test_the_key_is_on_disk_before_the_event_is(house: House) -> None:
    stored_keys: list[object] = []

    class Watch(Vault):
        def write(self, tx: Tx, items: object) -> None:
            stored_keys.append(house.keys.key(sealed.key.data_subject))

    sealed = house.vault.seal(uuid4(), {"text": "x"}, fresh=True)
    house.store._companions = (Watch(house.keys),)
    await house.keep(sealed)
    assert stored_keys == [sealed.key]


async def test_a_large_attachment_goes_in_and_out(house: House) -> None:
    content = os.urandom(10_000_000)
    sealed = house.vault.seal(uuid4(), {"attachment": content}, {"attachment": "application/pdf"})
    await house.keep(sealed)
    assert house.open(sealed)[0].plaintext == content


def test_an_item_moved_to_another_subjects_key_is_not_its(house: House) -> None:
    first, second = house.vault.seal(uuid4(), {"text": "x"}), house.vault.seal(uuid4(), {"text": "x"})
    house.vault.prepare([first, second])
    with house.database.transaction() as tx:
        house.vault.write(tx, [replace(first, key=second.key)])
    with pytest.raises(VaultItemError, match="was altered"):
        house.open(first)
    assert isinstance(first.refs[0].item, UUID)


async def test_a_locked_vault_seals_and_keeps_and_opens_nothing(house: House) -> None:
    house.vault.locked = True
    sealed = house.vault.seal(uuid4(), FIELDS, fresh=True)
    await house.keep(sealed)
    with pytest.raises(VaultLockedError):
        house.open(sealed)
    house.vault.unlock()
    assert len(house.open(sealed)) == len(FIELDS)


def test_a_vault_that_is_locked_while_it_is_being_unlocked_stays_locked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.vault.lock()
    locks = house.vault.locks
    overwrite = house.keys.overwrite

    def overwritten() -> None:
        overwrite()
        house.vault.lock()

    monkeypatch.setattr(house.keys, "overwrite", overwritten)
    assert not house.vault.unlock(locks)
    assert house.vault.locked
    monkeypatch.undo()
    assert not house.vault.unlock(locks)
    assert house.vault.unlock(house.vault.locks)
    assert not house.vault.locked


async def test_erasures_are_applied_to_who_still_has_a_key_and_to_nobody_twice(house: House) -> None:
    first, second, third = (house.vault.seal(uuid4(), FIELDS, fresh=True) for _ in range(3))
    for sealed in (first, second, third):
        await house.keep(sealed)
    erasures = {sealed.key.data_subject: Destroyed(AT, uuid4()) for sealed in (first, second)}
    house.vault.erase(first.key.data_subject, AT, UUID(int=1))
    for _ in range(2):
        house.vault.apply(erasures)
    for sealed in (first, second):
        with pytest.raises(ErasedError):
            house.open(sealed)
    assert house.open(third)
    assert house.keys.destroyed(first.key.data_subject) == Destroyed(AT, UUID(int=1))
    assert house.keys.destroyed(second.key.data_subject) == erasures[second.key.data_subject]


class FullDisk:
    """Stands behind the vault in the transaction and fails it when told to: the vault's rows were written already."""

    kind = Sealed
    tables: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.is_full = False

    def prepare(self, items: Any) -> None:
        pass

    def write(self, tx: Tx, items: Any) -> None:
        if self.is_full:
            raise OSError("no space left")


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["accepted", "refused", "repeated", "disk full", "erased"]), max_size=12))
def test_ciphertext_is_there_exactly_for_what_events_refer_to_whatever_happens_between(
    steps: list[str],
) -> None:
    """A crash leaves no orphan that had to be swept, and nothing that is referred to is emptied but by its erasure."""
    with TemporaryDirectory() as folder:
        house, disk = House(Path(folder) / "store.db", Path(folder) / "keys.db"), FullDisk()
        house.store._companions = (house.vault, disk)
        records: list[Sealed] = []
        erased: set[UUID] = set()
        for step in steps:
            asyncio.run(_live(house, disk, step, records, erased))
        rows = house.store.read(lambda tx: tx.execute("SELECT item, data_subject, sealed FROM vault_items"))
        assert {UUID(row["item"]) for row in rows} == {ref.item for each in records for ref in each.refs}
        assert {UUID(row["data_subject"]) for row in rows if not row["sealed"]} == erased
        found = house.verify(*records)
        assert (found.faults, found.erased) == ((), len(erased))
        house.close()


async def _live(house: House, disk: FullDisk, step: str, records: list[Sealed], erased: set[UUID]) -> None:
    sealed, case = house.vault.seal(uuid4(), {"text": "Label"}), uuid4()
    disk.is_full = step == "disk full"
    if step == "erased":
        for each in records[:1]:
            erased.add(each.key.data_subject)
            with house.database.transaction() as tx:
                house.vault.discard(tx, each.key.data_subject)
            house.vault.erase(each.key.data_subject, AT, uuid4())
        return
    try:
        for _ in range(2 if step == "repeated" else 1):
            await house.store.handle(counter, case, add(10 if step == "refused" else 1, "k"), keep=sealed)
        records.append(sealed)
    except (TooHighError, UnavailableError):
        assert step in ("refused", "disk full")
