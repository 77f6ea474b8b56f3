"""The hours of the clock for which a request to see a confidential case waits for its second person, and the consent holds."""

from pathlib import Path

from pydantic import PositiveInt

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import Editions

DISCLOSURE = "disclosure"


class DisclosureRules(Configured, Sourced):
    answer_within_hours: PositiveInt
    open_for_hours: PositiveInt


def load_disclosure_rules(office_folder: Path | None = None) -> Editions[DisclosureRules]:
    """Raises UnusableConfigurationError."""
    return Editions(DisclosureRules, DISCLOSURE, [read_file(DISCLOSURE, "disclosure.toml", office_folder)])
