"""The two shapes in which logs publish their entries: bundles (c2sp.org/tlog-tiles) and data tiles of certificate logs
(c2sp.org/static-ct-api)."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from zi_tlog.error import LogError
from zi_tlog.static_ct import data_path, read_data_tile
from zi_tlog.tile import Bundle, MissingError, PathReader, bundle_at, read_bundle
from zi_verify.source import DeniedError, LogSource


@dataclass(frozen=True)
class TileShape:
    """`read` gives what is hashed of each entry of a bundle, from the file at `path`."""

    read: Callable[[Bundle, PathReader], list[bytes]]
    path: Callable[[Bundle], str]


BUNDLES = TileShape(read_bundle, attrgetter("path"))
DATA_TILES = TileShape(read_data_tile, data_path)


def shape_of(source: LogSource, size: int) -> TileShape:
    """The shape of a foreign log of `size` entries: bundles, unless the first one is only there as a data tile."""
    if size == 0 or _has(BUNDLES, source, size):
        return BUNDLES
    return DATA_TILES if _has(DATA_TILES, source, size) else BUNDLES


def _has(shape: TileShape, source: LogSource, size: int) -> bool:
    try:
        shape.read(bundle_at(0, size), source.read)
    except (MissingError, DeniedError):  # some stores deny what is not there
        return False
    except LogError:
        return True
    return True
