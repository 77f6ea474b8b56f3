"""Signatures of webhooks as Standard Webhooks 1.0 has them (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

SECRET_PREFIX = "whsec_"  # noqa: S105 - the beginning of every secret
KEY_BYTES = 32
FEWEST_BYTES, MOST_BYTES = 24, 64  # of a secret, as the specification says


def webhook_key(secret: bytes, *scope: str) -> bytes:
    """Derive the key of a subscription from the secret of the service, so that no key is stored."""
    return hmac.new(secret, "\0".join(scope).encode(), sha256).digest()


def webhook_secret(key: bytes) -> str:
    """Write a key as its receiver keeps it."""
    return SECRET_PREFIX + b64encode(key).decode()


def webhook_keys(written: str) -> tuple[bytes, ...]:
    """Read the secrets of a receiver, one a line, the current one first. Raises ValueError for one that is not as the specification says."""
    keys = tuple(_key(line.strip()) for line in written.splitlines() if line.strip())
    if not keys:
        raise ValueError("there is no secret")
    return keys


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"a secret begins with {SECRET_PREFIX}")
    key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"a secret has {FEWEST_BYTES} to {MOST_BYTES} bytes")
    return key


def webhook_headers(id: str, at: datetime, body: bytes, keys: Sequence[bytes]) -> Mapping[str, str]:
    """Sign with each key, so that a receiver may still have the former one."""
    timestamp = str(int(at.timestamp()))
    content = f"{id}.{timestamp}.".encode() + body
    signatures = (f"v1,{b64encode(hmac.new(key, content, sha256).digest()).decode()}" for key in keys)
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
    }
