"""How large a request may be: counted while it arrives, so that nothing larger is ever held or read to its end."""

from collections.abc import Callable
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

STANDARD = 256 * 1024
LIMIT = "zi.body_limit"

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def takes(size: int) -> Callable[[Endpoint], Endpoint]:
    """Below the route's decorator: this endpoint takes bodies up to `size` bytes."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[LIMIT] = size
        return endpoint

    return mark


class Body:
    """The body of one request. The limit is looked up at the first read, when the route is known."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        self._declared = int(length) if length.isdecimal() else 0
        self._counted = 0
        self.unread = self._declared > 0 or "transfer-encoding" in headers

    async def receive(self) -> Message:
        limit = getattr(self._scope.get("endpoint"), LIMIT, STANDARD)
        self._scope[LIMIT] = limit
        self._refuse_over(limit, self._declared)
        message = await self._receive()
        if message["type"] == "http.request":
            self._counted += len(message.get("body", b""))
            self._refuse_over(limit, self._counted)
            self.unread = message.get("more_body", False)
        return message

    def _refuse_over(self, limit: int, size: int) -> None:
        if size > limit and self.unread:
            raise HTTPException(413)
