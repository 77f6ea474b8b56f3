"""The pages of a service served to real browsers: the service in a thread of its own, in which states are prepared too."""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, Self, TypeVar

import uvicorn
from playwright.sync_api import Browser as Chromium
from tests.journeys.browser import Visitor
from tests.web.browsing import Browser, There, Visiting

T = TypeVar("T")
SECONDS = 60


class Host(Generic[There]):
    def __init__(self, visited: AbstractAsyncContextManager[Visiting[There]]) -> None:
        self._visited = visited
        self._loop = asyncio.new_event_loop()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.visiting: Visiting[There]

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def run(self, prepared: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(prepared, self._loop).result(SECONDS)

    def visitor(self, chromium: Chromium, person: Browser, language: str) -> Visitor:
        """With this person's cookies; with scripts, because the examiner is one."""
        visitor = Visitor(chromium, self.origin, language, examines=True)
        for name, value in person.cookies.items():
            visitor.context.add_cookies([{"name": name, "value": value, "url": self.origin}])
        return visitor

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join(SECONDS)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with self._visited as self.visiting:
            app = self.visiting.inside.service.app
            self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
            self._ready.set()
            await self._server.serve(sockets=[self._socket])
