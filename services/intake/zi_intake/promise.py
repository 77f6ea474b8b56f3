"""Intake's word, signed at once, that an event will be in the ledger; equal events get equal promises to the byte."""

from datetime import datetime
from uuid import UUID

from zi_tlog.note import Signer
from zi_tlog.promise import Promise
from zi_tlog.tree import leaf_hash


class Promises:
    def __init__(self, log_origin: str, seed: bytes) -> None:
        self._signer = Signer(f"{log_origin}/intake", seed)
        self.vkey = self._signer.key.vkey

    def over(self, event_id: UUID, message: bytes, at: datetime) -> bytes:
        promise = Promise(self._signer.key.name, str(event_id), leaf_hash(message), at)
        return promise.sign(self._signer)
