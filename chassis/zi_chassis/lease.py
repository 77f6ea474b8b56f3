"""Only one process of a service runs its outbox, inboxes and timers.

On SQLite the data folder is locked and a second process refuses to start; on PostgreSQL it stands by on a session
lock, which ends with its connection: the holder then stops, and the fences of outbox and inbox bridge the moment.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from zi_chassis.settings import Settings
from zi_chassis.together import together

T = TypeVar("T")


class LeaseTakenError(Exception):
    """Another process works on this data folder."""


class LeaseLostError(Exception):
    """The lease is gone, so everything that relies on it has to stop."""


class Lease(Protocol):
    is_held: bool

    async def acquire(self) -> None: ...

    async def keep(self) -> None:
        """Returns never; raises LeaseLostError when the lease is gone."""

    async def release(self) -> None: ...


class FolderLease:
    """flock on <folder>/lock: the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.is_held = False
        self._path = folder / "lock"
        self._descriptor = -1

    async def acquire(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise LeaseTakenError(
                f"Another process is working in {self._path.parent}; stop it before starting this one."
            ) from None
        self._descriptor = descriptor
        self.is_held = True

    async def keep(self) -> None:
        await asyncio.Event().wait()

    async def release(self) -> None:
        if self.is_held:
            os.close(self._descriptor)
            self.is_held = False


def lease_of(settings: Settings) -> Lease:
    if settings.database:
        from zi_chassis.postgres import PostgresLease

        return PostgresLease(settings.database, settings.service)
    return FolderLease(settings.folder)


def alone(lease: Lease, work: Callable[[], T]) -> T:
    """Do something, as a tool does, while no process has the lease. Raises LeaseTakenError."""

    async def under_lease() -> T:
        await lease.acquire()
        try:
            return work()
        finally:
            await lease.release()

    return asyncio.run(under_lease())


@asynccontextmanager
async def locked(lease: Lease) -> AsyncIterator[None]:
    """On SQLite nothing is touched before the folder is ours; on PostgreSQL the lease is waited for later."""
    if isinstance(lease, FolderLease):
        await lease.acquire()
    try:
        yield
    finally:
        await lease.release()


async def lead(lease: Lease, *runners: Callable[[], Awaitable[None]]) -> None:
    """Runs all of them while the lease is held (acquired here if need be); the first to end takes down the rest."""
    if not lease.is_held:
        await lease.acquire()
    try:
        await together(*(partial(_never_ending, run) for run in (lease.keep, *runners)))
    finally:
        await lease.release()


class RunnerEndedError(Exception):
    """A runner that should go on for ever returned."""


async def _never_ending(run: Callable[[], Awaitable[None]]) -> None:
    await run()
    raise RunnerEndedError(f"{getattr(run, '__qualname__', run)} ended.")
