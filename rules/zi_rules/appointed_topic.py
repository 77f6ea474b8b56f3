"""Topics of complaints that only officials appointed for them see, with the ways around the office that people are shown first."""

from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.listed import Listed
from zi_rules.office import OfficeLine, OfficeLink, OfficePhone
from zi_rules.provenance import Sourced, SourceStatus, Text
from zi_rules.version import Editions, refuse_repeats

APPOINTED_TOPICS = "appointed_topics"


class SafeWay(Sourced):
    """A body outside of the desk that takes such a report. What is not known of it is left out; one that is not verified is not shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    about: Text
    address: OfficeLine | None = None
    phone: OfficePhone | None = None
    link: OfficeLink | None = None


class AppointedTopic(Listed):
    all_ways: tuple[SafeWay, ...] = Field((), alias="way")

    @property
    def ways(self) -> tuple[SafeWay, ...]:
        return tuple(way for way in self.all_ways if way.source_status is SourceStatus.VERIFIED)


class AppointedTopics(Configured):
    topics: tuple[AppointedTopic, ...] = Field((), alias="topic")

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        refuse_repeats([each.code for each in self.topics])
        return self


def load_appointed_topics(office_folder: Path | None = None) -> Editions[AppointedTopics]:
    """Raises UnusableConfigurationError."""
    stated = read_file(APPOINTED_TOPICS, "appointed_topics.toml", office_folder)
    return Editions(AppointedTopics, APPOINTED_TOPICS, [stated])
