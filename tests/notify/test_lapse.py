"""A citizen is reminded once, in time, of the day on which their case closes by itself, and hears when it has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from tests.notify.test_official_notices import (
    FILED,
    KEYS,
    TICKET,
    FixedClock,
    House,
    TakesAll,
    ticked,
    wita,
)

from zi_chassis.storage.origins import Origin
from zi_notify.channels.channel import ChannelProviders
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.read import printed_letters
from zi_notify.sending.admission import Admission, MailLimits
from zi_notify.sending.contacts import Contacts, NotReachableError
from zi_notify.sending.message_writers import MailWriter
from zi_notify.sending.sending_lane import SendingLane
from zi_notify.sending.turns import Turns
from zi_notify.texts.letter import Letterhead, Templates, message_id
from zi_rules.message_channels import load_message_channels

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
    assert reminder.keeps_quiet_hours


@pytest.mark.parametrize("last", [{"final": True}, {"objection": "upheld"}])
async def test_nobody_is_asked_for_a_reaction_that_would_be_refused(
    house: House, last: dict[str, Any]
) -> None:
    """After a question that was asked before it: that wait is over, too."""
    await waiting(house)
    await waiting(house, "lapse_reaction", **last)
    await ticked(house, NEAR)
    assert reminders(house) == []


@pytest.mark.parametrize(
    ("data", "template"),
    [
        ({}, "answered"),
        ({"refusal": "not_held"}, "answered_refused"),
        ({"final": True}, "answered_finally"),
        ({"objection": "upheld", "final": True}, "answered_objection"),
    ],
)
async def test_the_mail_about_an_answer_says_what_can_be_done_about_it(
    house: House, data: dict[str, Any], template: str
) -> None:
    await waiting(house, "lapse_reaction", **data)
    assert [each.template for each in house.requests()][1:] == [template]


async def test_a_mail_program_does_not_take_the_reminder_for_the_mail_before_it(house: House) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    head = Letterhead("a@example.org", "example.org", "http://localhost/")
    ids = [message_id(each, head) for each in house.requests()]
    assert len(ids) == len(set(ids)) == 3
    [reminder] = reminders(house)
    [question] = [each for each in house.requests() if each.template == "clarification_asked"]
    assert reminder.by.causation == str(question.cause)


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
    assert reminders(house) == []
    await ticked(house, wita(6, day=14))
    [reminder] = reminders(house)
    assert reminder.send_after is None


async def test_a_reminder_rings_no_telephone_at_night_whatever_its_rule_says(house: House) -> None:
    routing = house.policies.routing
    assert routing.data.lapse is not None
    lapse = routing.data.lapse.model_copy(update={"quiet_hours": False})
    routing = replace(routing, data=routing.data.model_copy(update={"lapse": lapse}))
    house.policies = replace(house.policies, routing=routing, for_phones="sms")
    await waiting(house, reachable_by=["phone"])
    await ticked(house, NIGHT + timedelta(days=1))
    [reminder] = reminders(house)
    assert (reminder.channel, reminder.keeps_quiet_hours) == ("sms", True)


async def test_whoever_replies_in_the_quiet_hours_is_not_reminded_in_the_morning(house: House) -> None:
    await waiting(house)
    await ticked(house, NIGHT)
    await house.hear("zi.intake.citizen_replied", state="assigned", reachable_by=["email"])
    await ticked(house, wita(6, day=14))
    assert reminders(house) == []


class NoAddress:
    """Whoever is looked for at all has no address."""

    def is_late_list(self, request: DeliveryRequested) -> bool:
        return False

    async def of(self, request: DeliveryRequested) -> None:
        raise NotReachableError("no_address")


async def taken_up(house: House, at: datetime) -> tuple[str, str]:
    """Have the reminder taken up that waited; return its state and the reason of that."""
    providers = ChannelProviders("email", load_message_channels()[0].email, [TakesAll()])
    head = Letterhead("a@example.org", "example.org", "http://localhost/")
    writer = MailWriter(KEYS, Admission(house.store, KEYS, MailLimits()), head, Templates())
    lane = SendingLane(house.store, FixedClock(at), providers, writer, Turns())
    where = "FROM deliveries WHERE template LIKE 'lapse_%' AND state = 'requested'"
    [row] = house.store.read(lambda tx: tx.execute(f"SELECT id {where}"))
    await lane._deliver(cast(Contacts, NoAddress()), UUID(row["id"]), Origin())
    [row] = house.store.read(lambda tx: tx.execute("SELECT * FROM deliveries WHERE id = ?", row["id"]))
    return row["state"], row["reason"]


async def test_a_reminder_that_waited_is_sent_while_it_holds(house: House) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    assert await taken_up(house, wita(9, day=15)) == ("failed", "no_address")


async def test_a_reminder_that_waited_until_the_case_has_closed_is_withheld(house: House) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    assert await taken_up(house, ENDS) == ("withheld", "outdated")


@pytest.mark.parametrize("event", ["citizen_replied", "data_subject_erased"])
async def test_a_reminder_that_waited_is_withheld_once_nothing_is_waited_for(
    house: House, event: str
) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    await house.hear(f"zi.intake.{event}", state="assigned", reachable_by=["email"])
    assert await taken_up(house, wita(13, day=14)) == ("withheld", "outdated")
    assert house.store.read(lambda tx: printed_letters.unsent(tx, LAPSES, 9)) == []


async def test_a_reminder_that_waited_is_withheld_where_something_else_is_asked_by_then(house: House) -> None:
    await waiting(house)
    await ticked(house, NEAR)
    fields = {
        "state": "clarification_asked",
        "reachable_by": ["email"],
        "reply_by": wita(10, day=29).isoformat(),
    }
    await house.hear("zi.intake.clarification_asked", by=("ani", "staff:officer"), **fields)
    assert await taken_up(house, wita(13, day=14)) == ("withheld", "outdated")


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
