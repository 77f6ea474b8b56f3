"""A break in a sender's chain is said once."""

from datetime import UTC, datetime
from uuid import uuid5

from zi_audit.anomaly import (
    NAMESPACE,
    Anomaly,
    ChainBreakFound,
    NoteBreak,
    anomaly,
    anomaly_id,
    decide,
    evolve,
)
from zi_audit.chain import Break
from zi_chassis.domain import Act

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="system:audit", role="system:audit")
ORIGIN = "log.example.org/zona"
GAP = {
    "by": BY,
    "sender": "/zi/office/intake",
    "index": 7,
    "kind": Break.MISSING,
    "position": 5,
    "expected": "4",
    "found": "5",
}


def test_a_break_becomes_one_event_that_tells_all_of_it() -> None:
    assert decide(NoteBreak(**GAP), anomaly.initial) == [ChainBreakFound(**GAP)]


def test_a_break_that_was_said_is_not_said_again() -> None:
    said = evolve(anomaly.initial, ChainBreakFound(**GAP))
    assert said == Anomaly(noted=True)
    assert decide(NoteBreak(**GAP), said) == []


def test_an_entry_has_one_anomaly_whoever_finds_it() -> None:
    assert anomaly_id(ORIGIN, 7) == anomaly_id(ORIGIN, 7) == uuid5(NAMESPACE, "log.example.org/zona 7")
    assert len({anomaly_id(ORIGIN, 7), anomaly_id(ORIGIN, 8), anomaly_id("log.example.org/other", 7)}) == 3
