"""The read model of deliveries, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from zi_chassis.domain import Act, Command
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_notify.domain import delivery
from zi_notify.domain.recipient import AskRecipient, ChooseFrequency, ConfirmRecipient, StopRecipient
from zi_notify.messaging.published import decider, recipients
from zi_notify.read import projections
from zi_notify.read.projections import DeliveryCount, DeliveryProjection
from zi_notify.texts.short_message import CONFIRM_NUMBER

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
BY = Act(at=NOON, actor="system:notify", role="system:notify")
MAIL = [None]  # the mail server has no name


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = Store(
        service="notify",
        office="office",
        database=Database(place),
        deciders=[decider, recipients],
        projections=[DeliveryProjection()],
    )
    opened.open()
    yield opened
    opened.close()


async def handle_all(store: Store, id: UUID, *commands: type[Command], **values: Any) -> None:
    for command in commands:
        fields = {name: value for name, value in values.items() if name in command.model_fields}
        await store.handle(decider, id, command(by=BY, **fields))


async def requested(
    store: Store,
    ticket: str = "0EXAMP1E0",
    contributor: UUID | None = None,
    channel: str = "email",
    **more: Any,
) -> UUID:
    id = uuid4()
    await handle_all(
        store,
        id,
        delivery.RequestDelivery,
        ticket=ticket,
        channel=channel,
        template="answered",
        template_version=1,
        language="id",
        cause=UUID(int=7),
        contributor=contributor,
        **more,
    )
    return id


async def test_a_requested_delivery_is_due_at_once(store: Store) -> None:
    id = await requested(store)
    assert store.read(lambda tx: projections.next_due(tx, "email", MAIL)) == NOON
    assert store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10)) == [id]
    assert store.read(lambda tx: projections.due(tx, "email", NOON - timedelta(seconds=1), MAIL, 10)) == []


async def test_a_delivery_that_waits_is_due_at_its_time(store: Store) -> None:
    id = await requested(store, send_after=NOON + timedelta(hours=9))
    assert store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10)) == []
    assert store.read(lambda tx: projections.due(tx, "email", NOON + timedelta(hours=9), MAIL, 10)) == [id]


async def test_no_list_of_a_case_has_what_an_official_is_told(store: Store) -> None:
    await requested(store, official="officer-ani")
    citizens = await requested(store)
    recipient = UUID(int=9)
    await handle_all(store, citizens, delivery.HoldUnconfirmed, recipient=recipient)
    await requested(store, official="officer-ani")
    assert len(store.read(lambda tx: projections.of_ticket(tx, "0EXAMP1E0"))) == 1
    await store.handle(recipients, recipient, ConfirmRecipient(by=BY.model_copy(update={"role": "public"})))
    assert citizens in store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10))


async def test_an_open_attempt_is_not_due_and_is_found_after_a_crash(store: Store) -> None:
    id = await requested(store)
    await handle_all(store, id, delivery.BeginHandingOver, attempt=1)
    assert store.read(lambda tx: projections.next_due(tx, "email", MAIL)) is None
    assert store.read(projections.open_attempts) == [("email", id, 1, None)]


async def test_a_deferred_delivery_is_due_at_its_time(store: Store) -> None:
    id = await requested(store)
    await handle_all(
        store, id, delivery.BeginHandingOver, delivery.ReportNotTaken, attempt=1, reason_class="temporary"
    )
    assert store.read(lambda tx: projections.next_due(tx, "email", MAIL)) == NOON + delivery.RETRY_AFTER[0]


async def test_an_uncertain_delivery_is_due_again(store: Store) -> None:
    id = await requested(store)
    await handle_all(store, id, delivery.BeginHandingOver, delivery.DoubtAttempt, attempt=1)
    assert store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10)) == [id]


async def test_deliveries_are_counted_by_state_and_reason(store: Store) -> None:
    first, second, _ = [await requested(store) for _ in range(3)]
    await handle_all(store, first, delivery.BeginHandingOver, delivery.ReportHandedOver, attempt=1)
    await handle_all(store, second, delivery.ReportNotReachable, reason_class="erased")
    assert store.read(projections.counts) == [
        DeliveryCount(state="failed", reason="erased", deliveries=1),
        DeliveryCount(state="handed_over", reason=None, deliveries=1),
        DeliveryCount(state="requested", reason=None, deliveries=1),
    ]


async def test_a_case_s_deliveries_are_listed_without_others(store: Store) -> None:
    await requested(store, "0EXAMP1E1")
    id = await requested(store)
    await handle_all(store, id, delivery.BeginHandingOver, attempt=1)
    (listed,) = store.read(lambda tx: projections.of_ticket(tx, "0EXAMP1E0"))
    assert (listed.template, listed.state, listed.attempt, listed.reason) == (
        "answered",
        "handing_over",
        1,
        None,
    )


RECIPIENT = UUID(int=9)
READER = Act(at=NOON, actor=str(RECIPIENT), role="public")


async def test_a_confirmation_makes_the_newest_of_each_case_due(store: Store) -> None:
    cases = ("0EXAMP1E0", "0EXAMP1E0", "0EXAMP1E1")
    _, newest, other = waiting = [await requested(store, ticket) for ticket in cases]
    for id in waiting:
        await handle_all(store, id, delivery.HoldUnconfirmed, recipient=RECIPIENT)
    assert store.read(lambda tx: projections.next_due(tx, "email", MAIL)) is None
    await store.handle(recipients, RECIPIENT, ConfirmRecipient(by=READER))
    assert set(store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10))) == {newest, other}


async def test_a_notice_to_a_browser_that_waits_for_the_morning_outdates_no_mail(store: Store) -> None:
    mail = await requested(store)
    await handle_all(store, mail, delivery.HoldUnconfirmed, recipient=RECIPIENT)
    await requested(store, channel="web_push", send_after=NOON + timedelta(hours=18))
    await store.handle(recipients, RECIPIENT, ConfirmRecipient(by=BY.model_copy(update={"role": "public"})))
    assert store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10)) == [mail]


async def test_a_confirmation_makes_each_answer_to_a_contributor_due_whatever_others_got_under_the_ticket(
    store: Store,
) -> None:
    first, second, of_another = [await requested(store, "FKP-2026-1", UUID(int=n)) for n in (1, 2, 3)]
    for id, recipient in ((first, RECIPIENT), (second, RECIPIENT), (of_another, UUID(int=10))):
        await handle_all(store, id, delivery.HoldUnconfirmed, recipient=recipient)
    await store.handle(recipients, RECIPIENT, ConfirmRecipient(by=READER))
    assert set(store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10))) == {first, second}


async def test_a_later_mail_to_another_address_of_a_case_outdates_nothing(store: Store) -> None:
    waiting, elsewhere = [await requested(store) for _ in range(2)]
    await handle_all(store, waiting, delivery.HoldUnconfirmed, recipient=RECIPIENT)
    await handle_all(store, elsewhere, delivery.HoldUnconfirmed, recipient=UUID(int=10))
    await store.handle(recipients, RECIPIENT, ConfirmRecipient(by=READER))
    assert store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10)) == [waiting]


async def test_mails_of_a_day_are_counted_by_recipient(store: Store) -> None:
    first, second, third = [await requested(store) for _ in range(3)]
    for id in (first, second):
        await handle_all(store, id, delivery.BeginHandingOver, attempt=1, recipient=RECIPIENT)
    await handle_all(store, third, delivery.BeginHandingOver, attempt=1, recipient=UUID(int=10))
    await handle_all(store, second, delivery.ReportNotTaken, attempt=1, reason_class="permanent")
    assert store.read(lambda tx: projections.sent_to(tx, RECIPIENT, third, NOON)) == 1
    assert store.read(lambda tx: projections.sent_to(tx, RECIPIENT, first, NOON)) == 0
    tomorrow = NOON + timedelta(days=1)
    assert store.read(lambda tx: projections.sent_to(tx, RECIPIENT, third, tomorrow)) == 0


async def test_addresses_that_were_asked_are_counted(store: Store) -> None:
    assert not store.read(projections.has_recipients)
    for number in (1, 2):
        await store.handle(recipients, UUID(int=number), AskRecipient(by=BY, delivery=UUID(int=7)))
    assert store.read(projections.has_recipients)
    assert store.read(lambda tx: projections.asked_since(tx, NOON)) == 2
    assert store.read(lambda tx: projections.asked_since(tx, NOON + timedelta(days=1))) == 0


async def test_an_official_who_chooses_when_to_be_told_confirms_the_address_and_held_mails_are_due(
    store: Store,
) -> None:
    delivery_id = await requested(store)
    await handle_all(store, delivery_id, delivery.HoldUnconfirmed, recipient=RECIPIENT)
    await store.handle(recipients, RECIPIENT, StopRecipient(by=READER))
    await store.handle(recipients, RECIPIENT, ChooseFrequency(by=READER, frequency="daily"))
    assert store.read(lambda tx: projections.due(tx, "email", NOON, MAIL, 10)) == [delivery_id]


async def test_a_number_that_was_never_asked_counts_only_until_its_delivery_ends(store: Store) -> None:
    ended, begun, waits = [await asking(store) for _ in range(3)]
    await handle_all(store, ended, delivery.ReportNotReachable, reason_class="erased")
    await handle_all(store, begun, delivery.BeginHandingOver, attempt=1, recipient=RECIPIENT)
    assert store.read(lambda tx: projections.numbers_asked(tx, "sms", NOON)) == 2
    tomorrow = NOON + timedelta(days=1)
    assert store.read(lambda tx: projections.numbers_asked(tx, "sms", tomorrow)) == 1
    await handle_all(store, waits, delivery.ReportNotReachable, reason_class="no_address")
    assert store.read(lambda tx: projections.numbers_asked(tx, "sms", tomorrow)) == 0


async def asking(store: Store) -> UUID:
    """A delivery that asks for the confirmation of a number."""
    id, template = uuid4(), {"template": CONFIRM_NUMBER, "template_version": 1, "language": "id"}
    fields = {"ticket": "0EXAMP1E0", "channel": "sms", "cause": UUID(int=7), **template}
    await handle_all(store, id, delivery.RequestDelivery, **fields)
    return id
