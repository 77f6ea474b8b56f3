"""The rest of a provider after faults: in a row of them nothing more is tried for a while, then one attempt shows whether it is back.

It lives in memory: a new process tries once more and finds out.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from zi_rules.message_channels import BreakerRules

BreakerState: TypeAlias = Literal["closed", "half_open", "open"]
LONGEST_REST = timedelta(hours=1)


class CircuitBreaker:
    def __init__(self, rules: BreakerRules) -> None:
        self._rules = rules
        self._faults = 0
        self._rests_until: datetime | None = None
        self._begun = 0
        self._probe: int | None = None

    def state(self, now: datetime) -> BreakerState:
        if self._rests_until is None:
            return "closed"
        return "open" if now < self._rests_until else "half_open"

    def is_free(self, now: datetime) -> bool:
        """Tell if an attempt may begin; after a rest only one at a time."""
        state = self.state(now)
        return state == "closed" or (state == "half_open" and self._probe is None)

    @property
    def rests_until(self) -> datetime | None:
        return self._rests_until

    def begin(self, now: datetime) -> int:
        """Return the number of the attempt, with which it ends. After a rest it is the probe."""
        self._begun += 1
        if self.state(now) == "half_open":
            self._probe = self._begun
        return self._begun

    def succeed(self, attempt: int) -> None:
        """The provider answered as one that works, whatever it said about the message. A rest is ended by its probe alone."""
        if self._settles(attempt):
            self._faults, self._rests_until = 0, None

    def fail(self, attempt: int, now: datetime) -> None:
        """Count a fault; that of an attempt from before the rest says nothing new."""
        is_probe = attempt == self._probe
        if self._settles(attempt):
            self._faults += 1
            if is_probe or self._faults >= self._rules.faults:
                self._rest_until(now + self._rules.rest)

    def rest(self, attempt: int, now: datetime, wanted: timedelta) -> None:
        """Rest as long as the provider asked for, whichever attempt it answered, but not longer than an hour without a look."""
        self.release(attempt)
        self._rest_until(now + min(max(wanted, self._rules.rest), LONGEST_REST))

    def release(self, attempt: int) -> None:
        """An attempt has ended, or did not begin after all."""
        if attempt == self._probe:
            self._probe = None

    def _rest_until(self, end: datetime) -> None:
        """Begin a rest, or make it longer: the answers to attempts that were under way together may each name another end."""
        self._rests_until = max(end, self._rests_until or end)

    def _settles(self, attempt: int) -> bool:
        """End the attempt; tell if its result counts: any one's while there is no rest, and else the probe's."""
        counts = self._rests_until is None or attempt == self._probe
        self.release(attempt)
        return counts
