"""Sources of a log: a folder or a zip with the log's tree of files, or a web address (zi_verify.web_source). Sizes are bounded, so that
a hostile file can't fill the memory."""

import os
import re
import stat
import zipfile
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Protocol

from zi_verify.error import VerifyError
from zi_verify.status import ExitStatus

MAX_FILE_BYTES = 256 * (65_535 + 2)  # the largest entry bundle there can be
_POLICIES = ("witness-policy", "policy")
_CHECKPOINT = "checkpoint"
_PROMISE_KEY = "promise.vkey"
HISTORY = "checkpoints"
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


class DeniedError(VerifyError):
    """The server, or the file system, does not let this reader have a file (401, 403)."""

    def __init__(self, path: str, *, has_token: bool = False) -> None:
        if has_token:
            self.status = ExitStatus.NOT_READ
            super().__init__(
                f"Reading {path} is denied: the token is wrong or has expired. Get a new one and run this again.",
                f"{path} tidak boleh dibaca: token salah atau kedaluwarsa. Minta token baru dan jalankan lagi.",
            )
        else:
            super().__init__(
                f"Reading {path} is denied; give a token with --token-file.",
                f"{path} tidak boleh dibaca; berikan token dengan --token-file.",
            )


class LogSource(Protocol):
    """Files under a log's prefix."""

    def read(self, path: str) -> bytes | None: ...

    def policy(self) -> bytes | None: ...

    def history(self) -> list[int]:
        """The sizes whose checkpoints stay readable at checkpoints/<size>, in order; none where the log keeps none."""
        ...


class FolderSource:
    """A log as files in a folder, as the writer leaves them or as a copy; its policy is a file beside the checkpoint."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = os.path.realpath(folder)

    def promise_key(self) -> bytes | None:
        """The key of the service that promises, in a file beside the checkpoint."""
        return self.read(_PROMISE_KEY)

    def receipt(self, event_id: str) -> bytes | None:
        """None: receipts are given out, not kept beside a log."""
        return None

    def read(self, path: str) -> bytes | None:
        try:
            with open(self._folder / path, "rb", buffering=0, opener=_open_at_once) as file:
                self._require_file(path, file.fileno())
                return bounded(_all_of(file), path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except PermissionError as error:
            raise DeniedError(path) from error
        except OSError as error:
            raise unreadable(path, error.strerror) from error

    def _require_file(self, path: str, descriptor: int) -> None:
        # A copy that somebody hands over may hold links to other files of the reader, or a pipe that never ends.
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise unreadable(path, "it is no ordinary file")
        if not os.path.realpath(self._folder / path).startswith(os.path.join(self._root, "")):
            raise unreadable(path, "it is a link that leads out of the folder")

    def policy(self) -> bytes | None:
        return _beside(self)

    def history(self) -> list[int]:
        try:
            return sizes(os.listdir(self._folder / HISTORY))
        except OSError:
            return []


class ZipSource:
    """A log in a zip, at its root or in one folder of it: wherever the shallowest file `checkpoint` is. `left_out` are the folders of other
    logs that lie deeper in it; of several at the same depth none is chosen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise unreadable(path, error) from error
        names = self._archive.namelist()
        self._names = frozenset(names)
        if len(self._names) != len(names):
            raise unreadable(path, "two files in it have the same name")
        heads = [name for name in names if name.rpartition("/")[2] == _CHECKPOINT]
        prefixes = sorted((name.removesuffix(_CHECKPOINT) for name in heads), key=_depth)
        if len(prefixes) > 1 and _depth(prefixes[0]) == _depth(prefixes[1]):
            raise _several(path, prefixes)
        self._prefix = prefixes[0] if prefixes else ""
        self.left_out = tuple(
            prefix for prefix in prefixes[1:] if any(name.startswith(f"{prefix}tile/") for name in names)
        )

    def __reduce__(self) -> tuple[type["ZipSource"], tuple[Path]]:
        """Another process opens the file itself."""
        return ZipSource, (self._path,)

    def promise_key(self) -> bytes | None:
        """The key of the service that promises, in a file beside the checkpoint."""
        return self.read(_PROMISE_KEY)

    def receipt(self, event_id: str) -> bytes | None:
        """None: receipts are given out, not kept beside a log."""
        return None

    def read(self, path: str) -> bytes | None:
        name = self._prefix + path
        if name not in self._names:
            return None
        try:
            with self._archive.open(name) as file:
                return bounded(file.read(MAX_FILE_BYTES + 1), path)
        except VerifyError:
            raise
        except Exception as error:  # zipfile and zlib raise a dozen unrelated errors on damaged bytes
            raise unreadable(path, error) from error

    def policy(self) -> bytes | None:
        return _beside(self)

    def history(self) -> list[int]:
        prefix = f"{self._prefix}{HISTORY}/"
        return sizes(name.removeprefix(prefix) for name in self._names if name.startswith(prefix))


def _depth(prefix: str) -> int:
    return prefix.count("/")


def _several(path: Path, prefixes: list[str]) -> VerifyError:
    found = ", ".join(prefix for prefix in prefixes if _depth(prefix) == _depth(prefixes[0]))
    return VerifyError(
        f"{path} holds several logs ({found}): unpack it and check each folder by itself.",
        f"{path} memuat beberapa log ({found}): buka dan periksa setiap foldernya sendiri-sendiri.",
    )


def _open_at_once(path: str, flags: int) -> int:
    # A pipe without a writer would be waited for.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _all_of(file: FileIO) -> bytes:
    # Asked for more than there is, Python would first clear as much memory: a tenth of the time of a replay.
    wanted = min(os.fstat(file.fileno()).st_size, MAX_FILE_BYTES) + 1
    data = file.read(wanted)
    return data if len(data) < wanted else data + file.read(MAX_FILE_BYTES + 1 - wanted)


def sizes(names: Iterable[str]) -> list[int]:
    """Those of the names that are sizes, in order."""
    return sorted(int(name) for name in names if _SIZE.fullmatch(name))


def bounded(data: bytes, path: str) -> bytes:
    """`data` itself, unless it is larger than any file of a log can be."""
    if len(data) > MAX_FILE_BYTES:
        raise VerifyError(
            f"{path} is larger than any file of a log; something else is served there.",
            f"{path} lebih besar daripada berkas log mana pun; di sana disajikan sesuatu yang lain.",
        )
    return data


def unreadable(path: object, why: object) -> VerifyError:
    """The error for a file that is there and can't be read."""
    return VerifyError(f"{path} can't be read: {why}.", f"{path} tidak dapat dibaca: {why}.")


def _beside(source: LogSource) -> bytes | None:
    return next((data for name in _POLICIES if (data := source.read(name)) is not None), None)
