"""The hours in which personal data of a case may be seen again without another event, as its events leave them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from zi_intake.domain.case.messages import AccessEvents, OpeningsCounted, PersonalDataOpened
from zi_intake.domain.data_access_hour import AccessHour, DataReader


@dataclass(frozen=True)
class AccessHours:
    """`counted` are the ids of the events whose hours are over and were counted."""

    hours: Mapping[DataReader, AccessHour] = field(default_factory=dict)
    counted: frozenset[UUID] = frozenset()

    def hour(self, reader: DataReader, at: datetime) -> AccessHour | None:
        """Return the hour of the reader at that time, None outside of one."""
        hour = self.hours.get(reader)
        return hour if hour is not None and hour.is_open(at) else None

    def after(self, event: AccessEvents, version: int) -> "AccessHours":
        """Return the hours after the event, which is of this version of the case."""
        match event:
            case PersonalDataOpened():
                return self._after_opening(event, version)
            case OpeningsCounted():
                return self._after_count(event)
        assert_never(event)

    def _after_opening(self, event: PersonalDataOpened, version: int) -> "AccessHours":
        if event.since is None:
            return self
        reader = DataReader(event.by.actor, event.by.role, event.purpose)
        hour = self.hours.get(reader)
        if hour is None or hour.since != event.since:
            hour = AccessHour(version, event.since)
        return replace(self, hours={**self.hours, reader: hour.joined_by(event.items)})

    def _after_count(self, event: OpeningsCounted) -> "AccessHours":
        """Remove the hour: after its count the next access is an event."""
        reader = DataReader(event.official, event.role, event.purpose)
        hours = {
            each: hour for each, hour in self.hours.items() if (each, hour.since) != (reader, event.since)
        }
        return AccessHours(hours, self.counted | {event.opening})
