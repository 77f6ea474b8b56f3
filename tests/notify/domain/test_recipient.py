"""Given what is known of an address, when this command comes, then these events; and what may be sent to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_chassis.domain import Act
from zi_notify.domain import recipient
from zi_notify.domain.recipient import Commands, Permission, Recipient

BY = Act(at=datetime(2026, 12, 1, 4, tzinfo=UTC), actor="system:notify", role="system:notify")
FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
READER = BY.model_copy(update={"actor": str(UUID(int=9)), "role": "public"})
confirm, stop = recipient.ConfirmRecipient(by=READER), recipient.StopRecipient(by=READER)
daily = recipient.ChooseFrequency(by=READER, frequency="daily")
chosen_daily = recipient.RecipientFrequencyChosen(by=READER, frequency="daily")
confirmed, stopped = recipient.RecipientConfirmed(by=READER), recipient.RecipientStopped(by=READER)


def ask(delivery: UUID, instead_of: UUID | None = None) -> recipient.AskRecipient:
    return recipient.AskRecipient(by=BY, delivery=delivery, instead_of=instead_of)


def asked_event(delivery: UUID) -> recipient.RecipientAsked:
    return recipient.RecipientAsked(by=BY, delivery=delivery)


def after(*events: Any) -> Recipient:
    state = recipient.initial
    for event in events:
        state = recipient.evolve(state, event)
    return state


def when(command: Commands, *events: Any) -> list[Any]:
    return list(recipient.decide(command, after(*events)))


def test_an_official_chooses_once_and_a_choice_after_a_stop_wants_mail_again() -> None:
    assert when(daily) == [chosen_daily]
    assert when(daily, chosen_daily) == []
    assert when(daily, chosen_daily, stopped) == [chosen_daily]
    state = after(stopped, chosen_daily)
    assert (state.consent, state.frequency) == (recipient.Consent.CONFIRMED, recipient.Frequency.DAILY)


def test_one_delivery_alone_asks() -> None:
    assert when(ask(FIRST)) == [asked_event(FIRST)]
    assert when(ask(FIRST), asked_event(FIRST)) == []
    assert when(ask(SECOND), asked_event(FIRST)) == []


def test_another_delivery_asks_in_place_of_one_that_no_server_took() -> None:
    assert when(ask(SECOND, FIRST), asked_event(FIRST)) == [asked_event(SECOND)]
    assert when(ask(THIRD, FIRST), asked_event(FIRST), asked_event(SECOND)) == []


@pytest.mark.parametrize("known", [confirmed, stopped])
def test_whoever_decided_is_not_asked(known: Any) -> None:
    assert when(ask(FIRST), known) == []


def test_a_reader_confirms_and_stops_once_and_may_change_their_mind() -> None:
    assert when(confirm, asked_event(FIRST)) == [confirmed]
    assert when(confirm, confirmed) == []
    assert when(stop, confirmed) == [stopped]
    assert when(stop, stopped) == []
    assert when(confirm, stopped) == [confirmed]


@pytest.mark.parametrize(
    ("events", "delivery", "is_earlier", "permission"),
    [
        ((), FIRST, False, Permission.UNCONFIRMED),
        ((asked_event(FIRST),), FIRST, False, Permission.ASK),
        ((asked_event(FIRST),), SECOND, False, Permission.UNCONFIRMED),
        ((asked_event(FIRST),), SECOND, True, Permission.WRITE),
        ((), FIRST, True, Permission.WRITE),
        ((asked_event(FIRST), confirmed), SECOND, False, Permission.WRITE),
        ((asked_event(FIRST), stopped), FIRST, False, Permission.STOPPED),
        ((stopped,), FIRST, True, Permission.STOPPED),
        ((stopped, confirmed), FIRST, False, Permission.WRITE),
    ],
)
def test_what_may_be_sent(events: Any, delivery: UUID, is_earlier: bool, permission: Permission) -> None:
    assert after(*events).permission(delivery, is_earlier) is permission


@given(st.lists(st.sampled_from([ask(FIRST), ask(SECOND), ask(THIRD), stop]), max_size=12))
def test_until_it_is_confirmed_one_delivery_at_most_may_be_sent(commands: list[Commands]) -> None:
    state, admitted = recipient.initial, set()
    for command in commands:
        for event in recipient.decide(command, state):
            state = recipient.evolve(state, event)  # type: ignore[arg-type]
        permissions = {each: state.permission(each, False) for each in (FIRST, SECOND, THIRD)}
        admitted |= {each for each, may in permissions.items() if may in (Permission.ASK, Permission.WRITE)}
    assert len(admitted) <= 1
