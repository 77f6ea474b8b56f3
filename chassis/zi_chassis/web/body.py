"""The limit of a request's body: counted while it arrives, so that nothing larger is ever held or read to its end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from zi_chassis.domain import DomainError, UnavailableError

STANDARD = 256 * 1024
LIMIT = "zi.body_limit"
ADMIT = "zi.admit"
MOST_HELD = 64 * 1024 * 1024  # uploads under way, all together: each stands in memory several times
SHARE = 24 * 1024 * 1024  # of one client, and of one case
GRACE = 20.0  # seconds that an upload may stand still
FLOOR = 1_000  # bytes a second; a second of standing still is earned back by as many
DRAINED = 12 * 1024 * 1024  # a little more than the gateway lets through
DRAIN_SECONDS = 2.0

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
Admit = Callable[[Request], Awaitable[object]]


class NotAdmittedError(HTTPException):
    """`refusal` is why nothing of the body was read; the framework lets only its own kind of error through from there."""

    def __init__(self, refusal: DomainError | UnavailableError) -> None:
        super().__init__(403)
        self.refusal = refusal


def takes(size: int, admit: Admit | None = None) -> Callable[[Endpoint], Endpoint]:
    """Below the route's decorator: this endpoint takes bodies up to `size` bytes, and none from whom `admit` refuses."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[LIMIT], endpoint.__dict__[ADMIT] = size, admit
        return endpoint

    return mark


class UploadMemory:
    """The bytes of uploads that are in memory now, by holder; smaller requests always find room.

    Who holds less goes before who holds more: when all is full, what the largest holder still sends is thrown away for it.
    """

    def __init__(self, most: int = MOST_HELD, share: int = SHARE) -> None:
        self._most, self._share = most, share
        self._bytes: Counter[str] = Counter()
        self._bodies: set[RequestBody] = set()

    def take(self, body: "RequestBody", size: int) -> None:
        if any(self._of(name) + size > self._share for name in body.names):
            raise HTTPException(503, headers={"Retry-After": "30"})
        while sum(each.holds for each in self._bodies) + size > self._most:
            self._make_room(self._of(body.names[0]) + size)
        self._bodies.add(body)
        body.holds += size
        self._bytes.update(dict.fromkeys(body.names, size))

    def give_back(self, body: "RequestBody") -> None:
        self._bodies.discard(body)
        for name in body.names:
            self._bytes[name] -= body.holds
            if not self._bytes[name]:
                del self._bytes[name]
        body.holds = 0

    def _of(self, name: str) -> int:
        return self._bytes[name]

    def _make_room(self, wanted: int) -> None:
        """For somebody who holds `wanted` bytes then."""
        arriving = [each for each in self._bodies if each.unread and self._of(each.names[0]) > wanted]
        if not arriving:
            raise HTTPException(503, headers={"Retry-After": "30"})
        largest = max(arriving, key=lambda each: (self._of(each.names[0]), each.holds))
        self.give_back(largest)
        largest.give_way()


class RequestBody:
    """The body of one request. The limit is looked up at the first read, when the route is known.

    `names` are those whose share an upload takes: the client's, then the case's if there is one.
    """

    def __init__(
        self,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        receive: Receive,
        memory: UploadMemory,
        client: Callable[[], str],
    ) -> None:
        self._memory, self.holds, self._client = memory, 0, client
        self.names: tuple[str, ...] = ()
        self._scope = scope
        self._receive = receive
        length = headers.get(b"content-length", b"0")
        self._declared = int(length) if length.isdigit() else 0
        self._counted = 0
        self.unread = self._declared > 0 or b"transfer-encoding" in headers
        self._gave_way = False
        self._waiting: asyncio.Timeout | None = None
        self._deadline: float | None = None

    async def receive(self) -> Message:
        endpoint = self._scope.get("endpoint")
        limit = getattr(endpoint, LIMIT, STANDARD)
        self._scope[LIMIT] = limit
        if self.unread and self._declared > limit:
            raise HTTPException(413)
        if limit > STANDARD:
            message = await self._receive_upload(getattr(endpoint, ADMIT, None))
        else:
            message = await self._receive()
        if message["type"] == "http.request":
            self._counted += len(message.get("body", b""))
            if self.unread and self._counted > limit:
                raise HTTPException(413)
            self.unread = message.get("more_body", False)
        return message

    async def _receive_upload(self, admit: Admit | None) -> Message:
        if self._deadline is None:
            await self._begin(admit)
        message = await self._receive_in_time()
        size = len(message.get("body", b""))
        if size and self.unread:
            self._memory.take(self, size)
        return message

    async def _begin(self, admit: Admit | None) -> None:
        if admit is not None:
            try:
                await admit(Request(self._scope))
            except (DomainError, UnavailableError) as refusal:
                raise NotAdmittedError(refusal) from refusal
        ticket = self._scope.get("path_params", {}).get("ticket")
        self.names = (f"client {self._client()}", *((f"case {ticket}",) if ticket else ()))
        self._deadline = asyncio.get_running_loop().time() + GRACE

    async def _receive_in_time(self) -> Message:
        assert self._deadline is not None
        time = asyncio.get_running_loop().time
        try:
            if self._gave_way:
                raise TimeoutError
            async with asyncio.timeout_at(self._deadline) as self._waiting:
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(503 if self._gave_way else 408, headers={"Retry-After": "30"}) from None
        finally:
            self._waiting = None
        self._deadline = min(time() + GRACE, self._deadline + len(message.get("body", b"")) / FLOOR)
        return message

    def give_way(self) -> None:
        """Stop reading it: what comes next is thrown away."""
        self._gave_way = True
        if self._waiting is not None:
            self._waiting.reschedule(asyncio.get_running_loop().time())

    def release(self) -> None:
        """The request is answered."""
        if self.holds:
            self._memory.give_back(self)

    async def drain(self) -> None:
        """Throws away what is on its way, up to a limit: to close on unread bytes resets the connection, and the answer is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.unread and self._counted < DRAINED:
                    message = await self._receive()
                    self._counted += len(message.get("body", b""))
                    self.unread = message.get("more_body", False)
