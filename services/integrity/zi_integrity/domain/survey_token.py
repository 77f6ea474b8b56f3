"""The token of an invitation: random bytes and a signature, in one line of text. It names its service and quarter and nobody."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Self
from uuid import UUID, uuid5

from zi_chassis.domain import DomainError

NAMESPACE = UUID("8f5f5b7e-1f1b-4c53-9a63-3b0a5d0a9f11")
MESSAGE = 64  # random bytes
LONGEST = 1200  # characters of a presented token
_PRESENTED = re.compile(
    r"(\d{4}-Q[1-4])\.([a-z][a-z0-9_]{0,63})\.([A-Za-z0-9_-]{86})\.([A-Za-z0-9_-]{300,800})"
)


class MalformedTokenError(DomainError):
    def __init__(self) -> None:
        super().__init__("This is no invitation. Copy it again, from its first to its last letter.")


class ForgedTokenError(DomainError):
    def __init__(self) -> None:
        super().__init__("This invitation is not one of this office. Take yours on the page of your case.")


class AnotherSurveyError(DomainError):
    def __init__(self, quarter: str) -> None:
        super().__init__(
            "This invitation is for another survey, that of {quarter}. Answer that one with it.",
            quarter=quarter,
        )


class SurveyOverError(DomainError):
    def __init__(self, until: date) -> None:
        super().__init__("This survey took answers until {until}. It is over.", until=until)


@dataclass(frozen=True)
class SurveyToken:
    service: str
    quarter: str
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def read(cls, presented: str) -> Self:
        """Raises MalformedTokenError, also for another spelling of the same bytes."""
        found = _PRESENTED.fullmatch(presented[:LONGEST].strip())
        if found is None:
            raise MalformedTokenError
        quarter, service, message, signature = found.groups()
        token = cls(service, quarter, _decoded(message), _decoded(signature))
        if token.text != found[0]:
            raise MalformedTokenError
        return token

    @property
    def text(self) -> str:
        return f"{self.quarter}.{self.service}.{self.spent}"

    @property
    def spent(self) -> str:
        """Return the token as it is published once it was spent."""
        return f"{_encoded(self.message)}.{_encoded(self.signature)}"

    @property
    def digest(self) -> str:
        """Return the digest of the random bytes alone: another signature of the same bytes is the same token."""
        return sha256(self.message).hexdigest()


def spent_digest(spent: str) -> str:
    """Return the digest of a published token."""
    return sha256(_decoded(spent.partition(".")[0])).hexdigest()


def survey_key_id(service: str, quarter: str) -> UUID:
    return uuid5(NAMESPACE, f"{service} {quarter}")


def invitation_id(case: UUID) -> UUID:
    return uuid5(case, "survey invitation")


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
