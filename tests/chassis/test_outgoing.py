"""A request to another server costs little beside the answer."""

import asyncio
import importlib
import sys

import pytest

from zi_chassis import outgoing


class Searches:
    """Whatever is looked for on the disk to be imported."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, *_: object) -> None:
        self.names.append(name)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    writer.close()


async def test_a_request_looks_for_no_library_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(
        sys.modules, "sniffio", raising=False
    )  # tests/conftest.py has settled it for this process
    importlib.reload(outgoing)
    searches = Searches()
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    async with server, outgoing.client(60.0) as client:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await client.get(address)
        monkeypatch.setattr(sys, "meta_path", [searches, *sys.meta_path])
        assert (await client.get(address)).status_code == 204
    assert searches.names == []
