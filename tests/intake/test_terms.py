from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.rules.office_files import CALENDAR, CLOSED, COMPLAINTS, LONGER, NEXT, office_with

from zi_contracts.intake import PinnedStandard
from zi_intake.terms import load_terms
from zi_rules.calendar import load_calendar
from zi_rules.standard import ServiceKind, due_date
from zi_rules.version import NoVersionError

TERMS = load_terms(Path("/nowhere"))
WITA = ZoneInfo("Asia/Makassar")
MICROSECOND = timedelta(microseconds=1)
ACKNOWLEDGE = "[process.acknowledge]\nperiod = "
HOURS = (
    f'{ACKNOWLEDGE}{{ amount = 3, unit = "working_days" }}',
    f'{ACKNOWLEDGE}{{ amount = 24, unit = "calendar_hours" }}',
)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=WITA)  # type: ignore[misc, arg-type]


def test_what_comes_a_moment_after_closing_counts_from_the_next_day() -> None:
    closing = at(2026, 5, 11, 16, 0)
    before = TERMS.at_filing(ServiceKind.COMPLAINT, "service", closing)
    after = TERMS.at_filing(ServiceKind.COMPLAINT, "service", closing + MICROSECOND)
    assert (before.due, after.due) == (at(2026, 5, 20, 16, 0), at(2026, 5, 21, 16, 0))


def test_all_who_file_on_a_day_before_it_closes_get_the_same_terms() -> None:
    first = TERMS.at_filing(ServiceKind.COMPLAINT, "product", at(2026, 3, 2, 0, 0, 0, 1))
    assert TERMS.at_filing(ServiceKind.COMPLAINT, "product", at(2026, 3, 2, 16)) is first


def test_the_terms_of_a_day_are_those_of_every_moment_in_it() -> None:
    """Over a fortnight with weekends and holidays, before and after opening and closing time."""
    calendar, standard = load_calendar(), TERMS.in_force(ServiceKind.COMPLAINT, at(2026, 5, 4))
    moments = [at(2026, 5, 4) + timedelta(hours=7, minutes=59) * step for step in range(56)]
    for moment in moments:
        terms = TERMS.at_filing(ServiceKind.COMPLAINT, "service", moment)
        assert terms.due == due_date(standard, terms.standard.tier, moment, calendar)
        assert terms.acknowledge_by == calendar.add(standard.process.acknowledge.period, moment)


def test_a_period_of_hours_runs_from_the_second_of_the_filing(tmp_path: Path) -> None:
    terms = load_terms(office_with(tmp_path, COMPLAINTS, HOURS))
    filed = terms.at_filing(ServiceKind.COMPLAINT, "product", at(2026, 5, 13, 9, 0, 0, 1))
    assert filed.acknowledge_by == at(2026, 5, 14, 9, 0, 1)


def test_acknowledgement_is_due_in_three_working_days() -> None:
    assert TERMS.at_filing(ServiceKind.COMPLAINT, "product", at(2026, 5, 13, 9)).acknowledge_by == at(
        2026, 5, 20, 16
    )


PIN = TERMS.at_filing(ServiceKind.COMPLAINT, "service", at(2026, 5, 11, 9)).standard


@pytest.mark.parametrize("term", [TERMS.reply_by, TERMS.closes_on, TERMS.reopen_until])
def test_the_process_waits_ten_working_days(term: object) -> None:
    assert callable(term)
    assert term(PIN, at(2026, 6, 22, 9)) == at(2026, 7, 6, 16)


def test_the_due_date_moves_by_the_working_days_waited() -> None:
    due = at(2026, 6, 26, 16, 30)
    assert TERMS.due_after_reply(PIN, due, at(2026, 6, 22, 9), at(2026, 6, 24, 9)) == at(2026, 6, 30, 16)
    assert TERMS.due_after_reply(PIN, due, at(2026, 6, 22, 9), at(2026, 6, 22, 10)) == due


def test_a_clock_that_went_back_moves_nothing() -> None:
    due = at(2026, 6, 26, 16, 30)
    assert TERMS.due_after_reply(PIN, due, at(2026, 6, 22, 9), at(2026, 6, 22, 8)) == due


def test_a_reopened_case_has_the_whole_time_again() -> None:
    assert TERMS.due_after_reopening(PIN, at(2026, 6, 22, 9)) == at(2026, 6, 29, 16)


def test_times_are_in_utc() -> None:
    assert TERMS.reply_by(PIN, at(2026, 6, 22, 9)).tzinfo is UTC


def test_an_offices_own_files_replace_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        'timezone = "Asia/Makassar"\nlate_receipt = "same_day"\nsource = "test"\nsource_status = "unverified"\n'
        "[opening]\nmonday = { opens = 08:00:00, closes = 12:00:00 }\n"
    )
    changed = load_terms(tmp_path).at_filing(ServiceKind.COMPLAINT, "service", at(2026, 6, 22, 9))
    assert changed.due == at(2026, 7, 27, 12)


STORED = {(each.kind, each.id, each.version): each.content for each in TERMS.configurations}
FILED = at(2026, 12, 1, 9)


def test_a_filing_pins_the_standard_the_calendar_and_the_holidays_by_their_content() -> None:
    pins = (PIN, PIN.calendar, PIN.holidays)
    assert [pin and (pin.id, pin.version) for pin in pins] == [
        ("rancangan-pengaduan", 1),
        ("calendar", 1),
        ("indonesia", STORED and next(version for kind, _, version in STORED if kind == "holidays")),
    ]
    assert all(pin and pin.digest in {each.digest for each in TERMS.configurations} for pin in pins)


def test_a_standard_edited_in_place_moves_no_due_date_of_a_case(tmp_path: Path) -> None:
    """Sixty working days become three hundred in a file of the same id and version."""
    pin = TERMS.at_filing(ServiceKind.COMPLAINT, "product", FILED).standard
    office_with(tmp_path, COMPLAINTS, LONGER)
    edited = load_terms(tmp_path, lambda *named: STORED.get(named))
    assert edited.at_filing(ServiceKind.COMPLAINT, "product", FILED).due > at(2028, 1, 1)
    with pytest.raises(NoVersionError, match="rancangan-pengaduan version 1 is not what something was begun"):
        edited.due_after_reopening(pin, FILED)


def test_a_case_keeps_the_standard_and_the_calendar_that_its_files_do_not_hold_any_more(
    tmp_path: Path,
) -> None:
    pin = TERMS.at_filing(ServiceKind.COMPLAINT, "product", FILED).standard
    office_with(tmp_path, COMPLAINTS, NEXT, LONGER)
    office_with(tmp_path, CALENDAR, NEXT, CLOSED)
    later = load_terms(tmp_path, lambda *named: STORED.get(named))
    assert later.due_after_reopening(pin, FILED) == TERMS.due_after_reopening(pin, FILED)
    assert later.closes_on(pin, FILED) == TERMS.closes_on(pin, FILED)
    assert later.tier(pin).period.amount == 60
    new = later.at_filing(ServiceKind.COMPLAINT, "product", FILED).standard
    assert (new.version, new.calendar and new.calendar.version) == (2, 2)
    assert later.tier(new).period.amount == 300


def test_a_case_from_before_digests_is_counted_over_the_calendar_of_today(tmp_path: Path) -> None:
    old = PinnedStandard(id=PIN.id, version=1, tier=PIN.tier, source_status="unverified")
    office_with(tmp_path, CALENDAR, NEXT, CLOSED)
    later = load_terms(tmp_path, lambda *named: STORED.get(named))
    assert later.due_after_reopening(old, FILED) > later.due_after_reopening(PIN, FILED)
