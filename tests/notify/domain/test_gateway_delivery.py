"""A delivery by gateways: which one may try, what a doubt binds, and how far a receipt takes it. Forward only, and once."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from tests.notify.domain.test_delivery import (
    BY,
    LATER,
    NOON,
    after,
    doubt,
    failed,
    handed_over,
    requested,
    taken,
    uncertain,
    when,
    withheld,
)

from zi_notify.domain import delivery
from zi_notify.domain.delivery import ReceiptOutcome
from zi_notify.domain.delivery_status import DeliveryStatus

FIRST, SECOND = UUID(int=1), UUID(int=2)
REFERENCES = {"first": FIRST, "second": SECOND}
MINUTE = timedelta(minutes=1)
delivered = delivery.DeliveryDelivered(by=BY, attempt=1)
undelivered = delivery.DeliveryUndelivered(by=BY, attempt=1)


def begin(attempt: int, provider: str) -> delivery.BeginHandingOver:
    return delivery.BeginHandingOver(
        by=LATER, attempt=attempt, provider=provider, reference=REFERENCES[provider]
    )


def begun(attempt: int, provider: str = "first") -> delivery.DeliveryHandingOver:
    return delivery.DeliveryHandingOver(
        by=BY, attempt=attempt, provider=provider, reference=REFERENCES[provider]
    )


def not_taken(reason: Any, attempt: int = 1, **more: Any) -> delivery.ReportNotTaken:
    return delivery.ReportNotTaken(by=BY, attempt=attempt, reason_class=reason, **more)


def receipt(outcome: ReceiptOutcome, reference: UUID = FIRST) -> delivery.ReceiveReceipt:
    return delivery.ReceiveReceipt(by=BY, reference=reference, outcome=outcome)


def deferred(attempt: int = 1) -> delivery.DeliveryDeferred:
    return delivery.DeliveryDeferred(by=BY, attempt=attempt, reason_class="temporary", retry_at=NOON)


def test_what_one_provider_may_have_is_given_to_no_other() -> None:
    doubted = (requested, begun(1), uncertain(1))
    with pytest.raises(delivery.OtherProviderError):
        when(begin(2, "second"), *doubted)
    [again] = when(begin(2, "first"), *doubted)
    assert (again.provider, again.reference) == ("first", FIRST)


def test_a_doubt_binds_also_after_the_provider_was_busy() -> None:
    with pytest.raises(delivery.OtherProviderError):
        when(begin(3, "second"), requested, begun(1), uncertain(1), begun(2), deferred(2))


def test_what_is_for_a_team_is_sent_by_its_provider_alone() -> None:
    for_team = requested.model_copy(update={"team": "first", "channel": "messenger"})
    with pytest.raises(delivery.OtherProviderError):
        when(begin(1, "second"), for_team)
    [event] = when(begin(1, "first"), for_team)
    assert (event.provider, for_team.is_to_officials, requested.is_to_officials) == ("first", True, False)


def test_what_a_provider_surely_did_not_take_another_may_send() -> None:
    [event] = when(begin(2, "second"), requested, begun(1), deferred())
    assert event.provider == "second"


def test_with_another_provider_free_the_next_attempt_is_due_at_once() -> None:
    [event] = when(not_taken("temporary", elsewhere=True), requested, begun(1))
    assert event.retry_at == NOON
    [event] = when(not_taken("uncertain", elsewhere=True), requested, begun(1))
    assert event.retry_at > NOON
    [event] = when(
        not_taken("temporary", attempt=2, elsewhere=True), requested, begun(1), uncertain(1), begun(2)
    )
    assert event.retry_at > NOON  # that one is bound


def test_the_waits_are_data_and_the_provider_may_ask_for_more() -> None:
    waits = (MINUTE,)
    [event] = when(not_taken("temporary", waits=waits), requested, begun(1))
    assert event.retry_at == NOON + MINUTE
    [event] = when(not_taken("temporary", waits=waits, not_before=NOON + 2 * MINUTE), requested, begun(1))
    assert event.retry_at == NOON + 2 * MINUTE
    [event] = when(not_taken("temporary", waits=waits, not_before=NOON), requested, begun(1))
    assert event.retry_at == NOON + MINUTE
    again = (requested, begun(1), deferred(), begun(2))
    assert when(not_taken("temporary", attempt=2, waits=waits), *again) == [failed("temporary")]


def test_where_a_repeat_would_be_a_second_message_a_doubt_is_the_end() -> None:
    assert when(not_taken("uncertain", once=True), requested, begun(1)) == [failed("uncertain")]
    crashed = doubt(1).model_copy(update={"once": True})
    assert when(crashed, requested, begun(1)) == [failed("uncertain")]
    [event] = when(not_taken("temporary", once=True), requested, begun(1))
    assert isinstance(event, delivery.DeliveryDeferred)


@pytest.mark.parametrize(
    "events",
    [
        (begun(1),),  # before the answer
        (begun(1), handed_over(1)),
        (begun(1), uncertain(1)),
        (begun(1), uncertain(1), begun(2), deferred(2)),
        (begun(1), failed("uncertain")),
        (begun(1), uncertain(1), withheld("stopped")),
        (begun(1), handed_over(1), undelivered),
        (begun(1), deferred()),
    ],
)
def test_what_arrived_is_delivered_whatever_was_thought_before(events: tuple[Any, ...]) -> None:
    [event] = when(receipt("delivered"), requested, *events)
    assert isinstance(event, delivery.DeliveryDelivered)
    state = after(requested, *events, event)
    assert (state.status, state.due) == (DeliveryStatus.DELIVERED, None)


@pytest.mark.parametrize(
    "events",
    [(begun(1),), (begun(1), handed_over(1)), (begun(1), uncertain(1)), (begun(1), failed("uncertain"))],
)
def test_what_the_provider_lost_is_undelivered_and_not_sent_again(events: tuple[Any, ...]) -> None:
    [event] = when(receipt("undelivered"), requested, *events)
    state = after(requested, *events, event)
    assert (state.status, state.due) == (DeliveryStatus.UNDELIVERED, None)
    with pytest.raises(delivery.DeliveryOverError):
        when(begin(state.attempt + 1, "first"), requested, *events, event)


@pytest.mark.parametrize(
    "events",
    [
        (begun(1), handed_over(1), delivered),
        (begun(1), handed_over(1), undelivered),
        (begun(1), deferred()),  # it said that it did not take it
        (begun(1), failed("permanent")),
        (begun(1), uncertain(1), withheld("stopped")),
    ],
)
def test_bad_news_takes_nothing_back(events: tuple[Any, ...]) -> None:
    assert when(receipt("undelivered"), requested, *events) == []


def test_a_receipt_comes_twice_and_counts_once() -> None:
    assert when(receipt("delivered"), requested, begun(1), handed_over(1), delivered) == []


def test_the_answer_after_the_receipt_changes_nothing() -> None:
    for command in (taken(1), not_taken("uncertain"), not_taken("permanent"), doubt(1)):
        assert when(command, requested, begun(1), delivered) == []
        assert when(command, requested, begun(1), undelivered) == []


def test_of_a_provider_that_was_given_up_only_the_good_news_counts() -> None:
    moved_on = (requested, begun(1), deferred(), begun(2, "second"), handed_over(2))
    assert when(receipt("undelivered", FIRST), *moved_on) == []
    assert when(receipt("delivered", FIRST), *moved_on) == [delivery.DeliveryDelivered(by=BY, attempt=2)]
    assert when(receipt("undelivered", SECOND), *moved_on) == [delivery.DeliveryUndelivered(by=BY, attempt=2)]


def test_an_id_that_was_never_given_is_no_receipt() -> None:
    assert when(receipt("delivered", UUID(int=7)), requested, begun(1), handed_over(1)) == []
    assert when(receipt("delivered"), requested) == []


def test_in_whatever_order_answer_and_receipts_come_the_end_is_the_same() -> None:
    words = (taken(1), receipt("undelivered"), receipt("delivered"), receipt("delivered"))
    for order in permutations(words):
        events: list[Any] = [requested, begun(1)]
        for command in order:
            events += delivery.decide(command, after(*events))
        assert after(*events).status is DeliveryStatus.DELIVERED
        assert [type(event) for event in events].count(delivery.DeliveryDelivered) == 1
