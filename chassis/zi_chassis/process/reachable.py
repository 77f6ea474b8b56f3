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
        patience: float = PATIENCE,
    ) -> None:
        self.reason: str | None = None
        self._probe = probe
        self._sentence = sentence
        self._every = every
        self._again = again
        self._patience = patience
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
            await asyncio.wait_for(self._probe(), self._patience)
        except Exception:
            self._failures += 1
        else:
            self._failures = 0
        self.reason = self._sentence if self._failures >= FAILURES else None


async def greeted(address: str) -> None:
    """Open a connection to the mail server at `host:port`, read its greeting and close it: a server that stands still greets nobody, although
    its system takes connections for it. Raises OSError."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        greeting = await reader.readline()
    finally:
        writer.close()
    if not greeting.startswith(b"220"):
        raise ConnectionRefusedError(f"the mail server greets with {greeting!r}")
