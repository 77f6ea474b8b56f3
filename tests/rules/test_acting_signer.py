"""Limits of acting signers, as the office states them."""

from pathlib import Path

import pytest

from zi_rules.acting_signer import load_acting_signer_rules
from zi_rules.configuration import UnusableConfigurationError

OFFICE = 'version = 2\nroles = ["supervisor"]\nmost_days = 7\nmost_days_ahead = 3\nsource = "SK 1"\nsource_status = "verified"\n'


def test_what_is_shipped_is_marked_as_no_law() -> None:
    [rules] = load_acting_signer_rules()
    assert (rules.most_days, rules.most_days_ahead, rules.source_status) == (30, 30, "unverified")
    assert "auditor" not in rules.roles


def test_the_office_states_its_own(tmp_path: Path) -> None:
    (tmp_path / "acting_signers.toml").write_text(OFFICE)
    [rules] = load_acting_signer_rules(tmp_path)
    assert (rules.version, rules.most_days, rules.roles) == (2, 7, frozenset({"supervisor"}))


@pytest.mark.parametrize("change", [("7", "0"), ('["supervisor"]', "[]"), ("most_days ", "days ")])
def test_a_limit_that_limits_nothing_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    (tmp_path / "acting_signers.toml").write_text(OFFICE.replace(*change))
    with pytest.raises(UnusableConfigurationError, match=r"acting_signers\.toml"):
        load_acting_signer_rules(tmp_path)
