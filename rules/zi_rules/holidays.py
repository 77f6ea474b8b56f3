"""National holidays and cuti bersama, which is a day off for the civil service (Perpres 21/2023), as one version of a table.

The table comes from the holidays library, whose release is its version: another release is another version, with an entry of its own.
"""

from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

from zi_rules.configuration import Configuration, Configured, name, read
from zi_rules.provenance import SourceStatus

HOLIDAYS = "holidays"
YEARS = range(2020, 2051)  # the same for ever: other years would be another content of the same version


class Holidays(Configured):
    """By year; of years that it does not state the library of today knows."""

    source: str
    source_status: SourceStatus
    years: dict[int, frozenset[date]]

    def of(self, year: int) -> frozenset[date]:
        stated = self.years.get(year)
        return days_off(year) if stated is None else stated


@lru_cache(maxsize=1)
def national_holidays() -> Configuration:
    """The table as the library of this installation has it."""
    release = version("holidays")
    table = {
        "version": version_number(release),
        "source": f"holidays {release} (SKB 3 Menteri)",
        "source_status": SourceStatus.UNVERIFIED,
        "years": {str(year): sorted(days_off(year)) for year in YEARS},
    }
    return name(HOLIDAYS, table, f"the holidays library {release}", "indonesia")


@lru_cache(maxsize=1)
def current_holidays() -> Holidays:
    return read(Holidays, national_holidays())


# A holidays object fills itself while it is read, which threads must not share; a frozen set of one year may be shared.
@lru_cache(maxsize=256)
def days_off(year: int) -> frozenset[date]:
    return frozenset(
        holidays.country_holidays("ID", years=year, categories=("public", "government"), language="id")
    )


def version_number(release: str) -> int:
    """0.109 -> 109000 and 1.2.3 -> 1002003, so that a later release has a higher number."""
    parts = [int(part) for part in release.split(".") if part.isdecimal()]
    major, minor, patch = (*parts, 0, 0, 0)[:3]
    return (major * 1000 + minor) * 1000 + patch
