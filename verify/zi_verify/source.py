"""Where a log is read from: a folder or a web address with the same tree of files; sizes are bounded and redirects not followed, so
that a hostile server can neither fill the memory nor collect the token."""

import http.client
import zlib
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from zi_verify.error import VerifyError

MAX_FILE_BYTES = 256 * (65_535 + 2)  # the largest entry bundle there can be
_TIMEOUT_SECONDS = 30


class DeniedError(VerifyError):
    """The server, or the file system, does not let this reader have a file (401, 403)."""

    def __init__(self, path: str) -> None:
        super().__init__(f"Reading {path} is denied; give a token with --token-file.")


class Source(Protocol):
    """Files under a log's prefix."""

    def read(self, path: str) -> bytes | None: ...

    def policy(self) -> bytes | None: ...


class FolderSource:
    """A log as files in a folder, as the writer leaves them or as a copy; its policy is the file `witness-policy`."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise VerifyError(f"{folder} is not a folder; give the folder that holds the file `checkpoint`.")
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        try:
            with (self._folder / path).open("rb") as file:
                return _bounded(file.read(MAX_FILE_BYTES + 1), path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except PermissionError as error:
            raise DeniedError(path) from error
        except OSError as error:
            raise VerifyError(f"{path} can't be read: {error.strerror}.") from error

    def policy(self) -> bytes | None:
        return self.read("witness-policy")


class WebSource:
    """A log behind http or https, over one connection kept open; its policy is at ../api/witness-policy."""

    def __init__(self, url: str, token: str | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise VerifyError(f"{url} is not an address; it looks like https://host/audit/log.")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, _port(parts.netloc, url), timeout=_TIMEOUT_SECONDS)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Accept-Encoding": "gzip, identity"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )

    def read(self, path: str) -> bytes | None:
        return self._get(f"{self._prefix}/{path}")

    def policy(self) -> bytes | None:
        return self._get(f"{self._prefix.removesuffix('/log')}/api/witness-policy")

    def _get(self, target: str) -> bytes | None:
        try:
            return self._answer(target)
        except ConnectionError:  # an idle connection that the server closed: asked once more
            self._connection.close()
        except (OSError, http.client.HTTPException, zlib.error) as error:
            raise _unreachable(target, error) from error
        try:
            return self._answer(target)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            raise _unreachable(target, error) from error

    def _answer(self, target: str) -> bytes | None:
        self._connection.request("GET", target, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read(MAX_FILE_BYTES + 1)
        if response.status in (401, 403):
            self._connection.close()
            raise DeniedError(target)
        if response.status in (404, 410):
            return None
        if response.status != 200:
            raise VerifyError(f"{target}: the server answered {response.status} instead of the file.")
        if response.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompressobj(wbits=31).decompress(_bounded(body, target), MAX_FILE_BYTES + 1)
        return _bounded(body, target)


def open_source(place: str, token: str | None) -> WebSource | FolderSource:
    """The log at an address or in a folder."""
    if place.startswith(("http://", "https://")):
        return WebSource(place, token)
    return FolderSource(Path(place))


def _bounded(data: bytes, path: str) -> bytes:
    if len(data) > MAX_FILE_BYTES:
        raise VerifyError(f"{path} is larger than any file of a log; something else is served there.")
    return data


def _port(netloc: str, url: str) -> int | None:
    try:
        return urlsplit(f"//{netloc}").port
    except ValueError as error:
        raise VerifyError(f"{url} is not an address: its port is no number.") from error


def _unreachable(target: str, error: Exception) -> VerifyError:
    return VerifyError(
        f"{target} can't be fetched: {error or type(error).__name__}. Check the address and the network."
    )
