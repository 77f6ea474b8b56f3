"""The one source of time of a process, so that a demo or a test can shift it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time, moved by a fixed number of seconds."""

    def __init__(self, shift: int = 0) -> None:
        self.shift = timedelta(seconds=shift)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift
