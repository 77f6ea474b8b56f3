"""Questions to a database, asked in a thread and answered in time: a person waits no longer for a database that hangs than for a page."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from zi_chassis.domain import UnavailableError

P = ParamSpec("P")
T = TypeVar("T")
ANSWER_SECONDS = 15.0  # for a free thread, a connection and the answer


async def in_time(question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Raises UnavailableError after ANSWER_SECONDS. What waits for a thread then is never begun, so that nothing piles up behind it."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await asyncio.to_thread(question, *args, **kwargs)
    except TimeoutError as late:
        raise UnavailableError("The database does not answer.") from late
