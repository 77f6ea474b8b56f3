from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zi_intake.terms import load_terms
from zi_rules.standard import ServiceKind

TERMS = load_terms(Path("/nowhere"))
WITA = ZoneInfo("Asia/Makassar")
MICROSECOND = timedelta(microseconds=1)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=WITA)  # type: ignore[misc, arg-type]


def test_what_comes_a_moment_after_closing_counts_from_the_next_day() -> None:
    closing = at(2026, 5, 11, 16, 0)
    before = TERMS.at_filing(ServiceKind.COMPLAINT, "service", closing)
    after = TERMS.at_filing(ServiceKind.COMPLAINT, "service", closing + MICROSECOND)
    assert (before.due, after.due) == (at(2026, 5, 20, 16, 0), at(2026, 5, 21, 16, 0))


def test_what_is_promised_is_the_same_for_all_who_file_in_a_second() -> None:
    first = TERMS.at_filing(ServiceKind.COMPLAINT, "product", at(2026, 3, 2, 9, 0, 0, 1))
    assert TERMS.at_filing(ServiceKind.COMPLAINT, "product", at(2026, 3, 2, 9, 0, 0, 900_000)) is first


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
    own = load_terms(tmp_path).at_filing(ServiceKind.COMPLAINT, "service", at(2026, 6, 22, 9))
    assert own.due == at(2026, 7, 27, 12)
