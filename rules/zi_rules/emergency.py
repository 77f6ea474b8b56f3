"""The rules of the office for when somebody is ill: whom to call first, what to keep, and within which times such a case is judged and
answered. One version of a file."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.period import Period
from zi_rules.provenance import Sourced, SourceStatus, Text
from zi_rules.version import Editions

EMERGENCY = "emergency"
CalledNumber = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{2,24}$")]


class EmergencyContact(Sourced):
    name: Text
    phone: CalledNumber


class EmergencyAdvice(Sourced):
    text: Text


class EmergencyTime(Sourced):
    period: Period


class EmergencyRules(Configured):
    """`judge_within` is the time until somebody has judged what a reporter calls an emergency. Without one of the times the office has
    decided none of its own for it."""

    contacts: tuple[EmergencyContact, ...] = Field((), alias="contact")
    advice: tuple[EmergencyAdvice, ...] = ()
    judge_within: EmergencyTime | None = None
    answer_within: EmergencyTime | None = None

    @model_validator(mode="after")
    def _calls_each_once(self) -> Self:
        phones = [each.phone for each in self.contacts]
        if len(set(phones)) < len(phones):
            raise ValueError("name each telephone number once")
        return self

    @property
    def to_call(self) -> tuple[EmergencyContact, ...]:
        """Return the contacts that somebody has checked."""
        return tuple(each for each in self.contacts if each.source_status is SourceStatus.VERIFIED)


def load_emergency_rules(office_folder: Path | None = None) -> Editions[EmergencyRules]:
    """Raises UnusableConfigurationError."""
    return Editions(EmergencyRules, EMERGENCY, [read_file(EMERGENCY, "emergency.toml", office_folder)])
