"""Blind RSA signatures, RSABSSA-SHA384-PSS-Randomized of RFC 9474: the signer sees neither the message nor the signature that comes out.

For each blinded message and each signature there is a blinding factor that leads from one to the other, so that no key and no computing
power tells which belong together.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256, sha384
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from zi_chassis.randomness import random_bytes

SCHEME: Final = "RSABSSA-SHA384-PSS-Randomized"
BITS, EXPONENT = 3072, 65537
PREFIX, SALT, HASH = 32, 48, 48


class BlindSignatureError(ValueError):
    """A blinded message out of range, or a signature that is none of this key."""


class SigningFaultError(Exception):
    """The signature that was computed is wrong: the machine or the key is faulty, and to disclose it could disclose the key."""


@dataclass(frozen=True)
class BlindingSecret:
    """The client's part: `inverse` unblinds what comes back, `blinded` is sent."""

    blinded: bytes
    inverse: int = field(repr=False)


@dataclass(frozen=True)
class BlindPublicKey:
    modulus: int
    exponent: int = EXPONENT

    @classmethod
    def read(cls, modulus: bytes) -> Self:
        return cls(int.from_bytes(modulus, "big"))

    @property
    def size(self) -> int:
        """Return the number of bytes of a signature."""
        return (self.modulus.bit_length() + 7) // 8

    @property
    def encoded(self) -> bytes:
        return self.modulus.to_bytes(self.size, "big")

    @cached_property
    def digest(self) -> str:
        return sha256(self.encoded).hexdigest()

    def verify(self, prepared: bytes, signature: bytes) -> None:
        """Raises BlindSignatureError."""
        pss = padding.PSS(padding.MGF1(SHA384()), SALT)
        try:
            self._library_key.verify(signature, prepared, pss, SHA384())
        except InvalidSignature:
            raise BlindSignatureError("The signature is not one of this key.") from None

    def blind(self, prepared: bytes, salt: bytes, seed: bytes) -> BlindingSecret:
        """Blind a prepared message (RFC 9474, 4.2). `seed` is secret and random; the same one makes the same blinded message."""
        encoded = int.from_bytes(encode_pss(prepared, salt, self.modulus.bit_length() - 1), "big")
        if math.gcd(encoded, self.modulus) != 1:
            raise BlindSignatureError("The message can't be blinded.")
        factor = expand(seed, self.size + 16) % (self.modulus - 1) + 1
        inverse = pow(factor, -1, self.modulus)
        return self.blind_with(encoded, inverse)

    def blind_with(self, encoded: int, inverse: int) -> BlindingSecret:
        factor = pow(inverse, -1, self.modulus)
        blinded = encoded * pow(factor, self.exponent, self.modulus) % self.modulus
        return BlindingSecret(blinded.to_bytes(self.size, "big"), inverse)

    def finalize(self, prepared: bytes, blind_signature: bytes, inverse: int) -> bytes:
        """Unblind and verify (RFC 9474, 4.4). Raises BlindSignatureError."""
        if len(blind_signature) != self.size:
            raise BlindSignatureError("The blind signature has another size than the key.")
        unblinded = int.from_bytes(blind_signature, "big") * inverse % self.modulus
        signature = unblinded.to_bytes(self.size, "big")
        self.verify(prepared, signature)
        return signature

    @cached_property
    def _library_key(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()


@dataclass(frozen=True)
class BlindSigningKey:
    _numbers: rsa.RSAPrivateNumbers = field(repr=False)

    @classmethod
    def generate(cls, bits: int = BITS) -> Self:
        return cls(rsa.generate_private_key(EXPONENT, bits).private_numbers())

    @classmethod
    def read(cls, encoded: bytes) -> Self:
        key = load_der_private_key(encoded, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return cls(key.private_numbers())

    @property
    def encoded(self) -> bytes:
        return self._numbers.private_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @cached_property
    def public(self) -> BlindPublicKey:
        return BlindPublicKey(self._numbers.public_numbers.n, self._numbers.public_numbers.e)

    def sign(self, blinded: bytes) -> bytes:
        """Sign a blinded message (RFC 9474, 4.3). Raises BlindSignatureError, and SigningFaultError for a fault of the machine.

        Python's `pow` takes longer for some numbers than for others; it gets the message multiplied by a random factor, so that its
        time is independent of what a client sends (RFC 9474, 8.1).
        """
        n, e = self.public.modulus, self.public.exponent
        message = int.from_bytes(blinded, "big")
        if len(blinded) != self.public.size or not 0 < message < n:
            raise BlindSignatureError("The blinded message is out of range.")
        factor = int.from_bytes(random_bytes(self.public.size + 16), "big") % (n - 1) + 1
        signed = self._power(message * pow(factor, e, n) % n) * pow(factor, -1, n) % n
        if pow(signed, e, n) != message:
            raise SigningFaultError
        return signed.to_bytes(self.public.size, "big")

    def _power(self, base: int) -> int:
        """Raise to the private exponent, by the Chinese remainder theorem."""
        key = self._numbers
        low = pow(base % key.q, key.dmq1, key.q)
        high = pow(base % key.p, key.dmp1, key.p)
        return low + (high - low) * key.iqmp % key.p * key.q


def prepare(message: bytes, prefix: bytes) -> bytes:
    """Put 32 random bytes before the message (RFC 9474, 4.1)."""
    if len(prefix) != PREFIX:
        raise BlindSignatureError("The prefix has another size.")
    return prefix + message


def encode_pss(message: bytes, salt: bytes, bits: int) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384 and MGF1 (RFC 8017, 9.1.1)."""
    size = (bits + 7) // 8
    hashed = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(size - len(salt) - HASH - 2) + b"\x01" + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mask(hashed, len(block)), "big")
    masked &= (1 << bits - 8 * (HASH + 1)) - 1
    return masked.to_bytes(len(block), "big") + hashed + b"\xbc"


def expand(seed: bytes, size: int) -> int:
    """Derive a number of `size` bytes from a secret seed."""
    return int.from_bytes(_mask(seed, size), "big")


def _mask(seed: bytes, size: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017, B.2.1)."""
    blocks = (sha384(seed + number.to_bytes(4, "big")).digest() for number in range(-(-size // HASH)))
    return b"".join(blocks)[:size]
