"""The rules for permits as shipped, and what an office decides besides."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.period import WorkingDays
from zi_rules.permit import PermitRules, PermitValidity, load_permit_rules
from zi_rules.provenance import SourceStatus

SHIPPED = load_permit_rules()[0]
OFFICE = """
version = 2
source = "Decree of the office"
source_status = "unverified"
commitment_risks = ["low"]
reasons.moved = { id = "Pindah", en = "Moved" }
account = { period = { amount = 3, unit = "working_days" }, source = "S", source_status = "verified" }
evaluation = { period = { amount = 20, unit = "working_days" }, source = "S", source_status = "verified" }
issue = { period = { amount = 7, unit = "working_days" }, source = "S", source_status = "verified" }
"""


def of_office(folder: Path, more: str) -> PermitRules:
    shipped = (files("zi_rules") / "data" / "permits.toml").read_text("utf-8")
    wording = shipped[shipped.index("[letter]") :]
    (folder / "permits.toml").write_text(OFFICE + more + wording)
    return load_permit_rules(folder)[0]


def test_three_twenty_and_seven_working_days_are_promised() -> None:
    periods = [SHIPPED.term(each).period for each in ("account", "evaluation", "issue")]
    assert periods == [WorkingDays(3), WorkingDays(20), WorkingDays(7)]


def test_what_no_document_says_is_not_decided() -> None:
    assert (SHIPPED.validity, SHIPPED.renewal, SHIPPED.objection) == (None, None, None)
    assert SHIPPED.valid_until(date(2026, 12, 7)) is None


def test_an_office_decides_how_long_a_permit_is_valid(tmp_path: Path) -> None:
    rules = of_office(tmp_path, 'validity = { years = 5, source = "Decree", source_status = "unverified" }\n')
    assert rules.valid_until(date(2026, 12, 7)) == date(2031, 12, 7)


def test_a_day_that_the_last_year_does_not_have_is_the_one_before() -> None:
    five = PermitValidity(years=5, source="Decree", source_status=SourceStatus.UNVERIFIED)
    assert five.last_day(date(2028, 2, 29)) == date(2033, 2, 28)


@pytest.mark.parametrize(
    "more",
    [
        'validity = { years = 0, source = "D", source_status = "verified" }\n',
        'renewal = { days = 0, source = "D", source_status = "verified" }\n',
        "unheard_of = 1\n",
    ],
)
def test_a_slip_in_the_office_s_file_is_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(UnusableConfigurationError):
        of_office(tmp_path, more)
