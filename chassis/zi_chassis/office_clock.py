"""The clock of the office that this process works for: days, months and hours are told by it. A process serves one office."""

from datetime import datetime
from zoneinfo import ZoneInfo

from zi_rules.office import load_office


class ProcessClock:
    """Until a process names its office it is that of the demo's."""

    def __init__(self) -> None:
        self._zone: ZoneInfo | None = None

    def follow(self, zone: ZoneInfo) -> None:
        self._zone = zone

    @property
    def zone(self) -> ZoneInfo:
        if self._zone is None:
            self._zone = load_office().data.timezone
        return self._zone


clock_of_the_office = ProcessClock()


def office_zone() -> ZoneInfo:
    return clock_of_the_office.zone


def zone_name(at: datetime) -> str:
    """Return the short name of the zone, such as WIB, WITA or WIT."""
    return at.astimezone(office_zone()).strftime("%Z")
