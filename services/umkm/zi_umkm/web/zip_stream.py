"""A zip that is sent while it is written, so that it is never whole in memory; of the same contents it has the same bytes."""

import io
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

Content = Callable[[], AsyncIterator[bytes]]
QUICK = 1  # pictures and PDF don't get smaller


class _Pipe(io.RawIOBase):
    """Holds what was written until it is taken."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._buffer += piece
        return len(piece)

    def taken(self) -> bytes:
        piece = bytes(self._buffer)
        self._buffer.clear()
        return piece


async def zipped(members: Iterable[tuple[str, Content]]) -> AsyncIterator[bytes]:
    """Stream a zip, one member after the other; a part of it is no valid zip."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as archive:
        for name, content in members:
            # Given by name alone, a member has the same date in every zip.
            with archive.open(name, "w") as file:
                async for piece in content():
                    file.write(piece)
                    if taken := pipe.taken():
                        yield taken
    yield pipe.taken()
