"""The one source of time of a process, so that a demo or a test can shift it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Aware UTC time, moved by a fixed number of seconds, and forward by as many more as the file `moved` names, if there is one.

    All processes of a demo read the same file, so that it is moved as a whole while it runs. It never goes back."""

    def __init__(self, shift: int = 0, moved: Path | None = None) -> None:
        self.shift = timedelta(seconds=shift)
        self._file = moved
        self._moved = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift + self._read()

    def _read(self) -> timedelta:
        if self._file is not None:
            with suppress(OSError, ValueError, OverflowError):
                self._moved = max(self._moved, timedelta(seconds=int(self._file.read_text())))
        return self._moved
