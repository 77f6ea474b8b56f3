"""Large answers that are made on disk: one at a time, in the order in which they were asked for, in a file that has no name, so that
nothing is left behind whatever ends first, the answer or the program."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from starlette.responses import StreamingResponse

from zi_chassis.domain import UnavailableError
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import RefusedError

MOST_WAITING = 12
CHUNK = 256 * 1024
SOON = "20"


class BusyError(RefusedError):
    """Too many wait already, or this one's is being made right now."""

    status = 503

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": SOON}


class PackingQueue:
    """One for each kind of answer in a process; `folder` is on a disk that has room."""

    def __init__(self, folder: Path, most_waiting: int = MOST_WAITING) -> None:
        self._folder = folder
        self._most_waiting = most_waiting
        self._turn = asyncio.Lock()  # whoever waits longest comes next
        self._waiting: set[str] = set()

    async def pack(self, who: str, work: Callable[[BinaryIO], Awaitable[None]]) -> BinaryIO:
        """Return what `work` writes, ready to be read from its beginning; the caller closes it. Raises BusyError, and UnavailableError when the
        disk is full. `who` waits once at most, so that nobody takes the places of others."""
        if who in self._waiting:
            raise BusyError(
                msgid("This file is being made right now. Please wait for it and try again in a minute.")
            )
        if len(self._waiting) >= self._most_waiting:
            raise BusyError(msgid("Many files are being made right now. Please try again in a minute."))
        self._waiting.add(who)
        try:
            async with self._turn:
                return await self._written(work)
        finally:
            self._waiting.discard(who)

    async def _written(self, work: Callable[[BinaryIO], Awaitable[None]]) -> BinaryIO:
        try:
            file = await asyncio.to_thread(self._unnamed)
            try:
                await work(file)
                await asyncio.to_thread(file.seek, 0)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            raise UnavailableError(
                f"The file can't be written: {error.strerror}. Ask the office's operator to make room on the disk."
            ) from error
        return file

    def _unnamed(self) -> BinaryIO:
        return cast(BinaryIO, tempfile.TemporaryFile(dir=self._folder))


def download(file: BinaryIO, name: str) -> StreamingResponse:
    """The whole file as a zip to be saved under this name, read while it is sent; closes it."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
    finally:
        file.close()
