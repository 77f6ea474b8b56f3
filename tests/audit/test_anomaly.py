"""A break in a sender's chain is said once, and each person who looked into it is named once."""

from datetime import UTC, datetime
from uuid import uuid5

from zi_audit.domain.anomaly import (
    NAMESPACE,
    AcknowledgeAnomaly,
    Anomaly,
    AnomalyAcknowledged,
    ChainBreakFound,
    NoteBreak,
    anomaly_id,
    decide,
    evolve,
)
from zi_audit.domain.chain import Break
from zi_audit.messaging.published import anomaly, publish_anomaly
from zi_chassis.domain import Act

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="system:audit", role="system:audit")
AUDITOR = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="auditor-1", role="staff:auditor")
ORIGIN = "log.example.org/zona"
GAP = {
    "by": BY,
    "sender": "intake",
    "index": 7,
    "kind": Break.MISSING,
    "position": 5,
    "expected": "4",
    "found": "5",
}
ACKNOWLEDGEMENT = {"by": AUDITOR, "sender": "intake", "index": 7, "hash": "a" * 64, "reason": "A lost disk."}


def test_a_break_becomes_one_event_that_tells_all_of_it() -> None:
    assert decide(NoteBreak(**GAP), anomaly.initial) == [ChainBreakFound(**GAP)]


def test_a_break_that_was_said_is_not_said_again() -> None:
    state = evolve(anomaly.initial, ChainBreakFound(**GAP))
    assert state == Anomaly(noted=True)
    assert decide(NoteBreak(**GAP), state) == []


def test_an_entry_has_one_anomaly_whoever_finds_it() -> None:
    assert anomaly_id(ORIGIN, 7) == anomaly_id(ORIGIN, 7) == uuid5(NAMESPACE, "log.example.org/zona 7")
    assert len({anomaly_id(ORIGIN, 7), anomaly_id(ORIGIN, 8), anomaly_id("log.example.org/other", 7)}) == 3


def test_each_person_acknowledges_an_entry_once() -> None:
    state = anomaly.initial
    for actor in ("auditor-1", "operator-1"):
        command = AcknowledgeAnomaly(**ACKNOWLEDGEMENT | {"by": AUDITOR.model_copy(update={"actor": actor})})
        [event] = decide(command, state)
        state = evolve(state, event)
        assert decide(command, state) == []
    assert state == Anomaly(acknowledged_by=frozenset({"auditor-1", "operator-1"}))
    assert decide(NoteBreak(**GAP), state) == [ChainBreakFound(**GAP)]


def test_an_acknowledgement_says_which_entry_and_why() -> None:
    [event] = decide(AcknowledgeAnomaly(**ACKNOWLEDGEMENT), anomaly.initial)
    disclosure = publish_anomaly(event, anomaly.initial)
    assert isinstance(event, AnomalyAcknowledged)
    assert (disclosure.subject, disclosure.data) == (
        "lane-intake",
        {"index": 7, "reason": "A lost disk.", "sender": "intake", "hash": "a" * 64},
    )
