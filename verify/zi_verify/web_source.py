"""A log behind http or https; redirects are not followed, so that a hostile server can't collect the token, and each answer has to be there
within a time, so that one that drips can't hold the reader."""

import http.client
import io
import socket
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from zi_verify.error import VerifyError
from zi_verify.source import (
    HISTORY,
    MAX_FILE_BYTES,
    DeniedError,
    FolderSource,
    ZipSource,
    bounded,
    sizes,
)

_PAGES = 1000
_PAGE = 1000
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ReadLimits:
    """In seconds: how long the server may send nothing, how long one file may take, and all of them together (None: for ever)."""

    silence: float = 30
    file: float = 120
    run: float | None = None


class WebSource:
    """One connection, kept open; the policy of the log is at ../api/witness-policy."""

    def __init__(self, url: str, token: str | None, limits: ReadLimits = ReadLimits()) -> None:
        parts = _split(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=limits.silence)
        self._connection.response_class = _response_class(self)
        self._prefix = quote(_path(parts), safe="/%:@!$&'()*+,;=~")
        self._headers = {"Accept-Encoding": "gzip, identity"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        self._limits = limits
        self._end = None if limits.run is None else time.monotonic() + limits.run
        self._until = 0.0
        self._opened = url, token, limits

    def left(self) -> float:
        """The seconds that the next piece of the current answer may take. Raises TimeoutError if its time is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server is too slow")
        return min(left, self._limits.silence)

    def __reduce__(self) -> tuple[type["WebSource"], tuple[str, str | None, ReadLimits]]:
        """Another process has a connection of its own."""
        return WebSource, self._opened

    def promise_key(self) -> bytes | None:
        """The key of the service that promises citizens, as the office publishes it."""
        return self._get(f"{self._prefix.removesuffix('/audit/log')}/intake/api/promise-key")

    def receipt(self, event_id: str) -> bytes | None:
        """Fetch the office's receipt for an event; None if it does not answer."""
        try:
            return self._get(f"{self._prefix.removesuffix('/log')}/api/receipts/{event_id}")
        except VerifyError:
            return None

    def read(self, path: str) -> bytes | None:
        return self._get(f"{self._prefix}/{path}")

    def policy(self) -> bytes | None:
        return self._get(f"{self._prefix.removesuffix('/log')}/api/witness-policy")

    def history(self) -> list[int]:
        """As the log lists them, a page behind the other; a server that lists for ever is left after a thousand pages."""
        found: list[int] = []
        for _ in range(_PAGES):
            page = self._page(found[-1] if found else -1)
            if not page:
                break
            found += page
        return found

    def _page(self, after: int) -> list[int]:
        try:
            listed = self._get(f"{self._prefix}/{HISTORY}/?after={after}") or b""
        except DeniedError:  # how some stores answer for what is not there
            return []
        found = sizes(listed.decode("utf-8", "replace").split())
        return [size for size in found if size > after][:_PAGE]

    def _get(self, target: str) -> bytes | None:
        self._until = time.monotonic() + self._limits.file
        if self._end is not None:
            self._until = min(self._until, self._end)
        try:
            return self._answer(target)
        except ConnectionError:  # an idle connection that the server closed: asked once more
            self._connection.close()
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self._connection.close()
            raise _unreachable(target, error) from error
        try:
            return self._answer(target)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self._connection.close()
            raise _unreachable(target, error) from error

    def _answer(self, target: str) -> bytes | None:
        self._connection.timeout = self.left()
        self._connection.request("GET", target, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read(MAX_FILE_BYTES + 1)
        if response.length and len(body) <= MAX_FILE_BYTES:
            raise http.client.IncompleteRead(body, response.length)
        if response.status in (401, 403):
            self._connection.close()
            raise DeniedError(target, has_token="Authorization" in self._headers)
        if response.status in (404, 410):
            return None
        if response.status != 200:
            raise VerifyError(
                f"{target}: the server answered {response.status} instead of the file.",
                f"{target}: server menjawab {response.status}, bukan berkasnya.",
            )
        if response.headers.get("Content-Encoding") == "gzip":
            body = _unpacked(bounded(body, target))
        return bounded(body, target)


class _Pieces(io.RawIOBase):
    # What a socket gives, no piece of it later than the source allows.

    def __init__(self, connection: socket.socket, source: WebSource) -> None:
        self._connection, self._source = connection, source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(self._source.left())
        return self._connection.recv_into(buffer)


def _response_class(source: WebSource) -> type[http.client.HTTPResponse]:
    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, method: str | None = None) -> None:
            super().__init__(sock, method=method)
            self._open_file = self.fp  # keeps the socket open for as long as its pieces are read
            self.fp = io.BufferedReader(_Pieces(sock, source))

    return Response


def _unpacked(body: bytes) -> bytes:
    packed = zlib.decompressobj(wbits=31)
    data = packed.decompress(body, MAX_FILE_BYTES + 1)
    if not packed.eof and len(data) <= MAX_FILE_BYTES:
        raise zlib.error("the compressed answer is cut off")
    return data


def open_source(
    place: str, token: str | None, limits: ReadLimits = ReadLimits()
) -> WebSource | FolderSource | ZipSource:
    """The log at an address, in a folder or in a zip."""
    if is_address(place):
        return WebSource(place, token, limits)
    path = Path(place)
    if path.is_file():
        return ZipSource(path)
    if not path.is_dir():
        raise VerifyError(
            f"{path} is not a folder or a zip; give the folder that holds the file `checkpoint`.",
            f"{path} bukan folder atau zip; berikan folder yang memuat berkas `checkpoint`.",
        )
    return FolderSource(path)


def is_address(place: str) -> bool:
    """Tell if this is a web address and no path."""
    return place.startswith(("http://", "https://"))


def place_name(place: str) -> str:
    """The one spelling under which a place is remembered: host in lower case, no default port, no double or final slash; a full path."""
    if not is_address(place):
        return str(Path(place).resolve())
    scheme, host, port = _server(place)
    return f"{scheme}://{host}{'' if port == _PORTS[scheme] else f':{port}'}{_path(_split(place))}"


def is_same_server(first: str, other: str) -> bool:
    """Tell if two addresses may be sent the same token."""
    return is_address(first) and is_address(other) and _server(first) == _server(other)


def _server(url: str) -> tuple[str, str, int]:
    parts = _split(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]


def _path(parts: SplitResult) -> str:
    return "".join(f"/{name}" for name in parts.path.split("/") if name)


def _split(url: str) -> SplitResult:
    """The parts of an address that is nothing but scheme, host, port and path."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _no_address(url) from error
    is_plain = (parts.query, parts.fragment, parts.username, parts.password) == ("", "", None, None)
    if parts.scheme not in _PORTS or not parts.hostname or not parts.hostname.isascii() or not is_plain:
        raise _no_address(url)
    return parts


def _no_address(url: str) -> VerifyError:
    return VerifyError(
        f"{url} is not an address of a log; it looks like https://host/audit/log, without a name, a question mark or a # in it.",
        f"{url} bukan alamat log; bentuknya seperti https://host/audit/log, tanpa nama, tanda tanya, atau # di dalamnya.",
    )


def _unreachable(target: str, error: Exception) -> VerifyError:
    why = str(error) or type(error).__name__
    return VerifyError(
        f"{target} can't be fetched: {why}. Check the address and the network.",
        f"{target} tidak dapat diambil: {why}. Periksa alamat dan jaringan.",
    )
