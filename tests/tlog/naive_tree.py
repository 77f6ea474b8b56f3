"""The tree word for word as RFC 6962 defines it, recursive and slow, and a store of tiles in memory; what zi_tlog is measured against."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from zi_tlog.tile import PathReader, bundle_files, tile_files
from zi_tlog.tree import Edge


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


@cache
def root(leaves: tuple[bytes, ...]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def path(index: int, leaves: tuple[bytes, ...]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*path(index, leaves[:middle]), root(leaves[middle:])]
    return [*path(index - middle, leaves[middle:]), root(leaves[:middle])]


def subproof(old: int, leaves: tuple[bytes, ...], is_known: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if is_known else [root(leaves)]
    middle = _split(len(leaves))
    if old <= middle:
        return [*subproof(old, leaves[:middle], is_known), root(leaves[middle:])]
    return [*subproof(old - middle, leaves[middle:], False), root(leaves[:middle])]


def _split(size: int) -> int:
    middle = 1
    while middle * 2 < size:
        middle *= 2
    return middle


class Stored:
    """Files by path, grown as a writer grows them; a file is never written twice with other bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.edge = Edge()

    @property
    def read(self) -> PathReader:
        return self.files.get

    def grow(self, leaves: Sequence[bytes], new_entries: Sequence[bytes] = ()) -> None:
        growth = self.edge.append(leaves)
        made = [*tile_files(growth, self.read), *bundle_files(self.edge.size, new_entries, self.read)]
        for name, data in made:
            assert self.files.setdefault(name, data) == data
        self.edge = growth.after

    def clear_partials(self) -> None:
        whole = {name for name in self.files if ".p/" not in name}
        self.files = {
            name: data
            for name, data in self.files.items()
            if name.split(".p/")[0] not in whole or name in whole
        }
