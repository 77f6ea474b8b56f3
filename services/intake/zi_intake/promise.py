"""Sign promises that an event will be in the ledger by a time; equal events get equal promises to the byte while the setting is the
same."""

from datetime import datetime, timedelta
from uuid import UUID

from zi_tlog.note import Signer
from zi_tlog.promise import Promise
from zi_tlog.tree import leaf_hash


class Promises:
    """`within` is the time after an event until it is in a tree that the witnesses signed, at the latest."""

    def __init__(self, log_origin: str, seed: bytes, within: timedelta) -> None:
        self.signer = Signer(f"{log_origin}/intake", seed)
        self._within = within
        self.vkey = self.signer.key.vkey

    def over(self, event_id: UUID, message: bytes, at: datetime) -> bytes:
        promise = Promise(self.signer.key.name, str(event_id), leaf_hash(message), at, self.by(at))
        return promise.sign(self.signer)

    def by(self, at: datetime) -> datetime:
        """Return the time that a promise over an event of this time names."""
        return at + self._within


def receipt_url(public_url: str, event: UUID) -> str:
    """Return where the receipt is that keeps the promise."""
    return f"{public_url}/audit/api/receipts/{event}"
