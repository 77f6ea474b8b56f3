"""Questions to a database, asked in a thread and answered in time: a person waits no longer for a database that hangs than for a page."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import AWAY

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
ANSWER_SECONDS = 15.0  # for a free thread, a connection and the answer
LOG_SECONDS = 60.0  # between two lines about one kind of fault, which every request meets
_logged: dict[type[Exception], float] = {}


async def in_time(question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Raises UnavailableError where the database can't be asked, and after ANSWER_SECONDS. What waits for a thread then is never begun, so that
    nothing piles up behind it."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await asyncio.to_thread(question, *args, **kwargs)
    except AWAY as fault:
        _log(fault)
        raise UnavailableError(f"The database can't be asked ({fault.__class__.__name__}).") from fault
    except TimeoutError as late:
        raise UnavailableError("The database does not answer.") from late


def _log(fault: Exception) -> None:
    kind, now = fault.__class__, time.monotonic()
    if now - _logged.get(kind, -LOG_SECONDS) >= LOG_SECONDS:
        _logged[kind] = now
        logger.warning("the database can't be asked: %s", fault)
