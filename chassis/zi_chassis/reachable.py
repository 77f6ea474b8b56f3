"""A server of others that people need and the service does not: whether it answers is looked at again and again, and told."""

import asyncio
from collections.abc import Awaitable, Callable

EVERY, AGAIN = 60.0, 5.0
FAILURES = 3  # in a row, so that one lost answer and a slow start are not told
PATIENCE = 5.0


class Reachable:
    """`reason` is `sentence` while `probe` fails, which raises an error of the network; its text is for the public."""

    def __init__(
        self,
        probe: Callable[[], Awaitable[object]],
        sentence: str,
        every: float = EVERY,
        again: float = AGAIN,
    ) -> None:
        self.reason: str | None = None
        self._probe = probe
        self._sentence = sentence
        self._every = every
        self._again = again
        self._failures = 0

    async def run(self) -> None:
        """Look until cancelled, soon again after a failure."""
        while True:
            await asyncio.sleep(self._again)
            await self.look()
            if not self._failures:
                await asyncio.sleep(self._every)

    async def look(self) -> None:
        try:
            await asyncio.wait_for(self._probe(), PATIENCE)
        except Exception:
            self._failures += 1
        else:
            self._failures = 0
        self.reason = self._sentence if self._failures >= FAILURES else None


async def connect(address: str) -> None:
    """Open a connection to `host:port` and close it. Raises OSError."""
    host, _, port = address.rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.close()
    await writer.wait_closed()
