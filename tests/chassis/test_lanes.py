"""Passing over a message that blocks its lane is itself an event, and never goes backwards."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from zi_chassis.bus.lanes import (
    NAMESPACE,
    BlockedLaneError,
    LaneSkips,
    MessageSkipped,
    Skip,
    decide,
    evolve,
    lane,
    lane_id,
    publish,
)
from zi_chassis.domain import Act, Disclosure

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="operator-citra", role="staff:ops")


def poison(position: int) -> dict[str, Any]:
    return {"sender": "intake", "position": position, "hash": "a" * 64, "reason": "looked at by hand"}


def test_a_skipped_message_is_one_event_that_says_which_and_why() -> None:
    assert decide(Skip(by=BY, **poison(3)), lane.initial) == [MessageSkipped(by=BY, **poison(3))]


def test_what_was_skipped_is_not_skipped_again() -> None:
    passed = evolve(lane.initial, MessageSkipped(by=BY, **poison(3)))
    assert passed == LaneSkips(skipped=3)
    assert decide(Skip(by=BY, **poison(3)), passed) == []
    assert decide(Skip(by=BY, **poison(2)), passed) == []
    assert decide(Skip(by=BY, **poison(4)), passed) == [MessageSkipped(by=BY, **poison(4))]


def test_everybody_may_read_what_was_skipped_in_which_lane() -> None:
    disclosure = publish(MessageSkipped(by=BY, **poison(3)), lane.initial)
    assert disclosure == Disclosure(subject="lane-intake", data=poison(3))


def test_a_lane_is_one_for_each_hearer_and_sender() -> None:
    assert lane_id("/zi/office/notify", "intake") == uuid5(NAMESPACE, "/zi/office/notify intake")
    assert lane_id("/zi/office/notify", "intake") != lane_id("/zi/office/audit", "intake")


def test_a_blocked_lane_says_where_it_stands_and_why() -> None:
    why = ValueError("no such case")
    blocked = BlockedLaneError("intake", 3, "zi.intake.case_closed", why)
    assert str(blocked) == "intake 3 zi.intake.case_closed: ValueError: no such case"
    assert (blocked.sender, blocked.position, blocked.type, blocked.why) == (
        "intake",
        3,
        "zi.intake.case_closed",
        why,
    )
