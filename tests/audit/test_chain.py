"""Faults of a message at its place: by its bytes, its lane, its type and its sender's chain."""

from hashlib import sha256

import orjson
import pytest
from tests.audit.log_home import OFFICE, Sender

from zi_audit.domain.chain import (
    LARGEST,
    ZEROS,
    Break,
    Head,
    Link,
    advance,
    break_at,
    judge,
    read_link,
    stray,
)

SOURCES = f"/zi/{OFFICE}/"


def link(position: int = 1, previous: str = ZEROS, **attributes: object) -> Link:
    found = read_link(Sender("intake").message(position=position, previous=previous, **attributes))
    assert found is not None
    return found


def judged(
    found: Link | None,
    head: Head = Head(),
    lane: str | None = "intake",
    *,
    event_known: bool = False,
    taken: bool = False,
) -> Break | None:
    return judge(
        found, head, lane=lane, sources=SOURCES, event_known=event_known, position_taken=lambda: taken
    )


def test_a_message_says_where_it_stands() -> None:
    intake = Sender("intake")
    found = read_link(intake.message())
    assert found is not None
    assert found[:4] == (str(intake.event_id(1)), 1, ZEROS, f"/zi/{OFFICE}/intake")
    assert (found.service, found.attributes["subject"]) == ("intake", intake.case)


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": 0},
        {"position": True},
        {"position": "1"},
        {"position": LARGEST + 1},
        {"id": 7},
        {"id": "7b1c"},
        {"previous": None},
        {"previous": "0" * 63},
        {"source": 7},
    ],
)
def test_bytes_that_say_no_place_are_no_message(wrong: dict[str, object]) -> None:
    assert read_link(orjson.dumps(orjson.loads(Sender().message()) | wrong)) is None


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"7", b"{}"])
def test_what_is_no_object_with_these_names_is_no_message(content: bytes) -> None:
    assert read_link(content) is None


def test_the_largest_position_is_one() -> None:
    assert link(LARGEST).position == LARGEST


def test_a_chain_begins_at_one_and_goes_on_with_the_digest_of_what_was_before() -> None:
    first = Sender().message()
    head = advance(Head(), link(), first)
    assert head == Head(1, sha256(first).hexdigest())
    assert break_at(Head(), link()) is None
    assert break_at(head, link(2, head.digest)) is None


@pytest.mark.parametrize(
    ("position", "previous", "found"),
    [
        (5, "ab" * 32, Break.OUT_OF_ORDER),
        (4, "ab" * 32, Break.OUT_OF_ORDER),
        (7, "ab" * 32, Break.MISSING),
        (6, "cd" * 32, Break.ALTERED),
        (6, "ab" * 32, None),
    ],
)
def test_a_message_has_to_continue_the_last_one(position: int, previous: str, found: Break | None) -> None:
    assert break_at(Head(5, "ab" * 32), link(position, previous)) is found


def test_a_late_message_moves_nothing() -> None:
    head = Head(5, "ab" * 32)
    for position in (4, 5):
        assert advance(head, link(position), b"late") is head
    assert advance(head, link(6), b"next").position == 6


def test_who_is_heard_by_another_lane_than_its_own_is_told_from_who_is_not_heard_at_all() -> None:
    assert stray(link(), "intake", SOURCES) is None
    assert stray(link(), "notify", SOURCES) is Break.WRONG_LANE
    for source in (
        "/zi/another-office/intake",
        "/zi/another-office/notify",
        f"{SOURCES}nobody",
        "intake",
        "",
    ):
        assert stray(link(source=source), "intake", SOURCES) is Break.UNKNOWN_SENDER
    assert stray(link(source=f"{SOURCES}nobody"), None, SOURCES) is Break.UNKNOWN_SENDER


def test_of_all_that_is_wrong_the_first_is_told() -> None:
    """Bytes, sender, lane, type, event, chain."""
    broken = link(9, type="zi.notify.delivery_failed")
    assert judged(None, lane="notify", event_known=True) is Break.UNREADABLE
    assert judged(link(9, source="/zi/x/intake", type=7)) is Break.UNKNOWN_SENDER
    assert judged(broken, lane="notify", event_known=True) is Break.WRONG_LANE
    assert judged(broken, event_known=True) is Break.WRONG_TYPE
    assert judged(link(9), event_known=True) is Break.REPEATED
    assert judged(link(9)) is Break.MISSING
    assert judged(link()) is None


@pytest.mark.parametrize("type", ["zi.notify.x", "zi.intakes.x", "intake.x", "zi.intake", "", None, 7])
def test_a_service_tells_events_of_its_own_types_alone(type: object) -> None:
    assert judged(link(type=type)) is Break.WRONG_TYPE


def test_a_passed_position_was_altered_where_another_message_stands_there() -> None:
    head = Head(5, "ab" * 32)
    assert judged(link(3), head) is Break.OUT_OF_ORDER
    assert judged(link(3), head, taken=True) is Break.ALTERED
    assert judged(link(9), head, taken=True) is Break.MISSING
