"""A proxy on the loopback between a client and a server, whose line can be cut without a word, as a network does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Upstream = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class LoopbackProxy:
    """Listens on `port`. After `cut` nothing passes and nobody is told; what was connected then stays silent for ever, also after `mend`, from
    which on new connections pass."""

    def __init__(self, upstream: Upstream) -> None:
        self.port = 0
        self.accepted = 0
        self._upstream = upstream
        self._pumps: set[asyncio.Task[None]] = set()
        self._silent: list[asyncio.StreamWriter] = []
        self._is_cut = False

    def cut(self) -> None:
        self._is_cut = True
        for pump in self._pumps:
            pump.cancel()

    def mend(self) -> None:
        self._is_cut = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["LoopbackProxy"]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await asyncio.gather(*self._pumps, return_exceptions=True)
            for writer in self._silent:
                writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._silent.append(writer)
        if self._is_cut:
            return
        try:
            there, back = await self._upstream()
        except OSError:
            writer.transport.abort()
            return
        self._silent.append(back)
        if self._is_cut:
            return
        for source, target in ((reader, back), (there, writer)):
            pump = asyncio.create_task(_pump(source, target))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass on what comes, until the source has ended; then the target ends too."""
    with suppress(OSError):
        while content := await source.read(65_536):
            target.write(content)
            await target.drain()
    target.transport.abort()
