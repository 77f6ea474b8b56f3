"""The files attached to an official letter, and the signed text of its code. The page is rendered from these files alone, so that
anybody who has them can render the same page again.

A letter with a list of products has the code `<address><number>?c=<base32(key id || Ed25519 signature || deflated lines)>`; the lines are
kind, time of issue, last valid day or `-`, holder, SHA-256 of the content, how many products, the digest of those left out or `-`,
and one line a product; what is signed is `zona/letter/v2`, the number and the base32 of the deflated lines. Base32, because it
takes less room on paper; a query, so that the page of the office can show the lines without a script.

A letter without one, and each from before, has `<address><number>#<base64url(key id || Ed25519 signature || lines)>`; the lines are
number, kind, time of issue, last valid day or `-`, holder, SHA-256 of the content; what is signed is the line `zona/letter/v1`
and then the lines."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zi_tlog.error import LogError
from zi_tlog.letter_goods import CodeGoods, parse_goods
from zi_tlog.note import Signer, Verifier
from zi_tlog.text import decode_utf8

CONTENT, TEMPLATE, CODE = "content.json", "letter.typ", "code.txt"
MESSAGE, PROOF, POLICY = "issued.json", "issued.tlog-proof", "witness-policy"
ATTACHED = (CONTENT, TEMPLATE, CODE, MESSAGE, PROOF, POLICY)
PICTURE = "code.svg"  # made from the code, not attached
STANDARD: Final = "a-3b"
IN_QUERY: Final = "?c="
_HEADER, _HEADER_OF_GOODS = "zona/letter/v1\n", "zona/letter/v2\n"
_KEY_ID_BYTES, _SIGNATURE_BYTES = 4, 64
_MOST_BYTES = 64 * 1024
_RAW_DEFLATE = -15


class LetterError(LogError):
    """A letter without a required part, or a malformed code."""


@dataclass(frozen=True)
class Code:
    """The data in the code on the page; `content` is the SHA-256 of the content in hex, `goods` the products that it carries."""

    number: str
    kind: str
    issued: str
    valid_until: str
    holder: str
    content: str
    goods: CodeGoods | None = None

    def __post_init__(self) -> None:
        if any(not line or "\n" in line for line in (self.number, *self._fields)):
            raise LetterError("The lines of a letter's code are not empty.")

    @property
    def text(self) -> str:
        """The signed text."""
        if self.goods is not None:
            return _text_of_goods(self.number, self._packed)
        return _HEADER + _lines(self.number, *self._fields)

    @property
    def _fields(self) -> tuple[str, ...]:
        return (self.kind, self.issued, self.valid_until, self.holder, self.content)

    @property
    def _packed(self) -> bytes:
        assert self.goods is not None
        lines = _lines(*self._fields, *self.goods.lines).encode()
        deflate = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
        return deflate.compress(lines) + deflate.flush()

    def sign(self, address: str, signer: Signer) -> str:
        """The text of the code: an address that a phone opens, and in it what holds without network."""
        signature = signer.sign(self.text)
        signed = signature.key_id + signature.value
        if self.goods is not None:
            return f"{address}{self.number}{IN_QUERY}{_base32(signed + self._packed)}"
        payload = signed + _lines(self.number, *self._fields).encode()
        return f"{address}{self.number}#{base64.urlsafe_b64encode(payload).decode().rstrip('=')}"


def open_code(text: str, address: str, verifier: Verifier) -> Code:
    """The code, if this key signed it and the address before it leads to its number; one code has one spelling."""
    if "#" not in text and IN_QUERY in text:
        return _open_code_of_goods(text, address, verifier)
    place, _, encoded = text.partition("#")
    payload = _payload(encoded)
    key_id, value = payload[:_KEY_ID_BYTES], payload[_KEY_ID_BYTES:][:_SIGNATURE_BYTES]
    code = _code(decode_utf8(payload[_KEY_ID_BYTES + _SIGNATURE_BYTES :], "letter's code"))
    if key_id != verifier.key.key_id or not verifier.holds(code.text, value):
        raise LetterError(_NOT_SIGNED)
    if place != address + code.number:
        raise LetterError(_LEADS_ELSEWHERE)
    return code


def _open_code_of_goods(text: str, address: str, verifier: Verifier) -> Code:
    """Verify before anything is inflated."""
    place, _, encoded = text.partition(IN_QUERY)
    payload, number = _payload_of_goods(encoded), place.removeprefix(address)
    key_id, value = payload[:_KEY_ID_BYTES], payload[_KEY_ID_BYTES:][:_SIGNATURE_BYTES]
    packed = payload[_KEY_ID_BYTES + _SIGNATURE_BYTES :]
    if place != address + number:
        raise LetterError(_LEADS_ELSEWHERE)
    if key_id != verifier.key.key_id or not verifier.holds(_text_of_goods(number, packed), value):
        raise LetterError(_NOT_SIGNED)
    *lines, end = decode_utf8(_inflated(packed), "letter's code").split("\n")
    if end or len(lines) < 7:
        raise LetterError(_NO_CODE)
    kind, issued, valid_until, holder, content, *goods = lines
    return Code(number, kind, issued, valid_until, holder, content, parse_goods(goods))


def parts_of_code(text: str) -> tuple[str, ...]:
    """The parts that a picture encodes apart: the address as bytes, base32 in the denser way of capital letters and digits."""
    place, mark, encoded = text.partition(IN_QUERY)
    return (place + mark, encoded) if mark else (text,)


def attached(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The same files, if they are exactly the ones that a letter carries."""
    if set(files) != set(ATTACHED):
        raise LetterError(f"A letter carries these files and no others: {', '.join(ATTACHED)}.")
    return files


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _text_of_goods(number: str, packed: bytes) -> str:
    return _HEADER_OF_GOODS + _lines(number, _base32(packed))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _payload_of_goods(encoded: str) -> bytes:
    try:
        payload = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except (binascii.Error, ValueError) as error:
        raise LetterError(_NO_CODE) from error
    if _base32(payload) != encoded:
        raise LetterError(_NO_CODE)
    return payload


def _inflated(packed: bytes) -> bytes:
    inflate = zlib.decompressobj(_RAW_DEFLATE)
    try:
        lines = inflate.decompress(packed, _MOST_BYTES)
    except zlib.error as error:
        raise LetterError(_NO_CODE) from error
    if not inflate.eof or inflate.unused_data:
        raise LetterError(_NO_CODE)
    return lines


def _payload(encoded: str) -> bytes:
    try:
        payload = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LetterError(_NO_CODE) from error
    if base64.urlsafe_b64encode(payload).decode().rstrip("=") != encoded:
        raise LetterError(_NO_CODE)
    return payload


def _code(lines: str) -> Code:
    fields = lines.split("\n")
    if len(fields) != 7 or fields.pop() != "":
        raise LetterError(_NO_CODE)
    number, kind, issued, valid_until, holder, content = fields
    return Code(number, kind, issued, valid_until, holder, content)


_NO_CODE = "This is not the code of a letter."
_NOT_SIGNED = "The letter's code is not signed by the office's key."
_LEADS_ELSEWHERE = "The address in the letter's code leads elsewhere."
