"""Notes on the lane of an entry that does not name it, because it is no message or names another sender: the writer puts them beside
the tiles, one file a bundle, for everybody who has only the published files."""

from collections.abc import Iterator, Mapping

from zi_tlog.error import LogError
from zi_tlog.tile import FULL

LANES = "lanes"


def path_of(bundle: int) -> str:
    return f"{LANES}/{bundle}"


def files(lanes: Mapping[int, str]) -> Iterator[tuple[str, bytes]]:
    """`lanes` by entry, whole bundles of them; each line of a file is an entry and its lane."""
    for bundle in dict.fromkeys(index // FULL for index in sorted(lanes)):
        lines = [f"{index} {lane}\n" for index, lane in sorted(lanes.items()) if index // FULL == bundle]
        yield path_of(bundle), "".join(lines).encode()


def read_file(bundle: int, content: bytes) -> dict[int, str]:
    """Raises LogError when this is not what the writer writes."""
    lines = [line.partition(" ") for line in content.decode("utf-8", "replace").splitlines()]
    if any(not index.isascii() or not index.isdecimal() or not lane for index, _, lane in lines):
        raise LogError(f"{path_of(bundle)} can't be read.")
    return {int(index): lane for index, _, lane in lines}
