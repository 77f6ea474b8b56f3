from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.steps import MONDAY

from zi_umkm.read import outcomes
from zi_umkm.read.board import TripCount, trip_counts
from zi_umkm.read.trainings import TrainingRow


def training(district: str = "nunukan", **more: Any) -> TrainingRow:
    counted: dict[str, Any] = {
        "training": uuid4(),
        "district": district,
        "topic": "label",
        "begins": MONDAY,
        "places": 20,
        "enrolled": 10,
        "attended": 10,
        "held_at": MONDAY,
        "before": 40,
        "after": 80,
        "planned_by": "mentor-ani",
    }
    return TrainingRow(**counted | more)


async def test_every_case_counts_once_under_what_it_came_to(inside: Inside) -> None:
    await inside.numbered("one")
    referred = await inside.mentored("two", SAMBAL)
    await inside.refer(referred)
    closed = await inside.mentored("three", district="malinau")
    await inside.office.mentoring.close(closed, inside.mentor(), None, "business_stopped")
    await inside.stated("four", district="malinau")
    counted = await inside.office.store.query(outcomes.outcomes)
    assert [(each.district, each.total, each.numbers) for each in counted] == [
        ("malinau", 2, 0),
        ("nunukan", 2, 1),
    ]
    assert counted[0].counts == {"number": 0, "health_office": 0, "on_the_way": 1, "asleep": 0, "ended": 1}
    assert counted[1].counts == {"number": 1, "health_office": 1, "on_the_way": 0, "asleep": 0, "ended": 0}


async def test_the_way_to_a_number_is_told_in_whole_days(inside: Inside) -> None:
    request = await inside.permitted("one")
    inside.clock.at += timedelta(days=9, hours=1)
    by = inside.business(request)
    await inside.office.mentoring.send_registration(request, by, None, 1)
    await inside.office.numbers.record(request, by, None, 1, "MD 123456789012")
    [took] = await inside.office.store.query(outcomes.durations)
    assert took == outcomes.Duration("nunukan", 1, 10)


def test_what_was_learned_is_weighed_by_those_who_came() -> None:
    small, large = training(attended=1, before=10, after=20), training(attended=3, before=50, after=100)
    assert outcomes.learned([small, large]) == [outcomes.Learned("nunukan", 2, 4, 40, 80)]


def test_a_training_without_scores_or_that_is_still_to_come_teaches_no_number() -> None:
    assert outcomes.learned([training(held_at=None)]) == []
    [counted] = outcomes.learned([training(before=None, after=None)])
    assert (counted.trainings, counted.before, counted.after) == (1, None, None)
    assert outcomes.learned_chart([counted], str) is None


def test_scores_are_drawn_before_and_after_for_each_district() -> None:
    chart = outcomes.learned_chart(outcomes.learned([training(), training("malinau")]), str.title)
    assert chart is not None
    assert [(bar.label, bar.total) for bar in chart.bars] == [
        ("Malinau", 40),
        ("Malinau", 80),
        ("Nunukan", 40),
        ("Nunukan", 80),
    ]


def outcome(district: str, numbers: int = 0, **counts: int) -> outcomes.DistrictOutcome:
    return outcomes.DistrictOutcome(district, dict.fromkeys(outcomes.KINDS, 0) | counts, numbers)


def test_small_districts_are_one_row_and_small_numbers_of_a_row_are_not_told() -> None:
    counted = outcomes.public_outcomes(
        [
            outcome("bulungan", on_the_way=9, number=6, ended=1, numbers=7),
            outcome("malinau", on_the_way=1),
            outcome("tarakan", on_the_way=20, number=8, numbers=9),
            outcome("nunukan", number=2, on_the_way=3, numbers=2),
        ]
    )
    assert [(each.district, each.total, each.numbers) for each in counted] == [
        ("bulungan", 16, None),
        ("tarakan", 28, None),
        ("other", 6, None),
    ]
    assert (counted[0].counts["on_the_way"], counted[0].counts["ended"], counted[0].few) == (9, None, 1)
    assert counted[2].counts["on_the_way"] is None


def test_of_a_few_businesses_in_all_nothing_is_told() -> None:
    assert outcomes.public_outcomes([outcome("malinau", on_the_way=2), outcome("nunukan", ended=2)]) == []
    assert outcomes.public_outcomes([]) == []


def test_how_long_it_took_gives_no_small_number_away() -> None:
    rows = outcomes.public_outcomes(
        [outcome("tarakan", number=4, on_the_way=9), outcome("nunukan", number=6)]
    )
    took = [outcomes.Duration("tarakan", 5, 30), outcomes.Duration("nunukan", 6, 40)]
    assert outcomes.public_durations(took, rows) == [took[1]]


def test_scores_are_told_of_five_who_came_at_least() -> None:
    few = [training("malinau", attended=2), training("tarakan", attended=1)]
    assert outcomes.public_learned(few) == []
    counted = outcomes.public_learned([*few, training(attended=9), training("bulungan", attended=6)])
    assert [(each.district, each.attended) for each in counted] == [("nunukan", 9), ("other", 9)]


async def test_small_states_are_one_row(inside: Inside) -> None:
    for number in range(5):
        await inside.stated(f"stated {number}")
    await inside.mentored("one")
    inside.clock.at += timedelta(days=3)
    now = inside.clock.now()
    counted = await inside.office.store.query(lambda tx: outcomes.public_stuck(tx, now))
    assert [(each.status, each.cases, each.days) for each in counted] == [(None, 6, 3)]


async def test_trips_count_who_was_never_visited_and_whose_last_visit_is_due(inside: Inside) -> None:
    await inside.mentored("one", district="tarakan")
    await inside.numbered("two")
    await inside.office.mentoring.assign(
        await inside.stated("three", district="tarakan"), inside.mentor(), None, "mentor-ani"
    )

    async def counted_at(at: datetime) -> dict[str, TripCount]:
        counted = await inside.office.store.query(lambda tx: trip_counts(tx, "mentor-ani", at))
        return {each.district: each for each in counted}

    counted = await counted_at(inside.clock.now())
    assert (counted["tarakan"].cases, counted["tarakan"].with_office) == (2, 2)
    assert (counted["tarakan"].unvisited, counted["nunukan"].unvisited, counted["nunukan"].due) == (2, 0, 0)
    later = inside.clock.now() + timedelta(days=200)
    assert {each.district: each.due for each in (await counted_at(later)).values()} == {
        "nunukan": 1,
        "tarakan": 0,
    }
