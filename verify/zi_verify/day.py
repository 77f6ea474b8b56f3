"""A day as the command line takes it: the office's own."""

import argparse
import json
from datetime import date, datetime, time, timedelta, timezone, tzinfo

# Waktu Indonesia Tengah, in which a letter names its days that does not say by which clock it does.
OFFICE = timezone(timedelta(hours=8))
DAY = 24 * 60


def parse_day(text: str) -> datetime:
    """The last moment of a day (2036-12-31). Raises ArgumentTypeError."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: YYYY-MM-DD") from error
    return datetime.combine(day, time(23, 59, 59), OFFICE)


def clock_of(content: bytes) -> tzinfo:
    """The clock of the office that issued a letter, as the content of the letter says."""
    office = json.loads(content).get("office")
    minutes = office.get("utc_minutes") if isinstance(office, dict) else None
    return timezone(timedelta(minutes=minutes)) if type(minutes) is int and abs(minutes) < DAY else OFFICE
