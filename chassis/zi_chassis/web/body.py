"""How large a request may be: counted while it arrives, so that nothing larger is ever held or read to its end."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

STANDARD = 256 * 1024
LIMIT = "zi.body_limit"
MOST_HELD = 64 * 1024 * 1024  # uploads under way, all together: each stands in memory several times
DRAINED = 12 * 1024 * 1024  # a little more than the gateway lets through
DRAIN_SECONDS = 2.0

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def takes(size: int) -> Callable[[Endpoint], Endpoint]:
    """Below the route's decorator: this endpoint takes bodies up to `size` bytes."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[LIMIT] = size
        return endpoint

    return mark


class Held:
    """How many bytes of uploads are in memory now; smaller requests always find room."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._bytes = 0

    def take(self, size: int) -> None:
        if self._bytes + size > self._most:
            raise HTTPException(503, headers={"Retry-After": "30"})
        self._bytes += size

    def give_back(self, size: int) -> None:
        self._bytes -= size


class Body:
    """The body of one request. The limit is looked up at the first read, when the route is known."""

    def __init__(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, held: Held) -> None:
        self._held, self._holds = held, 0
        self._scope = scope
        self._receive = receive
        length = headers.get(b"content-length", b"0")
        self._declared = int(length) if length.isdigit() else 0
        self._counted = 0
        self.unread = self._declared > 0 or b"transfer-encoding" in headers

    async def receive(self) -> Message:
        limit = getattr(self._scope.get("endpoint"), LIMIT, STANDARD)
        self._scope[LIMIT] = limit
        self._refuse_over(limit, self._declared)
        message = await self._receive()
        if message["type"] == "http.request":
            self._counted += len(message.get("body", b""))
            self._refuse_over(limit, self._counted)
            if limit > STANDARD:
                self._hold(len(message.get("body", b"")))
            self.unread = message.get("more_body", False)
        return message

    def _hold(self, size: int) -> None:
        self._held.take(size)
        self._holds += size

    def release(self) -> None:
        """The request is answered."""
        self._held.give_back(self._holds)

    async def drain(self) -> None:
        """Throws away what is on its way, up to a limit: to close on unread bytes resets the connection, and the answer is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.unread and self._counted < DRAINED:
                    message = await self._receive()
                    self._counted += len(message.get("body", b""))
                    self.unread = message.get("more_body", False)

    def _refuse_over(self, limit: int, size: int) -> None:
        if size > limit and self.unread:
            raise HTTPException(413)
