"""What each delivery event discloses: exactly the contract's fields, under the ticket."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from zi_chassis.domain import Act, Event, message_type
from zi_contracts.registry import MODELS
from zi_notify import delivery
from zi_notify.published import decider

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
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_discloses_the_fields_of_its_contract(event: Event) -> None:
    disclosure = decider.publish(event, STATE)
    model = MODELS[message_type("notify", type(event))]
    data = disclosure.data
    assert disclosure.subject == "0EXAMP1E0"
    assert set(data) == set(model.model_fields)
    assert model.model_validate(data).model_dump(mode="json") == data


def test_every_event_of_the_delivery_is_covered() -> None:
    assert {type(event) for event in EVENTS} == set(decider.events)
