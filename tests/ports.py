"""Ports of a test's own, below those that the kernel hands out: a program that is started later finds its port still free, because no other
process of tests on this machine is given it meanwhile."""

import socket
from collections.abc import Iterator
from itertools import cycle
from random import SystemRandom

RANGE = 20
RANGES = range(12_000, 31_000, RANGE)
AT_ONCE = 10  # ranges of which a process takes single ports; after them the first one's turn comes again

_keepers: list[socket.socket] = []


def free_range() -> int:
    """Return the first of twenty ports that nobody listens on; they are kept for this process until it ends."""
    for first in SystemRandom().sample(RANGES, len(RANGES)):
        if _is_kept(first):
            if not any(_is_taken(port) for port in range(first, first + RANGE)):
                return first
            _keepers.pop().close()
    raise AssertionError("there are no twenty free ports in a row")


def free_port() -> int:
    """Return a port that nobody listens on; the same one comes again only after two hundred others."""
    return next(_single)


def _free_ports() -> Iterator[int]:
    ranges = [free_range() for _ in range(AT_ONCE)]
    for port in cycle([port for first in ranges for port in range(first, first + RANGE)]):
        if not _is_taken(port):
            yield port


def _is_kept(first: int) -> bool:
    """Keep a range by its first UDP port, which one process at a time can bind and which no program of ours uses."""
    keeper = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        keeper.bind(("127.0.0.1", first))
    except OSError:
        keeper.close()
        return False
    _keepers.append(keeper)
    return True


def _is_taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


_single = _free_ports()
