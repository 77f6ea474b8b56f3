"""The configurations of a sender on the bus: its public key for proofs, the grants that open its types to third parties, and the office in
whose name it speaks. Each becomes an entry of the ledger, in the sender's own chain."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from zi_chassis.bus.grants import bus_grants
from zi_chassis.bus.sender_proof import SenderKey
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Adoptable
from zi_chassis.unusable_setting import read_named

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


def bus_configurations(settings: Settings) -> tuple[Adoptable, ...]:
    """Return the key that this service proves its messages by, the grants of its types, and its office; nothing without NATS."""
    seed = settings.nats_seed
    if seed is None:
        return ()
    key = SenderKeyConfiguration(SenderKey(read_named(seed, "NATS_SEED")).public, str(seed))
    return (settings.office_edition.configuration, key, *bus_grants(seed.parent.parent, settings.service))
