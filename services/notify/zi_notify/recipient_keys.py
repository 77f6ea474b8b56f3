"""Keyed digests of addresses, and the tokens of the links by which a reader confirms or stops. Both need the secret."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from zi_chassis.email_address import mailbox_of

HALF = 16


class RecipientKeys:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def recipient(self, address: str) -> UUID:
        """The id of an address, the same for all spellings of one mailbox."""
        return UUID(bytes=self._keyed("recipient", mailbox_of(address).encode()), version=4)

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
