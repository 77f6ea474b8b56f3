"""The witness's HTTP interface (tlog-witness, HTTP Interface): one way in, bounded, and pages that show what was cosigned."""

import asyncio
import sqlite3
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zi_tlog.cosignature import CosignatureVerifier
from zi_tlog.witness import ADD_CHECKPOINT, MAX_REQUEST_BYTES, SIZE_TYPE, format_cosignatures, format_size
from zi_witness.page import page
from zi_witness.record import WitnessRecord
from zi_witness.refusal import CosigningRefusedError, OldSizeError
from zi_witness.rule import read_offer
from zi_witness.watched import Watched

SECONDS_FOR_A_BODY = 10
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _Headed:
    # Every answer carries the headers, also a refusal and what no route answers.

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, headed if scope["type"] == "http" else send)


class WitnessSite:
    """The routes over one record."""

    def __init__(self, record: WitnessRecord, watched: Watched, verifier: CosignatureVerifier) -> None:
        self._record = record
        self._watched = watched
        self._key = verifier.key

    def application(self, prefix: str = "") -> Starlette:
        """Under a submission prefix, which is the monitoring prefix too."""
        routes = [
            Route("/", self.show),
            Route(f"/{ADD_CHECKPOINT}", self.add_checkpoint, methods=["POST"]),
            Route("/{log}/checkpoint", self.checkpoint),
            Route("/{log}/forks", self.forks),
        ]
        mounted = [Mount(prefix, routes=routes)] if prefix else routes
        return Starlette(routes=mounted, middleware=[Middleware(_Headed)])

    async def add_checkpoint(self, request: Request) -> Response:
        """200 with the cosignature, or the status and the sentence of the refusal (tlog-witness, add-checkpoint)."""
        try:
            async with asyncio.timeout(SECONDS_FOR_A_BODY):
                body = await _body(request)
        except TimeoutError:
            return PlainTextResponse("The request did not arrive in time.\n", 408)
        if len(body) > MAX_REQUEST_BYTES:
            return PlainTextResponse(f"A request has at most {MAX_REQUEST_BYTES} bytes.\n", 413)
        return await run_in_threadpool(self._answer, body)

    async def checkpoint(self, request: Request) -> Response:
        return await self._text(request, self._record.checkpoint)

    async def forks(self, request: Request) -> Response:
        return await self._text(request, self._record.forks)

    async def show(self, request: Request) -> Response:
        cosigned = await run_in_threadpool(self._record.cosigned)
        cleared = await run_in_threadpool(self._record.cleared)
        watched = await run_in_threadpool(self._watched.logs)
        in_doubt = self._record.doubt is not None
        return HTMLResponse(page(self._key, watched, cosigned, cleared, in_doubt))

    def _answer(self, body: bytes) -> Response:
        try:
            signature = self._record.cosign(read_offer(body, self._watched.keys))
        except OldSizeError as refused:
            # As a media type it would get a charset appended.
            return Response(format_size(refused.size), refused.status, {"Content-Type": SIZE_TYPE})
        except CosigningRefusedError as refused:
            return PlainTextResponse(f"{refused}\n", refused.status)
        except (sqlite3.Error, OSError):
            return PlainTextResponse("The witness can't write its record, so it signs nothing.\n", 503)
        return PlainTextResponse(format_cosignatures([signature]))

    async def _text(self, request: Request, read: Callable[[str], bytes | None]) -> Response:
        content = await run_in_threadpool(read, f"{request.path_params['log']}/checkpoint")
        if content is None:
            return PlainTextResponse("There is nothing here.\n", 404)
        return PlainTextResponse(content)


async def _body(request: Request) -> bytes:
    """Of a body that is too long only as much as shows it."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST_BYTES:
            break
    return bytes(body)
