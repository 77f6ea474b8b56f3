"""A reminder comes once, before the end, never after the act was done; and the desk sees what ends soon, with a true count."""

from typing import Any

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.officials import DAY, MONDAY, system
from tests.certificates.steps import (
    CHANGE,
    LAPSED,
    NEED_DATA,
    OPEN_UNTIL,
    PAID,
    PASSED,
    REJECTED,
    REMIND,
    REMIND_PAYMENT,
    RESUBMIT,
    SEND,
    SIGNED,
    SUBMITTED,
    TAKEN,
    WITHDRAW,
    after,
    submit,
)
from tests.certificates.test_timers import loop
from tests.certificates.visiting import Visiting

from zi_certificates.domain.application.deadlines import ends_soon
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.planned_reminder import PlannedReminder
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.read.desk_lists import ListFilter, ListReader, desk_page
from zi_contracts import certificates as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of

DAYS = 24.0
PLANNED = (
    PlannedReminder(clock="payment", at=MONDAY + 2 * DAY),
    PlannedReminder(clock="completion", at=MONDAY + 25 * DAY),
)
LIST = "/certificates/desk/applications"


def reminders(inside: Inside) -> list[contract.DeadlineNear]:
    messages = (Message.parse(row.message) for row in inside.office.store.messages(0, 1_000))
    return [data for each in messages if isinstance(data := data_of(each), contract.DeadlineNear)]


# -- the decision


def test_it_reminds_of_the_payment_and_of_what_is_asked_for() -> None:
    [event] = decide(REMIND_PAYMENT, after(*SUBMITTED))
    assert (event.clock, event.open_until) == ("payment", MONDAY + 3 * DAY)  # type: ignore[union-attr]
    for before in (NEED_DATA, REJECTED):
        [event] = decide(REMIND, after(*before))
        assert (event.clock, event.open_until) == ("completion", OPEN_UNTIL)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (PAID, REMIND_PAYMENT),
        ((*SUBMITTED, WITHDRAW), REMIND_PAYMENT),
        (SUBMITTED, REMIND),
        (NEED_DATA, REMIND_PAYMENT),
        (TAKEN, REMIND),
        (PASSED, REMIND),
        (SIGNED, REMIND),
        ((*NEED_DATA, CHANGE, SEND), REMIND),
        ((*REJECTED, RESUBMIT), REMIND),
        ((*NEED_DATA, LAPSED), REMIND),
        ((*NEED_DATA, WITHDRAW), REMIND),
    ],
)
def test_nobody_is_reminded_of_what_is_done_or_over(before: Any, command: Any) -> None:
    assert decide(command, after(*before)) == []


def test_a_second_firing_reminds_nobody() -> None:
    assert decide(REMIND_PAYMENT, after(*SUBMITTED, REMIND_PAYMENT)) == []
    assert decide(REMIND, after(*NEED_DATA, REMIND)) == []


def test_a_clock_that_jumped_beyond_the_end_reminds_nobody() -> None:
    late = REMIND_PAYMENT.model_copy(update={"by": system(MONDAY + 3 * DAY)})
    assert decide(late, after(*SUBMITTED)) == []


def test_what_ends_soon_is_said_from_the_reminder_to_the_end() -> None:
    state = after(SUBMITTED[0], submit(reminders=PLANNED))
    moments = [1.9, 2, 2.9, 3]
    assert [ends_soon(state, MONDAY + each * DAY) is not None for each in moments] == [
        False,
        True,
        True,
        False,
    ]
    taken = after(*TAKEN[2:], state=state)
    assert ends_soon(taken, MONDAY + 2 * DAY) is None
    assert ends_soon(taken, MONDAY + 26 * DAY) == OPEN_UNTIL
    assert ends_soon(after(*SIGNED[4:], state=taken), MONDAY + 26 * DAY) is None
    assert ends_soon(after(*SUBMITTED), MONDAY + 2.5 * DAY) is None, "submitted before reminders were planned"
    assert ends_soon(after(SUBMITTED[0]), MONDAY) is None


# -- the timer


async def test_the_timer_reminds_of_the_payment_once_and_a_restart_does_not_repeat_it(inside: Inside) -> None:
    await inside.submitted()
    inside.clock.pass_hours(2 * DAYS - 1)
    await loop(inside).tick()
    assert reminders(inside) == []
    inside.clock.pass_hours(1)
    await loop(inside).tick()
    await loop(inside).tick()
    [reminder] = reminders(inside)
    assert (reminder.clock, reminder.state, reminder.language) == ("payment", "awaiting_payment", "id")
    inside.clock.pass_hours(-5 * DAYS)
    await loop(inside).tick()
    inside.clock.pass_hours(5 * DAYS)
    await loop(inside).tick()
    assert len(reminders(inside)) == 1


async def test_a_clock_that_jumps_to_the_end_expires_it_without_a_reminder(inside: Inside) -> None:
    request = await inside.submitted()
    inside.clock.pass_hours(40 * DAYS)
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.EXPIRED
    assert reminders(inside) == []


async def test_paid_it_is_reminded_only_of_what_the_office_asked_for(inside: Inside) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    inside.clock.pass_hours(2 * DAYS)
    await loop(inside).tick()
    assert reminders(inside) == []
    await inside.office.deciding.ask_data(
        request.ticket,
        inside.evaluator(),
        None,
        (contract.PublishedFinding(reason="analysis_of_other_batch", where="batch", item=1),),
    )
    inside.clock.pass_hours(23 * DAYS)
    await loop(inside).tick()
    [reminder] = reminders(inside)
    assert (reminder.clock, reminder.state) == ("completion", "need_data")


async def test_what_the_office_holds_is_no_reminder(inside: Inside) -> None:
    await inside.paid()
    inside.clock.pass_hours(26 * DAYS)
    await loop(inside).tick()
    assert reminders(inside) == []


async def test_the_rules_of_the_reminder_are_pinned(inside: Inside) -> None:
    submission = (await inside.state(await inside.submitted())).submission
    assert submission is not None
    assert submission.rules.reminders is not None
    assert submission.rules.reminders.id == "certificate_reminders"


# -- where it is seen


async def test_the_desk_finds_what_ends_soon_and_counts_it(either: Inside) -> None:
    await either.submitted()
    wanted, reader = ListFilter(ends_soon=True), ListReader("evaluator-ani")

    async def found() -> tuple[int, int, int]:
        now = either.clock.now()
        page = await either.office.store.query(lambda tx: desk_page(tx, wanted, reader, now))
        return page.total, len(page.rows), len(page.near)

    assert await found() == (0, 0, 0)
    either.clock.pass_hours(2 * DAYS)
    assert await found() == (1, 1, 1)
    either.clock.pass_hours(1 * DAYS)
    assert await found() == (0, 0, 0)


async def test_what_is_paid_or_withdrawn_ends_no_more(inside: Inside) -> None:
    for request in (await inside.paid(), await inside.submitted("two")):
        await inside.office.applying.withdraw(request, inside.citizen(request), None)
    inside.clock.pass_hours(2 * DAYS)
    with inside.office.store.database.transaction() as tx:
        assert tx.execute("SELECT * FROM endings") == []


async def test_pages_say_what_ends_soon(visiting: Visiting) -> None:
    request = await visiting.inside.submitted()
    citizen = visiting.owner(request)
    assert (
        "Your time ends soon" not in (await citizen.get(f"/certificates/applications/{request.ticket}")).text
    )
    visiting.inside.clock.pass_hours(2 * DAYS)
    await loop(visiting.inside).tick()
    assert "Your time ends soon" in (await citizen.get(f"/certificates/applications/{request.ticket}")).text
    desk = visiting.person("evaluator-ani", "evaluator", name="Ani Contoh")
    for page in (f"{LIST}?ends_soon=yes", f"{LIST}/{request.ticket}"):
        assert "nds soon" in (await desk.get(page)).text


async def test_the_list_over_http_says_when(calling: Calling) -> None:
    request = await calling.visiting.inside.submitted()
    calling.visiting.inside.clock.pass_hours(2 * DAYS)
    answer = await calling.get("/applications", calling.evaluator, ends_soon="true")
    [listed] = answer.json()["applications"]
    assert listed["ticket"] == request.ticket
    assert listed["ends_soon"].startswith("2026-12-10")
