"""The outermost layer of a service: what every answer carries, what no request may do, one measurement a
request and a log line for what failed or was slow, all of it without a path, a query or a body that could name a case or a person."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.status import HTTP_303_SEE_OTHER
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zi_chassis.process import metrics, tracing
from zi_chassis.process.request_context import REQUEST_ID
from zi_chassis.process.tracing import Span
from zi_chassis.settings import Settings
from zi_chassis.web import drafts, problem
from zi_chassis.web.body import RequestBody, UploadMemory
from zi_chassis.web.limits import client_address
from zi_chassis.web.parameters import refuse_unreadable
from zi_chassis.web.problem import ForbiddenError, UnsupportedMediaError
from zi_chassis.web.security_headers import security_headers

logger = logging.getLogger("zi.access")

RawHeaders = list[tuple[bytes, bytes]]
Endpoint = Callable[[Request], Awaitable[Response]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
CLIENT_WENT_AWAY = 499
SLOW = 1.0
NAMES_A_CASE = {"ticket", "token"}  # parts of a path
HAS_SECRET = re.compile(rb"(?:^|&)(?:ticket|token|c)=")  # of a query
NOT_LISTED = (b"x-robots-tag", b"noindex")
HTTPS_ONLY = b"strict-transport-security"
SLASH_REDIRECT = 307  # the framework's, for a slash too many or too few; ours are 302, 303 and 308


class Exchange:
    """One request and its answer: adds the headers on the way out and remembers the status.

    One tells search engines not to list an address with a ticket or a secret. robots.txt can't: it keeps pages from being read, not addresses
    from being listed.
    """

    def __init__(self, id: str, scope: Scope, body: RequestBody, send: Send, headers: RawHeaders) -> None:
        self.id = id
        self._scope = scope
        self.body = body
        self._send = send
        self._headers = headers
        self.status: int | None = None
        self.begun = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"] = list(message.get("headers", ()))
            if self.status == SLASH_REDIRECT:
                headers[:] = [
                    (name, _here(value) if name == b"location" else value) for name, value in headers
                ]
            present = dict(headers)
            headers += [header for header in self._headers if header[0] not in present]
            headers.append((b"x-request-id", self.id.encode()))
            names = self._scope.get("path_params", {}).keys()
            if names & NAMES_A_CASE or HAS_SECRET.search(self._scope["query_string"]):
                headers.append(NOT_LISTED)
            if self.status == HTTP_303_SEE_OTHER:
                headers += drafts.taken_by(self._scope, is_secure=HTTPS_ONLY in dict(headers))
            if self.body.unread:
                headers.append((b"connection", b"close"))  # the rest must not be taken for a next request
                await self.body.drain()
        await self._send(message)


def _here(location: bytes) -> bytes:
    """The same path of this origin: the framework builds the address from Host, which whoever asks chooses."""
    parts = urlsplit(location)
    path = b"/" + parts.path.lstrip(b"/")
    return path + b"?" + parts.query if parts.query else path


class Direct:
    """One endpoint as an ASGI application, known to logs and metrics by its path, as the framework's routes are."""

    def __init__(self, path: str, endpoint: Endpoint) -> None:
        self.path = path
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        request = Request(scope, receive)
        await refuse_unreadable(request)
        response = await self._endpoint(request)
        await response(scope, receive, send)


class EdgeMiddleware:
    """ASGI middleware, the first to see a request and the last to see its answer. What is in `direct`, by method and
    path, it asks itself; the rest of the application gets all else."""

    def __init__(self, app: ASGIApp, settings: Settings, direct: Mapping[tuple[str, str], ASGIApp]) -> None:
        self.app = app
        self._direct = direct
        self._memory = UploadMemory()
        self._ids = request_ids()
        fixed = {**security_headers(settings), "Cache-Control": "no-store"}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in fixed.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server goes by its own scope, and leaves out the content
        headers = dict(scope["headers"])
        body = RequestBody(scope, headers, receive, self._memory, lambda: client_address(Request(scope)))
        exchange = Exchange(next(self._ids), scope, body, send, self._headers)
        scope.setdefault("state", {})["request_id"] = exchange.id
        context = REQUEST_ID.set(exchange.id)
        with tracing.request(_traceparent(headers)) as span:
            try:
                await self._answer(scope, headers, exchange)
            finally:
                REQUEST_ID.reset(context)
                exchange.body.release()
                _record(scope, exchange, span)

    async def _answer(self, scope: Scope, headers: Mapping[bytes, bytes], exchange: Exchange) -> None:
        try:
            refuse_at_the_door(scope["method"], headers)
            app = self._direct.get((scope["method"], scope["path"]), self.app)
            await app(scope, exchange.body.receive, exchange.send)
        except ClientDisconnect:
            exchange.status = exchange.status or CLIENT_WENT_AWAY
        except asyncio.CancelledError:  # the process ends, and waits for its requests no longer
            if exchange.status is None:
                restarting = problem.response(Request(scope), problem.RestartingError())
                await restarting(scope, exchange.body.receive, exchange.send)
            raise
        except Exception as error:
            if not isinstance(error, problem.REFUSALS):
                logger.exception("unexpected", extra={"fields": {"request": exchange.id}})
            if exchange.status is not None:
                raise
            await problem.response(Request(scope), error)(scope, exchange.body.receive, exchange.send)


def request_ids() -> Iterator[str]:
    """Count up ids of requests, no two of them alike in any process."""
    process = uuid4().hex[:16]
    return (f"{process}{number:016x}" for number in count(1))


def refuse_at_the_door(method: str, headers: Mapping[bytes, bytes]) -> None:
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise UnsupportedMediaError("Compressed content is not accepted. Send it as it is.")
    if method not in SAFE and is_cross_site(headers):
        raise ForbiddenError("This was sent from another website. Open our own page and send it from there.")


def is_cross_site(headers: Mapping[bytes, bytes]) -> bool:
    """A browser says where a form comes from; a bearer is never added by a browser, and other clients say nothing."""
    if headers.get(b"authorization", b"").lower().startswith(b"bearer "):
        return False
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host")


def _traceparent(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the trace that a service of this house goes on with; what comes through the gateway begins a trace, whatever it says."""
    if b"x-forwarded-for" in headers:
        return None
    parent = headers.get(tracing.HEADER.encode())
    return None if parent is None else parent.decode("latin-1")


def _record(scope: Scope, exchange: Exchange, span: Span) -> None:
    route = getattr(scope.get("route"), "path", "-")
    status = exchange.status or CLIENT_WENT_AWAY
    seconds = time.perf_counter() - exchange.begun
    method = scope["method"] if scope["method"] in METHODS else "-"
    metrics.answered(method, route, status, seconds)
    if span.traceparent is not None:
        codes = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        span.note({**codes, "zi.request": exchange.id}, f"{method} {route}")
    if (
        status >= 400 or seconds >= SLOW
    ):  # the rest is counted; a line for each would cost as much as its routing
        fields = {"request": exchange.id, "method": method, "route": route, "status": status}
        logger.info("answered", extra={"fields": fields | {"ms": round(seconds * 1000, 2)}})
