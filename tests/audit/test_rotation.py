"""That the log's key was replaced is said once, by audit, in the log itself."""

from datetime import UTC, datetime

from zi_audit.domain.rotation import LogKeyRotated, NoteRotation, Rotation, decide, evolve, rotation_id
from zi_audit.messaging.published import rotation
from zi_chassis.domain import Act

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="system:audit", role="system:audit")
CHANGE = {"by": BY, "old_vkey": "one", "new_vkey": "two"}


def test_a_new_key_becomes_one_event_that_names_both() -> None:
    assert decide(NoteRotation(**CHANGE), rotation.initial) == [LogKeyRotated(**CHANGE)]


def test_a_new_key_that_was_told_is_not_told_again() -> None:
    noted = evolve(rotation.initial, LogKeyRotated(**CHANGE))
    assert noted == Rotation(noted=True)
    assert decide(NoteRotation(**CHANGE), noted) == []


def test_each_change_is_an_aggregate_of_its_own() -> None:
    assert rotation_id("one", "two") == rotation_id("one", "two")
    assert len({rotation_id("one", "two"), rotation_id("two", "one"), rotation_id("two", "three")}) == 3
