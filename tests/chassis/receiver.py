"""Another system that is called by webhooks, on this machine: it verifies by the recipe of Standard Webhooks, and misbehaves as told."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """`statuses` are answered in turn, the last one again and again; each answer comes after `seconds`."""

    statuses: list[int] = field(default_factory=lambda: [200])
    headers: str = ""
    seconds: float = 0.0
    port: int = 0
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=zona"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.calls.append((first, headers, body))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        await asyncio.sleep(self.seconds)
        writer.write(f"HTTP/1.1 {status} Said\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the receiver's programmer reads it in the specification: whsec_ and base64, `id.timestamp.body`, any of the signatures."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    wanted = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


@asynccontextmanager
async def receiving(**behaviour: object) -> AsyncIterator[Receiver]:
    receiver = Receiver(**behaviour)  # type: ignore[arg-type]
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
