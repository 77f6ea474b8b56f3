"""A log behind http or https; redirects are not followed, so that a hostile server can't collect the token."""

import http.client
import zlib
from pathlib import Path
from urllib.parse import urlsplit

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

_TIMEOUT_SECONDS = 30
_PAGES = 1000


class WebSource:
    """One connection, kept open; the policy of the log is at ../api/witness-policy."""

    def __init__(self, url: str, token: str | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise VerifyError(
                f"{url} is not an address; it looks like https://host/audit/log.",
                f"{url} bukan alamat; bentuknya seperti https://host/audit/log.",
            )
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, _port(parts.netloc, url), timeout=_TIMEOUT_SECONDS)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Accept-Encoding": "gzip, identity"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )

    def promise_key(self) -> bytes | None:
        """The key of the service that promises citizens, as the office publishes it."""
        return self._get(f"{self._prefix.removesuffix('/audit/log')}/intake/api/promise-key")

    def receipt(self, event_id: str) -> bytes | None:
        """What the office answers about an event; None for whatever keeps it from answering."""
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
        return [size for size in sizes(listed.decode("utf-8", "replace").split()) if size > after]

    def _get(self, target: str) -> bytes | None:
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
        self._connection.request("GET", target, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read(MAX_FILE_BYTES + 1)
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
            body = zlib.decompressobj(wbits=31).decompress(bounded(body, target), MAX_FILE_BYTES + 1)
        return bounded(body, target)


def open_source(place: str, token: str | None) -> WebSource | FolderSource | ZipSource:
    """The log at an address, in a folder or in a zip."""
    if is_address(place):
        return WebSource(place, token)
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
    """Whether this is a web address and no path."""
    return place.startswith(("http://", "https://"))


def place_name(place: str) -> str:
    """The one spelling under which a place is remembered: host in lower case, no default port, no double or final slash; a full path."""
    if not is_address(place):
        return str(Path(place).resolve())
    parts = urlsplit(place)
    port = _port(parts.netloc, place)
    usual = {"http": 80, "https": 443}[parts.scheme]
    path = "/".join(filter(None, parts.path.split("/")))
    return f"{parts.scheme}://{parts.hostname or ''}{'' if port in (None, usual) else f':{port}'}/{path}"


def is_same_server(one: str, other: str) -> bool:
    """Whether two addresses may be told the same token."""
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def _port(netloc: str, url: str) -> int | None:
    try:
        return urlsplit(f"//{netloc}").port
    except ValueError as error:
        raise VerifyError(
            f"{url} is not an address: its port is no number.",
            f"{url} bukan alamat: port-nya bukan angka.",
        ) from error


def _unreachable(target: str, error: Exception) -> VerifyError:
    why = str(error) or type(error).__name__
    return VerifyError(
        f"{target} can't be fetched: {why}. Check the address and the network.",
        f"{target} tidak dapat diambil: {why}. Periksa alamat dan jaringan.",
    )
