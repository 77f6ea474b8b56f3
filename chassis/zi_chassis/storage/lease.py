"""Only one process of a service runs its outbox, inboxes and timers.

On SQLite the data folder is locked and a second process refuses to start; on PostgreSQL it stands by on a session
lock, which ends with its connection: the holder then stops leading, and leads again in the same process when it has won the lock anew.
The fences of outbox and inbox bridge the moment until it has noticed.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from zi_chassis.domain import UnavailableError
from zi_chassis.process.backoff import Backoff
from zi_chassis.process.together import together
from zi_chassis.settings import Settings
from zi_chassis.storage.database import MACHINE

T = TypeVar("T")
Call = Callable[[], None]
Run = Callable[[], Awaitable[None]]
logger = logging.getLogger(__name__)


def nothing(*_: object) -> None:
    """Listen to nothing."""


FIRST_PAUSE, LAST_PAUSE = 0.25, 4.0  # between a loss and the next try


class LeaseTakenError(Exception):
    """Another process works on this data folder."""


class LeaseLostError(Exception):
    """The lease is gone, so everything that relies on it has to stop."""


# What a process that leads on a server of databases survives: all that fails while the server is away.
FAULTS = (LeaseLostError, UnavailableError, *MACHINE)


class Lease(Protocol):
    """`can_be_won_again` is true of a lease at a server, which ends without an end of the process; `reason` says why nobody knows who holds it."""

    is_held: bool
    can_be_won_again: bool
    reason: str | None

    async def acquire(self, in_doubt: Call = nothing) -> None:
        """`in_doubt` is called when the server does not answer, and at the first answer of another session than before."""

    async def keep(self) -> None:
        """Returns never; raises LeaseLostError when the lease is gone."""

    async def release(self) -> None: ...


class FolderLease:
    """flock on <folder>/lock: the kernel lets go of it when the process ends, however it ends."""

    can_be_won_again = False
    reason: str | None = None

    def __init__(self, folder: Path) -> None:
        self.is_held = False
        self._path = folder / "lock"
        self._descriptor = -1

    async def acquire(self, in_doubt: Call = nothing) -> None:
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
        from zi_chassis.storage.postgres import PostgresLease

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


async def lead(lease: Lease, *runners: Run, prepare: Sequence[Run] = (), lost: Call = nothing) -> None:
    """Run all of them while the lease is held (acquired here if need be), after `prepare`; the first to end takes down the rest. `lost` is
    called as soon as the lease is lost, before they have ended, and while it is waited for whenever the server was away."""

    async def keep() -> None:
        try:
            await lease.keep()
        except LeaseLostError:
            lost()
            raise

    async def work() -> None:
        for each in prepare:
            await each()
        await together(*(partial(_never_ending, run) for run in runners))

    if not lease.is_held:
        await lease.acquire(lost)
    try:
        await together(partial(_never_ending, keep), work)
    finally:
        await lease.release()


async def keep_leading(
    lease: Lease,
    *runners: Run,
    prepare: Sequence[Run] = (),
    lost: Call = nothing,
    tell: Callable[[str | None], None] = nothing,
) -> None:
    """`lead` again and again: a process whose lease ends with the server stops leading, and leads anew when all runners have ended and the
    lease is won. Runners that the server fails begin anew under the lease that is held. Whatever else fails is raised, and so is everything
    under the lease of a folder.

    `lost` is called after each end of the lease: another process may lead from here on, so what was known is to be read anew. `tell` gets
    what failed while the lease was sound, and None when all has run, or stood by, for a while since: it may fail for ever.
    """
    if not lease.can_be_won_again:
        await lead(lease, *runners, prepare=prepare, lost=lost)
    runs = partial(together, *(partial(_never_ending, run) for run in runners))
    await _again(partial(lead, lease, partial(_again, runs, tell), prepare=prepare, lost=lost), tell, lost)


async def _again(work: Run, tell: Callable[[str | None], None], between: Call = nothing) -> None:
    """Begin it anew after each fault of the server, and after `between`."""
    pause = Backoff(FIRST_PAUSE, LAST_PAUSE)

    def settled() -> None:
        pause.reset()
        tell(None)

    while True:
        timer = asyncio.get_running_loop().call_later(LAST_PAUSE, settled)
        try:
            await work()
        except ExceptionGroup as failed:
            if failed.split(FAULTS)[1] is not None:
                raise
            logger.warning("what runs under the lease begins anew: %r", failed.exceptions)
            if failed.subgroup(LeaseLostError) is None:
                tell(f"what runs under the lease has failed and begins anew: {_name_of(failed)}")
        finally:
            timer.cancel()
        between()
        await asyncio.sleep(pause.next())


def _name_of(failed: Exception) -> str:
    """Return the class of what failed first: its text may name a place or a person."""
    return _name_of(failed.exceptions[0]) if isinstance(failed, ExceptionGroup) else type(failed).__name__


class RunnerEndedError(Exception):
    """A runner that should go on for ever returned."""


async def _never_ending(run: Run) -> None:
    await run()
    raise RunnerEndedError(f"{getattr(run, '__qualname__', run)} ended.")
