"""Gather what the lanes offer into one commit: at once when it was quiet or much is waiting, else at a steady pace, since every
commit publishes a checkpoint and files that must be kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from zi_audit.domain.arrival import Arrival

PACE = 0.2
PLENTY = 200


@dataclass(frozen=True)
class Offer:
    """Messages of one lane, and what it waits for."""

    arrivals: Sequence[Arrival]
    published: asyncio.Future[None]


class CommitQueue:
    """Lanes `offer` and wait; the one committer takes all that is there."""

    def __init__(self) -> None:
        self._offers: list[Offer] = []
        self._arrived = asyncio.Event()
        self._plenty = asyncio.Event()
        self._next = 0.0

    async def offer(self, arrivals: Sequence[Arrival]) -> None:
        """Returns when all of them are in the published log."""
        if not arrivals:
            return
        offer = Offer(arrivals, asyncio.get_running_loop().create_future())
        self._offers.append(offer)
        self._arrived.set()
        if sum(len(each.arrivals) for each in self._offers) >= PLENTY:
            self._plenty.set()
        await offer.published

    async def take(self, patience: float) -> list[Offer]:
        """Return the waiting offers; nothing when `patience` seconds pass without one."""
        loop = asyncio.get_running_loop()
        if not await set_within(self._arrived, patience):
            return []
        await set_within(self._plenty, self._next - loop.time())
        offers, self._offers = self._offers, []
        self._arrived.clear()
        self._plenty.clear()
        self._next = loop.time() + PACE
        return offers


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True
