"""The published files of the log: in a folder or, by the setting ZI_TILES, in a bucket. A tile, a bundle and a kept checkpoint are written
once and never changed, the few named files are replaced whole; what a named file names is there before it."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from zi_audit.files.tile_folder import TileFolder, tiles_of
from zi_chassis.bucket import SCHEME, BucketAddress
from zi_chassis.settings import Settings


class Tiles(Protocol):
    """A path is relative, and comes from zi_tlog or from the files of this package, never from a request."""

    @property
    def place(self) -> str:
        """Return the folder or address, for a person."""

    def take_over(self) -> None:
        """A writer begins: another one may have written since."""

    def read(self, path: str) -> bytes | None:
        """The stored bytes, or None."""

    def read_each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each path with what `read` returns, in their order, and no more in memory than some."""

    def has(self, path: str) -> bool:
        """Return whether `read` would find the file."""

    def written_at(self, path: str) -> float:
        """Return the time at which a file that is there was written, in seconds since 1970."""

    def stage(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Begin to write what `put` is to be given, where no name shows it before."""

    def put(self, path: str, content: bytes) -> None:
        """Write once: the same bytes again are fine; other bytes raise HaltError, here or in `settle`."""

    def replace(self, path: str, content: bytes) -> None:
        """Replace a named file whole, after all that was put: readers see the old bytes or the new ones."""

    def announce(self, path: str, content: bytes) -> None:
        """Replace a named file that tells how its writer is, whoever wrote it last."""

    def remove(self, path: str) -> None:
        """A named file that may not be there."""

    def settle(self) -> None:
        """All files put so far stay when this returns."""

    def history(self) -> list[int]:
        """The sizes of the checkpoints that stay readable, in order."""

    def clear_partials(self, size: int) -> int:
        """Remove some of the partial tiles in whose place a tree of `size` entries has full ones; return in how many places."""

    def widths(self, whole: str) -> set[int]:
        """The widths of the partial tiles or bundles beside the full one of this path."""

    def files(self, folder: str) -> list[str]:
        """The paths of all files in a folder, in order."""

    def other_files(self) -> list[str]:
        """The paths of all files but the tiles of this log."""

    def origins(self) -> list[int]:
        """The numbers of the logs that were set aside, in order."""

    def former(self, number: int) -> "Tiles":
        """The files of such a log, which may not exist."""

    def set_aside(self, names: Iterable[str], number: int) -> None:
        """Move these files and folders to where `former` finds them; what is there already stays."""


def published_tiles(settings: Settings) -> Tiles:
    """Return the published files, the only thing that writer and web share."""
    if not settings.tiles.startswith(SCHEME):
        return TileFolder(tiles_of(settings))
    from zi_audit.files.tile_bucket import TileBucket

    return TileBucket.at(BucketAddress.parse(settings.tiles))
