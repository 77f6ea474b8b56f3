"""A day of a letter is one by the clock of the office that issued it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from zi_verify.day import OFFICE, clock_of, parse_day
from zi_verify.letter_signature import LetterSpan, LetterTimes
from zi_verify.letter_time import remark_of, shortfalls_at

WIB = timezone(timedelta(hours=7))
LATE = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)  # 23.30 WIB on the first, 00.30 WITA on the second
ENDS = datetime(2030, 1, 1, tzinfo=UTC)
TIMES = LetterTimes(LetterSpan(LATE, ENDS), ())


@pytest.mark.parametrize(
    ("content", "clock"),
    [
        (b'{"office": {"utc_minutes": 420}}', WIB),
        (b'{"office": {"name": "Balai"}}', OFFICE),
        (b'{"office": {"utc_minutes": 9999}}', OFFICE),
        (b'{"office": {"utc_minutes": true}}', OFFICE),
        (b'{"office": "Balai"}', OFFICE),
        (b"{}", OFFICE),
    ],
)
def test_a_letter_says_by_which_clock_its_days_are(content: bytes, clock: timezone) -> None:
    assert clock_of(content) == clock


def test_a_letter_that_was_sealed_late_in_the_evening_was_there_on_that_day() -> None:
    at, now = parse_day("2026-12-01"), datetime(2026, 12, 5, tzinfo=UTC)
    assert shortfalls_at(TIMES, None, at, now, WIB) == []
    assert len(shortfalls_at(TIMES, None, at, now)) == 1
    assert "2026-12-01" in remark_of(TIMES, WIB).en
    assert "2026-12-02" in remark_of(TIMES).en


def test_the_last_day_of_a_letter_ends_by_its_clock() -> None:
    now = datetime(2026, 12, 5, tzinfo=UTC)
    assert shortfalls_at(TIMES, "2026-12-03", parse_day("2026-12-03"), now, WIB) == []
    assert len(shortfalls_at(TIMES, "2026-12-03", parse_day("2026-12-04"), now, WIB)) == 1
