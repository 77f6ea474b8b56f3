from datetime import date
from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.survey_invitation import last_day, load_invitation_rules, quarter_of


@pytest.mark.parametrize(
    ("day", "quarter", "last"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 3, 31)),
        (date(2026, 6, 30), "2026-Q2", date(2026, 6, 30)),
        (date(2026, 7, 1), "2026-Q3", date(2026, 9, 30)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 12, 31)),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: str, last: date) -> None:
    assert quarter_of(day) == quarter
    assert last_day(quarter) == last


def test_invitations_of_a_quarter_hold_for_a_while_after_it() -> None:
    [rules] = load_invitation_rules()
    assert rules.answer_until("2026-Q4") == date(2027, 1, 30)
    assert rules.smallest_group >= 10


def test_a_group_of_one_hides_nobody(tmp_path: Path) -> None:
    (tmp_path / "integrity").mkdir()
    file = tmp_path / "integrity" / "survey_invitations.toml"
    file.write_text('source = "x"\nsource_status = "unverified"\nsmallest_group = 1\nanswer_days = 1\n')
    with pytest.raises(UnusableConfigurationError):
        load_invitation_rules(tmp_path)
