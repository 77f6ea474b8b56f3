"""A push service on a free port, and a browser that reads what it brings: the decryption of RFC 8291, written apart from the house's own code."""

import asyncio
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def written(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def hmac_of(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, sha256)


@dataclass(frozen=True)
class Reader:
    """A browser: its private key, and the secret that it gave with its address."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, str]:
        return {"endpoint": endpoint, "p256dh": written(self.point), "auth": written(self.auth)}

    def read(self, body: bytes) -> bytes:
        """RFC 8291, 3.4, and RFC 8188, 2: one record, whose padding begins with 2."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        point, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(sealed) <= size
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        prk_key = hmac_of(self.auth, self.key.exchange(ec.ECDH(), sender))
        ikm = hmac_of(prk_key, b"WebPush: info\x00" + self.point + point + b"\x01")
        prk = hmac_of(salt, ikm)
        key = hmac_of(prk, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = hmac_of(prk, b"Content-Encoding: nonce\x00\x01")[:12]
        content = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert content[-1:] == b"\x02"
        return content[:-1]


def new_reader() -> Reader:
    return Reader(ec.generate_private_key(ec.SECP256R1()), b"sixteen invented")


def claims_of(authorization: str, key: str) -> dict[str, Any]:
    """Return what the sender says of itself, if this key signed it (RFC 8292)."""
    scheme, _, rest = authorization.partition(" ")
    fields = dict(each.strip().split("=", 1) for each in rest.split(","))
    assert (scheme, fields["k"]) == ("vapid", key)
    header, claims, signature = fields["t"].split(".")
    assert json.loads(raw(header)) == {"typ": "JWT", "alg": "ES256"}
    both = raw(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(key))
    r, s = (int.from_bytes(half, "big") for half in (both[:32], both[32:]))
    public.verify(encode_dss_signature(r, s), f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))
    document: dict[str, Any] = json.loads(raw(claims))
    return document


@dataclass(frozen=True)
class Pushed:
    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """`answers` are the next ones, the last of them for ever: a status and headers; None drops the line instead."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: list[tuple[int, dict[str, str]] | None] = [(201, {})]
        self.came: list[Pushed] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, *answers: tuple[int, dict[str, str]] | int | None) -> None:
        self.answers = [(each, {}) if isinstance(each, int) else each for each in answers]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.came.append(Pushed(first.split(" ")[1], headers, body))
            if self.before_answer is not None:
                await self.before_answer()
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is not None:
                status, more = answer
                lines = [f"{name}: {value}\r\n" for name, value in more.items()]
                writer.write(f"HTTP/1.1 {status} X\r\n{''.join(lines)}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
