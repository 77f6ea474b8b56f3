from datetime import UTC, date, datetime
from ipaddress import ip_network
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


def test_a_round_is_a_day_or_a_part_of_it() -> None:
    [rules] = load_invitation_rules()
    morning, evening = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)
    assert rules.round_of(morning) == rules.round_of(evening) == (date(2026, 12, 1), 0)
    hourly = rules.model_copy(update={"round_seconds": 3600})
    assert hourly.round_of(evening) == (date(2026, 12, 1), 23)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.9", True),
        ("203.0.114.9", False),
        ("2001:db8::1", True),
        ("testclient", False),
        ("", False),
    ],
)
def test_an_address_is_of_the_office_or_not(address: str, found: bool) -> None:
    [rules] = load_invitation_rules()
    assert not rules.is_of_office(address)
    networks = (ip_network("203.0.113.0/24"), ip_network("2001:db8::/64"))
    assert rules.model_copy(update={"office_networks": networks}).is_of_office(address) is found


def test_a_group_of_one_hides_nobody(tmp_path: Path) -> None:
    (tmp_path / "integrity").mkdir()
    file = tmp_path / "integrity" / "survey_invitations.toml"
    file.write_text('source = "x"\nsource_status = "unverified"\nsmallest_group = 1\nanswer_days = 1\n')
    with pytest.raises(UnusableConfigurationError):
        load_invitation_rules(tmp_path)
