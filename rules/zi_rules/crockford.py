"""Crockford's base32: digits that survive being read aloud, copied by hand and typed on a phone."""

from base64 import b32hexencode

from zi_rules.typography import plain_signs

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROM_HEX = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", DIGITS.encode())
CHECK_CHARACTERS = DIGITS + "*~$=U"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def written(content: bytes) -> str:
    """The bits of the content, five a digit; the last digit is filled up with zeros."""
    return b32hexencode(content).translate(_FROM_HEX).decode().rstrip("=")


def read(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << 5 | DIGITS.index(digit)
    return number


def is_written(digits: str, length: int) -> bool:
    return len(digits) == length and all(digit in DIGITS for digit in digits)


def check_character(number: int) -> str:
    """37 is prime and larger than a digit, so one wrong character always shows."""
    return CHECK_CHARACTERS[number % 37]


def tidied(text: str) -> str:
    return plain_signs(text).translate(_READ_AS)
