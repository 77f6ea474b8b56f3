"""The reasons for which the office does not give information that was requested, in the order in which officers are shown them."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.listed import Listed, refuse_poor_list
from zi_rules.version import Editions

INFORMATION_REFUSALS = "information_refusals"


class InformationRefusals(Configured):
    reasons: tuple[Listed, ...] = Field(alias="reason")

    @model_validator(mode="after")
    def _is_a_list(self) -> Self:
        refuse_poor_list(self.reasons)
        return self


def load_information_refusals(office_folder: Path | None = None) -> Editions[InformationRefusals]:
    """Raises UnusableConfigurationError."""
    return Editions(
        InformationRefusals,
        INFORMATION_REFUSALS,
        [read_file(INFORMATION_REFUSALS, "information_refusals.toml", office_folder)],
    )
