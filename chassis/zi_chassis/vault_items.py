"""Items of the vault as values: sealed for one data subject, and opened again; without a database and without keys of their own."""

import dataclasses
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zi_chassis.keystore import SubjectKey
from zi_contracts.vault import DisclosedItem, ItemRef

DIGEST_DOMAIN = b"zona/vault/v1\0"
ID, SALT, NONCE, SECRET = 16, 32, 12, 32
DRAWN = ID + SALT + NONCE  # random bytes an item


class VaultItemError(Exception):
    """An item that is missing, was altered, or whose key is lost: never to be shown, and an alarm."""

    def __init__(self, item: UUID, why: str) -> None:
        super().__init__(f"Vault item {item} {why}.")
        self.item = item


class Item(NamedTuple):
    """One sealed field as it is stored; `sealed` is nonce and ciphertext of salt and plaintext."""

    ref: ItemRef
    media_type: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed items for `store.handle(..., keep=)`; `fresh` says that the key has still to be kept. `sent_at` is when files of them were
    sent to the bucket, by the clock of `time.monotonic`."""

    key: SubjectKey
    fresh: bool
    items: tuple[Item, ...]
    sent_at: float | None = None

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


def seal_item(
    cipher: AESGCM, owner: bytes, name: str, content: str | bytes, media_type: str, drawn: bytes, now: int
) -> Item:
    plaintext = content.encode() if isinstance(content, str) else content
    item = ordered_id(now, drawn[:ID])
    salt, nonce = drawn[ID:-NONCE], drawn[-NONCE:]
    ciphertext = cipher.encrypt(nonce, salt + plaintext, bound_data(item.bytes, owner, name, media_type))
    ref = ItemRef(item=item, field=name, digest=digest(salt, plaintext))
    return Item(ref, media_type, nonce + ciphertext)


def bound_data(item: bytes, owner: bytes, name: str, media_type: str) -> bytes:
    """The data that binds a ciphertext: it opens as this item, person, field and media type alone."""
    return b"%b%b%b\0%b" % (item, owner, name.encode(), media_type.encode())
