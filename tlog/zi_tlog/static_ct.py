"""Data tiles of certificate logs (c2sp.org/static-ct-api, Log entries): the entries of a log in another shape than tlog-tiles has, from which
the same leaves follow."""

from zi_tlog.error import LogError
from zi_tlog.tile import FULL, Bundle, MissingError, PathReader

_LEAF = b"\x00\x00"  # MerkleTreeLeaf: version v1, leaf type timestamped_entry (RFC 6962 section 3.4)
_X509, _PRECERT = 0, 1
_LEAF_INDEX, _INDEX_BYTES = 0, 5
_HASH = 32


class DataTileError(LogError):
    """A data tile that is not what static-ct-api says."""


def data_path(bundle: Bundle) -> str:
    """tile/data/<N>[.p/<W>], where tlog-tiles has tile/entries/<N>[.p/<W>]."""
    return bundle.path.replace("tile/entries/", "tile/data/", 1)


def read_data_tile(bundle: Bundle, read: PathReader) -> list[bytes]:
    """Read the hashed bytes of each entry, the MerkleTreeLeaf; from the full data tile where a partial one is gone. Raises DataTileError
    if an entry states another index than its own."""
    data = read(data_path(bundle))
    width = bundle.width
    if data is None:
        data = read(data_path(bundle.whole)) if bundle.width < FULL else None
        width = FULL
    if data is None:
        raise MissingError(f"{data_path(bundle)} is missing.")
    return _leaves(data, bundle.index * FULL, width)[: bundle.width]


def _leaves(data: bytes, first: int, width: int) -> list[bytes]:
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        entry, at = _entry(data, at, first + len(leaves))
        leaves.append(_LEAF + entry)
    if len(leaves) != width:
        raise DataTileError(f"A data tile holds {len(leaves)} entries instead of {width}.")
    return leaves


def _entry(data: bytes, start: int, index: int) -> tuple[bytes, int]:
    """The TimestampedEntry that begins at `start`, and where the next TileLeaf begins."""
    kind = int.from_bytes(_cut(data, start + 8, 2), "big")
    if kind not in (_X509, _PRECERT):
        raise DataTileError(f"Entry {index} is of no kind that a certificate log has.")
    at = start + 10 + (_HASH if kind == _PRECERT else 0)
    at = _behind(data, at, 3)
    end = _behind(data, at, 2)
    if _leaf_index(data[at + 2 : end]) not in (None, index):
        raise DataTileError(f"Entry {index} says that it is another one.")
    after = _behind(data, end, 3) if kind == _PRECERT else end
    return data[start:end], _behind(data, after, 2)


def _leaf_index(extensions: bytes) -> int | None:
    at = 0
    while at < len(extensions):
        end = _behind(extensions, at + 1, 2)
        if extensions[at] == _LEAF_INDEX and end - at == 3 + _INDEX_BYTES:
            return int.from_bytes(extensions[end - _INDEX_BYTES : end], "big")
        at = end
    return None


def _behind(data: bytes, at: int, length_bytes: int) -> int:
    """Find the end of the vector that begins at `at` with its length."""
    end = at + length_bytes + int.from_bytes(_cut(data, at, length_bytes), "big")
    if end > len(data):
        raise DataTileError("A data tile is cut off.")
    return end


def _cut(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise DataTileError("A data tile is cut off.")
    return data[at : at + length]
