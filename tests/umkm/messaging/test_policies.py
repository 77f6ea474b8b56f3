"""Reactions of umkm to messages of intake."""

from dataclasses import replace
from datetime import timedelta

from tests.umkm.inside import Inside
from tests.umkm.steps import DAY, named

from zi_chassis.storage.timers import TimerLoop
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.messaging.timers import Reminding
from zi_umkm.messaging.upstream import media_types
from zi_umkm.read.cases import case_of


async def test_a_request_at_the_front_door_opens_a_case(either: Inside) -> None:
    request = await either.requested(nib=False)
    state = await either.state(request)
    assert state.status is MentoringStatus.REGISTERED
    assert state.registered is not None
    assert state.registered.by.actor == str(request.data_subject)
    assert state.business is not None
    assert (state.business.has_nib, state.business.products) == (False, ())
    row = await either.office.store.query(lambda tx: case_of(tx, request.ticket))
    assert row is not None
    assert (row.case, row.district, row.holder, row.mentor) == (
        request.mentoring,
        "nunukan",
        "office",
        None,
    )


async def test_files_of_its_cases_are_noted_and_those_of_others_are_not(either: Inside) -> None:
    request = await either.requested()
    item = await either.attached(request, "a photo")
    refs = [item.model_dump(mode="json")]
    data = {"media_type": "image/jpeg", "size": 3, "items": refs}
    await either.hear("attachment_added", data, named("complaint"), "7H4T2W9XA", "somebody", "public")
    known = await either.office.store.query(lambda tx: media_types(tx, request.ticket))
    assert known == {item.item: "application/pdf"}
    assert await either.office.store.query(lambda tx: media_types(tx, "7H4T2W9XA")) == {}


async def test_a_number_given_later_makes_the_business_known_with_its_mentors(either: Inside) -> None:
    request = await either.mentored()
    business_ref = await either.given_number(request)
    state = await either.state(request)
    assert (state.business_ref, state.business and state.business.has_nib) == (business_ref, True)
    row = await either.office.store.query(lambda tx: case_of(tx, request.ticket))
    assert row is not None
    assert (row.business_ref, row.has_nib) == (business_ref, True)
    published = [row.message for row in either.office.store.messages(0, 100)]
    recorded = [each for each in published if b"zi.umkm.mentoring_recorded" in each]
    assert len(recorded) == 2
    assert business_ref.encode() in recorded[-1]
    assert (await either.office.access.request(request.ticket)).business_ref == business_ref


async def test_a_number_wakes_a_case_that_sleeps_and_leaves_alone_what_is_over(inside: Inside) -> None:
    asleep, over = await inside.mentored("one"), await inside.mentored("two")
    await inside.visited(asleep)
    await inside.office.mentoring.close(over, inside.business(over), None, "business_stopped")
    inside.clock.at += 91 * DAY
    await TimerLoop(
        inside.office.store, inside.clock, Reminding(inside.office.store, inside.office.rules)
    ).tick()
    assert (await inside.state(asleep)).status is MentoringStatus.DORMANT
    business_ref = await inside.given_number(asleep)
    state = await inside.state(asleep)
    assert (state.status, state.business_ref) == (MentoringStatus.ASSESSED, business_ref)
    await inside.given_number(over, "other")
    assert (await inside.state(over)).business_ref == over.business_ref


async def test_a_request_and_its_number_heard_at_once_are_one_business(either: Inside) -> None:
    """As after a restart, when much was said meanwhile."""
    request = await either.requested(nib=False)
    business_ref = await either.given_number(request)
    either.clock.at += timedelta(seconds=1)
    again = await either.given_number(request)
    assert business_ref == again
    assert (await either.state(request)).business_ref == business_ref


async def test_where_all_data_was_erased_the_mentoring_ends_and_asks_nobody_for_anything(
    either: Inside,
) -> None:
    request, over = await either.mentored("one"), await either.mentored("two")
    await either.office.mentoring.close(over, either.business(over), None, "business_stopped")
    position = either.office.store.last()[0]
    for each in (request, over):
        await either.erased(each)
    assert (await either.state(request)).status is MentoringStatus.CLOSED
    [published] = either.office.store.messages(position, 100)
    assert b'"reason":"data_erased"' in published.message
    assert b'"actor":"system:umkm"' in published.message


async def test_an_erasure_of_another_case_is_no_concern_here(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.erased(replace(request, ticket="7H4T2W9XA", case=named("complaint")))
    assert (await inside.state(request)).status is MentoringStatus.TRIAGED
