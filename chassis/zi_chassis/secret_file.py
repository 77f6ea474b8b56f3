"""Files of keys: each is there whole or not at all, whenever the disk is full or the power goes, and none is ever replaced."""

import os
import secrets
from pathlib import Path


def write_secret(path: Path, content: bytes) -> None:
    """Make the file, readable by its user alone, and its folders. Raises FileExistsError and leaves a file that is there as it is."""
    make_folder(path.parent, 0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def _link(fresh: Path, path: Path) -> None:
    """Of two processes that start together one makes the file. A disk without links, such as a stick that an operator keeps a key on, has
    one operator."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(path) from None
        fresh.rename(path)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """With its parents; what was made is on disk, or a power cut could take a secret away with its folder."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=mode)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """The names in `folder` are on disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
