"""In the office's quiet hours no attempt begins for a notice that keeps them, whatever it waited for; what can't wait goes at once."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from tests.notify.test_official_notices import FILED, KEYS, TICKET, House, ticked, wita

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.vault.requests import VaultClient, VaultUnavailableError
from zi_chassis.web.language import Catalogue
from zi_notify.channels.channel import Attempted, ChannelProviders, Outcome
from zi_notify.channels.gateway import ShortMessage
from zi_notify.domain.channel_switch import SwitchChannelOff, SwitchChannelOn, channel_switch_id
from zi_notify.domain.delivery import RequestDelivery, delivery_id
from zi_notify.domain.recipient import ConfirmRecipient
from zi_notify.messaging.published import decider, recipients, switches
from zi_notify.sending.admission import Admission, MailLimits
from zi_notify.sending.contacts import Contacts, Vaults
from zi_notify.sending.message_writers import MailWriter, ShortMessageWriter
from zi_notify.sending.official_contacts import OfficialContacts
from zi_notify.sending.sending_lane import SendingLane
from zi_notify.sending.turns import Turns
from zi_notify.texts.letter import VERSION, Letterhead, Templates
from zi_notify.texts.short_message import CONFIRM_NUMBER, PhoneHead, ShortTexts
from zi_rules.message_channels import Gateway, GatewayRequest, PhoneChannelRules, load_message_channels

NIGHT, MORNING = wita(23, day=1), wita(6, day=2)


class MovedClock(Clock):
    def __init__(self) -> None:
        super().__init__()
        self.at = FILED

    def now(self) -> datetime:
        return self.at


class MailServer:
    """`outcomes` are its next ones; after them it takes everything."""

    name, repeats_once = None, False

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.subjects: list[str] = []

    async def hand_over(self, message: object) -> Attempted:
        self.subjects.append(cast(dict[str, str], message)["Subject"])
        return Attempted(self.outcomes.pop(0) if self.outcomes else "handed_over")


class ClosedVault:
    async def read(self, *wanted: object, **more: object) -> dict[str, str]:
        raise VaultUnavailableError("The vault gave no answer.")


class Lane:
    """The lane of mails, which looks once at each time."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.mails = house, MovedClock(), MailServer()
        providers = ChannelProviders("email", load_message_channels()[0].email, [self.mails])
        head = Letterhead("a@x.example", "x.example", "http://x.example/")
        writer = MailWriter(KEYS, Admission(house.store, KEYS, MailLimits()), head, Templates())
        officials = OfficialContacts(house.store, house.policies.officials, Catalogue("zi_notify"))
        vault = cast(VaultClient, ClosedVault())
        self.contacts = Contacts(Vaults(vault, vault), self.clock, officials)
        self.lane = SendingLane(house.store, self.clock, providers, writer, Turns())

    async def look(self, at: datetime) -> int:
        """Return how many attempts began."""
        self.clock.at, self.lane._is_held = at, False  # it has rested
        async with asyncio.TaskGroup() as group:
            return await self.lane._begin_due(self.contacts, group)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.store.close()


async def test_a_notice_that_was_not_taken_in_the_evening_is_tried_again_in_the_morning(house: House) -> None:
    lane = Lane(house)
    await house.filed()
    await house.assigned("ani", at=wita(19, 59, day=1))
    lane.mails.outcomes = ["temporary"]
    assert [await lane.look(at) for at in (wita(19, 59, day=1), wita(20, 1, day=1), NIGHT)] == [1, 0, 0]
    assert await lane.lane._until_due(lane.contacts) > 0.5  # it does not spin until the morning
    assert [await lane.look(at) for at in (wita(5, 59, day=2), MORNING)] == [0, 1]
    assert len(lane.mails.subjects) == 2


async def test_a_channel_that_is_switched_on_at_night_sends_what_waited_in_the_morning(house: House) -> None:
    lane, switch = Lane(house), channel_switch_id(house.store.source, "email")
    by = Act(at=FILED, actor="an-operator", role="staff:ops")
    await house.store.handle(switches, switch, SwitchChannelOff(by=by, channel="email", reason="fault"))
    await house.filed()
    await house.assigned("ani")
    assert await lane.look(wita(12, day=1)) == 0
    await house.store.handle(switches, switch, SwitchChannelOn(by=by, channel="email"))
    assert [await lane.look(at) for at in (NIGHT, MORNING)] == [0, 1]


async def test_an_emergency_goes_at_night_past_what_waits_for_the_morning(house: House) -> None:
    lane = Lane(house)
    await house.filed()
    await house.assigned("ani", at=wita(19, 59, day=1))
    triaged = {"emergency": True, "due": wita(12, day=2).isoformat(), "reachable_by": []}
    await house.hear("zi.intake.case_triaged", at=NIGHT, by=("budi", "staff:officer"), **triaged)
    officials = {str(each.official) for each in house.requests() if each.template == "official_emergency"}
    assert "ani" in officials
    assert await lane.look(NIGHT) == len(officials) == len(lane.mails.subjects)
    assert await lane.look(MORNING) == 1


async def test_what_waits_for_the_morning_is_no_fault_in_the_night(house: House) -> None:
    """Else the service would not be ready all night after a short fault of the vault."""
    lane, cause, evening = Lane(house), UUID(int=7), wita(19, 59, day=1)
    command = RequestDelivery(
        by=Act(at=evening, actor="system:notify", role="system:notify"),
        ticket=TICKET,
        channel="email",
        template="answered",
        template_version=VERSION,
        language="id",
        cause=cause,
        keeps_quiet_hours=True,
    )
    await house.store.handle(decider, delivery_id(cause, "email"), command)
    found = []
    for at in (evening, NIGHT, MORNING):
        found.append((await lane.look(at), lane.lane.reason is not None))
    assert found == [(1, True), (0, False), (1, True)]


@pytest.mark.parametrize("at", [wita(12), wita(22), wita(8, day=3)], ids=["noon", "night", "next day"])
async def test_a_list_that_was_not_sent_in_its_morning_is_not_sent(house: House, at: datetime) -> None:
    lane = Lane(house)
    await house.filed()
    await house.assigned("ani", by="ani")
    await ticked(house, wita(8))
    assert (await lane.look(at), lane.mails.subjects) == (1, [])
    await ticked(house, wita(8, 1, day=3))
    assert (await lane.look(wita(8, 1, day=3)), lane.mails.subjects) == (1, ["Pekerjaan Anda pagi ini"])
    ends = house.store.read(lambda tx: tx.execute("SELECT state, reason FROM deliveries ORDER BY position"))
    assert [(row["state"], row["reason"]) for row in ends] == [
        ("withheld", "outdated"),
        ("handed_over", None),
    ]


# -- telephones

EVENING, LAST_MINUTE = wita(19, day=1), wita(23, 59, day=1)


class PhoneGateway:
    """`outcomes` are its next ones; after them it takes everything."""

    name, repeats_once = "a-gateway", True

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.numbers: list[str] = []

    async def hand_over(self, message: ShortMessage) -> Attempted:
        self.numbers.append(message.number)
        return Attempted(self.outcomes.pop(0) if self.outcomes else "handed_over")


class NumberVault:
    """Each ticket has a number of its own."""

    async def read(self, ticket: str, *wanted: object, **more: object) -> dict[str, str]:
        return {"reporter.phone": f"0812 3456 {1000 + ord(ticket[-1])}"}


class PhoneLane(Lane):
    """The lane of short messages, in an office of which a citizen with a telephone alone gets them."""

    def __init__(self, house: House, first_a_day: int = 10) -> None:
        super().__init__(house)
        house.policies = replace(house.policies, for_phones="sms")
        body = {"to": "{to}", "message": "{text}", "id": "{id}"}
        gateway = Gateway(name="a-gateway", request=GatewayRequest(body=body))
        waits = (1, 5, 30, 120, 360)
        described = {"retry_minutes": waits, "first_a_day": first_a_day, "gateway": (gateway,)}
        rules = PhoneChannelRules.model_validate(described)
        self.gateway = PhoneGateway()
        providers = ChannelProviders("sms", rules, [self.gateway])
        texts = ShortTexts(PhoneHead("an office", "http://x.example/"))
        writer = ShortMessageWriter(KEYS, Admission(house.store, KEYS, MailLimits()), rules, texts)
        self.contacts._vaults = Vaults(*[cast(VaultClient, NumberVault())] * 2)
        self.phones = SendingLane(house.store, self.clock, providers, writer, Turns())

    async def look(self, at: datetime) -> int:
        """Return how many messages the gateway got, those included that an attempt gave rise to."""
        self.clock.at, before = at, len(self.gateway.numbers)
        began = True
        while began:
            self.phones._is_held = False
            async with asyncio.TaskGroup() as group:
                began = bool(await self.phones._begin_due(self.contacts, group))
        return len(self.gateway.numbers) - before

    async def filed(self, *tickets: str, at: datetime) -> None:
        for ticket in tickets:
            await self.house.filed(ticket, at=at, reachable_by=["phone"])

    async def confirm(self, ticket: str, at: datetime) -> None:
        number = f"628123456{1000 + ord(ticket[-1])}"
        by = Act(at=at, actor="a-reader", role="public")
        await self.house.store.handle(recipients, KEYS.phone_recipient(number), ConfirmRecipient(by=by))


async def test_a_number_that_waits_for_the_next_day_is_asked_in_its_morning(house: House) -> None:
    lane = PhoneLane(house, first_a_day=1)
    await lane.filed("0EXAMP1E1", "0EXAMP1E2", at=wita(10, day=1))
    times = (wita(10, day=1), wita(0), wita(0, 3), wita(5, 59), MORNING)
    assert [await lane.look(at) for at in times] == [1, 0, 0, 0, 1]
    questions = [each for each in house.requests() if each.template == CONFIRM_NUMBER]
    assert [each.by.at for each in questions] == [wita(10, day=1), MORNING]


async def test_a_message_that_was_not_taken_is_not_tried_again_at_night(house: House) -> None:
    lane = PhoneLane(house)
    await lane.filed(TICKET, at=EVENING)
    lane.gateway.outcomes = ["temporary"] * 4
    times = (EVENING, wita(19, 1, day=1), wita(19, 6, day=1), wita(19, 36, day=1))
    assert [await lane.look(at) for at in times] == [1] * 4
    assert [await lane.look(at) for at in (wita(21, 36, day=1), NIGHT, wita(3, 36), MORNING)] == [0, 0, 0, 1]
    assert await lane.phones._until_due(lane.contacts) > 0.5


async def test_whoever_acts_at_night_is_answered_at_once_or_in_the_morning(house: House) -> None:
    """The reader of a number confirms it at night: what waited for that is answered with it."""
    lane = PhoneLane(house)
    await lane.filed("0EXAMP1E1", at=NIGHT)
    assert await lane.look(NIGHT + timedelta(minutes=1)) == 1  # the question
    confirmed = NIGHT + timedelta(minutes=30)
    await lane.confirm("0EXAMP1E1", confirmed)
    assert await lane.look(confirmed + timedelta(minutes=1)) == 1
    await lane.filed("0EXAMP1E2", at=NIGHT)
    lane.gateway.outcomes = ["temporary"]
    assert [await lane.look(NIGHT), await lane.look(NIGHT + timedelta(minutes=1))] == [1, 0]
    await lane.filed("0EXAMP1E3", at=NIGHT)
    assert [await lane.look(at) for at in (NIGHT + timedelta(minutes=6), LAST_MINUTE, MORNING)] == [0, 0, 2]
