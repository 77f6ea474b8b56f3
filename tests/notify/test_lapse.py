"""A citizen is reminded once, in time, of the day on which their case closes by itself, and hears when it has."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.notify.test_official_notices import FILED, TICKET, House, ticked, wita

from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.letter import Letterhead, message_id

ENDS = wita(10, day=15)  # a Tuesday
EARLY, NEAR, NIGHT = wita(12, day=9), wita(12, day=14), wita(21, day=13)
LAPSES = ("lapse_reply", "lapse_reaction")
EVENTS = {
    "lapse_reply": ("zi.intake.clarification_asked", "clarification_asked", "reply_by"),
    "lapse_reaction": ("zi.intake.case_answered", "answered", "closes_on"),
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.store.close()


async def waiting(house: House, template: str = "lapse_reply", **data: Any) -> None:
    event, state, field = EVENTS[template]
    by, at = ("ani", "staff:officer"), data.pop("at", FILED)
    fields = {"state": state, "holder": "citizen", "reachable_by": ["email"], field: ENDS.isoformat()}
    await house.filed(reachable_by=["email"])
    await house.hear(event, by=by, at=at, **{**fields, **data})


def reminders(house: House) -> list[DeliveryRequested]:
    return [each for each in house.requests() if each.template in LAPSES]


@pytest.mark.parametrize("template", LAPSES)
async def test_a_citizen_is_reminded_once_before_the_case_closes(house: House, template: str) -> None:
    await waiting(house, template)
    await ticked(house, EARLY)
    assert reminders(house) == []
    for _ in range(2):
        await ticked(house, NEAR)
        house.restarted()
    [reminder] = reminders(house)
    assert (reminder.template, reminder.ticket, reminder.until) == (template, TICKET, ENDS)
    assert (reminder.channel, reminder.official, reminder.send_after) == ("email", None, None)


async def test_a_mail_program_does_not_take_the_reminder_for_the_mail_before_it(house: House) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    head = Letterhead("a@example.org", "example.org", "http://localhost/")
    ids = [message_id(each, head) for each in house.requests()]
    assert len(ids) == len(set(ids)) == 3
    [reminder] = reminders(house)
    [asked] = [each for each in house.requests() if each.template == "clarification_asked"]
    assert reminder.by.causation == str(asked.cause)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("citizen_replied", "assigned"),
        ("case_withdrawn", "withdrawn"),
        ("case_closed", "closed"),
        ("case_reopened", "assigned"),
        ("data_subject_erased", "closed"),
    ],
)
async def test_who_has_done_it_or_is_gone_is_not_reminded(house: House, event: str, state: str) -> None:
    await waiting(house)
    await house.hear(f"zi.intake.{event}", state=state, reachable_by=["email"])
    await ticked(house, NEAR)
    assert reminders(house) == []


async def test_a_step_that_changes_nothing_of_the_wait_leaves_the_reminder(house: House) -> None:
    await waiting(house)
    await house.hear("zi.intake.attachment_added", state="clarification_asked", reachable_by=["email"])
    await ticked(house, NEAR)
    assert len(reminders(house)) == 1


async def test_a_later_question_is_reminded_of_on_its_own(house: House) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    await house.hear("zi.intake.citizen_replied", state="assigned", reachable_by=["email"])
    later = wita(10, day=29)
    fields = {"state": "clarification_asked", "reachable_by": ["email"], "reply_by": later.isoformat()}
    await house.hear("zi.intake.clarification_asked", by=("ani", "staff:officer"), **fields)
    await ticked(house, wita(12, day=28))
    assert [each.until for each in reminders(house)] == [ENDS, later]


async def test_nobody_is_reminded_of_a_day_that_the_last_notice_has_just_named(house: House) -> None:
    await waiting(house, at=NEAR)
    await ticked(house, wita(13, day=14))
    assert reminders(house) == []


async def test_a_reminder_that_comes_too_late_is_not_sent(house: House) -> None:
    await waiting(house)
    await ticked(house, ENDS)
    await ticked(house, ENDS)
    assert reminders(house) == []


async def test_a_reminder_waits_for_the_end_of_the_quiet_hours(house: House) -> None:
    await waiting(house)
    await ticked(house, NIGHT)
    [reminder] = reminders(house)
    assert reminder.send_after == wita(6, day=14)


@pytest.mark.parametrize("reach", [[], ["phone"]])
async def test_whoever_is_reached_by_telephone_is_reminded_there(house: House, reach: list[str]) -> None:
    house.policies = replace(house.policies, for_phones="sms")
    await waiting(house, reachable_by=reach)
    await ticked(house, NEAR)
    assert [each.channel for each in reminders(house)] == ["sms"] * len(reach)


async def test_an_office_whose_data_has_no_such_reminder_sends_none(house: House) -> None:
    data = house.policies.routing.data.model_copy(update={"lapse": None})
    house.policies = replace(house.policies, routing=replace(house.policies.routing, data=data))
    await waiting(house)
    await ticked(house, NEAR)
    assert reminders(house) == []


@pytest.mark.parametrize("reason", ["not_completed", "no_reaction"])
async def test_a_citizen_hears_that_the_case_was_closed_and_why(house: House, reason: str) -> None:
    await waiting(house)
    await house.hear(
        "zi.intake.case_closed",
        by=("system:intake", "system:intake"),
        state="closed",
        reason=reason,
        reachable_by=["email"],
    )
    assert house.requests()[-1].template == f"closed_{reason}"
