"""The office's tariffs: each table holds from its day on, until a later one begins; a bill keeps the table that it was made by."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from zi_rules.certificate.rule_set import CertificateRules, Tariff
from zi_rules.configuration import Configuration, Configured, UnusableConfigurationError
from zi_rules.data_files import is_stated, read_file, read_folder
from zi_rules.version import ContentLookup, Editions, NoVersionError, no_content, refuse_repeats

CERTIFICATE_TARIFFS = "certificate_tariffs"
FILE, FOLDER = f"{CERTIFICATE_TARIFFS}.toml", CERTIFICATE_TARIFFS


class NoTariffsError(NoVersionError):
    """The office has no table of tariffs that holds on the day."""


class Tariffs(Configured):
    """They hold beside those of the rules, from `effective_from` on; a table without a day has always held."""

    effective_from: date | None = None
    tariffs: tuple[Tariff, ...]

    @property
    def begins(self) -> date:
        return self.effective_from or date.min


def load_tariffs(
    office_folder: Path | None = None, content_of: ContentLookup = no_content, *, demo: bool = False
) -> Editions[Tariffs]:
    """Load the one file of tariffs and those of the folder beside it; a demonstration has invented ones where the office has no file.

    Raises UnusableConfigurationError.
    """
    tables = Editions(Tariffs, CERTIFICATE_TARIFFS, _stated(office_folder, demo), content_of)
    try:
        refuse_repeats([f"{each.id} {each.version}" for each in tables])
    except ValueError as error:
        raise UnusableConfigurationError(f"{FILE} and {FOLDER}/ can't be used together. {error}") from error
    _refuse_same_day(tables)
    return tables


def tariffs_in_force(tables: Sequence[Tariffs], day: date) -> Tariffs:
    """Raises NoTariffsError."""
    begun = [each for each in tables if each.begins <= day]
    if not begun:
        raise NoTariffsError(f"The office must state tariffs that are in force on {day}.")
    return max(begun, key=lambda each: each.begins)


def priced(rules: CertificateRules, tariffs: Tariffs) -> CertificateRules:
    """The rules with these tariffs beside their own; raises ValidationError when a letter would have two."""
    return CertificateRules.model_validate(dict(rules) | {"tariffs": (*rules.tariffs, *tariffs.tariffs)})


def _stated(office_folder: Path | None, demo: bool) -> list[Configuration]:
    invented = demo and not is_stated(FILE, office_folder)
    first = read_file(CERTIFICATE_TARIFFS, f"demo/{FILE}" if invented else FILE, office_folder)
    return [first, *read_folder(CERTIFICATE_TARIFFS, FOLDER, office_folder)]


def _refuse_same_day(tables: Sequence[Tariffs]) -> None:
    for each in tables:
        same = [f"{other.id} {other.version}" for other in tables if other.begins == each.begins]
        if len(same) > 1:
            begins = "have always held" if each.effective_from is None else f"begin on {each.begins}"
            raise UnusableConfigurationError(
                f"These tariffs {begins}: {', '.join(same)}. Give the newer ones a later effective_from."
            )
