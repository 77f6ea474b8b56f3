"""What is not paid or not completed in time expires by itself."""

from tests.certificates.inside import Inside
from tests.certificates.steps import MISSING, WRONG

from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.messaging.timers import Expiring
from zi_chassis.storage.timers import TimerLoop

DAYS = 24.0


def loop(inside: Inside) -> TimerLoop:
    return TimerLoop(
        inside.office.store, inside.clock, Expiring(inside.office.store, inside.office.polling.is_settled)
    )


async def test_unpaid_it_expires_when_the_time_to_pay_is_over(inside: Inside) -> None:
    request = await inside.submitted()
    inside.clock.pass_hours(3 * DAYS - 1)
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.AWAITING_PAYMENT
    inside.clock.pass_hours(2)
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.EXPIRED


async def test_paid_it_does_not_expire_while_the_office_has_it(inside: Inside) -> None:
    request = await inside.paid()
    inside.clock.pass_hours(40 * DAYS)
    assert await loop(inside).tick() == 2, (
        "the reminder of day 25 and the end of day 30, both without anything to do"
    )
    assert (await inside.state(request)).status is ApplicationStatus.QUEUED


async def test_what_was_asked_for_and_never_came_ends_it(inside: Inside) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (MISSING,))
    inside.clock.pass_hours(31 * DAYS)
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.EXPIRED
    [row] = inside.office.store.messages(inside.office.store.last()[0] - 1, 1)
    assert b'"reason":"not_completed"' in row.message
    assert b'"actor":"system:certificates"' in row.message


async def test_a_rejection_that_leaves_no_time_ends_it_at_once(inside: Inside) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    inside.clock.pass_hours(40 * DAYS)
    await loop(inside).tick()
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.EXPIRED


async def test_a_rejection_in_time_leaves_the_time_that_is_left(inside: Inside) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.REJECTED
    inside.clock.pass_hours(31 * DAYS)
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.EXPIRED
