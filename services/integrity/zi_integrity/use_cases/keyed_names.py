"""Ids that follow from others under a secret of the office: nobody without it goes from one to the other."""

import hmac
from uuid import UUID


def keyed(secret: bytes, purpose: str, content: bytes) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\0" + content, "sha256")


class KeyedNames:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def entry(self, kind: str, author: str, key: UUID) -> UUID:
        """Return the id of what somebody sent under a form's key."""
        return self._id(kind, key.bytes + author.encode())

    def data_subject(self, entry: UUID) -> UUID:
        """Return the data subject of an entry: each has its own, so that erasing it erases nothing else."""
        return self._id("data subject", entry.bytes)

    def _id(self, purpose: str, content: bytes) -> UUID:
        return UUID(bytes=self._keyed(purpose, content)[:16], version=4)

    def _keyed(self, purpose: str, content: bytes) -> bytes:
        return keyed(self._secret, purpose, content)
