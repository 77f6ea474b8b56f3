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
        self._is_probing = False

    def state(self, now: datetime) -> BreakerState:
        if self._rests_until is None:
            return "closed"
        return "open" if now < self._rests_until else "half_open"

    def is_free(self, now: datetime) -> bool:
        """Tell if an attempt may begin; after a rest only one at a time."""
        state = self.state(now)
        return state == "closed" or (state == "half_open" and not self._is_probing)

    @property
    def rests_until(self) -> datetime | None:
        return self._rests_until

    def begin(self, now: datetime) -> None:
        self._is_probing = self.state(now) == "half_open"

    def succeed(self) -> None:
        """The provider answered as one that works, whatever it said about the message."""
        self._faults, self._rests_until, self._is_probing = 0, None, False

    def fail(self, now: datetime) -> None:
        self._faults += 1
        was_probing, self._is_probing = self._is_probing, False
        if was_probing or self._faults >= self._rules.faults:
            self._rests_until = now + self._rules.rest

    def rest(self, now: datetime, wanted: timedelta) -> None:
        """Rest as long as the provider asked for, but not longer than an hour without a look."""
        self._is_probing = False
        self._rests_until = now + min(max(wanted, self._rules.rest), LONGEST_REST)

    def release(self) -> None:
        """An attempt did not begin after all."""
        self._is_probing = False
