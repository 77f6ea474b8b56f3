"""The days of the office's calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


class OfficeDays:
    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone

    def day(self, at: datetime) -> date:
        return at.astimezone(self._timezone).date()
