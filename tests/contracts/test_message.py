"""The envelope: what it refuses, what it lets through, and that a refusal never quotes what it read."""

import json
from typing import Any

import pytest

from zi_contracts.message import Message, UnreadableMessageError
from zi_contracts.registry import UnknownTypeError, data_of

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "11111111-1111-5111-8111-111111111111",
    "source": "/zi/balai-pom-tarakan/intake",
    "type": "zi.intake.case_acknowledged",
    "subject": "0EXAMP1E0",
    "time": "2026-12-01T02:00:00.000000Z",
    "datacontenttype": "application/json",
    "aggregate": "22222222-2222-4222-8222-222222222222",
    "version": 2,
    "position": 7,
    "previous": "ab" * 32,
    "actor": "example-officer-1",
    "actorrole": "staff:officer",
    "commitment": "cd" * 32,
    "data": {"state": "acknowledged", "holder": "office", "language": "id", "reachable_by": []},
}


def parsed(**changes: Any) -> Message:
    return Message.parse(json.dumps(GOOD | changes).encode())


def test_it_names_its_sender_and_its_event() -> None:
    assert (parsed().service, parsed().event) == ("intake", "case_acknowledged")


def test_an_attribute_of_a_newer_sender_is_let_through() -> None:
    assert parsed(traceparent="00-aa-bb-01") == parsed()


def test_a_type_of_a_newer_sender_parses_and_is_not_passed_over_by_the_house() -> None:
    """An older listener would never react to it, not even once it is upgraded: its lane stops."""
    message = parsed(type="zi.umkm.mentoring_requested", data={"anything": [1, 2]})
    assert message.data == {"anything": [1, 2]}
    with pytest.raises(UnknownTypeError, match=r"does not know zi\.umkm\.mentoring_requested"):
        data_of(message)


def test_a_field_that_a_newer_sender_added_to_the_data_is_let_through() -> None:
    assert data_of(parsed(data=GOOD["data"] | {"mood": "calm"})) == data_of(parsed())


def test_data_that_breaks_its_type_is_refused_by_the_field_s_name() -> None:
    with pytest.raises(UnreadableMessageError, match="holder") as refused:
        data_of(parsed(data=GOOD["data"] | {"holder": "Obviously Invented"}))
    assert "Invented" not in str(refused.value)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("specversion", "0.3"),
        ("id", "not-a-uuid"),
        ("source", "/somewhere/else"),
        ("type", "zi.intake"),
        ("type", "zi.intake.Bad-Type"),
        ("subject", ""),
        ("time", "2026-12-01T02:00:00"),
        ("datacontenttype", "text/plain"),
        ("version", 0),
        ("version", "2"),
        ("position", 7.0),
        ("position", True),
        ("previous", "AB" * 32),
        ("previous", "ab" * 31),
        ("commitment", None),
        ("data", []),
    ],
)
def test_a_wrong_attribute_is_refused_by_its_name(attribute: str, value: Any) -> None:
    with pytest.raises(UnreadableMessageError, match=attribute):
        parsed(**{attribute: value})


@pytest.mark.parametrize("attribute", sorted(GOOD))
def test_no_attribute_may_be_missing(attribute: str) -> None:
    rest = {name: value for name, value in GOOD.items() if name != attribute}
    with pytest.raises(UnreadableMessageError, match=f"{attribute}: missing"):
        Message.parse(json.dumps(rest).encode())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b'{"specversion"', b"[" * 100_000])
def test_bytes_that_are_no_message_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableMessageError):
        Message.parse(content)


def test_a_refusal_never_quotes_what_it_read() -> None:
    with pytest.raises(UnreadableMessageError) as refused:
        parsed(actor="Obviously Invented " * 30)
    assert "Invented" not in str(refused.value)
    assert refused.value.__cause__ is None
