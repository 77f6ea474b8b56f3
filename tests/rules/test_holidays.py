"""National holidays as a configuration: its version is the library's release, and its content says every day."""

from datetime import date

import pytest

from zi_rules.configuration import name, read
from zi_rules.holidays import (
    YEARS,
    Holidays,
    current_holidays,
    days_off,
    national_holidays,
    version_number,
)

INDEPENDENCE = date(2026, 8, 17)


@pytest.mark.parametrize(
    ("release", "number"),
    [("0.109", 109_000), ("0.109.2", 109_002), ("1.2.3", 1_002_003), ("2.0.dev1", 2_000_000)],
)
def test_a_later_release_has_a_higher_number(release: str, number: int) -> None:
    assert version_number(release) == number


def test_the_table_says_every_day_of_its_years() -> None:
    for made_once in (national_holidays, current_holidays):
        made_once.cache_clear()  # whatever ran before
    holidays = current_holidays()
    assert set(holidays.years) == set(YEARS)
    assert all(holidays.of(year) == days_off(year) for year in YEARS)
    assert INDEPENDENCE in holidays.of(2026)


def test_beyond_its_years_the_library_knows() -> None:
    assert date(2060, 8, 17) in current_holidays().of(2060)


def test_it_is_named_by_the_library_s_release() -> None:
    named = national_holidays()
    assert (named.kind, named.id, named.version) == ("holidays", "indonesia", current_holidays().version)
    assert named.source_status == "unverified"
    assert "holidays library" in named.origin


def test_holidays_of_another_release_are_read_from_what_was_kept() -> None:
    table = {"source": "an older release", "source_status": "unverified", "years": {"2026": []}}
    older = read(Holidays, name("holidays", table, "kept", "indonesia"))
    assert INDEPENDENCE not in older.of(2026)
