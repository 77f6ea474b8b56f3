"""Signed notes and their keys (c2sp.org/signed-note), signature type 01 = Ed25519; text is given out only after a known key's
signature held, lines of unknown keys are ignored, a known key's broken signature spoils the whole note."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zi_tlog.error import LogError
from zi_tlog.text import decode_base64, decode_utf8, encode_base64

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 64  # signed-note: at least 16 must be accepted
_KEY_BYTES = 32
_UNFIT = re.compile(
    r"[\x00-\x09\x0b-\x1f\ud800-\udfff]"
)  # control characters, and surrogates, which UTF-8 does not have
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_SKEY = re.compile(r"PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


class NoteError(LogError):
    """A note or a key that is malformed, or that no known key signed."""


@dataclass(frozen=True)
class Signature:
    """One signature line: who signed, by name and key id, and the bytes that the key's algorithm made."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """`— <name> base64(key id || signature)` without its newline (signed-note, Signatures)."""
        return f"— {self.name} {encode_base64(self.key_id + self.value)}"


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and its signature lines; `parse_note` alone verifies none of them."""

    text: str
    signatures: tuple[Signature, ...]

    def format(self) -> bytes:
        """Text, blank line, signature lines (signed-note, Format); parse_note gives the same note back."""
        return "\n".join([self.text, *(signature.line for signature in self.signatures), ""]).encode()

    def signed(self, *more: Signature) -> "Note":
        """The same text with further signature lines; a line that is there already is not repeated."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


@dataclass(frozen=True)
class NoteKey:
    """A public key under a name; (name, key_id) is what a signature line is matched by (signed-note, Signatures)."""

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\s+]+", self.name) or _UNFIT.search(self.name):
            raise NoteError("A key's name has no spaces and no plus sign, and is not empty.")
        if self.algorithm not in (ED25519, COSIGNATURE) or len(self.public) != _KEY_BYTES:
            raise NoteError(
                f"The key of {self.name} is neither an Ed25519 note key nor an Ed25519 cosignature key."
            )

    @cached_property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key)[:4] (signed-note, Signatures)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """name+hex8(key id)+base64(type || public key) (signed-note, verifier keys)."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.algorithm]) + self.public)}"


class NoteVerifier(Protocol):
    """Whatever can tell whether a signature of its key over a text holds; it answers and never raises."""

    @property
    def key(self) -> NoteKey: ...

    def holds(self, text: str, value: bytes) -> bool: ...


@dataclass(frozen=True)
class Verifier:
    """Type 01: Ed25519 over the note's text (signed-note, Ed25519 signatures)."""

    key: NoteKey

    def __post_init__(self) -> None:
        if self.key.algorithm != ED25519:
            raise NoteError(f"The key of {self.key.name} is not an Ed25519 note key.")

    def holds(self, text: str, value: bytes) -> bool:
        """Check that `value` is this key's signature over `text`."""
        return ed25519_holds(self.key.public, value, text.encode())


class Signer:
    """Type 01 with its private key; the seed (32 bytes) comes from the caller, who keeps it."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = private_key(seed)
        self._seed = seed
        self.key = NoteKey(name, ED25519, self._private.public_key().public_bytes_raw())

    @property
    def verifier(self) -> Verifier:
        """The public half, which accepts exactly what this signer signs."""
        return Verifier(self.key)

    @property
    def skey(self) -> str:
        """PRIVATE+KEY+name+hex8(key id)+base64(01 || seed), as Go's note package writes it; a secret."""
        return f"PRIVATE+KEY+{self.key.name}+{self.key.key_id.hex()}+{encode_base64(bytes([ED25519]) + self._seed)}"

    def sign(self, text: str) -> Signature:
        """The signature line over a text that can be a note's (signed-note, Format); the same text gives the same line."""
        return Signature(self.key.name, self.key.key_id, self._private.sign(note_text(text).encode()))

    def note(self, text: str) -> bytes:
        """The whole signed note over `text`."""
        return Note(text, (self.sign(text),)).format()


def parse_vkey(text: str) -> NoteKey:
    """The key of a vkey whose key id fits its name and bytes (signed-note, verifier keys)."""
    match = _VKEY.fullmatch(text)
    if match is None:
        raise NoteError("This is not a verifier key (name+id+key).")
    name, key_id, encoded = match.groups()
    data = decode_base64(encoded)
    key = NoteKey(name, data[0], data[1:])
    if key.key_id.hex() != key_id:
        raise NoteError(f"The verifier key of {name} does not fit its own id.")
    return key


def parse_skey(text: str) -> Signer:
    """The signer of a private key in Go's note form; the key id must fit, so that a damaged key signs nothing."""
    match = _SKEY.fullmatch(text)
    if match is None:
        raise NoteError("This is not a signing key (PRIVATE+KEY+name+id+key).")
    name, key_id, encoded = match.groups()
    data = decode_base64(encoded)
    if data[0] != ED25519:
        raise NoteError(f"The signing key of {name} is not an Ed25519 note key.")
    signer = Signer(name, data[1:])
    if signer.key.key_id.hex() != key_id:
        raise NoteError(f"The signing key of {name} does not fit its own id.")
    return signer


def note_text(text: str) -> str:
    """`text` itself, if it can be a note's: ends in a newline, no control characters (signed-note, Format)."""
    if not text.endswith("\n") or _UNFIT.search(text):
        raise NoteError("A note's text ends with a newline and has no control characters.")
    return text


def parse_note(data: bytes) -> Note:
    """Splits at the last blank line; nothing is verified, so the text must not be believed yet (signed-note, Format)."""
    if len(data) > MAX_NOTE_BYTES:
        raise NoteError("The note is too long.")
    text, found, block = decode_utf8(data, "note").rpartition("\n\n")
    if not found or not block.endswith("\n"):
        raise NoteError("This is not a signed note.")
    return Note(note_text(text + "\n"), parse_signatures(block))


def parse_signatures(block: str) -> tuple[Signature, ...]:
    """The signature lines of a note, or of a witness's answer; at least one and at most 64, each ended by a newline."""
    lines = block.split("\n")
    if lines.pop() != "" or not lines:
        raise NoteError("Signature lines end with a newline.")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError("The note has too many signatures.")
    return tuple(map(_signature, lines))


def open_note(note: Note, verifiers: Iterable[NoteVerifier]) -> tuple[Signature, ...]:
    """The signatures of known keys, all of which hold, one a key; raises when none is known or a known one is broken
    (signed-note, Signatures)."""
    known = {(verifier.key.name, verifier.key.key_id): verifier for verifier in verifiers}
    valid: dict[tuple[str, bytes], Signature] = {}
    for signature in note.signatures:
        identity = signature.name, signature.key_id
        if identity not in known:
            continue
        if not known[identity].holds(note.text, signature.value):
            raise NoteError(f"The signature of {signature.name} does not fit the text.")
        valid.setdefault(identity, signature)
    if not valid:
        raise NoteError(f"No known key signed the note{_signers(note.signatures)}.")
    return tuple(valid.values())


def ed25519_holds(public: bytes, value: bytes, message: bytes) -> bool:
    """Check that `value` is the Ed25519 signature of the raw public key over `message` (RFC 8032); false for malformed input."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def private_key(seed: bytes) -> Ed25519PrivateKey:
    """The Ed25519 key of a seed of 32 bytes (RFC 8032)."""
    if len(seed) != _KEY_BYTES:
        raise NoteError("The seed of a signing key has 32 bytes.")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise NoteError("A signature line is malformed.")
    data = decode_base64(match[2])
    if len(data) <= 4:
        raise NoteError("A signature line is malformed.")
    return Signature(match[1], data[:4], data[4:])


def _signers(signatures: Collection[Signature]) -> str:
    names = ", ".join(sorted({signature.name for signature in signatures}))
    return f" (it is signed by {names})"
