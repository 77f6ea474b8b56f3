"""The bodies beyond the office to which a case can be referred, in the order in which officers are shown them."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.listed import Listed, refuse_poor_list
from zi_rules.version import Editions

REFERRAL_BODIES = "referral_bodies"


class ReferralBodies(Configured):
    bodies: tuple[Listed, ...] = Field(alias="body")

    @model_validator(mode="after")
    def _is_a_list(self) -> Self:
        refuse_poor_list(self.bodies)
        return self


def load_referral_bodies(office_folder: Path | None = None) -> Editions[ReferralBodies]:
    """Raises UnusableConfigurationError."""
    return Editions(
        ReferralBodies, REFERRAL_BODIES, [read_file(REFERRAL_BODIES, "referral_bodies.toml", office_folder)]
    )
