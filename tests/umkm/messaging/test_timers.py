"""Timers of a silence, a sleep and an agreed action."""

from tests.umkm.inside import Inside
from tests.umkm.steps import CALL_OFF, DAY, changed

from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.messaging.published import cases
from zi_umkm.read.cases import case_of


async def test_after_a_long_silence_a_case_sleeps_and_after_a_long_sleep_it_ends(either: Inside) -> None:
    request = await either.mentored()
    await either.visited(request)
    either.clock.at += 89 * DAY
    await either.tick()
    assert (await either.state(request)).status is MentoringStatus.ASSESSED
    either.clock.at += 2 * DAY
    await either.tick()
    assert (await either.state(request)).status is MentoringStatus.DORMANT
    either.clock.at += 181 * DAY
    await either.tick()
    state = await either.state(request)
    assert state.status is MentoringStatus.CLOSED
    [message] = either.office.store.messages(either.office.store.last()[0] - 1, 1)
    assert b'"reason":"no_response"' in message.message
    assert b'"actor":"system:umkm"' in message.message


async def test_no_case_sleeps_while_the_office_has_it(inside: Inside) -> None:
    request = await inside.mentored()
    inside.clock.at += 400 * DAY
    assert await inside.tick() == 1
    assert (await inside.state(request)).status is MentoringStatus.TRIAGED


async def test_a_word_in_time_begins_the_silence_anew(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    inside.clock.at += 80 * DAY
    await inside.office.mentoring.agree(request, inside.business(request), None, "fifo")
    inside.clock.at += 80 * DAY
    await inside.tick()
    assert (await inside.state(request)).status is MentoringStatus.CORRECTING
    inside.clock.at += 11 * DAY
    await inside.tick()
    assert (await inside.state(request)).status is MentoringStatus.DORMANT


async def test_a_visit_that_is_called_off_keeps_no_case_awake_for_ever(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    inside.clock.at += 50 * DAY
    by = inside.staff("supervisor-eka", "supervisor")
    await inside.office.store.handle(cases, request.mentoring, changed(CALL_OFF, by=by))
    inside.clock.at += 41 * DAY
    await inside.tick()
    assert (await inside.state(request)).status is MentoringStatus.DORMANT
    await inside.office.store.handle(cases, request.mentoring, changed(CALL_OFF, by=by))
    inside.clock.at += 181 * DAY
    await inside.tick()
    assert (await inside.state(request)).status is MentoringStatus.CLOSED


async def test_who_wakes_in_time_is_not_closed(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await inside.slept()
    await inside.office.mentoring.resume(request, inside.business(request), None)
    inside.clock.at += 85 * DAY
    await inside.tick()
    assert (await inside.state(request)).status is MentoringStatus.ASSESSED
    inside.clock.at += 100 * DAY
    await inside.tick()
    assert (await inside.state(request)).status is MentoringStatus.DORMANT


async def test_what_was_agreed_for_later_becomes_overdue_while_the_case_sleeps(either: Inside) -> None:
    request = await either.mentored()
    await either.visited(request)
    due = either.clock.now() + 120 * DAY
    await either.office.mentoring.agree(request, either.business(request), None, "fifo", due)
    await either.slept()
    assert (await either.state(request)).status is MentoringStatus.DORMANT
    either.clock.at += 30 * DAY
    await either.tick()
    state = await either.state(request)
    assert (state.status, state.finding("fifo").overdue) == (MentoringStatus.DORMANT, True)


async def test_what_was_agreed_becomes_overdue_once_and_again_when_it_is_reopened(inside: Inside) -> None:
    request, mentoring = await inside.mentored(), inside.office.mentoring
    await inside.visited(request)
    due = inside.clock.now() + 10 * DAY
    await mentoring.agree(request, inside.business(request), None, "fifo", due)
    await mentoring.agree(request, inside.business(request), None, "cuci_tangan", due)
    await inside.evidenced(request, "fifo")
    inside.clock.at += 11 * DAY
    assert await inside.tick() == 1
    assert await inside.tick() == 0
    state = await inside.state(request)
    assert (state.finding("cuci_tangan").overdue, state.finding("fifo").overdue) == (True, False)
    row = await inside.office.store.query(lambda tx: case_of(tx, request.ticket))
    assert row is not None
    assert (row.overdue, row.evidenced, row.findings_open) == (1, 1, 2)
    await mentoring.reopen(request, inside.staff("officer-budi", "officer"), None, "fifo")
    await inside.tick()
    assert (await inside.state(request)).finding("fifo").overdue
