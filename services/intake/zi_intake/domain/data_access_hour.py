"""The hour in which one person may see the same items of a case again without another event. Pure.

It belongs to a person, a role and a purpose together, and begins with the opening that was recorded first; items opened later in
it join it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class DataReader:
    """A person or a service, in one role and for one purpose."""

    official: str
    role: str
    purpose: str


@dataclass(frozen=True)
class AccessHour:
    """The items that may be seen again from `since` on; `opening` is the version of the event that began it."""

    opening: int
    since: datetime
    items: frozenset[UUID] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Return whether the time is in the hour; a time before it began is not, so a clock that was set back costs an event."""
        return self.since <= at < self.since + HOUR

    def joined_by(self, items: Iterable[UUID]) -> "AccessHour":
        return AccessHour(self.opening, self.since, self.items.union(items))
