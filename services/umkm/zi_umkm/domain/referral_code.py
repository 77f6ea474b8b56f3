"""The code with which a health office answers: sixteen characters that nobody guesses, made anew from a secret of the office. Pure."""

import hmac
from hashlib import sha256
from uuid import UUID

from zi_rules import crockford

LENGTH, GROUP = 16, 4
BYTES = LENGTH * 5 // 8
PREFIX = "zona/referral-code/v1\n"


def referral_code(secret: bytes, letter: UUID, round: int) -> str:
    """Return the code of a letter's round; only the secret makes it again."""
    made = hmac.digest(secret, f"{PREFIX}{letter} {round}".encode(), "sha256")
    return crockford.written(made[-BYTES:])


def code_digest(code: str) -> str:
    """Commit to a code; with eighty bits of chance in it no list of digests leads back."""
    return sha256(f"{PREFIX}{code}".encode()).hexdigest()


def typed_code(text: str) -> str:
    return crockford.tidied(text.strip())


def printed_code(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
