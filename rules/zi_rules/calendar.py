"""The office's working calendar: when it is open, and how a period runs over it; every answer is an aware UTC time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from pathlib import Path
from typing import Annotated, Literal, Self, assert_never
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from zi_rules.configuration import Configuration, Configured, UnusableConfigurationError
from zi_rules.data_files import read_file
from zi_rules.holidays import HOLIDAYS, Holidays, current_holidays, national_holidays
from zi_rules.office import OfficeEdition, load_office
from zi_rules.period import CalendarDays, CalendarHours, Period, WorkingDays, WorkingHours
from zi_rules.provenance import SourceStatus
from zi_rules.version import ContentLookup, Editions, Pinned, no_content

CALENDAR = "calendar"

_DAY = timedelta(days=1)


class NaiveTimeError(ValueError):
    """A time without a zone has no place on the calendar."""


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK = tuple(Weekday)


class OpeningHours(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"opening at {self.opens} must come before closing at {self.closes}")
        return self


class ClosedDate(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    on: date
    reason: str


class OpenDate(OpeningHours):
    """Opens a holiday or a weekend, or gives a working day other hours."""

    on: date
    reason: str


class Pause(BaseModel):
    """The clock stopped because the applicant owed something, and ran again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    began: AwareDatetime
    ended: AwareDatetime

    # Within one zone Python subtracts wall clocks, which a change to summer time would falsify.
    @field_validator("began", "ended")
    @classmethod
    def _in_utc(cls, moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.began > self.ended:
            raise ValueError("a pause must begin before it ends")
        return self


class WorkingCalendar(Configured):
    """The office's own opening hours, closed dates and open dates; national holidays are versioned apart."""

    timezone: ZoneInfo
    late_receipt: Literal["next_opening", "same_day"]
    source: str
    source_status: SourceStatus
    opening: Annotated[dict[Weekday, OpeningHours], Field(min_length=1)]
    closed_dates: tuple[ClosedDate, ...] = ()
    open_dates: tuple[OpenDate, ...] = ()
    _holidays: Holidays = PrivateAttr(default_factory=current_holidays)

    @property
    def holidays(self) -> Holidays:
        return self._holidays

    def observing(self, holidays: Holidays) -> Self:
        """The same with other holidays."""
        other = self.model_copy()
        other._holidays = holidays
        return other

    @model_validator(mode="after")
    def _says_one_thing_about_a_date(self) -> Self:
        dates = [closed.on for closed in self.closed_dates] + [opened.on for opened in self.open_dates]
        if len(dates) != len(set(dates)):
            raise ValueError("a date may stand only once among the closed and the open dates")
        return self

    def hours_on(self, day: date) -> OpeningHours | None:
        if any(closed.on == day for closed in self.closed_dates):
            return None
        exceptional = next((opened for opened in self.open_dates if opened.on == day), None)
        if exceptional is not None:
            return exceptional
        return None if day in self._holidays.of(day.year) else self.opening.get(_WEEK[day.weekday()])

    def is_working_day(self, day: date) -> bool:
        return self.hours_on(day) is not None

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when the office is open, closing time included."""
        start = _in_utc(moment)
        opens, _ = next(self._openings_from(start))
        return max(opens, start)

    def add(self, amount: Period, start: datetime) -> datetime:
        begin = _in_utc(start)
        match amount:
            case WorkingDays():
                return self._closing_after(self._counted_day(begin), amount.amount)
            case WorkingHours():
                return self._after_open_time(begin, timedelta(hours=amount.amount))
            case CalendarDays():
                return (begin.astimezone(self.timezone) + amount.amount * _DAY).astimezone(UTC)
            case CalendarHours():
                return begin + timedelta(hours=amount.amount)
            case _:
                assert_never(amount)

    def before(self, amount: CalendarDays | CalendarHours | WorkingDays, end: datetime) -> datetime:
        """Return the time that lies so long before the end; of working days the closing time of the last but so many."""
        finish = _in_utc(end)
        match amount:
            case WorkingDays():
                return self._closing_before(self._local_date(finish), amount.amount)
            case CalendarDays():
                return (finish.astimezone(self.timezone) - amount.amount * _DAY).astimezone(UTC)
            case CalendarHours():
                return finish - timedelta(hours=amount.amount)
            case _:
                assert_never(amount)

    def postpone(self, due: datetime, amount: Period, pause: Pause) -> datetime:
        """Move a due date of this unit by a pause; a date that was missed before the pause stays missed."""
        was_due = _in_utc(due)
        if pause.began >= was_due:
            return was_due
        match amount:
            case WorkingDays():
                return self._working_days_later(was_due, self.working_days_in(pause))
            case WorkingHours():
                return self._after_open_time(was_due, self.open_time_in(pause))
            case CalendarDays() | CalendarHours():
                return was_due + (pause.ended - pause.began)
            case _:
                assert_never(amount)

    def working_days_in(self, pause: Pause) -> int:
        """Counted as a period is: the day on which it begins doesn't count."""
        first, last = self._counted_day(pause.began), self._counted_day(pause.ended)
        return sum(self.is_working_day(first + _DAY * n) for n in range(1, (last - first).days + 1))

    def open_time_in(self, pause: Pause) -> timedelta:
        openings = takewhile(lambda opening: opening[0] < pause.ended, self._openings_from(pause.began))
        return sum(
            (min(closes, pause.ended) - max(opens, pause.began) for opens, closes in openings), timedelta()
        )

    def _counted_day(self, moment: datetime) -> date:
        counted = moment if self.late_receipt == "same_day" else self.next_opening(moment)
        return self._local_date(counted)

    def _working_days_later(self, due: datetime, working_days: int) -> datetime:
        return self._closing_after(self._local_date(due), working_days) if working_days else due

    def _closing_after(self, day: date, working_days: int) -> datetime:
        """Closing time of the nth working day after the day."""
        last, hours = next(islice(self._open_days_from(day + _DAY), working_days - 1, None))
        return self._moment(last, hours.closes)

    def _closing_before(self, day: date, working_days: int) -> datetime:
        """Closing time of the nth working day before the day."""
        while working_days:
            day -= _DAY
            working_days -= self.is_working_day(day)
        hours = self.hours_on(day)
        assert hours is not None
        return self._moment(day, hours.closes)

    def _after_open_time(self, start: datetime, remaining: timedelta) -> datetime:
        openings = self._openings_from(start)
        opens, closes = next(openings)
        reached = max(opens, start)
        while remaining > closes - reached:
            remaining -= closes - reached
            reached, closes = next(openings)
        return reached + remaining

    def _openings_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        open_days = self._open_days_from(self._local_date(moment))
        openings = (
            (self._moment(day, hours.opens), self._moment(day, hours.closes)) for day, hours in open_days
        )
        return ((opens, closes) for opens, closes in openings if closes >= moment)

    def _open_days_from(self, day: date) -> Iterator[tuple[date, OpeningHours]]:
        while True:
            hours = self.hours_on(day)
            if hours is not None:
                yield day, hours
            day += _DAY

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.timezone).astimezone(UTC)

    def _local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.timezone).date()


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise NaiveTimeError("Give the time with its zone.")
    return moment.astimezone(UTC)


class Calendars:
    """The calendar of today, and those over which the times of older cases were promised."""

    def __init__(self, calendars: Editions[WorkingCalendar], holidays: Editions[Holidays]) -> None:
        self._calendars, self._holidays = calendars, holidays
        self.current = calendars[0].observing(holidays[0])

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        return (*self._calendars.configurations, *self._holidays.configurations)

    def pinned(self, calendar: Pinned | None, holidays: Pinned | None) -> WorkingCalendar:
        """Today's for what was promised before calendars were pinned. Raises NoVersionError."""
        if calendar is None or holidays is None:
            return self.current
        return self._calendars.pinned(calendar).observing(self._holidays.pinned(holidays))


def load_calendars(office_folder: Path | None = None, content_of: ContentLookup = no_content) -> Calendars:
    stated = read_file(CALENDAR, "calendar.toml", office_folder)
    calendars = Editions(WorkingCalendar, CALENDAR, [stated], content_of)
    _refuse_two_clocks(calendars[0], stated, load_office(office_folder))
    return Calendars(
        calendars,
        Editions(Holidays, HOLIDAYS, [national_holidays()], content_of),
    )


def _refuse_two_clocks(calendar: WorkingCalendar, stated: Configuration, office: OfficeEdition) -> None:
    """Raises UnusableConfigurationError."""
    if calendar.timezone.key != office.data.timezone.key:
        raise UnusableConfigurationError(
            f"{stated.origin} can't be used. timezone: it is {calendar.timezone.key}, and in {office.configuration.origin} it is"
            f" {office.data.timezone.key}: one office has one clock."
        )


def load_calendar(office_folder: Path | None = None) -> WorkingCalendar:
    return load_calendars(office_folder).current
