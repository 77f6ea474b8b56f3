"""The progress bar of a replay on a terminal: share, entries, and speed; nothing is written if the output is no terminal."""

import time
from collections.abc import Callable
from typing import TextIO

_CELLS = 30
_PAUSE_SECONDS = 0.1


class ProgressBar:
    """A line that is drawn again at most ten times a second, and once at the end."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._is_seen = out.isatty()
        self._began = self._drawn = clock()

    def __call__(self, size: int, total: int) -> None:
        if not self._is_seen:
            return
        now = self._clock()
        if size == total or now - self._drawn >= _PAUSE_SECONDS:
            self._drawn = now
            self._draw(size, total, now - self._began)

    def _draw(self, size: int, total: int, seconds: float) -> None:
        done = _CELLS * size // total
        pace = int(size / seconds) if seconds > 0 else size
        line = f"[{'#' * done}{'.' * (_CELLS - done)}] {100 * size // total:3d}%  {size} / {total}  {pace}/s"
        self._out.write(f"\r{line}\x1b[K" + ("\n" if size == total else ""))
        self._out.flush()
