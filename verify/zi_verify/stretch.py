"""A stretch of a log: the tiles and bundles of a few thousand entries, read and hashed at once, and its summary for the chains."""

from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.tile import FULL, bundle_at, read_tile, tile_at
from zi_tlog.tree import leaf_hashes, tile_root
from zi_verify.birth import Births
from zi_verify.shape import TileShape
from zi_verify.source import DeniedError, LogSource
from zi_verify.summary import Summary, summarised


@dataclass(frozen=True)
class Stretch:
    """Of each tile of level 0 its root, or its leaves where those were wanted or the tile is partial; the stored leaves are those of the
    entries. No summary: the chains must be followed entry by entry."""

    tiles: tuple[bytes, ...]
    summary: Summary | None


@dataclass(frozen=True)
class StretchJob:
    """The job of reading stretches of a log of `size` entries; `wanted` are the tiles whose leaves are needed. It can be sent to another
    process, which opens the source again."""

    source: LogSource
    size: int
    shape: TileShape
    wanted: frozenset[int]
    are_messages: bool
    births: Births | None

    def read(self, numbers: range) -> Stretch | None:
        """The stretch of these tiles of level 0; None if anything is wrong with it, which is for the reader of single tiles to name."""
        tiles: list[bytes] = []
        entries: list[bytes] = []
        try:
            for number in numbers:
                tile, bundle = tile_at(0, number, self.size), bundle_at(number, self.size)
                stored, inside = read_tile(tile, self.source.read), self.shape.read(bundle, self.source.read)
                if leaf_hashes(inside) != stored:
                    return None
                is_root_enough = tile.width == FULL and number not in self.wanted
                tiles.append(tile_root(stored) if is_root_enough else stored)
                entries += inside if self.are_messages else ()
        except (LogError, DeniedError):
            return None
        summary = summarised(numbers.start * FULL, entries, self.births) if self.are_messages else None
        return Stretch(tuple(tiles), summary)
