"""The course of a case: whom it waited for, and how long."""

from datetime import UTC, datetime, timedelta

from zi_audit.question import Holder, Indexed
from zi_audit.timeline import Timeline, steps

FILED = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def entry(index: int, seconds: float | None, holder: Holder | None = None) -> Indexed:
    return Indexed(
        index=index,
        event_id=None,
        service="intake",
        position=index + 1,
        type="zi.intake.something",
        case="7K3M9Q2XA",
        actor="somebody",
        role="public",
        time=None if seconds is None else FILED + timedelta(seconds=seconds),
        holder=holder,
        leaf_hash="00" * 32,
        anomaly=None,
    )


def test_each_step_tells_how_long_who_held_the_case() -> None:
    told = list(steps([entry(0, 0, "office"), entry(1, 60, "citizen"), entry(2, 90.5, "office")]))
    assert [step.waited for step in told] == [None, 60, 30.5]
    assert [step.waited_for for step in told] == [None, "office", "citizen"]
    assert [step.holder for step in told] == ["office", "citizen", "office"]


def test_a_step_that_tells_no_holder_leaves_the_case_where_it_was() -> None:
    told = list(steps([entry(0, 0, "citizen"), entry(1, 10), entry(2, 30, "office")]))
    assert [step.waited_for for step in told] == [None, "citizen", "citizen"]
    assert told[1].holder == "citizen"


def test_before_anybody_said_who_holds_it_nobody_is_named() -> None:
    told = list(steps([entry(0, 0), entry(1, 10)]))
    assert [(step.waited, step.waited_for, step.holder) for step in told] == [
        (None, None, None),
        (10, None, None),
    ]


def test_a_step_without_a_time_takes_no_part_in_the_waiting() -> None:
    told = list(steps([entry(0, 0, "office"), entry(1, None), entry(2, 30)]))
    assert [step.waited for step in told] == [None, None, 30]


def test_an_entry_that_claims_an_earlier_time_shows_as_less_than_no_waiting() -> None:
    assert [step.waited for step in steps([entry(0, 60, "office"), entry(1, 0)])] == [None, -60]


def test_later_steps_go_on_from_the_one_before_them() -> None:
    [step] = steps([entry(5, 100)], entry(4, 40, "citizen"))
    assert (step.waited, step.waited_for) == (60, "citizen")


def test_the_waiting_is_summed_by_who_held_the_case() -> None:
    told = list(
        steps([entry(0, 0, "office"), entry(1, 60), entry(2, 100, "citizen"), entry(3, 107), entry(4, None)])
    )
    line = Timeline(case="7K3M9Q2XA", steps=told, next=None)
    assert line.waiting == {"office": 100, "citizen": 7}
    assert line.model_dump()["waiting"] == {"office": 100, "citizen": 7}
