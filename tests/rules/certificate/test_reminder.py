"""Reminders are counted back over the calendar of the deadline, once for each clock, and say that they are no law."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zi_rules.calendar import NaiveTimeError, load_calendar
from zi_rules.certificate.reminder import ApplicantsClock, ReminderRules, load_reminder_rules, reminder_times
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.period import CalendarDays, CalendarHours, WorkingDays

CALENDAR = load_calendar()
BEGAN = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)  # a Monday, 10.00 in Tarakan
DAY = timedelta(days=1)
ENDS: dict[ApplicantsClock, datetime] = {"payment": BEGAN + 3 * DAY, "completion": BEGAN + 30 * DAY}
OFFICE = """
version = 2
[[reminders]]
clock = "payment"
before = { amount = 2, unit = "calendar_days" }
source = "SK 1"
source_status = "verified"
"""


def test_what_is_shipped_is_day_2_of_3_and_day_25_of_30_and_no_law() -> None:
    [rules] = load_reminder_rules()
    assert reminder_times(rules, BEGAN, ENDS, CALENDAR) == {
        "payment": BEGAN + 2 * DAY,
        "completion": BEGAN + 25 * DAY,
    }
    assert {each.source_status for each in rules.reminders} == {"unverified"}


def test_the_office_states_its_own(tmp_path: Path) -> None:
    (tmp_path / "certificate_reminders.toml").write_text(OFFICE)
    [rules] = load_reminder_rules(tmp_path)
    assert reminder_times(rules, BEGAN, ENDS, CALENDAR) == {"payment": BEGAN + DAY}


def test_no_clock_has_two_reminders(tmp_path: Path) -> None:
    twice = OFFICE + OFFICE.replace("version = 2", "")
    (tmp_path / "certificate_reminders.toml").write_text(twice)
    with pytest.raises(UnusableConfigurationError, match="nobody is reminded twice"):
        load_reminder_rules(tmp_path)


def test_hours_of_opening_are_no_unit_of_a_reminder(tmp_path: Path) -> None:
    (tmp_path / "certificate_reminders.toml").write_text(OFFICE.replace("calendar_days", "working_hours"))
    with pytest.raises(UnusableConfigurationError, match=r"certificate_reminders\.toml"):
        load_reminder_rules(tmp_path)


def test_a_clock_shorter_than_its_reminder_has_none() -> None:
    [rules] = load_reminder_rules()
    short: dict[ApplicantsClock, datetime] = {"payment": BEGAN + DAY, "completion": BEGAN + 5 * DAY}
    assert reminder_times(rules, BEGAN, short, CALENDAR) == {}


def test_without_entries_nobody_is_reminded() -> None:
    assert reminder_times(ReminderRules(), BEGAN, ENDS, CALENDAR) == {}


@pytest.mark.parametrize(
    ("before", "end", "expected"),
    [
        (CalendarDays(1), BEGAN, BEGAN - DAY),
        (CalendarHours(5), BEGAN, BEGAN - timedelta(hours=5)),
        # from a Monday back to the closing time of the Friday before it
        (WorkingDays(1), BEGAN, datetime(2026, 12, 4, 8, 30, tzinfo=UTC)),
        # on a Sunday the first working day back is the Friday, the second the Thursday
        (WorkingDays(2), BEGAN - DAY, datetime(2026, 12, 3, 8, 0, tzinfo=UTC)),
    ],
)
def test_time_is_counted_back_over_the_calendar(
    before: CalendarDays | CalendarHours | WorkingDays, end: datetime, expected: datetime
) -> None:
    assert CALENDAR.before(before, end) == expected


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        CALENDAR.before(CalendarDays(1), BEGAN.replace(tzinfo=None))
