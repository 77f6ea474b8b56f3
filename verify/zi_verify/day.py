"""A day as the command line takes it: the office's own."""

import argparse
from datetime import date, datetime, time, timedelta, timezone

# Waktu Indonesia Tengah, in which a letter names its days.
OFFICE = timezone(timedelta(hours=8))


def parse_day(text: str) -> datetime:
    """The last moment of a day (2036-12-31). Raises ArgumentTypeError."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: YYYY-MM-DD") from error
    return datetime.combine(day, time(23, 59, 59), OFFICE)
