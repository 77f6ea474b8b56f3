"""The clock of the office that this process works for: days, months and hours are told by it. A process serves one office."""

from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from zi_rules.office import load_office


class ProcessClock:
    """Until a process names its office it is that of the demo's."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return load_office().data.timezone

    def follow(self, zone: ZoneInfo) -> None:
        self.zone = zone


clock_of_the_office = ProcessClock()


def office_zone() -> ZoneInfo:
    return clock_of_the_office.zone


def zone_name(at: datetime) -> str:
    """Return the short name of the zone, such as WIB, WITA or WIT."""
    return at.astimezone(office_zone()).strftime("%Z")
