"""The bodies to which a case can be referred are a list of the office; an empty one is refused."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.referral_body import load_referral_bodies


def test_the_shipped_list_names_each_body_once() -> None:
    [rules] = load_referral_bodies()
    codes = [each.code for each in rules.bodies]
    assert "health_office" in codes
    assert len(set(codes)) == len(codes)


def test_an_office_without_a_body_has_no_list(tmp_path: Path) -> None:
    (tmp_path / "referral_bodies.toml").write_text("version = 2\nbody = []\n")
    with pytest.raises(UnusableConfigurationError):
        load_referral_bodies(tmp_path)
