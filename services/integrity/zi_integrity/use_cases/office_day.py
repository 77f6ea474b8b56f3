"""The days of the office's calendar."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class OfficeDays:
    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self._timezone)

    def day(self, at: datetime) -> date:
        return at.astimezone(self._timezone).date()

    def begin(self, day: date) -> datetime:
        """Return the moment at which a day begins."""
        return datetime.combine(day, time(), self._timezone).astimezone(UTC)
