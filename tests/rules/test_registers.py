"""Times of the registers on the office's calendar, and what the shipped rules say of their sources."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from zi_rules.calendar import load_calendar
from zi_rules.provenance import SourceStatus
from zi_rules.registers import RegisterTerms, load_register_rules

CALENDAR = load_calendar()
[RULES] = load_register_rules()
WITA = ZoneInfo("Asia/Makassar")


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


@pytest.mark.parametrize(
    ("term", "days"),
    [
        ("conflict_decision", 7),
        ("gift_to_unit", 10),
        ("gift_forwarding", 10),
        ("gift_to_commission", 30),
        ("gift_completion", 20),
        ("gift_completion_asked", 5),
    ],
)
def test_the_times_are_working_days(term: str, days: int) -> None:
    period = getattr(RULES.terms, term).period
    assert (period.amount, period.unit) == (days, "working_days")


# Counted by hand on the calendar of 2026: over Nyepi (19 March, with 18 off) and Lebaran (20 and 23 to 24 March), over Good Friday
# (3 April), over Waisak and Pancasila (31 May and 1 June), over the turn of the year, and on a plain stretch of weeks.
@pytest.mark.parametrize(
    ("begins", "term", "due"),
    [
        ("2026-07-06T09:00", "conflict_decision", "2026-07-15T16:00"),
        ("2026-07-06T09:00", "gift_to_unit", "2026-07-20T16:00"),
        ("2026-07-06T09:00", "gift_completion", "2026-08-03T16:00"),
        ("2026-07-06T09:00", "gift_to_commission", "2026-08-18T16:00"),
        ("2026-03-13T09:00", "conflict_decision", "2026-03-31T16:00"),
        ("2026-03-13T09:00", "gift_to_unit", "2026-04-06T16:00"),
        ("2026-03-13T09:00", "gift_completion", "2026-04-20T16:00"),
        ("2026-03-13T09:00", "gift_to_commission", "2026-05-05T16:00"),
        ("2026-07-10T18:00", "conflict_decision", "2026-07-22T16:00"),
        ("2026-07-11T09:00", "gift_to_unit", "2026-07-27T16:00"),
    ],
)
def test_a_time_of_the_registers_ends_on_this_day(begins: str, term: str, due: str) -> None:
    assert CALENDAR.add(getattr(RULES.terms, term).period, wita(begins)) == wita(due)


def test_the_law_alone_is_shown_as_verified() -> None:
    terms = {name: term.source_status for name, term in RULES.terms}
    assert {name for name, status in terms.items() if status is SourceStatus.VERIFIED} == {
        "conflict_decision",
        "gift_to_commission",
    }
    assert {each.source_status for each in (*RULES.limits, *RULES.positions)} == {SourceStatus.UNVERIFIED}


def test_every_limit_and_position_stands_once() -> None:
    assert [each.rupiah for each in RULES.limits] == [1_500_000, 500_000, 1_500_000]
    roles = [each.role for each in RULES.positions]
    assert len(set(roles)) == len(roles)


def test_rules_of_before_leave_the_whole_time_from_the_asking() -> None:
    terms = RULES.terms.model_dump(exclude={"gift_completion_asked"})
    assert RegisterTerms.model_validate(terms).gift_completion_asked is None
