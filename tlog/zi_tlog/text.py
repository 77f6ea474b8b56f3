"""Strict readings of the small texts inside the formats: one value has exactly one spelling, or a proof could be altered unseen."""

import base64
import re

from zi_tlog.error import LogError

HASH_BYTES = 32
LARGEST = 2**63 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def decode_base64(text: str) -> bytes:
    """The bytes of canonical standard base64 (RFC 4648 section 4): padding present, unused bits zero, nothing around it."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise LogError("A base64 value is malformed.") from error
    if encode_base64(data) != text:
        raise LogError("A base64 value is not written in its canonical form.")
    return data


def encode_base64(data: bytes) -> str:
    """Canonical standard base64 (RFC 4648 section 4); decode_base64 gives the same bytes back."""
    return base64.b64encode(data).decode("ascii")


def decode_hash(text: str) -> bytes:
    """The 32 bytes of a SHA-256 value in canonical base64 (tlog-checkpoint, tlog-proof)."""
    data = decode_base64(text)
    if len(data) != HASH_BYTES:
        raise LogError(f"A hash has {len(data)} bytes instead of {HASH_BYTES}.")
    return data


def decode_decimal(text: str) -> int:
    """A size or index: ASCII decimal without sign or leading zero, at most 2^63 - 1 (tlog-checkpoint, tlog-proof)."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST:
        raise LogError("A number is not a plain decimal below 2^63.")
    return int(text)


def decode_utf8(data: bytes, what: str) -> str:
    """The text of `data`, which is called `what` in the error."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LogError(f"The {what} is not UTF-8 text.") from error
