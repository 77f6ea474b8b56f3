"""The search for a leaf hash in the tree of a signed checkpoint, by the public tiles alone. They are hashed up to the signed root, so any
copy of the tiles can be used."""

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.proof import parse_proof, verify_inclusion
from zi_tlog.tile import FULL, PathReader, TileHashes, hashes_of, read_tile, tile_at
from zi_tlog.tree import Edge, inclusion_proof, tree_root
from zi_verify.walk import Progress


class DamagedError(LogError):
    """The tiles are not those of the signed root."""


def find_leaf(leaf: bytes, head: Checkpoint, read: PathReader, progress: Progress) -> int | None:
    """The first index of the leaf, or None, which then is proven by every leaf of the tree. Raises LogError where a tile is missing or
    they do not lead to the root."""
    edge, found = Edge(), None
    for number in range(-(-head.size // FULL)):
        row = hashes_of(read_tile(tile_at(0, number, head.size), read))
        if found is None and leaf in row:
            found = number * FULL + row.index(leaf)
        edge = edge.append(row).after
        progress(edge.size, head.size)
    if edge.root != head.root:
        raise DamagedError(f"The tiles do not lead to the signed root of {head.size} entries.")
    return found


def confirm_hint(hint: bytes | None, leaf: bytes, head: Checkpoint, read: PathReader) -> int | None:
    """The index in a receipt, if the leaf is there in this tree too; None proves nothing about the leaf."""
    try:
        index = parse_proof(hint or b"").index
        hashes = TileHashes(head.size, read)
        verify_inclusion(index, head.size, leaf, inclusion_proof(index, head.size, hashes), head.root)
    except LogError:
        return None
    return index


def is_of_this_log(head: Checkpoint, read: PathReader) -> bool:
    """Tell if the tiles lead to the root of this checkpoint, by the stored hashes of its own edge."""
    try:
        return tree_root(head.size, TileHashes(head.size, read)) == head.root
    except LogError:
        return False
