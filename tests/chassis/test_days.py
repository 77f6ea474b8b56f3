"""Days to a date are those of the office's calendar, and only the caller knows what is late."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.support import NullTranslations
from jinja2 import Environment, PackageLoader, StrictUndefined

from zi_chassis.web.language import days_between, short_day

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "days"),
    [(0, 0), (11.9, 0), (12, 1), (36, 2), (-12, 0), (-12.1, -1), (24 * 31, 31)],
)
def test_a_day_begins_at_the_midnight_of_the_office(hours: float, days: int) -> None:
    """The zone of the demo is Asia/Makassar: 4:00 UTC is its noon."""
    assert days_between(NOON, NOON + timedelta(hours=hours)) == days


def test_a_date_has_no_hour() -> None:
    assert days_between(NOON, date(2026, 12, 4)) == 3


def test_a_day_in_a_list_is_short() -> None:
    assert short_day(NOON, "id") == "1 Des 2026"
    assert short_day(date(2026, 8, 17), "en") == "17 Aug 2026"


@pytest.mark.parametrize(
    ("days", "is_late", "kind", "text"),
    [
        (5, False, "plain", "in 5 days"),
        (2, False, "soon", "in 2 days"),
        (1, False, "soon", "tomorrow"),
        (0, False, "soon", "today"),
        (0, True, "late", "Overdue"),
        (-1, True, "late", "Overdue by 1 day"),
        (-3, True, "late", "Overdue by 3 days"),
    ],
)
def test_the_words_say_what_the_colour_repeats(days: int, is_late: bool, kind: str, text: str) -> None:
    assert badge(days, is_late) == f'<span class="badge {kind}">{text}</span>'


def test_a_clock_that_stands_makes_nothing_late() -> None:
    assert badge(-3, False) == ""


def badge(days: int, is_late: bool) -> str:
    templates = Environment(
        loader=PackageLoader("zi_chassis.web"), autoescape=True, undefined=StrictUndefined
    )
    templates.globals |= {"_": str, "days_until": lambda at: at, "ngettext": plural}
    source = '{% import "parts.html" as parts with context %}{{ parts.days_left(days, is_late) }}'
    return templates.from_string(source).render(days=days, is_late=is_late).strip()


def plural(singular: str, many: str, number: int) -> str:
    return NullTranslations().ngettext(singular, many, number).format(number=number)
