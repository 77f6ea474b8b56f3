"""Watches the tasks and threads that must live as long as the process: when one ends the process is unready at
once and leaves with exit code 1 a little later, so that the supervisor starts it anew."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from zi_chassis.process.together import end

logger = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, object]]
GRACE = 5.0
LOOK = 0.25


class Watchdog:
    """Tasks begin with `async with`, in the order given; `leave` is called once, `grace` seconds after a death."""

    def __init__(self, grace: float = GRACE) -> None:
        self.grace = grace
        self.leave: Callable[[], None] = lambda: None
        self.dead: str | None = None
        self._work: dict[str, Work] = {}
        self._alive: dict[str, Callable[[], bool]] = {}
        self._tasks: list[asyncio.Task[object]] = []

    def task(self, name: str, work: Work) -> None:
        self._work[name] = work

    def thread(self, name: str, alive: Callable[[], bool]) -> None:
        self._alive[name] = alive

    def reason(self) -> str | None:
        """Why the process is not ready; None while all that is watched lives."""
        ended = next((name for name, alive in self._alive.items() if not alive()), None)
        return self.dead or (f"{ended} ended" if ended else None)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._keep(name, work)) for name, work in self._work.items()]
        if self._alive:
            self._tasks.append(asyncio.create_task(self._look()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._tasks)

    async def _keep(self, name: str, work: Work) -> None:
        try:
            await work()
        except Exception:
            logger.exception("a watched task failed", extra={"fields": {"task": name}})
        self._die(f"{name} ended")

    async def _look(self) -> None:
        while all(alive() for alive in self._alive.values()):  # noqa: ASYNC110 - a thread tells nobody that it died
            await asyncio.sleep(LOOK)
        self._die(self.reason() or "a thread ended")

    def _die(self, reason: str) -> None:
        if self.dead is None:
            self.dead = reason
            logger.critical("leaving", extra={"fields": {"reason": reason}})
            asyncio.get_running_loop().call_later(self.grace, lambda: self.leave())
