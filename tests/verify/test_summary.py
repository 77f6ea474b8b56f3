"""A run that is followed by its summary is one in which taking its entries one by one finds nothing, and both leave the same standing."""

import json
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.verify.sample_log import Sender
from tests.verify.test_mutations import Story

from zi_verify.anomaly import Record
from zi_verify.birth import Births, Covering
from zi_verify.chains import Chains
from zi_verify.standing import ChainState
from zi_verify.summary import summarised

BEGIN, END = 60, 200
ENTRIES = Story(END, 7).entries()
BIRTHS = Births(
    [Covering(50, 1_763_900_000, 1_763_946_120), Covering(120, 1_763_946_123, 1_763_946_130)], 2 * 10**9
)
Change = Callable[[dict[str, Any]], object]


def begun() -> Chains:
    chains = Chains(births=BIRTHS)
    for index, entry in enumerate(ENTRIES[:BEGIN]):
        assert chains.take(index, entry) == []
    return chains


BEGUN = begun()


def followed(chains: Chains, entries: list[bytes]) -> bool:
    summary = summarised(BEGIN, entries, BIRTHS)
    return summary is not None and chains.join(BEGIN, BEGIN + len(entries), summary)


def one_by_one(entries: list[bytes]) -> tuple[list[Any], ChainState]:
    chains = deepcopy(BEGUN)
    wrong = [why for index, entry in enumerate(entries, BEGIN) for why in chains.take(index, entry)]
    return wrong, chains.standing


def check(entries: list[bytes]) -> bool:
    """Tell if the summary was enough; it may be only if nothing is wrong."""
    chains = deepcopy(BEGUN)
    if not followed(chains, entries):
        assert chains.standing == BEGUN.standing
        return False
    assert one_by_one(entries) == ([], chains.standing)
    return True


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 140])
def test_an_ordinary_run_needs_nothing_but_its_summary(size: int) -> None:
    assert check(ENTRIES[BEGIN : BEGIN + size])


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from(
        [
            "",
            "0" * 64,
            "/zi/contoh/intake",
            "/zi/contoh/notify",
            "/zi/lain/intake",
            "zi.intake.case_acknowledged",
            "zi.audit.log_key_rotated",
            "zi.audit.chain_break_found",
            "2025-11-24T01:02:03.000000Z",
            "2025-11-24T01:02:04",
            "2025-11-24T01:00:00+00:00",
            "2025-11-24T02:02:04.5+01:00",
            "2025-11-24T00:01:02.000000Z",
            "2031-01-01T00:00:00Z",
            "not a time",
            "urn:uuid:feba4f86-5acf-5c63-b41d-e49e4f5a707d",
            "FEBA4F86-5ACF-5C63-B41D-E49E4F5A707D",
            "feba4f865acf5c63b41de49e4f5a707d",
        ]
    ),
    st.just([]),
    st.just({}),
)
NAMES = [
    "id",
    "source",
    "type",
    "aggregate",
    "previous",
    "position",
    "version",
    "time",
    "recordedtime",
    "data",
]


@given(st.integers(0, 139), st.sampled_from(NAMES), VALUES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_one_changed_attribute_is_never_lost_in_a_summary(
    at: int, name: str, value: object, is_removed: bool
) -> None:
    entries = ENTRIES[BEGIN:]
    message = json.loads(entries[at])
    if is_removed:
        message.pop(name, None)
    else:
        message[name] = value
    entries[at] = json.dumps(message).encode()
    check(entries)


@given(st.integers(0, 139), st.integers(0, 600), st.integers(1, 255))
@settings(max_examples=80, deadline=None)
def test_one_changed_byte_is_never_lost_in_a_summary(at: int, place: int, flip: int) -> None:
    entries = ENTRIES[BEGIN:]
    entry = bytearray(entries[at])
    entry[place % len(entry)] ^= flip
    check([*entries[:at], bytes(entry), *entries[at + 1 :]])


@given(st.integers(0, 139), st.integers(0, 139), st.sampled_from(["drop", "repeat", "swap"]))
@settings(max_examples=50, deadline=None)
def test_one_entry_left_out_repeated_or_moved_is_never_lost_in_a_summary(at: int, to: int, how: str) -> None:
    entries = ENTRIES[BEGIN:]
    if how == "drop":
        del entries[at]
    elif how == "repeat":
        entries.insert(to, entries[at])
    else:
        entries[at], entries[to] = entries[to], entries[at]
    check(entries)


@pytest.mark.parametrize(
    "entry",
    [b"", b"[]", b'"x"', b"7", b"null", b"{}", b'["recordedtime"]', b"\xff", b'{"id": 1}', b"[" * 3000],
)
def test_what_is_no_message_has_no_summary(entry: bytes) -> None:
    assert summarised(0, [entry], None) is None
    assert not check([*ENTRIES[BEGIN : BEGIN + 3], entry])


@pytest.mark.parametrize(
    "event",
    [
        "chain_break_found",
        "anomaly_acknowledged",
        "sender_continued",
        "log_key_rotated",
        "witness_policy_adopted",
    ],
)
def test_what_the_log_says_of_itself_is_read_one_by_one(event: str) -> None:
    assert summarised(0, [Sender("/zi/contoh/audit").say("zi.audit.looked")], None) is not None
    assert summarised(0, [Sender("/zi/contoh/audit").say(f"zi.audit.{event}")], None) is None


def test_a_hidden_name_of_an_attribute_is_read_all_the_same() -> None:
    entries = ENTRIES[BEGIN:]
    entries[-1] = entries[-1].replace(b'"data"', b'"recorded\\u0074ime": "2031-01-01T00:00:00Z", "data"')
    assert not check(entries)


def test_a_run_with_an_entry_that_a_record_excuses_is_taken_one_by_one() -> None:
    record = Record(BEGIN + 5, 300, "wrong_lane", "notify", "/zi/contoh/audit", "a", "b")
    chains = deepcopy(BEGUN)
    with_excuse = Chains(chains.standing, excuses={BEGIN + 5: [record]}, births=BIRTHS)
    assert not followed(with_excuse, ENTRIES[BEGIN : BEGIN + 6])
    assert followed(with_excuse, ENTRIES[BEGIN : BEGIN + 5])


def test_a_senders_first_message_is_looked_at_by_itself() -> None:
    summary = summarised(0, ENTRIES, None)
    assert summary is not None
    assert not Chains().join(0, END, summary)


TIMES = st.sampled_from(
    [
        "2025-11-24T01:02:03.000000Z",
        "2025-11-24T01:02:02.900000Z",
        "2025-11-24T01:02:30Z",
        "2025-11-24T01:06:00.000000Z",
        "2025-11-24T00:58:00.000000Z",
        "2025-11-24T02:02:04.5+01:00",
        "2025-11-24T00:50:00.000000Z",
        "2025-11-24T01:30:00.000000Z",
        "2025-11-24T01:02:04",
        "2031-01-01T00:00:00Z",
    ]
)


def rechained(changes: dict[int, dict[str, object]]) -> list[bytes]:
    """The entries of the run with these changes, each message chained to what its sender said in fact."""
    previous = {source: head[1] for source, head in BEGUN.standing.senders.items()}
    entries = []
    for at, entry in enumerate(ENTRIES[BEGIN:]):
        message = json.loads(entry)
        message |= {"previous": previous[message["source"]]} | changes.get(at, {})
        entries.append(json.dumps(message).encode())
        previous[message["source"]] = sha256(entries[-1]).hexdigest()
    return entries


@given(st.dictionaries(st.integers(0, 139), st.builds(lambda time: {"time": time}, TIMES), max_size=6))
@settings(max_examples=120, deadline=None)
def test_times_that_are_chained_as_they_are_never_get_lost_in_a_summary(
    changes: dict[int, dict[str, object]],
) -> None:
    check(rechained(changes))


def test_times_within_the_tolerance_are_ordinary() -> None:
    assert check(rechained({5: {"time": "2025-11-24T01:02:30Z"}, 70: {"time": "2025-11-24T01:00:00Z"}}))
    assert not check(rechained({5: {"time": "2025-11-24T01:07:00Z"}, 7: {"time": "2025-11-24T01:01:00Z"}}))


@given(
    st.integers(0, 139),
    st.sampled_from(
        [
            {"version": 9},
            {"version": True},
            {"position": 1.0},
            {"recordedtime": "2025-11-24T01:02:03Z"},
            {"recordedtime": "2031-11-24T01:02:03Z"},
            {"type": "zi.other.said"},
            {"type": "zi.intake.said"},
            {"type": "zi.audit.log_key_rotated"},
            {"id": "feba4f86-5acf-5c63-b41d-e49e4f5a707d"},
            {"aggregate": "feba4f86-5acf-5c63-b41d-e49e4f5a707d"},
            {"subject": "other"},
        ]
    ),
)
@settings(max_examples=80, deadline=None)
def test_what_is_chained_as_it_is_never_gets_lost_in_a_summary(at: int, change: dict[str, object]) -> None:
    is_ordinary = check(rechained({at: change}))
    assert is_ordinary or change != {"subject": "other"}
