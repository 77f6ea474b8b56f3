"""Large items of the vault in a bucket instead of the store: each lies there as its ciphertext alone, under a random name.

The row of such an item keeps the nonce. `vault_files` names the object from before it is sent until after it is removed, so a failed command
leaves nothing in the bucket that the store does not know of, and nothing is removed that the store has not named itself. The bucket is trusted for nothing: what comes
back is authenticated as what a row has, and what erases is the destroyed key.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

from zi_chassis.bucket import BucketAddress, BucketAwayError, answering, open_store
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import MACHINE, Tx, placeholders

if TYPE_CHECKING:
    from zi_chassis.storage.store import Store

T = TypeVar("T")
LARGE = 96 * 1024  # bytes: a text of 20,000 characters stays in the store, whatever its letters are
SECONDS = 20.0  # for all files of one act, and so much more as they take on a slow line:
BYTES_A_SECOND = 250_000
SILENCE = 10.0  # seconds in which nothing comes of what was asked for; then it is asked for again
WHOLE = timedelta(minutes=10)  # for one request, however slowly it goes on
AT_ONCE = 4
ABANDONED_SECONDS = 24 * 3600
PORTION = 100
EVERY, AGAIN, LOOK = 600.0, 60.0, 5.0
PROBE, HOUSE = "probe", "house"
MARK = 32  # characters of the mark in HOUSE; the size of its row is 0 until the bucket has it
IS_MARK = re.compile(rb"[0-9a-f]{32}").fullmatch
PROPOSAL = (
    "INSERT INTO vault_files (item, name, size, sent_at) VALUES (?, ?, 0, ?) ON CONFLICT (item) DO NOTHING"
)
SENT = "UPDATE vault_files SET size = ? WHERE item = ?"
OTHER = b""  # stands for an object of another size than was sent, and opens as nothing
TABLE = (
    "CREATE TABLE IF NOT EXISTS vault_files (item TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL,"
    " sent_at INTEGER NOT NULL)"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The name of an object, how many bytes were sent, and the mark of its store."""

    name: str
    size: int
    mark: str = ""


class VaultFiles:
    """The bucket as the vault uses it. What asks it raises BucketAwayError, at the latest after `patience`."""

    def __init__(self, address: BucketAddress, seconds: float = SECONDS) -> None:
        self.address = address
        self.erasures = 0  # keys that this process has destroyed
        self._seconds = seconds
        self._is_marked = False
        with answering(address):
            self._objects = open_store(
                address, patience=WHOLE, silence=timedelta(seconds=min(SILENCE, seconds))
            )
            self._sending = open_store(address, patience=WHOLE)

    @classmethod
    def at(cls, setting: str) -> "VaultFiles | None":
        """Return the bucket that ZI_FILES names; None where it is not set."""
        return cls(BucketAddress.parse(setting)) if setting else None

    def patience(self, size: int) -> float:
        """Return the seconds that so many bytes may take: a slow line is no bucket that is away."""
        return self._seconds + size / BYTES_A_SECOND

    async def send(self, store: "Store", contents: Mapping[UUID, bytes]) -> None:
        """Send the ciphertext of each item. The names are on disk first: what is not committed after that is removed one day."""
        await self._agree(store)
        names, now = {item: uuid4().hex for item in contents}, int(time.time())
        rows = [(str(item), names[item], len(content), now) for item, content in contents.items()]
        statement = "INSERT INTO vault_files (item, name, size, sent_at) VALUES (?, ?, ?, ?)"
        await store.writer.submit(lambda batch: batch.tx.many(statement, rows))
        puts = (partial(self._put, names[item], content) for item, content in contents.items())
        await self._all(puts, sum(map(len, contents.values())))

    async def fetch(self, places: Mapping[UUID, FilePlace]) -> dict[UUID, bytes]:
        """Return what lies there for each item; an object that is gone is left out."""
        gets = (partial(self._get, place) for place in places.values())
        found = await self._all(gets, sum(place.size for place in places.values()))
        return {item: content for item, content in zip(places, found, strict=True) if content is not None}

    def read(self, place: FilePlace) -> bytes | None:
        """As `fetch` of one, for whoever compares all files and has no event loop."""
        content = self._read(place.name, place.size)
        if content is None and place.mark:
            self._refuse_other(place.mark, self._read(HOUSE, MARK))
        return content

    async def remove(self, name: str) -> None:
        """Remove an object; one that is gone was removed before."""
        import obstore
        from obstore.exceptions import NotFoundError

        with answering(self.address):
            try:
                await obstore.delete_async(self._objects, name)
            except (NotFoundError, FileNotFoundError):
                return

    async def probe(self, mark: str) -> None:
        """Ask for an object that is nobody's file: the mark of the store, or where that has sent no file yet, one that the first look makes."""
        import obstore
        from obstore.exceptions import NotFoundError

        if mark:
            self._refuse_other(mark, await self._content(HOUSE, MARK))
            return
        with answering(self.address):
            try:
                await obstore.head_async(self._objects, PROBE)
            except (NotFoundError, FileNotFoundError):
                await obstore.put_async(self._objects, PROBE, b"zona")

    async def _agree(self, store: "Store") -> None:
        """With the first file the bucket gets the mark of the store; a store that has none (again) takes that of the bucket. From then on a
        bucket without it is not the one where the files of this store lie."""
        if self._is_marked:
            return
        mark = await store.query(mark_of)
        [found] = await self._all([partial(self._content, HOUSE, MARK)], 0)
        if mark:
            self._refuse_other(mark, found)
        else:
            proposed = found.decode() if found and IS_MARK(found) else uuid4().hex
            row = HOUSE, proposed, int(time.time())
            await store.writer.submit(lambda batch: batch.tx.execute(PROPOSAL, *row))
            # Of two processes that began together one has proposed it.
            agreed = await store.query(partial(mark_of, sent=False))
            await self._all([partial(self._put, HOUSE, agreed.encode())], 0)
            await store.writer.submit(lambda batch: batch.tx.execute(SENT, MARK, HOUSE))
        self._is_marked = True

    def _refuse_other(self, mark: str, found: bytes | None) -> None:
        """Raises BucketAwayError where the mark is not what was found: whatever is not there was not lost, and is not removed by that."""
        if found != mark.encode():
            raise BucketAwayError(
                self.address,
                f"this house keeps its files elsewhere, for the object `{HOUSE}` is not {mark} here. Set ZI_FILES right",
            )

    async def _put(self, name: str, content: bytes) -> None:
        import obstore

        with answering(self.address):
            await obstore.put_async(self._sending, name, content, use_multipart=False)

    async def _get(self, place: FilePlace) -> bytes | None:
        content = await self._content(place.name, place.size)
        if content is None and place.mark:
            self._refuse_other(place.mark, await self._content(HOUSE, MARK))
        return content

    async def _content(self, name: str, size: int) -> bytes | None:
        """Return OTHER for an object of another size, of which nothing is read; None where there is none."""
        import obstore
        from obstore.exceptions import NotFoundError

        with answering(self.address):
            try:
                found = await obstore.get_async(self._objects, name)
                return bytes(await found.bytes_async()) if found.meta["size"] == size else OTHER
            except (NotFoundError, FileNotFoundError):
                return None

    def _read(self, name: str, size: int) -> bytes | None:
        import obstore
        from obstore.exceptions import NotFoundError

        with answering(self.address):
            try:
                found = obstore.get(self._objects, name)
                return bytes(found.bytes()) if found.meta["size"] == size else OTHER
            except (NotFoundError, FileNotFoundError):
                return None

    async def _all(self, requests: Iterable[Callable[[], Awaitable[T]]], size: int) -> list[T]:
        """Make a few requests at a time, for so many bytes together."""
        room, patience = asyncio.Semaphore(AT_ONCE), self.patience(size)

        async def in_turn(request: Callable[[], Awaitable[T]]) -> T:
            async with room:
                return await request()

        tasks = [asyncio.ensure_future(in_turn(request)) for request in requests]
        try:
            async with asyncio.timeout(patience):
                return await asyncio.gather(*tasks)
        except TimeoutError:
            raise BucketAwayError(self.address, f"no answer in {patience:.0f} seconds") from None
        finally:
            for task in tasks:
                task.cancel()


class FileComparison:
    """Reads the files of all items, a few at a time; once the bucket is away, it is asked no more."""

    def __init__(self, files: VaultFiles) -> None:
        self._files = files
        self._away = ""
        self._unread = 0

    @property
    def fault(self) -> str | None:
        """Return why so many files were not compared; None where all were."""
        return f"{self._unread:,} files were not compared: {self._away}" if self._unread else None

    def read(self, places: Mapping[UUID, FilePlace]) -> tuple[dict[UUID, bytes], set[UUID]]:
        """Return what lies there for each item, and the items of which nobody knows."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            found = dict(zip(places, threads.map(self._read, places.values()), strict=True))
        unread = {item for item, content in found.items() if isinstance(content, BucketAwayError)}
        self._unread += len(unread)
        return {item: content for item, content in found.items() if isinstance(content, bytes)}, unread

    def _read(self, place: FilePlace) -> bytes | BucketAwayError | None:
        if self._away:
            return BucketAwayError(self._files.address, self._away)
        try:
            return self._files.read(place)
        except BucketAwayError as fault:
            self._away = str(fault)
            return fault


class FileRemoval:
    """Removes the objects of erased items, and of items that were sent and never committed. A bucket that is away is asked again; no erasure
    waits for it. Run by the process with the lease."""

    reason: str | None = None  # the process serves all the same

    def __init__(self, store: "Store", files: VaultFiles) -> None:
        self._store = store
        self._files = files
        self.fault: Exception | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            erasures = self._files.erasures
            await self.tick()
            waited, pause = 0.0, AGAIN if self.fault else EVERY
            while waited < pause and (self.fault or erasures == self._files.erasures):
                await asyncio.sleep(LOOK)
                waited += LOOK

    async def tick(self) -> int:
        """Return how many were removed; `fault` is why some were not."""
        removed, passed = 0, ""
        fault: Exception | None = None
        try:
            mark = await self._store.query(mark_of)
            while places := await self._store.query(partial(_unneeded, after=passed)):
                if mark:
                    await self._files.probe(mark)
                for item, name in places:
                    passed, refusal = item, await self._remove(item, name, mark)
                    fault, removed = refusal or fault, removed + (refusal is None)
        except (UnavailableError, *MACHINE) as stopped:
            fault = stopped
        if fault is not None:
            logger.warning("files that nobody needs could not be removed: %s", fault)
        self.fault = fault
        return removed

    async def probe(self) -> None:
        """Raises BucketAwayError, also what kept the last removal from its work; faults of the store are told by its own check."""
        try:
            mark = await self._store.query(mark_of)
        except (UnavailableError, *MACHINE):
            return
        await self._files.probe(mark)
        if isinstance(self.fault, BucketAwayError):
            raise self.fault

    async def _remove(self, item: str, name: str, mark: str) -> BucketAwayError | None:
        """Return why this object was not removed, which keeps no other one. Raises BucketAwayError where the bucket is away."""
        try:
            await self._files.remove(name)
        except BucketAwayError as refusal:
            await self._files.probe(mark)
            return refusal
        await self._forget(item, name)
        return None

    async def _forget(self, item: str, name: str) -> None:
        statement = "DELETE FROM vault_files WHERE item = ? AND name = ?"
        await self._store.writer.submit(lambda batch: batch.tx.execute(statement, item, name))


def places_of(tx: Tx, items: Iterable[UUID]) -> dict[UUID, FilePlace]:
    """Read where the files of these items lie; without a question where there are none."""
    wanted = list(map(str, items))
    if not wanted:
        return {}
    mark = mark_of(tx)
    rows = tx.execute(
        f"SELECT item, name, size FROM vault_files WHERE item IN ({placeholders(wanted)})", *wanted
    )
    return {UUID(row["item"]): FilePlace(row["name"], row["size"], mark) for row in rows}


def mark_of(tx: Tx, *, sent: bool = True) -> str:
    """Read the mark that the bucket of this store has; empty where no file was sent since there are marks."""
    rows = tx.execute("SELECT name, size FROM vault_files WHERE item = ?", HOUSE)
    return str(rows[0]["name"]) if rows and (rows[0]["size"] or not sent) else ""


def _unneeded(tx: Tx, after: str) -> list[tuple[str, str]]:
    """Read (item, name) of some objects whose item was emptied, or was not committed a day after it was sent."""
    rows = tx.execute(
        "SELECT f.item, f.name FROM vault_files f LEFT JOIN vault_items i ON i.item = f.item"
        " WHERE f.item > ? AND f.item <> ? AND (LENGTH(i.sealed) = 0 OR (i.item IS NULL AND f.sent_at < ?)) ORDER BY f.item LIMIT ?",
        *(after, HOUSE, int(time.time()) - ABANDONED_SECONDS, PORTION),
    )
    return [(row["item"], row["name"]) for row in rows]
