"""The promised last visit: reported once if it was not made in time, also if it was made too late in the meantime."""

from typing import Any

import pytest
from tests.umkm.inside import Inside
from tests.umkm.steps import (
    CHECK,
    CLOSE,
    DAY,
    LATE,
    MONDAY,
    NUMBER,
    NUMBERED,
    ONLY_SECOND,
    PERMITTED,
    REFUTE,
    RESTATE,
    SELF,
    after,
    changed,
    mentor,
    owner,
    system,
)

from zi_contracts import umkm as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_umkm.domain.case.decide import decide
from zi_umkm.read.cases import case_of
from zi_umkm.read.promised_visits import PromisedVisits


def is_late(*commands: Any) -> bool:
    return bool(decide(LATE, after(*commands)))


def test_a_visit_that_was_not_made_is_late_once() -> None:
    assert is_late(*NUMBERED)
    assert not is_late(*NUMBERED, changed(LATE, by=system(MONDAY + 40 * DAY)))


def test_a_visit_in_time_keeps_the_promise() -> None:
    assert not is_late(*NUMBERED, changed(CHECK, by=mentor(at=MONDAY + 29 * DAY)))


def test_a_visit_that_was_made_too_late_is_late() -> None:
    too_late = changed(CHECK, by=mentor(at=MONDAY + 31 * DAY))
    assert is_late(*NUMBERED, too_late)
    assert is_late(*NUMBERED, too_late, changed(CHECK, visit=SELF.visit, by=mentor(at=MONDAY + 32 * DAY)))


def test_looking_at_oneself_is_no_visit() -> None:
    assert is_late(*NUMBERED, changed(SELF, by=owner(at=MONDAY + 2 * DAY)))


def test_nobody_waits_for_a_visit_after_the_end() -> None:
    assert not is_late(*NUMBERED, CLOSE)


def test_nobody_waits_for_a_visit_after_a_number_that_there_never_was() -> None:
    assert after(*NUMBERED, REFUTE).obtained_at is None
    assert not is_late(*NUMBERED, REFUTE)
    other = changed(NUMBER, number="MD123456789021")
    assert is_late(*NUMBERED, REFUTE, other)


def test_the_promise_ends_with_the_product_but_its_breach_stays() -> None:
    assert not is_late(*NUMBERED, changed(RESTATE, business=ONLY_SECOND))
    too_late = owner(at=MONDAY + 31 * DAY)
    assert is_late(*NUMBERED, changed(RESTATE, by=too_late, business=ONLY_SECOND))


@pytest.mark.parametrize("other", [{"since": MONDAY - DAY}, {"due": MONDAY + 31 * DAY}])
def test_another_promise_is_not_late(other: dict[str, Any]) -> None:
    assert not decide(changed(LATE, **other), after(*NUMBERED))


def test_without_a_number_nothing_is_promised() -> None:
    assert not is_late(*PERMITTED)


async def test_the_loop_reports_it_once_with_those_who_mentored(inside: Inside) -> None:
    await inside.numbered()
    assert await inside.office.deadlines.tick() == 0
    inside.clock.at += 400 * DAY
    assert [await inside.office.deadlines.tick(), await inside.office.deadlines.tick()] == [1, 0]
    messages = (Message.parse(row.message) for row in inside.office.store.messages(0, 1_000))
    [breach] = [data for each in messages if isinstance(data := data_of(each), contract.DeadlineMissed)]
    assert (breach.service, breach.clock, breach.reported_late) == ("mentoring", "last_visit", False)
    assert breach.officials


async def test_the_loop_reports_no_visit_for_a_number_that_was_refuted(inside: Inside) -> None:
    request = await inside.numbered()
    officer = inside.staff("officer-budi", "officer")
    await inside.office.numbers.check(request, officer, None, 1, NUMBER.number, "refuted")
    row = await inside.office.store.query(lambda tx: case_of(tx, request.ticket))
    assert row is not None
    assert (row.numbers, row.check_due) == (0, None)
    inside.clock.at += 400 * DAY
    assert await inside.office.deadlines.tick() == 0
    assert await inside.office.store.query(lambda tx: PromisedVisits.late(tx, inside.clock.at, 9)) == []
