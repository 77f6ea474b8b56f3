"""The first look in ten minutes is an event, and how many followed is another."""

from datetime import UTC, datetime, timedelta

import pytest

from zi_audit.domain.access import Accesses, CountAccesses, Looked, LooksCounted, RecordAccess, decide, evolve
from zi_chassis.domain import Act

BEGAN = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def look(after: timedelta = timedelta(), kind: str = "timeline") -> RecordAccess:
    by = Act(at=BEGAN + after, actor="invented-auditor", role="staff:auditor")
    return RecordAccess(by=by, purpose="audit", case="7K3M9Q2XA", kind=kind)


def count(since: datetime = BEGAN, **counts: int) -> CountAccesses:
    by = Act(at=since + timedelta(minutes=11), actor="system:audit", role="system:audit")
    return CountAccesses(by=by, since=since, counts=counts)


def after(*commands: RecordAccess | CountAccesses) -> Accesses:
    state = Accesses()
    for command in commands:
        for event in decide(command, state):
            assert isinstance(event, Looked | LooksCounted)
            state = evolve(state, event)
    return state


def test_the_first_look_is_an_event_that_tells_purpose_case_and_kind() -> None:
    assert decide(look(), Accesses()) == [
        Looked(by=look().by, purpose="audit", case="7K3M9Q2XA", kind="timeline")
    ]


@pytest.mark.parametrize("seconds", [0, 1, 599])
def test_a_look_within_ten_minutes_of_it_is_none(seconds: int) -> None:
    assert decide(look(timedelta(seconds=seconds)), after(look())) == []


@pytest.mark.parametrize("seconds", [-1, 600, 86_400])
def test_a_look_outside_of_them_is_another_event(seconds: int) -> None:
    assert len(decide(look(timedelta(seconds=seconds)), after(look()))) == 1


def test_the_later_looks_are_counted_in_one_event_that_says_whose_they_were() -> None:
    command = count(timeline=3, export=1)
    assert decide(command, after(look())) == [
        LooksCounted(
            by=command.by,
            auditor="invented-auditor",
            purpose="audit",
            case="7K3M9Q2XA",
            since=BEGAN,
            counts={"timeline": 3, "export": 1},
        )
    ]


def test_where_no_look_followed_nothing_is_counted() -> None:
    assert decide(count(), after(look())) == []


def test_looks_are_counted_once() -> None:
    assert decide(count(timeline=3), after(look(), count(timeline=3))) == []


def test_ten_minutes_are_counted_though_the_next_began_already() -> None:
    later = timedelta(minutes=10)
    state = after(look(), look(later))
    assert len(decide(count(timeline=3), state)) == 1
    assert len(decide(count(BEGAN + later, timeline=2), after(look(), look(later), count(timeline=3)))) == 1


def test_looks_that_nobody_began_are_not_counted() -> None:
    assert decide(count(timeline=3), Accesses()) == []
    assert decide(count(BEGAN + timedelta(hours=1), timeline=3), after(look())) == []
