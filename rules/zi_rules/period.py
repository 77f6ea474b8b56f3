"""Amounts of time as the law counts them: four units that are four types, so that they can't be mixed unseen."""

from typing import Annotated, Literal, assert_never

from pydantic import ConfigDict, Field, PositiveInt
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class WorkingDays:
    amount: PositiveInt
    unit: Literal["working_days"] = "working_days"


@dataclass(frozen=True, config=_STRICT)
class WorkingHours:
    amount: PositiveInt
    unit: Literal["working_hours"] = "working_hours"


@dataclass(frozen=True, config=_STRICT)
class CalendarDays:
    amount: PositiveInt
    unit: Literal["calendar_days"] = "calendar_days"


@dataclass(frozen=True, config=_STRICT)
class CalendarHours:
    amount: PositiveInt
    unit: Literal["calendar_hours"] = "calendar_hours"


Period = Annotated[WorkingDays | WorkingHours | CalendarDays | CalendarHours, Field(discriminator="unit")]


def period(amount: Period) -> tuple[str, str]:
    """Return the English singular and plural, with {number}."""
    match amount:
        case WorkingDays():
            return "{number} working day", "{number} working days"
        case WorkingHours():
            return "{number} working hour", "{number} working hours"
        case CalendarDays():
            return "{number} calendar day", "{number} calendar days"
        case CalendarHours():
            return "{number} hour", "{number} hours"
    assert_never(amount)
