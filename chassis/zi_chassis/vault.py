"""The vault: the only place of personal data, sealed under one key per data subject.

Events carry an item's id, field and salted digest. Keys are on disk before the transaction of the items is, and the
items are in the transaction of the event that refers to them.
"""

import dataclasses
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zi_chassis.database import Row, Tx, placeholders
from zi_chassis.domain import ErasedError, UnavailableError, refuse_unseen
from zi_chassis.keystore import Destroyed, Keystore, SubjectKey
from zi_chassis.randomness import random_bytes
from zi_contracts.vault import DisclosedItem, ItemRef

DIGEST_DOMAIN = b"zona/vault/v1\0"
ID, SALT, NONCE, SECRET = 16, 32, 12, 32
DRAWN = ID + SALT + NONCE  # random bytes an item
PORTION = 500  # items that are opened together


class VaultItemError(Exception):
    """An item that is missing, was altered, or whose key is lost: never to be shown, and an alarm."""

    def __init__(self, item: UUID, why: str) -> None:
        super().__init__(f"Vault item {item} {why}.")
        self.item = item


class VaultLockedError(UnavailableError):
    """It is not known yet whether something in the vault was erased, so nothing of it is told."""

    def __init__(self) -> None:
        super().__init__("The vault is locked until every recorded erasure was applied to its keys.")


class Item(NamedTuple):
    """One sealed field as it is stored; `sealed` is nonce and ciphertext of salt and plaintext."""

    ref: ItemRef
    media_type: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed items for `store.handle(..., keep=)`; `fresh` says that the key has still to be kept."""

    key: SubjectKey
    fresh: bool
    items: tuple[Item, ...]

    @property
    def refs(self) -> tuple[ItemRef, ...]:
        return tuple(item.ref for item in self.items)


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """A field in plaintext and the salt that binds it to the digest in the ledger."""

    field: str
    salt: bytes = dataclasses.field(repr=False)
    plaintext: bytes = dataclasses.field(repr=False)
    media_type: str = ""

    @property
    def text(self) -> str:
        return self.plaintext.decode()

    def disclosed(self, item: UUID) -> DisclosedItem:
        """Return it as a reply states it, with the salt that makes the digest in its event checkable."""
        salt = b64encode(self.salt).decode()
        return DisclosedItem(item=item, field=self.field, salt=salt, text=self.text)


@dataclass(frozen=True, slots=True)
class Verified:
    """The numbers of items that open as recorded and that are erased, and what is wrong with the rest."""

    sound: int
    erased: int
    faults: tuple[str, ...]


def ordered_id(now: int, drawn: bytes) -> UUID:
    """UUIDv7 (RFC 9562) of a time in milliseconds and 16 random bytes: ids of a batch lie side by side in an index."""
    random = int.from_bytes(drawn, "big")
    high = now << 16 | 0x7000 | random >> 116
    return UUID(int=high << 64 | 1 << 63 | random & (1 << 62) - 1)


def digest(salt: bytes, plaintext: bytes) -> str:
    return sha256(DIGEST_DOMAIN + salt + plaintext).hexdigest()


class Vault:
    """A companion of the store: hand it what `seal` returned with the command whose event names its refs.

    A locked one opens nothing until `apply` got every erasure that is recorded anywhere, and `unlock` was called.
    """

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS vault_items (item TEXT PRIMARY KEY, data_subject TEXT NOT NULL,"
        " key_id TEXT NOT NULL, field TEXT NOT NULL, media_type TEXT NOT NULL, digest TEXT NOT NULL,"
        " sealed BLOB NOT NULL)",
    )

    def __init__(self, keys: Keystore, locked: bool = False) -> None:
        self._keys = keys
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
        now = time.time_ns() // 1_000_000
        drawn = random_bytes(DRAWN * len(fields) + ID + SECRET)
        key = known or SubjectKey(
            ordered_id(now, drawn[-ID - SECRET : -SECRET]), data_subject, drawn[-SECRET:]
        )
        cipher, owner, kinds = AESGCM(key.secret), data_subject.bytes, media_types or {}
        items = tuple(
            _seal(cipher, owner, name, content, kinds.get(name, ""), drawn[at : at + DRAWN], now)
            for (name, content), at in zip(fields.items(), count(0, DRAWN), strict=False)
        )
        return Sealed(key, known is None, items)

    def prepare(self, items: Sequence[Any]) -> None:
        self._keys.add([sealed.key for sealed in items if isinstance(sealed, Sealed) and sealed.fresh])

    def write(self, tx: Tx, items: Sequence[Any]) -> None:
        rows = [row for sealed in items if isinstance(sealed, Sealed) for row in _rows_of(sealed)]
        if rows:
            tx.many(
                "INSERT INTO vault_items (item, data_subject, key_id, field, media_type, digest, sealed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def open(self, tx: Tx, items: Iterable[UUID]) -> dict[UUID, OpenedItem]:
        """Every one of `items`, or ErasedError, or VaultItemError for the first that is not as it was sealed."""
        self.refuse_locked()
        wanted = list(dict.fromkeys(items))
        rows = {UUID(row["item"]): row for row in _rows(tx, wanted)}
        secrets = self._keys.secrets({UUID(row["key_id"]) for row in rows.values()})
        return {item: self._open(item, rows.get(item), secrets, self._is_destroyed) for item in wanted}

    def refuse_locked(self) -> None:
        if self.locked:
            raise VaultLockedError

    def erase(self, data_subject: UUID, at: datetime, event: UUID, reference: str | None = None) -> None:
        """Destroys the subject's key and what the reference stood for; to be called after `event` is on disk, and again after any restore."""
        self._keys.destroy(data_subject, at, event, reference)

    @staticmethod
    def discard(tx: Tx, data_subject: UUID) -> None:
        """Empty the subject's ciphertext, in the transaction of the event that erases it; what it was stays known by its row."""
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
        sound, erased, faults = 0, 0, []
        destroyed = self._keys.tombstones()
        items = list(dict.fromkeys([*recorded, *_all_items(tx)]))
        for at in range(0, len(items), PORTION):
            rows = {UUID(row["item"]): row for row in _rows(tx, items[at : at + PORTION])}
            secrets = self._keys.secrets({UUID(row["key_id"]) for row in rows.values()})
            for item in items[at : at + PORTION]:
                try:
                    if self._is_open(item, rows.get(item), recorded, secrets, destroyed):
                        sound += 1
                    else:
                        erased += 1
                except VaultItemError as fault:
                    faults.append(str(fault))
        return Verified(sound, erased, tuple(faults))

    def _is_open(
        self,
        item: UUID,
        row: Row | None,
        recorded: Mapping[UUID, str],
        secrets: Mapping[UUID, bytes],
        destroyed: Container[UUID],
    ) -> bool:
        """Return whether the item opens as it was recorded; false where its key was destroyed. Raises VaultItemError."""
        if item not in recorded:
            raise VaultItemError(item, "belongs to no event")
        try:
            opened = self._open(item, row, secrets, destroyed.__contains__)
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
        bound = _bound(item.bytes, data_subject.bytes, name, media_type)
        try:
            plain = AESGCM(secret).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
        except InvalidTag:
            raise VaultItemError(item, "was altered") from None
        return OpenedItem(name, plain[:SALT], plain[SALT:], media_type)


def _seal(
    cipher: AESGCM, owner: bytes, name: str, content: str | bytes, media_type: str, drawn: bytes, now: int
) -> Item:
    plaintext = content.encode() if isinstance(content, str) else content
    item = ordered_id(now, drawn[:ID])
    salt, nonce = drawn[ID:-NONCE], drawn[-NONCE:]
    ciphertext = cipher.encrypt(nonce, salt + plaintext, _bound(item.bytes, owner, name, media_type))
    ref = ItemRef(item=item, field=name, digest=digest(salt, plaintext))
    return Item(ref, media_type, nonce + ciphertext)


def _bound(item: bytes, owner: bytes, name: str, media_type: str) -> bytes:
    """The data that binds a ciphertext: it opens as this item, person, field and media type alone."""
    return b"%b%b%b\0%b" % (item, owner, name.encode(), media_type.encode())


def _rows_of(sealed: Sealed) -> list[tuple[object, ...]]:
    owner, key = str(sealed.key.data_subject), str(sealed.key.id)
    return [
        (str(ref.item), owner, key, ref.field, media_type, ref.digest, content)
        for ref, media_type, content in sealed.items
    ]


def _rows(tx: Tx, items: Sequence[UUID]) -> list[Row]:
    marks = placeholders(items)
    return tx.execute(f"SELECT * FROM vault_items WHERE item IN ({marks})", *map(str, items)) if items else []


def _all_items(tx: Tx) -> Iterator[UUID]:
    return (UUID(row["item"]) for row in tx.execute("SELECT item FROM vault_items ORDER BY item"))
