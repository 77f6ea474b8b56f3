"""The names of a case: all follow from the key of its filing under the secret of the office, so that a repeat gets the same."""

import hmac
from collections.abc import Iterator
from itertools import chain, count
from uuid import UUID

from zi_rules.ticket import case_code_from_bytes, normalise_case_code, normalise_ticket, ticket_from_bytes


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

    def code(self, ticket: str) -> str:
        """Return the code that opens the case; it has another secret, because more people know the ticket."""
        return case_code_from_bytes(_keyed(self._code_secret, "code", ticket.encode()))

    def business_ref(self, nib: str) -> str:
        """Return the reference for the 13 digits of a NIB: the same for every request of a business, in every service."""
        return _keyed(self._business_secret, "nib", nib.encode()).hex()

    def temporary_business_ref(self, ticket: str) -> str:
        """Return the reference of a business without NIB, by its first request."""
        return _keyed(self._business_secret, "ticket", ticket.encode()).hex()

    def opens(self, ticket: str, code: str) -> str | None:
        """Return the tidied ticket if the code is its code; None for a wrong code and for a ticket that doesn't exist alike."""
        try:
            tidied, tidied_code = normalise_ticket(ticket), normalise_case_code(code)
        except ValueError:
            return None
        return tidied if hmac.compare_digest(self.code(tidied), tidied_code) else None


def _keyed(secret: hmac.HMAC, purpose: str, content: bytes) -> bytes:
    mac = secret.copy()
    mac.update(purpose.encode() + b"\0" + content)
    return mac.digest()
