"""A sender's public key for proofs as a configuration: a key that is new becomes an entry of the ledger, in the sender's own chain."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from zi_chassis.archive import Configuration
from zi_chassis.sender_proof import SenderKey
from zi_chassis.settings import Settings

KIND = "sender_key"


@dataclass(frozen=True)
class SenderKeyConfiguration:
    """`id` is the public key in hex."""

    id: str
    origin: str
    kind: str = KIND
    version: int = 1
    source_status: str | None = None
    effective_from: date | None = None

    @property
    def content(self) -> bytes:
        return f"ed25519 {self.id}\n".encode()

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def sender_key(settings: Settings) -> tuple[Configuration, ...]:
    """Return the key that this service proves its messages by; nothing for a service without NATS."""
    if settings.nats_seed is None:
        return ()
    return (
        SenderKeyConfiguration(SenderKey(settings.nats_seed.read_bytes()).public, str(settings.nats_seed)),
    )
