"""The partial tiles of the last few minutes, for readers whose software never asks for the full tile; older ones go once the full tile is
there. Until then each stays, because a checkpoint that was published names it (tlog-tiles, Partial Tiles)."""

from collections import deque
from datetime import datetime, timedelta

from zi_audit.files.tiles import Tiles
from zi_chassis.clock import Clock

KEPT_FOR = timedelta(minutes=10)


class PartialTiles:
    """Remembers how large the log was over these minutes; a new process begins with what it finds, so it removes nothing too early."""

    def __init__(self, tiles: Tiles, clock: Clock) -> None:
        self._tiles = tiles
        self._clock = clock
        self._sizes: deque[tuple[datetime, int]] = deque()
        self._replaced = 0

    def clear(self, size: int) -> int:
        """Remove what full tiles replaced these minutes ago in a log that has `size` entries now; returns how many folders went."""
        now = self._clock.now()
        if not self._sizes or self._sizes[-1][1] != size:
            self._sizes.append((now, size))
        while self._sizes and self._sizes[0][0] <= now - KEPT_FOR:
            _, self._replaced = self._sizes.popleft()
        return self._tiles.clear_partials(self._replaced)
