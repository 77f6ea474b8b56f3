"""The vault: the only place of personal data, sealed under one key per data subject.

Events carry an item's id, field and salted digest. Keys are on disk before the transaction of the items is, and the
items are in the transaction of the event that refers to them. With `files`, the ciphertext of a large item lies in a bucket
before that transaction begins, and its row has the nonce alone; a row of an erased item is empty.
"""

import dataclasses
import threading
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zi_chassis.domain import ErasedError, UnavailableError, refuse_unseen
from zi_chassis.randomness import random_bytes
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.in_time import in_time
from zi_chassis.vault.files import LARGE, TABLE, FileComparison, FilePlace, VaultFiles, places_of
from zi_chassis.vault.items import BOUND, ID, NONCE, SALT, SECRET, ordered_ids, seal_items
from zi_chassis.vault.items import OpenedItem as OpenedItem
from zi_chassis.vault.items import Sealed as Sealed
from zi_chassis.vault.items import VaultItemError as VaultItemError
from zi_chassis.vault.items import Verified as Verified
from zi_chassis.vault.items import digest as digest
from zi_chassis.vault.keystore import Destroyed, Keystore, SubjectKey

if TYPE_CHECKING:
    from zi_chassis.storage.store import Store

PORTION = 500  # items that are read together
FILES_AT_ONCE = 8  # of a comparison, in memory together
COMMIT_SECONDS = (
    3600.0  # from sending a file to the commit of its item; what is older may be taken for abandoned
)
NOWHERE: Mapping[UUID, bytes] = MappingProxyType({})


class VaultLockedError(UnavailableError):
    """It is not known yet whether something in the vault was erased, so nothing of it is told."""

    def __init__(self) -> None:
        super().__init__("The vault is locked until every recorded erasure was applied to its keys.")


class Vault:
    """A companion of the store: hand it what `seal` returned with the command whose event names its refs.

    A locked one opens nothing until `apply` got every erasure that is recorded anywhere, and `unlock` was called.
    """

    kind = Sealed
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS vault_items (item TEXT PRIMARY KEY, data_subject TEXT NOT NULL,"
        " key_id TEXT NOT NULL, field TEXT NOT NULL, media_type TEXT NOT NULL, digest TEXT NOT NULL,"
        " sealed BLOB NOT NULL)",
        TABLE,
    )

    def __init__(self, keys: Keystore, locked: bool = False, files: VaultFiles | None = None) -> None:
        self._keys = keys
        self.files = files
        self.locked = locked
        self.locks = 0
        self._locking = threading.Lock()

    def seal(
        self,
        data_subject: UUID,
        fields: Mapping[str, str | bytes],
        media_types: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> Sealed:
        """Items for `fields`, none of them stored yet. `fresh`: the subject is new, so no key is looked for.

        Raises UnseenSignError for a text that a reader would not see as it is.
        """
        for name, content in fields.items():
            if isinstance(content, str) and not content.isprintable():
                refuse_unseen(name, content, lines=True)
        known = None if fresh else self._keys.key(data_subject)
        for_ids = SECRET + ID * (len(fields) + 1)
        drawn = random_bytes(for_ids + (SALT + NONCE) * len(fields))
        ids = ordered_ids(time.time_ns() // 1_000_000, drawn[SECRET:for_ids])
        key = known or SubjectKey(ids[-1], data_subject, drawn[:SECRET])
        items = seal_items(key, fields, media_types or {}, ids[:-1], drawn[for_ids:])
        return Sealed(key, known is None, items)

    async def place(self, store: "Store", sealed: Sealed) -> Sealed:
        """Send the large items to the bucket, if there is one, before they are handed to the store. Raises BucketAwayError."""
        large = {
            item.ref.item: item.sealed[NONCE:]
            for item in (sealed.items if self.files else ())
            if len(item.sealed) > LARGE
        }
        if self.files is None or not large:
            return sealed
        now = time.monotonic()
        await self.files.send(store, large)
        items = tuple(
            item._replace(sealed=item.sealed[:NONCE]) if item.ref.item in large else item
            for item in sealed.items
        )
        return dataclasses.replace(sealed, items=items, sent_at=now)

    def prepare(self, items: Sequence[Sealed]) -> None:
        """Raises UnavailableError where files of the items may have been removed by now."""
        keys = list[SubjectKey]()
        for sealed in items:
            if sealed.sent_at is not None and time.monotonic() - sealed.sent_at > COMMIT_SECONDS:
                raise UnavailableError("The files of this were sent too long ago.")
            if sealed.fresh:
                keys.append(sealed.key)
        self._keys.add(keys)

    def write(self, tx: Tx, items: Sequence[Sealed]) -> None:
        rows = list[tuple[object, ...]]()
        for sealed in items:
            owner, key = str(sealed.key.data_subject), str(sealed.key.id)
            rows += [
                (str(ref.item), owner, key, ref.field, media_type, ref.digest, content)
                for ref, media_type, content in sealed.items
            ]
        tx.many(
            "INSERT INTO vault_items (item, data_subject, key_id, field, media_type, digest, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def open(self, tx: Tx, items: Iterable[UUID]) -> dict[UUID, OpenedItem]:
        """Every one of `items`, or ErasedError, or VaultItemError for the first that is not as it was sealed."""
        return self._opened(_rows_by_item(tx, items))

    async def fetch(self, store: "Store", items: Iterable[UUID]) -> dict[UUID, OpenedItem]:
        """As `open`, with the files in the bucket; these are awaited while no transaction is open. Raises BucketAwayError."""
        if self.files is None:
            return await store.query(lambda tx: self.open(tx, items))
        self.refuse_locked()
        rows, places = await store.query(lambda tx: self._located(tx, items))
        contents = await self.files.fetch(places)
        return await in_time(self._opened, rows, contents)

    def _located(self, tx: Tx, items: Iterable[UUID]) -> tuple[dict[UUID, Row | None], dict[UUID, FilePlace]]:
        """Read the rows, and where the file of each lies that has its key still."""
        rows = _rows_by_item(tx, items)
        outside = {item: row for item, row in rows.items() if row is not None and _is_outside(row)}
        secrets = self._keys.secrets({UUID(row["key_id"]) for row in outside.values()}) if outside else {}
        return rows, places_of(tx, (item for item, row in outside.items() if UUID(row["key_id"]) in secrets))

    def _opened(
        self, rows: Mapping[UUID, Row | None], contents: Mapping[UUID, bytes] = NOWHERE
    ) -> dict[UUID, OpenedItem]:
        self.refuse_locked()
        secrets = self._keys.secrets({UUID(row["key_id"]) for row in rows.values() if row is not None})
        return {
            item: self._open(item, row, secrets, self._is_destroyed, contents) for item, row in rows.items()
        }

    def refuse_locked(self) -> None:
        if self.locked:
            raise VaultLockedError

    def erase(self, data_subject: UUID, at: datetime, event: UUID, reference: str | None = None) -> None:
        """Destroys the subject's key and what the reference stood for; to be called after `event` is on disk, and again after any restore."""
        self._keys.destroy(data_subject, at, event, reference)
        if self.files is not None:
            self.files.erasures += 1

    @staticmethod
    def discard(tx: Tx, data_subject: UUID) -> None:
        """Empty the subject's ciphertext, in the transaction of the event that erases it; what it was stays known by its row. What lies in a
        bucket is removed after that."""
        tx.execute("UPDATE vault_items SET sealed = ? WHERE data_subject = ?", b"", str(data_subject))

    def apply(self, erasures: Mapping[UUID, Destroyed]) -> None:
        """Destroys the keys of those subjects that have theirs still, or again after a restore, and overwrites what could not be before."""
        destroyed = self._keys.tombstones()
        for data_subject, erased in erasures.items():
            if data_subject not in destroyed:
                self.erase(data_subject, erased.at, erased.event, erased.reference)
        self._keys.overwrite_owed()

    def lock(self) -> None:
        """Open nothing until the next `unlock`; `locks` counts how often that was asked for."""
        with self._locking:
            self.locks += 1
            self.locked = True

    def unlock(self, locks: int | None = None) -> bool:
        """Once all erasures there are were applied; what a crash left half deleted is overwritten first. It stays locked, and false is returned,
        where it was locked again since there were so many `locks`."""
        self._keys.overwrite()
        with self._locking:
            is_due = locks is None or locks == self.locks
            if is_due:
                self.locked = False
        return is_due

    @staticmethod
    def items_of(tx: Tx, data_subject: UUID) -> list[tuple[UUID, str]]:
        """Return id and field of each item of the subject, oldest first; none of them is opened."""
        rows = tx.execute(
            "SELECT item, field FROM vault_items WHERE data_subject = ? ORDER BY item", str(data_subject)
        )
        return [(UUID(row["item"]), row["field"]) for row in rows]

    @staticmethod
    def owner_of(tx: Tx, item: UUID) -> UUID | None:
        rows = tx.execute("SELECT data_subject FROM vault_items WHERE item = ?", str(item))
        return UUID(rows[0]["data_subject"]) if rows else None

    def verify(self, tx: Tx, recorded: Mapping[UUID, str]) -> Verified:
        """Opens all there is, in portions. `recorded`: digests by item, as the events have them; each must be there and equal."""
        self.refuse_locked()
        sound, erased, faults = 0, 0, list[str]()
        destroyed = self._keys.tombstones()
        comparison = FileComparison(self.files) if self.files else None
        items = list(dict.fromkeys([*recorded, *_all_items(tx)]))
        for rows, places in self._portions(tx, items):
            contents, unread = comparison.read(places) if comparison and places else (NOWHERE, set[UUID]())
            secrets = self._keys.secrets({UUID(row["key_id"]) for row in rows.values() if row is not None})
            for item, row in rows.items():
                if item in unread:
                    continue
                try:
                    if self._is_open(item, row, recorded, secrets, destroyed, contents):
                        sound += 1
                    else:
                        erased += 1
                except VaultItemError as fault:
                    faults.append(str(fault))
        if comparison and comparison.fault:
            faults.append(comparison.fault)
        return Verified(sound, erased, tuple(faults))

    def _portions(
        self, tx: Tx, items: Sequence[UUID]
    ) -> Iterator[tuple[dict[UUID, Row | None], dict[UUID, FilePlace]]]:
        """Yield the rows of some items at a time, and where their files lie: of a bucket few at a time, for they are large."""
        for at in range(0, len(items), PORTION):
            rows, places = self._located(tx, items[at : at + PORTION])
            outside = list(places)
            yield {item: row for item, row in rows.items() if item not in places}, {}
            for first in range(0, len(outside), FILES_AT_ONCE):
                some = outside[first : first + FILES_AT_ONCE]
                yield {item: rows[item] for item in some}, {item: places[item] for item in some}

    def _is_open(
        self,
        item: UUID,
        row: Row | None,
        recorded: Mapping[UUID, str],
        secrets: Mapping[UUID, bytes],
        destroyed: Container[UUID],
        contents: Mapping[UUID, bytes],
    ) -> bool:
        """Return whether the item opens as it was recorded; false where its key was destroyed. Raises VaultItemError."""
        if item not in recorded:
            raise VaultItemError(item, "belongs to no event")
        try:
            opened = self._open(item, row, secrets, destroyed.__contains__, contents)
        except ErasedError:
            if row is not None and UUID(row["data_subject"]) in destroyed:
                return False
            raise VaultItemError(item, "was emptied, and its key was not destroyed") from None
        if digest(opened.salt, opened.plaintext) != recorded[item]:
            raise VaultItemError(item, "is not what its event recorded")
        return True

    def _is_destroyed(self, data_subject: UUID) -> bool:
        return self._keys.destroyed(data_subject) is not None

    def _open(
        self,
        item: UUID,
        row: Row | None,
        secrets: Mapping[UUID, bytes],
        is_destroyed: Callable[[UUID], bool],
        contents: Mapping[UUID, bytes],
    ) -> OpenedItem:
        if row is None:
            raise VaultItemError(item, "is missing")
        data_subject = UUID(row["data_subject"])
        if (secret := secrets.get(UUID(row["key_id"]))) is None:
            if is_destroyed(data_subject):
                raise ErasedError
            raise VaultItemError(item, "has lost its key")
        sealed, name, media_type = bytes(row["sealed"]), row["field"], row["media_type"]
        if not sealed:
            raise ErasedError
        ciphertext = self._outside(item, contents) if _is_outside(row) else sealed[NONCE:]
        bound = BOUND % (item.bytes, data_subject.bytes, name.encode(), media_type.encode())
        try:
            plain = AESGCM(secret).decrypt(sealed[:NONCE], ciphertext, bound)
        except InvalidTag:
            raise VaultItemError(item, "was altered") from None
        return OpenedItem(name, plain[:SALT], plain[SALT:], media_type)

    def _outside(self, item: UUID, contents: Mapping[UUID, bytes]) -> bytes:
        if self.files is None:
            raise VaultItemError(item, "lies in a bucket, and ZI_FILES does not say in which")
        if item not in contents:
            raise VaultItemError(
                item,
                f"is not in {self.files.address}: it was lost, or erased after this copy of the store was made",
            )
        return contents[item]


def _is_outside(row: Row) -> bool:
    return len(row["sealed"]) == NONCE


def _rows_by_item(tx: Tx, items: Iterable[UUID]) -> dict[UUID, Row | None]:
    wanted = list(dict.fromkeys(items))
    marks = placeholders(wanted)
    question = f"SELECT * FROM vault_items WHERE item IN ({marks})"
    found = {UUID(row["item"]): row for row in tx.execute(question, *map(str, wanted))} if wanted else {}
    return {item: found.get(item) for item in wanted}


def _all_items(tx: Tx) -> Iterator[UUID]:
    return (UUID(row["item"]) for row in tx.execute("SELECT item FROM vault_items ORDER BY item"))
