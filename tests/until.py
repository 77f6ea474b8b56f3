"""Waits for a condition, never for a time."""

import asyncio
from collections.abc import Callable

PATIENCE = 120.0  # seconds; a machine that is busy with others is no failure


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)
