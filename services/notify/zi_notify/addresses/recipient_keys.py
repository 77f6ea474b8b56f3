"""Keyed digests of addresses, and the tokens of the links by which a reader confirms or stops. Both need the secret."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from zi_chassis.email_address import mailbox_of
from zi_notify.channels.web_push_encryption import office_key

HALF = 16


class RecipientKeys:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def recipient(self, address: str) -> UUID:
        """The id of an address, the same for all spellings of one mailbox."""
        return UUID(bytes=self._keyed("recipient", mailbox_of(address).encode()), version=4)

    def phone_recipient(self, number: str) -> UUID:
        """Return the recipient of a number in digits with the country's code."""
        return UUID(bytes=self._keyed("phone", number.encode()), version=4)

    def browser_recipient(self, endpoint: str) -> UUID:
        """Return the recipient of a browser by the address at its push service."""
        return UUID(bytes=self._keyed("browser", endpoint.encode()), version=4)

    def team_recipient(self, team: str) -> UUID:
        """Return the recipient of the chat of a team by its name."""
        return UUID(bytes=self._keyed("team", team.encode()), version=4)

    def topic(self, ticket: str) -> str:
        """Return the name under which a push service knows the notices of a case (RFC 8030, 5.4): the last one takes the place of one that
        waits. The service learns no ticket by it."""
        return urlsafe_b64encode(self._keyed("topic", ticket.encode())).decode().rstrip("=")

    @property
    def web_push(self) -> ec.EllipticCurvePrivateKey:
        """The key by which push services know this office, the same as long as the secret is."""
        return office_key(self._secret)

    def reference(self, delivery: UUID, provider: str) -> UUID:
        """Return the id under which a provider knows a message: the same at each attempt, and derivable by nobody who reads the ledger."""
        return UUID(bytes=self._keyed(f"reference {provider}", delivery.bytes), version=4)

    def occasion(self, *parts: str) -> UUID:
        """Return the id of an occasion on which an official is told: the same after each restart, and derivable by nobody who reads the ledger
        and tries its messages and all accounts."""
        content = b"".join(part.encode() + b"\0" for part in parts)
        return UUID(bytes=self._keyed("occasion", content), version=4)

    def token(self, recipient: UUID) -> str:
        """Unguessable although the recipient's id is published."""
        return urlsafe_b64encode(recipient.bytes + self._keyed("token", recipient.bytes)).decode().rstrip("=")

    def of_token(self, token: str) -> UUID | None:
        try:
            content = urlsafe_b64decode(f"{token}=")
        except ValueError:
            return None
        recipient, proof = content[:HALF], content[HALF:]
        is_genuine = hmac.compare_digest(self._keyed("token", recipient), proof)
        return UUID(bytes=recipient) if is_genuine else None

    def _keyed(self, purpose: str, content: bytes) -> bytes:
        return hmac.digest(self._secret, purpose.encode() + b"\0" + content, "sha256")[:HALF]
