"""A log of which only some tiles are at hand, at their standard paths (c2sp.org/tlog-tiles): each hash is believed because the tile
above it names its tile, up to the signed root; one set of tiles proves any number of entries and older trees."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from zi_tlog.text import HASH_BYTES
from zi_tlog.tile import FULL, PathReader, Tile, TileError, TileHashes, fold, read_tile, tile_at
from zi_tlog.tree import TILE_HEIGHT, tree_root

CACHED_TILES = 1024  # 8 MiB


class SparseTree:
    """The tree of `size` entries with `root`, read from some of its tiles; raises TileError for whatever does not lead to the root.
    Reading in ascending order reads each tile about once, in bounded memory."""

    def __init__(self, size: int, root: bytes, read: PathReader) -> None:
        self._size = size
        self._read = read
        self._tiles: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        # The root is folded from the partial tiles of the right edge alone, so that it vouches for all of them.
        if tree_root(size, TileHashes(size, read)) != root:
            raise TileError("The tiles of the right edge do not give the root of the checkpoint.")
        self._edge = {(tile.level, tile.index): read_tile(tile, read) for tile in edge_tiles(size)}

    def leaf(self, index: int) -> bytes:
        """The leaf hash of entry `index`."""
        return self(0, index)

    def root(self, size: int) -> bytes:
        """The root that the first `size` entries had; every signed checkpoint of that size must have it."""
        return tree_root(size, self)

    def __call__(self, level: int, index: int) -> bytes:
        """MTH of the complete subtree (level, index), as a HashReader."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        first = index << height
        tile = self._tile(tile_level, first // FULL)
        place = first % FULL * HASH_BYTES
        return fold(tile[place : place + (HASH_BYTES << height)])

    def _tile(self, level: int, index: int) -> bytes:
        known = self._edge.get((level, index)) or self._tiles.get((level, index))
        if known is not None:
            return known
        tile = tile_at(level, index, self._size)
        data = read_tile(tile, self._read)
        if fold(data) != self(TILE_HEIGHT * (level + 1), index):
            raise TileError(f"{tile.path} is not in the tree of the checkpoint.")
        self._tiles[level, index] = data
        if len(self._tiles) > CACHED_TILES:
            self._tiles.popitem(last=False)
        return data


def edge_tiles(size: int) -> Iterator[Tile]:
    """The partial tiles of a tree of `size` entries, one a level at most."""
    level = 0
    while width := size >> TILE_HEIGHT * level:
        if width % FULL:
            yield tile_at(level, width // FULL, size)
        level += 1


def tiles_of(size: int, indexes: Iterable[int], older: Iterable[int] = ()) -> Iterator[Tile]:
    """Each tile that a SparseTree of `size` entries reads for the leaves of `indexes` and the roots of the `older` sizes, once, in the
    order of level and index."""
    edges: dict[int, set[int]] = {}
    for each in (size, *older):
        for tile in edge_tiles(each):
            edges.setdefault(tile.level, set()).add(tile.index)
    level, needed = 0, {index // FULL for index in indexes}
    while size >> TILE_HEIGHT * level:
        needed |= edges.get(level, set())
        tiles = [tile_at(level, index, size) for index in sorted(needed)]
        yield from tiles
        level, needed = level + 1, {tile.index // FULL for tile in tiles if tile.width == FULL}
