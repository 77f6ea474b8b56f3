"""Trainings over a real store: who takes part, who came, what was learned."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY

from zi_umkm.domain import errors
from zi_umkm.read.trainings import participants, training_row, trainings, trainings_of


async def planned(inside: Inside, key: UUID | None = None, places: int = 2) -> UUID:
    begins = inside.clock.now() + 7 * DAY
    id, _ = await inside.office.teaching.plan(inside.mentor(), key, "nunukan", "cppob", begins, places)
    return id


async def test_a_group_is_enrolled_and_what_it_learned_is_counted(either: Inside) -> None:
    training, teaching = await planned(either), either.office.teaching
    first, two = await either.mentored("one"), await either.mentored("two")
    for request in (first, two, first):
        await teaching.enrol(training, request, either.business(request))
    with pytest.raises(errors.NotHeldYetError):
        await teaching.conclude(training, either.mentor())
    either.clock.at += 7 * DAY
    await teaching.attend(training, first, either.mentor(), 40, 70)
    await teaching.attend(training, first, either.mentor(), 40, 80)
    concluded = await teaching.conclude(training, either.mentor())
    assert concluded.state.conclusion is not None
    row = await either.office.store.query(lambda tx: training_row(tx, training))
    assert row is not None
    assert (row.enrolled, row.attended, row.before, row.after) == (2, 1, 40, 80)
    there = await either.office.store.query(lambda tx: participants(tx, training))
    came = {each.ticket: (each.came, each.after) for each in there}
    assert came == {first.ticket: (True, 80), two.ticket: (False, None)}
    [row] = await either.office.store.query(lambda tx: trainings_of(tx, two.mentoring))
    assert row.training == training


async def test_a_full_training_takes_nobody_more(inside: Inside) -> None:
    training = await planned(inside, places=1)
    first, two = await inside.requested("one"), await inside.requested("two")
    await inside.office.teaching.enrol(training, first, inside.mentor())
    with pytest.raises(errors.FullError):
        await inside.office.teaching.enrol(training, two, inside.mentor())


async def test_the_same_plan_under_the_same_key_is_one_training(inside: Inside) -> None:
    key = uuid4()
    assert await planned(inside, key) == await planned(inside, key)
    with pytest.raises(errors.PlannedAlreadyError):
        await planned(inside, key, places=9)
    inside.clock.at += timedelta(hours=1)
    await planned(inside)
    assert len(await inside.office.store.query(trainings)) == 2
