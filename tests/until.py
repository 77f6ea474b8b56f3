"""Waits for a condition, never for a time."""

import asyncio
from collections.abc import Callable

PATIENCE = 30.0


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)
