"""Names in the registers that follow from others under a secret of the office, so that nobody goes back from them to a person."""

import hmac
import json
from collections.abc import Mapping
from uuid import UUID

from zi_chassis.settings import Settings


class RegisterNames:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, settings: Settings) -> "RegisterNames":
        return cls(settings.secret("registers"))

    def reporter(self, sub: str) -> str:
        """Return the reference under which an official finds their own reports again."""
        return self._keyed("reporter", sub.encode()).hex()

    def entry(self, kind: str, sub: str, key: UUID) -> UUID:
        """Return the id of what somebody sends under a form's key."""
        return self._id(kind, key.bytes + sub.encode())

    def data_subject(self, entry: UUID) -> UUID:
        """Return the data subject of a report: each has its own, so that erasing it erases nothing else."""
        return self._id("data subject", entry.bytes)

    def trust_asset(self, official: str, kind: str, year: int) -> UUID:
        return self._id("trust asset", f"{official}\0{kind}\0{year}".encode())

    def body_digest(self, texts: Mapping[str, str]) -> str:
        """Return what tells a repeat from other content that is sent under the same form's key."""
        return self._keyed("body", json.dumps(dict(texts), sort_keys=True).encode()).hex()

    def _id(self, purpose: str, content: bytes) -> UUID:
        return UUID(bytes=self._keyed(purpose, content)[:16], version=4)

    def _keyed(self, purpose: str, content: bytes) -> bytes:
        return hmac.digest(self._secret, purpose.encode() + b"\0" + content, "sha256")
