"""Tiles and entry bundles (c2sp.org/tlog-tiles): their paths, which of them a growth makes, their bytes, and hashes read back out of
them; a file once written is never changed, a wider one is written beside it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from zi_tlog.error import LogError
from zi_tlog.text import HASH_BYTES
from zi_tlog.tree import TILE_HEIGHT, Growth

# A path under the log's prefix -> the stored bytes, or None when there is no such file.
PathReader = Callable[[str], bytes | None]

FULL = 1 << TILE_HEIGHT
MAX_ENTRY_BYTES = 65_535
MAX_LEVEL = 63
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class TileError(LogError):
    """A tile or a bundle that is missing or not what its path says."""


class MissingError(TileError):
    """A tile or a bundle that is not there, neither partial nor full."""


@dataclass(frozen=True)
class Tile:
    """`width` consecutive hashes of tile level `level`, from hash index * 256 on (tlog-tiles, Merkle Tree)."""

    level: int
    index: int
    width: int = FULL

    @property
    def path(self) -> str:
        """Its place under the prefix: tile/<L>/<N>[.p/<W>]; only a partial tile carries its width."""
        return f"tile/{self.level}/{_numbered(self.index, self.width)}"

    @property
    def whole(self) -> "Tile":
        """The full tile of the same place, which replaces a partial one that was cleared away (tlog-tiles, Partial Tiles)."""
        return Tile(self.level, self.index)


@dataclass(frozen=True)
class Bundle:
    """The `width` entries from entry index * 256 on (tlog-tiles, Log entries)."""

    index: int
    width: int = FULL

    @property
    def path(self) -> str:
        """Its place under the prefix: tile/entries/<N>[.p/<W>]."""
        return f"tile/entries/{_numbered(self.index, self.width)}"

    @property
    def whole(self) -> "Bundle":
        """The full bundle of the same place."""
        return Bundle(self.index)


def parse_path(path: str) -> Tile | Bundle:
    """The tile or bundle that a path names; a path that `path` would not produce is refused, so each has one address."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError("This is not the path of a tile.")
    level, number, partial = match.groups()
    index, width = int(re.sub(r"[x/]", "", number)), int(partial or FULL)
    tile = Bundle(index, width) if level == "entries" else Tile(int(level), index, width)
    if tile.path != path or (isinstance(tile, Tile) and tile.level > MAX_LEVEL):
        raise TileError("This is not the path of a tile.")
    return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile `index` of a level as a tree of `size` entries has it: full, or the partial one at the right edge."""
    width = min(FULL, (size >> TILE_HEIGHT * level) - index * FULL)
    if index < 0 or width < 1:
        raise TileError(f"A tree of {size} entries has no tile {index} on level {level}.")
    return Tile(level, index, width)


def bundle_at(index: int, size: int) -> Bundle:
    """The entry bundle `index` as a log of `size` entries has it."""
    return Bundle(index, tile_at(0, index, size).width)


def new_tiles(old: int, new: int) -> Iterator[Tile]:
    """Each tile of the tree of `new` entries that the tree of `old` entries does not have, lowest level first; the partial ones of
    sizes in between are nobody's, as no checkpoint names those sizes (tlog-tiles, Partial Tiles)."""
    level = 0
    while old != new:
        for index in range(old // FULL, -(-new // FULL)):
            yield Tile(level, index, min(FULL, new - index * FULL))
        level, old, new = level + 1, old // FULL, new // FULL


def new_bundles(old: int, new: int) -> Iterator[Bundle]:
    """Each entry bundle of a log of `new` entries that a log of `old` entries does not have."""
    for tile in new_tiles(old, new):
        if tile.level == 0:
            yield Bundle(tile.index, tile.width)


def tile_files(growth: Growth, read: PathReader) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of exactly the tiles that this growth makes. `read` is asked only for the partial tile at the old right edge of
    a level, whose bytes become the beginning of the new one."""
    for tile in new_tiles(growth.before.size, growth.after.size):
        first = tile.index * FULL
        stored = min(max((growth.before.size >> TILE_HEIGHT * tile.level) - first, 0), tile.width)
        head = read_tile(Tile(tile.level, tile.index, stored), read) if stored else b""
        made = (growth.hashes[tile.level, first + place] for place in range(stored, tile.width))
        yield tile.path, head + b"".join(made)


def bundle_files(old: int, entries: Sequence[bytes], read: PathReader) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of exactly the bundles that appending `entries` to a log of `old` entries makes; `read` is asked only for the
    partial bundle at the old right edge."""
    for bundle in new_bundles(old, old + len(entries)):
        first = bundle.index * FULL
        stored = max(old - first, 0)
        head = encode_bundle(read_bundle(Bundle(bundle.index, stored), read)) if stored else b""
        yield bundle.path, head + encode_bundle(entries[first + stored - old : first + bundle.width - old])


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Each entry after its length as a big-endian uint16 (tlog-tiles, Log entries); a longer entry can't be logged."""
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise TileError(f"An entry is longer than {MAX_ENTRY_BYTES} bytes and can't be logged.")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Exactly `width` entries and not a byte more; inverse of encode_bundle (tlog-tiles, Log entries)."""
    entries: list[bytes] = []
    at, size = 0, len(data)
    while at + 1 < size:
        start = at + 2
        at = start + (data[at] << 8 | data[at + 1])
        entries.append(data[start:at])
    if at != size:
        raise TileError("An entry bundle is cut off.")
    if len(entries) != width:
        raise TileError(f"An entry bundle holds {len(entries)} entries instead of {width}.")
    return entries


def read_tile(tile: Tile, read: PathReader) -> bytes:
    """The tile's width * 32 bytes; where a partial tile is gone, the beginning of the full one is the same (tlog-tiles, Partial Tiles)."""
    data = read(tile.path)
    if data is not None:
        return _sized(data, tile)
    data = read(tile.whole.path) if tile.width < FULL else None
    if data is None:
        raise MissingError(f"{tile.path} is missing.")
    return _sized(data, tile.whole)[: tile.width * HASH_BYTES]


def read_bundle(bundle: Bundle, read: PathReader) -> list[bytes]:
    """The bundle's entries, from the full bundle where a partial one is gone."""
    data = read(bundle.path)
    if data is not None:
        return decode_bundle(data, bundle.width)
    data = read(bundle.whole.path) if bundle.width < FULL else None
    if data is None:
        raise MissingError(f"{bundle.path} is missing.")
    return decode_bundle(data, FULL)[: bundle.width]


class TileHashes:
    """A HashReader over the stored tiles of a tree of `size` entries, for tree_root, inclusion_proof, consistency_proof and Edge.read.
    It keeps the tiles it read: make one for each question, not one for the life of a server."""

    def __init__(self, size: int, read: PathReader) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """MTH of the complete subtree (level, index), hashed up from the tile that spans it (tlog-tiles, Merkle Tree)."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        first = index << height
        if first + (1 << height) > self._size >> TILE_HEIGHT * tile_level:
            raise TileError(
                f"A tree of {self._size} entries has no complete subtree {index} on level {level}."
            )
        stored = self._tile(tile_level, first // FULL)
        place = first % FULL * HASH_BYTES
        return fold(stored[place : place + (HASH_BYTES << height)])

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            self._tiles[level, index] = read_tile(tile_at(level, index, self._size), self._read)
        return self._tiles[level, index]


def hashes_of(tile: bytes) -> list[bytes]:
    """The hashes of a tile, in order."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def fold(hashes: bytes) -> bytes:
    """MTH of the complete subtree whose hashes of one level lie side by side (RFC 6962 section 2.1); in whole levels, because a proof
    folds up to 255 pairs a tile."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs])
    return hashes


def _sized(data: bytes, tile: Tile) -> bytes:
    if len(data) != tile.width * HASH_BYTES:
        raise TileError(f"{tile.path} has {len(data)} bytes instead of {tile.width * HASH_BYTES}.")
    return data


def _numbered(index: int, width: int) -> str:
    # tlog-tiles: groups of three digits, all but the last marked with x, so that no file is where a folder must be.
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return number if width == FULL else f"{number}.p/{width}"
