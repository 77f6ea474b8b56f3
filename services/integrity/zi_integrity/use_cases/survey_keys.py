"""The private keys that sign tokens, each in a file of its own that is overwritten when its survey is over."""

import asyncio
import os
from uuid import UUID

from zi_chassis.blind_signature import BITS, BlindSigningKey
from zi_chassis.settings import Settings


class SigningKeys:
    def __init__(self, settings: Settings, bits: int = BITS) -> None:
        self._settings = settings
        self._bits = bits
        self._known: dict[UUID, BlindSigningKey] = {}

    async def make(self, key: UUID) -> BlindSigningKey:
        """Return the key of this id, on disk; generate it at first use."""
        known = self._known.get(key)
        if known is None:
            encoded = await asyncio.to_thread(self._settings.stored_secret, _name(key), self._generated)
            known = self._known[key] = BlindSigningKey.read(encoded)
        return known

    async def find(self, key: UUID) -> BlindSigningKey | None:
        """Return the key, unless it was destroyed."""
        path = self._settings.folder / "secrets" / _name(key)
        if not path.exists():
            self._known.pop(key, None)  # which another process destroyed
            return None
        return await self.make(key)

    def destroy(self, key: UUID) -> None:
        """Overwrite and delete the key; a repeat changes nothing."""
        self._known.pop(key, None)
        path = self._settings.folder / "secrets" / _name(key)
        if path.exists():
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()

    def _generated(self) -> bytes:
        return BlindSigningKey.generate(self._bits).encoded


def _name(key: UUID) -> str:
    return f"survey-key-{key}"
