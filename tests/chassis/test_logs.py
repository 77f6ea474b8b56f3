import logging
import sys
from typing import Any

import orjson

from zi_chassis.process.logs import MESSAGES, MOST_AT_ONCE, JsonLines, Sparing
from zi_chassis.process.request_context import because_of


def line(error: Exception | None = None, **fields: object) -> dict[str, Any]:
    record = logging.LogRecord("zi.x", logging.INFO, "f.py", 1, "said %s", ("it",), None)
    if error is not None:
        try:
            raise error
        except Exception:
            record.exc_info = sys.exc_info()
    record.__dict__["fields"] = fields
    parsed: dict[str, Any] = orjson.loads(JsonLines().format(record))
    return parsed


def test_a_line_is_one_json_object_with_its_fields() -> None:
    logged = line(route="/x", status=200)
    assert (logged["message"], logged["route"], logged["status"], logged["level"]) == (
        "said it",
        "/x",
        200,
        "info",
    )


def test_every_line_names_the_request_and_the_event_that_it_is_owed_to() -> None:
    with because_of("0a" * 16, "e-1"):
        written = line(status=200)
        assert (written["request"], written["event"], written["status"]) == ("0a" * 16, "e-1", 200)
        with because_of(None, "e-2"):
            assert {name: line().get(name) for name in ("request", "event")} == {
                "request": None,
                "event": "e-2",
            }
        assert line(request="of-the-edge")["request"] == "of-the-edge"
    assert not {"request", "event"} & line().keys()


def test_an_error_is_told_by_type_and_place_without_its_words() -> None:
    logged = line(ValueError("Siti Rekaan, Jalan Contoh 1"))
    assert logged["error"] == "ValueError"
    assert "test_logs.py" in logged["places"][-1]
    assert "Siti" not in str(logged)


def test_the_system_s_own_errors_keep_their_words() -> None:
    assert "No space left" in line(OSError(28, "No space left on device"))["why"]


def records(message: str, count: int) -> list[logging.LogRecord]:
    return [logging.LogRecord("zi.x", logging.INFO, "f.py", 1, message, (), None) for _ in range(count)]


def test_a_flood_of_one_message_is_thinned_and_others_come_through() -> None:
    now = 0.0
    sparing = Sparing(lambda: now)
    flood = records("answered", 10_000)
    assert sum(map(sparing.filter, flood)) == MOST_AT_ONCE
    assert sparing.filter(records("the disk is full", 1)[0])
    now = 1.0
    [after] = records("answered", 1)
    assert sparing.filter(after)
    logged = orjson.loads(JsonLines().format(after))
    assert logged["left_out"] == 10_000 - MOST_AT_ONCE
    now = 10_000.0
    assert sum(map(sparing.filter, flood)) == MOST_AT_ONCE


def test_the_kinds_of_messages_that_are_counted_are_bounded() -> None:
    sparing = Sparing()
    assert all(sparing.filter(records(f"message {number}", 1)[0]) for number in range(3 * MESSAGES))
    assert len(sparing._kinds) <= MESSAGES + 1
