import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from tests.databases import is_anybody_waiting
from tests.until import until

from zi_chassis.domain import ErasedError, UnavailableError
from zi_chassis.storage import database as databases
from zi_chassis.storage.database import Database
from zi_chassis.storage.event_tables import one_at_a_time
from zi_chassis.vault.keystore import TABLES, Destroyed, Keystore, SubjectKey
from zi_chassis.vault.vault import Vault

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keystore]:
    place = tmp_path / "keys.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    keystore = Keystore(Database(place, secure_delete=True))
    yield keystore
    keystore.close()


def new() -> SubjectKey:
    return SubjectKey(uuid4(), uuid4(), os.urandom(32))


def test_what_was_added_is_found(keys: Keystore) -> None:
    key, other = new(), new()
    keys.add([key, other])
    assert keys.key(key.data_subject) == key
    assert keys.secrets([key.id, other.id, uuid4()]) == {key.id: key.secret, other.id: other.secret}


def test_nothing_is_known_of_a_stranger(keys: Keystore) -> None:
    keys.add([])
    assert keys.key(uuid4()) is None
    assert keys.secrets([]) == {}
    assert keys.destroyed(uuid4()) is None


def test_adding_again_changes_nothing(keys: Keystore) -> None:
    key = new()
    keys.add([key])
    keys.add([key])
    assert keys.key(key.data_subject) == key


def test_a_subject_with_two_keys_keeps_both(keys: Keystore) -> None:
    key = new()
    again = SubjectKey(uuid4(), key.data_subject, os.urandom(32))
    keys.add([key])
    keys.add([again])
    assert keys.key(key.data_subject) in (key, again)
    assert len(keys.secrets([key.id, again.id])) == 2


def test_a_destroyed_subject_has_a_tombstone_and_no_key(keys: Keystore) -> None:
    key, other, event = new(), new(), uuid4()
    keys.add([key, other])
    keys.destroy(key.data_subject, AT, event)
    keys.destroy(key.data_subject, AT.replace(year=2027), uuid4())
    assert keys.destroyed(key.data_subject) == Destroyed(AT, event)
    assert keys.secrets([key.id, other.id]) == {other.id: other.secret}
    with pytest.raises(ErasedError, match="erased"):
        keys.key(key.data_subject)


def test_a_destroyed_subject_gets_no_key_again_and_none_of_the_batch_is_kept(keys: Keystore) -> None:
    key, other = new(), new()
    keys.destroy(key.data_subject, AT, uuid4())
    with pytest.raises(ErasedError):
        keys.add([other, key])
    assert keys.secrets([key.id, other.id]) == {}


def test_a_key_shows_in_no_representation() -> None:
    key = new()
    assert repr(key.secret) not in repr(key)


def test_a_destroyed_key_is_in_no_file(tmp_path: Path) -> None:
    keys = Keystore(Database(tmp_path / "keys.db", secure_delete=True))
    gone, stays = new(), new()
    keys.add([gone, stays])
    assert any(gone.secret in file.read_bytes() for file in tmp_path.iterdir())
    keys.destroy(gone.data_subject, AT, uuid4())
    assert (tmp_path / "keys.db-wal").stat().st_size == 0
    assert not any(gone.secret in file.read_bytes() for file in tmp_path.iterdir())
    assert any(stays.secret in file.read_bytes() for file in tmp_path.iterdir())
    keys.close()
    assert not any(gone.secret in file.read_bytes() for file in tmp_path.iterdir())


def test_a_key_that_could_not_be_overwritten_yet_is_told_and_applying_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "LOCK_SECONDS", 0.05)
    database = Database(tmp_path / "keys.db", secure_delete=True)
    database.datastore.pool.lock_timeout = 0.05
    keys = Keystore(database)
    gone = new()
    keys.add([gone])
    with database.reading() as reader:
        reader.execute("SELECT * FROM keys")
        with pytest.raises(UnavailableError, match="Try again"):
            keys.destroy(gone.data_subject, AT, uuid4())
    Vault(keys).apply({gone.data_subject: Destroyed(AT, uuid4())})
    assert not any(gone.secret in file.read_bytes() for file in tmp_path.iterdir())
    keys.close()


def test_keys_outlive_the_process(tmp_path: Path) -> None:
    key = new()
    first = Keystore(Database(tmp_path / "keys.db", secure_delete=True))
    first.add([key])
    first.close()
    second = Keystore(Database(tmp_path / "keys.db", secure_delete=True))
    assert second.key(key.data_subject) == key
    second.close()


def test_all_tombstones_are_told(keys: Keystore) -> None:
    gone, stays = new(), new()
    keys.add([gone, stays])
    event = uuid4()
    keys.destroy(gone.data_subject, AT, event)
    assert keys.tombstones() == {gone.data_subject: Destroyed(AT, event)}


def test_what_a_crash_left_of_a_deleted_key_is_overwritten_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = new()
    keys = Keystore(Database(tmp_path / "keys.db", secure_delete=True))
    keys.add([gone])
    keys.overwrite()
    with monkeypatch.context() as crash:
        crash.setattr(Keystore, "overwrite", lambda _: None)
        keys.destroy(gone.data_subject, AT, uuid4())
    assert any(gone.secret in file.read_bytes() for file in tmp_path.iterdir())
    keys.overwrite()
    assert not any(gone.secret in file.read_bytes() for file in tmp_path.iterdir())
    keys.close()


def test_a_contact_has_one_random_reference(keys: Keystore) -> None:
    first, other = keys.reference("email a@warga.example"), keys.reference("email b@warga.example")
    assert keys.reference("email a@warga.example") == first != other
    assert len(bytes.fromhex(first)) == 32


def test_a_destroyed_reference_comes_back_for_nobody(keys: Keystore) -> None:
    gone, stays = keys.reference("a"), keys.reference("b")
    keys.destroy(uuid4(), AT, uuid4(), gone)
    assert keys.reference("a") != gone
    assert keys.reference("b") == stays


def test_forgotten_contacts_get_new_references(keys: Keystore) -> None:
    before = keys.reference("a")
    keys.forget_contacts()
    keys.forget_contacts()
    assert keys.reference("a") != before


def test_the_same_contact_is_called_otherwise_in_another_store(tmp_path: Path) -> None:
    """A reference, and what stands beside it, follow from nothing but the store's own random bytes."""
    stores = [Keystore(Database(tmp_path / name, secure_delete=True)) for name in ("one.db", "other.db")]
    assert stores[0].reference("a") != stores[1].reference("a")
    contacts = []
    for store in stores:
        with store._database.reading() as tx:
            contacts += [row["contact"] for row in tx.execute("SELECT contact FROM contacts")]
        store.close()
    assert len(set(contacts)) == 2


@pytest.mark.parametrize("end", ["destroyed", "forgotten"])
def test_what_a_reference_stood_for_is_in_no_file(tmp_path: Path, end: str) -> None:
    keys = Keystore(Database(tmp_path / "keys.db", secure_delete=True))
    reference = keys.reference("a")
    with keys._database.reading() as tx:
        contact = tx.execute("SELECT contact FROM contacts")[0]["contact"]
        secret = bytes(tx.execute("SELECT secret FROM contact_key")[0]["secret"])
    if end == "destroyed":
        keys.destroy(uuid4(), AT, uuid4(), reference)
    else:
        keys.forget_contacts()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert contact.encode() not in left
    assert reference.encode() not in left
    assert (secret in left) is (end == "destroyed")
    keys.close()


def test_a_known_contact_writes_as_much_as_a_new_one(tmp_path: Path) -> None:
    """Or whoever files under somebody else's address could measure whether that was used before."""
    keys = Keystore(Database(tmp_path / "keys.db", secure_delete=True))
    keys.reference("somebody")
    log = tmp_path / "keys.db-wal"
    sizes = [log.stat().st_size]
    for contact in ("new", "new", "somebody"):
        keys.reference(contact)
        sizes.append(log.stat().st_size)
    written = {after - before for before, after in pairwise(sizes)}
    assert len(written) == 1
    assert min(written) > 0
    keys.close()


@pytest.mark.postgres
async def test_two_processes_that_start_together_make_the_tables_once(postgres: str) -> None:
    """`IF NOT EXISTS` alone lets the second one meet a table that was committed meanwhile, which is an error and an end of the process."""
    first, second = Database(postgres), Database(postgres)
    with ThreadPoolExecutor(1) as other:
        with first.transaction() as tx:
            one_at_a_time(tx)
            tx.create(*TABLES)
            begun = other.submit(Keystore, second)
            await until(lambda: is_anybody_waiting(postgres) or begun.done())
        keys = begun.result()
    assert keys.key(uuid4()) is None
    keys.close()
    first.close()
