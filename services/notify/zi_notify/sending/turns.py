"""Turns for addresses: what is counted for one of them is counted and recorded before the next message to it is looked at."""

import asyncio
from uuid import UUID

STRIPES = 64


class Turns:
    def __init__(self) -> None:
        self._locks = tuple(asyncio.Lock() for _ in range(STRIPES))

    def of(self, recipient: UUID) -> asyncio.Lock:
        """Some addresses share one; that only makes them wait for each other."""
        return self._locks[recipient.int % STRIPES]
