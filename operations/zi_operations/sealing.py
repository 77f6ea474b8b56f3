"""The sealing of backups: a house can seal a backup and not open it, and whoever can open it can tell that this house made it.

The house has the public key for sealing and a key for signing. The operator has the other two halves, in a file that is never in the house.
A part is cut into pieces of 64 KiB, each sealed with AES-256-GCM under a key that is used for this part alone. The number of the piece, and
whether it is the last, are in its nonce, so that no piece can be left out, moved or cut off. The part's key is sealed by HPKE (RFC 9180).
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from zi_chassis.secret_file import write_secret
from zi_operations.outcome import OperationError, OperationStatus

MAGIC = b"zona-part-1\n"
PIECE = 64 * 1024
TAG = 16
KEY = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_HOUSE, _OPERATOR = "zona-backup-key-of-the-house", "zona-backup-key-of-the-operator"


class UnsoundPartError(Exception):
    """A part that was changed or cut short, or that is of another key."""


@dataclass(frozen=True)
class HouseKey:
    """Seals and signs; it opens nothing."""

    recipient: X25519PublicKey
    signer: Ed25519PrivateKey

    def seal(self, key: bytes, part: str) -> bytes:
        return _SUITE.encrypt(key, self.recipient, part.encode())

    def sign(self, content: bytes) -> bytes:
        return self.signer.sign(content)

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        return _is_signed(self.signer.public_key(), signature, content)


@dataclass(frozen=True)
class OperatorKey:
    """Opens, and tells who signed."""

    opener: X25519PrivateKey
    verifier: Ed25519PublicKey

    def open(self, sealed: bytes, part: str) -> bytes:
        """Return the key of a part. Raises UnsoundPartError."""
        try:
            return _SUITE.decrypt(sealed, self.opener, part.encode())
        except (InvalidTag, ValueError) as error:
            raise UnsoundPartError(part) from error

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        return _is_signed(self.verifier, signature, content)


def _is_signed(verifier: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        verifier.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def make_keys() -> tuple[HouseKey, OperatorKey]:
    opener, signer = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    return HouseKey(opener.public_key(), signer), OperatorKey(opener, signer.public_key())


def write_house_key(path: Path, key: HouseKey) -> None:
    _write(path, _HOUSE, key.recipient.public_bytes_raw(), key.signer.private_bytes_raw())


def write_operator_key(path: Path, key: OperatorKey) -> None:
    _write(path, _OPERATOR, key.opener.private_bytes_raw(), key.verifier.public_bytes_raw())


def read_house_key(path: Path) -> HouseKey:
    first, second = _read(path, _HOUSE)
    return HouseKey(X25519PublicKey.from_public_bytes(first), Ed25519PrivateKey.from_private_bytes(second))


def read_operator_key(path: Path) -> OperatorKey:
    first, second = _read(path, _OPERATOR)
    return OperatorKey(X25519PrivateKey.from_private_bytes(first), Ed25519PublicKey.from_public_bytes(second))


def _write(path: Path, kind: str, *halves: bytes) -> None:
    """Never over a file that is there."""
    write_secret(path, "".join(f"{line}\n" for line in (kind, *(half.hex() for half in halves))).encode())


def _read(path: Path, kind: str) -> tuple[bytes, bytes]:
    try:
        stated, first, second = path.read_text().split()
        halves = bytes.fromhex(first), bytes.fromhex(second)
    except (OSError, ValueError) as error:
        raise _no_key(path, kind) from error
    if stated != kind or {len(half) for half in halves} != {KEY}:
        raise _no_key(path, kind)
    return halves


def _no_key(path: Path, kind: str) -> OperationError:
    return OperationError(
        OperationStatus.REFUSED,
        f"{path} is no file '{kind}'. zona key FILE makes both halves: the house's, and the operator's in FILE.",
        f"{path} bukan berkas '{kind}'. zona key BERKAS membuat kedua bagian: milik rumah, dan milik operator di BERKAS.",
    )


class SealedWriter(RawIOBase):
    """Seals what is written to it; `close` ends the part, and `digest` is the SHA-256 of what lies in the file then."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._pending = bytearray()
        self._number = 0
        self._digest = sha256()
        self.size = 0
        self._put(MAGIC)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        added = bytes(content)  # type: ignore[call-overload]
        self._pending += added
        while len(self._pending) > PIECE:
            self._seal(bytes(self._pending[:PIECE]), last=False)
            del self._pending[:PIECE]
        return len(added)

    def finish(self) -> None:
        """Write the last piece. A part without it counts as cut short."""
        self._seal(bytes(self._pending), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last), piece, None))
        self._number += 1

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self.size += len(content)


class SealedReader(RawIOBase):
    """Gives back what was sealed. Raises UnsoundPartError at the first piece that is not as it was written."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._number = 0
        self._plain = b""
        self._at_end = False
        if file.read(len(MAGIC)) != MAGIC:
            raise UnsoundPartError("beginning")
        self._ahead = file.read(PIECE + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._plain and not self._at_end:
            self._next()
        count = min(len(view), len(self._plain))
        view[:count], self._plain = self._plain[:count], self._plain[count:]
        return count

    def _next(self) -> None:
        piece, self._ahead = self._ahead, self._file.read(PIECE + TAG)
        self._at_end = not self._ahead
        try:
            self._plain = self._cipher.decrypt(_nonce(self._number, self._at_end), piece, None)
        except (InvalidTag, ValueError) as error:
            raise UnsoundPartError(f"piece {self._number}") from error
        self._number += 1


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def fresh_key() -> bytes:
    return secrets.token_bytes(KEY)


def digest_of(path: Path, progress: Callable[[int], None]) -> str:
    """The SHA-256 of a file, read piece by piece."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            digest.update(piece)
            progress(len(piece))
    return digest.hexdigest()
