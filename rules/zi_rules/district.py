"""The districts that the office serves, in the order in which people are shown them."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.listed import Listed, refuse_poor_list
from zi_rules.version import Editions

DISTRICTS = "districts"
TOGETHER = "other"


class District(Listed):
    """A regency or a city."""


class Districts(Configured):
    districts: tuple[District, ...] = Field(alias="district")

    @model_validator(mode="after")
    def _is_a_list(self) -> Self:
        refuse_poor_list(self.districts)
        if any(each.code == TOGETHER for each in self.districts):
            raise ValueError(
                f"{TOGETHER} is the code of small districts together, in what the public may count"
            )
        return self


def load_districts(office_folder: Path | None = None) -> Editions[Districts]:
    """Raises UnusableConfigurationError."""
    return Editions(Districts, DISTRICTS, [read_file(DISTRICTS, "districts.toml", office_folder)])
