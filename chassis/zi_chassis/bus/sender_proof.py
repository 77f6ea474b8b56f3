"""The proof of a message's sender: an Ed25519 signature over its place in the sender's chain, in a header beside the message.

Each message names the SHA-256 of its sender's message before it, so one signature proves everything before it too.
The key is derived from the seed of the service's key on NATS; it is not that key, because a server chooses the nonce
which a client signs to be let in.
"""

import base64
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import nkeys  # type: ignore[import-untyped]
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEADER = "Zi-Proof"
PUBLIC_KEYS = "sender-keys.json"
FORMAT = "zona/sender-proof/v1"
KEY_CONTEXT = b"zona/sender-key/v1"
LARGEST_POSITION = 2**63 - 1


class SenderKey:
    """The private key of one sender; `seed` is the text of its nkey seed."""

    def __init__(self, seed: bytes) -> None:
        _, raw = nkeys.decode_seed(bytearray(seed.strip()))
        derived = HKDF(SHA256(), 32, salt=None, info=KEY_CONTEXT).derive(bytes(raw))
        self._key = Ed25519PrivateKey.from_private_bytes(derived)

    @cached_property
    def public(self) -> str:
        """The public key in hex."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, source: str, position: int, hash: str) -> str:
        """Sign the message of `source` at `position` whose bytes have the SHA-256 `hash`; return what the header holds."""
        return base64.b64encode(self._key.sign(_text(source, position, hash))).decode()


class SenderVerifier:
    """Verifies proofs of one sender: of this source, under this public key (hex)."""

    def __init__(self, source: str, public: str) -> None:
        self.source = source
        self.public = public
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))

    def holds(self, position: int, hash: str, proof: str) -> bool:
        """Return whether `proof` is this sender's signature over the message at `position` with the SHA-256 `hash`."""
        try:
            signature = base64.b64decode(proof, validate=True)
            self._key.verify(signature, _text(self.source, position, hash))
        except (ValueError, InvalidSignature):
            return False
        return True


class Claim(NamedTuple):
    """The place that bytes at `sequence` of a stream claim; position 0 if they are no message."""

    sequence: int
    hash: str
    position: int = 0
    previous: str = ""
    proof: str = ""


class Judgement(NamedTuple):
    """Sequences of the sender's messages and of those that never were, both up to `until`; what is in neither may be the sender's, because
    a message of the sender is missing. Nothing is known yet of what lies behind `until`."""

    proven: frozenset[int]
    foreign: frozenset[int]
    until: int


def read_claim(sequence: int, content: bytes, hash: str, proof: str) -> Claim:
    """Read what the bytes say about their place in the sender's chain."""
    fields = read_fields(content)
    position, previous = fields.get("position"), fields.get("previous")
    if type(position) is not int or not 0 < position <= LARGEST_POSITION or not isinstance(previous, str):
        return Claim(sequence, hash)
    return Claim(sequence, hash, position, previous, proof)


def read_fields(content: bytes) -> dict[str, Any]:
    """Read the fields of bytes that may be no message; there are none then."""
    try:
        fields = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}


def judge(claims: Sequence[Claim], head: int, is_signed: Callable[[Claim], bool]) -> Judgement:
    """Tell a sender's messages from others, in the order of the stream, after its message at position `head`.

    A message is the sender's if it is signed, or if the sender's next message names its hash. Verifies about one
    signature for a run of honest messages.
    """
    proven, wanted = dict[str, int](), ""
    for claim in reversed(claims):
        if claim.position and (claim.hash == wanted or is_signed(claim)):
            proven[claim.hash] = claim.position
            wanted = claim.previous
    until = _judged(claims, proven, head)
    return sort(claims, Proven.of(proven, until), head)


def _judged(claims: Sequence[Claim], proven: Collection[str], head: int) -> int:
    """Return up to where all is known: to the last proof that goes beyond those before it. An old message once more proves nothing about
    what stands before it, and counts where nothing is open there."""
    until, top, is_open = 0, head, False
    for claim in claims:
        is_own = claim.hash in proven
        if is_own and claim.position > top:
            until, top, is_open = claim.sequence, claim.position, False
        elif is_own and not is_open:
            until = claim.sequence
        else:
            is_open = True
    return until


class Proven(NamedTuple):
    """The sender's messages up to number `until` of the stream: their hashes, their positions and the last of these."""

    hashes: Collection[str]
    positions: Collection[int]
    last: int
    until: int

    @classmethod
    def of(cls, positions: Mapping[str, int], until: int) -> Self:
        """From the position of each by its hash."""
        return cls(
            frozenset(positions), frozenset(positions.values()), max(positions.values(), default=0), until
        )


def sort(claims: Sequence[Claim], proven: Proven, head: int) -> Judgement:
    """Sort the claims by what is proven of the sender's messages after position `head`."""
    known = [claim for claim in claims if claim.sequence <= proven.until]
    of_the_sender = frozenset(claim.sequence for claim in known if claim.hash in proven.hashes)
    foreign = frozenset(
        claim.sequence
        for claim in known
        if claim.sequence not in of_the_sender
        and (not head < claim.position < proven.last or claim.position in proven.positions)
    )
    return Judgement(of_the_sender, foreign, proven.until)


def proof_in(headers: Mapping[str, str] | None) -> str:
    """Return the proof that came beside a message; empty if there is none. What is not ASCII can come as an object of the e-mail library."""
    return str((headers or {}).get(HEADER, ""))


def format_public_keys(keys: Mapping[str, str]) -> str:
    """Return the text of the file that makes the public keys of all senders known."""
    return json.dumps(dict(keys), indent=2) + "\n"


def read_public_keys(path: Path) -> dict[str, str]:
    """Return the public key of each sender. Raises OSError and ValueError."""
    keys = json.loads(path.read_text())
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise ValueError(f"{path} is no list of public keys.")
    return keys


def _text(source: str, position: int, hash: str) -> bytes:
    return f"{FORMAT}\n{source}\n{position}\n{hash}\n".encode()
