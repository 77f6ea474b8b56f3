"""Somebody is ill: the office says whom to call and how soon it answers; what nobody has checked is not shown."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.emergency import load_emergency_rules
from zi_rules.period import WorkingDays

CALLED = """[[contact]]
name = { id = "A", en = "A" }
phone = "119"
source = "nobody looked"
source_status = "%s"
"""


def test_the_demo_names_a_checked_number_and_a_time_of_its_own() -> None:
    [rules] = load_emergency_rules()
    assert [each.phone for each in rules.to_call] == ["1500533"]
    assert rules.answer_within is not None
    assert rules.answer_within.period == WorkingDays(1)
    assert rules.answer_within.source_status == "unverified"


def test_an_unchecked_number_is_not_shown_and_no_time_is_made_up(tmp_path: Path) -> None:
    (tmp_path / "emergency.toml").write_text(CALLED % "unverified")
    [rules] = load_emergency_rules(tmp_path)
    assert (rules.to_call, rules.answer_within) == ((), None)
    assert len(rules.contacts) == 1


def test_a_number_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "emergency.toml").write_text(CALLED % "verified" * 2)
    with pytest.raises(UnusableConfigurationError, match="name each telephone number once"):
        load_emergency_rules(tmp_path)
