"""Other systems beside the house, which a journey looks at while they answer: each on a thread of its own."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from threading import Thread
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI

SECONDS = 30
T = TypeVar("T")


@contextmanager
def beside(system: AbstractAsyncContextManager[T]) -> Iterator[T]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def done(step: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(step, loop).result(SECONDS)

    async def entered() -> T:
        return await system.__aenter__()

    async def left() -> None:
        await system.__aexit__(None, None, None)

    try:
        yield done(entered())
        done(left())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The address at which a program of this machine answers."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running
