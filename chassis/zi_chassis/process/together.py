"""Tasks that begin and end together. Ending is certain: before Python 3.12 asyncio.wait_for swallows a cancellation that meets its
answer in the same turn of the loop (nats-py waits that way everywhere), so one is repeated until it is obeyed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

AGAIN = 0.5


async def together(*works: Callable[[], Awaitable[None]]) -> None:
    """Until the first of them returns or fails; the others are ended then. What failed comes as an ExceptionGroup."""
    tasks = [asyncio.create_task(_run(work)) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(tasks)
    failures = [task.exception() for task in tasks if not task.cancelled()]
    failed = [failure for failure in failures if isinstance(failure, Exception)]
    if failed:
        raise ExceptionGroup("What ran together has ended.", failed)


async def end(tasks: Iterable[asyncio.Task[Any]], again: float = AGAIN) -> None:
    """Returns when all of them are done, also when it is cancelled meanwhile."""
    interrupted: asyncio.CancelledError | None = None
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=again)
        except asyncio.CancelledError as cancelled:
            interrupted = cancelled
        pending = {task for task in pending if not task.done()}
    if interrupted is not None:
        raise interrupted


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()
