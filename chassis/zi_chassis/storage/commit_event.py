"""Wakes a runner whenever its store has recorded something."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from zi_chassis.storage.store import Store


@contextmanager
def commit_event(store: Store) -> Iterator[asyncio.Event]:
    """Yield an event of the running loop that is set after each commit; the store's thread may outlive the loop."""
    committed = asyncio.Event()
    wake = partial(_wake, asyncio.get_running_loop(), committed)
    store.subscribe(wake)
    try:
        yield committed
    finally:
        store.unsubscribe(wake)


def _wake(loop: asyncio.AbstractEventLoop, committed: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(committed.set)
