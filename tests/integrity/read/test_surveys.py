"""The tables of surveys say the same on either database."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from tests.integrity import survey_steps as usual
from tests.integrity.inside import InsideIntegrity, opened

from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.read import surveys as tables

WINDOW, DAY = survey_window_id("skm", "2026-Q4"), date(2026, 11, 2)


@pytest.fixture
async def either(tmp_path: Path, place: str) -> AsyncIterator[InsideIntegrity]:
    async with opened(tmp_path, place if place.startswith("postgres") else "") as inside:
        yield inside


async def test_a_window_from_its_opening_to_its_actions(either: InsideIntegrity) -> None:
    store = either.office.store
    await store.handle(survey_windows, WINDOW, usual.OPEN)
    [row] = store.read(lambda tx: tables.open_survey_windows(tx, DAY))
    assert (row.window, row.status, row.target, row.index) == (WINDOW, "open", 118, None)
    overlapping = store.read(lambda tx: tables.overlapping_quarters(tx, "skm", DAY, date(2027, 1, 3)))
    assert overlapping == ("2026-Q4",)
    assert store.read(lambda tx: tables.overlapping_quarters(tx, "spak", DAY, DAY)) == ()
    assert store.read(lambda tx: tables.result_event_of(tx, WINDOW)) is None
    for command in (*usual.answers(10), usual.CLOSE, usual.PUBLISH, usual.PLAN):
        await store.handle(survey_windows, WINDOW, command)
    assert store.read(lambda tx: tables.open_survey_windows(tx, DAY)) == []
    [row] = store.read(lambda tx: tables.published_survey_windows(tx, "skm", DAY))
    assert (row.status, row.answers, row.index, row.grade) == ("published", 10, "100.00", "a")
    event = store.read(lambda tx: tables.result_event_of(tx, WINDOW))
    assert event is not None
    assert b"survey_result_published" in (store.message(event) or b"")
    _actions(either)


def _actions(either: InsideIntegrity) -> None:
    rows, count = either.office.store.read(lambda tx: tables.survey_follow_ups(tx, 1))
    assert (len(rows), count) == (2, 2)
    planned, other = rows
    assert (planned.number, planned.until, planned.action) == (1, usual.PLAN.until, usual.PLAN.action)
    assert (other.action, other.responsible, other.evidence) == (None, None, None)
    later = date(2027, 1, 16)
    assert planned.is_late(later)
    assert not other.is_late(later)
    assert either.office.store.read(lambda tx: tables.count_late_follow_ups(tx, later)) == 1


async def test_a_list_has_pages_and_a_true_count(either: InsideIntegrity) -> None:
    store = either.office.store
    for kind, form in usual.FORMS.items():
        command = usual.changed(usual.OPEN, questionnaire=form)
        await store.handle(survey_windows, survey_window_id(kind, "2026-Q4"), command)
    first, count = store.read(lambda tx: tables.survey_window_rows(tx, 1, 3))
    last, _ = store.read(lambda tx: tables.survey_window_rows(tx, 2, 3))
    assert ([each.kind for each in (*first, *last)], count) == (["own", "skm", "spak", "spkp"], 4)
    assert store.read(lambda tx: tables.invited_users(tx, "2026-Q3")) == {}
