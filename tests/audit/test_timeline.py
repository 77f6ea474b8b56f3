"""The course of a case: whom it waited for, and how long."""

from zi_audit.domain.question import Holder, Indexed
from zi_audit.domain.timeline import Timeline, steps


def entry(index: int, waited: float | None, holder: Holder | str | None = None) -> Indexed:
    """`holder` holds the case from here on, as far as it was told."""
    return Indexed(
        index=index,
        event_id=None,
        service="intake",
        position=index + 1,
        type="zi.intake.something",
        case="7K3M9Q2XA",
        aggregate=None,
        actor="somebody",
        role="public",
        time=None,
        waited=waited,
        took=None,
        holder=None,
        fields={},
        of_case={} if holder is None else {"holder": holder},
        leaf_hash="00" * 32,
        anomaly=None,
    )


def test_each_step_tells_how_long_who_held_the_case() -> None:
    course = list(steps([entry(0, None, "office"), entry(1, 60, "citizen"), entry(2, 30.5, "office")]))
    assert [step.waited for step in course] == [None, 60, 30.5]
    assert [step.waited_for for step in course] == [None, "office", "citizen"]
    assert [step.holder for step in course] == ["office", "citizen", "office"]


def test_a_holder_that_nobody_knows_leaves_the_case_where_it_was() -> None:
    course = list(steps([entry(0, None, "citizen"), entry(1, 10, "nobody"), entry(2, 20, "office")]))
    assert [step.waited_for for step in course] == [None, "citizen", "citizen"]
    assert course[1].holder == "citizen"


def test_before_anybody_said_who_holds_it_nobody_is_named() -> None:
    course = list(steps([entry(0, None), entry(1, 10)]))
    assert [(step.waited, step.waited_for, step.holder) for step in course] == [
        (None, None, None),
        (10, None, None),
    ]


def test_later_steps_go_on_from_who_held_it_before_them() -> None:
    [step] = steps([entry(5, 60)], "citizen")
    assert (step.waited, step.waited_for) == (60, "citizen")


def test_the_waiting_is_summed_by_who_held_the_case() -> None:
    course = [
        entry(0, None, "office"),
        entry(1, 60, "office"),
        entry(2, 40, "citizen"),
        entry(3, 7),
        entry(4, None),
    ]
    line = Timeline(case="7K3M9Q2XA", steps=list(steps(course)), next=None)
    assert line.waiting == {"office": 100, "citizen": 7}
    assert line.facts == {}
    assert Timeline(case="7K3M9Q2XA", steps=line.steps[:3], next=None).facts == {"holder": "citizen"}
    assert Timeline(case="7K3M9Q2XA", steps=[], next=None).facts == {}
    assert line.model_dump()["waiting"] == {"office": 100, "citizen": 7}
