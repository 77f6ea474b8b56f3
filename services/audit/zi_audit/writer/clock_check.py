"""Refuse a clock that is before the last signature, until it has run evenly for a while: then somebody put a wrong clock right.

Nothing that is signed carries this clock's time: trees are dated by their witnesses and by who reads them. So a clock that goes back is a
sign that something is wrong with the machine, and no danger to the log; a stop shows it, and must not last as long as the clock was ahead.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from zi_audit.files.halt import HaltError, Reason
from zi_chassis.clock import Clock

BACKWARDS = timedelta(seconds=5)
EVEN = timedelta(minutes=5)


class ClockCheck:
    """Lives as long as the process, over every opening of the log; `uptime` are seconds that nobody can set."""

    def __init__(self, clock: Clock, uptime: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uptime = uptime
        self._since: tuple[datetime, float] | None = (
            None  # clock and uptime at the first refusal of a clock that runs evenly
        )

    def refuse_backwards(self, signed_at: datetime) -> None:
        """Raises HaltError."""
        now, uptime = self._clock.now(), self._uptime()
        if now >= signed_at - BACKWARDS:
            self._since = None
            return
        if self._since is None or not self._is_even(self._since, now, uptime):
            self._since = (now, uptime)
        even = timedelta(seconds=uptime - self._since[1])
        if even < EVEN:
            raise HaltError(
                Reason.CLOCK_BACKWARDS,
                f"The clock is before {signed_at:%Y-%m-%d %H:%M:%S} UTC, when the last checkpoint was signed. If it is wrong now, set it"
                f" right. If it was wrong then, do nothing: the log goes on by itself when this clock has run evenly for"
                f" {EVEN.seconds // 60} minutes.",
            )

    @staticmethod
    def _is_even(since: tuple[datetime, float], now: datetime, uptime: float) -> bool:
        return abs((now - since[0]) - timedelta(seconds=uptime - since[1])) <= BACKWARDS
