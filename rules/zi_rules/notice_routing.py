"""The office's routing of notices: which message is sent to whom, over which channels, in which words, and when.

Which events and words there are is known to the service that sends; it refuses a route that names others.
"""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.period import CalendarDays, CalendarHours, WorkingDays
from zi_rules.provenance import Sourced
from zi_rules.version import Code, Editions, refuse_repeats

NOTICE_ROUTING = "notice_routing"
EventType = Annotated[str, StringConstraints(pattern=r"^zi\.[a-z]+\.[a-z_]+$")]
# With the name of a field in braces, its value chooses the template.
TemplatePattern = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_{}]*$")]
LapseClock = Literal["reply", "reaction"]
LAPSE_CLOCKS: tuple[LapseClock, ...] = get_args(LapseClock)
BeforeDeadline = Annotated[CalendarDays | CalendarHours | WorkingDays, Field(discriminator="unit")]


class FieldCondition(BaseModel):
    """A field of the message has the value, or with `absent` none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: Code
    value: str | int | bool | None = None
    absent: bool = False

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if self.absent == (self.value is not None):
            raise ValueError("give either a value or absent = true")
        return self

    def holds(self, found: object) -> bool:
        return found is None if self.absent else found == self.value


class NoticeRoute(BaseModel):
    """One notice about a message of type `event`.

    `to`: the person who filed the case; the officer who has it in hand; the superior of the officials that the message names; a supervisor
    of another line than whoever gave it; the supervisors who give the case out, or the head; the supervisors who may agree to what another
    asked for; the head where there is none of those; or everybody with `role`. `by` names whose acts it
    is sent for. `until` is the field with the date that the notice names. With `quiet_hours` it waits for the end of the office's quiet hours. With `solicited` the reader asked for it, so an address that is not confirmed gets it too.
    `binding` notices reach officials whatever they chose; without `names_case` neither the case nor anything of it is named. `letter`: where
    nothing else reaches the person, a letter is printed. `not_within_minutes` of the filing: the notice about the filing is enough.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: EventType
    to: Literal[
        "filer", "officer", "superior", "second_person", "supervisors", "agreeing", "agreeing_head", "role"
    ] = "filer"
    role: Code | None = None
    channels: Annotated[tuple[Code, ...], Field(min_length=1)]
    template: TemplatePattern
    until: Code | None = None
    when: Literal["at_once", "once_a_day"] = "at_once"
    by: Literal["anybody", "filer", "others"] = "anybody"
    only: FieldCondition | None = None
    unless: FieldCondition | None = None
    quiet_hours: bool = False
    solicited: bool = False
    binding: bool = False
    names_case: bool = True
    letter: bool = False
    not_within_minutes: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.to == "role") != (self.role is not None):
            raise ValueError(f"{self.event}: role is named where to is role, and nowhere else")
        refuse_repeats(self.channels)
        if self.to == "filer" and (self.binding or not self.names_case):
            raise ValueError(f"{self.event}: binding and names_case are for notices to officials")
        only_filer = self.letter or self.solicited or self.not_within_minutes or self.when != "at_once"
        if self.to != "filer" and only_filer:
            raise ValueError(
                f"{self.event}: letter, solicited, not_within_minutes and once_a_day are for the filer"
            )
        return self

    @property
    def is_to_filer(self) -> bool:
        return self.to == "filer"


class QuietHours(BaseModel):
    """On the office's clock, over midnight where they begin later than they end. Over the channels that are `ringing`, which wake people, citizens
    get nothing in them but the answer to what they did themselves just now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: time
    ends: time
    ringing: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _have_a_length(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("quiet hours that begin when they end would never end")
        refuse_repeats(self.ringing)
        return self

    def end_of(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet hours end in which this moment lies; None outside of them."""
        local = at.astimezone(zone)
        now = local.timetz().replace(tzinfo=None)
        if self.begins < self.ends:
            is_quiet = self.begins <= now < self.ends
        else:
            is_quiet = now >= self.begins or now < self.ends
        if not is_quiet:
            return None
        day = local.date() if now < self.ends else local.date() + timedelta(days=1)
        return datetime.combine(day, self.ends, zone)


class MorningList(BaseModel):
    """Sent on each working day at a time of the office's clock, and not after `latest` where the service was down until then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: time
    latest: time
    channels: Annotated[tuple[Code, ...], Field(min_length=1)]
    template: TemplatePattern

    @model_validator(mode="after")
    def _has_a_morning(self) -> Self:
        if self.at >= self.latest:
            raise ValueError("latest must be after at")
        return self


class DeadlineReminder(BaseModel):
    """Sent once for each deadline to whoever has the case, or while nobody has it to those who give cases out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: BeforeDeadline
    channels: Annotated[tuple[Code, ...], Field(min_length=1)]
    template: TemplatePattern
    quiet_hours: bool = True


class LapseReminder(BaseModel):
    """Sent once to the citizen of a case that closes unless they reply or react; {clock} in the template stands for which of both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: BeforeDeadline
    channels: Annotated[tuple[Code, ...], Field(min_length=1)]
    template: TemplatePattern
    quiet_hours: bool = True

    @model_validator(mode="after")
    def _names_its_clock_alone(self) -> Self:
        if "{" in self.template.replace("{clock}", ""):
            raise ValueError("the template of [lapse] may have {clock} in it, and no other field")
        return self

    @property
    def templates(self) -> tuple[str, ...]:
        return tuple(self.template_of(clock) for clock in LAPSE_CLOCKS)

    def template_of(self, clock: LapseClock) -> str:
        return self.template.replace("{clock}", clock)


class NoticeRouting(Configured, Sourced):
    model_config = ConfigDict(frozen=True, extra="forbid")

    quiet_hours: QuietHours
    morning_list: MorningList
    reminder: DeadlineReminder
    lapse: LapseReminder | None = None
    routes: Annotated[tuple[NoticeRoute, ...], Field(alias="route", min_length=1)]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        """Two notices about one message to one recipient would look like a repeat, unless conditions tell them apart."""
        refuse_repeats(
            [f"{route.event} to {route.role or route.to}: {route.template}" for route in self.routes]
        )
        bare = [
            f"{route.event} to {route.role or route.to}"
            for route in self.routes
            if route.only is None and route.unless is None
        ]
        refuse_repeats(bare)
        return self


def load_notice_routing(office_folder: Path | None = None) -> Editions[NoticeRouting]:
    """Raises UnusableConfigurationError."""
    stated = read_file(NOTICE_ROUTING, "notice_routing.toml", office_folder)
    return Editions(NoticeRouting, NOTICE_ROUTING, [stated])
