"""A lock for writing the log's files: one task at a time, in a thread that no cancellation ends."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class WriteLock:
    """Committing and publishing cosignatures go on beside each other; their writing does not."""

    def __init__(self) -> None:
        self._free = asyncio.Lock()

    async def write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._free:
            return await to_its_end(work, *args, **kwargs)


async def to_its_end(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """In a thread, which no cancellation ends: who opens the log anew must not meet one that is still writing."""
    task = asyncio.create_task(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        raise
