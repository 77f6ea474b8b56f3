"""The time for which another server asks not to be called (RFC 9110, 10.2.3: seconds or a date)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=1)


def wait_of(text: str) -> timedelta:
    """Return the wait of a field Retry-After; none for what can't be read, and a day at most."""
    wanted = text.strip()
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) < 8
    wait = timedelta(seconds=int(wanted)) if is_number else _until(wanted)
    return max(timedelta(), min(wait, LONGEST_WAIT))


def _until(date: str) -> timedelta:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return timedelta()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
