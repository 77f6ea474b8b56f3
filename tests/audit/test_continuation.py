"""A sender goes on behind a forgery on the word of two people, and nobody says the same twice."""

from datetime import UTC, datetime

import pytest

from zi_audit.domain.continuation import (
    Continue,
    ForeignMessage,
    SecondOfficialError,
    SenderContinued,
    continuation_id,
    decide,
    evolve,
)
from zi_audit.messaging.published import continuation, publish_continuation
from zi_chassis.domain import Act

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="operator-1", role="staff:ops")
FORGED = ForeignMessage(sequence=41, hash="f" * 64, index=57)
REPEATED = ForeignMessage(sequence=42, hash="e" * 64)
COMMAND = {
    "by": BY,
    "sender": "notify",
    "after_position": 40,
    "head": "a" * 64,
    "messages": (FORGED, REPEATED),
    "reason": "A stolen key.",
    "acknowledged_by": {41: frozenset({"auditor-1"}), 42: frozenset({"auditor-2", "operator-1"})},
}
EVENT = SenderContinued(
    **{name: value for name, value in COMMAND.items() if name != "acknowledged_by"}  # type: ignore[arg-type]
)


def test_a_sender_goes_on_behind_what_somebody_else_acknowledged() -> None:
    assert decide(Continue(**COMMAND), continuation.initial) == [EVENT]


@pytest.mark.parametrize("others", [{}, {41: frozenset({"operator-1"})}, {42: frozenset({"auditor-1"})}])
def test_nobody_lets_it_go_on_alone(others: dict[int, frozenset[str]]) -> None:
    with pytest.raises(SecondOfficialError, match="message 41 first"):
        decide(Continue(**COMMAND | {"acknowledged_by": others}), continuation.initial)


def test_a_message_that_only_repeats_another_takes_two_as_well() -> None:
    only = COMMAND | {"messages": (REPEATED,)}
    assert [event.messages for event in decide(Continue(**only), continuation.initial)] == [(REPEATED,)]
    with pytest.raises(SecondOfficialError, match="message 42 first"):
        decide(Continue(**only | {"acknowledged_by": {42: frozenset({"operator-1"})}}), continuation.initial)


def test_what_was_declared_is_not_declared_again() -> None:
    state = evolve(continuation.initial, EVENT)
    assert decide(Continue(**COMMAND), state) == []
    another = ForeignMessage(sequence=43, hash="f" * 64, index=57)
    others = {43: frozenset({"auditor-1"})}
    [more] = decide(Continue(**COMMAND | {"messages": (FORGED, another), "acknowledged_by": others}), state)
    assert more.messages == (another,)


def test_in_a_stream_that_was_lost_the_same_message_may_come_again() -> None:
    state = evolve(continuation.initial, EVENT)
    assert decide(Continue(**COMMAND | {"after_position": 41, "head": "b" * 64}), state) != []


def test_the_event_says_who_why_which_messages_and_where_the_chain_goes_on() -> None:
    disclosure = publish_continuation(EVENT, continuation.initial)
    assert disclosure.subject == "lane-notify"
    assert disclosure.data == {
        "sender": "notify",
        "after_position": 40,
        "head": "a" * 64,
        "forged": [57],
        "reason": "A stolen key.",
        "messages": [
            {"sequence": 41, "hash": "f" * 64, "index": 57},
            {"sequence": 42, "hash": "e" * 64},
        ],
    }


def test_each_sender_has_one_aggregate() -> None:
    assert continuation_id("/zi/office/intake") == continuation_id("/zi/office/intake")
    assert continuation_id("/zi/office/intake") != continuation_id("/zi/office/notify")
