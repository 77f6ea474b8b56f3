"""The names of a case: all follow from the key of its filing under the secret of the office, so that a repeat gets the same."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from uuid import UUID

from zi_rules.ticket import case_code_from_bytes, normalise_case_code, normalise_ticket, ticket_from_bytes

HALF = 16
MOST_CODES = 16  # after the first; the decider makes no more


@dataclass(frozen=True)
class OpenedCode:
    """A right code, and how many were made for the case before it; whether it still opens the case, the case knows."""

    ticket: str
    number: int


class Names:
    """Keyed: nobody without the secret can go from a key, a ticket or a text to any of the others."""

    def __init__(self, secret: bytes, code_secret: bytes, business_secret: bytes) -> None:
        # Keyed once and copied: hmac.digest lets go of the interpreter's lock, which costs more than the hashing.
        self._secret = hmac.new(secret, digestmod="sha256")
        self._code_secret = hmac.new(code_secret, digestmod="sha256")
        self._business_secret = hmac.new(business_secret, digestmod="sha256")

    def ticket(self, key: UUID) -> str:
        """Return the ticket of a new filing: the first that is drawn for the key without a symbol, which is hard to say on the telephone."""
        draws = chain((self.first_ticket(key),), self._further_tickets(key))
        return next(ticket for ticket in draws if ticket.isalnum())

    def first_ticket(self, key: UUID) -> str:
        """Return the first ticket that is drawn for the key. Filings of before have it even with a symbol."""
        return ticket_from_bytes(_keyed(self._secret, "ticket", key.bytes))

    def _further_tickets(self, key: UUID) -> Iterator[str]:
        for draw in count(1):
            yield ticket_from_bytes(_keyed(self._secret, "ticket", key.bytes + draw.to_bytes(2)))

    def aggregate(self, ticket: str) -> UUID:
        return UUID(bytes=_keyed(self._secret, "case", ticket.encode())[:16], version=4)

    def data_subject(self, ticket: str) -> UUID:
        return UUID(bytes=_keyed(self._secret, "data subject", ticket.encode())[:16], version=4)

    def official(self, actor: str) -> UUID:
        """Return the aggregate of an official's limit."""
        return UUID(bytes=_keyed(self._secret, "official", actor.encode())[:16], version=4)

    def body_digest(self, body: bytes) -> str:
        return _keyed(self._secret, "body", body).hex()

    def code(self, ticket: str, number: int = 0) -> str:
        """Return the code that opens the case, the first or one that was made after it; it has another secret, because more people know the
        ticket."""
        content = ticket.encode() + (b"\0" + number.to_bytes(2) if number else b"")
        return case_code_from_bytes(_keyed(self._code_secret, "code", content))

    def code_link(self, ticket: str, asking: UUID) -> str:
        """Return the end of the link by which a new code is made. Unguessable although the id of the request may be known."""
        return urlsafe_b64encode(asking.bytes + self._link_proof(ticket, asking)).decode().rstrip("=")

    def asking_of(self, ticket: str, link: str) -> UUID | None:
        """Return the id of the request that the link is of; None for a link that was not made here for this ticket."""
        try:
            content = urlsafe_b64decode(f"{link}=")
            asking = UUID(bytes=content[:HALF])
        except ValueError:
            return None
        return asking if hmac.compare_digest(self._link_proof(ticket, asking), content[HALF:]) else None

    def _link_proof(self, ticket: str, asking: UUID) -> bytes:
        return _keyed(self._code_secret, "code link", ticket.encode() + b"\0" + asking.bytes)[:HALF]

    def lapor_key(self, report: str) -> UUID:
        """Return the key of a report of LAPOR!, by its id there: keyed, because ticket and code follow from it."""
        return UUID(bytes=_keyed(self._secret, "lapor", report.encode())[:16], version=4)

    def business_ref(self, nib: str) -> str:
        """Return the reference for the 13 digits of a NIB: the same for every request of a business, in every service."""
        return _keyed(self._business_secret, "nib", nib.encode()).hex()

    def temporary_business_ref(self, ticket: str) -> str:
        """Return the reference of a business without NIB, by its first request."""
        return _keyed(self._business_secret, "ticket", ticket.encode()).hex()

    def opens(self, ticket: str, code: str) -> OpenedCode | None:
        """Return which code of the ticket it is; None for a wrong code and for a ticket that doesn't exist alike."""
        try:
            tidied, tidied_code = normalise_ticket(ticket), normalise_case_code(code)
        except ValueError:
            return None
        numbers = range(MOST_CODES + 1)
        right = [each for each in numbers if hmac.compare_digest(self.code(tidied, each), tidied_code)]
        return OpenedCode(tidied, right[-1]) if right else None


def _keyed(secret: hmac.HMAC, purpose: str, content: bytes) -> bytes:
    mac = secret.copy()
    mac.update(purpose.encode() + b"\0" + content)
    return mac.digest()
