"""A part of a backup: an archive (tar) of files and databases, packed and sealed."""

import gzip
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from zi_operations.sealing import SealedReader, SealedWriter, UnsoundPartError

LEVEL = 1
# What an archive can go wrong with; below all of them its pieces were opened with their key.
UNSOUND = (UnsoundPartError, tarfile.TarError, EOFError, gzip.BadGzipFile)


class PartWriter:
    """Adds members to a part; `scratch` is a folder of the house for what must be measured before it is added."""

    def __init__(self, archive: tarfile.TarFile, scratch: Path) -> None:
        self._archive = archive
        self.scratch = scratch

    def add_file(self, name: str, path: Path) -> None:
        """With its owner and rights; a file that went meanwhile is left out."""
        try:
            with path.open("rb") as file:
                self._archive.addfile(self._archive.gettarinfo(arcname=name, fileobj=file), file)
        except FileNotFoundError:
            return

    def add_bytes(self, name: str, content: bytes, like: Path | None = None, mode: int = 0o600) -> None:
        """`like`: whose owner the file gets."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), mode
        if like is not None:
            there = like.stat()
            member.uid, member.gid = there.st_uid, there.st_gid
        self._archive.addfile(member, BytesIO(content))

    def add_pieces(self, name: str, pieces: Iterable[bytes]) -> None:
        with TemporaryFile(dir=self.scratch) as file:
            for piece in pieces:
                file.write(piece)
            member = tarfile.TarInfo(name)
            member.size, member.mode = file.tell(), 0o600
            file.seek(0)
            self._archive.addfile(member, file)


@contextmanager
def writing(path: Path, key: bytes, scratch: Path) -> Iterator[tuple[PartWriter, SealedWriter]]:
    """Write a part; without an error it is on disk afterwards."""
    with open(path, "xb", opener=_private) as file:
        sealed = SealedWriter(file, key)
        with (
            gzip.GzipFile(fileobj=cast(BinaryIO, sealed), mode="wb", compresslevel=LEVEL, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|") as archive,
        ):
            yield PartWriter(archive, scratch), sealed
        sealed.finish()


def extract(path: Path, key: bytes, target: Path) -> None:
    """Write the members below `target`. Raises one of UNSOUND."""
    with path.open("rb") as file:
        sealed = cast(BinaryIO, SealedReader(file, key))
        with (
            gzip.GzipFile(fileobj=sealed, mode="rb") as packed,
            tarfile.open(fileobj=packed, mode="r|") as archive,
        ):
            for member in archive:
                if not member.isreg() or not _is_below(target, target / member.name):
                    raise UnsoundPartError(member.name)
                _write(archive, member, target / member.name)
            while packed.read(1024 * 1024):
                pass


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = archive.extractfile(member)
    assert content is not None
    with open(path, "xb", opener=_private) as file:
        while piece := content.read(1024 * 1024):
            file.write(piece)
        file.flush()
        if os.getuid() == 0:
            os.fchown(file.fileno(), member.uid, member.gid)
        os.fchmod(file.fileno(), member.mode & 0o777)
        os.fsync(file.fileno())


def _is_below(folder: Path, path: Path) -> bool:
    return folder.resolve() in path.resolve().parents


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
