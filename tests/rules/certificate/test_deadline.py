"""Due dates of an application."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.rules.certificate.stated import RULES

from zi_rules.calendar import Pause, load_calendar
from zi_rules.certificate.deadline import (
    NoPromiseError,
    evaluation_due,
    evaluation_promise,
    lapses_at,
    may_resubmit,
    payment_due,
)
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.period import WorkingDays, WorkingHours

CALENDAR = load_calendar()
IMPORT = {CertificateKind.SKI_POST_BORDER}
EXPORT = {CertificateKind.SKE_HEALTH, CertificateKind.SKE_FREE_SALE}
FOOD = Goods.PANGAN_OLAHAN


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Makassar"))


@pytest.mark.parametrize(
    ("complete", "due"),
    [
        ("2026-07-06T09:00", "2026-07-06T15:00"),
        ("2026-07-06T14:00", "2026-07-07T11:30"),
        ("2026-07-10T14:30", "2026-07-13T11:30"),
        ("2026-07-11T10:00", "2026-07-13T13:30"),
        ("2026-05-13T15:00", "2026-05-18T12:30"),
    ],
)
def test_an_import_letter_is_due_in_working_hours(complete: str, due: str) -> None:
    assert evaluation_due(IMPORT, FOOD, wita(complete), RULES, CALENDAR) == wita(due)


def test_an_export_letter_is_due_in_working_days() -> None:
    assert evaluation_due(EXPORT, FOOD, wita("2026-07-09T09:00"), RULES, CALENDAR) == wita("2026-07-13T16:00")


def test_the_clock_stops_while_the_applicant_owes_something() -> None:
    pauses = [
        Pause(began=wita("2026-07-06T10:00"), ended=wita("2026-07-06T11:00")),
        Pause(began=wita("2026-07-06T15:00"), ended=wita("2026-07-09T07:30")),
    ]
    due = evaluation_due(IMPORT, FOOD, wita("2026-07-06T09:00"), RULES, CALENDAR, pauses)
    assert due == wita("2026-07-09T08:30")


def test_of_letters_asked_for_together_the_later_promise_holds() -> None:
    at = wita("2026-07-06T09:00")
    assert evaluation_promise([*IMPORT, *EXPORT], FOOD, at, RULES, CALENDAR).period == WorkingDays(2)
    assert evaluation_promise(IMPORT, FOOD, at, RULES, CALENDAR).period == WorkingHours(6)


def test_no_letter_promises_nothing() -> None:
    with pytest.raises(NoPromiseError, match=r"^Choose a letter that the office issues for pangan_olahan\.$"):
        evaluation_due((), FOOD, wita("2026-07-06T09:00"), RULES, CALENDAR)


def test_a_bill_is_due_after_three_days() -> None:
    assert payment_due(wita("2026-07-10T10:00"), RULES, CALENDAR) == wita("2026-07-13T10:00")


def test_an_application_lapses_after_thirty_days() -> None:
    assert lapses_at(wita("2026-07-06T09:00"), RULES, CALENDAR) == wita("2026-08-05T09:00")


def test_a_rejected_application_is_resubmitted_three_times_within_thirty_days() -> None:
    submitted = wita("2026-07-06T09:00")
    last = lapses_at(submitted, RULES, CALENDAR)
    before = last - timedelta(seconds=1)
    assert [may_resubmit(n, submitted, before, RULES, CALENDAR) for n in (0, 2, 3)] == [True, True, False]
    assert not may_resubmit(0, submitted, last, RULES, CALENDAR)
