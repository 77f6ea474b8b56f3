import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from zi_chassis.domain import UnavailableError
from zi_chassis.web.packing import BusyError, PackingQueue, download


def writing(text: bytes) -> Callable[[BinaryIO], Awaitable[None]]:
    async def work(file: BinaryIO) -> None:
        file.write(text)

    return work


async def read(file: BinaryIO) -> bytes:
    response = download(file, "evidence.zip")
    return b"".join([chunk async for chunk in response.body_iterator if isinstance(chunk, bytes)])


async def test_what_was_written_is_sent_whole_and_the_file_is_closed(tmp_path: Path) -> None:
    file = await PackingQueue(tmp_path).pack("ani", writing(b"x" * 300_000))
    assert list(tmp_path.iterdir()) == []  # it has no name
    response = download(file, "evidence.zip")
    assert response.headers["Content-Length"] == "300000"
    assert response.headers["Content-Disposition"] == 'attachment; filename="evidence.zip"'
    assert await read(file) == b"x" * 300_000
    assert file.closed


async def test_a_reader_who_goes_away_leaves_the_file_closed(tmp_path: Path) -> None:
    file = await PackingQueue(tmp_path).pack("ani", writing(b"x" * 600_000))
    chunks = download(file, "evidence.zip").body_iterator
    assert isinstance(chunks, AsyncGenerator)
    assert len(await anext(chunks)) == 256 * 1024
    await chunks.aclose()
    assert file.closed


async def test_one_is_made_at_a_time_in_the_order_of_asking(tmp_path: Path) -> None:
    queue, made = PackingQueue(tmp_path), list[str]()

    async def pack(who: str) -> None:
        async def work(file: BinaryIO) -> None:
            made.append(f"{who} begins")
            await asyncio.sleep(0)
            made.append(f"{who} ends")

        (await queue.pack(who, work)).close()

    await asyncio.gather(*(pack(who) for who in ("ani", "budi", "cici")))
    assert made == [f"{who} {what}" for who in ("ani", "budi", "cici") for what in ("begins", "ends")]


async def test_each_waits_once_and_not_too_many_wait(tmp_path: Path) -> None:
    queue, go = PackingQueue(tmp_path, most_waiting=2), asyncio.Event()

    async def work(file: BinaryIO) -> None:
        await go.wait()

    first = asyncio.create_task(queue.pack("ani", work))
    second = asyncio.create_task(queue.pack("budi", work))
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="is being made right now") as refused:
        await queue.pack("ani", work)
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "20"})
    with pytest.raises(BusyError, match="Many files"):
        await queue.pack("cici", work)
    go.set()
    for task in (first, second):
        (await task).close()
    (await queue.pack("ani", work)).close()


async def test_what_fails_gives_its_place_free_and_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    queue = PackingQueue(tmp_path, most_waiting=1)
    files: list[BinaryIO] = []

    async def full(file: BinaryIO) -> None:
        files.append(file)
        raise OSError(28, "No space left on device")

    async def broken(file: BinaryIO) -> None:
        raise KeyError("something else")

    with pytest.raises(UnavailableError, match="No space left on device"):
        await queue.pack("ani", full)
    assert files[0].closed
    with pytest.raises(KeyError):
        await queue.pack("ani", broken)
    with pytest.raises(UnavailableError):
        await PackingQueue(tmp_path / "nowhere").pack("ani", broken)
    (await queue.pack("ani", writing(b""))).close()
