"""Items of the vault as values: sealed for one data subject, and opened again; without a database and without keys of their own."""

import dataclasses
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import iter_unpack
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zi_chassis.vault.keystore import SubjectKey
from zi_contracts.vault import DisclosedItem, ItemRef

DIGEST_DOMAIN = b"zona/vault/v1\0"
ID, SALT, NONCE, SECRET = 16, 32, 12, 32
BOUND = b"%b%b%b\0%b"  # id, person, field and media type: a ciphertext opens as these alone


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


def ordered_ids(now: int, drawn: bytes) -> list[UUID]:
    """UUIDv7 (RFC 9562) of a time in milliseconds, one for each 16 random bytes: ids of a batch lie side by side in an index."""
    first = now << 80 | 7 << 76 | 2 << 62  # time, version and variant
    return [
        UUID(int=first | (high & 0xFFF) << 64 | low & (1 << 62) - 1)
        for high, low in iter_unpack(">QQ", drawn)
    ]


def digest(salt: bytes, plaintext: bytes) -> str:
    return sha256(DIGEST_DOMAIN + salt + plaintext).hexdigest()


def seal_items(
    key: SubjectKey,
    fields: Mapping[str, str | bytes],
    media_types: Mapping[str, str],
    ids: Sequence[UUID],
    drawn: bytes,
) -> tuple[Item, ...]:
    """Seal each field as the item of its id; `drawn` has the random bytes of salt and nonce of each."""
    cipher, owner, items = AESGCM(key.secret), key.data_subject.bytes, list[Item]()
    salts = iter_unpack(f"{SALT}s{NONCE}s", drawn)
    for (name, content), item, (salt, nonce) in zip(fields.items(), ids, salts, strict=True):
        plaintext = content.encode() if isinstance(content, str) else content
        media_type = media_types.get(name, "")
        bound = BOUND % (item.bytes, owner, name.encode(), media_type.encode())
        ref = ItemRef(item=item, field=name, digest=digest(salt, plaintext))
        items.append(Item(ref, media_type, nonce + cipher.encrypt(nonce, salt + plaintext, bound)))
    return tuple(items)
