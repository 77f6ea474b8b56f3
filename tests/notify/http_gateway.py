"""A gateway on a free port that answers as it is told to, keeps what it took, and sends receipts as it is told to."""

import asyncio
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from zi_rules.message_channels import Gateway

SECRET, RECEIPTS = "an invented key", "an invented receipt key"


@dataclass(frozen=True)
class Taken:
    path: str
    headers: dict[str, str]
    body: Any


class HttpGateway:
    """`answers` are the next ones, the last of them for ever: a status, headers and a body; None drops the line instead."""

    def __init__(self, name: str = "contoh-satu") -> None:
        self.name, self.port, self.answered = name, 0, 0
        self.answers: list[tuple[int, dict[str, str], bytes] | None] = [(202, {}, b"{}")]
        self.came: list[Taken] = []
        self.before_answer: Callable[[Taken], Awaitable[None]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/messages"

    @property
    def ids(self) -> list[str]:
        return [taken.body["id"] for taken in self.came]

    def described(self, **more: Any) -> dict[str, Any]:
        request = {
            "body": {"to": "{to}", "message": "{text}", "id": "{id}"},
            "headers": {"Authorization": "Bearer {secret}"},
        }
        receipts = {
            "header": "X-Signature",
            "prefix": "sha256=",
            "each": "/receipts",
            "id": "/id",
            "status": "/status",
            "delivered": ["delivered", "read"],
            "undelivered": ["expired"],
        }
        return {"name": self.name, "seconds": 60, "request": request, "receipts": receipts, **more}

    def gateway(self, **more: Any) -> Gateway:
        return Gateway.model_validate(self.described(**more))

    def answer(self, *answers: tuple[int, dict[str, str]] | int | None, body: bytes = b"{}") -> None:
        self.answers = [
            None if each is None else ((each, {}, body) if isinstance(each, int) else (*each, body))
            for each in answers
        ]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                taken = await _read(head.decode(), reader)
                self.came.append(taken)
                if self.before_answer is not None:
                    await self.before_answer(taken)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                status, headers, body = answer
                lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
                writer.write(
                    f"HTTP/1.1 {status} X\r\n{''.join(lines)}Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
                self.answered += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _read(head: str, reader: asyncio.StreamReader) -> Taken:
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    is_json = "json" in headers["content-type"]
    return Taken(first.split(" ")[1], headers, json.loads(body) if is_json else body.decode())


@asynccontextmanager
async def http_gateway(
    name: str = "contoh-satu", tls: ssl.SSLContext | None = None
) -> AsyncIterator[HttpGateway]:
    gateway = HttpGateway(name)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0, ssl=tls)
    gateway.port = server.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        server.close()


def receipt(*each: tuple[str, str]) -> bytes:
    return json.dumps({"receipts": [{"id": id, "status": status} for id, status in each]}).encode()


def signed(body: bytes, secret: str = RECEIPTS) -> dict[str, str]:
    return {"X-Signature": f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}
