"""What names a case: all of it follows from the filing's key under the office's secret, so that a repeat gets the same."""

import hmac
from uuid import UUID

from zi_rules.ticket import case_code_from_bytes, normalise_case_code, normalise_ticket, ticket_from_bytes


class Names:
    """Keyed: nobody without the secret can go from a key, a ticket or a text to any of the others."""

    def __init__(self, secret: bytes, code_secret: bytes) -> None:
        self._secret = secret
        self._code_secret = code_secret

    def ticket(self, key: UUID) -> str:
        return ticket_from_bytes(self._keyed("ticket", key.bytes))

    def aggregate(self, ticket: str) -> UUID:
        return UUID(bytes=self._keyed("case", ticket.encode())[:16], version=4)

    def data_subject(self, ticket: str) -> UUID:
        return UUID(bytes=self._keyed("data subject", ticket.encode())[:16], version=4)

    def body_digest(self, body: bytes) -> str:
        return self._keyed("body", body).hex()

    def code(self, ticket: str) -> str:
        """Opens the case; it has a secret of its own, because the ticket is told to more people."""
        return case_code_from_bytes(hmac.digest(self._code_secret, b"code\0" + ticket.encode(), "sha256"))

    def opens(self, ticket: str, code: str) -> str | None:
        """The tidied ticket if the code is its code; a ticket that doesn't exist and a wrong code look the same."""
        try:
            tidied, given = normalise_ticket(ticket), normalise_case_code(code)
        except ValueError:
            return None
        return tidied if hmac.compare_digest(self.code(tidied), given) else None

    def _keyed(self, purpose: str, content: bytes) -> bytes:
        return hmac.digest(self._secret, purpose.encode() + b"\0" + content, "sha256")
