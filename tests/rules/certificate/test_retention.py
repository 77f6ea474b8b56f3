"""The time for which data are kept is data of the office; what nobody decided is kept, and no leap year erases a day too early."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zi_rules.certificate.kind import CertificateKind
from zi_rules.certificate.retention import load_retention_rules, years_earlier
from zi_rules.configuration import UnusableConfigurationError

NOW = datetime(2030, 6, 1, 2, tzinfo=UTC)
OFFICE = """
version = 2
[[office]]
kinds = ["ski_border", "ski_post_border"]
years = 3
source = "SK 1"
source_status = "verified"
[[office]]
kinds = ["ske_health"]
years = 5
source = "SK 1"
source_status = "verified"
"""
BORDER, HEALTH, FREE = (
    CertificateKind("ski_border"),
    CertificateKind("ske_health"),
    CertificateKind("ske_free_sale"),
)


def test_what_is_shipped_erases_nothing_and_says_what_holders_keep() -> None:
    [rules] = load_retention_rules()
    assert rules.decided == []
    assert [(each.years, each.source_status) for each in rules.holder] == [(3, "unverified")]
    assert not any(rules.is_over([kind], datetime(1990, 1, 1, tzinfo=UTC), NOW) for kind in CertificateKind)


def test_of_kinds_together_the_longest_time_holds(tmp_path: Path) -> None:
    (tmp_path / "certificate_retention.toml").write_text(OFFICE)
    [rules] = load_retention_rules(tmp_path)
    ended = datetime(2027, 6, 1, 2, tzinfo=UTC)
    assert rules.is_over([BORDER], ended, NOW)
    assert not rules.is_over([BORDER], ended, NOW.replace(hour=1))
    assert not rules.is_over([BORDER, HEALTH], ended, NOW)
    assert rules.is_over([BORDER, HEALTH], ended, NOW.replace(year=2032))
    assert not rules.is_over([BORDER, FREE], ended, NOW.replace(year=2100))
    assert not rules.is_over([], ended, NOW)


def test_a_leap_day_is_rounded_to_the_side_of_keeping() -> None:
    leap = datetime(2028, 2, 29, 5, tzinfo=UTC)
    assert years_earlier(leap, 1) == datetime(2027, 2, 28, 5, tzinfo=UTC)
    assert years_earlier(leap, 4) == datetime(2024, 2, 29, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        ('["ske_health"]', '["ski_border"]'),
        ("years = 3", "years = 0"),
        ('["ske_health"]', "[]"),
        ("[[office]]", "[[ofice]]"),
    ],
)
def test_what_says_two_things_or_nothing_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    (tmp_path / "certificate_retention.toml").write_text(OFFICE.replace(*change))
    with pytest.raises(UnusableConfigurationError, match=r"certificate_retention\.toml"):
        load_retention_rules(tmp_path)
