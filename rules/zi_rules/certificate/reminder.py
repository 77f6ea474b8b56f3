"""Reminders before a deadline of the applicant passes: before which, and how long before. They are the office's own service, not law."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from zi_rules.calendar import WorkingCalendar
from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.period import CalendarDays, CalendarHours, WorkingDays
from zi_rules.provenance import Sourced
from zi_rules.version import ContentLookup, Editions, no_content

CERTIFICATE_REMINDERS = "certificate_reminders"

ApplicantsClock = Literal["payment", "completion"]
TimeBefore = Annotated[CalendarDays | CalendarHours | WorkingDays, Field(discriminator="unit")]


class Reminder(Sourced):
    """`payment` ends when the fee must be paid, `completion` when an application that is not complete or not resubmitted lapses."""

    clock: ApplicantsClock
    before: TimeBefore


class ReminderRules(Configured):
    """A clock that is not named here has no reminder."""

    reminders: tuple[Reminder, ...] = ()

    @model_validator(mode="after")
    def _reminds_once(self) -> Self:
        clocks = [each.clock for each in self.reminders]
        if len(clocks) != len(set(clocks)):
            raise ValueError("state one reminder for each clock: nobody is reminded twice")
        return self


def reminder_times(
    rules: ReminderRules,
    began: datetime,
    ends: Mapping[ApplicantsClock, datetime],
    calendar: WorkingCalendar,
) -> dict[ApplicantsClock, datetime]:
    """Return when to remind, by clock; a clock so short that its reminder would come with its beginning has none."""
    planned = {each.clock: calendar.before(each.before, ends[each.clock]) for each in rules.reminders}
    return {clock: at for clock, at in planned.items() if at > began}


def load_reminder_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[ReminderRules]:
    stated = read_file(CERTIFICATE_REMINDERS, "certificate_reminders.toml", office_folder)
    return Editions(ReminderRules, CERTIFICATE_REMINDERS, [stated], content_of)
