"""A mail server in a process of its own that writes down when each mail came and under which id: `python -m bench.mail_sink PORT FILE`."""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


class MailSink:
    def __init__(self, file: TextIO) -> None:
        self._file = file

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        found = MESSAGE_ID.search(content if isinstance(content, bytes) else (content or "").encode())
        self._file.write(f"{time.time()} {found[1].decode() if found else '?'}\n")
        return "250 OK"


async def serve(port: int, path: Path) -> None:
    with path.open("a", buffering=1) as file:
        sink, loop = MailSink(file), asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(sink, hostname="sink", loop=loop), "127.0.0.1", port)
        async with server:
            await server.serve_forever()


class Arrivals:
    """The file of a sink, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0
        self.times: dict[str, float] = {}
        self.counts: Counter[str] = Counter()

    def look(self) -> int:
        """Return how many different mails came."""
        with self._path.open() as file:
            file.seek(self._read)
            while (line := file.readline()).endswith("\n"):
                at, id = line.split()
                self.times.setdefault(id, float(at))
                self.counts[id] += 1
                self._read = file.tell()
        return len(self.times)


@contextmanager
def mail_sink(port: int, path: Path) -> Iterator[Arrivals]:
    path.touch()
    process = Popen([sys.executable, "-m", "bench.mail_sink", str(port), str(path)])
    try:
        yield Arrivals(path)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
