"""Each delivery event discloses exactly the contract's fields, under the ticket."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from zi_chassis.domain import Act, Event, message_type
from zi_contracts.registry import MODELS
from zi_notify.domain import channel_switch, delivery, recipient
from zi_notify.messaging.published import decider, recipients, switches

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
BY = Act(at=NOON, actor="system:notify", role="system:notify")
requested = delivery.DeliveryRequested(
    by=BY,
    ticket="0EXAMP1E0",
    channel="email",
    template="answered",
    template_version=1,
    language="id",
    cause=UUID(int=7),
    until=NOON,
)
STATE = delivery.evolve(delivery.initial, requested)
EVENTS: list[Any] = [
    requested,
    delivery.DeliveryHandingOver(by=BY, attempt=2),
    delivery.DeliveryHandedOver(by=BY, attempt=2),
    delivery.DeliveryUncertain(by=BY, attempt=2, retry_at=NOON),
    delivery.DeliveryDeferred(by=BY, attempt=2, reason_class="temporary", retry_at=NOON),
    delivery.DeliveryFailed(by=BY, reason_class="permanent"),
    delivery.DeliveryUnconfirmed(by=BY, recipient=UUID(int=9)),
    delivery.DeliveryPostponed(by=BY, retry_at=NOON),
    delivery.DeliveryWithheld(by=BY, reason_class="stopped"),
    delivery.DeliveryDelivered(by=BY, attempt=2),
    delivery.DeliveryUndelivered(by=BY, attempt=2),
]
SWITCH_EVENTS: list[Any] = [
    channel_switch.ChannelSwitchedOff(by=BY, channel="sms", reason="abuse"),
    channel_switch.ChannelSwitchedOn(by=BY, channel="sms"),
]
RECIPIENT_EVENTS: list[Any] = [
    recipient.RecipientAsked(by=BY, delivery=UUID(int=8)),
    recipient.RecipientConfirmed(by=BY),
    recipient.RecipientStopped(by=BY),
    recipient.RecipientFrequencyChosen(by=BY, frequency="daily"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_discloses_the_fields_of_its_contract(event: Event) -> None:
    disclosure = decider.publish(event, STATE)
    model = MODELS[message_type("notify", type(event))]
    data = disclosure.data
    assert disclosure.subject == "0EXAMP1E0"
    assert set(data) == set(model.model_fields)
    assert model.model_validate(data).model_dump(mode="json") == data


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_delivery_to_an_official_is_of_no_case_and_names_nobody(event: Event) -> None:
    request = requested.model_copy(update={"official": "officer-ani"})
    disclosure = decider.publish(
        request if event is requested else event, delivery.evolve(delivery.initial, request)
    )
    assert disclosure.subject == "officials"
    assert "officer-ani" not in str(disclosure.data)
    assert "0EXAMP1E0" not in str(disclosure.data)


def test_a_delivery_to_a_team_is_of_no_case_and_names_no_team() -> None:
    request = requested.model_copy(update={"team": "regu-piket", "channel": "messenger"})
    state = delivery.evolve(delivery.initial, request)
    begun = delivery.DeliveryHandingOver(by=BY, attempt=1, provider="regu-piket")
    for event in (request, begun):
        disclosure = decider.publish(event, state)
        assert disclosure.subject == "officials"
        assert "regu-piket" not in str(disclosure.data)
    assert decider.publish(request, state).data["to_official"] is True


def test_every_event_of_the_delivery_is_covered() -> None:
    assert {type(event) for event in EVENTS} == set(decider.events)


@pytest.mark.parametrize("event", RECIPIENT_EVENTS, ids=lambda event: type(event).__name__)
def test_what_a_reader_decides_is_told_of_no_case(event: Event) -> None:
    disclosure = recipients.publish(event, recipient.initial)
    public_data = {"frequency": "daily"} if isinstance(event, recipient.RecipientFrequencyChosen) else {}
    assert (disclosure.subject, disclosure.data) == ("recipients", public_data)
    assert set(MODELS[message_type("notify", type(event))].model_fields) == set(public_data)


def test_every_event_of_a_recipient_is_covered() -> None:
    assert {type(event) for event in RECIPIENT_EVENTS} == set(recipients.events)


@pytest.mark.parametrize("event", SWITCH_EVENTS, ids=lambda event: type(event).__name__)
def test_a_switch_is_of_no_case(event: Event) -> None:
    disclosure = switches.publish(event, channel_switch.initial)
    model = MODELS[message_type("notify", type(event))]
    assert disclosure.subject == "channels"
    assert model.model_validate(disclosure.data).model_dump(mode="json") == disclosure.data


def test_no_delivery_discloses_the_digest_of_the_address_or_the_id_that_a_gateway_has() -> None:
    begun = delivery.DeliveryHandingOver(
        by=BY, attempt=1, recipient=UUID(int=9), provider="contoh-satu", reference=UUID(int=8)
    )
    disclosed = decider.publish(begun, STATE).data
    assert disclosed == {"attempt": 1, "provider": "contoh-satu"}
