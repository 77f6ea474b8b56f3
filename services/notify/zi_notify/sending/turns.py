"""Turns for addresses: what is counted for one of them is counted and recorded before the next message to it is looked at."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    def __init__(self) -> None:
        self._locks = WeakValueDictionary[UUID, asyncio.Lock]()

    def of(self, recipient: UUID) -> asyncio.Lock:
        """Return the lock of an address, which lives as long as somebody has it or waits for it."""
        return self._locks.setdefault(recipient, asyncio.Lock())
