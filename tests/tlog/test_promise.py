from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_tlog.error import LogError
from zi_tlog.note import Note, Signer
from zi_tlog.promise import Promise, PromiseError, open_promise, parse_promise
from zi_tlog.tree import leaf_hash

INTAKE = Signer("ledger.example/intake", bytes(range(32)))
OTHER = Signer("ledger.example/notify", bytes(32))
PROMISE = Promise(
    INTAKE.key.name,
    "0b7c9a52-0000-5000-8000-000000000001",
    leaf_hash(b"{}"),
    datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC),
)
TEXT = """\
ledger.example/intake
event 0b7c9a52-0000-5000-8000-000000000001
leaf KKOhj2zWQGsIbp/9ofm4oT289EsPPzLLkDGhH9BTrPk=
time 2026-11-24T01:02:03.000000Z
"""


def test_a_promise_has_four_lines() -> None:
    assert PROMISE.text == TEXT


BY = datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC)
DATED = replace(PROMISE, by=BY)


def test_a_promise_with_a_date_has_a_fifth_line() -> None:
    assert DATED.text == TEXT + "by 2026-11-27T01:02:03.000000Z\n"
    assert parse_promise(DATED.text) == DATED
    assert parse_promise(TEXT).by is None


def test_a_date_is_promised_after_the_act_that_it_is_about() -> None:
    for by in (PROMISE.time, PROMISE.time - timedelta(days=1), BY.replace(tzinfo=None)):
        with pytest.raises(PromiseError):
            replace(PROMISE, by=by)


def test_a_date_that_is_added_or_taken_away_breaks_the_signature() -> None:
    for signed, wanted in (
        (PROMISE, DATED),
        (DATED, PROMISE),
        (DATED, replace(PROMISE, by=BY + timedelta(days=9))),
    ):
        moved = Note(wanted.text, (INTAKE.sign(signed.text),)).format()
        with pytest.raises(LogError, match="does not fit the text"):
            open_promise(moved, INTAKE.verifier)


def test_a_promise_opens_with_the_services_key() -> None:
    assert open_promise(PROMISE.sign(INTAKE), INTAKE.verifier) == PROMISE


def test_a_service_promises_in_its_own_name_only() -> None:
    with pytest.raises(PromiseError):
        PROMISE.sign(OTHER)
    with pytest.raises(PromiseError, match="not signed by that service"):
        open_promise(Note(PROMISE.text, (OTHER.sign(PROMISE.text),)).format(), OTHER.verifier)


def test_another_keys_promise_is_refused() -> None:
    with pytest.raises(LogError):
        open_promise(PROMISE.sign(INTAKE), OTHER.verifier)


@given(st.datetimes(timezones=st.just(UTC)), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_a_promise_is_read_back_as_it_was_written(time: datetime, by: datetime | None) -> None:
    promise = Promise("name", "id", bytes(32), time, None if by is None or by <= time else by)
    assert parse_promise(promise.text) == promise


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name\n",
        TEXT.replace("event", "Event"),
        TEXT.replace("event ", "event  "),
        TEXT.replace("KKO", "KK"),
        TEXT.replace("T01", " 01"),
        TEXT.replace("-24T", "-31T"),
        TEXT.replace("Z\n", "+00:00\n"),
        TEXT + "more\n",
        TEXT + "by \n",
        TEXT + "By 2026-11-27T01:02:03.000000Z\n",
        TEXT + "by 2026-11-27T01:02:03Z\n",
        TEXT + "by 2026-11-27T01:02:03.000000Z\nmore\n",
        TEXT.replace("time", "by"),
        TEXT[:-1],
    ],
)
def test_a_malformed_promise_is_refused(text: str) -> None:
    with pytest.raises(LogError):
        parse_promise(text)


@pytest.mark.parametrize(
    ("event_id", "leaf", "time"),
    [
        ("", bytes(32), datetime.now(UTC)),
        ("../x", bytes(32), datetime.now(UTC)),
        ("id", b"short", datetime.now(UTC)),
        ("id", bytes(32), datetime.now(timezone(timedelta(hours=8)))),
        ("id", bytes(32), datetime.now(UTC).replace(tzinfo=None)),
    ],
)
def test_a_promise_that_says_nothing_clear_is_not_made(event_id: str, leaf: bytes, time: datetime) -> None:
    with pytest.raises(PromiseError):
        Promise("name", event_id, leaf, time)
