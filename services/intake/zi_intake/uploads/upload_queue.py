"""The queue for the processes that open uploads: the client that has used them least lately goes first."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from zi_chassis.web.problem import RefusedError

ROOMS = 2  # a process each; a hostile file may hold one for a minute
PLACES = 8  # each place holds a file in memory, so there are few
OF_ONE_CLIENT = 6
OF_ONE_CASE = 4
KEYS = 10_000


class QueueFullError(RefusedError):
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Many files are being sent just now, so this one was not kept. Send it again in a minute."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "60"}


@dataclass(eq=False)
class QueuedUpload:
    """A file in the queue or in a room; `turn` ends when it may go in, or has to leave."""

    client: str
    case: str
    turn: asyncio.Future[None]


class UploadQueue:
    def __init__(self, rooms: int = ROOMS, places: int = PLACES) -> None:
        self._rooms, self._places = rooms, places
        self._waiting: list[QueuedUpload] = []
        self._inside: list[QueuedUpload] = []
        self._used: Counter[str] = Counter()

    @asynccontextmanager
    async def room(self, client: str, case: str) -> AsyncIterator[None]:
        """Wait for a room. Raises QueueFullError when the client or the case has its share, or all places are taken by lighter users."""
        upload = QueuedUpload(client, case, asyncio.get_running_loop().create_future())
        self._admit(upload)
        began: float | None = None
        try:
            await upload.turn
            began = asyncio.get_running_loop().time()
            yield
        finally:
            self._leave(upload, began)

    def _admit(self, upload: QueuedUpload) -> None:
        here = [*self._waiting, *self._inside]
        if sum(each.client == upload.client for each in here) >= OF_ONE_CLIENT:
            raise QueueFullError
        if sum(each.case == upload.case for each in here) >= OF_ONE_CASE:
            raise QueueFullError
        if len(here) >= self._places:
            self._send_away_heavier(upload)
        self._waiting.append(upload)
        self._call()

    def _send_away_heavier(self, upload: QueuedUpload) -> None:
        heaviest = max(self._waiting, key=self._weight, default=None)
        if heaviest is None or self._weight(heaviest) <= self._weight(upload):
            raise QueueFullError
        self._waiting.remove(heaviest)
        if not heaviest.turn.done():
            heaviest.turn.set_exception(QueueFullError())

    def _weight(self, upload: QueuedUpload) -> tuple[int, int]:
        """Hundredths of seconds used, and files here."""
        here = sum(each.client == upload.client for each in (*self._waiting, *self._inside))
        return self._used[upload.client], here

    def _call(self) -> None:
        while self._waiting and len(self._inside) < self._rooms:
            lightest = min(self._waiting, key=self._weight)
            self._waiting.remove(lightest)
            if not lightest.turn.done():  # else its sender went away
                self._inside.append(lightest)
                lightest.turn.set_result(None)

    def _leave(self, upload: QueuedUpload, began: float | None) -> None:
        if upload in self._waiting:
            self._waiting.remove(upload)
        if upload in self._inside:
            self._inside.remove(upload)
        if began is not None:
            self._use(upload.client, asyncio.get_running_loop().time() - began)
        self._call()

    def _use(self, client: str, seconds: float) -> None:
        self._used[client] += max(1, round(seconds * 100))
        if len(self._used) > KEYS:
            self._used.clear()
