"""The calls by which a process changed the files beneath a folder, in the order in which the kernel was asked, as strace saw it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = "strace"
MODIFYING = (
    "open,openat,creat,close,write,writev,pwrite64,pwritev,pwritev2,lseek,fsync,fdatasync,sync_file_range,ftruncate,truncate,"
    "fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,mmap,copy_file_range,"
    "sendfile,splice,io_uring_setup"
)
_LINE = re.compile(r"(\d+)\s+(.*)")
_CALL = re.compile(r"(\w+)\((.*)\)\s*= (-?\d+|0x[0-9a-f]+).*")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_CODED = r"((?:\\x[0-9a-f]{2})*)"
_ARGUMENT = re.compile(rf'(-?\d+|AT_FDCWD)<{_CODED}>(?:\(deleted\))?|"{_CODED}"|([^,\s][^,]*)')


@dataclass(frozen=True)
class Opened:
    path: Path
    creates: bool
    truncates: bool


@dataclass(frozen=True)
class Wrote:
    path: Path
    offset: int
    content: bytes


@dataclass(frozen=True)
class Cut:
    """The file is `size` long from here on."""

    path: Path
    size: int


@dataclass(frozen=True)
class Synced:
    """A file or a folder."""

    path: Path


@dataclass(frozen=True)
class Made:
    path: Path


@dataclass(frozen=True)
class Renamed:
    path: Path
    to: Path


@dataclass(frozen=True)
class Removed:
    path: Path


@dataclass(frozen=True)
class Mapped:
    """Its memory can be written without a call."""

    path: Path


@dataclass(frozen=True)
class SystemCall:
    """A line on the standard output: what was done before it was acknowledged."""

    line: str


Deed = Opened | Wrote | Cut | Synced | Made | Renamed | Removed | Mapped | SystemCall


def recorded(folder: Path, *command: str) -> list[Deed]:
    """Runs the command, which must succeed, and gives what it did beneath `folder`."""
    with tempfile.NamedTemporaryFile(prefix="zona-calls-") as calls:
        options = ["-f", "-y", "-xx", "-s", "100000000", "-e", f"trace={MODIFYING}", "-o", calls.name]
        subprocess.run([_program(), *options, *command], check=True, capture_output=True)
        return list(Reading(folder.resolve()).deeds(Path(calls.name).read_text().splitlines()))


def _program() -> str:
    found = shutil.which(PROGRAM)
    if found is None:
        sentence = (
            "There is no strace here, so nobody saw in which order the database is written: install strace."
        )
        if os.environ.get("ZONA_REQUIRE_STRACE") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


class UnforeseenCallError(Exception):
    """The process changed a file in a way that this reading does not know."""


@dataclass(frozen=True)
class Handle:
    """A descriptor and what it stands for."""

    number: int
    path: Path


Argument = Handle | bytes | str


class Reading:
    """`deeds` reads the lines of strace; descriptors and their positions are those of one process with any number of threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._positions: dict[int, int] = {}
        self._begun: dict[str, str] = {}

    def deeds(self, lines: Sequence[str]) -> Iterator[Deed]:
        for line in lines:
            call = self._whole(line)
            found = None if call is None else _CALL.fullmatch(call)
            if found is not None and not found[3].startswith("-"):
                yield from self._read(found[1], list(_arguments(found[2])), int(found[3], 0))

    def _whole(self, line: str) -> str | None:
        """A call that was interrupted by another thread's counts where it ended."""
        matched = _LINE.fullmatch(line)
        assert matched is not None, line
        thread, text = matched.groups()
        if text.endswith(" <unfinished ...>"):
            self._begun[thread] = text.removesuffix(" <unfinished ...>")
            return None
        resumed = _RESUMED.fullmatch(text)
        return text if resumed is None else self._begun.pop(thread) + resumed[1]

    def _read(self, name: str, arguments: list[Argument], result: int) -> Iterator[Deed]:
        match name, arguments:
            case "open" | "openat" | "creat", _:
                self._positions[result] = 0
                yield from self._opened(name, arguments)
            case "close", [Handle() as handle]:
                self._positions.pop(handle.number, None)
            case "lseek", [Handle() as handle, *_]:
                self._positions[handle.number] = result
            case "write", [Handle() as handle, bytes() as content, *_]:
                yield from self._written(handle, content[:result])
            case "pwrite64", [Handle() as handle, bytes() as content, _, str() as offset]:
                yield from self._on(handle, lambda path: Wrote(path, int(offset), content[:result]))
            case "ftruncate", [Handle() as handle, str() as size]:
                yield from self._on(handle, lambda path: Cut(path, int(size)))
            case "fsync" | "fdatasync", [Handle() as handle]:
                yield from self._on(handle, Synced)
            case "mmap", [_, _, str() as rights, str() as sharing, Handle() as handle, *_]:
                if "PROT_WRITE" in rights and "MAP_SHARED" in sharing:
                    yield from self._on(handle, Mapped)
            case _:
                yield from self._renamed(name, arguments)

    def _opened(self, name: str, arguments: list[Argument]) -> Iterator[Deed]:
        flags = next(each for each in arguments if isinstance(each, str)).split("|")
        for path in self._paths(arguments):
            if "O_APPEND" in flags or name == "creat":
                raise UnforeseenCallError(f"{name} {arguments}")
            yield Opened(path, "O_CREAT" in flags, "O_TRUNC" in flags)

    def _written(self, handle: Handle, content: bytes) -> Iterator[Deed]:
        offset = self._positions.get(handle.number, 0)
        self._positions[handle.number] = offset + len(content)
        if handle.number == 1:
            yield SystemCall(content.decode().strip())
        else:
            yield from self._on(handle, lambda path: Wrote(path, offset, content))

    def _renamed(self, name: str, arguments: list[Argument]) -> Iterator[Deed]:
        """Calls that change names; whatever else touches the folder was not foreseen."""
        match name.removesuffix("2").removesuffix("at"), list(self._paths(arguments)):
            case "mkdir", [path]:
                yield Made(path)
            case "rename", [path, to]:
                yield Renamed(path, to)
            case "unlink" | "rmdir", [path]:
                yield Removed(path)
            case _, []:
                pass
            case _:
                raise UnforeseenCallError(f"{name} {arguments}")

    def _on(self, handle: Handle, deed: Callable[[Path], Deed]) -> Iterator[Deed]:
        if (path := self._within(handle.path)) is not None:
            yield deed(path)

    def _paths(self, arguments: list[Argument]) -> Iterator[Path]:
        """Those in the folder that the call names in words, beneath a descriptor that stands before them."""
        base = Path()
        for each in arguments:
            if isinstance(each, Handle):
                base = each.path
            elif isinstance(each, bytes) and (path := self._within(base / os.fsdecode(each))) is not None:
                yield path

    def _within(self, path: Path) -> Path | None:
        return path.relative_to(self._folder) if path.is_relative_to(self._folder) else None


def _arguments(line: str) -> Iterator[Argument]:
    for number, stands_for, text, other in _ARGUMENT.findall(line):
        if number:
            path = Path(os.fsdecode(_decoded(stands_for)))
            yield Handle(-1 if number == "AT_FDCWD" else int(number), path)
        elif other:
            yield str(other)
        else:
            yield _decoded(text)


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
