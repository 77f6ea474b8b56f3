"""The published files of the log in one folder: a tile or bundle is written once and never changed, the few named files are replaced
whole; what is published is on disk first."""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import chain
from pathlib import Path

from zi_audit.files.halt import HaltError, Reason
from zi_chassis.secret_file import sync_folder
from zi_chassis.settings import Settings
from zi_tlog.tile import FULL, Bundle, Tile, new_bundles, new_tiles

TILES = "tile"
ORIGINS = "origins"
CHECKPOINT = "checkpoint"
COSIGNED = "cosigned"
HISTORY = "checkpoints"
POLICY = "witness-policy"
PENDING = "witness-policy.next"  # to be in the log before it takes the place of the other
KEYS = "log-keys"
_TICK = 2_000_000_000  # nanoseconds; FAT has the coarsest
_CLEARED_AT_ONCE = 8192  # entries, whose partial files are some 8,000 at most: the log stands still meanwhile


def tiles_of(settings: Settings) -> Path:
    """Return the folder of the published files."""
    return Path(settings.tiles) if settings.tiles else settings.data / "audit-writer" / "tiles"


class TileFolder:
    """Tiles in a directory that any web server can serve as it is; the lease of the folder keeps a second writer out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unsettled: set[Path] = set()
        self._beside = ThreadPoolExecutor(1, "tiles")
        self._staged: dict[Path, tuple[bytes, Future[None]]] = {}
        self._history: tuple[int, list[int]] = (-1, [])
        self._cleared = 0

    @property
    def place(self) -> str:
        return str(self.folder)

    def take_over(self) -> None:
        """Nothing is remembered that another writer could have changed."""

    def read(self, path: str) -> bytes | None:
        """The stored bytes, or None; `path` must come from zi_tlog or from this module, never from a request."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def read_each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        return ((path, self.read(path)) for path in paths)

    def has(self, path: str) -> bool:
        """Return whether `read` would find the file; `path` as there."""
        return (self.folder / path).is_file()

    def written_at(self, path: str) -> float:
        return (self.folder / path).stat().st_mtime

    def stage(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Begins to write what `put` is to be given, beside whatever else is done until then; no name shows it before."""
        self._unstage()
        for path, content in files:
            target = self.folder / path
            self._make(target.parent)
            self._staged[target] = content, self._beside.submit(_fill, _fresh(target), content)

    def put(self, path: str, content: bytes) -> None:
        """Write once: the same bytes again are fine, other bytes are refused."""
        present = self.read(path)
        if present is not None and present != content:
            raise HaltError(
                Reason.DAMAGED,
                f"{path} exists with other bytes than the database gives; run zi-audit fsck before anything else.",
            )
        if present is None:
            self._write(self.folder / path, content)
        self._touched(self.folder / path)

    def replace(self, path: str, content: bytes) -> None:
        """Replace a named file whole: readers see the old bytes or the new ones."""
        self.settle()
        self._write(self.folder / path, content)
        self._touched(self.folder / path)
        self.settle()

    def announce(self, path: str, content: bytes) -> None:
        self.replace(path, content)

    def remove(self, path: str) -> None:
        """A named file that may not be there."""
        if (self.folder / path).exists():
            (self.folder / path).unlink()
            sync_folder((self.folder / path).parent)

    def settle(self) -> None:
        """The names of all files written so far are on disk when this returns."""
        for folder in self._unsettled:
            sync_folder(folder)
        self._unsettled.clear()

    def history(self) -> list[int]:
        """The sizes of the checkpoints that stay readable, in order; the folder is read again only when a name came or went."""
        try:
            changed = (self.folder / HISTORY).stat().st_mtime_ns
        except FileNotFoundError:
            return []
        at, sizes = self._history
        if at != changed:
            sizes = sorted(int(name) for name in os.listdir(self.folder / HISTORY) if name.isdecimal())
            # What comes within the same tick of the file system's clock would not show.
            if changed < time.time_ns() - _TICK:
                self._history = changed, sizes
        return sizes

    def clear_partials(self, size: int) -> int:
        """Remove the partial tiles and bundles in whose place a tree of `size` entries has full ones, of so many entries a call at most.
        A reader with an older checkpoint finds the same bytes at the beginning of the full one (tlog-tiles, Partial Tiles). Returns how
        many folders went."""
        first, self._cleared = self._cleared, max(self._cleared, min(size, self._cleared + _CLEARED_AT_ONCE))
        removed = 0
        places: Iterator[Tile | Bundle] = chain(
            new_tiles(first, self._cleared), new_bundles(first, self._cleared)
        )
        for place in places:
            partials = self.folder / f"{place.path}.p"
            # Without its full tile a partial one is the only copy, whatever lost the other.
            if place.width == FULL and partials.exists() and (self.folder / place.path).exists():
                shutil.rmtree(partials)
                removed += 1
        return removed

    def widths(self, whole: str) -> set[int]:
        return {int(part.name) for part in (self.folder / f"{whole}.p").glob("*") if part.name.isdecimal()}

    def files(self, folder: str) -> list[str]:
        found = (self.folder / folder).rglob("*")
        return sorted(str(path.relative_to(self.folder)) for path in found if path.is_file())

    def other_files(self) -> list[str]:
        found = list[str]()
        for place, folders, names in os.walk(self.folder):
            here = Path(place).relative_to(self.folder)
            folders[:] = sorted(each for each in folders if here / each != Path(TILES))
            found += (str(here / name) for name in sorted(names))
        return found

    def origins(self) -> list[int]:
        found = (self.folder / ORIGINS).glob("*")
        return sorted(int(path.name) for path in found if path.name.isdecimal())

    def former(self, number: int) -> "TileFolder":
        return TileFolder(self.folder / ORIGINS / str(number))

    def set_aside(self, names: Iterable[str], number: int) -> None:
        aside = self.former(number).folder
        aside.mkdir(parents=True, exist_ok=True)
        for name in names:
            if (self.folder / name).exists() and not (aside / name).exists():
                (self.folder / name).rename(aside / name)
        for folder in (self.folder, self.folder / ORIGINS, aside):
            sync_folder(folder)

    def _write(self, target: Path, content: bytes) -> None:
        if target in self._staged and self._staged[target][0] != content:
            self._unstage()
        _, filled = self._staged.pop(target, (b"", None))
        if filled is None:
            self._make(target.parent)
            _fill(_fresh(target), content)
        else:
            filled.result()
        _fresh(target).rename(target)

    def _unstage(self) -> None:
        """Drop what was staged for a commit that never came: it must not be written any more."""
        wait(filled for _, filled in self._staged.values())
        self._staged.clear()

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            self._make(folder.parent)
            folder.mkdir(exist_ok=True)
            self._unsettled.add(folder.parent)

    def _touched(self, target: Path) -> None:
        self._unsettled.add(target.parent)


def _fresh(target: Path) -> Path:
    return target.with_name(target.name + ".new")


def _fill(fresh: Path, content: bytes) -> None:
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
