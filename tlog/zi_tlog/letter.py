"""The files attached to an official letter, and the signed text of its code. The page is rendered from these files alone, so that
anybody who has them can render the same page again.

The text of the code is `<address><number>#<base64url(key id || Ed25519 signature || lines)>`; the lines are number, kind, time of
issue, last valid day or `-`, holder, SHA-256 of the content; what is signed is the line `zona/letter/v1` and then the lines."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Final

from zi_tlog.error import LogError
from zi_tlog.note import Signer, Verifier
from zi_tlog.text import decode_utf8

CONTENT, TEMPLATE, CODE = "content.json", "letter.typ", "code.txt"
MESSAGE, PROOF, POLICY = "issued.json", "issued.tlog-proof", "witness-policy"
ATTACHED = (CONTENT, TEMPLATE, CODE, MESSAGE, PROOF, POLICY)
PICTURE = "code.svg"  # made from the code, not attached
STANDARD: Final = "a-3b"
_HEADER = "zona/letter/v1\n"
_KEY_ID_BYTES, _SIGNATURE_BYTES = 4, 64


class LetterError(LogError):
    """A letter without a required part, or a malformed code."""


@dataclass(frozen=True)
class Code:
    """The data in the code on the page; `content` is the SHA-256 of the content in hex."""

    number: str
    kind: str
    issued: str
    valid_until: str
    holder: str
    content: str

    def __post_init__(self) -> None:
        if any(not line or "\n" in line for line in astuple(self)):
            raise LetterError("The lines of a letter's code are not empty.")

    @property
    def text(self) -> str:
        """The signed text."""
        return _HEADER + self._lines

    @property
    def _lines(self) -> str:
        return "".join(f"{line}\n" for line in astuple(self))

    def sign(self, address: str, signer: Signer) -> str:
        """The text of the code: an address that a phone opens, and after it what holds without network."""
        signature = signer.sign(self.text)
        payload = signature.key_id + signature.value + self._lines.encode()
        return f"{address}{self.number}#{base64.urlsafe_b64encode(payload).decode().rstrip('=')}"


def open_code(text: str, address: str, verifier: Verifier) -> Code:
    """The code, if this key signed it and the address before it leads to its number; one code has one spelling."""
    place, _, encoded = text.partition("#")
    payload = _payload(encoded)
    key_id, value = payload[:_KEY_ID_BYTES], payload[_KEY_ID_BYTES:][:_SIGNATURE_BYTES]
    code = _code(decode_utf8(payload[_KEY_ID_BYTES + _SIGNATURE_BYTES :], "letter's code"))
    if key_id != verifier.key.key_id or not verifier.holds(code.text, value):
        raise LetterError("The letter's code is not signed by the office's key.")
    if place != address + code.number:
        raise LetterError("The address in the letter's code leads elsewhere.")
    return code


def attached(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The same files, if they are exactly the ones that a letter carries."""
    if set(files) != set(ATTACHED):
        raise LetterError(f"A letter carries these files and no others: {', '.join(ATTACHED)}.")
    return files


def _payload(encoded: str) -> bytes:
    try:
        payload = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LetterError("This is not the code of a letter.") from error
    if base64.urlsafe_b64encode(payload).decode().rstrip("=") != encoded:
        raise LetterError("This is not the code of a letter.")
    return payload


def _code(lines: str) -> Code:
    fields = lines.split("\n")
    if len(fields) != 7 or fields.pop() != "":
        raise LetterError("This is not the code of a letter.")
    return Code(*fields)
