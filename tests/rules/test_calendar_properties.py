"""Properties of all starts, amounts and pauses."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zi_rules.calendar import Pause, WorkingCalendar, load_calendar
from zi_rules.period import CalendarDays, CalendarHours, Period, WorkingDays, WorkingHours

SHIPPED = load_calendar()
calendars = st.sampled_from([SHIPPED, SHIPPED.model_copy(update={"late_receipt": "same_day"})])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
units = st.sampled_from([WorkingDays, WorkingHours, CalendarDays, CalendarHours])
amounts = st.integers(1, 90)
days = st.integers(1, 30)


def opening_of(moment: datetime) -> tuple[datetime, datetime]:
    local = moment.astimezone(SHIPPED.timezone)
    hours = SHIPPED.hours_on(local.date())
    assert hours is not None
    opens, closes = (
        datetime.combine(local.date(), at, SHIPPED.timezone) for at in (hours.opens, hours.closes)
    )
    return opens, closes


@given(calendars, units, amounts, amounts, moments)
def test_more_time_is_never_due_earlier(
    calendar: WorkingCalendar, unit: type[WorkingDays], first: int, other: int, start: datetime
) -> None:
    shorter, longer = sorted((first, other))
    assert calendar.add(unit(shorter), start) <= calendar.add(unit(longer), start)


@given(calendars, units, amounts, moments, moments)
def test_what_starts_later_is_never_due_earlier(
    calendar: WorkingCalendar, unit: type[WorkingDays], amount: int, first: datetime, other: datetime
) -> None:
    earlier, later = sorted((first, other))
    assert calendar.add(unit(amount), earlier) <= calendar.add(unit(amount), later)


@given(calendars, st.sampled_from([WorkingDays, WorkingHours]), amounts, moments)
def test_working_periods_end_while_the_office_is_open(
    calendar: WorkingCalendar, unit: type[WorkingDays], amount: int, start: datetime
) -> None:
    due = calendar.add(unit(amount), start)
    opens, closes = opening_of(due)
    assert max(start, opens) < due <= closes


@given(amounts, moments)
def test_working_days_end_at_closing_time(amount: int, start: datetime) -> None:
    due = SHIPPED.add(WorkingDays(amount), start)
    assert due == opening_of(due)[1]


@given(amounts, moments)
def test_exactly_the_working_hours_lie_between_start_and_due(amount: int, start: datetime) -> None:
    due = SHIPPED.add(WorkingHours(amount), start)
    assert SHIPPED.open_time_in(Pause(began=start, ended=due)) == timedelta(hours=amount)


@given(calendars, days, days, moments)
def test_a_pause_of_whole_working_days_moves_a_due_date_by_exactly_them(
    calendar: WorkingCalendar, promised: int, paused: int, received: datetime
) -> None:
    pause = Pause(began=received, ended=calendar.add(WorkingDays(paused), received))
    due = calendar.add(WorkingDays(promised), received)
    moved = calendar.postpone(due, WorkingDays(promised), pause)
    assert moved == calendar.add(WorkingDays(promised + paused), received)


@given(calendars, units, amounts, moments, moments, moments)
def test_a_pause_never_makes_anything_due_earlier(
    calendar: WorkingCalendar,
    unit: type[WorkingDays],
    amount: int,
    start: datetime,
    first: datetime,
    other: datetime,
) -> None:
    began, ended = sorted((first, other))
    due = calendar.add(unit(amount), start)
    period: Period = unit(amount)
    assert calendar.postpone(due, period, Pause(began=began, ended=ended)) >= due


@given(calendars, amounts, moments, st.lists(moments, min_size=3, max_size=3))
def test_a_pause_cut_in_two_moves_as_much_as_the_whole(
    calendar: WorkingCalendar, amount: int, start: datetime, cuts: list[datetime]
) -> None:
    first, middle, last = sorted(cuts)
    whole = calendar.working_days_in(Pause(began=first, ended=last))
    parts = [Pause(began=first, ended=middle), Pause(began=middle, ended=last)]
    assert sum(calendar.working_days_in(part) for part in parts) == whole
