"""The backups of a folder: which are whole, which is the newest, and which go."""

import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from zi_operations.manifest import KEYS, MANIFEST, PREFIX, UNFINISHED, read_manifest
from zi_operations.outcome import OperationError
from zi_operations.sealing import HouseKey

DAYS_OF_KEYS = 30
NAME = re.compile(rf"{PREFIX}\d{{8}}T\d{{6}}Z")


def backups(target: Path) -> list[Path]:
    """List the finished backups of a folder, oldest first."""
    return sorted(
        path
        for path in target.glob(f"{PREFIX}*")
        if is_name_of_backup(path.name) and (path / MANIFEST).is_file()
    )


def is_whole(path: Path, key: HouseKey) -> bool:
    """Tell whether this house signed the backup and its files have their size. Keys may have gone, or lie elsewhere."""
    try:
        manifest = read_manifest(path, key)
        sizes = {part.file: _size(path / part.file) for part in manifest.parts.values()}
    except (OperationError, OSError):
        return False
    wanted = {part.file: part.size for part in manifest.parts.values()}
    keys = manifest.parts[KEYS].file
    if sizes[keys] is None:
        del sizes[keys], wanted[keys]
    return manifest.name == path.name and sizes == wanted


def newest_whole(target: Path, now: datetime, key: HouseKey) -> datetime | None:
    """Return when the newest whole backup was made. One of the future, from a clock that was wrong, does not count."""
    return next((taken_at(path) for path in reversed(_dated(target, now)) if is_whole(path, key)), None)


def retain(target: Path, keep: int, now: datetime, key: HouseKey) -> list[Path]:
    """Remove all whole backups but the newest `keep`, and the keys of all backups that are older than thirty days; return what went.

    What is not whole, or of the future, counts for nothing and stays: it never takes the place of a good one.
    """
    gone = []
    whole = [path for path in _dated(target, now) if is_whole(path, key)]
    for path in whole[:-keep] if keep else []:
        away = path.with_name(f"{path.name}{UNFINISHED}")
        path.rename(away)
        shutil.rmtree(away)
        gone.append(path)
    for path in backups(target):
        keys = path / f"{KEYS}.zona"
        if keys.exists() and taken_at(path) < now - timedelta(days=DAYS_OF_KEYS):
            keys.unlink()
            gone.append(keys)
    return gone


def taken_at(path: Path) -> datetime:
    return datetime.strptime(f"{path.name.removeprefix(PREFIX)[:-1]}+0000", "%Y%m%dT%H%M%S%z")


def name_of(at: datetime) -> str:
    """Return the name of a backup that was taken at this time."""
    return f"{PREFIX}{at:%Y%m%dT%H%M%SZ}"


def is_name_of_backup(name: str) -> bool:
    """Tell whether a folder of this name may be a backup; there may be others, such as of a thirteenth month."""
    if not NAME.fullmatch(name):
        return False
    try:
        taken_at(Path(name))
    except ValueError:
        return False
    return True


def _dated(target: Path, now: datetime) -> list[Path]:
    return [path for path in backups(target) if taken_at(path) <= now]


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None
