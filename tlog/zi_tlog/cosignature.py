"""Cosignatures of witnesses on a checkpoint (c2sp.org/tlog-cosignature, type 04). A cosignature states: at this time, this is the largest
consistent tree of this log that the witness has seen. Without a time it does not state that, so time 0 is neither signed nor counted (the
specification has time 0 only for statements of another type)."""

from dataclasses import dataclass

from zi_tlog.note import COSIGNATURE, NoteError, NoteKey, Signature, ed25519_holds, note_text, private_key
from zi_tlog.text import LARGEST

CLOCK_SKEW = 300  # seconds by which two honest clocks may differ
_TIME_BYTES = 8


class Cosigner:
    """A witness's key; one key a witness, as what it signs does not name it (tlog-cosignature, Ed25519 signed message)."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = private_key(seed)
        self.key = NoteKey(name, COSIGNATURE, self._private.public_key().public_bytes_raw())

    @property
    def verifier(self) -> "CosignatureVerifier":
        """The public half, which accepts exactly what this cosigner signs."""
        return CosignatureVerifier(self.key)

    def cosign(self, text: str, time: int) -> Signature:
        """The cosignature line over a checkpoint's text at POSIX second `time`; the caller has checked consistency and persisted it."""
        if not 0 < time <= LARGEST:
            raise NoteError("A cosignature's time is a POSIX time from 1 on and below 2^63.")
        value = time.to_bytes(_TIME_BYTES, "big") + self._private.sign(_message(note_text(text), time))
        return Signature(self.key.name, self.key.key_id, value)


@dataclass(frozen=True)
class CosignatureVerifier:
    """Type 04: Ed25519 over header, time and the checkpoint's text (tlog-cosignature, Ed25519 signed message)."""

    key: NoteKey

    def __post_init__(self) -> None:
        if self.key.algorithm != COSIGNATURE:
            raise NoteError(f"The key of {self.key.name} is not a cosignature key.")

    def holds(self, text: str, value: bytes) -> bool:
        """Check that `value` is this witness's cosignature over `text`, at the time in `value`."""
        time = int.from_bytes(value[:_TIME_BYTES], "big")
        return time <= LARGEST and ed25519_holds(self.key.public, value[_TIME_BYTES:], _message(text, time))


def cosigned_at(signature: Signature) -> int:
    """The POSIX second of a cosignature that holds (tlog-cosignature, Format)."""
    return int.from_bytes(signature.value[:_TIME_BYTES], "big")


def is_dated(time: int, now: int | None = None) -> bool:
    """Check a cosignature's time: not 0, and not in the future where `now` (POSIX seconds) is known (tlog-cosignature, Format: verifiers
    may reject times in the future)."""
    return time > 0 and (now is None or time <= now + CLOCK_SKEW)


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
