"""Opening hours of the office, and ends of periods on its calendar."""

from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from zi_rules.calendar import (
    ClosedDate,
    NaiveTimeError,
    OpenDate,
    OpeningHours,
    Pause,
    WorkingCalendar,
    load_calendar,
    load_calendars,
)
from zi_rules.configuration import UnusableConfigurationError, name, read
from zi_rules.data_files import read_file
from zi_rules.holidays import Holidays
from zi_rules.period import CalendarDays, CalendarHours, Period, WorkingDays, WorkingHours
from zi_rules.provenance import SourceStatus

CALENDAR = load_calendar()
WITA = ZoneInfo("Asia/Makassar")


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


def with_changes(**changes: Any) -> WorkingCalendar:
    return WorkingCalendar.model_validate(CALENDAR.model_dump() | changes)


@pytest.mark.parametrize(("year", "working_days"), [(2024, 238), (2025, 237), (2026, 240)])
def test_a_year_has_the_working_days_that_the_joint_decrees_leave(year: int, working_days: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    assert sum(CALENDAR.is_working_day(day) for day in days if day.year == year) == working_days


@pytest.mark.parametrize("day", ["02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24"])
def test_cuti_bersama_of_2026_is_a_day_off(day: str) -> None:
    assert not CALENDAR.is_working_day(date.fromisoformat(f"2026-{day}"))


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-05-13T09:00", 3, "2026-05-20T16:00"),
        ("2026-05-13T09:00", 5, "2026-05-22T16:30"),
        ("2026-03-13T09:00", 5, "2026-03-27T16:30"),
        ("2026-03-13T09:00", 14, "2026-04-10T16:30"),
        ("2025-12-23T09:00", 5, "2026-01-02T16:30"),
    ],
)
def test_working_days_end_at_closing_of_the_last_one_and_skip_days_off(
    received: str, days: int, due: str
) -> None:
    assert CALENDAR.add(WorkingDays(days), wita(received)) == wita(due)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_a_day_is_the_offices_in_whatever_zone_the_moment_is_written(zone: str) -> None:
    """07:40 at the office is the evening before in UTC, and a Tuesday further west."""
    received = wita("2026-05-13T07:40").astimezone(ZoneInfo(zone))
    assert CALENDAR.add(WorkingDays(3), received) == wita("2026-05-20T16:00")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-07-06T06:00", "2026-07-07T16:00"),
        ("2026-07-06T16:00", "2026-07-07T16:00"),
        ("2026-07-06T16:00:01", "2026-07-08T16:00"),
        ("2026-07-04T10:00", "2026-07-07T16:00"),
    ],
)
def test_what_arrives_after_closing_or_on_a_day_off_counts_from_the_next_opening(
    received: str, due: str
) -> None:
    assert CALENDAR.add(WorkingDays(1), wita(received)) == wita(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-07-06T23:00", "2026-07-07T16:00"), ("2026-07-04T10:00", "2026-07-06T16:00")],
)
def test_an_office_can_count_late_receipt_from_the_same_day(received: str, due: str) -> None:
    assert with_changes(late_receipt="same_day").add(WorkingDays(1), wita(received)) == wita(due)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-07-06T09:00", 6, "2026-07-06T15:00"),
        ("2026-07-06T10:00", 6, "2026-07-06T16:00"),
        ("2026-07-06T15:00", 6, "2026-07-07T12:30"),
        ("2026-07-10T16:00", 1, "2026-07-13T08:00"),
        ("2026-07-06T16:00", 1, "2026-07-07T08:30"),
        ("2026-07-04T10:00", 20, "2026-07-08T10:30"),
    ],
)
def test_working_hours_run_only_while_the_office_is_open(start: str, hours: int, due: str) -> None:
    assert CALENDAR.add(WorkingHours(hours), wita(start)) == wita(due)


def test_calendar_periods_run_through_days_off() -> None:
    start = wita("2026-03-19T09:00")
    assert CALENDAR.add(CalendarDays(3), start) == wita("2026-03-22T09:00")
    assert CALENDAR.add(CalendarHours(72), start) == wita("2026-03-22T09:00")


def test_calendar_days_keep_the_local_hour_where_clocks_change() -> None:
    berlin = with_changes(timezone="Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.add(CalendarDays(1), start) - start.astimezone(UTC) == timedelta(hours=23)
    assert berlin.add(CalendarHours(24), start) - start.astimezone(UTC) == timedelta(hours=24)


def test_answers_are_in_utc() -> None:
    for period in (WorkingDays(1), WorkingHours(1), CalendarDays(1), CalendarHours(1)):
        assert CALENDAR.add(period, wita("2026-07-06T09:00")).tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-07-06T09:00", "2026-07-06T09:00"),
        ("2026-07-06T16:00", "2026-07-06T16:00"),
        ("2026-07-06T06:00", "2026-07-06T07:30"),
        ("2026-07-10T17:00", "2026-07-13T07:30"),
    ],
)
def test_the_next_opening_is_now_while_the_office_is_open(moment: str, opening: str) -> None:
    assert CALENDAR.next_opening(wita(moment)) == wita(opening)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = wita("2026-07-06T09:00").replace(tzinfo=None)
    with pytest.raises(NaiveTimeError, match=r"^Give the time with its zone\.$"):
        CALENDAR.add(WorkingDays(1), naive)


def test_an_office_can_close_a_working_day() -> None:
    closed = with_changes(closed_dates=(ClosedDate(on=date(2026, 7, 7), reason="upacara daerah"),))
    assert closed.add(WorkingDays(1), wita("2026-07-06T09:00")) == wita("2026-07-08T16:00")


def test_an_office_can_open_a_day_off_with_hours_of_its_own() -> None:
    saturday = OpenDate(on=date(2026, 7, 11), opens=time(8), closes=time(12), reason="layanan akhir pekan")
    opened = with_changes(open_dates=(saturday,))
    assert opened.add(WorkingDays(1), wita("2026-07-10T09:00")) == wita("2026-07-11T12:00")


def test_a_date_is_not_both_closed_and_open() -> None:
    day = date(2026, 7, 11)
    with pytest.raises(ValidationError, match="only once"):
        with_changes(
            closed_dates=(ClosedDate(on=day, reason="a"),),
            open_dates=(OpenDate(on=day, opens=time(8), closes=time(9), reason="b"),),
        )


def test_an_office_without_opening_hours_is_refused() -> None:
    with pytest.raises(ValidationError):
        with_changes(opening={})


def test_an_office_opens_before_it_closes() -> None:
    with pytest.raises(ValidationError, match="must come before"):
        OpeningHours(opens=time(8), closes=time(8))


def test_a_pause_begins_before_it_ends() -> None:
    with pytest.raises(ValidationError, match="must begin before"):
        Pause(began=wita("2026-07-07T09:00"), ended=wita("2026-07-06T09:00"))


@pytest.mark.parametrize(
    ("period", "began", "ended", "before", "after"),
    [
        (WorkingDays(5), "2026-07-06T10:00", "2026-07-08T09:00", "2026-07-10T16:30", "2026-07-14T16:00"),
        (WorkingDays(5), "2026-07-06T10:00", "2026-07-06T15:00", "2026-07-10T16:30", "2026-07-10T16:30"),
        (WorkingDays(5), "2026-07-10T10:00", "2026-07-12T15:00", "2026-07-10T16:30", "2026-07-13T16:00"),
        (WorkingHours(6), "2026-07-06T15:00", "2026-07-07T08:30", "2026-07-06T15:30", "2026-07-07T09:00"),
        (WorkingHours(6), "2026-07-06T17:00", "2026-07-06T18:00", "2026-07-07T09:00", "2026-07-07T09:00"),
        (CalendarDays(7), "2026-07-06T10:00", "2026-07-08T09:00", "2026-07-10T16:00", "2026-07-12T15:00"),
        (CalendarHours(72), "2026-07-06T10:00", "2026-07-06T12:00", "2026-07-08T10:00", "2026-07-08T12:00"),
    ],
)
def test_a_pause_moves_the_due_date_by_the_time_that_did_not_count(
    period: Period, began: str, ended: str, before: str, after: str
) -> None:
    pause = Pause(began=wita(began), ended=wita(ended))
    assert CALENDAR.postpone(wita(before), period, pause) == wita(after)


def test_a_pause_after_the_due_date_does_not_heal_a_missed_one() -> None:
    due = wita("2026-07-10T16:30")
    pause = Pause(began=due, ended=wita("2026-07-20T09:00"))
    assert CALENDAR.postpone(due, WorkingDays(5), pause) == due


def test_an_office_folder_replaces_the_shipped_calendar(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        'timezone = "Asia/Makassar"\nlate_receipt = "same_day"\nsource = "Keputusan contoh"\nsource_status = "verified"\n'
        "[opening]\nsunday = { opens = 08:00:00, closes = 12:00:00 }\n"
    )
    calendar = load_calendar(tmp_path)
    assert calendar.is_working_day(date(2026, 7, 5))
    assert not calendar.is_working_day(date(2026, 7, 6))


def test_an_office_folder_without_a_calendar_keeps_the_shipped_one(tmp_path: Path) -> None:
    assert load_calendar(tmp_path) == CALENDAR


def test_the_shipped_opening_hours_are_not_shown_as_law() -> None:
    assert CALENDAR.source_status is SourceStatus.UNVERIFIED


def test_a_case_keeps_the_calendar_and_the_holidays_of_its_day(tmp_path: Path) -> None:
    """A day that the office closes later moves no promise that was made before."""
    before = load_calendars().current
    older = name("holidays", {"source": "x", "source_status": "unverified", "years": {"2026": []}}, "x", "y")
    contents = {
        ("calendar", "calendar", 1): read_file("calendar", "calendar.toml", None).content,
        ("holidays", "y", 1): older.content,
    }
    shipped = (files("zi_rules") / "data/demo/office/calendar.toml").read_text("utf-8")
    closing = 'closed_dates = [{ on = 2026-07-07, reason = "Rapat" }]'
    changed = shipped.replace("version = 1", "version = 2").replace("closed_dates = []", closing)
    (tmp_path / "calendar.toml").write_text(changed, "utf-8")
    calendars = load_calendars(tmp_path, lambda *named: contents.get(named))
    tuesday, received = date(2026, 7, 7), wita("2026-07-06T09:00")
    assert not calendars.current.is_working_day(tuesday)
    pinned = calendars.pinned(before, before.holidays)
    assert pinned.is_working_day(tuesday)
    assert pinned.add(WorkingDays(1), received) == before.add(WorkingDays(1), received)
    assert calendars.pinned(before, read(Holidays, older)).is_working_day(date(2026, 8, 17))


def test_what_was_promised_before_calendars_were_pinned_runs_over_today_s() -> None:
    calendars = load_calendars()
    assert calendars.pinned(None, None) is calendars.current
    assert [each.kind for each in calendars.configurations] == ["calendar", "holidays"]


def test_an_office_can_not_state_national_holidays_in_its_calendar(tmp_path: Path) -> None:
    shipped = (files("zi_rules") / "data/demo/office/calendar.toml").read_text("utf-8")
    (tmp_path / "calendar.toml").write_text(f"{shipped}\n[holidays]\nyears = {{}}\n", "utf-8")
    with pytest.raises(UnusableConfigurationError, match=r"calendar\.toml can't be used\. holidays: "):
        load_calendars(tmp_path)
