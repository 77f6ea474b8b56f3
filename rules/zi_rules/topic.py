"""Topics that a question to the office may have."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.listed import Listed, refuse_poor_list
from zi_rules.version import Editions

TOPICS = "topics"


class Topics(Configured):
    topics: tuple[Listed, ...] = Field(alias="topic")

    @model_validator(mode="after")
    def _is_a_list(self) -> Self:
        refuse_poor_list(self.topics)
        return self


def load_topics(office_folder: Path | None = None) -> Editions[Topics]:
    """Raises UnusableConfigurationError."""
    return Editions(Topics, TOPICS, [read_file(TOPICS, "topics.toml", office_folder)])
