"""Given these events, when this command comes, then these events, or this refusal."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_chassis.domain import Act, DomainError
from zi_notify.domain import delivery
from zi_notify.domain.delivery import RETRY_AFTER, Commands, Events, MailDelivery

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
CAUSE = UUID("11111111-1111-5111-8111-111111111111")
LATER = Act(at=NOON + timedelta(days=30), actor="system:notify", role="system:notify")
BY = Act(at=NOON, actor="system:notify", role="system:notify")

REQUEST: dict[str, Any] = {
    "ticket": "0EXAMP1E0",
    "channel": "email",
    "template": "answered",
    "template_version": 1,
    "language": "id",
    "cause": CAUSE,
}
request = delivery.RequestDelivery(by=BY, **REQUEST)
requested = delivery.DeliveryRequested(by=BY, **REQUEST)


def test_nothing_is_sent_before_its_time() -> None:
    morning = NOON + timedelta(hours=9)
    quiet = requested.model_copy(update={"send_after": morning})
    assert (after(requested).due, after(quiet).due) == (NOON, morning)
    by_day = requested.model_copy(update={"keeps_quiet_hours": True})
    assert [each.is_for_daytime for each in (requested, quiet, by_day)] == [False, True, True]
    with pytest.raises(delivery.NotDueError):
        delivery.decide(begin(1, BY), after(quiet))


def begin(attempt: int, by: Act = LATER) -> delivery.BeginHandingOver:
    return delivery.BeginHandingOver(by=by, attempt=attempt)


def handing_over(attempt: int) -> delivery.DeliveryHandingOver:
    return delivery.DeliveryHandingOver(by=BY, attempt=attempt)


def taken(attempt: int) -> delivery.ReportHandedOver:
    return delivery.ReportHandedOver(by=BY, attempt=attempt)


def handed_over(attempt: int) -> delivery.DeliveryHandedOver:
    return delivery.DeliveryHandedOver(by=BY, attempt=attempt)


def not_taken(attempt: int, reason: Any) -> delivery.ReportNotTaken:
    return delivery.ReportNotTaken(by=BY, attempt=attempt, reason_class=reason)


def deferred(attempt: int, wait: timedelta = RETRY_AFTER[0], reason: Any = "temporary") -> Events:
    return delivery.DeliveryDeferred(by=BY, attempt=attempt, reason_class=reason, retry_at=NOON + wait)


def uncertain(attempt: int, wait: timedelta = timedelta()) -> Events:
    return delivery.DeliveryUncertain(by=BY, attempt=attempt, retry_at=NOON + wait)


def failed(reason: Any) -> Events:
    return delivery.DeliveryFailed(by=BY, reason_class=reason)


def doubt(attempt: int) -> delivery.DoubtAttempt:
    return delivery.DoubtAttempt(by=BY, attempt=attempt)


def not_reachable(reason: Any) -> delivery.ReportNotReachable:
    return delivery.ReportNotReachable(by=BY, reason_class=reason)


RECIPIENT = UUID(int=9)
TOMORROW = NOON + timedelta(hours=12)
hold = delivery.HoldUnconfirmed(by=BY, recipient=RECIPIENT)
unconfirmed = delivery.DeliveryUnconfirmed(by=BY, recipient=RECIPIENT)
postpone = delivery.Postpone(by=BY, until=TOMORROW)
postponed = delivery.DeliveryPostponed(by=BY, retry_at=TOMORROW)


def withhold(reason: Any) -> delivery.Withhold:
    return delivery.Withhold(by=BY, reason_class=reason)


def withheld(reason: Any) -> delivery.DeliveryWithheld:
    return delivery.DeliveryWithheld(by=BY, reason_class=reason)


def after(*events: Any) -> MailDelivery:
    state = delivery.initial
    for event in events:
        state = delivery.evolve(state, event)
    return state


def when(command: Commands, *events: Events) -> list[Any]:
    return list(delivery.decide(command, after(*events)))


def test_a_request_is_recorded_once() -> None:
    assert when(request) == [requested]
    assert when(request, requested) == []


def test_the_same_cause_and_channel_are_the_same_delivery() -> None:
    assert delivery.delivery_id(CAUSE, "email") == delivery.delivery_id(CAUSE, "email")
    assert delivery.delivery_id(CAUSE, "email") != delivery.delivery_id(requested.cause, "email").hex


def test_nothing_is_reported_on_what_was_never_requested() -> None:
    for command in (begin(1), taken(1), not_taken(1, "temporary"), not_reachable("erased"), doubt(1)):
        with pytest.raises(delivery.UnknownDeliveryError):
            when(command)


def test_an_attempt_begins_when_it_is_due() -> None:
    assert when(begin(1, BY), requested) == [delivery.DeliveryHandingOver(by=BY, attempt=1)]


def test_a_begun_attempt_is_nobody_else_s_to_begin() -> None:
    assert when(begin(1), requested, handing_over(1)) == []
    assert when(begin(1), requested, handing_over(1), uncertain(1)) == []
    assert when(begin(1), requested, handing_over(1), handed_over(1)) == []


def test_no_next_attempt_begins_while_one_is_open() -> None:
    with pytest.raises(delivery.AttemptOpenError, match="Report the result of attempt 1 first"):
        when(begin(2), requested, handing_over(1))


def test_attempts_are_numbered_without_gaps() -> None:
    with pytest.raises(delivery.UnknownAttemptError, match="The next attempt is number 1"):
        when(begin(2), requested)


def test_no_attempt_begins_before_its_time() -> None:
    with pytest.raises(delivery.NotDueError):
        when(begin(2, BY), requested, handing_over(1), deferred(1))


REFUSALS: list[tuple[Commands, tuple[Events, ...], str]] = [
    (taken(1), (), "Request the delivery before reporting on it."),
    (begin(2), (requested, handing_over(1)), "Report the result of attempt 1 first."),
    (not_reachable("erased"), (requested, handing_over(1)), "Report the result of attempt 1 first."),
    (begin(3), (requested, handing_over(1), deferred(1)), "The next attempt is number 2."),
    (
        begin(2, BY),
        (requested, handing_over(1), deferred(1)),
        "The next attempt may begin at 2026-12-01T04:01:00+00:00.",
    ),
    (taken(2), (requested, handing_over(1)), "The last attempt was number 1."),
    (
        begin(2),
        (requested, handing_over(1), handed_over(1)),
        "This delivery has ended; nothing more is sent for it.",
    ),
]


@pytest.mark.parametrize(("command", "events", "sentence"), REFUSALS)
def test_a_refusal_says_what_to_do(command: Commands, events: tuple[Events, ...], sentence: str) -> None:
    with pytest.raises(DomainError) as refused:
        when(command, *events)
    assert str(refused.value) == sentence


def test_a_delivery_that_was_requested_is_due_at_once() -> None:
    state = after(requested)
    assert (state.status, state.due) == (delivery.DeliveryStatus.REQUESTED, NOON)


@pytest.mark.parametrize("end", [handed_over(1), failed("permanent")])
def test_no_attempt_begins_after_the_end(end: Events) -> None:
    with pytest.raises(delivery.DeliveryOverError):
        when(begin(2), requested, handing_over(1), end)


def test_a_mail_that_the_server_took_is_handed_over() -> None:
    assert when(taken(1), requested, handing_over(1)) == [handed_over(1)]


def test_a_late_word_still_settles_an_uncertain_attempt() -> None:
    assert when(taken(1), requested, handing_over(1), uncertain(1)) == [handed_over(1)]


def test_a_late_refusal_adds_nothing_to_a_doubt() -> None:
    assert when(not_taken(1, "permanent"), requested, handing_over(1), uncertain(1)) == []


@pytest.mark.parametrize("end", [handed_over(1), failed("permanent"), deferred(1)])
def test_the_first_word_on_an_attempt_stands(end: Events) -> None:
    assert when(taken(1), requested, handing_over(1), end) == []
    assert when(not_taken(1, "temporary"), requested, handing_over(1), end) == []


@pytest.mark.parametrize("attempt", [-1, 0, 2])
def test_only_the_last_attempt_can_be_reported_on(attempt: int) -> None:
    with pytest.raises(delivery.UnknownAttemptError, match="The last attempt was number 1"):
        when(taken(attempt), requested, handing_over(1))


def test_nothing_is_reported_before_the_first_attempt() -> None:
    with pytest.raises(delivery.UnknownAttemptError):
        when(not_taken(0, "temporary"), requested)


@pytest.mark.parametrize("reason", ["temporary", "technical"])
def test_a_passing_reason_defers(reason: Any) -> None:
    assert when(not_taken(1, reason), requested, handing_over(1)) == [deferred(1, reason=reason)]


def test_silence_in_the_last_moment_is_doubt() -> None:
    assert when(not_taken(1, "uncertain"), requested, handing_over(1)) == [uncertain(1, RETRY_AFTER[0])]


def test_a_permanent_reason_fails_at_once() -> None:
    assert when(not_taken(1, "permanent"), requested, handing_over(1)) == [failed("permanent")]


@pytest.mark.parametrize("reason", ["temporary", "technical", "uncertain"])
def test_the_ladder_of_retries_is_climbed_and_then_it_fails(reason: Any) -> None:
    events: list[Events] = [requested]
    for attempt, wait in enumerate(RETRY_AFTER, start=1):
        events += [handing_over(attempt)]
        (event,) = when(not_taken(attempt, reason), *events)
        assert event.retry_at == NOON + wait
        events += [event]
    last = len(RETRY_AFTER) + 1
    assert when(not_taken(last, reason), *events, handing_over(last)) == [failed(reason)]


@pytest.mark.parametrize("reason", ["no_address", "erased"])
def test_without_an_address_it_fails(reason: Any) -> None:
    assert when(not_reachable(reason), requested) == [failed(reason)]
    assert when(not_reachable(reason), requested, handing_over(1), deferred(1)) == [failed(reason)]
    assert when(not_reachable(reason), requested, failed(reason)) == []


def test_an_open_attempt_can_t_be_called_unreachable() -> None:
    with pytest.raises(delivery.AttemptOpenError):
        when(not_reachable("erased"), requested, handing_over(1))


def test_after_a_crash_an_open_attempt_is_uncertain_and_due_at_once() -> None:
    assert when(doubt(1), requested, handing_over(1)) == [uncertain(1)]
    assert after(requested, handing_over(1), uncertain(1)).due == NOON
    assert when(begin(2, BY), requested, handing_over(1), uncertain(1)) == [
        delivery.DeliveryHandingOver(by=BY, attempt=2)
    ]


@pytest.mark.parametrize("end", [handed_over(1), failed("permanent"), deferred(1), uncertain(1)])
def test_a_settled_attempt_is_not_doubted(end: Events) -> None:
    assert when(doubt(1), requested, handing_over(1), end) == []


def test_another_attempt_s_doubt_changes_nothing() -> None:
    assert when(doubt(1), requested, handing_over(1), uncertain(1), handing_over(2)) == []


def test_an_address_that_is_not_confirmed_holds_the_mail_until_it_is() -> None:
    assert when(hold, requested) == [unconfirmed]
    assert when(hold, requested, unconfirmed) == []
    assert after(requested, unconfirmed).status is delivery.DeliveryStatus.UNCONFIRMED
    assert when(begin(1, BY), requested, unconfirmed) == [handing_over(1)]


def test_a_mail_is_postponed_to_another_day() -> None:
    assert when(postpone, requested) == [postponed]
    assert when(postpone, requested, postponed) == []
    assert after(requested, postponed).due == TOMORROW
    with pytest.raises(delivery.NotDueError):
        when(begin(1, BY), requested, postponed)
    assert when(begin(1), requested, postponed)


@pytest.mark.parametrize("reason", ["stopped", "recipient_limit"])
@pytest.mark.parametrize("before", [(), (unconfirmed,), (postponed,), (handing_over(1), deferred(1))])
def test_what_is_withheld_is_never_sent(reason: Any, before: tuple[Events, ...]) -> None:
    assert when(withhold(reason), requested, *before) == [withheld(reason)]
    assert when(withhold(reason), requested, *before, withheld(reason)) == []
    assert when(hold, requested, *before, withheld(reason)) == []
    assert when(postpone, requested, *before, withheld(reason)) == []
    with pytest.raises(delivery.DeliveryOverError):
        when(begin(2), requested, *before, withheld(reason))


@pytest.mark.parametrize("command", [hold, postpone, withhold("stopped")])
def test_a_mail_on_its_way_is_not_held_back(command: Commands) -> None:
    with pytest.raises(delivery.AttemptOpenError):
        when(command, requested, handing_over(1))


def test_a_mail_that_some_server_may_have_taken_is_doubted_to_the_end() -> None:
    tried = (requested, handing_over(1))
    assert not after(*tried, failed("permanent")).is_doubted
    assert after(*tried, failed("uncertain")).is_doubted
    assert after(*tried, uncertain(1), handing_over(2), failed("permanent")).is_doubted


BEGINNABLE = (
    delivery.DeliveryRequested
    | delivery.DeliveryDeferred
    | delivery.DeliveryUncertain
    | delivery.DeliveryUnconfirmed
    | delivery.DeliveryPostponed
)
attempts = st.integers(0, 4)
commands: st.SearchStrategy[Commands] = st.one_of(
    st.just(request),
    st.builds(begin, attempts),
    st.builds(taken, attempts),
    st.builds(not_taken, attempts, st.sampled_from(["temporary", "technical", "uncertain", "permanent"])),
    st.builds(not_reachable, st.sampled_from(["no_address", "erased"])),
    st.builds(doubt, attempts),
    st.sampled_from([hold, postpone]),
    st.builds(withhold, st.sampled_from(["stopped", "recipient_limit"])),
)


def history(given_commands: list[Commands]) -> list[Any]:
    state = delivery.initial
    events: list[Any] = []
    for command in given_commands:
        try:
            decided = delivery.decide(command, state)
        except DomainError:
            continue
        events += decided
        state = after(*events)
    return events


@given(st.lists(commands, max_size=30))
def test_no_second_attempt_without_recorded_doubt_or_deferral_of_the_first(
    given_commands: list[Commands],
) -> None:
    before: Any = None
    attempt = 0
    for event in history([request, *given_commands]):
        if isinstance(event, delivery.DeliveryHandingOver):
            attempt += 1
            assert event.attempt == attempt
            assert isinstance(before, BEGINNABLE)
        before = event


@given(st.lists(commands, max_size=30))
def test_nothing_happens_after_the_end(given_commands: list[Commands]) -> None:
    events = history([request, *given_commands])
    ends = [
        at
        for at, event in enumerate(events)
        if isinstance(
            event, delivery.DeliveryHandedOver | delivery.DeliveryFailed | delivery.DeliveryWithheld
        )
    ]
    assert ends in ([], [len(events) - 1])


@given(st.lists(commands, max_size=20), commands)
def test_a_repeated_command_records_nothing_new(given_commands: list[Commands], command: Commands) -> None:
    events = history([request, *given_commands])
    try:
        decided = delivery.decide(command, after(*events))
    except DomainError:
        return
    assert list(delivery.decide(command, after(*events, *decided))) == []
