"""From a status message to a mail, over a real bus, a real vault request and a real mail server."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from tests.chassis.house import opened, published, running
from tests.nats_server import NatsServer
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.teller import ADDRESS, Intake
from tests.until import until

from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.process.request_context import because_of, causes
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import VaultService
from zi_contracts.message import Message
from zi_contracts.vault import VaultReply, VaultRequest
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.channels.channel import ChannelProviders
from zi_notify.channels.email import EmailChannel, MailProvider
from zi_notify.domain.delivery import (
    BeginHandingOver,
    HoldUnconfirmed,
    ReportHandedOver,
    RequestDelivery,
    delivery_id,
)
from zi_notify.domain.recipient import ConfirmRecipient, StopRecipient
from zi_notify.messaging.published import decider, recipients, switches
from zi_notify.notices.policies import load_policies
from zi_notify.read import projections, work_table
from zi_notify.read.channel_tables import ChannelProjection
from zi_notify.read.projections import DeliveryProjection
from zi_notify.sending.admission import Admission, MailLimits
from zi_notify.sending.message_writers import MailWriter
from zi_notify.sending.sender import Sender
from zi_notify.sending.sending_lane import SendingLane
from zi_notify.sending.turns import Turns
from zi_notify.texts.letter import Letterhead, Templates
from zi_rules.message_channels import load_message_channels

TICKET = "0EXAMP1E0"
OTHER = "another.invented@example.com"
KEYS = RecipientKeys(b"a secret")
CHANNELS = load_message_channels()[0]
HEAD = Letterhead("layanan@example.org", "example.org", "http://localhost:8080/")


class Notify:
    """One life of the service; a second one on the same folder is the next start."""

    def __init__(
        self, nats: NatsServer, folder: Path, mails: MailServer, limits: MailLimits | None = None
    ) -> None:
        self.clock = Clock()
        self.store = Store(
            service="notify",
            office="office",
            database=Database(folder / "notify.db"),
            deciders=[decider, recipients, switches],
            projections=[DeliveryProjection(), ChannelProjection()],
            tables=work_table.TABLES,
        )
        self.store.open()
        self.broker = nats.broker("notify")
        self.outbox = Outbox(self.store, self.broker)
        self.policies = load_policies(None, KEYS)
        self.inbox = Inbox(
            *(self.store, self.broker, "intake"),
            lambda tx, message: self.policies.react(tx, message, self.clock.now()),
        )
        self.mails = mails
        self.admission = Admission(self.store, KEYS, limits or MailLimits())
        self.sender = self.sending()

    def sending(self, patience: float = 0, timeout: float = 20) -> Sender:
        mail = MailProvider(EmailChannel(self.mails.host, self.mails.port, timeout=timeout))
        providers = ChannelProviders("email", CHANNELS.email, [mail])
        writer = MailWriter(KEYS, self.admission, HEAD, Templates())
        lane = SendingLane(self.store, self.clock, providers, writer, Turns(), patience)
        return Sender(self.store, self.broker, self.clock, [lane])

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        async with (
            opened(self.broker),
            running(self.outbox.run, self.inbox.run, self.sender.run) as tasks,
        ):
            yield
            assert [task for task in tasks if task.done()] == []

    def states(self, ticket: str = TICKET) -> list[tuple[str, str | None]]:
        return [(d.state, d.reason) for d in self.store.read(lambda tx: projections.of_ticket(tx, ticket))]

    def act(self) -> Act:
        return Act(at=self.clock.now(), actor="system:notify", role="system:notify")

    async def decide(self, command: type[ConfirmRecipient | StopRecipient], address: str = ADDRESS) -> None:
        reader = Act(at=self.clock.now(), actor="a-reader", role="public")
        await self.store.handle(recipients, KEYS.recipient(address), command(by=reader))

    def events(self) -> list[str]:
        return [row.nats_subject.split(".")[2] for row in self.store.messages(0, 1000)]


class House:
    def __init__(self, nats: NatsServer, folder: Path, intake: Intake, mails: MailServer) -> None:
        self.nats, self.folder, self.intake, self.mails = nats, folder, intake, mails

    def notify(self, limits: MailLimits | None = None) -> Notify:
        return Notify(self.nats, self.folder, self.mails, limits)


@pytest_asyncio.fixture
async def house(nats: NatsServer, tmp_path: Path) -> AsyncIterator[House]:
    intake = Intake(tmp_path, nats.broker("intake"))
    async with mail_server() as mails, opened(intake.broker), running(intake.outbox.run):
        await intake.serve_vault()
        yield House(nats, tmp_path, intake, mails)
    intake.store.close()


async def test_a_status_message_becomes_one_mail_that_was_taken(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
    (mail,) = house.mails.took
    cause = Message.parse(house.intake.store.messages(0, 1)[0].message)
    assert (mail["To"], mail["Message-ID"]) == (ADDRESS, f"<{cause.id}@example.org>")
    assert TICKET in mail.get_content()
    assert notify.events() == [
        *("delivery_requested", "recipient_asked", "delivery_handing_over", "delivery_handed_over")
    ]


async def test_all_that_a_mail_takes_is_owed_to_the_request_of_its_cause(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """From the step of the case on, over a mail server that is busy at first."""
    caplog.set_level(logging.INFO, logger="zi_notify")
    lines: list[dict[str, str]] = []

    def note_causes(record: logging.LogRecord) -> bool:
        lines.append(causes())
        return True

    caplog.handler.addFilter(note_causes)
    notify, house.mails.rcpt = house.notify(), "451 Later"
    async with notify.alive():
        with because_of("0a" * 16):
            await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("deferred", "temporary")])
    messages = [Message.parse(row.message) for row in notify.store.messages(0, 9)]
    assert {message.request for message in messages} == {"0a" * 16}
    assert {"request": "0a" * 16, "event": str(messages[0].id)} in lines


async def test_the_vault_is_told_the_purpose_and_the_cause(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.tell(TICKET)
        await until(lambda: house.mails.took)
    (vault_request,) = house.intake.requests
    cause = Message.parse(house.intake.store.messages(0, 1)[0].message)
    assert (vault_request.ticket, vault_request.fields, vault_request.purpose) == (
        TICKET,
        ("reporter.email",),
        "notify_status",
    )
    assert vault_request.causation == str(cause.id)


async def test_the_address_is_in_no_message_and_in_no_table(house: House, tmp_path: Path) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
        await until(lambda: notify.outbox.lag == 0)
        messages = await published(notify.broker, "notify")
    notify.store.close()
    assert len(messages) == 4
    contents = messages + [path.read_bytes() for path in tmp_path.glob("notify.db*")]
    assert not [content for content in contents if b"invented" in content]


async def test_a_citizen_reached_by_phone_only_gets_no_mail(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.tell("PHONE0000", "phone")
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
    assert notify.states("PHONE0000") == []


async def test_many_deliveries_are_each_sent_once(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        await asyncio.gather(
            *(house.intake.tell(f"0EXAMP{n:03}", address=f"invented.{n}@example.com") for n in range(60))
        )
        await until(lambda: len(house.mails.took) >= 60)
        await until(lambda: not notify.store.read(projections.open_attempts))
    assert len(set(house.mails.message_ids)) == len(house.mails.message_ids) == 60


async def test_without_an_address_nothing_is_attempted(house: House) -> None:
    notify = house.notify()
    house.intake.erased.add("erased")
    async with notify.alive():
        await house.intake.tell("nobody", address=None)
        await house.intake.tell("unknown", address=None)
        await house.intake.tell("erased")
        await house.intake.tell("broken", address="no address at all")
        await until(lambda: notify.store.last()[0] == 8)
    reasons = [notify.states(ticket) for ticket in ("nobody", "unknown", "erased", "broken")]
    assert reasons == [
        [("failed", "no_address")],
        [("failed", "no_address")],
        [("failed", "erased")],
        [("failed", "no_address")],
    ]
    assert house.mails.took == []


async def test_a_refused_recipient_fails_and_a_busy_server_defers(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        house.mails.rcpt = "550 No such user"
        await house.intake.tell("0EXAMP550")
        await until(lambda: notify.states("0EXAMP550") == [("failed", "permanent")])
        house.mails.rcpt = "451 Later"
        await house.intake.tell("0EXAMP451")
        await until(lambda: notify.states("0EXAMP451") == [("deferred", "temporary")])


async def test_a_deferred_mail_is_sent_when_its_time_has_come(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        house.mails.rcpt = "451 Later"
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("deferred", "temporary")])
        house.mails.rcpt = "250 OK"
        notify.clock.shift = timedelta(minutes=2)
        await house.intake.tell("0EXAMP1E1", address=OTHER)
        await until(lambda: notify.states() == [("handed_over", None)])
        await until(lambda: notify.states("0EXAMP1E1") == [("handed_over", None)])


async def test_without_the_vault_the_sender_says_so_and_sends_later(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.broker.close()
        await notify_request(notify)
        await until(lambda: notify.sender.reason)
        assert notify.states() == [("requested", None)]
        house.intake.broker = house.nats.broker("intake")
        house.intake.addresses[TICKET] = ADDRESS
        async with opened(house.intake.broker):
            await house.intake.serve_vault()
            await until(lambda: notify.states() == [("handed_over", None)])
            assert notify.sender.reason is None


async def test_when_no_attempt_can_be_recorded_the_sender_says_so_and_stops_asking_the_vault(
    house: House,
) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.broker.close()
        await notify_request(notify)
        await until(lambda: notify.sender.reason)
        notify.store.writer.is_closing = True
        house.intake.broker = house.nats.broker("intake")
        house.intake.addresses[TICKET] = ADDRESS
        async with opened(house.intake.broker):
            await house.intake.serve_vault()
            await until(lambda: "recorded" in (notify.sender.reason or ""))
            assert notify.sender.lanes["email"]._backoff.next() > 0.5
            notify.store.writer.is_closing = False
            await until(lambda: notify.states() == [("handed_over", None)])
            assert notify.sender.reason is None


async def test_what_falls_due_in_a_row_becomes_one_mail(house: House) -> None:
    house.intake.addresses["0EXAMP1EM"] = ADDRESS
    overdue = example("zi.umkm.action_overdue")
    first, second = (
        overdue.model_copy(update={"id": UUID(int=n), "data": overdue.data | {"reachable_by": ["email"]}})
        for n in (1, 2)
    )
    notify = house.notify()
    await react_to(notify, first, second)
    async with notify.alive():
        await until(lambda: notify.states("0EXAMP1EM") == [("handed_over", None)])
    assert house.mails.message_ids == [f"<{first.id}@example.org>"]


def example(type_: str) -> Message:
    return Message.parse((Path(__file__).parents[1] / f"contracts/examples/{type_}.json").read_bytes())


async def react_to(notify: Notify, *messages: Message) -> None:
    for message in messages:
        await notify.store.decide_all(partial(notify.policies.react, message=message, at=notify.clock.now()))


async def notify_request(notify: Notify) -> None:
    """A delivery requested by a message that came before intake went away."""
    await react_to(notify, example("zi.intake.case_acknowledged"))


async def crash_while_the_server_takes_it(house: House, *, tell: bool) -> None:
    """The process dies after the mail server has the mail and before its word came back."""
    notify = house.notify()
    taken = asyncio.Event()

    async def never_answer() -> None:
        taken.set()
        await asyncio.Event().wait()

    house.mails.before_answer = never_answer
    async with notify.alive():
        if tell:
            await house.intake.tell(TICKET)
        await taken.wait()
    house.mails.before_answer = None
    assert notify.states() == [("handing_over", None)]
    notify.store.close()


async def test_after_a_crash_in_between_the_mail_is_doubted_and_sent_again_as_the_same_mail(
    house: House,
) -> None:
    await crash_while_the_server_takes_it(house, tell=True)
    notify = house.notify()
    async with notify.alive():
        await until(lambda: notify.states() == [("handed_over", None)])
    first, second = house.mails.took
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()
    assert notify.events() == [
        "delivery_requested",
        "recipient_asked",
        "delivery_handing_over",
        "delivery_uncertain",
        "delivery_handing_over",
        "delivery_handed_over",
    ]


async def test_an_orderly_stop_waits_for_the_mail_server_s_word(house: House) -> None:
    notify = house.notify()
    notify.sender = notify.sending(patience=20)
    taken, stopping = asyncio.Event(), asyncio.Event()

    async def answer_when_stopping() -> None:
        taken.set()
        await stopping.wait()

    house.mails.before_answer = answer_when_stopping
    async with notify.alive():
        await house.intake.tell(TICKET)
        await taken.wait()
        asyncio.get_running_loop().call_later(0.05, stopping.set)
    assert notify.states() == [("handed_over", None)]


async def test_every_crash_costs_at_most_one_more_mail(house: House) -> None:
    for life in range(3):
        await crash_while_the_server_takes_it(house, tell=life == 0)
    notify = house.notify()
    async with notify.alive():
        await until(lambda: notify.states() == [("handed_over", None)])
    assert len(house.mails.took) == 4
    assert len(set(house.mails.message_ids)) == 1


def unconfirmed(notify: Notify, *tickets: str) -> bool:
    return all(notify.states(ticket) == [("unconfirmed", None)] for ticket in tickets)


async def test_however_many_cases_name_an_address_it_gets_one_mail(house: House) -> None:
    notify = house.notify()
    tickets = [f"0EXAMP{n:03}" for n in range(40)]
    spellings = [ADDRESS, ADDRESS.upper(), ADDRESS.replace("@", "+bomb@")]
    async with notify.alive():
        await asyncio.gather(
            *(house.intake.tell(ticket, address=spellings[n % 3]) for n, ticket in enumerate(tickets))
        )
        await until(lambda: sum(unconfirmed(notify, ticket) for ticket in tickets) == 39)
        await until(lambda: not notify.store.read(projections.open_attempts))
    (mail,) = house.mails.took
    assert "konfirmasi" in mail.get_content()


async def test_once_it_is_confirmed_the_newest_of_each_case_is_sent_and_all_that_follows(
    house: House,
) -> None:
    notify = house.notify()
    async with notify.alive():
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
        for _ in range(2):
            await house.intake.tell("0EXAMP1E1")
        await until(lambda: notify.states("0EXAMP1E1") == [("unconfirmed", None)] * 2)
        await notify.decide(ConfirmRecipient)
        await until(lambda: ("handed_over", None) in notify.states("0EXAMP1E1"))
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)] * 2)
    assert sorted(notify.states("0EXAMP1E1")) == [("handed_over", None), ("unconfirmed", None)]
    assert len(house.mails.took) == 3
    assert ["konfirmasi" in mail.get_content() for mail in house.mails.took] == [True, False, False]


async def test_a_confirmation_that_comes_while_it_is_looked_for_is_not_overlooked(house: House) -> None:
    notify = house.notify()
    await react_to(notify, example("zi.intake.case_acknowledged"))
    (delivery,) = notify.store.read(lambda tx: projections.due(tx, "email", notify.clock.now(), [None], 9))
    hold = HoldUnconfirmed(by=notify.act(), recipient=KEYS.recipient(ADDRESS))
    await notify.decide(ConfirmRecipient)
    await notify.store.handle(decider, delivery, hold)
    assert notify.store.read(lambda tx: projections.due(tx, "email", notify.clock.now(), [None], 9)) == [
        delivery
    ]


async def test_a_stopped_address_gets_nothing_not_even_of_earlier_cases(house: House) -> None:
    notify = house.notify()
    await earlier(notify, "0EXAMP1E1")
    await notify.decide(StopRecipient)
    async with notify.alive():
        await house.intake.tell(TICKET)
        await house.intake.tell("0EXAMP1E1")
        await until(lambda: notify.states() == [("withheld", "stopped")])
        await until(lambda: ("withheld", "stopped") in notify.states("0EXAMP1E1"))
    assert house.mails.took == []


async def test_the_link_of_a_new_code_goes_to_a_confirmed_address_alone(house: House) -> None:
    """Also of an earlier case, whose address nobody had to confirm, and never as the first mail to one."""
    notify = house.notify()
    await earlier(notify, "0EXAMP1E1")
    async with notify.alive():
        await house.intake.tell_of_code(TICKET)
        await house.intake.tell_of_code("0EXAMP1E1")
        await until(lambda: unconfirmed(notify, TICKET))
        await until(lambda: ("unconfirmed", None) in notify.states("0EXAMP1E1"))
        assert house.mails.took == []
        await house.intake.tell("0EXAMP1E2")  # is still the first mail, which asks
        await until(lambda: notify.states("0EXAMP1E2") == [("handed_over", None)])
        await notify.decide(ConfirmRecipient)
        await until(lambda: notify.states() == [("handed_over", None)])
    texts = [mail.get_content() for mail in house.mails.took]
    assert sum("http://localhost:8080/lost-code/0EXAMP1E0/a-link" in text.split() for text in texts) == 1
    assert all(("a-link" in text) == ("lost-code" in text) for text in texts)


async def test_a_mail_with_a_link_that_is_over_is_not_sent(house: House) -> None:
    notify = house.notify()
    await notify.decide(ConfirmRecipient)
    house.intake.link = ""
    async with notify.alive():
        await house.intake.tell_of_code(TICKET)
        await until(lambda: notify.states() == [("failed", "no_address")])
    assert house.mails.took == []


async def test_the_address_of_an_earlier_case_counts_as_confirmed_for_that_case_alone(house: House) -> None:
    notify = house.notify()
    await earlier(notify, "0EXAMP1E1")
    async with notify.alive():
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
        await house.intake.tell("0EXAMP1E2")
        await house.intake.tell("0EXAMP1E1")
        await until(lambda: notify.states("0EXAMP1E1") == [("handed_over", None)] * 2)
        await until(lambda: unconfirmed(notify, "0EXAMP1E2"))
    assert len(house.mails.took) == 2


async def test_an_address_gets_no_more_mails_a_day_than_the_office_allows(house: House) -> None:
    notify = house.notify(MailLimits(to_each=2))
    await notify.decide(ConfirmRecipient)
    async with notify.alive():
        await asyncio.gather(*(house.intake.tell(f"0EXAMP{n:03}") for n in range(6)))
        states = await settled(notify, [f"0EXAMP{n:03}" for n in range(6)])
        assert sorted(states) == [("handed_over", None)] * 2 + [("withheld", "recipient_limit")] * 4
        notify.clock.shift = timedelta(days=1)
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
    assert len(house.mails.took) == 3


async def test_no_more_new_addresses_are_written_to_a_day_and_confirmed_ones_do_not_wait(
    house: House,
) -> None:
    notify = house.notify(MailLimits(first_mails=2))
    await notify.decide(ConfirmRecipient)
    tickets = [f"0EXAMP{n:03}" for n in range(12)]
    async with notify.alive():
        await asyncio.gather(
            *(house.intake.tell(ticket, address=f"stranger.{ticket}@example.com") for ticket in tickets)
        )
        states = await settled(notify, tickets)
        assert sorted(states) == [("handed_over", None)] * 2 + [("postponed", None)] * 10
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("handed_over", None)])
        notify.clock.shift = timedelta(days=1)
        await house.intake.tell("0EXAMP1E1")
        await until(lambda: sum(notify.states(ticket) == [("handed_over", None)] for ticket in tickets) == 4)


async def test_an_address_that_refused_its_first_mail_is_asked_by_the_next(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        house.mails.rcpt = "550 Mailbox full"
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("failed", "permanent")])
        house.mails.rcpt = "250 OK"
        await house.intake.tell("0EXAMP1E1")
        await until(lambda: notify.states("0EXAMP1E1") == [("handed_over", None)])
        await house.intake.tell("0EXAMP1E2")
        await until(lambda: unconfirmed(notify, "0EXAMP1E2"))
    (mail,) = house.mails.took
    assert "konfirmasi" in mail.get_content()


async def test_a_crash_between_the_asking_and_the_sending_loses_no_mail(house: House) -> None:
    notify = house.notify()
    async with notify.alive():
        house.mails.rcpt = "451 Later"
        await house.intake.tell(TICKET)
        await until(lambda: notify.states() == [("deferred", "temporary")])
    notify.store.close()
    house.mails.rcpt = "250 OK"
    notify = house.notify()
    notify.clock.shift = timedelta(minutes=2)
    async with notify.alive():
        await until(lambda: notify.states() == [("handed_over", None)])
    assert notify.events().count("recipient_asked") == 1
    assert len(house.mails.took) == 1


async def earlier(notify: Notify, ticket: str) -> None:
    """A mail was sent about this case before addresses were confirmed."""
    cause, by = uuid4(), notify.act()
    id = delivery_id(cause, "email")
    request = RequestDelivery(
        by=by,
        ticket=ticket,
        channel="email",
        template="answered",
        template_version=1,
        language="id",
        cause=cause,
    )
    for command in (request, BeginHandingOver(by=by, attempt=1), ReportHandedOver(by=by, attempt=1)):
        await notify.store.handle(decider, id, command)


async def settled(notify: Notify, tickets: list[str]) -> list[tuple[str, str | None]]:
    """The state of each case's one delivery, once none makes progress."""
    moving = {"requested", "handing_over"}

    def states() -> list[tuple[str, str | None]]:
        return [state for ticket in tickets for state in notify.states(ticket)]

    await until(lambda: len(states()) == len(tickets) and not {state for state, _ in states()} & moving)
    return states()


ZONE_ADDRESS, CODE = "invented.participant@example.com", "7K3M-9Q2X-0EXA"


@asynccontextmanager
async def zone_vault(house: House) -> AsyncIterator[list[VaultRequest]]:
    """The vault of people without a case, which knows one address and its newest code."""
    requests: list[VaultRequest] = []

    async def read(caller: str, request: VaultRequest) -> VaultReply:
        requests.append(request)
        known = {"contact.email": ZONE_ADDRESS, "contact.code": CODE}
        return VaultReply(fields={name: known[name] for name in request.fields})

    readable = {"notify": frozenset({"contact.email", "contact.code"})}
    broker = house.nats.broker("integrity")
    async with opened(broker):
        await VaultService(readable, read, name="integrity-vault").serve(await broker.client())
        yield requests


def zone(event: str, number: int) -> Message:
    message = example(f"zi.integrity.{event}")
    data = message.data | {"reachable_by": ["email"], "data_subject": str(UUID(int=number))}
    return message.model_copy(
        update={"id": UUID(int=number), "aggregate": UUID(int=number + 9), "data": data}
    )


async def test_each_code_that_a_reader_asks_for_is_sent_although_the_address_is_not_confirmed(
    house: House,
) -> None:
    first, second, answer = (
        zone("participant_code_issued", 1),
        zone("participant_code_issued", 2),
        zone("proposal_settled", 3),
    )
    notify = house.notify()
    async with zone_vault(house) as requests, notify.alive():
        await react_to(notify, first, second, answer)
        await until(lambda: len(house.mails.took) == 2)
        await until(lambda: ("unconfirmed", None) in notify.states(answer.subject))
    assert all(CODE in mail.get_content() for mail in house.mails.took)
    assert {mail["To"] for mail in house.mails.took} == {ZONE_ADDRESS}
    assert {(each.ticket, each.fields) for each in requests} == {
        (first.data["data_subject"], ("contact.email", "contact.code")),
        (second.data["data_subject"], ("contact.email", "contact.code")),
        (answer.data["data_subject"], ("contact.email",)),
    }
    stored = b"".join(row.message for row in notify.store.messages(0, 1000))
    assert CODE.encode() not in stored
    assert ZONE_ADDRESS.encode() not in stored


async def test_once_the_reader_stopped_all_mail_no_code_is_sent_either(house: House) -> None:
    code = zone("participant_code_issued", 1)
    notify = house.notify()
    await notify.decide(StopRecipient, ZONE_ADDRESS)
    async with zone_vault(house), notify.alive():
        await react_to(notify, code)
        await until(lambda: notify.states(code.subject) == [("withheld", "stopped")])
    assert house.mails.took == []
